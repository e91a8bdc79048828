package permissions

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/iam"
	"hardcheck/checks/permissions/terraform"
)

// valuesFile is a file that gives variables values: no default of that directory is certain.
type valuesFile string

// jsonResources are the resources of a .tf.json file.
type jsonResources []*terraform.Resource

// cloudTree judges Terraform a directory at a time: that is what Terraform calls a module.
func cloudTree(p *checks.Pass) error {
	files, written, valued := map[string][]*terraform.File{}, map[string]jsonResources{}, map[string]bool{}
	for _, k := range p.Kept() {
		switch k := k.(type) {
		case *terraform.File:
			files[path.Dir(k.Path)] = append(files[path.Dir(k.Path)], k)
		case jsonResources:
			written[path.Dir(k[0].Path)] = append(written[path.Dir(k[0].Path)], k...)
		case valuesFile:
			valued[path.Dir(string(k))] = true
		}
	}
	dirs := map[string]bool{}
	for dir := range files {
		dirs[dir] = true
	}
	for dir := range written {
		dirs[dir] = true
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := p.Context().Err(); err != nil {
			return err
		}
		resources := append(terraform.NewModule(files[dir], valued[dir]).Resources(), written[dir]...)
		module := &terraformModule{pass: p, resources: resources}
		for _, r := range resources {
			module.judge(r)
		}
	}
	return nil
}

// cloudJSON keeps the resources of Terraform's JSON syntax, whose texts are templates.
func cloudJSON(p *checks.Pass, f *checks.File) error {
	var out jsonResources
	for _, doc := range yamldoc.Of(f).Docs {
		n, whole := cloudNode(doc)
		if !whole {
			return cloudCut(f)
		}
		for kind, data := range map[string]bool{"resource": false, "data": true} {
			for _, typ := range fields(n.Get(kind)) {
				for _, r := range fields(typ.Value) {
					out = append(out, &terraform.Resource{Data: data, Type: typ.Key, Name: r.Key, Body: unrendered(r.Value, 0), Path: f.Path, Line: r.Value.Line})
				}
			}
		}
	}
	if len(out) > 0 {
		slices.SortStableFunc(out, func(a, b *terraform.Resource) int { return strings.Compare(a.Address(), b.Address()) })
		p.Keep(f.Path, out)
	}
	return nil
}

func fields(n *iam.Node) []iam.Field {
	if n == nil || n.Kind != iam.Object {
		return nil
	}
	return n.Fields
}

// unrendered marks what ${...} puts into texts as not known. A text that is nothing else keeps its source, as a reference.
func unrendered(n *iam.Node, depth int) *iam.Node {
	if n == nil || depth > maxCloudDepth {
		return &iam.Node{}
	}
	switch n.Kind {
	case iam.Scalar:
		if whole := substitution.FindString(n.Text); whole != "" && whole == n.Text {
			n.Kind, n.Text = iam.Dynamic, strings.TrimSuffix(strings.TrimPrefix(whole, "${"), "}")
		} else {
			n.Text = substitution.ReplaceAllString(n.Text, iam.Unknown)
		}
	case iam.List:
		for _, item := range n.Items {
			unrendered(item, depth+1)
		}
	case iam.Object:
		for _, f := range n.Fields {
			unrendered(f.Value, depth+1)
		}
	}
	return n
}

// terraformModule is the resources of one directory, which may complete each other.
type terraformModule struct {
	pass      *checks.Pass
	resources []*terraform.Resource
}

// companion is the first resource of that type whose attribute refers to r, by its address or its bucket's literal name.
func (m *terraformModule) companion(r *terraform.Resource, typ, attribute string) *terraform.Resource {
	name := scalar(r.Body.Get(attribute))
	for _, other := range m.resources {
		if other.Type != typ {
			continue
		}
		value := other.Body.Get(attribute)
		if value == nil {
			continue
		}
		if refersTo(value, r.Address()) || name != "" && scalar(value) == name {
			return other
		}
	}
	return nil
}

// refersTo reports an expression that names the resource: aws_s3_bucket.shop.id, aws_s3_bucket.shop[0].id.
func refersTo(n *iam.Node, address string) bool {
	if n.Kind != iam.Dynamic {
		return false
	}
	rest, found := strings.CutPrefix(n.Text, address)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func (m *terraformModule) judge(r *terraform.Resource) {
	report := newCloudReport(m.pass, "resource", r.Path, r.Address())
	known := true
	switch {
	case strings.HasPrefix(r.Type, "aws_"):
		m.aws(report, r)
	case strings.HasPrefix(r.Type, "google_"):
		m.google(report, r)
	case strings.HasPrefix(r.Type, "azurerm_"):
		m.azure(report, r)
	case r.Type == "local_file" || r.Type == "local_sensitive_file":
		localFile(report, r)
	default:
		known = false
	}
	if known {
		report.done()
	}
}
