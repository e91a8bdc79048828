package settings

import (
	"fmt"
	"strconv"
	"strings"

	"hardcheck/checks/internal/parse/clike"
)

// rubyPairs is a hash in its order.
type rubyPairs []rubyPair

type rubyPair struct {
	key   string
	value any
	known bool
}

func (p rubyPairs) keys() []any {
	out := []any{}
	for _, pair := range p {
		out = append(out, pair.key)
	}
	return out
}

func (p rubyPairs) get(key string) (any, bool, bool) {
	for _, pair := range p {
		if pair.key == key {
			return pair.value, pair.known, true
		}
	}
	return nil, true, false
}

var rubyUnits = map[string]int64{"second": 1, "seconds": 1, "minute": 60, "minutes": 60, "hour": 3600, "hours": 3600, "day": 86400, "days": 86400,
	"week": 604800, "weeks": 604800, "month": 2629746, "months": 2629746, "year": 31556952, "years": 31556952}

// rubyValue is the value of a literal: string, int64, bool, nil, []any or rubyPairs. Durations are seconds, as
// ActiveSupport counts them. Rails.env.production? is true.
func rubyValue(x *clike.Expr, depth int) (any, bool) {
	if x == nil || depth > 12 {
		return nil, false
	}
	switch x.Kind {
	case clike.String:
		return x.Text, true
	case clike.Number:
		n, err := strconv.ParseInt(strings.ReplaceAll(x.Text, "_", ""), 10, 64)
		return n, err == nil
	case clike.Name:
		switch x.Text {
		case "true", "false":
			return x.Text == "true", true
		case "nil":
			return nil, true
		}
	case clike.Member:
		return rubyMember(x, depth)
	case clike.Unary:
		v, ok := rubyValue(x.X, depth+1)
		if b, isBool := v.(bool); isBool && x.Text == "!" {
			return !b, ok
		}
	case clike.Array:
		list := []any{}
		for _, item := range x.List {
			v, ok := rubyValue(item, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, true
	case clike.Object:
		var out rubyPairs
		for _, p := range x.Props {
			v, ok := rubyValue(p.Value, depth+1)
			out = append(out, rubyPair{p.Key, v, ok})
		}
		return out, true
	}
	return nil, false
}

// rubyMember is Rails.env.production?, a duration, or a method that leaves a text as it is.
func rubyMember(x *clike.Expr, depth int) (any, bool) {
	if x.Text == "production?" {
		return true, true
	}
	n, ok := rubyValue(x.X, depth+1)
	switch n := n.(type) {
	case int64:
		if x.Text == "to_i" {
			return n, ok
		}
		return n * rubyUnits[x.Text], ok && rubyUnits[x.Text] > 0 && n < 1<<30
	case string:
		return n, ok && (x.Text == "freeze" || x.Text == "strip" || x.Text == "squish")
	}
	return nil, false
}

func rubyText(x *clike.Expr) (string, bool) {
	v, known := rubyValue(x, 0)
	text, ok := v.(string)
	return text, ok && known
}

// rubyKeywords are the arguments with names.
func rubyKeywords(args []*clike.Expr) rubyPairs {
	var out rubyPairs
	for _, a := range args {
		if a.Kind == clike.Assign && (a.X.Kind == clike.Name || a.X.Kind == clike.String) {
			v, ok := rubyValue(a.Y, 0)
			out = append(out, rubyPair{a.X.Text, v, ok})
		} else if a.Kind == clike.Object {
			v, _ := rubyValue(a, 0)
			out = append(out, v.(rubyPairs)...)
		}
	}
	return out
}

// session is the cookie of session_store: HttpOnly, and SameSite=Lax since load_defaults 6.1; force_ssl makes every cookie
// Secure (ActionDispatch::SSL).
func (w *railsWalk) session(x *clike.Expr) {
	if len(x.List) == 0 {
		return
	}
	kind, _ := rubyText(x.List[0])
	options := rubyKeywords(x.List[1:])
	name := "_session_id"
	if text, _, ok := options.get("key"); ok && text != nil {
		name = fmt.Sprint(text)
	}
	set := w.set(x, "session_store", kind, true)
	w.add(set)
	for _, key := range []string{"secure", "httponly", "same_site", "domain"} {
		if v, known, ok := options.get(key); ok {
			w.add(w.set(x, "session_store."+key, v, known))
		}
	}
	c := w.cookieOf(name, options)
	c.httpOnly = true
	if v, known, ok := options.get("httponly"); ok && known && v == false {
		c.httpOnly = false
	}
	w.cookieSet(x, "session_store.cookie", c, "session")
}

func (w *railsWalk) cookieOf(name string, options rubyPairs) jsCookie {
	c := jsCookie{name: name, path: "/"}
	for key, on := range map[string]*bool{"secure": &c.secure, "httponly": &c.httpOnly} {
		if v, known, ok := options.get(key); ok {
			*on = !known || v == true
		}
	}
	if v, known, ok := options.get("same_site"); ok {
		c.sameSite = "Lax"
		if text, isText := v.(string); known && isText {
			c.sameSite = text
		}
	} else if w.version >= 6.1 {
		c.sameSite = "Lax"
	}
	if v, known, ok := options.get("domain"); ok && known {
		if text, isText := v.(string); isText && text != "all" {
			c.domain = text
		}
	}
	return c
}

func (w *railsWalk) cookie(at *clike.Expr, name string, value *clike.Expr) {
	v, _ := rubyValue(value, 0)
	options, _ := v.(rubyPairs)
	w.cookieSet(at, "cookies", w.cookieOf(name, options))
}

func (w *railsWalk) cookieSet(at *clike.Expr, name string, c jsCookie, flags ...string) {
	set := w.set(at, name, c.line(), true)
	set.Header, set.Flags = "Set-Cookie", append([]string{"append"}, flags...)
	w.add(set)
}
