package settings

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// goReader reads servers written in Go: how each http.Server bounds time, what bounds the bodies that the handlers of a
// module read, and the size of gRPC's messages.
func goReader() reader {
	return reader{layer: "go", gives: []string{"go", "grpc", "fiber"}, hints: []string{"main.go", "server"}, wants: wantsGo, read: readGo, resolve: resolveGo}
}

func wantsGo(e *checks.Entry) bool {
	return e.Name() == "go.mod" || e.Ext() == ".go" && e.Size <= maxPythonSize && !strings.HasSuffix(e.Name(), "_test.go") &&
		!strings.HasSuffix(e.Name(), ".pb.go") && !strings.Contains("/"+e.Path, "/testdata/") && !strings.Contains("/"+e.Path, "/vendor/")
}

var goMarks = marks("net/http", "google.golang.org/grpc", "gofiber/fiber", "labstack/echo", "gin-gonic/gin")

// goDoc is what one file does. Its expressions are worked out with the constants of its package.
type goDoc struct {
	path      string
	module    bool // a go.mod
	constants map[string]ast.Expr
	servers   []goServer
	bodies    []goBody
	whole     []goLimit // what bounds every handler: http.MaxBytesHandler, middleware
	messages  []goLimit // gRPC
	fiber     []goLimit
	// thresholds are numbers of bytes that say what is kept in memory, and bound nothing.
	thresholds []goLimit
}

// goServer is an http.Server, or a call that makes one without saying how.
type goServer struct {
	place   checks.Place
	name    string
	fields  map[string]ast.Expr
	address ast.Expr
}

// goBody is a function that reads the body of a request, and what bounds it there; nil for nothing.
type goBody struct {
	place checks.Place
	name  string
	limit ast.Expr
}

// goLimit is a limit by that name. limit is nil for the default.
type goLimit struct {
	place checks.Place
	name  string
	limit ast.Expr
}

func readGo(f *checks.File) (any, []checks.Problem) {
	if f.Name() == "go.mod" {
		return &goDoc{path: f.Path, module: true}, nil
	}
	if !f.Whole || f.Binary() || !slices.ContainsFunc(goMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return nil, nil
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", f.Text(), parser.SkipObjectResolution)
	if err != nil {
		return nil, nil
	}
	r := &goFile{doc: &goDoc{path: f.Path, constants: map[string]ast.Expr{}}, file: f, set: set, source: f.Text()}
	r.read(file)
	return r.doc, nil
}

// goFile reads one file.
type goFile struct {
	doc    *goDoc
	file   *checks.File
	set    *token.FileSet
	source string
}

func (r *goFile) text(n ast.Node) string {
	return r.source[r.set.Position(n.Pos()).Offset:min(r.set.Position(n.End()).Offset, len(r.source))]
}

func (r *goFile) place(n ast.Node) checks.Place {
	return r.file.Place(r.set.Position(n.Pos()).Offset, min(r.set.Position(n.End()).Offset, len(r.source)))
}

func (r *goFile) read(file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			r.constantsOf(d)
		case *ast.FuncDecl:
			if d.Body != nil {
				r.handler(d.Name.Name, d.Type, d.Body)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			r.handler("func", n.Type, n.Body)
		case *ast.CompositeLit:
			r.literal(n)
		case *ast.CallExpr:
			r.called(n)
		case *ast.AssignStmt:
			r.assigned(n)
		}
		return true
	})
}

// constantsOf notes constants and variables of the package.
func (r *goFile) constantsOf(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok || len(v.Values) != len(v.Names) {
			continue
		}
		for i, name := range v.Names {
			r.doc.constants[name.Name] = v.Values[i]
		}
	}
}

// literal notes http.Server{...} and fiber.Config{...}.
func (r *goFile) literal(n *ast.CompositeLit) {
	if n.Type == nil {
		return
	}
	kind := r.text(n.Type)
	fields := map[string]ast.Expr{}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				fields[key.Name] = kv.Value
			}
		}
	}
	switch kind {
	case "http.Server":
		if fields["Addr"] == nil && fields["Handler"] == nil {
			return // settings for another, or filled in later
		}
		r.doc.servers = append(r.doc.servers, goServer{r.place(n), kind, fields, fields["Addr"]})
	case "fiber.Config":
		r.doc.fiber = append(r.doc.fiber, goLimit{r.place(n), "BodyLimit", fields["BodyLimit"]})
	}
}

// assigned notes server.ReadHeaderTimeout = x, where the file makes one server.
func (r *goFile) assigned(n *ast.AssignStmt) {
	if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && s.Sel.Name == "MaxMultipartMemory" && len(n.Rhs) == 1 {
		r.doc.thresholds = append(r.doc.thresholds, goLimit{r.place(n), "MaxMultipartMemory", n.Rhs[0]})
	}
	if len(n.Lhs) != 1 || len(r.doc.servers) != 1 || r.doc.servers[0].fields == nil {
		return
	}
	if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && strings.HasSuffix(s.Sel.Name, "Timeout") && strings.HasPrefix(s.Sel.Name, "Read") {
		r.doc.servers[0].fields[s.Sel.Name] = n.Rhs[0]
	}
}

// called notes calls that serve, and those that bound.
func (r *goFile) called(n *ast.CallExpr) {
	q := r.text(n.Fun)
	argument := func(i int) ast.Expr {
		if i < len(n.Args) {
			return n.Args[i]
		}
		return nil
	}
	switch q {
	case "http.ListenAndServe", "http.ListenAndServeTLS", "http.Serve", "http.ServeTLS":
		r.doc.servers = append(r.doc.servers, goServer{r.place(n), q, nil, argument(0)})
	case "http.MaxBytesHandler":
		r.doc.whole = append(r.doc.whole, goLimit{r.place(n), q, argument(1)})
	case "middleware.BodyLimit", "middleware.RequestSize": // Echo, chi
		r.doc.whole = append(r.doc.whole, goLimit{r.place(n), q, argument(0)})
	case "grpc.MaxRecvMsgSize":
		r.doc.messages = append(r.doc.messages, goLimit{r.place(n), q, argument(0)})
	case "fiber.New":
		if len(n.Args) == 0 {
			r.doc.fiber = append(r.doc.fiber, goLimit{r.place(n), "BodyLimit", nil})
		}
	}
}

// handler notes a function that reads the body of the request that it is given.
func (r *goFile) handler(name string, t *ast.FuncType, body *ast.BlockStmt) {
	request, writer := "", false
	for _, p := range t.Params.List {
		writer = writer || r.text(p.Type) == "http.ResponseWriter"
		if kind := r.text(p.Type); len(p.Names) > 0 && (kind == "*http.Request" || kind == "*gin.Context" || kind == "echo.Context") {
			request = p.Names[0].Name
			if kind != "*http.Request" {
				request, writer = request+".Request", true
			}
		}
	}
	if request == "" || !writer {
		return // no handler: what reads a request that it sent, or helps one
	}
	h := &goHandlerBody{goFile: r, request: request}
	ast.Inspect(body, h.visit)
	switch {
	case h.next && h.bounded != nil:
		r.doc.whole = append(r.doc.whole, goLimit{r.place(h.bounded), "http.MaxBytesReader", h.limit})
	case h.read != nil && h.bounded == nil:
		r.doc.bodies = append(r.doc.bodies, goBody{r.place(h.read), name, nil})
		if s, ok := h.read.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "ParseMultipartForm" && len(h.read.Args) == 1 {
			r.doc.thresholds = append(r.doc.thresholds, goLimit{r.place(h.read), "ParseMultipartForm", h.read.Args[0]})
		}
	case h.read != nil:
		r.doc.bodies = append(r.doc.bodies, goBody{r.place(h.bounded), name, h.limit})
	}
}

// goHandlerBody looks for what reads a request's body, and what bounds it.
type goHandlerBody struct {
	*goFile
	request string
	read    *ast.CallExpr // the first that reads the whole body
	bounded ast.Node
	limit   ast.Expr
	next    bool // calls another handler: middleware
}

// goReadAll read all of the reader that they are given, goFormReads all of the request.
var (
	goReadAll   = words("io.ReadAll ioutil.ReadAll io.Copy json.NewDecoder xml.NewDecoder")
	goFormReads = words("FormFile ParseMultipartForm MultipartReader MultipartForm SaveUploadedFile ShouldBindJSON BindJSON ShouldBind Bind GetRawData")
)

func (h *goHandlerBody) visit(n ast.Node) bool {
	if _, ok := n.(*ast.FuncLit); ok {
		return false // looked at by itself
	}
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	q, bodyText := h.text(call.Fun), h.request+".Body"
	takes := slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return h.text(a) == bodyText })
	selector, _ := call.Fun.(*ast.SelectorExpr)
	switch {
	case (q == "http.MaxBytesReader" || q == "io.LimitReader") && takes:
		h.bounded, h.limit = call, call.Args[len(call.Args)-1]
	case selector != nil && (selector.Sel.Name == "ServeHTTP" || selector.Sel.Name == "Next"):
		h.next = true
	case h.read != nil:
	case goReadAll[q] && takes:
		h.read = call
	case selector != nil && goFormReads[selector.Sel.Name] && (h.text(selector.X) == h.request || h.text(selector.X)+".Request" == h.request):
		h.read = call
	}
	return true
}

// moduleOf is the directory of the go.mod above a file, or the file's own.
func moduleOf(modules map[string]bool, file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if modules[dir] {
			return dir
		}
		if dir == "." || dir == "/" {
			return path.Dir(file)
		}
	}
}
