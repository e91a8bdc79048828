package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// assign is X = Y and X op= Y.
func (w *follower) assign(x *source.Expr, in *scope) *value {
	v := w.eval(x.Y, in)
	if x.Y != nil && x.Y.Kind == source.Func && x.X != nil && x.X.Kind == source.Name {
		w.functions[x.X.Text] = append(w.functions[x.X.Text], x.Y.Func)
	}
	if x.Text != "=" && x.Text != ":=" {
		old := w.eval(x.X, in)
		switch x.Text {
		case "||=", "??=", "+=", ".=", "<<=", "|=":
			both := *join(old, v) // a copy: where they are one, others hold it too
			both.known, both.safe = false, false
			v = &both
		default:
			v = &value{role: isNumber}
		}
	}
	w.bind(x.X, v, x, in)
	return v
}

// bind gives a name, a member or a pattern its value.
func (w *follower) bind(target *source.Expr, v *value, at *source.Expr, in *scope) {
	if target == nil {
		return
	}
	switch target.Kind {
	case source.Name:
		n := *v
		n.at = at.Start
		if w.debug > 0 {
			n.labels = without(n.labels, Failure) // only for whoever asked for traces
		}
		if w.file.Lang == source.Go && failedName(target.Text) && at.Y != nil && at.Y.Kind == source.Call && w.unknown(at.Y) {
			n.labels = nil // what was called tells its own error, not what it was called on
		}
		n.global = in == w.globals && w.file.Lang != source.Go && w.file.Lang != source.Ruby
		if n.fn == nil && n.path == "" && len(n.labels) == 0 && !n.known && n.fields == nil {
			n.path = ""
		}
		if len(target.Text) > 0 && target.Text[0] == '@' {
			w.classScope(in).vars["this."+bare(target.Text)] = &n
		}
		if at.Text == ":=" || w.file.Lang == source.Python || w.file.Lang == source.PHP {
			in.vars[target.Text] = &n // a variable of this function
		} else {
			in.set(target.Text, &n)
		}
	case source.Member:
		w.bindMember(target, v, at, in)
	case source.Index:
		w.eval(target.Y, in)
		key := ""
		if target.Y != nil && target.Y.Kind == source.Literal {
			key = target.Y.Text
		}
		w.enrich(target.X, key, v, in)
	case source.Array:
		for i, item := range target.List {
			part := v
			switch {
			case len(v.items) == len(target.List):
				part = v.items[i]
			case i > 0 && w.file.Lang == source.Go:
				part = nothing // an error, or a truth value
			}
			if w.file.Lang == source.Go && i == 0 || at.Y == nil || at.Y.Kind != source.Array || i >= len(at.Y.List) {
				w.bind(item, part, at, in)
				continue
			}
			w.bind(item, w.quiet(at.Y.List[i], in), at, in)
		}
	case source.Object: // { a, b: c } = x
		for _, item := range target.List {
			if item.Kind == source.Pair {
				w.bind(item.X, w.member(v, &source.Expr{Kind: source.Member, Start: item.Start, End: item.End, Text: item.Text}), at, in)
			}
		}
	case source.Spread, source.Unary, source.Cast, source.Pair:
		w.bind(target.X, v, at, in)
	}
}

// unknown reports a call of what this file does not define, other than one that makes an error of its arguments.
func (w *follower) unknown(x *source.Expr) bool {
	name := x.X.Text
	return len(w.functions[name]) == 0 && !formats[strings.ToLower(name)] && name != "New" && name != "Join"
}

// classScope is where the members of this object are kept.
func (w *follower) classScope(in *scope) *scope {
	for s := in; s != nil; s = s.parent {
		if s.vars["this"] == thisValue {
			return s
		}
	}
	return w.globals
}

func (w *follower) bindMember(target *source.Expr, v *value, at *source.Expr, in *scope) {
	if w.answer(target, v, at, in) {
		return
	}
	if w.file.Lang == source.Go && (target.Text == "Env" || target.Text == "Stdin") {
		return // a command is written without them
	}
	if target.X.Kind == source.Name && isThis(target.X.Text) {
		home := w.classScope(in)
		key := "this." + bare(target.Text)
		n := *v
		n.at = at.Start
		if old := home.vars[key]; old != nil && !old.known {
			home.vars[key] = join(old, &n)
		} else {
			home.vars[key] = &n
		}
		return
	}
	w.enrich(target.X, target.Text, v, in)
}

// enrich puts a value into an object that a variable holds.
func (w *follower) enrich(target *source.Expr, key string, v *value, in *scope) {
	for target != nil && (target.Kind == source.Member || target.Kind == source.Index || target.Kind == source.Call) {
		if target.Kind == source.Member && target.X.Kind == source.Name && isThis(target.X.Text) {
			home := w.classScope(in)
			name := "this." + bare(target.Text)
			home.vars[name] = enriched(home.vars[name], key, v)
			return
		}
		key = ""
		target = target.X
	}
	if target == nil || target.Kind != source.Name {
		return
	}
	if key != "" && !v.safe && !v.known && v.role != isNumber && v.fn == nil && !has(v.labels, Credential) && in.get(target.Text) != nil {
		v = w.named(v, key, target)
	}
	if old := in.get(target.Text); old != nil {
		in.set(target.Text, enriched(old, key, v))
	} else if len(v.labels) > 0 {
		in.vars[target.Text] = enriched(&value{path: bare(target.Text)}, key, v)
	}
}

func enriched(old *value, key string, v *value) *value {
	if old == nil {
		old = nothing
	}
	if old == thisValue || old.role == isRequest || old.role == isResponse {
		return old
	}
	out := *old
	out.known = false
	out.labels = with(old.labels, v.labels)
	if key != "" {
		out.fields = map[string]*value{}
		for k, f := range old.fields {
			out.fields[k] = f
		}
		out.fields[key] = v
	}
	for _, inner := range old.wraps { // what is written to a writer is in what it writes to
		inner.labels = with(inner.labels, v.labels)
	}
	return &out
}
