package flow

import (
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// run follows statements in order. It reports whether what comes after them is not reached.
func (w *follower) run(body []*source.Stmt, in *scope) bool {
	for _, s := range body {
		if w.steps++; w.steps > maxSteps {
			return false
		}
		if w.stmt(s, in) {
			return true
		}
	}
	return false
}

func (w *follower) stmt(s *source.Stmt, in *scope) (ends bool) {
	switch s.Kind {
	case source.Do:
		w.eval(s.X, in)
	case source.Var:
		w.variable(s, in)
	case source.If:
		return w.branch(s, in)
	case source.Loop:
		w.loop(s, in)
	case source.Block:
		return w.run(s.Body, in)
	case source.Try:
		w.try(s, in)
	case source.Define:
		w.homes[s.Func] = in
	case source.Class:
		w.classBody(s, in)
	case source.Return:
		w.returned(s, in)
		return true
	case source.Throw:
		v := w.eval(s.X, in)
		w.throw(v.labels)
		return true
	case source.Break:
		return true
	case source.Switching:
		w.switching(s, in)
	}
	return false
}

func (w *follower) variable(s *source.Stmt, in *scope) {
	v := w.eval(s.X, in)
	for _, name := range s.Names {
		n := *v
		n.at = s.Start
		n.global = in == w.globals && (s.Text == "const" || w.file.Lang != source.Go)
		if s.Text == "part" { // taken apart
			n = *w.member(v, &source.Expr{Kind: source.Member, Start: s.Start, End: s.End, Text: name})
			n.path = name
			n.at = s.Start
		} else if s.X == nil {
			n = value{at: s.Start, path: name}
		}
		w.typed(&n, s.Type)
		if in.parent != nil && w.class != "" && in.vars["this"] == thisValue {
			in.vars["this."+bare(name)] = &n
			if s.X == nil && n.role == noRole {
				continue // a field: its name tells what it is
			}
		}
		if s.X == nil && n.role == noRole && s.Text != "part" {
			n.path = ""
			if s.Type == "" {
				continue
			}
		}
		in.vars[name] = &n
	}
}

// thisValue marks the scope of a class.
var thisValue = &value{path: "this"}

func (w *follower) branch(s *source.Stmt, in *scope) bool {
	w.eval(s.X, in)
	if s.X != nil && s.X.Kind == source.Binary && s.X.X.Kind == source.Name && s.X.X.Text == "__name__" {
		w.main = true // runs only where a developer starts the file, who reads what it prints
		w.run(s.Body, in)
		w.main = false
		return false
	}
	debug := debugTest(s.X)
	if debug {
		w.debug++
	}
	yes, no := in.branch(), in.branch()
	w.guard(s.X, true, yes)
	w.guard(s.X, false, no)
	ends := w.run(s.Body, yes)
	if debug {
		w.debug--
	}
	otherwise := w.run(s.Else, no)
	switch {
	case ends && otherwise:
		return len(s.Else) > 0
	case ends:
		in.merge(no, no)
	case otherwise:
		in.merge(yes, yes)
	default:
		in.merge(yes, no)
	}
	return false
}

// debugTest reports a condition that only holds where somebody asked for traces.
func debugTest(x *source.Expr) bool {
	found := false
	source.Walk(x, func(e *source.Expr) bool {
		name := ""
		switch e.Kind {
		case source.Name, source.Member:
			name = strings.ToLower(e.Text)
		case source.Literal:
			found = found || e.Text == "development" || e.Text == "production" || strings.Contains(e.Text, "debug") || strings.Contains(e.Text, "traceback")
		}
		if strings.Contains(name, "debug") || strings.Contains(name, "development") || strings.Contains(name, "trace") || strings.Contains(name, "verbose") || strings.Contains(name, "isdev") {
			found = true
		}
		return !found
	})
	return found
}

func (w *follower) loop(s *source.Stmt, in *scope) {
	times := 2 // what a turn leaves reaches the next one
	if w.loops > 0 {
		times = 1
	}
	w.loops++
	for range times {
		inner := in.branch()
		v := w.eval(s.X, inner)
		for i, name := range s.Names {
			item := &value{labels: v.labels, at: s.Start, path: bare(name)}
			if i == 0 && len(s.Names) > 1 {
				item.labels = without(v.labels, Whole|Credential|Personal) // a key, or a number
			}
			if i == 0 && w.file.Lang == source.Go && (len(s.Names) == 1 || !has(v.labels, Whole)) {
				item.labels, item.role = nil, isNumber
			}
			if v.known {
				item.safe = true
			}
			inner.vars[name] = item
		}
		w.run(s.Body, inner)
		in.merge(in.branch(), inner)
	}
	w.loops--
	w.run(s.Else, in)
}

func (w *follower) try(s *source.Stmt, in *scope) {
	w.raised = append(w.raised, nil)
	tried := in.branch()
	ends := w.run(s.Body, tried)
	thrown := w.raised[len(w.raised)-1]
	w.raised = w.raised[:len(w.raised)-1]
	before := in.branch()
	before.merge(before.branch(), tried)
	if len(s.Handlers) == 0 {
		w.throw(thrown)
	}
	after := tried
	for _, h := range s.Handlers {
		caught := before.branch()
		if h.Name != "" {
			v := &value{role: isException, at: h.Start, path: bare(h.Name)}
			for _, l := range thrown {
				raised := *l
				raised.Raised = true
				v.labels = append(v.labels, &raised)
			}
			if !forClients(h.Types) {
				v.labels = append(v.labels, &Label{Kind: Failure, Name: bare(h.Name), At: h.Start, Detail: Text})
			}
			caught.vars[h.Name] = v
		}
		if !w.run(h.Body, caught) {
			if ends {
				after, ends = caught, false
			} else {
				joined := after.branch()
				joined.merge(after, caught)
				after = joined
			}
		}
	}
	in.merge(after, after)
	w.run(s.Else, in)
}

// forClients reports handlers of errors whose text was written for the client.
func forClients(types []string) bool {
	for _, t := range types {
		name := t[strings.LastIndexAny(t, ".\\:")+1:]
		if !clientError(name) {
			return false
		}
	}
	return len(types) > 0
}

func clientError(name string) bool {
	lower := strings.ToLower(name)
	for _, part := range []string{"valid", "http", "badrequest", "notfound", "doesnotexist", "forbidden", "unauthorized", "permission", "conflict", "abort", "invalid", "api", "user",
		"client", "domain", "business", "auth", "denied", "usage", "recordinvalid", "constraint", "when"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}

func (w *follower) classBody(s *source.Stmt, in *scope) {
	class := w.class
	w.class = strings.TrimSpace(s.Name + " " + s.Type)
	defer func() { w.class = class }()
	if s.End > s.Start && !w.relevant(s.Start, s.End) && !slices.ContainsFunc(s.Body, func(m *source.Stmt) bool { return m.Func != nil && w.table.handles(m.Func, w.class) }) {
		return
	}
	inner := newScope(in)
	inner.vars["this"] = thisValue
	for _, m := range s.Body {
		if m.Kind != source.Define {
			w.stmt(m, inner)
		} else {
			w.homes[m.Func] = inner
		}
	}
	constructors := []bool{true, false} // first: they make the fields
	for _, first := range constructors {
		for _, m := range s.Body {
			if m.Kind == source.Define && isConstructor(m.Func.Name, s.Name) == first && (first || w.needed(m.Func)) {
				w.summarise(m.Func, inner)
			}
		}
	}
}

func isConstructor(name, class string) bool {
	return name == "__init__" || name == "constructor" || name == "initialize" || name == "__construct" || name == class
}

func (w *follower) returned(s *source.Stmt, in *scope) {
	refusal := s.X != nil && s.X.Kind == source.Array && slices.ContainsFunc(s.X.List, func(x *source.Expr) bool { return x.Kind != source.Call && w.refusal(x) })
	if refusal {
		w.refusing++
		defer func() { w.refusing-- }()
	}
	v := w.eval(s.X, in)
	w.current.returns = join(v, w.current.returns)
	if s.X != nil && w.handler != nil && len(v.labels) > 0 && w.table.returns {
		to := Sink{To: ToClient, Name: "return", At: s.Start, End: s.End}
		for _, l := range v.labels {
			w.leak(l, to, s.X)
		}
	}
}

func (w *follower) switching(s *source.Stmt, in *scope) {
	w.eval(s.X, in)
	after := in.branch()
	for _, arm := range s.Arms {
		inner := in.branch()
		if !w.run(arm, inner) || len(arm) > 0 && arm[len(arm)-1].Kind == source.Break {
			joined := after.branch()
			joined.merge(after, inner)
			after = joined
		}
	}
	in.merge(after, after)
}
