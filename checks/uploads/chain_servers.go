package uploads

// serverLimiters are the servers that run applications. Most have no limit on bodies at all.
var serverLimiters = []limiter{
	{product: "gunicorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "uvicorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "hypercorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "daphne", role: roleServer, runtime: "python", unset: unlimited},
	{product: "puma", role: roleServer, runtime: "ruby", unset: unlimited},
	{product: "puma file", role: roleServer, runtime: "ruby", names: []string{"http_content_length_limit"}, unset: unlimited, held: everyBody},
	{product: "uwsgi", role: roleServer, runtime: "python", names: []string{"limit-post"}, zero: true, unset: unlimited, held: everyBody},
	{product: "waitress", role: roleServer, runtime: "python", names: []string{"max_request_body_size"}, held: everyBody},
	// Over post_max_size PHP drops the form and goes on as if nothing was sent; a file over upload_max_filesize is left
	// out. What a script reads from php://input is not bounded.
	{product: "php", role: roleServer, runtime: "php", names: []string{"post_max_size"}, zero: true,
		unset: size{bytes: 8 << 20, known: true}, held: phpHeld(coversForm)},
	{product: "php", role: roleServer, runtime: "php", names: []string{"upload_max_filesize"}, optional: true, held: phpHeld(coversFiles)},
	{product: "apache", role: roleServer, runtime: "php", names: apachePHP("post_max_size"), zero: true, optional: true, held: phpHeld(coversForm)},
	{product: "apache", role: roleServer, runtime: "php", names: apachePHP("upload_max_filesize"), optional: true, held: phpHeld(coversFiles)},
	{product: "tomcat", role: roleServer, runtime: "java", kinds: []string{"connector"}, names: []string{"maxPostSize"},
		unset: unlimited, held: enforcement{countsDeclared: true, countsChunked: true, status: 413, covers: coversFields}},
	{product: "tomcat", role: roleRoute, runtime: "java", kinds: []string{"servlet"}, names: []string{"multipart-config.max-request-size"},
		unset: unlimited, held: enforcement{countsDeclared: true, countsChunked: true, status: 413, covers: coversForm}},
	{product: "jetty", role: roleServer, runtime: "java", names: []string{"maxFormContentSize"},
		held: enforcement{countsDeclared: true, countsChunked: true, status: 400, covers: coversFields}},
	{product: "jetty", role: roleServer, runtime: "java", names: []string{"SizeLimitHandler"}, optional: true, held: everyBody},
	// ASP.NET's own limit stands behind that of IIS.
	{product: "iis limits", role: roleServer, runtime: "dotnet", names: []string{"maxRequestLength"}, optional: true, held: everyBody},
}

func phpHeld(covers string) enforcement {
	return enforcement{countsDeclared: true, countsChunked: true, status: 200, covers: covers}
}

// apachePHP are the directives by which httpd sets one of PHP's.
func apachePHP(name string) []string {
	return []string{"php_admin_value " + name, "php_value " + name}
}
