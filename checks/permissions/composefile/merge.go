package composefile

import (
	"slices"
	"strings"
)

// merge puts over on base as Compose merges files (compose-spec, 13-merge.md): mappings by key, lists one behind the other,
// anything else replaced; what is mounted at one target is mounted once, and a command is replaced as a whole.
func merge(base, over *Value, path string) *Value {
	switch {
	case over == nil || over.Kind == Null && over.tag == "":
		return base
	case over.tag == "!reset":
		return nil
	case base == nil || base.Kind == Null || over.tag == "!override":
		return over.withoutResets()
	}
	name := path[strings.LastIndexByte(path, '.')+1:]
	if pairs[name] {
		base, over = base.asMap(), over.asMap()
	}
	if name == "build" {
		base, over = base.asBuild(), over.asBuild()
	}
	switch {
	case base.Kind == Map && over.Kind == Map:
		return mergeMaps(base, over, path)
	case base.Kind == List && over.Kind == List && !whole[name]:
		return &Value{Kind: List, Items: joined(base.Items, over.Items, name), Place: over.Place}
	}
	return over
}

func mergeMaps(base, over *Value, path string) *Value {
	out := &Value{Kind: Map, Fields: map[string]*Value{}, Place: over.Place}
	for _, key := range base.Keys {
		if merged := merge(base.Fields[key], over.Fields[key], path+"."+key); merged != nil {
			out.Set(key, merged)
		}
	}
	for _, key := range over.Keys {
		if base.Fields[key] != nil {
			continue
		}
		if merged := merge(nil, over.Fields[key], path+"."+key); merged != nil {
			out.Set(key, merged)
		}
	}
	return out
}

// withoutResets leaves out what !reset takes away, where there is nothing to take it from.
func (v *Value) withoutResets() *Value {
	if v.Kind != Map || !slices.ContainsFunc(v.Keys, func(key string) bool { return v.Fields[key].tag == "!reset" }) {
		return v
	}
	out := &Value{Kind: Map, Fields: map[string]*Value{}, Place: v.Place}
	for _, key := range v.Keys {
		if field := v.Fields[key]; field.tag != "!reset" {
			out.Set(key, field)
		}
	}
	return out
}

var (
	// whole are lists that are replaced as a whole.
	whole = map[string]bool{"command": true, "entrypoint": true, "test": true}
	// pairs may be written as a list of NAME=value.
	pairs = map[string]bool{"environment": true, "labels": true, "annotations": true, "sysctls": true, "args": true, "extra_hosts": true}
	// targets are lists whose items are told apart by where they appear in the container.
	targets = map[string]bool{"volumes": true, "secrets": true, "configs": true, "devices": true}
)

// joined is both lists; of two items for one target the later one counts.
func joined(base, over []*Value, name string) []*Value {
	all := slices.Concat(base, over)
	if !targets[name] {
		return all
	}
	last := map[string]int{}
	for i, item := range all {
		last[target(item, name)] = i
	}
	var out []*Value
	for i, item := range all {
		if key := target(item, name); key == "" || last[key] == i {
			out = append(out, item)
		}
	}
	return out
}

// target is where an item appears in the container, "" where that cannot be told.
func target(item *Value, name string) string {
	if item.Kind == Map {
		for _, key := range []string{"target", "destination", "dst", "source", "src"} {
			if text := item.Get(key).String(); text != "" {
				return strings.TrimSuffix(text, "/")
			}
		}
		return ""
	}
	parts := strings.Split(item.Text, ":")
	if name == "secrets" || name == "configs" || len(parts) == 1 {
		return strings.TrimSuffix(item.Text, "/")
	}
	return strings.TrimSuffix(parts[1], "/")
}

// asMap reads a list of NAME=value (or NAME: value) as a mapping. A bare NAME comes from the shell.
func (v *Value) asMap() *Value {
	if v.Kind != List {
		return v
	}
	out := &Value{Kind: Map, Fields: map[string]*Value{}, Place: v.Place}
	for _, item := range v.Items {
		name, text, given := strings.Cut(item.Text, "=")
		field := *item
		field.Text, field.Unknown = text, item.Unknown || !given
		out.Set(name, &field)
	}
	return out
}

// Pairs is a mapping that may be written as a list of NAME=value; never nil.
func (v *Value) Pairs() *Value {
	if v == nil {
		return &Value{Kind: Map}
	}
	return v.asMap()
}

// asBuild reads the short form, which is the directory only.
func (v *Value) asBuild() *Value {
	if v.Kind != Scalar {
		return v
	}
	out := &Value{Place: v.Place}
	out.Set("context", v)
	return out
}
