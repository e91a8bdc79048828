package uploads

// goLimiters are what Go code bounds bodies with. net/http bounds none by itself: http.MaxBytesReader counts while the
// handler reads.
var goLimiters = []limiter{
	{product: "go", role: roleFramework, runtime: "go", kinds: []string{"app"},
		names: []string{"http.MaxBytesHandler", "middleware.BodyLimit", "middleware.RequestSize", "http.MaxBytesReader"},
		held:  enforcement{countsDeclared: true, countsChunked: true, late: true, status: 413}},
	{product: "fiber", role: roleFramework, runtime: "go", kinds: []string{"app"}, names: []string{"BodyLimit"}, held: everyBody},
	{product: "grpc", role: roleRoute, runtime: "go", names: []string{"grpc.MaxRecvMsgSize"}, held: readBody("a message", 0)},
}
