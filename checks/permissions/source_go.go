package permissions

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// golang judges os.Chmod and (*os.File).Chmod, to which no umask applies, and syscall.Umask. The 0666 and 0777 that creating
// calls are given by custom are what the umask is for: 0777 is told once a file.
func (j *sourceJudge) golang() {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", j.file.Text(), parser.SkipObjectResolution)
	if file == nil || err != nil {
		return
	}
	text := j.file.Text()
	constants := integerConstants(file)
	ast.Inspect(file, func(n ast.Node) bool {
		if f, ok := n.(*ast.FuncDecl); ok && strings.Contains(text[set.Position(f.Pos()).Offset:min(len(text), set.Position(f.End()).Offset)], ".RemoveAll(") {
			return false // opens read-only directories to remove them
		}
		x, statement := n.(*ast.ExprStmt)
		if statement {
			n = x.X
		}
		if call, ok := n.(*ast.CallExpr); ok {
			j.goCall(call, statement, constants, set.Position(call.Pos()).Offset)
		}
		return true
	})
}

// creating are the functions of the package os that create with a mode, which is their last argument.
var creating = []string{"WriteFile", "MkdirAll", "Mkdir", "OpenFile"}

func (j *sourceJudge) goCall(call *ast.CallExpr, statement bool, constants map[string]string, start int) {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	name := selector.Sel.Name
	owner, _ := selector.X.(*ast.Ident)
	creates := slices.Contains(creating, name) && owner != nil && (owner.Name == "os" || owner.Name == "ioutil")
	if name != "Chmod" && name != "Umask" && !creates {
		return
	}
	written := integerOf(call.Args[len(call.Args)-1], constants)
	if written == "" {
		return
	}
	bits, err := strconv.ParseInt(written, 0, 64)
	shown := name + "(... " + written + ")"
	switch j.judged = true; {
	case err != nil || statement && name != "Umask": // a statement is visited again as the call in it
	case creates:
		if decimalMode(written) {
			j.literal(written, bits, "0o", shown, start)
		} else if bits&0o003 == 0o003 && opens(bits) {
			j.leave("os."+shown, start)
		}
	case name == "Chmod":
		j.literal(written, bits, "0o", shown, start)
	case name == "Umask" && statement && bits&0o002 == 0:
		j.fail("umask", shown, start, umaskMessage, "Umask(0o022), or 0o027. Undo: "+shown+".")
	}
}

// integerOf is the number that an argument is as written: a literal, a constant of the file, or os.FileMode of one.
func integerOf(x ast.Expr, constants map[string]string) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		if x.Kind == token.INT {
			return x.Value
		}
	case *ast.Ident:
		return constants[x.Name]
	case *ast.CallExpr:
		if s, ok := x.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "FileMode" && len(x.Args) == 1 {
			return integerOf(x.Args[0], constants)
		}
	case *ast.SelectorExpr:
		if x.Sel.Name == "ModePerm" { // os.ModePerm is 0777
			return "0777"
		}
	}
	return ""
}

// integerConstants are the constants of a file that are one integer, as written.
func integerConstants(file *ast.File) map[string]string {
	out := map[string]string{}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
				for i, name := range v.Names {
					if written := integerOf(v.Values[i], nil); written != "" {
						out[name.Name] = written
					}
				}
			}
		}
	}
	return out
}
