package terraform

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"hardcheck/checks/permissions/iam"
)

// Bounds of the evaluation of one resource: nodes made, bytes of one text, and how far expressions lead into each other.
const (
	maxNodes  = 50_000
	maxModule = 5_000_000 // nodes of all resources of a directory
	maxText   = 1 << 20
	maxDepth  = 64
	// textPerNode is how many bytes of text cost as much as a node.
	textPerNode = 32
)

// evaluation works out one resource.
type evaluation struct {
	module *Module
	budget int
}

// body is a block as an object: its attributes, and its nested blocks as a list for each of their types.
func (e *evaluation) body(f *File, b *hclsyntax.Body, depth int) *iam.Node {
	n := &iam.Node{Kind: iam.Object}
	if depth > maxDepth {
		return n
	}
	attributes := make([]*hclsyntax.Attribute, 0, len(b.Attributes))
	for _, a := range b.Attributes {
		attributes = append(attributes, a)
	}
	slices.SortFunc(attributes, func(a, b *hclsyntax.Attribute) int { return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte })
	for _, a := range attributes {
		value := e.expr(f, a.Expr, depth+1)
		value.Line, value.Column = a.SrcRange.Start.Line, a.SrcRange.Start.Column
		n.Fields = append(n.Fields, iam.Field{Key: a.Name, Value: value})
	}
	for _, block := range b.Blocks {
		e.block(f, n, block, depth)
	}
	return n
}

// block adds a nested block. What a dynamic block makes is not known, but where its content is literal that part is.
func (e *evaluation) block(f *File, n *iam.Node, block *hclsyntax.Block, depth int) {
	name, body := block.Type, block.Body
	if name == "dynamic" && len(block.Labels) == 1 {
		name = block.Labels[0]
		for _, content := range block.Body.Blocks {
			if content.Type == "content" {
				body = content.Body
			}
		}
	}
	value := e.body(f, body, depth+1)
	value.Line, value.Column = block.TypeRange.Start.Line, block.TypeRange.Start.Column
	for _, field := range n.Fields {
		if field.Key == name && field.Value.Kind == iam.List {
			field.Value.Items = append(field.Value.Items, value)
			return
		}
	}
	n.Fields = append(n.Fields, iam.Field{Key: name, Value: &iam.Node{Kind: iam.List, Items: []*iam.Node{value}, Line: value.Line, Column: value.Column}})
}

// expr works out an expression. It always returns a node of its own; what is not known is dynamic, with its source as text.
func (e *evaluation) expr(f *File, x hclsyntax.Expression, depth int) *iam.Node {
	e.budget--
	if depth > maxDepth || e.budget < 0 {
		return &iam.Node{}
	}
	at := x.Range().Start
	n := e.value(f, x, depth+1)
	if n == nil {
		n = &iam.Node{Text: sourceOf(f, x)}
	}
	n.Line, n.Column = at.Line, at.Column
	return n
}

// sourceOf is an expression as written, cut where it is long.
func sourceOf(f *File, x hclsyntax.Expression) string {
	r := x.Range()
	if r.Start.Byte < 0 || r.End.Byte > len(f.src) || r.Start.Byte > r.End.Byte {
		return ""
	}
	return string(f.src[r.Start.Byte:min(r.End.Byte, r.Start.Byte+500)])
}

func (e *evaluation) value(f *File, x hclsyntax.Expression, depth int) *iam.Node {
	switch x := x.(type) {
	case *hclsyntax.LiteralValueExpr:
		return literal(x.Val)
	case *hclsyntax.ParenthesesExpr:
		return e.expr(f, x.Expression, depth)
	case *hclsyntax.TemplateWrapExpr:
		return e.expr(f, x.Wrapped, depth)
	case *hclsyntax.TemplateExpr:
		return e.template(f, x, depth)
	case *hclsyntax.TupleConsExpr:
		n := &iam.Node{Kind: iam.List}
		for _, item := range x.Exprs {
			n.Items = append(n.Items, e.expr(f, item, depth))
		}
		return n
	case *hclsyntax.ObjectConsExpr:
		n := &iam.Node{Kind: iam.Object}
		for _, item := range x.Items {
			n.Fields = append(n.Fields, iam.Field{Key: e.key(f, item.KeyExpr, depth), Value: e.expr(f, item.ValueExpr, depth)})
		}
		return n
	case *hclsyntax.FunctionCallExpr:
		return e.call(f, x, depth)
	case *hclsyntax.ScopeTraversalExpr:
		return e.reference(x.Traversal, depth)
	}
	return nil
}

func (e *evaluation) key(f *File, x hclsyntax.Expression, depth int) string {
	if key, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(key.Wrapped); word != "" && !key.ForceNonLiteral {
			return word
		}
		x = key.Wrapped
	}
	if n := e.expr(f, x, depth); n.Kind == iam.Scalar {
		return n.Text
	}
	return iam.Unknown
}

func literal(v cty.Value) *iam.Node {
	switch {
	case v.IsNull() || !v.IsKnown():
		return nil
	case v.Type() == cty.String:
		return &iam.Node{Kind: iam.Scalar, Text: v.AsString()}
	case v.Type() == cty.Bool && v.True():
		return &iam.Node{Kind: iam.Scalar, Text: "true"}
	case v.Type() == cty.Bool:
		return &iam.Node{Kind: iam.Scalar, Text: "false"}
	case v.Type() == cty.Number:
		return &iam.Node{Kind: iam.Scalar, Text: v.AsBigFloat().Text('f', -1)}
	}
	return nil
}

func (e *evaluation) template(f *File, x *hclsyntax.TemplateExpr, depth int) *iam.Node {
	var b strings.Builder
	for _, part := range x.Parts {
		if n := e.expr(f, part, depth); n.Kind == iam.Scalar && b.Len()+len(n.Text) < maxText {
			b.WriteString(n.Text)
		} else {
			b.WriteString(iam.Unknown)
		}
	}
	e.budget -= b.Len() / textPerNode
	return &iam.Node{Kind: iam.Scalar, Text: b.String()}
}

// reference follows var.x and local.x, as long as nothing of them is taken apart.
func (e *evaluation) reference(t hcl.Traversal, depth int) *iam.Node {
	if len(t) != 2 {
		return nil
	}
	step, ok := t[1].(hcl.TraverseAttr)
	if !ok {
		return nil
	}
	var from source
	switch t.RootName() {
	case "var":
		from = e.module.variables[step.Name]
	case "local":
		from = e.module.locals[step.Name]
	}
	if from.expr == nil {
		return nil
	}
	return e.expr(from.file, from.expr, depth)
}

// same are the functions whose result is, for this purpose, their argument.
var same = []string{"jsonencode", "yamlencode", "tolist", "toset", "tostring", "sensitive", "nonsensitive", "distinct", "sort", "tomap", "trimspace"}

func (e *evaluation) call(f *File, x *hclsyntax.FunctionCallExpr, depth int) *iam.Node {
	switch {
	case len(x.Args) == 1 && slices.Contains(same, x.Name):
		return e.expr(f, x.Args[0], depth)
	case x.Name == "concat" || x.Name == "setunion" || x.Name == "flatten":
		n := &iam.Node{Kind: iam.List}
		for _, arg := range x.Args {
			n.Items = append(n.Items, spread(e.expr(f, arg, depth), x.Name == "flatten", 0)...)
		}
		return n
	case x.Name == "merge":
		n := &iam.Node{Kind: iam.Object}
		for _, arg := range x.Args {
			v := e.expr(f, arg, depth)
			if v.Kind != iam.Object {
				return nil
			}
			n.Fields = append(n.Fields, v.Fields...)
		}
		return n
	}
	return nil
}

// spread is a list's items, and those of the lists in it where they are flattened.
func spread(n *iam.Node, deep bool, depth int) []*iam.Node {
	if n.Kind != iam.List || depth > maxDepth {
		return []*iam.Node{n}
	}
	if !deep {
		return n.Items
	}
	var out []*iam.Node
	for _, item := range n.Items {
		out = append(out, spread(item, true, depth+1)...)
	}
	return out
}
