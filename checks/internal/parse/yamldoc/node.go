package yamldoc

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
)

// Bounds of following aliases and merges: deeper or wider than any person writes.
const (
	maxAliases = 32
	maxMerged  = 10000
)

// Deref follows aliases to the node they stand for, or to nil where they lead nowhere.
func Deref(n *yaml.Node) *yaml.Node {
	for range maxAliases {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// Get walks mapping keys, and list indexes written as numbers, through aliases and merges. It is nil where the
// path leads nowhere. Of a key written twice it takes the last.
func Get(n *yaml.Node, path ...string) *yaml.Node {
	n = Deref(n)
	for _, step := range path {
		switch {
		case n == nil:
			return nil
		case n.Kind == yaml.SequenceNode:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(n.Content) {
				return nil
			}
			n = Deref(n.Content[i])
		default:
			var found *yaml.Node
			Each(n, func(key, value *yaml.Node) {
				if key.Value == step {
					found = value
				}
			})
			n = found
		}
	}
	return n
}

// Index is a mapping's values by their keys, for callers that look up many.
func Index(n *yaml.Node) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	Each(n, func(key, value *yaml.Node) { m[key.Value] = value })
	return m
}

// Each calls visit for each pair of a mapping, keys and values with aliases resolved: first the mapping's own in
// their order, then those of its merges (<<) that nothing before them set.
func Each(n *yaml.Node, visit func(key, value *yaml.Node)) {
	m := merger{visit: visit, seen: map[string]bool{}, left: maxMerged}
	m.mapping(Deref(n), 0)
}

type merger struct {
	visit func(key, value *yaml.Node)
	seen  map[string]bool // keys set by a mapping that wins over the one at hand
	left  int
}

func (m *merger) mapping(n *yaml.Node, depth int) {
	if n == nil || n.Kind != yaml.MappingNode || depth > maxAliases {
		return
	}
	var own []string
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if depth > 0 {
			if m.left--; m.left < 0 {
				return
			}
		}
		key, value := Deref(n.Content[i]), Deref(n.Content[i+1])
		switch {
		case key == nil || value == nil || m.seen[key.Value]:
		case isMerge(key):
			merges = append(merges, value)
		default:
			own = append(own, key.Value)
			m.visit(key, value)
		}
	}
	for _, key := range own {
		m.seen[key] = true
	}
	for _, value := range merges {
		if value.Kind == yaml.SequenceNode {
			for _, source := range value.Content {
				m.mapping(Deref(source), depth+1)
			}
			continue
		}
		m.mapping(value, depth+1)
	}
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
}

// Items are a sequence's elements with aliases resolved; nil for anything else.
func Items(n *yaml.Node) []*yaml.Node {
	n = Deref(n)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	out := make([]*yaml.Node, 0, len(n.Content))
	for _, item := range n.Content {
		if item = Deref(item); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// Text is a scalar as written, and whether it is one that is not null.
func Text(n *yaml.Node) (string, bool) {
	n = Deref(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		return "", false
	}
	return n.Value, true
}

var truth = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}

// Bool is an unquoted truth value of YAML 1.1 or 1.2.
func Bool(n *yaml.Node) (value, ok bool) {
	if n = plain(n); n == nil {
		return false, false
	}
	value, ok = truth[strings.ToLower(n.Value)]
	return value, ok
}

// Int is an unquoted whole number: decimal, 0x, 0o or 0644 for octal.
func Int(n *yaml.Node) (int64, bool) {
	if n = plain(n); n == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(n.Value, 0, 64)
	return v, err == nil
}

func plain(n *yaml.Node) *yaml.Node {
	n = Deref(n)
	const quoted = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n == nil || n.Kind != yaml.ScalarNode || n.Style&quoted != 0 {
		return nil
	}
	return n
}

// Dynamic reports whether the node's own value is not known until run time: a scalar that holds a template tag
// ({{ }}, {% %}, ${{ }}), or a node with a tag of the application's own (!Ref, !vault, !reference).
func Dynamic(n *yaml.Node) bool {
	n = Deref(n)
	if n == nil {
		return false
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") && !slices.Contains(composeTags, n.Tag) {
		return true
	}
	return n.Kind == yaml.ScalarNode && (strings.Contains(n.Value, "{{") || strings.Contains(n.Value, "{%"))
}

// composeTags change how Compose merges files, not the value itself; "!" only forbids guessing a type.
var composeTags = []string{"!", "!override", "!reset"}

// Place is where the node begins, and where it ends if it is a scalar on one line. For an alias it is the alias.
func Place(f *checks.File, n *yaml.Node) checks.Place {
	s := Of(f)
	if n == nil || n.Line < 1 || n.Line > len(s.lines) {
		return checks.Place{Path: f.Path}
	}
	start := s.offset(n.Line, max(n.Column-1, 0))
	_, end := s.line(n.Line)
	return f.Place(start, start+scalarSize(n, f.Text()[start:end]))
}

// scalarSize is the length of a scalar that begins the given line rest, 0 where it does not end there.
func scalarSize(n *yaml.Node, rest string) int {
	switch {
	case n.Kind != yaml.ScalarNode || rest == "":
	case strings.HasPrefix(rest, n.Value):
		return len(n.Value)
	case rest[0] == '"' || rest[0] == '\'':
		for i := 1; i < len(rest); i++ {
			switch {
			case rest[i] == '\\' && rest[0] == '"':
				i++
			case rest[i] == rest[0]:
				return i + 1
			}
		}
	}
	return 0
}
