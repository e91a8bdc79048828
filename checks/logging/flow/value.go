// Package flow follows values through one file of source text: from where a secret, a person's data, a request's
// input or an error comes, through assignments, text put together and the file's own functions, to log calls and
// answers.
//
// It runs no code and needs no types. A name tells what a value is where nothing else does. What a function of another
// file returns is unknown, but for those that return their argument as text, and those that make it harmless.
package flow

import (
	"slices"

	"hardcheck/checks/internal/parse/source"
)

// Kind is what a value carries, as a bit.
type Kind uint8

// Kinds of what is followed.
const (
	Credential Kind = 1 << iota // a password, a token, a key
	Personal                    // data about a person
	Whole                       // headers, forms, environments: credentials among other things
	Input                       // text that a client sent
	Failure                     // an exception: its text or its trace
	parameter                   // of the function at hand, whatever it will be

	everything = Credential | Personal | Whole | Input | Failure
)

// Detail says what of an exception a value is.
type Detail uint8

// Details of a Failure, the worse ones last.
const (
	Message Detail = iota // what the exception says
	Text                  // the exception as text: its type and what it says
	Trace                 // the stack
)

// Label is something that a value carries, and where it came from.
type Label struct {
	Kind    Kind
	Name    string // "password", "request.headers"
	At      int    // offset of where it came from
	Detail  Detail
	Raised  bool // it came out of an exception
	Encoded bool // an address as it was sent: parsers of requests take no line ends in it until it is decoded
	Read    bool // by a header's, a field's or a variable's name out of a whole

	param   int
	blocked Kind // what no longer gets through, for a parameter
}

// value is what is known of an expression.
type value struct {
	labels []*Label
	fields map[string]*value // of an object that was written out
	known  bool              // a literal
	text   string            // of the literal
	role   role
	fn     *source.Function
	path   string // the dotted name it stands for
	safe   bool   // made harmless: its name says nothing
	at     int    // where it was last assigned
	global bool   // written at the top of the file
	wraps  []*value
	items  []*value // of a list that was written out, or of several values returned
}

// role is what a value is used as.
type role uint8

const (
	noRole      role = iota
	isLogger         // a log call is a method of it
	isJSON           // so is it, and what it writes is encoded
	isRequest        // what a client sent
	isResponse       // what a client gets
	isNumber         // no text
	isException      // what a handler caught
	isStream         // standard output or standard error
	isWrapped        // a secret in a box that shows asterisks
	isOutgoing       // a request that this program makes
	isAddress        // the parsed address of a request, which Go writes encoded
)

var nothing = &value{}

// maxLabels bounds what one value carries.
const maxLabels = 24

// with returns the labels of both, each once.
func with(a, b []*Label) []*Label {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := slices.Clone(a)
	for _, l := range b {
		if len(out) < maxLabels && !slices.ContainsFunc(out, l.same) {
			out = append(out, l)
		}
	}
	return out
}

func (l *Label) same(o *Label) bool {
	return l == o || *l == *o
}

// without returns what is left where these kinds do not get through.
func without(labels []*Label, kinds Kind) []*Label {
	var out []*Label
	for _, l := range labels {
		switch {
		case l.Kind == parameter && l.blocked|kinds != l.blocked:
			c := *l
			c.blocked |= kinds
			out = append(out, &c)
		case l.Kind&kinds == 0:
			out = append(out, l)
		}
	}
	return out
}

func has(labels []*Label, kinds Kind) bool {
	return slices.ContainsFunc(labels, func(l *Label) bool { return l.Kind&kinds != 0 })
}

// labelled is a text that carries labels and of which nothing else is known.
func labelled(labels []*Label) *value {
	if len(labels) == 0 {
		return nothing
	}
	return &value{labels: labels}
}

// join is a value that is one or the other.
func join(a, b *value) *value {
	switch {
	case a == b || b == nil:
		return a
	case a == nil:
		return b
	}
	out := &value{labels: with(a.labels, b.labels), at: max(a.at, b.at), safe: a.safe && b.safe || a.safe && b.known || a.known && b.safe, global: a.global && b.global,
		known: a.known && b.known}
	if a.role == b.role {
		out.role = a.role
	} else if a.role == noRole || b.role == noRole {
		out.role = max(a.role, b.role)
	}
	if out.known {
		out.text = a.text
		if len(b.text) > len(a.text) {
			out.text = b.text
		}
	}
	if a.fn == b.fn {
		out.fn = a.fn
	}
	if a.path == b.path {
		out.path = a.path
	}
	if len(a.items) == len(b.items) {
		for i := range a.items {
			out.items = append(out.items, join(a.items[i], b.items[i]))
		}
	}
	if a.fields != nil && b.fields != nil {
		out.fields = map[string]*value{}
		for k, v := range a.fields {
			out.fields[k] = join(v, b.fields[k])
		}
		for k, v := range b.fields {
			if out.fields[k] == nil {
				out.fields[k] = v
			}
		}
	}
	return out
}

// scope holds the variables of a function, of a class, or of the file.
type scope struct {
	vars   map[string]*value
	parent *scope
}

func newScope(parent *scope) *scope { return &scope{map[string]*value{}, parent} }

func (s *scope) get(name string) *value {
	for ; s != nil; s = s.parent {
		if v := s.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

// set assigns. What an outer function's variable was before may still be there.
func (s *scope) set(name string, v *value) {
	if s.vars[name] == nil {
		for outer := s.parent; outer != nil; outer = outer.parent {
			if old := outer.vars[name]; old != nil {
				outer.vars[name] = join(old, v)
				return
			}
		}
	}
	s.vars[name] = v
}

// maxCopied bounds the variables that are copied for every branch; with more, branches share them.
const maxCopied = 400

func (s *scope) branch() *scope {
	if len(s.vars) > maxCopied {
		return s
	}
	out := newScope(s.parent)
	for k, v := range s.vars {
		out.vars[k] = v
	}
	return out
}

// merge joins what two branches left.
func (s *scope) merge(a, b *scope) {
	for k, v := range a.vars {
		s.vars[k] = v
	}
	if a == b {
		return
	}
	for k, v := range b.vars {
		if old := a.vars[k]; old != nil {
			s.vars[k] = join(old, v)
		} else {
			s.vars[k] = v
		}
	}
}
