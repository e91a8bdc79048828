package kube

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Violation is one field of an object that should be otherwise.
type Violation struct {
	Rule      string
	Node      *yaml.Node // the field; or, where Missing, what it is missing from
	Missing   bool
	Attribute string
	Expected  string
	Actual    string
	Message   string
	Sets      []Set // the fields that mend it
}

// Set is one field of a patch: its path from the object's top, in which "containers[name=app]" is one item of a list, and
// its value as flow YAML.
type Set struct {
	Path  []string
	Value string
}

// stepMarks are what a step of a path has besides names.
var stepMarks = strings.NewReplacer("[", "", "]", "", "=", "")

// Patch writes the fields as a strategic merge patch, as kubectl patch takes it; "" for none, or where a name of the file
// means more than itself.
func Patch(sets []Set) string {
	var root branch
	for _, s := range sets {
		for _, step := range s.Path {
			if step != "$patch" && !plainWord(stepMarks.Replace(step)) {
				return ""
			}
		}
		at := &root
		for _, step := range s.Path {
			list, item, isItem := strings.Cut(step, "[")
			at = at.child(list)
			if isItem {
				key, value, _ := strings.Cut(strings.TrimSuffix(item, "]"), "=")
				at = at.child("- " + key + ": " + value)
			}
		}
		at.value = s.Value
	}
	var b strings.Builder
	root.write(&b, "")
	return b.String()
}

// branch is a line of a patch and what stands below it.
type branch struct {
	key, value string
	below      []*branch
}

func (n *branch) child(key string) *branch {
	i := slices.IndexFunc(n.below, func(b *branch) bool { return b.key == key })
	if i < 0 {
		i = len(n.below)
		n.below = append(n.below, &branch{key: key})
	}
	return n.below[i]
}

func (n *branch) write(b *strings.Builder, indent string) {
	for _, child := range n.below {
		b.WriteString(indent + child.key)
		if !strings.HasPrefix(child.key, "- ") {
			b.WriteString(":")
			if child.value != "" {
				b.WriteString(" " + child.value)
			}
		}
		b.WriteString("\n")
		child.write(b, indent+"  ")
	}
}

// found is what the controls of one pod report to.
type found struct {
	pod  *Pod
	list []Violation
}

// field reports a field that is set as it should not be; path leads to it from the container, or the pod where c is nil.
// set is the value that mends it, "" where no patch does.
func (f *found) field(rule string, n *yaml.Node, c *Container, path []string, set, expected, message string) {
	actual, scalar := yamldoc.Text(n)
	switch {
	case !scalar:
		actual = "set"
	case actual == "":
		actual = `""`
	}
	f.list = append(f.list, Violation{Rule: rule, Node: yamldoc.Deref(n), Attribute: who(c) + strings.Join(path, "."),
		Expected: expected, Actual: actual, Message: message, Sets: f.sets(c, path, set)})
}

// maxPatched is for how many containers one patch is written: more is nothing to paste.
const maxPatched = 50

// missing reports a field that must be set and is not, of several containers at once.
func (f *found) missing(rule string, of []*Container, path []string, set, expected, message string) {
	if len(of) == 0 {
		return
	}
	v := Violation{Rule: rule, Node: of[0].Node, Missing: true, Attribute: who(of[0]) + strings.Join(path, "."),
		Expected: expected, Actual: "not set", Message: message + " " + names(of)}
	for _, c := range of[:min(maxPatched, len(of))] {
		v.Sets = append(v.Sets, f.sets(c, path, set)...)
	}
	f.list = append(f.list, v)
}

func (f *found) sets(c *Container, path []string, value string) []Set {
	at := slices.Clone(f.pod.Path)
	if c != nil {
		if c.Name == "" { // without its name no patch finds it
			return nil
		}
		at = append(at, c.step())
	}
	if value == "" {
		return nil
	}
	return []Set{{append(at, path...), value}}
}

// names lists containers: "container app", or "containers app, web and 3 more".
func names(of []*Container) string {
	const most = 3
	var words []string
	for _, c := range of[:min(most, len(of))] {
		words = append(words, c.Name)
	}
	switch {
	case len(of) == 1:
		return strings.TrimSpace("container " + words[0])
	case len(of) > most:
		return "containers " + strings.Join(words, ", ") + " and " + strconv.Itoa(len(of)-most) + " more"
	}
	return "containers " + strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
