package uploads

// frameworkLimiters are the frameworks and the libraries that read bodies.
var frameworkLimiters = []limiter{
	{product: "django", role: roleFramework, runtime: "python", kinds: []string{"module"}, names: []string{"DATA_UPLOAD_MAX_MEMORY_SIZE"},
		unset: unlimited, held: enforcement{countsDeclared: true, status: 400, covers: coversFields}},
}
