package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// cookieArguments are those of set_cookie in their order, the same in Django, Flask and Starlette.
var cookieArguments = []string{"key", "value", "max_age", "expires", "path", "domain", "secure", "httponly", "samesite"}

// maxCookieCalls bounds the cookies of one file.
const maxCookieCalls = 200

// cookiesSet are the cookies that a file sets with response.set_cookie(...). sameSite is the framework's default: "lax" of
// Starlette, none of Django and Flask. What is not known counts as good; a cookie that is being deleted is left out.
func (t *pythonTree) cookiesSet(d *pythonDoc, sameSite string) []checks.Setting {
	if !strings.Contains(d.module.Source, "set_cookie(") {
		return nil
	}
	var out []checks.Setting
	t.follow(d).Each(func(s *python.Scope, n python.Node) {
		call, ok := n.(*python.Call)
		if !ok || len(out) >= maxCookieCalls {
			return
		}
		method, ok := call.Func.(*python.Attribute)
		if !ok || method.Name != "set_cookie" && method.Name != "set_signed_cookie" || len(call.Args) == 0 {
			return
		}
		set := checks.Setting{Layer: t.layer, Name: "set_cookie", Header: "Set-Cookie", Raw: pythonRaw(s, call), Origin: checks.OriginSet, Place: t.place(d.module, call),
			Flags: []string{"append"}}
		c := jsCookie{path: "/", sameSite: sameSite}
		switch known, deleted := readCookie(&c, s, call); {
		case deleted:
			return
		case known:
			set.Value = c.line()
		default:
			set.Origin = checks.OriginDynamic
		}
		out = append(out, set)
	})
	return out
}

func readCookie(c *jsCookie, s *python.Scope, call *python.Call) (known, deleted bool) {
	for i, a := range call.Args {
		name := a.Name
		if name == "" && i < len(cookieArguments) {
			name = cookieArguments[i]
		}
		if star, ok := a.Value.(*python.Unary); ok && strings.HasPrefix(star.Op, "*") {
			return false, false // any of them may be given
		}
		v := s.Eval(a.Value)
		switch text, isText := v.V.(string); name {
		case "key", "name":
			c.name, known = text, isText && v.Known && !v.Dynamic
		case "value":
			deleted = deleted || isText && text == "" && v.Known && !v.Dynamic
		case "max_age":
			deleted = deleted || v.V == int64(0) && !v.Dynamic
		case "secure":
			c.secure = v.Dynamic || v.V != false && v.V != nil
		case "httponly":
			c.httpOnly = v.Dynamic || v.V != false && v.V != nil
		case "samesite":
			if c.sameSite = text; v.Dynamic {
				c.sameSite = "Lax"
			}
		case "domain":
			if isText && !v.Dynamic {
				c.domain = text
			}
		case "path":
			if isText && !v.Dynamic {
				c.path = text
			}
		}
	}
	return known, deleted
}

// cookiesOf are the cookies of one application: those that its file sets, and where the tree has no other application,
// those of every file that imports the framework.
func (t *pythonTree) cookiesOf(own *pythonDoc, only bool, sameSite string, frameworks ...string) []checks.Setting {
	var out []checks.Setting
	for _, d := range t.docs {
		imports := false
		for _, f := range frameworks {
			imports = imports || strings.Contains(d.module.Source, "from "+f) || strings.Contains(d.module.Source, "import "+f)
		}
		if d == own || only && imports && len(out) < maxAppSettings {
			out = append(out, t.cookiesSet(d, sameSite)...)
		}
	}
	return out
}
