package uploads

import "hardcheck/checks"

// frameworkLimiters are the frameworks and the libraries that read bodies.
var frameworkLimiters = []limiter{
	{product: "django", role: roleFramework, runtime: "python", kinds: []string{"module"}, names: []string{"DATA_UPLOAD_MAX_MEMORY_SIZE"},
		unset: unlimited, held: enforcement{countsDeclared: true, status: 400, covers: coversFields}},
	{product: "flask", role: roleFramework, runtime: "python", kinds: []string{"app"}, names: []string{"MAX_CONTENT_LENGTH"},
		unset: unlimited, held: everyBody},
	{product: "fastapi", role: roleFramework, runtime: "python", kinds: []string{"app"}, find: fastapiLimit},
}

// fastapiLimit is unknown where a middleware limits bodies, and otherwise none.
func fastapiLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	name := bodyMiddleware(s)
	if name == "" {
		return unsetLimit(s, nil), limit{size: unlimited}, true
	}
	set := unsetLimit(s, []string{"middleware." + name})
	set.Origin = checks.OriginDynamic
	return set, limit{enforcement: everyBody}, true
}
