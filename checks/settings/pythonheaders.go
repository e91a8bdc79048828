package settings

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// headersSet collects the response headers that a function sets: response.headers["X"] = v, update, setdefault and
// their like, and loops over a dictionary that is known.
func (t *pythonTree) headersSet(s *python.Scope, body []python.Stmt) []checks.Setting {
	c := headerCollector{t: t}
	c.block(s, body, false)
	return c.list
}

type headerCollector struct {
	t     *pythonTree
	list  []checks.Setting
	items bool // response["X"] = v counts too, as in Django
	depth int  // functions that were followed
}

// headers reports whether an expression holds a response's headers.
func (c *headerCollector) headers(x python.Expr) bool {
	if id, ok := x.(*python.Name); ok && c.items && (id.ID == "response" || id.ID == "resp" || id.ID == "res") {
		return true
	}
	return responseHeaders(x)
}

func (c *headerCollector) block(s *python.Scope, body []python.Stmt, conditional bool) {
	for _, stmt := range body {
		switch n := stmt.(type) {
		case *python.Assign:
			c.assigned(s, n, conditional)
		case *python.ExprStmt:
			c.called(s, n, conditional)
		case *python.Jump:
			for _, x := range n.Args {
				if item, ok := x.(*python.Subscript); ok && n.Word == "del" && c.headers(item.X) {
					c.set(s, item.Index, nil, n, "remove", conditional)
				}
			}
		case *python.Loop:
			if !c.loop(s, n, conditional) {
				c.block(s, n.Body, conditional)
			}
		case *python.Function:
			c.block(s.Function(n), n.Body, conditional)
		case *python.Class:
			c.block(s.Class(n), n.Body, conditional)
		case *python.If, *python.Match:
			for _, b := range python.Blocks(n) {
				c.block(s, b, true)
			}
			conditional = conditional || returns(n)
		default:
			for _, b := range python.Blocks(n) {
				c.block(s, b, conditional)
			}
		}
	}
}

// returns reports whether an arm ends the function, so that what stands below is not reached on every answer.
func returns(n python.Stmt) bool {
	for _, b := range python.Blocks(n) {
		if len(b) > 0 {
			if jump, ok := b[len(b)-1].(*python.Jump); ok && jump.Word == "return" {
				return true
			}
		}
	}
	return false
}

// responseHeaders reports whether an expression is the headers of a response: response.headers, not those of a
// request or of a client's session.
func responseHeaders(x python.Expr) bool {
	switch x := x.(type) {
	case *python.Name:
		return x.ID == "response_headers" || x.ID == "resp_headers" || x.ID == "headers"
	case *python.Subscript: // message["headers"] of an ASGI server
		key, ok := x.Index.(*python.String)
		return ok && key.Text == "headers"
	case *python.Attribute:
		if x.Name != "headers" && x.Name != "raw_headers" {
			return false
		}
		root := x.X
		if a, ok := root.(*python.Attribute); ok {
			return strings.Contains(a.Name, "resp")
		}
		id, ok := root.(*python.Name)
		if !ok {
			return false
		}
		for _, word := range []string{"req", "session", "client", "self", "http", "msg", "message"} {
			if strings.HasPrefix(strings.ToLower(id.ID), word) {
				return false
			}
		}
		return true
	}
	return false
}

func (c *headerCollector) assigned(s *python.Scope, n *python.Assign, conditional bool) {
	for _, target := range n.Targets {
		item, ok := target.(*python.Subscript)
		if ok && n.Value != nil && c.headers(item.X) {
			c.set(s, item.Index, n.Value, n, "", conditional)
		}
	}
}

func (c *headerCollector) called(s *python.Scope, n *python.ExprStmt, conditional bool) {
	call, ok := n.X.(*python.Call)
	if !ok {
		return
	}
	method, ok := call.Func.(*python.Attribute)
	if !ok || len(call.Args) == 0 || !c.headers(method.X) {
		c.handedOn(s, call, conditional)
		return
	}
	flag := map[string]string{"setdefault": "if-missing", "add": "append", "append": "append", "pop": "remove", "remove": "remove",
		"popone": "remove"}[method.Name]
	switch method.Name {
	case "update", "extend":
		for _, a := range call.Args {
			if a.Name == "" {
				c.pairs(s, a.Value, n, conditional)
			}
		}
	case "setdefault", "add", "append", "set", "__setitem__":
		if len(call.Args) == 2 {
			c.set(s, call.Args[0].Value, call.Args[1].Value, n, flag, conditional)
		} else if pair, ok := call.Args[0].Value.(*python.Sequence); ok && len(pair.Items) == 2 { // (b"name", b"value")
			c.set(s, pair.Items[0], pair.Items[1], n, flag, conditional)
		}
	case "pop", "remove", "popone":
		c.set(s, call.Args[0].Value, nil, n, flag, conditional)
	}
}

// harmless are functions that are given a response and set no header.
var harmless = regexp.MustCompile(`(?i)log|print|debug|info|warn|record|metric|trace|len$|isinstance|str$|repr$|add_vary|patch_|save_session`)

// handedOn follows a function of the tree that is given the response. What a function of somebody else's does with it is
// not known.
func (c *headerCollector) handedOn(s *python.Scope, call *python.Call, conditional bool) {
	given := slices.ContainsFunc(call.Args, func(a python.Arg) bool {
		id, ok := a.Value.(*python.Name)
		return ok && (id.ID == "response" || id.ID == "resp" || id.ID == "res")
	})
	name := s.Qualified(call.Func)
	if !given || c.depth > maxKeyDepth || harmless.MatchString(name) {
		return
	}
	if id, ok := call.Func.(*python.Name); ok {
		b, _ := s.Lookup(id.ID)
		if f, ok := b.Stmt.(*python.Function); ok && b.Scope != nil {
			c.depth++
			c.block(b.Scope.Function(f), f.Body, conditional)
			c.depth--
			return
		}
	}
	if raw := pythonRaw(s, call.Func); len(c.list) < maxKeys {
		c.list = append(c.list, checks.Setting{Layer: c.t.layer, Name: "use " + raw, Raw: raw, Origin: checks.OriginDynamic, Flags: []string{"unknown"},
			Place: c.t.place(s.Module(), call)})
	}
}

// loop follows: for name, value in HEADERS.items(): response.headers[name] = value.
func (c *headerCollector) loop(s *python.Scope, n *python.Loop, conditional bool) bool {
	call, ok := n.Iter.(*python.Call)
	if !ok {
		return false
	}
	items, ok := call.Func.(*python.Attribute)
	if !ok || items.Name != "items" || !assignsHeaders(n.Body) {
		return false
	}
	c.pairs(s, items.X, n, conditional)
	return true
}

func assignsHeaders(body []python.Stmt) bool {
	found := false
	python.WalkAll(body, func(n python.Node) bool {
		switch n := n.(type) {
		case *python.Subscript:
			_, variable := n.Index.(*python.Name)
			found = found || variable && responseHeaders(n.X)
		case *python.Call:
			method, ok := n.Func.(*python.Attribute)
			found = found || ok && responseHeaders(method.X)
		}
		return !found
	})
	return found
}

func (c *headerCollector) pairs(s *python.Scope, x python.Expr, at python.Node, conditional bool) {
	v := s.Eval(x)
	pairs, _ := v.V.(python.Pairs)
	for _, p := range pairs {
		c.add(p.Scope, p.Key, p.Expr, p.Expr, p.Value, "", conditional)
	}
}

func (c *headerCollector) set(s *python.Scope, name, value python.Expr, at python.Node, flag string, conditional bool) {
	key, ok := s.Eval(name).V.(string)
	if !ok {
		return
	}
	v := python.Value{Known: true}
	if value != nil {
		v = s.Eval(value)
	}
	if text, isBytes := value.(*python.String); isBytes && text.Bytes {
		v = python.Value{V: text.Text, Known: true}
	}
	c.add(s, key, at, value, v, flag, conditional)
}

func (c *headerCollector) add(s *python.Scope, key string, at python.Node, x python.Expr, v python.Value, flag string, conditional bool) {
	if !httpguts.ValidHeaderFieldName(key) || len(c.list) >= maxKeys {
		return
	}
	header := http.CanonicalHeaderKey(key)
	set := c.t.settingOf(s, "header "+header, at, x, v)
	set.Header = header
	if flag != "" {
		set.Flags = append(set.Flags, flag)
	}
	if conditional {
		set.Flags = append(set.Flags, "conditional")
	}
	c.list = append(c.list, set)
}
