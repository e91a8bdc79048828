package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// Leak is a value that reaches a place where it does not belong.
type Leak struct {
	Label
	Sink Sink
	Arg  *source.Expr // what is given to the sink
}

// Sink is a call that writes, or a statement that answers.
type Sink struct {
	To    Target
	Name  string // as written: "logger.info"
	Level string // "info"
	At    int
	End   int
	JSON  bool // what is written is encoded
	// Refusal is an answer with a status from 400 to 499: it tells what was wrong with the request.
	Refusal bool
}

// Target is where a sink writes.
type Target uint8

// Targets.
const (
	ToLog    Target = iota + 1 // a logger
	ToStream                   // print and standard error, which service managers log
	ToClient                   // an answer
	ToRecord                   // another service's record of an error
)

// Result is what was found in one file.
type Result struct {
	Leaks []Leak
	Sinks []Sink // every call that writes to a log, once
	// Handlers are functions that answer requests.
	Handlers []*source.Function
}

// follower follows the values of one file.
type follower struct {
	file      *source.File
	table     *table
	facts     facts
	functions map[string][]*source.Function
	done      map[*source.Function]*summary
	homes     map[*source.Function]*scope // where it was defined
	running   map[*source.Function]bool
	globals   *scope
	current   *summary
	handler   *source.Function // which answers by what it returns
	class     string
	debug     int  // inside if debug
	refusing  int  // inside a return of an answer and a status from 400 to 499
	main      bool // inside if __name__ == "__main__"
	loops     int
	depth     int
	steps     int
	raised    [][]*Label                // what the try at hand may throw, outermost first
	failing   map[*source.Function]bool // handlers of errors: their first parameter is one
	names     map[string]naming
	places    []int // offsets of what can write or answer, in order
	leaks     map[leakKey]bool
	sinks     map[int]bool
	result    Result
}

type leakKey struct {
	kind Kind
	at   int
	to   Target
}

// summary is what a function does with its parameters.
type summary struct {
	returns *value
	throws  []*Label
	leaks   []Leak // of parameters
}

// Bounds of one file.
const (
	maxCallDepth = 12
	maxExprDepth = 200
	maxSteps     = 4_000_000
)

// Follow looks through a file.
func Follow(f *source.File) *Result {
	w := &follower{file: f, table: tableOf(f.Lang), functions: map[string][]*source.Function{}, done: map[*source.Function]*summary{},
		homes: map[*source.Function]*scope{}, running: map[*source.Function]bool{}, leaks: map[leakKey]bool{}, sinks: map[int]bool{}, failing: map[*source.Function]bool{}, names: map[string]naming{}}
	w.facts = gather(f)
	w.globals = newScope(nil)
	w.current = &summary{}
	source.Each(f.Body, func(s *source.Stmt) {
		if s.Func != nil && s.Func.Name != "" {
			w.functions[s.Func.Name] = append(w.functions[s.Func.Name], s.Func)
		}
	})
	w.findSinks()
	w.run(f.Body, w.globals)
	w.pending(f.Body, w.globals)
	return &w.result
}

// pending looks at the functions of a block that nothing called.
func (w *follower) pending(body []*source.Stmt, home *scope) {
	for _, s := range body {
		switch {
		case s.Func != nil:
			if w.needed(s.Func) {
				w.summarise(s.Func, home)
			}
		case s.Kind == source.Class:
		default:
			for _, inner := range s.Inside() {
				w.pending(inner, home)
			}
		}
	}
}

// summarise runs a function with unknown arguments, at most once.
func (w *follower) summarise(f *source.Function, home *scope) *summary {
	if s := w.done[f]; s != nil {
		return s
	}
	if w.running[f] || w.depth >= maxCallDepth || w.steps > maxSteps {
		return &summary{returns: nothing}
	}
	if known := w.homes[f]; known != nil {
		home = known
	}
	outer, handler, loops, debug, raised := w.current, w.handler, w.loops, w.debug, w.raised
	s := &summary{}
	w.current, w.running[f], w.loops, w.debug, w.raised = s, true, 0, 0, nil
	if strings.Contains(strings.ToLower(f.Name+w.class), "debug") {
		w.debug++
	}
	w.depth++
	inner := newScope(home)
	w.handler = nil
	if w.table.handles(f, w.class) {
		w.handler = f
		w.result.Handlers = append(w.result.Handlers, f)
	}
	for i := range f.Params {
		w.bindParam(f, i, inner)
	}
	if w.file.Lang == source.JavaScript {
		inner.vars["arguments"] = &value{labels: []*Label{{Kind: parameter, Name: "arguments", At: f.Start, param: -1}}}
	}
	w.run(f.Body, inner)
	w.pending(f.Body, inner)
	w.depth--
	delete(w.running, f)
	w.current, w.handler, w.loops, w.debug, w.raised = outer, handler, loops, debug, raised
	if s.returns == nil {
		s.returns = nothing
	}
	w.done[f] = s
	return s
}

// bindParam gives a parameter what is known of it by its type, its annotations and its place.
func (w *follower) bindParam(f *source.Function, i int, inner *scope) {
	p := &f.Params[i]
	for _, name := range p.Names {
		v := &value{labels: []*Label{{Kind: parameter, Name: name, At: f.Start, param: i}}, path: bare(name), at: f.Start}
		w.typed(v, p.Type)
		if v.role == isNumber {
			v.labels = nil
		}
		if v.role == noRole {
			v.role = w.table.paramRole(f, i)
		}
		if w.handler == f && v.role == noRole && w.table.routed(f, p) || w.table.annotated(p, w.class != "" && w.handler == f) && v.role == noRole {
			v.labels = append(v.labels, &Label{Kind: Input, Name: bare(name), At: f.Start})
		}
		if (w.failing[f] && i == 0 || w.table.failed(f, i)) && v.role == noRole {
			v.role = isException
			v.labels = append(v.labels, &Label{Kind: Failure, Name: bare(name), At: f.Start, Detail: Text})
		}
		inner.vars[name] = v
	}
}

// apply is a call of a function of this file.
func (w *follower) apply(f *source.Function, args []*value, home *scope) *value {
	s := w.summarise(f, home)
	given := func(l *Label) []*Label {
		if l.Kind != parameter {
			return []*Label{l}
		}
		var out []*Label
		for i, a := range args {
			if i == l.param || l.param < 0 || i > l.param && l.param >= 0 && l.param == len(f.Params)-1 && f.Params[l.param].Rest {
				out = with(out, without(a.labels, l.blocked))
			}
		}
		return out
	}
	for _, leak := range s.leaks {
		for _, l := range given(&leak.Label) {
			w.leak(l, leak.Sink, leak.Arg)
		}
	}
	for _, l := range s.throws {
		w.throw(given(l))
	}
	r := s.returns
	out := &value{fields: r.fields, known: r.known, text: r.text, role: r.role, safe: r.safe, fn: r.fn}
	all := func(labels []*Label) (out []*Label) {
		for _, l := range labels {
			out = with(out, given(l))
		}
		return out
	}
	out.labels = all(r.labels)
	for _, item := range r.items {
		n := *item
		n.labels = all(item.labels)
		out.items = append(out.items, &n)
	}
	return out
}

// throw hands labels to the handler around this place, or to the caller.
func (w *follower) throw(labels []*Label) {
	if n := len(w.raised); n > 0 {
		w.raised[n-1] = with(w.raised[n-1], labels)
		return
	}
	w.current.throws = with(w.current.throws, labels)
}

// leak notes that a label reaches a sink.
func (w *follower) leak(l *Label, to Sink, arg *source.Expr) {
	if l.Kind == parameter {
		if len(w.current.leaks) < 64 {
			w.current.leaks = append(w.current.leaks, Leak{*l, to, arg})
		}
		return
	}
	if !w.wanted(l, to) {
		return
	}
	key := leakKey{l.Kind, arg.Start, to.To}
	if w.leaks[key] {
		return
	}
	w.leaks[key] = true
	w.result.Leaks = append(w.result.Leaks, Leak{*l, to, arg})
}

// wanted reports whether a value of that kind does not belong there.
func (w *follower) wanted(l *Label, to Sink) bool {
	if to.To == ToClient {
		return l.Kind == Failure && w.debug == 0 && w.table.shows(l.Detail) && (l.Detail == Trace || !to.Refusal && w.refusing == 0)
	}
	if l.Kind == Input && l.Encoded {
		return false
	}
	return l.Kind != Failure && !w.facts.browser && !(w.main && to.To == ToStream)
}

// bare is a name without the sign that variables of PHP and Ruby begin with.
func bare(name string) string { return strings.TrimLeft(name, "$@") }
