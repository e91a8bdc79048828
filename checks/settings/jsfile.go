package settings

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// maxScriptSize is in bytes; a larger file is generated.
const maxScriptSize = 512 << 10

var scriptExtensions = []string{".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"}

// builtDirs are directories of what is installed, generated, or sent to browsers, and of tests.
var builtDirs = words("node_modules bower_components dist .next .nuxt coverage public __tests__ __mocks__ e2e cypress")

// wantsScript chooses the files that may configure a server, and the packages' manifests.
func wantsScript(e *checks.Entry) bool {
	if e.Size > maxScriptSize || e.Name() != "package.json" && !slices.Contains(scriptExtensions, e.Ext()) {
		return false
	}
	for dir := range strings.SplitSeq(path.Dir(e.Path), "/") {
		if builtDirs[dir] {
			return false
		}
	}
	for _, mark := range []string{".min.", ".d.ts", ".test.", ".spec.", ".stories."} {
		if strings.Contains(e.Name(), mark) {
			return false
		}
	}
	return true
}

// scriptMarks are found in every file that makes an application or sets headers.
var scriptMarks = marks("helmet", "setHeader(", "express(", "astify(", "new Koa", "NestFactory", "res.set(", "res.header(", ".header(", "ctx.set(",
	"reply.headers(", ".cookie(", "cors(", "session(", "headers.set(", "app.use(", "NextConfig", "poweredByHeader", "async headers")

func marks(list ...string) [][]byte {
	out := make([][]byte, len(list))
	for i, w := range list {
		out[i] = []byte(w)
	}
	return out
}

// jsDoc is a file of JavaScript or TypeScript. A file that holds none of the marks has its path only: it is known that
// it configures nothing.
type jsDoc struct {
	path    string
	file    *clike.File
	vars    map[string][]*clike.Expr // what a name is declared as, anywhere in the file
	imports map[string]jsImport
	exports map[string]*clike.Expr
	work    int // steps of evaluation
	cut     bool
}

// jsImport is a module, and the name of it that is meant; "" for the module itself.
type jsImport struct{ module, name string }

// jsPackage is a package.json.
type jsPackage struct {
	dir          string
	Scripts      map[string]string `json:"scripts"`
	Dependencies map[string]string `json:"dependencies"`
}

func readScript(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	if f.Name() == "package.json" {
		p := &jsPackage{dir: path.Dir(f.Path)}
		if json.Unmarshal(f.Data, p) != nil {
			return nil, nil
		}
		return p, nil
	}
	d := &jsDoc{path: f.Path}
	named := strings.Contains(f.Name(), "config") || strings.Contains(f.Name(), "constants") || strings.Contains(f.Name(), "middleware") || f.Name() == "proxy.ts"
	if !named && !slices.ContainsFunc(scriptMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return d, nil
	}
	return newJSDoc(f), nil
}

// newJSDoc parses a file.
func newJSDoc(f *checks.File) *jsDoc {
	d := &jsDoc{path: f.Path, file: clike.Of(f, clike.JavaScript)}
	d.vars, d.imports, d.exports = map[string][]*clike.Expr{}, map[string]jsImport{}, map[string]*clike.Expr{}
	d.index(d.file.Body)
	return d
}

// index notes what names of the file stand for.
func (d *jsDoc) index(body []*clike.Stmt) {
	for _, s := range body {
		switch s.Kind {
		case clike.Var:
			d.declared(s)
		case clike.Func:
			d.vars[s.Name] = append(d.vars[s.Name], &clike.Expr{Kind: clike.Function, Start: s.Start, End: s.End, Params: s.Params, Body: s.Body, X: s.X})
			d.exports[s.Name] = d.vars[s.Name][0]
		case clike.Import:
			for _, n := range s.Names {
				d.imports[n.As] = jsImport{s.Text, strings.TrimPrefix(strings.TrimPrefix(n.Name, "default"), "*")}
			}
		case clike.Export:
			d.exports[s.Name] = s.X
		case clike.Class:
			for _, inner := range s.Body {
				if inner.Kind == clike.Func {
					d.exports[s.Name+"."+inner.Name] = &clike.Expr{Kind: clike.Function, Start: inner.Start, End: inner.End, Params: inner.Params, Body: inner.Body}
				}
			}
		}
		d.index(s.Body)
		d.index(s.Else)
		clike.Walk(s.X, func(x *clike.Expr) bool {
			if x.Kind == clike.Assign && x.Text == "=" {
				d.assigned(x)
			}
			d.index(x.Body)
			return true
		})
	}
}

func (d *jsDoc) declared(s *clike.Stmt) {
	if from, ok := d.module(s.X); ok && s.X.Kind != clike.Name {
		if s.Name != "" {
			d.imports[s.Name] = from
		}
		for _, n := range s.Names {
			d.imports[n.As] = jsImport{from.module, strings.TrimPrefix(from.name+"."+n.Name, ".")}
		}
		return
	}
	for _, n := range s.Names {
		if n.Name == "NODE_ENV" && s.X != nil && d.file.Text(s.X) == "process.env" {
			d.vars[n.As] = append(d.vars[n.As], &clike.Expr{Kind: clike.String, Start: s.X.Start, End: s.X.End, Text: "production"})
		}
	}
	if s.Name != "" {
		d.vars[s.Name] = append(d.vars[s.Name], s.X)
		if s.X != nil {
			d.exports[s.Name] = s.X
		}
	}
}

// assigned notes module.exports = x, exports.name = x, and a variable that gets another value.
func (d *jsDoc) assigned(x *clike.Expr) {
	switch target := d.file.Text(x.X); {
	case target == "module.exports":
		d.exports["default"] = x.Y
	case strings.HasPrefix(target, "module.exports."), strings.HasPrefix(target, "exports."):
		d.exports[x.X.Text] = x.Y
	case x.X.Kind == clike.Name:
		if list := d.vars[target]; len(list) == 1 && list[0] == nil { // let a; a = 1
			list[0] = x.Y
		} else {
			d.vars[target] = append(list, x.Y)
		}
	}
}

// module is what an expression refers to in a module: helmet, require("helmet"), helmet.hsts.
func (d *jsDoc) module(x *clike.Expr) (jsImport, bool) {
	if x == nil {
		return jsImport{}, false
	}
	switch x.Kind {
	case clike.Unary: // await import("x")
		if x.Text == "await" {
			return d.module(x.X)
		}
	case clike.Name:
		from, ok := d.imports[x.Text]
		return from, ok
	case clike.Member:
		from, ok := d.module(x.X)
		if x.Text != "default" {
			from.name = strings.TrimPrefix(from.name+"."+x.Text, ".")
		}
		return from, ok
	case clike.Call:
		if x.X.Kind == clike.Name && (x.X.Text == "require" || x.X.Text == "import") && len(x.List) == 1 && x.List[0].Kind == clike.String {
			return jsImport{module: x.List[0].Text}, true
		}
	}
	return jsImport{}, false
}

// jsTree is the scripts and packages of a tree.
type jsTree struct {
	layer    string
	docs     map[string]*jsDoc // by path without extension
	order    []*jsDoc
	packages map[string]*jsPackage
}

func newJSTree(layer string, documents []document) *jsTree {
	t := &jsTree{layer: layer, docs: map[string]*jsDoc{}, packages: map[string]*jsPackage{}}
	for _, document := range documents {
		switch d := document.value.(type) {
		case *jsDoc:
			t.docs[strings.TrimSuffix(d.path, path.Ext(d.path))] = d
			if d.file != nil {
				t.order = append(t.order, d)
			}
		case *jsPackage:
			t.packages[d.dir] = d
		}
	}
	return t
}

// find is the file of the tree that an import means. known is false for a package that is not in the tree.
func (t *jsTree) find(from *jsDoc, module string) (d *jsDoc, known bool) {
	stem := strings.TrimSuffix(module, ".js")
	switch {
	case strings.HasPrefix(module, "."):
		stem = path.Join(path.Dir(from.path), stem)
	case strings.HasPrefix(module, "@/"), strings.HasPrefix(module, "~/"):
		for dir := path.Dir(from.path); ; dir = path.Dir(dir) {
			for _, root := range []string{dir, path.Join(dir, "src")} {
				if d := t.at(path.Join(root, stem[2:])); d != nil {
					return d, true
				}
			}
			if dir == "." || dir == "/" {
				return nil, true
			}
		}
	default:
		return nil, false
	}
	return t.at(stem), true
}

func (t *jsTree) at(stem string) *jsDoc {
	if d := t.docs[stem]; d != nil {
		return d
	}
	return t.docs[path.Join(stem, "index")]
}

// packageOf is the nearest package.json above a file, or nil.
func (t *jsTree) packageOf(file string) *jsPackage {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if p := t.packages[dir]; p != nil {
			return p
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// major is the first number of a dependency's version range: 7 for "^7.1.0"; 0 where it is not known.
func (p *jsPackage) major(dependency string) int {
	if p == nil {
		return 0
	}
	n := 0
	for _, c := range strings.TrimLeft(p.Dependencies[dependency], "^~>=v ") {
		if c < '0' || c > '9' || n > 1000 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func (t *jsTree) place(d *jsDoc, x *clike.Expr) checks.Place {
	p := checks.Place{Path: d.path}
	p.Line, p.Column = d.file.Position(x.Start)
	p.EndLine, p.EndColumn = d.file.Position(x.End)
	return p
}
