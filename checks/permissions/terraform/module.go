package terraform

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hardcheck/checks/permissions/iam"
)

// Module is the files of one directory.
type Module struct {
	files []*File
	// variables and locals by name. A variable is here only where its default is what holds: in a root module, which nothing
	// calls, and where no file of values is beside it.
	variables, locals map[string]source
}

// source is an expression and the file that it stands in.
type source struct {
	file *File
	expr hclsyntax.Expression
}

// Resource is a resource or data block, evaluated.
type Resource struct {
	Data       bool
	Type, Name string
	Body       *iam.Node // attributes and nested blocks; of a block type, a list of objects
	Path       string
	Line       int
}

// Address is the resource's name in expressions: aws_s3_bucket.shop.
func (r *Resource) Address() string {
	if r.Data {
		return "data." + r.Type + "." + r.Name
	}
	return r.Type + "." + r.Name
}

// NewModule joins the files of a directory. valued tells that a .tfvars file lies beside them, so that no default is certain.
func NewModule(files []*File, valued bool) *Module {
	slices.SortFunc(files, func(a, b *File) int { return cmp.Compare(a.Path, b.Path) })
	m := &Module{files: files, variables: map[string]source{}, locals: map[string]source{}}
	root := false
	for _, f := range files {
		for _, block := range f.body.Blocks {
			root = root || block.Type == "provider" || block.Type == "terraform" && hasBackend(block)
		}
	}
	for _, f := range files {
		for _, block := range f.body.Blocks {
			switch {
			case block.Type == "locals":
				for name, a := range block.Body.Attributes {
					m.locals[name] = source{f, a.Expr}
				}
			case block.Type == "variable" && len(block.Labels) == 1 && root && !valued:
				if a := block.Body.Attributes["default"]; a != nil {
					m.variables[block.Labels[0]] = source{f, a.Expr}
				}
			}
		}
	}
	return m
}

func hasBackend(block *hclsyntax.Block) bool {
	return slices.ContainsFunc(block.Body.Blocks, func(b *hclsyntax.Block) bool { return b.Type == "backend" || b.Type == "cloud" })
}

// Resources evaluates every resource and data block, in the order of the files.
func (m *Module) Resources() []*Resource {
	var out []*Resource
	left := maxModule
	for _, f := range m.files {
		for _, block := range f.body.Blocks {
			if block.Type != "resource" && block.Type != "data" || len(block.Labels) != 2 {
				continue
			}
			e := &evaluation{module: m, budget: min(maxNodes, left)}
			out = append(out, &Resource{Data: block.Type == "data", Type: block.Labels[0], Name: block.Labels[1],
				Body: e.body(f, block.Body, 0), Path: f.Path, Line: block.TypeRange.Start.Line})
			left -= min(maxNodes, left) - e.budget
		}
	}
	return out
}
