package logging

import (
	"strings"

	py "hardcheck/checks/internal/parse/python"
)

const maxLeakDepth = 30

// leakFinder follows how an argument's text is put together, down to the values that end in the log line. What a call
// returns is not followed, but for the few that return their argument as text: a hash, a length or a mask is harmless.
type leakFinder struct {
	*leaks
	scope *py.Scope
	found []exposure
}

// named looks at a value that is logged under a key; the key can tell what an expression is whose own name does not.
func (v *leakFinder) named(key string, x py.Expr, depth int) {
	before := len(v.found)
	v.value(x, depth)
	if len(v.found) > before || key == "" || !v.sure(credentialKey(key)) {
		return
	}
	switch x.(type) {
	case *py.Name, *py.Attribute, *py.Subscript:
		if !v.harmless(x) {
			v.found = append(v.found, exposure{x, key, false})
		}
	}
}

func (v *leakFinder) value(x py.Expr, depth int) {
	if depth == 0 {
		return
	}
	depth--
	switch x := x.(type) {
	case *py.Name:
		v.leaf(x, x.ID)
	case *py.Attribute:
		if name := wholeObject(x); name != "" {
			v.found = append(v.found, exposure{x, name, true})
		} else if !enumMember(x) {
			v.leaf(x, x.Name)
		}
	case *py.Subscript:
		if key, ok := x.Index.(*py.String); ok && key.Parts == nil {
			v.judge(x, key.Text, credentialKey(key.Text))
		}
	case *py.Call:
		v.call(x, depth)
	case *py.String:
		v.parts(x.Parts, depth)
	case *py.Binary:
		v.binary(x, depth)
	case *py.Sequence:
		for _, item := range x.Items {
			v.value(item, depth)
		}
	case *py.Dict:
		for i, value := range x.Values {
			key := ""
			if text, ok := x.Keys[i].(*py.String); ok && text.Parts == nil {
				key = text.Text
			}
			v.named(key, value, depth)
		}
	case *py.Conditional:
		v.value(x.Then, depth)
		v.value(x.Else, depth)
	case *py.Walrus:
		v.value(x.Value, depth)
	case *py.Unary:
		if x.Op == "await" {
			v.value(x.X, depth)
		}
	}
}

func (v *leakFinder) parts(parts []py.Part, depth int) {
	for _, p := range parts {
		if p.Value != nil {
			v.value(p.Value, depth)
		}
	}
}

func (v *leakFinder) binary(x *py.Binary, depth int) {
	switch x.Op {
	case "%": // a format, or a remainder, which no credential has
		if !isLocals(x.Y) { // a format by names takes only some of them
			v.value(x.Y, depth)
		}
	case "+", "or":
		v.value(x.X, depth)
		v.value(x.Y, depth)
	case "and":
		v.value(x.Y, depth)
	}
}

func isLocals(x py.Expr) bool {
	call, ok := x.(*py.Call)
	return ok && isName(call.Func, "locals")
}

// textFunctions return their first argument as text; textMethods the value they are called on.
var (
	textFunctions = wordSet("str repr ascii format dict list tuple json.dumps pprint.pformat pformat quote shlex.quote urllib.parse.quote")
	textMethods   = wordSet("strip lstrip rstrip encode decode lower upper title hex to_dict as_dict dict copy getvalue")
)

func (v *leakFinder) call(x *py.Call, depth int) {
	switch f := x.Func.(type) {
	case *py.Name:
		if textFunctions[f.ID] && len(x.Args) > 0 {
			v.value(x.Args[0].Value, depth)
		}
		if f.ID == "locals" {
			v.found = append(v.found, exposure{x, "locals()", true})
		}
	case *py.Attribute:
		switch {
		case f.Name == "format" || f.Name == "join":
			for _, a := range x.Args {
				v.named(a.Name, a.Value, depth)
			}
		case f.Name == "get" || f.Name == "getenv" || f.Name == "pop" || f.Name == "getlist":
			v.lookup(x)
		case f.Name == "get_json" || f.Name == "json" || f.Name == "body" || f.Name == "form" || f.Name == "get_data":
			if name := wholeObject(f); name != "" {
				v.found = append(v.found, exposure{x, name + "()", true})
			}
		case f.Name == "get_secret_value": // of pydantic's SecretStr, which shows nothing by itself
			v.found = append(v.found, exposure{x, lastName(f.X), false})
		case textMethods[f.Name]:
			v.value(f.X, depth)
		case len(x.Args) > 0 && textFunctions[dotted(f)]:
			v.value(x.Args[0].Value, depth)
		}
	}
}

// lookup is x.get("password") or os.getenv("API_KEY").
func (v *leakFinder) lookup(x *py.Call) {
	if len(x.Args) == 0 {
		return
	}
	if key, ok := x.Args[0].Value.(*py.String); ok && key.Parts == nil && v.sure(credentialKey(key.Text)) {
		v.found = append(v.found, exposure{x, key.Text, false})
	}
}

// lastName is what an expression is called, for a message.
func lastName(x py.Expr) string {
	switch x := x.(type) {
	case *py.Name:
		return x.ID
	case *py.Attribute:
		return x.Name
	}
	return "a secret"
}

func dotted(f *py.Attribute) string {
	if root, ok := f.X.(*py.Name); ok {
		return root.ID + "." + f.Name
	}
	return ""
}

// leaf is a variable or an attribute.
func (v *leakFinder) leaf(x py.Expr, name string) {
	if facts := v.facts(); !facts.wrapped[name] {
		sure := credentialName(name)
		if sure == ifAuth && facts.items[name] {
			return
		}
		v.judge(x, name, sure)
	}
}

func (v *leakFinder) judge(x py.Expr, name string, sure certainty) {
	if v.sure(sure) && !v.harmless(x) {
		v.found = append(v.found, exposure{x, name, false})
	}
}

func (v *leakFinder) sure(c certainty) bool {
	return c == isCredential || c == ifAuth && v.facts().auth
}

// harmless reports a value that the source itself gives away or that is no text: the secrets module judges those.
func (v *leakFinder) harmless(x py.Expr) bool {
	if v.scope == nil {
		return false
	}
	value := v.scope.Eval(x)
	return value.Known && !value.Dynamic
}

// enumMember reports Class.MEMBER, which is a word and not a value.
func enumMember(x *py.Attribute) bool {
	root, ok := x.X.(*py.Name)
	if !ok || x.Name != strings.ToUpper(x.Name) {
		return false
	}
	lower := strings.ToLower(root.ID)
	return root.ID != lower && root.ID != strings.ToUpper(root.ID) && !strings.Contains(lower, "config") && !strings.Contains(lower, "setting")
}

// wholeObject names what holds credentials among other things: a request's headers, form, cookies and body, and the
// environment.
func wholeObject(x *py.Attribute) string {
	owner := ""
	switch root := x.X.(type) {
	case *py.Name:
		owner = root.ID
	case *py.Attribute:
		owner = root.Name
	}
	switch owner {
	case "os":
		if x.Name == "environ" {
			return "os.environ"
		}
	case "request", "req":
		switch x.Name {
		case "headers", "META", "form", "POST", "body", "cookies", "COOKIES", "json", "data", "get_json", "get_data", "environ":
			return "request." + x.Name
		}
	}
	return ""
}
