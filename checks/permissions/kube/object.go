// Package kube reads Kubernetes objects from parsed YAML and JSON, and judges them. It reports nothing: what it finds is
// data, with the node it stands at and the patch that mends it.
package kube

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// Bounds of one file: deeper lists and more objects than any person writes.
const (
	maxListDepth = 4
	maxValues    = 1_000_000 // with aliases resolved
	maxDepth     = 250
)

// Object is one Kubernetes object of a document.
type Object struct {
	Node            *yaml.Node
	Document        *yaml.Node // what it stands in: itself, or a List
	Kind            string
	Group, Version  string // of its apiVersion; the core group is ""
	Name, Namespace string
}

// Title names the object as kubectl does in its messages: "Deployment web".
func (o *Object) Title() string { return strings.TrimSpace(o.Kind + " " + o.Name) }

// Resource is the object as kubectl takes it on its command line: "deployment/web -n shop".
func (o *Object) Resource() string {
	return strings.ToLower(Word(o.Kind)) + "/" + Word(o.Name) + o.InNamespace()
}

// InNamespace is the option of kubectl for the object's namespace; "" where it names none.
func (o *Object) InNamespace() string {
	if o.Namespace == "" {
		return ""
	}
	return " -n " + Word(o.Namespace)
}

// Word is a name as it may stand in a command or a patch that somebody pastes: NAME where it is not known, or is none
// that the API server takes.
func Word(name string) string {
	if !plainWord(name) {
		return "NAME"
	}
	return name
}

// Argument is a path as a shell takes it.
func Argument(path string) string {
	if plainWord(path) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// plainWord reports whether a word means nothing else to a shell or to YAML.
func plainWord(word string) bool {
	for _, r := range word {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:/", r) {
			return false
		}
	}
	return word != "" && word[0] != '-' && word[0] != ':'
}

type memoKey struct{}

// contents is what a file holds.
type contents struct {
	objects []Object
	problem *checks.Problem
}

// Objects are the objects of a file, those of a List each by itself. The items of a typed list, such as a PodList, need
// not say what they are. The problem says which bound the file is over, or is nil: its objects up to there are listed.
func Objects(f *checks.File) ([]Object, *checks.Problem) {
	c := checks.Memo(f, memoKey{}, func() contents {
		var out []Object
		left := maxValues
		for _, doc := range yamldoc.Of(f).Docs {
			if left = spend(doc, left, 0); left < 0 {
				return contents{out, &checks.Problem{Op: "read Kubernetes objects", Retry: checks.RetryUseless, Where: f.Path, Blind: true,
					Expected: fmt.Sprintf("at most %d values with aliases resolved", maxValues), Actual: "more"}}
			}
			out = collect(out, doc, doc, "", "", 0)
		}
		return contents{out, nil}
	})
	return c.objects, c.problem
}

// spend takes the values of a node, with its aliases resolved, from a budget; what is left is below zero over it.
func spend(n *yaml.Node, left, depth int) int {
	n = yamldoc.Deref(n)
	if left--; n == nil || left < 0 {
		return left
	}
	if depth > maxDepth {
		return -1
	}
	for _, child := range n.Content {
		if left = spend(child, left, depth+1); left < 0 {
			break
		}
	}
	return left
}

func collect(out []Object, doc, n *yaml.Node, kind, version string, depth int) []Object {
	if own, _ := yamldoc.Text(yamldoc.Get(n, "kind")); own != "" {
		kind = own
	}
	if own, _ := yamldoc.Text(yamldoc.Get(n, "apiVersion")); own != "" {
		version = own
	}
	if kind == "" || version == "" || depth > maxListDepth {
		return out
	}
	if items := yamldoc.Get(n, "items"); strings.HasSuffix(kind, "List") && items != nil {
		for _, item := range yamldoc.Items(items) {
			out = collect(out, doc, item, strings.TrimSuffix(kind, "List"), version, depth+1)
		}
		return out
	}
	return append(out, object(doc, n, kind, version))
}

func object(doc, n *yaml.Node, kind, version string) Object {
	o := Object{Node: n, Document: doc, Kind: kind}
	group, rest, named := strings.Cut(version, "/")
	if named {
		o.Group, o.Version = group, rest
	} else {
		o.Version = version
	}
	metadata := yamldoc.Get(n, "metadata")
	o.Name, _ = yamldoc.Text(yamldoc.Get(metadata, "name"))
	if o.Name == "" {
		o.Name, _ = yamldoc.Text(yamldoc.Get(metadata, "generateName"))
	}
	o.Namespace, _ = yamldoc.Text(yamldoc.Get(metadata, "namespace"))
	return o
}

// Labels are the object's labels.
func (o *Object) Labels() map[string]string {
	out := map[string]string{}
	yamldoc.Each(yamldoc.Get(o.Node, "metadata", "labels"), func(key, value *yaml.Node) { out[key.Value], _ = yamldoc.Text(value) })
	return out
}

// podKinds are the objects that hold a pod: the API groups that define that kind ("" is the core group), and the path
// to the pod template.
var podKinds = map[string]struct {
	groups []string
	path   []string
}{
	"Pod":                   {[]string{""}, nil},
	"PodTemplate":           {[]string{""}, []string{"template"}},
	"ReplicationController": {[]string{""}, []string{"spec", "template"}},
	"Deployment":            {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"DaemonSet":             {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"ReplicaSet":            {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"StatefulSet":           {[]string{"apps"}, []string{"spec", "template"}},
	"Job":                   {[]string{"batch"}, []string{"spec", "template"}},
	"CronJob":               {[]string{"batch"}, []string{"spec", "jobTemplate", "spec", "template"}},
	"DeploymentConfig":      {[]string{"", "apps.openshift.io"}, []string{"spec", "template"}},
}

// Built reports whether Kubernetes itself, or OpenShift, defines the object's kind as one that holds pods.
func (o *Object) Built() bool {
	known, ok := podKinds[o.Kind]
	return ok && slices.Contains(known.groups, o.Group)
}

// templates are the paths to the object's pod templates. A version that a template makes may be of any group. Of a
// custom resource, such as an Argo Rollout or a Knative Service, a template is what has containers where one is usual.
func (o *Object) templates() [][]string {
	known, ok := podKinds[o.Kind]
	if ok && (o.Built() || yamldoc.Dynamic(yamldoc.Get(o.Node, "apiVersion"))) {
		return [][]string{known.path}
	}
	if !strings.Contains(o.Group, ".") {
		return nil
	}
	var out [][]string
	add := func(path ...string) {
		if len(yamldoc.Items(yamldoc.Get(o.Node, append(slices.Clone(path), "spec", "containers")...))) > 0 {
			out = append(out, path)
		}
	}
	yamldoc.Each(yamldoc.Get(o.Node, "spec"), func(key, _ *yaml.Node) {
		if key.Value == "template" || strings.HasSuffix(key.Value, "Template") {
			add("spec", key.Value)
			add("spec", key.Value, "spec", "template")
		}
	})
	return out
}
