package settings

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// nodeBodyReader reads what reads bodies in Node: the parsers of Express, Koa, Fastify, hapi and Next.js, multer and its
// kin. One scope for each that the code makes, with its limits as the library takes them, and its defaults.
func nodeBodyReader() reader {
	return reader{layer: "body-parser", gives: nodeBodyLayers(), hints: []string{"multer", "upload"}, wants: wantsScript,
		read: readBodyScript, resolve: resolveNodeBody}
}

var nodeBodyMarks = marks("express.json", "express.urlencoded", "express.raw", "express.text", "body-parser", "multer", "busboy", "formidable", "fileupload",
	"fileUpload", "bodyparser", "koa-body", "astify", "@hapi/hapi", "FileInterceptor", "FilesInterceptor", "MulterModule", "bodySizeLimit", "sizeLimit",
	"bodyParser", "graphql-upload", "createServer", "FieldsInterceptor", "BodyParser")

func readBodyScript(f *checks.File) (any, []checks.Problem) {
	if f.Name() != "package.json" && !slices.ContainsFunc(nodeBodyMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) &&
		!strings.Contains(f.Name(), "config") && !strings.Contains(f.Name(), "constants") {
		return nil, nil
	}
	if f.Name() == "package.json" {
		return readScript(f)
	}
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	return newJSDoc(f), nil
}

// sizeKind is how a library reads a number of bytes.
type sizeKind int

const (
	sizeNumber  sizeKind = iota // a number; a text is ignored
	sizeBytes                   // a number, or a text of the package bytes: "100kb"
	sizeCount                   // a number of things
	sizeSwitch                  // true or false
	sizeFastify                 // a number; 0 is refused at the start
)

// nodeOption is one limit of a library: where it stands in the options, and what holds without it.
type nodeOption struct {
	name string // as in "limits.fileSize"
	kind sizeKind
	// unset is an int64, or nil for no limit.
	unset any
}

// nodeLibrary is a call or a constructor that reads bodies, and its limits. name is "" for the module itself.
type nodeLibrary struct {
	modules []string
	names   []string
	layer   string
	kind    string // of the scope: "app", "parser", "upload"
	options []nodeOption
	at      int // the options' argument
}

const (
	kilobyte = int64(1) << 10
	megabyte = int64(1) << 20
)

var (
	busboyOptions = []nodeOption{{"limits.fileSize", sizeNumber, nil}, {"limits.files", sizeCount, nil}, {"limits.fields", sizeCount, nil},
		{"limits.parts", sizeCount, nil}, {"limits.fieldSize", sizeNumber, megabyte}}
	koaOptions = []nodeOption{{"jsonLimit", sizeBytes, megabyte}, {"formLimit", sizeBytes, 56 * kilobyte}, {"textLimit", sizeBytes, megabyte}}
	formLimits = []nodeOption{{"limit", sizeBytes, 100 * kilobyte}, {"parameterLimit", sizeCount, int64(1000)}}
	bodyLimits = []nodeOption{{"limit", sizeBytes, 100 * kilobyte}}
)

// nodeLibraries are as of body-parser 2, multer 2, busboy 1, formidable 3, express-fileupload 1.5, koa-bodyparser 4,
// koa-body 6, Fastify 5, @fastify/multipart 9, hapi 21, NestJS 11 and graphql-upload 17.
var nodeLibraries = []nodeLibrary{
	{modules: []string{"express", "body-parser"}, names: []string{"json", "raw", "text"}, layer: "body-parser", kind: "parser", options: bodyLimits},
	{modules: []string{"express", "body-parser"}, names: []string{"urlencoded"}, layer: "body-parser", kind: "parser", options: formLimits},
	{modules: []string{"multer"}, names: []string{""}, layer: "multer", kind: "upload", options: busboyOptions},
	{modules: []string{"busboy", "@fastify/busboy"}, names: []string{"", "Busboy"}, layer: "busboy", kind: "upload", options: busboyOptions},
	{modules: []string{"express-fileupload"}, names: []string{""}, layer: "express-fileupload", kind: "upload",
		options: append([]nodeOption{{"abortOnLimit", sizeSwitch, int64(0)}}, busboyOptions...)},
	{modules: []string{"formidable"}, names: []string{"", "formidable", "IncomingForm", "Formidable"}, layer: "formidable", kind: "upload",
		options: []nodeOption{{"maxFileSize", sizeNumber, 200 * megabyte}, {"maxFields", sizeCount, int64(1000)}, {"maxFieldsSize", sizeNumber, 20 * megabyte}}},
	{modules: []string{"koa-bodyparser", "@koa/bodyparser"}, names: []string{"", "bodyParser"}, layer: "koa-bodyparser", kind: "parser", options: koaOptions},
	{modules: []string{"koa-body"}, names: []string{"", "koaBody"}, layer: "koa-body", kind: "parser",
		options: append([]nodeOption{{"multipart", sizeSwitch, int64(0)}, {"formidable.maxFileSize", sizeNumber, 200 * megabyte}}, koaOptions...)},
	{modules: []string{"fastify"}, names: []string{"", "fastify", "Fastify"}, layer: "fastify", kind: "app", options: []nodeOption{{"bodyLimit", sizeFastify, megabyte}}},
	{modules: []string{"@nestjs/platform-fastify"}, names: []string{"FastifyAdapter"}, layer: "fastify", kind: "app", options: []nodeOption{{"bodyLimit", sizeFastify, megabyte}}},
	{modules: []string{"@hapi/hapi", "hapi"}, names: []string{"server", "Server"}, layer: "hapi", kind: "app",
		options: []nodeOption{{"routes.payload.maxBytes", sizeNumber, megabyte}}},
	{modules: []string{"@nestjs/platform-express"}, names: []string{"FileInterceptor", "FilesInterceptor", "FileFieldsInterceptor", "AnyFilesInterceptor"},
		layer: "multer", kind: "upload", options: busboyOptions, at: -1},
	{modules: []string{"graphql-upload"}, names: []string{"graphqlUploadExpress", "graphqlUploadKoa", "processRequest"}, layer: "graphql-upload", kind: "upload",
		options: []nodeOption{{"maxFileSize", sizeNumber, nil}, {"maxFiles", sizeCount, nil}, {"maxFieldSize", sizeNumber, int64(1000000)}}},
}

func nodeBodyLayers() []string {
	layers := []string{"next.js", "fastify-multipart"}
	for i := range nodeLibraries {
		layers = append(layers, nodeLibraries[i].layer)
	}
	return layers
}

const maxNodeBodies = 2000

// nodeBodies makes the scopes of one tree.
type nodeBodies struct {
	*jsTree
	out   []*checks.Scope
	paths map[*clike.Expr]string // the path that a parser is put on: app.post("/x", parser)
}

func resolveNodeBody(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := &nodeBodies{jsTree: newJSTree("body-parser", docs)}
	for _, d := range t.order {
		t.paths = map[*clike.Expr]string{}
		clike.Each(d.file.Body, func(x *clike.Expr) bool {
			if (x.Kind == clike.Call || x.Kind == clike.New) && len(t.out) < maxNodeBodies {
				t.mounted(d, x)
				t.library(d, x)
				t.routed(d, x)
				t.registered(d, x)
				t.server(d, x)
			}
			return true
		})
		t.next(d)
	}
	return t.out, nil
}

// mounted notes the path of what app.use("/x", parser) and app.post("/x", parser, ...) put on it.
func (t *nodeBodies) mounted(d *jsDoc, x *clike.Expr) {
	if x.Kind != clike.Call || x.X.Kind != clike.Member || len(x.List) < 2 {
		return
	}
	where, ok := t.eval(d, x.List[0]).text()
	if !ok || !strings.HasPrefix(where, "/") {
		return
	}
	for _, a := range x.List[1:] {
		for a.Kind == clike.Call && a.X.Kind == clike.Member && a.X.X.Kind == clike.Call { // multer(...).single("f")
			a = a.X.X
		}
		t.paths[a] = where
	}
}

// library makes the scope of a call of the table.
func (t *nodeBodies) library(d *jsDoc, x *clike.Expr) {
	from, ok := d.module(x.X)
	if !ok {
		return
	}
	for i := range nodeLibraries {
		l := &nodeLibraries[i]
		if !slices.Contains(l.modules, from.module) || !slices.Contains(l.names, from.name) {
			continue
		}
		if l.layer == "busboy" && len(x.List) == 0 || l.layer == "multer" && l.kind == "upload" && strings.HasSuffix(d.file.Text(x.X), "Storage") {
			return
		}
		at := l.at
		if at < 0 {
			at = len(x.List) - 1
		}
		s := &checks.Scope{Layer: l.layer, Kind: l.kind, Name: strings.TrimPrefix(from.module+"."+from.name, "."), Place: t.place(d, x)}
		s.Name = strings.TrimSuffix(s.Name, ".")
		options := t.argument(d, x, max(at, 0))
		if l.at < 0 && !isObject(options) {
			options = jsValue{V: undefined{}, Known: true, doc: d}
		}
		for _, o := range l.options {
			s.Settings = append(s.Settings, t.option(d, x, s, o, options))
		}
		s.Settings = append(s.Settings, t.unknownOptions(d, x, options, "")...)
		s.Settings = append(s.Settings, t.unknownOptions(d, x, options.get("limits"), "limits.")...)
		t.add(s, t.paths[x])
		return
	}
}

// sizeWords are in names that read like a limit on bodies; nodeSizeOptions are those that some library of the table has.
var (
	sizeWords       = regexp.MustCompile(`(?i)^(max|limit)?_?(body|upload|file|request|payload|content)s?_?(max)?_?(size|limit|length|bytes)$|^(max|limit)?_?size(_?limit)?$|^max_?bytes$`)
	nodeSizeOptions = words("limit bodyLimit maxFileSize maxTotalFileSize maxFieldsSize fileSize fieldSize maxFieldSize maxBytes fieldNameSize jsonLimit formLimit")
)

// unknownOptions are keys that read like a limit and are none of any library: multer({ maxSize }).
func (t *nodeBodies) unknownOptions(d *jsDoc, x *clike.Expr, options jsValue, prefix string) []checks.Setting {
	o, _ := options.V.(jsObject)
	var out []checks.Setting
	for _, e := range o.entries {
		misplaced := prefix == "" && e.key == "fileSize"
		misplaced = misplaced || prefix != "" && strings.HasPrefix(e.key, "max")
		if sizeWords.MatchString(e.key) && !nodeSizeOptions[e.key] || misplaced {
			out = append(out, t.made(d, x, "unknown."+prefix+e.key, "", e.value))
		}
	}
	return out
}

func isObject(v jsValue) bool {
	_, ok := v.V.(jsObject)
	return ok
}

// add keeps a scope. path is the route it is about, "" for all.
func (t *nodeBodies) add(s *checks.Scope, route string) {
	if route != "" {
		s.Settings = append(s.Settings, checks.Setting{Layer: s.Layer, Name: "path", Value: route, Raw: route, Origin: checks.OriginSet, Place: s.Place})
		s.Name += " on " + route
	}
	for i := range s.Settings {
		s.Settings[i].Layer, s.Settings[i].Scope = s.Layer, s.Name
	}
	t.out = append(t.out, s)
}

// option is one limit, as the library reads it.
func (t *nodeBodies) option(d *jsDoc, x *clike.Expr, s *checks.Scope, o nodeOption, options jsValue) checks.Setting {
	v := options
	for key := range strings.SplitSeq(o.name, ".") {
		if v.absent() {
			break
		}
		v = v.get(key)
	}
	if v.absent() {
		return checks.Setting{Name: o.name, Value: o.unset, Raw: pythonText(o.unset), Origin: checks.OriginDefault, Place: s.Place}
	}
	set := t.made(d, x, o.name, "", v)
	if set.Dynamic() && v.x != nil && v.doc != nil && v.doc.file != nil && isInfinity(v.doc.file.Text(v.x)) {
		set.Origin, set.Value = checks.OriginSet, nil
		return set
	}
	if !set.Dynamic() {
		set.Value = nodeSize(o, v)
	}
	return set
}

func isInfinity(text string) bool {
	return text == "Infinity" || text == "Number.POSITIVE_INFINITY" || text == "Number.MAX_SAFE_INTEGER" || text == "Number.MAX_VALUE"
}

// nodeSize is what the library makes of a value: int64, or nil for no limit.
func nodeSize(o nodeOption, v jsValue) any {
	switch n := v.V.(type) {
	case float64:
		return int64(n)
	case bool:
		if o.kind == sizeSwitch {
			return n
		}
		if o.kind == sizeBytes && !n {
			return o.unset // limit || "100kb"
		}
	case string:
		if o.kind == sizeBytes {
			if n == "" {
				return o.unset
			}
			if size, ok := bytesText(n); ok {
				return size
			}
		}
	case undefined, nil:
		return o.unset
	}
	return nil // what is no number is no limit
}

// inAPI reports whether a file is an API route of Next.js.
func inAPI(p string) bool { return strings.Contains("/"+path.Dir(p)+"/", "/pages/api/") }
