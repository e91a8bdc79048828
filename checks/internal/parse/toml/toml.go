// Package toml reads TOML into flat pairs with their places.
package toml

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"hardcheck/checks"
)

// MaxSize bounds a file. The parser bounds the nesting of values.
const MaxSize = 4 << 20

// maxNames is how many parts a table's name may have to be looked up among the arrays of tables.
const maxNames = 64

// Pair is one key with its value.
type Pair struct {
	// Path is the key with its tables, joined by dots: "tool.gunicorn.bind". An array of tables adds the
	// table's number: "routes.0.path".
	Path string
	// Value is a string, int64, float64, bool, []any of these, or the text of a date.
	Value any
	Place checks.Place // from the key to the end of a value on the same line
}

// Document is what a file holds. Err says why reading ended early; the pairs before it are in Pairs.
type Document struct {
	Pairs []Pair
	Err   *checks.Problem
}

// Get returns the last value of that path.
func (d Document) Get(path string) (Pair, bool) {
	for i := len(d.Pairs) - 1; i >= 0; i-- {
		if d.Pairs[i].Path == path {
			return d.Pairs[i], true
		}
	}
	return Pair{}, false
}

type memoKey struct{}

// Of reads the file once.
func Of(f *checks.File) Document {
	return checks.Memo(f, memoKey{}, func() Document { return read(f) })
}

func read(f *checks.File) (d Document) {
	r := reader{file: f, text: f.Text(), counts: map[string]int{}}
	if len(r.text) > MaxSize {
		d.Err = problem(f.Path, "at most "+checks.FormatSize(MaxSize), fmt.Sprintf("%d bytes", len(r.text)))
		return d
	}
	defer func() { // the parser is built to panic on nodes of the wrong kind
		d.Pairs = r.pairs
		if fault := recover(); fault != nil {
			d.Err = problem(f.Path, "valid TOML", fmt.Sprint(fault))
		}
	}()
	r.parser.Reset([]byte(r.text))
	for r.parser.NextExpression() {
		r.expression(r.parser.Expression())
	}
	if err := r.parser.Error(); err != nil {
		d.Err = problem(f.Path, "valid TOML", err.Error())
	}
	return d
}

func problem(where, expected, actual string) *checks.Problem {
	return &checks.Problem{Op: "read TOML", Expected: expected, Actual: actual, Retry: checks.RetryUseless, Where: where}
}

type reader struct {
	file   *checks.File
	parser unstable.Parser
	text   string
	table  []string
	counts map[string]int // of tables in each array of tables
	pairs  []Pair
}

func (r *reader) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table:
		r.table = r.inArrays(key(n.Key()))
	case unstable.ArrayTable:
		path := r.inArrays(key(n.Key()))
		name := strings.Join(path, ".")
		r.table = append(path, strconv.Itoa(r.counts[name]))
		r.counts[name]++
	case unstable.KeyValue:
		r.pair(r.table, n)
	}
}

// inArrays adds the number of the current table after each name of an array of tables.
func (r *reader) inArrays(names []string) []string {
	if len(names) > maxNames {
		return names
	}
	var path []string
	for i, name := range names {
		path = append(path, name)
		if n := r.counts[strings.Join(path, ".")]; n > 0 && i < len(names)-1 {
			path = append(path, strconv.Itoa(n-1))
		}
	}
	return path
}

func key(it unstable.Iterator) []string {
	var names []string
	for it.Next() {
		names = append(names, string(it.Node().Data))
	}
	return names
}

func (r *reader) pair(table []string, n *unstable.Node) {
	it := n.Key()
	path := append(append([]string(nil), table...), key(it)...)
	value := n.Value()
	if value.Kind == unstable.InlineTable {
		for it := value.Children(); it.Next(); {
			r.pair(path, it.Node())
		}
		return
	}
	start := 0
	if it = n.Key(); it.Next() {
		start = int(it.Node().Raw.Offset)
	}
	end := start + len(strings.TrimRight(line(r.text[start:]), " \t\r"))
	if value.Raw.Length > 0 {
		end = int(value.Raw.Offset + value.Raw.Length)
	}
	r.pairs = append(r.pairs, Pair{strings.Join(path, "."), scalar(value), r.file.Place(start, end)})
}

func line(text string) string {
	before, _, _ := strings.Cut(text, "\n")
	return before
}

func scalar(n *unstable.Node) any {
	text := string(n.Data)
	switch n.Kind {
	case unstable.Bool:
		return text == "true"
	case unstable.Integer:
		if v, err := strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64); err == nil {
			return v
		}
	case unstable.Float:
		if v, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
			return v
		}
	case unstable.Array:
		list := []any{}
		for it := n.Children(); it.Next(); {
			if kind := it.Node().Kind; kind != unstable.Comment && kind != unstable.InlineTable {
				list = append(list, scalar(it.Node()))
			}
		}
		return list
	}
	return text
}
