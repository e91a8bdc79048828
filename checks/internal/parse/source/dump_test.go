package source

import (
	"fmt"
	"strings"
)

// dump writes statements in one line, as Lisp would.
func dump(body []*Stmt) string {
	var b strings.Builder
	for i, s := range body {
		if i > 0 {
			b.WriteByte(' ')
		}
		dumpStmt(&b, s)
	}
	return b.String()
}

var stmtNames = [...]string{Do: "do", Var: "var", If: "if", Loop: "loop", Block: "block", Try: "try", Define: "def", Class: "class", Return: "return",
	Throw: "throw", Break: "break", Import: "import", Switching: "switch", Nothing: "pass"}

func dumpStmt(b *strings.Builder, s *Stmt) {
	fmt.Fprintf(b, "(%s", stmtNames[s.Kind])
	if s.Kind == Class {
		b.WriteString(" " + s.Name)
	}
	if len(s.Names) > 0 {
		b.WriteString(" " + strings.Join(s.Names, ","))
	}
	if s.Type != "" && s.Kind != Class {
		b.WriteString(":" + s.Type)
	}
	if s.X != nil {
		b.WriteByte(' ')
		dumpExpr(b, s.X)
	}
	if s.Func != nil {
		dumpFunc(b, s.Func)
	}
	for _, inner := range append([][]*Stmt{s.Body}, s.Arms...) {
		if len(inner) > 0 {
			b.WriteString(" {" + dump(inner) + "}")
		}
	}
	for _, h := range s.Handlers {
		fmt.Fprintf(b, " (catch %s %s {%s})", strings.Join(h.Types, "|"), h.Name, dump(h.Body))
	}
	if len(s.Else) > 0 {
		b.WriteString(" else {" + dump(s.Else) + "}")
	}
	b.WriteByte(')')
}

func dumpFunc(b *strings.Builder, f *Function) {
	b.WriteString(" " + f.Name + "[")
	for i, p := range f.Params {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, n := range p.Notes {
			b.WriteByte('@')
			dumpExpr(b, n)
			b.WriteByte(' ')
		}
		b.WriteString(strings.Join(p.Names, "/"))
		if p.Type != "" {
			b.WriteString(":" + p.Type)
		}
	}
	b.WriteString("]{" + dump(f.Body) + "}")
}

func dumpExpr(b *strings.Builder, x *Expr) {
	if x == nil {
		b.WriteByte('_')
		return
	}
	list := func(open string, xs ...*Expr) {
		b.WriteString("(" + open)
		for _, e := range xs {
			b.WriteByte(' ')
			dumpExpr(b, e)
		}
		b.WriteByte(')')
	}
	switch x.Kind {
	case Name, Constant:
		b.WriteString(x.Text)
	case Literal:
		fmt.Fprintf(b, "%q", x.Text)
	case Template:
		list("$", x.List...)
	case Member:
		dumpExpr(b, x.X)
		b.WriteString("." + x.Text)
	case Index, Slice:
		list("at", x.X, x.Y)
	case Call:
		list("call", append([]*Expr{x.X}, x.List...)...)
	case New:
		list("new", append([]*Expr{x.X}, x.List...)...)
	case Object:
		list("obj", x.List...)
	case Array:
		list("arr", x.List...)
	case Pair:
		if x.Y != nil {
			list("pair", x.Y, x.X)
			return
		}
		list(x.Text+":", x.X)
	case Func:
		b.WriteString("(fn")
		dumpFunc(b, x.Func)
		b.WriteByte(')')
	case Binary, Assign:
		list(x.Text, x.X, x.Y)
	case Unary:
		list(x.Text, x.X)
	case Choice:
		list("?", append([]*Expr{x.X, x.Y, x.Z}, x.List...)...)
	case Spread:
		list("...", x.X)
	case Cast:
		list("as", x.X)
	default:
		list("unknown", x.List...)
	}
}
