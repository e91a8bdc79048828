package uploads

import (
	"strings"

	"hardcheck/checks"
)

// javascriptLimiters are the frameworks of Node, and the libraries that read bodies for those that read none themselves.
var javascriptLimiters = []limiter{
	// Express and Koa read no body by themselves: what their parsers read is bounded by those.
	{product: "express", role: roleFramework, runtime: "node", kinds: []string{"app"}, unread: true, unset: unlimited},
	{product: "fastify", role: roleFramework, runtime: "node", kinds: []string{"app"}, names: []string{"bodyLimit"}, held: everyBody},
	{product: "hapi", role: roleFramework, runtime: "node", kinds: []string{"app"}, names: []string{"routes.payload.maxBytes"}, held: everyBody},
	{product: "fastify", role: roleRoute, runtime: "node", kinds: []string{"route"}, names: []string{"bodyLimit"}, held: everyBody, route: pathOf},
	{product: "hapi", role: roleRoute, runtime: "node", kinds: []string{"route"}, names: []string{"payload.maxBytes"}, held: everyBody, route: pathOf},
	{product: "next.js", role: roleRoute, runtime: "node", kinds: []string{"route"}, names: []string{"sizeLimit", "bodyParser"}, held: everyBody, route: pathOf},
	{product: "next.js", role: roleRoute, runtime: "node", kinds: []string{"app"}, names: []string{"bodySizeLimit"}, held: readBody("server actions", 413)},
	{product: "body-parser", role: roleRoute, runtime: "node", find: parserLimit, route: pathOf},
	{product: "koa-bodyparser", role: roleRoute, runtime: "node", names: []string{"jsonLimit"}, held: readBody(coversJSON, 413)},
	{product: "koa-bodyparser", role: roleRoute, runtime: "node", names: []string{"formLimit"}, held: readBody(coversFields, 413)},
	{product: "koa-body", role: roleRoute, runtime: "node", names: []string{"jsonLimit"}, held: readBody(coversJSON, 413)},
	{product: "koa-body", role: roleRoute, runtime: "node", names: []string{"formLimit"}, held: readBody(coversFields, 413)},
	{product: "koa-body", role: roleRoute, runtime: "node", find: koaFiles},
	// multer answers 500 where no error handler maps its error; busboy alone cuts the file off and says so in a flag.
	{product: "multer", role: roleRoute, runtime: "node", names: []string{"limits.fileSize"}, held: readBody(coversFiles, 500), route: pathOf},
	{product: "busboy", role: roleRoute, runtime: "node", names: []string{"limits.fileSize"}, held: readBody(coversFiles, 200), route: pathOf},
	{product: "express-fileupload", role: roleRoute, runtime: "node", find: fileuploadLimit, route: pathOf},
	{product: "formidable", role: roleRoute, runtime: "node", names: []string{"maxFileSize"}, held: readBody(coversFiles, 413), route: pathOf},
	{product: "fastify-multipart", role: roleRoute, runtime: "node", names: []string{"limits.fileSize"}, held: readBody(coversFiles, 413)},
	{product: "graphql-upload", role: roleRoute, runtime: "node", names: []string{"maxFileSize"}, held: readBody(coversFiles, 413), route: pathOf},
}

// readBody is the enforcement of what counts the bytes of one kind of body while it reads them.
func readBody(covers string, status int) enforcement {
	return enforcement{countsDeclared: true, countsChunked: true, late: true, status: status, covers: covers}
}

// pathOf is the path that a parser or a route is put on.
func pathOf(s *checks.Scope) string {
	set, _ := s.Get("path")
	return set.Text()
}

// parserLimit is the limit of express.json and its kin: the declared length is looked at first.
func parserLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("limit")
	held := enforcement{countsDeclared: true, countsChunked: true, status: 413}
	switch word, _, _ := strings.Cut(s.Name[strings.LastIndexByte(s.Name, '.')+1:], " "); word {
	case "json":
		held.covers = coversJSON
	case "urlencoded":
		held.covers = coversFields
	case "text":
		held.covers = "text"
	}
	return set, limit{sizeOf(set, false), held}, ok
}

// koaFiles is the limit of files of koa-body, which takes forms with files only where multipart is set.
func koaFiles(s *checks.Scope) (checks.Setting, limit, bool) {
	set, _ := s.Get("formidable.maxFileSize")
	on, _ := s.Get("multipart")
	takes, _ := on.Bool()
	return set, limit{sizeOf(set, false), readBody(coversFiles, 413)}, takes
}

// fileuploadLimit is that of express-fileupload, which cuts a larger file off and goes on unless abortOnLimit is set.
func fileuploadLimit(s *checks.Scope) (checks.Setting, limit, bool) {
	set, ok := s.Get("limits.fileSize")
	held := readBody(coversFiles, 200)
	if abort, _ := s.Get("abortOnLimit"); abort.Value == true {
		held.status = 413
	}
	return set, limit{sizeOf(set, false), held}, ok
}
