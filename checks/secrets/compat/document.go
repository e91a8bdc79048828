package compat

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// kind is the kind of a TOML value.
type kind int

const (
	scalarKind kind = iota // a number, a flag or a date, as written
	textKind
	listKind
	tableKind
)

// node is a value of a TOML document with its place.
type node struct {
	kind         kind
	line, column int
	text         string
	items        []*node
	entries      []entry // of a table, in order
}

type entry struct {
	name  string
	value *node
	key   *node // the place of the name
}

// get finds a key of a table; gitleaks reads keys in any case.
func (n *node) get(name string) *node {
	for i := range n.entries {
		if strings.EqualFold(n.entries[i].name, name) {
			return n.entries[i].value
		}
	}
	return nil
}

func (b *builder) add(table *node, key *unstable.Node, value *node) *node {
	table.entries = append(table.entries, entry{string(key.Data), value, b.at(&node{}, key.Raw.Offset)})
	return value
}

// readTOML returns the document's root table. The library's decoder says whether the document is valid, its parser
// where things are.
func readTOML(data []byte) (root *node, err error) {
	var valid map[string]any
	if err := toml.Unmarshal(data, &valid); err != nil {
		var at *toml.DecodeError
		if errors.As(err, &at) {
			line, column := at.Position()
			return &node{line: line, column: column}, err
		}
		return &node{line: 1, column: 1}, err
	}
	b := &builder{root: &node{kind: tableKind, line: 1, column: 1}}
	for i, c := range data {
		if c == '\n' {
			b.lines = append(b.lines, i)
		}
	}
	defer func() { // the parser is built to panic on nodes of the wrong kind
		if fault := recover(); fault != nil {
			root, err = b.root, fmt.Errorf("unreadable: %v", fault)
		}
	}()
	b.table = b.root
	b.parser.Reset(data)
	for b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	return b.root, b.parser.Error()
}

type builder struct {
	parser unstable.Parser
	lines  []int // offsets of the line ends
	root   *node
	table  *node // that the next keys belong to
}

func (b *builder) at(n *node, offset uint32) *node {
	line := sort.SearchInts(b.lines, int(offset))
	start := 0
	if line > 0 {
		start = b.lines[line-1] + 1
	}
	n.line, n.column = line+1, int(offset)-start+1
	return n
}

func (b *builder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table, unstable.ArrayTable:
		b.table = b.header(n)
	case unstable.KeyValue:
		b.pair(b.table, n)
	}
}

// header returns the table that [a.b] or [[a.b]] opens.
func (b *builder) header(n *unstable.Node) *node {
	at := b.root
	for it := n.Key(); it.Next(); {
		part := it.Node()
		name := string(part.Data)
		child := at.get(name)
		if n.Kind == unstable.ArrayTable && it.IsLast() {
			if child == nil {
				child = b.add(at, part, b.at(&node{kind: listKind}, part.Raw.Offset))
			}
			item := b.at(&node{kind: tableKind}, part.Raw.Offset)
			child.items = append(child.items, item)
			return item
		}
		if child == nil {
			child = b.add(at, part, b.at(&node{kind: tableKind}, part.Raw.Offset))
		}
		if child.kind == listKind && len(child.items) > 0 {
			child = child.items[len(child.items)-1]
		}
		at = child
	}
	return at
}

func (b *builder) pair(table *node, n *unstable.Node) {
	for it := n.Key(); it.Next(); {
		part := it.Node()
		name := string(part.Data)
		if it.IsLast() {
			value := b.value(n.Value(), part.Raw.Offset)
			b.add(table, part, value)
			return
		}
		child := table.get(name)
		if child == nil {
			child = b.add(table, part, b.at(&node{kind: tableKind}, part.Raw.Offset))
		}
		table = child
	}
}

// value reads a value; offset is that of the key, for values whose own place the parser does not give.
func (b *builder) value(n *unstable.Node, offset uint32) *node {
	if n.Raw.Length > 0 && n.Raw.Offset > offset {
		offset = n.Raw.Offset
	}
	v := b.at(&node{text: string(n.Data)}, offset)
	switch n.Kind {
	case unstable.String:
		v.kind = textKind
	case unstable.Array:
		v.kind, v.text = listKind, ""
		for it := n.Children(); it.Next(); {
			if it.Node().Kind != unstable.Comment {
				v.items = append(v.items, b.value(it.Node(), offset))
			}
		}
	case unstable.InlineTable:
		v.kind, v.text = tableKind, ""
		for it := n.Children(); it.Next(); {
			b.pair(v, it.Node())
		}
	}
	return v
}
