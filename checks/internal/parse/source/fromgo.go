package source

import (
	"go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"strconv"
)

// ParseGo reads Go by its own parser.
func ParseGo(src string) *File {
	fset := gotoken.NewFileSet()
	f, _ := goparser.ParseFile(fset, "", src, goparser.SkipObjectResolution)
	out := &File{Lang: Go, Source: src}
	if f == nil {
		return out
	}
	t := goTree{fset.File(f.FileStart)}
	if t.file == nil {
		return out
	}
	for _, imp := range f.Imports {
		path, _ := strconv.Unquote(imp.Path.Value)
		s := &Stmt{Kind: Import, Start: t.at(imp.Pos()), End: t.at(imp.End()), Text: path}
		if imp.Name != nil {
			s.Name = imp.Name.Name
		}
		out.Body = append(out.Body, s)
	}
	for _, d := range f.Decls {
		out.Body = append(out.Body, t.decl(d)...)
	}
	return out
}

type goTree struct{ file *gotoken.File }

func (t goTree) at(p gotoken.Pos) int {
	if !p.IsValid() || int(p) < t.file.Base() || int(p) > t.file.Base()+t.file.Size() {
		return 0
	}
	return t.file.Offset(p)
}

func (t goTree) decl(d ast.Decl) []*Stmt {
	var out []*Stmt
	switch d := d.(type) {
	case *ast.FuncDecl:
		f := t.function(d.Type, d.Body)
		f.Name, f.Start, f.End = d.Name.Name, t.at(d.Pos()), t.at(d.End())
		if d.Recv != nil && len(d.Recv.List) > 0 {
			f.Class = typeName(d.Recv.List[0].Type)
			if len(d.Recv.List[0].Names) > 0 {
				f.Receiver = d.Recv.List[0].Names[0].Name
			}
		}
		return []*Stmt{{Kind: Define, Start: f.Start, End: f.End, Name: f.Name, Func: f}}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				out = append(out, t.values(spec, d.Tok == gotoken.CONST)...)
			case *ast.TypeSpec:
				s := &Stmt{Kind: Class, Start: t.at(spec.Pos()), End: t.at(spec.End()), Name: spec.Name.Name}
				if body, ok := spec.Type.(*ast.StructType); ok {
					for _, field := range body.Fields.List {
						for _, name := range field.Names {
							s.Body = append(s.Body, &Stmt{Kind: Var, Start: t.at(name.Pos()), End: t.at(field.End()), Names: []string{name.Name}, Type: typeText(field.Type)})
						}
					}
				}
				out = append(out, s)
			}
		}
	}
	return out
}

func (t goTree) values(spec *ast.ValueSpec, constant bool) []*Stmt {
	var out []*Stmt
	typ := ""
	if spec.Type != nil {
		typ = typeText(spec.Type)
	}
	for i, name := range spec.Names {
		s := &Stmt{Kind: Var, Start: t.at(spec.Pos()), End: t.at(spec.End()), Names: []string{name.Name}, Type: typ}
		if constant {
			s.Text = "const"
		}
		if i < len(spec.Values) {
			s.X = t.expr(spec.Values[i])
		} else if len(spec.Values) == 1 {
			s.X = t.expr(spec.Values[0])
		}
		out = append(out, s)
	}
	return out
}

func (t goTree) function(typ *ast.FuncType, body *ast.BlockStmt) *Function {
	f := &Function{Start: t.at(typ.Pos())}
	for _, field := range typ.Params.List {
		_, rest := field.Type.(*ast.Ellipsis)
		if len(field.Names) == 0 {
			f.Params = append(f.Params, Param{Names: []string{"_"}, Type: typeText(field.Type), Rest: rest})
		}
		for _, name := range field.Names {
			f.Params = append(f.Params, Param{Names: []string{name.Name}, Type: typeText(field.Type), Rest: rest})
		}
	}
	if typ.Results != nil {
		for _, r := range typ.Results.List {
			f.Result += typeText(r.Type) + " "
		}
	}
	if body != nil {
		f.Body = t.block(body)
		f.End = t.at(body.End())
	}
	return f
}

// typeText is a type as written, as far as it has a name.
func typeText(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return typeText(x.X) + "." + x.Sel.Name
	case *ast.StarExpr:
		return "*" + typeText(x.X)
	case *ast.ArrayType:
		return "[]" + typeText(x.Elt)
	case *ast.Ellipsis:
		return "[]" + typeText(x.Elt)
	case *ast.MapType:
		return "map[" + typeText(x.Key) + "]" + typeText(x.Value)
	case *ast.IndexExpr:
		return typeText(x.X)
	case *ast.FuncType:
		return "func"
	case *ast.InterfaceType:
		return "interface"
	}
	return ""
}

// typeName is the last name of a type.
func typeName(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	case *ast.StarExpr:
		return typeName(x.X)
	case *ast.IndexExpr:
		return typeName(x.X)
	case *ast.IndexListExpr:
		return typeName(x.X)
	}
	return ""
}

func (t goTree) block(b *ast.BlockStmt) []*Stmt {
	if b == nil {
		return nil
	}
	return t.list(b.List)
}

func (t goTree) list(list []ast.Stmt) []*Stmt {
	out := make([]*Stmt, 0, len(list))
	for _, s := range list {
		out = append(out, t.stmt(s)...)
	}
	return out
}

func (t goTree) stmt(n ast.Stmt) []*Stmt {
	if n == nil {
		return nil
	}
	s := &Stmt{Start: t.at(n.Pos()), End: t.at(n.End())}
	switch n := n.(type) {
	case *ast.ExprStmt:
		s.Kind, s.X = Do, t.expr(n.X)
	case *ast.AssignStmt:
		return t.assign(n, s.Start, s.End)
	case *ast.DeclStmt:
		return t.decl(n.Decl)
	case *ast.BlockStmt:
		s.Kind, s.Body = Block, t.block(n)
	case *ast.IfStmt:
		s.Kind, s.X, s.Body = If, t.expr(n.Cond), t.block(n.Body)
		if n.Else != nil {
			s.Else = t.stmt(n.Else)
			if b, ok := n.Else.(*ast.BlockStmt); ok {
				s.Else = t.block(b)
			}
		}
		return append(t.stmt(n.Init), s)
	case *ast.ForStmt:
		s.Kind, s.X, s.Body = Loop, t.expr(n.Cond), append(t.block(n.Body), t.stmt(n.Post)...)
		return append(t.stmt(n.Init), s)
	case *ast.RangeStmt:
		s.Kind, s.X, s.Body = Loop, t.expr(n.X), t.block(n.Body)
		for _, v := range []ast.Expr{n.Key, n.Value} {
			if id, ok := v.(*ast.Ident); ok {
				s.Names = append(s.Names, id.Name)
			}
		}
	case *ast.SwitchStmt:
		s.Kind, s.X = Switching, t.expr(n.Tag)
		s.Arms = t.arms(n.Body)
		return append(t.stmt(n.Init), s)
	case *ast.TypeSwitchStmt:
		s.Kind, s.Arms = Switching, t.arms(n.Body)
		return append(append(t.stmt(n.Init), t.stmt(n.Assign)...), s)
	case *ast.SelectStmt:
		s.Kind, s.Arms = Switching, t.arms(n.Body)
	case *ast.ReturnStmt:
		s.Kind = Return
		switch len(n.Results) {
		case 0:
		case 1:
			s.X = t.expr(n.Results[0])
		default:
			s.X = &Expr{Kind: Array, Start: s.Start, End: s.End, List: t.exprs(n.Results)}
		}
	case *ast.DeferStmt:
		s.Kind, s.X = Do, t.expr(n.Call)
	case *ast.GoStmt:
		s.Kind, s.X = Do, t.expr(n.Call)
	case *ast.LabeledStmt:
		return t.stmt(n.Stmt)
	case *ast.SendStmt:
		s.Kind, s.X = Do, t.expr(n.Value)
	case *ast.BranchStmt:
		s.Kind = Break
	default:
		return nil
	}
	return []*Stmt{s}
}

func (t goTree) arms(b *ast.BlockStmt) [][]*Stmt {
	var out [][]*Stmt
	for _, c := range b.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			out = append(out, t.list(c.Body))
		case *ast.CommClause:
			out = append(out, append(t.stmt(c.Comm), t.list(c.Body)...))
		}
	}
	return out
}

func (t goTree) assign(n *ast.AssignStmt, start, end int) []*Stmt {
	op := n.Tok.String()
	right := t.exprs(n.Rhs)
	if len(n.Lhs) == len(right) {
		var out []*Stmt
		for i, l := range n.Lhs {
			x := &Expr{Kind: Assign, Start: start, End: end, Text: op, X: t.expr(l), Y: right[i]}
			out = append(out, &Stmt{Kind: Do, Start: start, End: end, X: x})
		}
		return out
	}
	if len(right) == 0 {
		return nil
	}
	x := &Expr{Kind: Assign, Start: start, End: end, Text: op, X: &Expr{Kind: Array, Start: start, End: end, List: t.exprs(n.Lhs)}, Y: right[0]}
	return []*Stmt{{Kind: Do, Start: start, End: end, X: x}}
}

func (t goTree) exprs(list []ast.Expr) []*Expr {
	out := make([]*Expr, 0, len(list))
	for _, x := range list {
		if e := t.expr(x); e != nil {
			out = append(out, e)
		}
	}
	return out
}

func (t goTree) expr(n ast.Expr) *Expr {
	if n == nil {
		return nil
	}
	x := &Expr{Start: t.at(n.Pos()), End: t.at(n.End())}
	switch n := n.(type) {
	case *ast.Ident:
		x.Kind, x.Text = Name, n.Name
		if constants[n.Name] {
			x.Kind = Constant
		}
	case *ast.BasicLit:
		x.Kind, x.Text = Constant, n.Value
		if n.Kind == gotoken.STRING {
			x.Kind = Literal
			if text, err := strconv.Unquote(n.Value); err == nil {
				x.Text = text
			}
		}
	case *ast.SelectorExpr:
		x.Kind, x.X, x.Text = Member, t.expr(n.X), n.Sel.Name
	case *ast.IndexExpr:
		x.Kind, x.X, x.Y = Index, t.expr(n.X), t.expr(n.Index)
	case *ast.IndexListExpr:
		return t.expr(n.X)
	case *ast.SliceExpr:
		x.Kind, x.X, x.Y = Slice, t.expr(n.X), t.expr(n.High)
		if n.Low == nil && (n.High == nil || !small(n.High)) { // buf[:n] is all that was read
			x.Text = "head"
		}
	case *ast.CallExpr:
		return t.call(x, n)
	case *ast.ParenExpr:
		return t.expr(n.X)
	case *ast.StarExpr:
		return t.expr(n.X)
	case *ast.UnaryExpr:
		if n.Op == gotoken.AND {
			return t.expr(n.X)
		}
		x.Kind, x.Text, x.X = Unary, n.Op.String(), t.expr(n.X)
	case *ast.BinaryExpr:
		x.Kind, x.Text, x.X, x.Y = Binary, n.Op.String(), t.expr(n.X), t.expr(n.Y)
	case *ast.CompositeLit:
		t.composite(x, n)
	case *ast.FuncLit:
		x.Kind, x.Func = Func, t.function(n.Type, n.Body)
	case *ast.TypeAssertExpr:
		x.Kind, x.X = Cast, t.expr(n.X)
		if n.Type != nil {
			x.Text = typeText(n.Type)
		}
	case *ast.KeyValueExpr:
		x.Kind, x.X = Pair, t.expr(n.Value)
		switch k := n.Key.(type) {
		case *ast.Ident:
			x.Text = k.Name
		case *ast.BasicLit:
			x.Text, _ = strconv.Unquote(k.Value)
		default:
			x.Y = t.expr(n.Key)
		}
	case *ast.ArrayType, *ast.MapType, *ast.InterfaceType:
		x.Kind, x.Text = Name, typeText(n)
	}
	return x
}

func small(x ast.Expr) bool {
	_, ok := x.(*ast.BasicLit)
	return ok
}

func (t goTree) call(x *Expr, n *ast.CallExpr) *Expr {
	x.Kind, x.X, x.List = Call, t.expr(n.Fun), t.exprs(n.Args)
	if n.Ellipsis.IsValid() && len(x.List) > 0 {
		last := x.List[len(x.List)-1]
		x.List[len(x.List)-1] = &Expr{Kind: Spread, Start: last.Start, End: last.End, X: last}
	}
	return x
}

func (t goTree) composite(x *Expr, n *ast.CompositeLit) {
	x.List = t.exprs(n.Elts)
	switch typ := n.Type.(type) {
	case nil:
		x.Kind = Object
	case *ast.ArrayType:
		x.Kind = Array
	case *ast.MapType:
		x.Kind = Object
	default:
		x.Kind, x.X = New, &Expr{Kind: Name, Start: x.Start, End: x.Start, Text: typeName(typ)}
	}
}
