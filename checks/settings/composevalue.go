package settings

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// composeValue is a node's value; known is false where it is not known until run time. The value then still tells
// what is written. In a list each element stands for itself: one with a variable is kept as written.
func composeValue(name string, n *yaml.Node) (value any, known bool) {
	switch n.Kind {
	case yaml.SequenceNode:
		list, known := []any{}, !yamldoc.Dynamic(n)
		for _, item := range yamldoc.Items(n) {
			text, _ := composeItem(name, item)
			list = append(list, redacted("", text))
		}
		return list, known
	case yaml.MappingNode:
		list, known := []any{}, !yamldoc.Dynamic(n)
		yamldoc.Each(n, func(key, value *yaml.Node) {
			text, _ := composeText(value)
			list = append(list, key.Value+"="+redacted(key.Value, text))
		})
		return list, known
	}
	text, known := composeText(n)
	if !known {
		return text, false
	}
	if b, ok := yamldoc.Bool(n); ok {
		return b, true
	}
	if i, ok := yamldoc.Int(n); ok {
		return i, true
	}
	if _, ok := yamldoc.Text(n); !ok {
		return nil, true
	}
	return text, true
}

// composeItem is a list's element as Compose's short form would write it.
func composeItem(name string, n *yaml.Node) (text string, known bool) {
	if n.Kind != yaml.MappingNode {
		return composeText(n)
	}
	known = true
	field := func(key string) string {
		text, ok := composeText(yamldoc.Get(n, key))
		known = known && ok
		return text
	}
	switch name {
	case "volumes":
		text = strings.TrimPrefix(field("source")+":"+field("target"), ":")
		if field("read_only") == "true" {
			text += ":ro"
		}
	case "ports":
		for _, part := range []string{field("host_ip"), field("published")} {
			if part != "" {
				text += part + ":"
			}
		}
		text += field("target")
		if protocol := field("protocol"); protocol != "" {
			text += "/" + protocol
		}
	case "env_file":
		text = field("path")
	default:
		text = field("source")
	}
	return text, known
}

// composeText is a scalar after Compose's own escapes: $$ is a dollar sign, $NAME and ${NAME} come from the
// environment of whoever runs it.
func composeText(n *yaml.Node) (text string, known bool) {
	text, _ = yamldoc.Text(n)
	if yamldoc.Dynamic(n) {
		return text, false
	}
	rest := strings.ReplaceAll(text, "$$", "")
	for i := 0; i+1 < len(rest); i++ {
		if c := rest[i+1]; rest[i] == '$' && (c == '{' || c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			return text, false
		}
	}
	return strings.ReplaceAll(text, "$$", "$"), true
}

// composeFallback is what a scalar falls back to while its variable is not set: ${NAME:-value} or ${NAME-value}.
func composeFallback(name, text string) any {
	inner, ok := strings.CutPrefix(text, "${")
	inner, closed := strings.CutSuffix(inner, "}")
	_, value, found := strings.Cut(inner, "-")
	if !ok || !closed || !found || strings.ContainsAny(value, "${}") {
		return nil
	}
	switch value {
	case "true", "false":
		return value == "true"
	}
	return redacted(name, value)
}
