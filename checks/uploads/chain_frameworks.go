package uploads

// frameworkLimiters are the frameworks and the libraries that read bodies.
var frameworkLimiters = []limiter{
	// Django looks at the declared size when a handler asks for the body or the form. WSGI has no body in chunks, ASGI does not
	// count one before 4.2.30, 5.2.13 and 6.0.4 (CVE-2026-33034).
	{product: "django", role: roleFramework, runtime: "python", kinds: []string{"module"}, names: []string{"DATA_UPLOAD_MAX_MEMORY_SIZE"},
		unset: unlimited, held: enforcement{countsDeclared: true, status: 400, covers: coversWhole}},
}
