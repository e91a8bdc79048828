package python

import (
	"fmt"
	"strings"
)

// dump writes nodes as compact text, for comparisons.
func dump(n Node) string {
	switch n := n.(type) {
	case nil:
		return "_"
	case *Name:
		return n.ID
	case *Constant:
		return n.Word
	case *Number:
		return n.Text
	case *String:
		return dumpString(n)
	case *Attribute:
		return dump(n.X) + "." + n.Name
	case *Subscript:
		return dump(n.X) + "[" + dump(n.Index) + "]"
	case *Slice:
		return dump(n.Low) + ":" + dump(n.High) + ":" + dump(n.Step)
	case *Call:
		return dump(n.Func) + "(" + dumpArgs(n.Args) + ")"
	case *Sequence:
		return string(n.Kind) + dumpList(n.Items) + map[byte]string{'(': ")", '[': "]", '{': "}"}[n.Kind]
	case *Dict:
		var parts []string
		for i, v := range n.Values {
			parts = append(parts, dump(n.Keys[i])+": "+dump(v))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case *Unary:
		return "(" + n.Op + " " + dump(n.X) + ")"
	case *Binary:
		return "(" + dump(n.X) + " " + n.Op + " " + dump(n.Y) + ")"
	case *Conditional:
		return "(" + dump(n.Then) + " if " + dump(n.Test) + " else " + dump(n.Else) + ")"
	case *Lambda:
		return "(lambda " + dumpParams(n.Params) + ": " + dump(n.Body) + ")"
	case *Comprehension:
		s := string(n.Kind) + dump(n.Elem)
		if n.Value != nil {
			s += ": " + dump(n.Value)
		}
		for _, c := range n.Clauses {
			s += " for " + dump(c.Target) + " in " + dump(c.Iter)
			for _, x := range c.Ifs {
				s += " if " + dump(x)
			}
		}
		return s + ";"
	case *Walrus:
		return "(" + dump(n.Name) + " := " + dump(n.Value) + ")"
	}
	return dumpStmt(n)
}

func dumpString(n *String) string {
	s := ""
	if n.Bytes {
		s = "b"
	}
	if n.Parts == nil {
		return s + fmt.Sprintf("%q", n.Text)
	}
	return s + "f<" + dumpParts(n.Parts) + ">"
}

func dumpParts(parts []Part) string {
	s := ""
	for _, p := range parts {
		if p.Value == nil {
			s += fmt.Sprintf("%q", p.Text)
			continue
		}
		s += "{" + dump(p.Value)
		if p.Conversion != 0 {
			s += "!" + string(p.Conversion)
		}
		if p.Spec != nil {
			s += ":" + dumpParts(p.Spec)
		}
		s += "}"
	}
	return s
}

func dumpList(list []Expr) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = dump(x)
	}
	return strings.Join(parts, ", ")
}

func dumpArgs(args []Arg) string {
	parts := make([]string, len(args))
	for i, a := range args {
		parts[i] = dump(a.Value)
		if a.Name != "" {
			parts[i] = a.Name + "=" + parts[i]
		}
	}
	return strings.Join(parts, ", ")
}

func dumpParams(params []Param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = strings.Repeat("*", p.Star) + p.Name
		if p.Annotation != nil {
			parts[i] += ": " + dump(p.Annotation)
		}
		if p.Default != nil {
			parts[i] += "=" + dump(p.Default)
		}
	}
	return strings.Join(parts, ", ")
}

func dumpStmt(n Node) string {
	switch n := n.(type) {
	case *ExprStmt:
		return dump(n.X)
	case *Assign:
		s := dumpList(n.Targets)
		if n.Annotation != nil {
			s += ": " + dump(n.Annotation)
		}
		return s + " " + n.Op + " " + dump(n.Value)
	case *Function:
		s := fmt.Sprintf("def %s(%s)", n.Name, dumpParams(n.Params))
		if n.Async {
			s = "async " + s
		}
		if n.Returns != nil {
			s += " -> " + dump(n.Returns)
		}
		return dumpDecorators(n.Decorators) + s + dumpBody(n.Body)
	case *Class:
		return dumpDecorators(n.Decorators) + "class " + n.Name + "(" + dumpArgs(n.Args) + ")" + dumpBody(n.Body)
	case *If:
		s := ""
		for _, b := range n.Branches {
			s += "if " + dump(b.Test) + dumpBody(b.Body)
		}
		return s
	case *Loop:
		if n.Test != nil {
			return "while " + dump(n.Test) + dumpBody(n.Body) + dumpElse(n.Else)
		}
		return "for " + dump(n.Target) + " in " + dump(n.Iter) + dumpBody(n.Body) + dumpElse(n.Else)
	case *With:
		s := "with"
		for _, i := range n.Items {
			s += " " + dump(i.X) + " as " + dump(i.Target)
		}
		return s + dumpBody(n.Body)
	case *Try:
		s := "try" + dumpBody(n.Body)
		for _, h := range n.Handlers {
			s += "except " + dump(h.Type) + " as " + h.Name + dumpBody(h.Body)
		}
		return s + dumpElse(n.Else) + dumpElse(n.Finally)
	case *Match:
		s := "match " + dump(n.Subject) + " "
		for _, c := range n.Cases {
			s += "case " + dump(c.Pattern) + " if " + dump(c.Guard) + dumpBody(c.Body)
		}
		return s
	case *Jump:
		return strings.TrimSpace(n.Word + " " + dumpList(n.Args))
	case *Import:
		s := fmt.Sprintf("from %s%s import", strings.Repeat(".", n.Level), n.Module)
		for _, a := range n.Names {
			s += " " + a.Name + "/" + a.As
		}
		return s
	case *TypeAlias:
		return "type " + n.Name + " = " + dump(n.Value)
	case *Bad:
		return "BAD" + dumpElse(n.Body)
	}
	return fmt.Sprintf("%T", n)
}

func dumpDecorators(list []Expr) string {
	s := ""
	for _, d := range list {
		s += "@" + dump(d) + " "
	}
	return s
}

func dumpBody(body []Stmt) string {
	parts := make([]string, len(body))
	for i, s := range body {
		parts[i] = dump(s)
	}
	return " {" + strings.Join(parts, "; ") + "}"
}

func dumpElse(body []Stmt) string {
	if body == nil {
		return ""
	}
	return " else" + dumpBody(body)
}
