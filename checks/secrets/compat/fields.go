package compat

import (
	"fmt"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// reader turns tables into values and keeps what is wrong with them: errors keep the configuration from being used,
// problems do not.
type reader struct {
	file     string
	errors   []checks.Problem
	problems []checks.Problem

	allowlists int // read so far
}

// Bounds of what a configuration may hold and of what is told of it.
const (
	maxProblems   = 200
	maxItems      = 20000 // of one list
	maxAllowlists = 2000  // of one file
)

func (r *reader) refuse(n *node, expected, actual string) {
	if len(r.errors) < maxProblems {
		r.errors = append(r.errors, r.problem(n, expected, actual))
	}
}

func (r *reader) tell(n *node, expected, actual string) {
	if !r.full() {
		r.problems = append(r.problems, r.problem(n, expected, actual))
	}
}

// full reports that no more problems are told.
func (r *reader) full() bool { return len(r.problems) >= maxProblems }

func (r *reader) problem(n *node, expected, actual string) checks.Problem {
	p := checks.Problem{Op: "read the gitleaks configuration", Expected: expected, Actual: actual, Retry: checks.RetryUseless, Where: r.file}
	if n != nil && n.line > 0 {
		p.Where = place(r.file, n.line, n.column)
	}
	return p
}

// field is a key that a table may have and what reads its value.
type field struct {
	name string
	read func(*node)
}

// renamed are keys of gitleaks before version 8.
var renamed = map[string]string{"whitelist": "allowlist", "file": "path", "reportgroup": "secretGroup", "entropies": "entropy", "fileregex": "path"}

// table reads a table by its fields. A key that is none of them is told: gitleaks ignores it in silence.
func (r *reader) table(n *node, name string, fields []field) {
	if n.kind != tableKind {
		r.refuse(n, "a table for "+name, describe(n))
		return
	}
	seen := map[string]bool{}
	for _, e := range n.entries {
		lower := strings.ToLower(e.name)
		if seen[lower] {
			r.refuse(e.key, "each key once in "+name, fmt.Sprintf("%q again, in other capitals", e.name))
			continue
		}
		seen[lower] = true
		if f := find(fields, lower); f != nil {
			f.read(e.value)
			continue
		}
		if r.full() {
			continue
		}
		r.tell(e.key, "the keys that gitleaks "+GitleaksVersion+" reads in "+name, fmt.Sprintf("%q, which has no effect", e.name)+hint(lower, fields))
	}
}

func find(fields []field, lower string) *field {
	for i := range fields {
		if strings.ToLower(fields[i].name) == lower {
			return &fields[i]
		}
	}
	return nil
}

func hint(lower string, fields []field) string {
	if now := renamed[lower]; now != "" {
		return fmt.Sprintf("; version 8 calls it %q", now)
	}
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].name
	}
	return didYouMean(lower, names)
}

func (r *reader) text(to *string) func(*node) {
	return func(n *node) {
		if n.kind != textKind {
			r.refuse(n, "text", describe(n))
			return
		}
		*to = n.text
	}
}

// list reads a list of texts. gitleaks also takes one text with commas.
func (r *reader) list(to *[]string) func(*node) {
	return func(n *node) {
		switch n.kind {
		case textKind:
			*to = []string{}
			if n.text != "" {
				*to = strings.Split(n.text, ",")
			}
		case listKind:
			*to = []string{}
			if len(n.items) > maxItems {
				r.refuse(n, fmt.Sprintf("a list of at most %d texts", maxItems), fmt.Sprint(len(n.items)))
				return
			}
			for _, item := range n.items {
				var s string
				r.text(&s)(item)
				*to = append(*to, s)
			}
		default:
			r.refuse(n, "a list of texts", describe(n))
		}
	}
}

func (r *reader) number(to *float64) func(*node) {
	return func(n *node) {
		v, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), 64)
		if err != nil || n.kind > textKind {
			r.refuse(n, "a number", describe(n))
			return
		}
		*to = v
	}
}

func (r *reader) integer(to *int) func(*node) {
	return func(n *node) {
		v, err := strconv.ParseInt(strings.TrimPrefix(n.text, "+"), 0, 32)
		if err != nil || n.kind > textKind {
			r.refuse(n, "a whole number", describe(n))
			return
		}
		*to = int(v)
	}
}

func (r *reader) flag(to *bool) func(*node) {
	return func(n *node) {
		v, err := strconv.ParseBool(n.text)
		if err != nil || n.kind > textKind {
			r.refuse(n, "true or false", describe(n))
			return
		}
		*to = v
	}
}

// tables reads a list of tables; gitleaks takes one table as a list of one.
func (r *reader) tables(name string, each func(*node)) func(*node) {
	return func(n *node) {
		items := n.items
		if n.kind == tableKind {
			items = []*node{n}
		} else if n.kind != listKind {
			r.refuse(n, "a list of tables for "+name, describe(n))
			return
		}
		for _, item := range items {
			if item.kind != tableKind {
				r.refuse(item, "a table in "+name, describe(item))
				continue
			}
			each(item)
		}
	}
}

func describe(n *node) string {
	switch n.kind {
	case textKind:
		return "the text " + strconv.Quote(shorten(n.text))
	case listKind:
		return "a list"
	case tableKind:
		return "a table"
	}
	return shorten(n.text)
}

func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}
