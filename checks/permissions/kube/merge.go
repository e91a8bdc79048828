package kube

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// mergeKeys are the fields that tell the items of a list from each other (patchMergeKey in the API's definition); other
// lists are replaced whole.
var mergeKeys = map[string]string{
	"containers": "name", "initContainers": "name", "ephemeralContainers": "name", "volumes": "name", "env": "name", "imagePullSecrets": "name",
	"volumeMounts": "mountPath", "volumeDevices": "devicePath", "ports": "containerPort", "hostAliases": "ip", "topologySpreadConstraints": "topologyKey",
}

// merge is a strategic merge patch: mappings merge, null removes, lists merge by their key. Of a kind that the API
// server does not define, lists are replaced whole, as in a JSON merge patch. The result is nil where nothing stays.
func (k *Kustomizer) merge(to, patch *yaml.Node, strategic bool) *yaml.Node {
	if to == nil || to.Kind != yaml.MappingNode || patch.Kind != yaml.MappingNode {
		return patch
	}
	switch text(yamldoc.Get(patch, "$patch")) {
	case "replace":
		remove(patch, "$patch")
		return patch
	case "delete":
		return nil
	}
	if !k.charge(len(to.Content) * len(patch.Content) / 16) {
		return to
	}
	if keep := yamldoc.Get(patch, "$retainKeys"); keep != nil {
		retain(to, keep)
	}
	for i := 0; i+1 < len(patch.Content); i += 2 {
		key, value := patch.Content[i], patch.Content[i+1]
		name, directive := key.Value, strings.HasPrefix(key.Value, "$")
		switch {
		case directive && strings.HasPrefix(name, "$deleteFromPrimitiveList/"):
			without(yamldoc.Get(to, strings.TrimPrefix(name, "$deleteFromPrimitiveList/")), value)
		case directive:
		case !present(value):
			remove(to, name)
		default:
			k.set(to, key, value, strategic)
		}
	}
	return to
}

func (k *Kustomizer) set(to, key, value *yaml.Node, strategic bool) {
	for i := 0; i+1 < len(to.Content); i += 2 {
		if to.Content[i].Value != key.Value {
			continue
		}
		old := to.Content[i+1]
		switch by := mergeKeys[key.Value]; {
		case old.Kind == yaml.MappingNode && value.Kind == yaml.MappingNode:
			if value = k.merge(old, value, strategic); value == nil {
				remove(to, key.Value)
				return
			}
		case old.Kind == yaml.SequenceNode && value.Kind == yaml.SequenceNode && strategic && by != "":
			value = k.mergeList(old, value, by)
		}
		to.Content[i+1] = value
		if value != old {
			to.Content[i] = key
		}
		return
	}
	to.Content = append(to.Content, key, value)
}

// mergeList merges the items of a list by their key.
func (k *Kustomizer) mergeList(to, patch *yaml.Node, by string) *yaml.Node {
	for _, item := range patch.Content {
		if text(yamldoc.Get(item, "$patch")) == "replace" {
			patch.Content = slices.DeleteFunc(patch.Content, func(n *yaml.Node) bool { return n == item })
			return patch
		}
	}
	at := map[string]int{}
	for i, item := range to.Content {
		at[text(yamldoc.Get(item, by))] = i
	}
	for _, item := range patch.Content {
		id := text(yamldoc.Get(item, by))
		i, known := at[id]
		switch {
		case !known && text(yamldoc.Get(item, "$patch")) != "delete":
			at[id] = len(to.Content)
			to.Content = append(to.Content, item)
		case known:
			to.Content[i] = k.merge(to.Content[i], item, true)
		}
	}
	to.Content = slices.DeleteFunc(to.Content, func(n *yaml.Node) bool { return n == nil })
	return to
}

func remove(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

// retain removes the keys that a list does not name.
func retain(n, keep *yaml.Node) {
	var content []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if slices.ContainsFunc(keep.Content, func(k *yaml.Node) bool { return k.Value == n.Content[i].Value }) {
			content = append(content, n.Content[i], n.Content[i+1])
		}
	}
	n.Content = content
}

// without removes values from a list.
func without(list, values *yaml.Node) {
	if list == nil || list.Kind != yaml.SequenceNode {
		return
	}
	list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool {
		return slices.ContainsFunc(values.Content, func(v *yaml.Node) bool { return v.Value == n.Value })
	})
}
