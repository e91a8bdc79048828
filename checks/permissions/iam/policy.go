package iam

import (
	"slices"
	"strings"
)

// Policy is a policy document's statements.
type Policy struct {
	Statements []*Statement
	// Trust marks the document of a role that says who may become it.
	Trust bool
}

// Statement is one statement, its lists normalised.
type Statement struct {
	Sid                     string
	Allow                   bool
	Actions, NotActions     []string // lower case
	Resources, NotResources []string
	Principals              []Principal
	NotPrincipal            bool
	Conditions              []Condition
	Line, Column            int
}

// Principal is one that a statement names, with its type: "AWS", "Service", "Federated", or "*" for anyone.
type Principal struct{ Type, ID string }

// Condition is one test of a condition block. Key is in lower case. One that is not known has the operator Unknown.
type Condition struct {
	Operator, Key string
	Values        []string
}

// maxStatements bounds a document; IAM's own limit of characters keeps real ones far below it.
const maxStatements = 2000

// Read reads a policy document. Statements whose effect is not known are left out: nothing certain can be said of them.
func Read(doc *Node) *Policy {
	p := &Policy{}
	for _, n := range doc.Get("Statement").All() {
		effect := n.Get("Effect")
		if !isStatement(n) || !effect.Known() || len(p.Statements) >= maxStatements {
			continue
		}
		s := &Statement{Sid: textOf(n.Get("Sid")), Allow: strings.EqualFold(effect.Text, "Allow"), Line: n.Line, Column: n.Column,
			Actions: lower(n.Get("Action").Texts()), NotActions: lower(n.Get("NotAction").Texts()),
			Resources: n.Get("Resource").Texts(), NotResources: n.Get("NotResource").Texts(),
			Principals: principals(n.Get("Principal")), NotPrincipal: n.Get("NotPrincipal") != nil, Conditions: conditions(n.Get("Condition"))}
		p.Statements = append(p.Statements, s)
		p.Trust = p.Trust || s.assumes()
	}
	return p
}

// assumes reports a statement of a trust policy: it names a principal, and no resource, as roles are their own.
func (s *Statement) assumes() bool {
	return len(s.Principals) > 0 && len(s.Resources) == 0 && slices.ContainsFunc(s.Actions, func(a string) bool { return strings.HasPrefix(a, "sts:assumerole") })
}

// onResource reports a statement of a policy that is attached to a resource: it names who it is for.
func (s *Statement) onResource() bool { return len(s.Principals) > 0 || s.NotPrincipal }

func textOf(n *Node) string {
	if n.Known() {
		return n.Text
	}
	return ""
}

func lower(list []string) []string {
	for i, s := range list {
		list[i] = strings.ToLower(s)
	}
	return list
}

func principals(n *Node) []Principal {
	var out []Principal
	switch {
	case n == nil:
	case n.Kind == Object:
		for _, f := range n.Fields {
			for _, id := range f.Value.Texts() {
				out = append(out, Principal{f.Key, id})
			}
		}
	default:
		for _, id := range n.Texts() {
			if id == "*" {
				out = append(out, Principal{"*", id})
			} else {
				out = append(out, Principal{Unknown, id})
			}
		}
	}
	return out
}

func conditions(n *Node) []Condition {
	if n == nil {
		return nil
	}
	if n.Kind != Object {
		return []Condition{{Operator: Unknown}}
	}
	var out []Condition
	for _, operator := range n.Fields {
		if operator.Value == nil || operator.Value.Kind != Object {
			out = append(out, Condition{Operator: Unknown})
			continue
		}
		for _, test := range operator.Value.Fields {
			out = append(out, Condition{strings.ToLower(operator.Key), strings.ToLower(test.Key), test.Value.Texts()})
		}
	}
	return out
}
