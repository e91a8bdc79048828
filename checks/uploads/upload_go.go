package uploads

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// goHandling follows the functions of a file of Go.
func goHandling(h *handling) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", h.source, parser.SkipObjectResolution)
	if err != nil {
		return
	}
	guarded := slices.ContainsFunc(goGuards, func(mark string) bool { return strings.Contains(h.source, mark) })
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		f := &goFlow{handling: h, set: set, names: map[string]trait{}}
		f.parameters(fn.Type, guarded)
		ast.Inspect(fn.Body, f.visit)
	}
}

// goGuards are in files that refuse names which leave a directory.
var goGuards = []string{"filepath.IsLocal(", "filepath.Rel(", `".."`, `"../"`, "strings.HasPrefix(", "securejoin", "fs.ValidPath(", "os.OpenRoot("}

// goFlow follows values through one function in the order of the source.
type goFlow struct {
	*handling
	set              *token.FileSet
	names            map[string]trait
	guarded, bounded bool
}

// goTypes are the traits of parameters.
var goTypes = map[string]trait{"*multipart.FileHeader": upload, "[]*multipart.FileHeader": uploads, "*multipart.Form": uploads, "*http.Request": body,
	"*zip.File": archive, "[]*zip.File": archive, "*zip.Reader": archive, "*zip.ReadCloser": archive, "*tar.Header": archive, "*tar.Reader": archive}

// parameters notes what a function is given. An entry of an archive may have been looked at by who calls it: guarded
// says that the file does that somewhere.
func (f *goFlow) parameters(t *ast.FuncType, guarded bool) {
	for _, field := range t.Params.List {
		given := goTypes[f.text(field.Type)]
		for _, name := range field.Names {
			f.names[name.Name] = given
			f.guarded = f.guarded || given == archive && guarded
		}
	}
}

func (f *goFlow) span(n ast.Node) (start, end int) {
	return f.set.Position(n.Pos()).Offset, min(f.set.Position(n.End()).Offset, len(f.source))
}

func (f *goFlow) text(n ast.Node) string {
	start, end := f.span(n)
	return f.source[start:end]
}

func (f *goFlow) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		f.parameters(n.Type, false)
	case *ast.AssignStmt:
		f.assign(n)
	case *ast.RangeStmt:
		t := f.eval(n.X)
		if id, ok := n.Value.(*ast.Ident); ok {
			f.names[id.Name] = element(t)
		}
	case *ast.BinaryExpr:
		if (n.Op == token.GTR || n.Op == token.LSS || n.Op == token.GEQ || n.Op == token.LEQ) && boundWords.MatchString(f.text(n)) {
			f.bounded = true
		}
	case *ast.CallExpr:
		f.call(n)
	}
	return true
}

func (f *goFlow) assign(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		id, ok := left.(*ast.Ident)
		if !ok {
			continue
		}
		var t trait
		switch {
		case len(n.Rhs) == len(n.Lhs):
			t = f.eval(n.Rhs[i])
		case len(n.Rhs) == 1:
			t = f.result(n.Rhs[0], i, len(n.Lhs))
		}
		if n.Tok == token.ADD_ASSIGN {
			t |= f.names[id.Name]
		}
		f.names[id.Name] = t
	}
}

// result is the traits of the i-th of several results.
func (f *goFlow) result(x ast.Expr, i, of int) trait {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return f.eval(x) // v, ok := m[k]
	}
	if goCalled(call) == "FormFile" {
		switch {
		case of == 3 && i == 0: // net/http: file, header, err
			return uploaded
		case of == 3 && i == 1, of == 2 && i == 0: // Gin, Echo, Fiber: header, err
			return upload
		}
		return 0
	}
	if i > 0 {
		return 0
	}
	return f.eval(x)
}

// goCalled is the last word of what is called.
func goCalled(call *ast.CallExpr) string {
	switch fn := call.Fun.(type) {
	case *ast.Ident:
		return fn.Name
	case *ast.SelectorExpr:
		return fn.Sel.Name
	}
	return ""
}

// eval is the traits of an expression.
func (f *goFlow) eval(x ast.Expr) trait {
	switch n := x.(type) {
	case *ast.Ident:
		return f.names[n.Name]
	case *ast.BasicLit:
		return literal(strings.Trim(n.Value, "\"`"))
	case *ast.ParenExpr:
		return f.eval(n.X)
	case *ast.UnaryExpr:
		return f.eval(n.X)
	case *ast.StarExpr:
		return f.eval(n.X)
	case *ast.SliceExpr: // name[len(prefix):] is a name still, name[i:] mostly its extension
		if n.High == nil && n.Low != nil && strings.HasPrefix(f.text(n.Low), "len(") {
			return f.eval(n.X)
		}
		return f.eval(n.X) & clientExtension
	case *ast.IndexExpr:
		return element(f.eval(n.X))
	case *ast.BinaryExpr:
		if n.Op == token.ADD {
			return f.eval(n.X) | f.eval(n.Y)
		}
	case *ast.SelectorExpr:
		return f.selected(n)
	case *ast.CallExpr:
		return f.returned(n)
	}
	return 0
}

func (f *goFlow) selected(n *ast.SelectorExpr) trait {
	on := f.eval(n.X)
	switch {
	case n.Sel.Name == "MultipartForm":
		return uploads
	case on.has(upload) && n.Sel.Name == "Filename": // filepath.Base was applied to it, since Go 1.17
		return clientName | clientExtension
	case on.has(archive) && (n.Sel.Name == "Name" || n.Sel.Name == "Linkname"):
		return entryName
	case on.has(archive|uploads) && n.Sel.Name == "File":
		return on
	case on.has(body) && n.Sel.Name == "Body", strings.HasSuffix(f.text(n), ".Request.Body"):
		return body
	case on.has(archive) && n.Sel.Name == "Header", on.has(archive) && n.Sel.Name == "Reader":
		return on
	}
	return 0
}
