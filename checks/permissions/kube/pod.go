package kube

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Pod is one pod specification, or the template of one, and what is known of it as a whole.
type Pod struct {
	Object      *Object
	Path        []string // of the specification in the object: spec, template, spec
	Spec        *yaml.Node
	Annotations *yaml.Node // of the pod, not of what makes it
	Containers  []Container

	windows   bool // os.name: what only Linux has does not apply
	hostUsers bool // false: a user namespace, in which root is nobody on the host
}

// Container is a container of a pod: an ordinary, init or ephemeral one.
type Container struct {
	Name string
	List string // the field it stands in
	Node *yaml.Node
}

func (c *Container) get(path ...string) *yaml.Node { return yamldoc.Get(c.Node, path...) }

func (c *Container) step() string { return c.List + "[name=" + c.Name + "]" }

// containerLists are the fields that hold containers, in the order in which they start.
var containerLists = []string{"initContainers", "containers", "ephemeralContainers"}

// Pods are the pods that the object is, or makes.
func (o *Object) Pods() []Pod {
	var out []Pod
	for _, path := range o.templates() {
		template := yamldoc.Get(o.Node, path...)
		if spec := yamldoc.Get(template, "spec"); spec != nil && spec.Kind == yaml.MappingNode {
			out = append(out, o.pod(template, spec, path))
		}
	}
	return out
}

func (o *Object) pod(template, spec *yaml.Node, path []string) Pod {
	p := Pod{Object: o, Spec: spec, Annotations: yamldoc.Get(template, "metadata", "annotations"), hostUsers: true}
	p.Path = append(append(p.Path, path...), "spec")
	os, _ := yamldoc.Text(yamldoc.Get(spec, "os", "name"))
	p.windows = os == "windows"
	if value, set := yamldoc.Bool(yamldoc.Get(spec, "hostUsers")); set {
		p.hostUsers = value
	}
	for _, list := range containerLists {
		for _, node := range yamldoc.Items(yamldoc.Get(spec, list)) {
			if node.Kind == yaml.MappingNode {
				name, _ := yamldoc.Text(yamldoc.Get(node, "name"))
				p.Containers = append(p.Containers, Container{name, list, node})
			}
		}
	}
	return p
}

// who says whose field a node is, before an attribute: "app " for a container, "" for the pod.
func who(c *Container) string {
	if c == nil || c.Name == "" {
		return ""
	}
	return c.Name + " "
}

// present reports whether a field is set: null is not.
func present(n *yaml.Node) bool {
	n = yamldoc.Deref(n)
	return n != nil && (n.Kind != yaml.ScalarNode || n.ShortTag() != "!!null")
}

func isTrue(n *yaml.Node) bool {
	v, ok := yamldoc.Bool(n)
	return ok && v
}

func isFalse(n *yaml.Node) bool {
	v, ok := yamldoc.Bool(n)
	return ok && !v
}

func isZero(n *yaml.Node) bool {
	v, ok := yamldoc.Int(n)
	return ok && v == 0
}

// text is a scalar's text; "" for anything else.
func text(n *yaml.Node) string {
	s, _ := yamldoc.Text(n)
	return s
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		out[word] = true
	}
	return out
}
