package uploads

// serverLimiters are the servers that run applications. Most have no limit on bodies at all.
var serverLimiters = []limiter{
	{product: "gunicorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "uvicorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "hypercorn", role: roleServer, runtime: "python", unset: unlimited},
	{product: "uwsgi", role: roleServer, runtime: "python", names: []string{"limit-post"}, zero: true, unset: unlimited, held: everyBody},
	// Over post_max_size PHP drops the body and answers as if nothing was sent; php://input is not bounded.
	{product: "php", role: roleServer, runtime: "php", names: []string{"post_max_size"}, zero: true,
		unset: size{bytes: 8 << 20, known: true}, held: enforcement{countsDeclared: true, countsChunked: true, status: 200, covers: "form data"}},
}
