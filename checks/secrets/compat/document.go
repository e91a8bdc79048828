package compat

import (
	"errors"
	"fmt"
	"sort"
	"strings"

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
	entries      []entry          // of a table, in order
	index        map[string]*node // of a table, by name
	// closed marks a table that has its header, or a value that is written out: neither is opened again.
	closed bool
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

// maxNames bounds the parts of a dotted name, and with it the nesting of tables.
const maxNames = 32

// readTOML returns the document's root table, or with an error a node at its place.
func readTOML(data []byte) (root *node, err error) {
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
	for b.wrong == nil && b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if b.wrong != nil {
		return b.wrong, errors.New(b.wrong.text)
	}
	err = b.parser.Error()
	var at *unstable.ParserError
	if errors.As(err, &at) {
		return b.at(&node{}, b.parser.Range(at.Highlight).Offset), err
	}
	return b.root, err
}

// builder makes the tree of a document from the parser's expressions, in linear time: the library's own decoder looks
// at each key for all those before it.
type builder struct {
	parser unstable.Parser
	lines  []int // offsets of the line ends
	root   *node
	table  *node // that the next keys belong to
	wrong  *node // the first mistake, its text being what it is
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

func (b *builder) fail(at *unstable.Node, format string, args ...any) {
	if b.wrong == nil {
		b.wrong = b.at(&node{text: fmt.Sprintf(format, args...)}, at.Raw.Offset)
	}
}

func (b *builder) add(table *node, key *unstable.Node, value *node) *node {
	name := string(key.Data)
	if table.index == nil {
		table.index = map[string]*node{}
	}
	if table.kind != tableKind || table.index[name] != nil {
		b.fail(key, "the key %q again", shorten(name))
		return value
	}
	table.index[name] = value
	table.entries = append(table.entries, entry{name, value, b.at(&node{}, key.Raw.Offset)})
	return value
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
	for it, depth := n.Key(), 0; it.Next(); depth++ {
		part := it.Node()
		if depth == maxNames {
			b.fail(part, "a name of more than %d parts", maxNames)
			break
		}
		if n.Kind == unstable.ArrayTable && it.IsLast() {
			return b.item(at, part)
		}
		at = b.step(at, part)
	}
	if at.closed {
		for it := n.Key(); it.Next(); {
			b.fail(it.Node(), "the table [%s] again", shorten(string(it.Node().Data)))
		}
	}
	at.closed = true
	return at
}

// item adds a table to the list of that name.
func (b *builder) item(table *node, key *unstable.Node) *node {
	list := table.index[string(key.Data)]
	if list == nil {
		list = b.add(table, key, b.at(&node{kind: listKind}, key.Raw.Offset))
	}
	if list.kind != listKind || list.closed {
		b.fail(key, "the key %q again, as a list of tables", shorten(string(key.Data)))
	}
	item := b.at(&node{kind: tableKind}, key.Raw.Offset)
	list.items = append(list.items, item)
	return item
}

// step returns the table of that name, or the last one of the list of that name.
func (b *builder) step(table *node, key *unstable.Node) *node {
	child := table.index[string(key.Data)]
	if child == nil {
		return b.add(table, key, b.at(&node{kind: tableKind}, key.Raw.Offset))
	}
	if child.kind == listKind && len(child.items) > 0 && !child.closed {
		return child.items[len(child.items)-1]
	}
	if child.kind != tableKind {
		b.fail(key, "the key %q again, as a table", shorten(string(key.Data)))
	}
	return child
}

func (b *builder) pair(table *node, n *unstable.Node) {
	for it, depth := n.Key(), 0; it.Next(); depth++ {
		part := it.Node()
		if depth == maxNames {
			b.fail(part, "a name of more than %d parts", maxNames)
			return
		}
		if it.IsLast() {
			value := b.value(n.Value(), part.Raw.Offset)
			value.closed = true
			b.add(table, part, value)
			return
		}
		table = b.step(table, part)
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
