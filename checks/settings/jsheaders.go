package settings

import (
	"net/http"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// function follows the body of a middleware: the headers that it sets on every answer, and on some.
func (a *jsApp) function(d *jsDoc, f *clike.Expr, conditional bool, depth int) {
	if f.Kind != clike.Function || depth > maxJSFollows {
		if g, from := a.functionOf(d, f); g != nil && depth <= maxJSFollows {
			a.function(from, g, conditional, depth+1)
		}
		return
	}
	if f.X != nil {
		a.setIn(d, f.X, conditional, depth)
		return
	}
	a.setBy(d, f.Body, conditional, depth)
}

func (a *jsApp) setBy(d *jsDoc, body []*clike.Stmt, conditional bool, depth int) {
	if depth > maxJSFollows {
		return
	}
	for _, s := range body {
		if !a.step() {
			return
		}
		switch s.Kind {
		case clike.If:
			known := a.branches(d, s, conditional, func(body []*clike.Stmt, conditional bool) { a.setBy(d, body, conditional, depth+1) })
			conditional = conditional || !known && leaves(s.Body)
		case clike.Return:
			if s.X != nil && s.X.Kind == clike.Function {
				a.function(d, s.X, conditional, depth+1)
				continue
			}
			a.setIn(d, s.X, conditional, depth)
		case clike.Block:
			a.setBy(d, s.Body, conditional || s.Maybe, depth+1)
		default:
			a.setIn(d, s.X, conditional, depth)
		}
	}
}

// leaves reports whether a branch ends the function.
func leaves(body []*clike.Stmt) bool {
	return slices.ContainsFunc(body, func(s *clike.Stmt) bool { return s.Kind == clike.Return })
}

// setIn looks for calls that set headers. Those inside functions run later, if at all.
func (a *jsApp) setIn(d *jsDoc, x *clike.Expr, conditional bool, depth int) {
	clike.Walk(x, func(x *clike.Expr) bool {
		switch x.Kind {
		case clike.Function:
			a.function(d, x, true, depth+1)
			return false
		case clike.Call:
			a.flagged(conditional, a.headerCall(d, x)...)
			a.helper(d, x, conditional, depth)
		}
		return true
	})
}

// helper follows a function of the tree that is given the answer, and helmet()(req, res, next).
func (a *jsApp) helper(d *jsDoc, x *clike.Expr, conditional bool, depth int) {
	if !slices.ContainsFunc(x.List, func(arg *clike.Expr) bool { return arg.Kind == clike.Name && answers(arg.Text) }) {
		return
	}
	if x.X.Kind == clike.Call {
		if from, ok := d.module(x.X.X); ok && strings.HasSuffix(from.module, "helmet") {
			a.known(d, x.X, from, a.argument(d, x.X, 0), conditional)
		}
		return
	}
	if f, from := a.functionOf(d, x.X); f != nil && (x.X.Kind == clike.Name || x.X.Kind == clike.Member) && !a.called[x] {
		a.called[x] = true
		a.function(from, f, conditional, depth+1)
	}
}

// answers reports the usual names of an answer.
func answers(name string) bool {
	switch strings.ToLower(strings.TrimLeft(name, "_")) {
	case "res", "response", "reply", "ctx", "context", "rep", "resp", "c":
		return true
	}
	return false
}

// answer reports whether an expression is an answer or its headers: res, ctx.response, response.headers, reply.raw.
func answer(x *clike.Expr) bool {
	switch x.Kind {
	case clike.Name:
		return answers(x.Text)
	case clike.Member:
		return answer(x.X) && (x.Text == "response" || x.Text == "res" || x.Text == "headers" || x.Text == "raw") ||
			x.Text == "headers" && x.X.Kind == clike.Name && !strings.HasPrefix(strings.ToLower(x.X.Text), "req")
	case clike.Call: // res.set(a, b).set(c, d)
		return x.X.Kind == clike.Member && headerMethods[x.X.Text] != 0 && answer(x.X.X)
	}
	return false
}

type headerMethod uint8

const (
	setsOne headerMethod = iota + 1
	addsOne
	removesOne
	setsMany
	writesHead
)

var headerMethods = map[string]headerMethod{"setHeader": setsOne, "set": setsOne, "header": setsOne, "append": addsOne, "appendHeader": addsOne,
	"removeHeader": removesOne, "remove": removesOne, "delete": removesOne, "headers": setsMany, "setHeaders": setsMany, "writeHead": writesHead,
	"status": setsMany, "type": setsMany}

// headerCall makes the settings of res.setHeader("Name", value) and its like.
func (a *jsTree) headerCall(d *jsDoc, x *clike.Expr) []checks.Setting {
	if x.X.Kind != clike.Member || len(x.List) == 0 || !answer(x.X.X) {
		return nil
	}
	kind, args := headerMethods[x.X.Text], x.List
	many := args[0]
	if kind == writesHead {
		many = args[len(args)-1]
	}
	switch {
	case kind == 0, kind == setsMany && x.X.Text != "headers" && x.X.Text != "setHeaders":
		return nil
	case kind == removesOne:
		return a.headerSet(d, x, a.eval(d, many), jsValue{V: undefined{}, Known: true, doc: d}, "remove")
	case len(args) == 2 && kind != writesHead:
		flag := ""
		if kind == addsOne {
			flag = "append"
		}
		return a.headerSet(d, x, a.eval(d, args[0]), a.eval(d, args[1]), flag)
	}
	o, _ := a.eval(d, many).V.(jsObject)
	var out []checks.Setting
	for _, e := range o.entries {
		out = append(out, a.headerSet(d, x, jsValue{V: e.key, Known: true, doc: d}, e.value, "")...)
	}
	return out
}

func (t *jsTree) headerSet(d *jsDoc, at *clike.Expr, name, value jsValue, flag string) []checks.Setting {
	key, ok := name.text()
	if !ok || !httpguts.ValidHeaderFieldName(key) {
		return nil
	}
	header := http.CanonicalHeaderKey(key)
	if header == "Set-Cookie" {
		return nil
	}
	set := t.made(d, at, "header "+header, header, value)
	set.Place = t.place(d, at)
	if list := value.list(); list != nil {
		text, ok := joinedText(value, nil, jsValue{doc: d}).text()
		set.Value = text
		if !ok {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
	} else if text, ok := value.text(); ok {
		set.Value = text
	}
	if value.x != nil && header == "Access-Control-Allow-Origin" && repeatsOrigin(d.file.Text(value.x)) {
		set.Origin, set.Value, set.Flags = checks.OriginSet, nil, []string{reflects}
	}
	if !value.Known && value.x != nil && strings.HasPrefix(header, "Content-Security-Policy") {
		t.noncePolicy(&set, value)
	}
	if flag != "" {
		set.Flags = append(set.Flags, flag)
	}
	return []checks.Setting{set}
}

// repeatsOrigin reports an expression that is the request's Origin, or a star where there is none.
func repeatsOrigin(text string) bool {
	text = strings.ToLower(strings.NewReplacer("'", "", `"`, "", " ", "").Replace(text))
	text = strings.TrimSuffix(strings.TrimSuffix(text, "||*"), "??*")
	switch text {
	case "req.headers.origin", "request.headers.origin", "req.header(origin)", "req.get(origin)", "request.get(origin)", "req.headers[origin]",
		"request.headers[origin]", "ctx.get(origin)", "ctx.headers.origin", "ctx.request.header.origin", "ctx.request.headers.origin", "request.headers.get(origin)", "req.headers.get(origin)":
		return true
	}
	return false
}

// noncePolicy knows a policy of which only the nonces differ from answer to answer.
func (t *jsTree) noncePolicy(set *checks.Setting, v jsValue) {
	x, d := v.x, v.doc
	for i := 0; i < maxJSDepth && x != nil && d != nil && d.file != nil; i++ {
		switch {
		case x.Kind == clike.Name && len(d.vars[x.Text]) == 1:
			x = d.vars[x.Text][0]
			continue
		case x.Kind == clike.Call && x.X.Kind == clike.Member && (x.X.Text == "trim" || x.X.Text == "replace" || x.X.Text == "replaceAll"):
			x = x.X.X
			continue
		}
		break
	}
	if x == nil || d == nil || d.file == nil || x.Kind != clike.Template {
		return
	}
	var b strings.Builder
	for _, part := range x.List {
		text, ok := t.eval(d, part).text()
		if !ok && strings.HasSuffix(b.String(), "'nonce-") {
			text, ok = freshValue, true
		}
		if !ok || b.Len() > maxJSText {
			return
		}
		b.WriteString(text)
	}
	set.Origin, set.Value = checks.OriginSet, strings.Join(strings.Fields(b.String()), " ")
}
