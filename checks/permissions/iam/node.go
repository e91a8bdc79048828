// Package iam judges policies of AWS IAM: who may do what to which resource, and what that leads to. It knows nothing of
// files: a reader of JSON, YAML or HCL turns a document into nodes, and gets violations back.
package iam

import "strings"

// Unknown stands, inside a text, for a part that is not known before the policy is rendered.
const Unknown = "\ue000"

// Kind is what a node is.
type Kind int

// Kinds of nodes.
const (
	Dynamic Kind = iota // not known before run time
	Scalar
	List
	Object
)

// Node is a value of a document, whatever language it is written in.
type Node struct {
	Kind   Kind
	Text   string  // of a scalar; Unknown stands for the parts that are not known
	Items  []*Node // of a list
	Fields []Field // of an object, in the order of the document
	Line   int     // from 1; 0 where unknown
	Column int
}

// Field is an entry of an object.
type Field struct {
	Key   string
	Value *Node
}

// Get is an object's last value of that key, letters' case aside as IAM reads element names; nil for none.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i := len(n.Fields) - 1; i >= 0; i-- {
		if strings.EqualFold(n.Fields[i].Key, key) {
			return n.Fields[i].Value
		}
	}
	return nil
}

// All is the node as a list: itself where it is a single value, nothing for nil.
func (n *Node) All() []*Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == List:
		return n.Items
	}
	return []*Node{n}
}

// Texts are the scalars of a value or a list of values; what is not known is the text Unknown.
func (n *Node) Texts() []string {
	var out []string
	for _, item := range n.All() {
		if item.Kind == Scalar {
			out = append(out, item.Text)
		} else {
			out = append(out, Unknown)
		}
	}
	return out
}

// Known reports a scalar of which every part is known.
func (n *Node) Known() bool {
	return n != nil && n.Kind == Scalar && !strings.Contains(n.Text, Unknown)
}

// IsPolicy reports whether an object is a policy document: one with statements that have an effect.
func IsPolicy(n *Node) bool {
	for _, s := range n.Get("Statement").All() {
		if isStatement(s) {
			return true
		}
	}
	return false
}

func isStatement(n *Node) bool {
	return n.Get("Effect") != nil && (n.Get("Action") != nil || n.Get("NotAction") != nil)
}
