package permissions

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/iam"
)

// Bounds of one document: nodes, aliases counted each time they are used, and depth.
const (
	maxCloudNodes = 300_000
	maxCloudDepth = 100
)

// cloudNode turns a document of YAML or JSON into nodes, CloudFormation's functions into what is not known. whole is false
// where a bound cut it off.
func cloudNode(doc *yaml.Node) (n *iam.Node, whole bool) {
	budget := maxCloudNodes
	n = yamlNode(doc, &budget, 0)
	return n, budget >= 0
}

func yamlNode(n *yaml.Node, budget *int, depth int) *iam.Node {
	at := n
	if n = yamldoc.Deref(n); n == nil {
		return &iam.Node{}
	}
	*budget--
	out := &iam.Node{Line: at.Line, Column: at.Column}
	if depth > maxCloudDepth || *budget < 0 {
		return out
	}
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!Sub":
		out.Kind, out.Text = iam.Scalar, substitution.ReplaceAllString(n.Value, iam.Unknown)
	case n.Kind == yaml.ScalarNode && yamldoc.Dynamic(n) || strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!"):
		out.Text = n.Value
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		out.Kind, out.Text = iam.Scalar, n.Value
	case n.Kind == yaml.SequenceNode:
		out.Kind = iam.List
		for _, item := range n.Content {
			out.Items = append(out.Items, yamlNode(item, budget, depth+1))
		}
	case n.Kind == yaml.MappingNode:
		out.Kind = iam.Object
		yamldoc.Each(n, func(key, value *yaml.Node) {
			out.Fields = append(out.Fields, iam.Field{Key: key.Value, Value: yamlNode(value, budget, depth+1)})
		})
		if len(out.Fields) == 1 {
			return intrinsic(out)
		}
	}
	return out
}

// substitution is a part of the text of Fn::Sub that is put in.
var substitution = regexp.MustCompile(`\$\{[^}]*\}`)

// intrinsic turns {"Ref": x} and {"Fn::Name": x} into what is not known; of Fn::Sub the literal parts are.
func intrinsic(n *iam.Node) *iam.Node {
	key, value := n.Fields[0].Key, n.Fields[0].Value
	switch {
	case key == "Fn::Sub":
		if value.Kind == iam.List && len(value.Items) > 0 {
			value = value.Items[0]
		}
		if value.Kind == iam.Scalar {
			return &iam.Node{Kind: iam.Scalar, Text: substitution.ReplaceAllString(value.Text, iam.Unknown), Line: n.Line, Column: n.Column}
		}
	case key != "Ref" && key != "Condition" && !strings.HasPrefix(key, "Fn::"):
		return n
	}
	if key == "Condition" && value.Kind == iam.Object {
		return n // a statement's condition, not CloudFormation's
	}
	return &iam.Node{Text: value.Text, Line: n.Line, Column: n.Column}
}

// embedded reads a policy that is written as a text: the document of JSON inside a heredoc or a quoted value. base is the
// line that stands before its first.
func embedded(n *iam.Node) (doc *iam.Node, base int) {
	text := strings.TrimSpace(n.Text)
	if n.Kind != iam.Scalar || !strings.HasPrefix(text, "{") || !strings.Contains(text, "Statement") {
		return nil, 0
	}
	f := &checks.File{Entry: &checks.Entry{Path: "policy"}, Data: []byte(n.Text), Line: 1, Whole: true}
	for _, d := range yamldoc.Of(f).Docs {
		if doc, _ := cloudNode(d); iam.IsPolicy(doc) {
			if !strings.Contains(n.Text, "\n") {
				return doc, n.Line - 1 // a quoted text begins on the line of its key, a heredoc on the next
			}
			return doc, n.Line
		}
	}
	return nil, 0
}

// policyOf is a value as a policy document, whichever way it is written, or nil.
func policyOf(n *iam.Node) (doc *iam.Node, base int) {
	if n == nil {
		return nil, 0
	}
	if iam.IsPolicy(n) {
		return n, 0
	}
	return embedded(n)
}
