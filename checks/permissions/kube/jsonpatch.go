package kube

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// jsonPatch applies a JSON patch (RFC 6902) to an object. It reports false where an operation cannot be done, as
// kustomize would refuse it.
func (k *Kustomizer) jsonPatch(root, operations *yaml.Node) bool {
	for _, op := range yamldoc.Items(operations) {
		steps, ok := pointer(text(yamldoc.Get(op, "path")))
		if !ok || len(steps) == 0 || yamldoc.Dynamic(yamldoc.Get(op, "path")) {
			return false
		}
		value := yamldoc.Get(op, "value")
		switch text(yamldoc.Get(op, "op")) {
		case "test":
			continue
		case "remove":
			ok = k.take(root, steps) != nil
		case "add":
			ok = value != nil && k.put(root, steps, k.clone(value, nil, 0), true)
		case "replace":
			ok = value != nil && k.put(root, steps, k.clone(value, nil, 0), false)
		case "move", "copy":
			from, valid := pointer(text(yamldoc.Get(op, "from")))
			source := k.get(root, from)
			if !valid || len(from) == 0 || source == nil {
				return false
			}
			source = k.clone(source, nil, 0)
			if text(yamldoc.Get(op, "op")) == "move" {
				k.take(root, from)
			}
			ok = k.put(root, steps, source, true)
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

// pointer splits a JSON pointer (RFC 6901).
func pointer(text string) ([]string, bool) {
	if !strings.HasPrefix(text, "/") {
		return nil, false
	}
	steps := strings.Split(text[1:], "/")
	for i, step := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
	}
	return steps, true
}

// get walks a path as yamldoc.Get does; what it looks through counts.
func (k *Kustomizer) get(n *yaml.Node, steps []string) *yaml.Node {
	for _, step := range steps {
		if n == nil || !k.charge(1+len(n.Content)/8) {
			return nil
		}
		n = yamldoc.Get(n, step)
	}
	return n
}

// take removes what the path leads to and returns it; nil for nothing.
func (k *Kustomizer) take(root *yaml.Node, steps []string) *yaml.Node {
	parent, last := k.get(root, steps[:len(steps)-1]), steps[len(steps)-1]
	old := k.get(parent, []string{last})
	switch {
	case old == nil:
	case parent.Kind == yaml.MappingNode:
		remove(parent, last)
	case parent.Kind == yaml.SequenceNode:
		parent.Content = slices.DeleteFunc(parent.Content, func(n *yaml.Node) bool { return n == old })
	}
	return old
}

// put sets what the path leads to. add also makes a mapping's key, and inserts into a list, where "-" is its end.
func (k *Kustomizer) put(root *yaml.Node, steps []string, value *yaml.Node, add bool) bool {
	parent, last := k.get(root, steps[:len(steps)-1]), steps[len(steps)-1]
	switch {
	case parent == nil || value == nil || !k.charge(len(parent.Content)/8):
		return false
	case parent.Kind == yaml.SequenceNode:
		i, err := strconv.Atoi(last)
		if last == "-" && add {
			i, err = len(parent.Content), nil
		}
		switch {
		case err != nil || i < 0 || i > len(parent.Content) || !add && i == len(parent.Content):
			return false
		case add:
			parent.Content = slices.Insert(parent.Content, i, value)
		default:
			parent.Content[i] = value
		}
		return true
	case parent.Kind != yaml.MappingNode:
		return false
	}
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value == last {
			parent.Content[i+1] = value
			return true
		}
	}
	if add {
		key := *value
		key.Kind, key.Tag, key.Value, key.Content, key.Style, key.Alias = yaml.ScalarNode, "!!str", last, nil, 0, nil
		k.origin[&key] = k.origin[value]
		parent.Content = append(parent.Content, &key, value)
	}
	return add
}
