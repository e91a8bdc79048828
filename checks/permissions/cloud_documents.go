package permissions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/iam"
)

// cloudDocument is one file of JSON or YAML that is searched for policies and resources.
type cloudDocument struct {
	pass   *checks.Pass
	file   *checks.File
	budget int
}

// search judges every policy, resource and role in a document. name is the key, or the path of keys, that leads to n.
func (d *cloudDocument) search(n *iam.Node, name string, depth int) {
	d.budget--
	if n == nil || depth > maxCloudDepth || d.budget < 0 {
		return
	}
	switch n.Kind {
	case iam.Object:
		if d.object(n, name) {
			return
		}
		for _, f := range n.Fields {
			d.search(f.Value, joinKey(name, f.Key), depth+1)
		}
	case iam.List:
		if statementLists[lastKey(name)] && iam.IsPolicy(statements(n)) {
			d.policy(statements(n), name)
			return
		}
		for i, item := range n.Items {
			d.search(item, fmt.Sprintf("%s[%d]", name, i), depth+1)
		}
	}
}

// statementLists are keys of the Serverless Framework that hold statements without a document around them.
var statementLists = set("iamRoleStatements statements")

func statements(n *iam.Node) *iam.Node {
	return &iam.Node{Kind: iam.Object, Fields: []iam.Field{{Key: "Statement", Value: n}}, Line: n.Line}
}

func joinKey(name, key string) string {
	const most = 120
	if name == "" || len(name)+len(key) > most {
		return key
	}
	return name + "." + key
}

func lastKey(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// object judges an object that is something by itself, and reports whether nothing below it needs to be looked at.
func (d *cloudDocument) object(n *iam.Node, name string) bool {
	switch {
	case iam.IsPolicy(n):
		d.policy(n, name)
		return true
	case strings.HasPrefix(scalar(n.Get("Type")), "AWS::") && (n.Get("Properties") != nil || strings.Contains(name, "Resources")):
		d.formation(n, name)
	case n.Get("bindings") != nil:
		d.bindings(n, name)
	case n.Get("AssignableScopes") != nil:
		d.azureRole(n, name)
	case strings.HasPrefix(scalar(n.Get("type")), "Microsoft."):
		d.azureResource(n, name)
	}
	return false
}

func scalar(n *iam.Node) string {
	if n.Known() {
		return n.Text
	}
	return ""
}

func (d *cloudDocument) report(kind, name string) *cloudReport {
	return newCloudReport(d.pass, kind, d.file.Path, cmp.Or(name, d.file.Name()))
}

func (d *cloudDocument) policy(doc *iam.Node, name string) {
	r := d.report("policy", name)
	r.policy(doc, 0)
	r.done()
}

// bindings judges a policy of Google Cloud: who has which role.
func (d *cloudDocument) bindings(n *iam.Node, name string) {
	r := d.report("policy", name)
	judged := false
	for _, b := range n.Get("bindings").All() {
		if role := scalar(b.Get("role")); strings.HasPrefix(role, "roles/") {
			judged = true
			r.googleGrant(role, b.Get("members"), b.Line, strings.Contains(name, "project") || n.Get("etag") != nil)
		}
	}
	if judged {
		r.done()
	}
}

// azureRole judges a definition of a role, as az role definition create reads it or a template holds it.
func (d *cloudDocument) azureRole(n *iam.Node, name string) {
	r := d.report("role", name)
	permissions := append(n.Get("permissions").All(), n)
	for _, p := range permissions {
		if actions := p.Get("actions"); actions != nil && slices.Contains(actions.Texts(), "*") {
			r.azureWildcard(actions.Line)
			break
		}
	}
	r.done()
}

// azureResource judges a resource of an Azure Resource Manager template, in JSON as Bicep compiles to too.
func (d *cloudDocument) azureResource(n *iam.Node, name string) {
	r := d.report("resource", cmp.Or(scalar(n.Get("name")), name))
	properties := n.Get("properties")
	switch scalar(n.Get("type")) {
	case "Microsoft.Storage/storageAccounts":
		if open := properties.Get("allowBlobPublicAccess"); scalar(open) == "true" {
			r.azureBlobs("allowBlobPublicAccess", open.Line, checks.Medium)
		}
	case "Microsoft.Storage/storageAccounts/blobServices/containers":
		if access := properties.Get("publicAccess"); strings.EqualFold(scalar(access), "Container") || strings.EqualFold(scalar(access), "Blob") {
			r.azureBlobs("publicAccess "+access.Text, access.Line, checks.High)
		}
	case "Microsoft.Authorization/roleDefinitions":
		for _, p := range properties.Get("permissions").All() {
			if actions := p.Get("actions"); actions != nil && slices.Contains(actions.Texts(), "*") {
				r.azureWildcard(actions.Line)
			}
		}
	default:
		return
	}
	r.done()
}
