package settings

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// sessionPackages send a session cookie.
var sessionPackages = []string{"express-session", "cookie-session", "koa-session", "@fastify/session", "@fastify/secure-session"}

// session makes the setting of a session package's cookie. express-session 1 is HttpOnly and not Secure by itself;
// cookie-session and koa-session are HttpOnly, and Secure where the connection is (npm's cookies); @fastify/session is
// both.
func (t *jsTree) session(d *jsDoc, call *clike.Expr, name string, options jsValue) []checks.Setting {
	fallback := map[string]string{"express-session": "connect.sid", "cookie-session": "session", "koa-session": "koa.sess", "@fastify/session": "sessionId",
		"@fastify/secure-session": "session"}[name]
	cookie := options
	if name == "express-session" || strings.HasPrefix(name, "@fastify") {
		cookie = options.get("cookie")
	}
	c := jsCookie{httpOnly: true, secure: name != "express-session", name: fallback}
	for _, key := range []string{"name", "key", "cookieName"} {
		if text, ok := options.get(key).text(); ok && text != "" {
			c.name = text
		}
	}
	set := t.made(d, call, name+".cookie", "Set-Cookie", jsValue{V: undefined{}, Known: true, doc: d})
	set.Raw = oneLine(d.file.Text(call))
	if cookie.x != nil && cookie.doc != nil && !cookie.absent() {
		set.Place, set.Raw = t.place(cookie.doc, cookie.x), oneLine(cookie.doc.file.Text(cookie.x))
	}
	c.read(cookie)
	set.Value, set.Flags = c.line(), []string{"append"}
	return []checks.Setting{set}
}

// cookieSet makes the setting of res.cookie(name, value, options) and reply.setCookie.
func (a *jsApp) cookieSet(d *jsDoc, x *clike.Expr) []checks.Setting {
	method := x.X.Text
	if method != "cookie" && method != "setCookie" || len(x.List) < 2 || !answerChain(x.X.X) {
		return nil
	}
	set := a.made(d, x, "res.cookie", "Set-Cookie", jsValue{V: undefined{}, Known: true, doc: d})
	set.Raw, set.Flags = oneLine(d.file.Text(x)), []string{"append"}
	name, ok := a.eval(d, x.List[0]).text()
	if !ok {
		set.Origin = checks.OriginDynamic
		return []checks.Setting{set}
	}
	c := jsCookie{name: name}
	options := a.argument(d, x, 2)
	if n, ok := options.get("maxAge").V.(float64); ok && n <= 0 {
		return []checks.Setting{} // it is being deleted
	}
	if text, ok := a.eval(d, x.List[1]).text(); ok && text == "" {
		return []checks.Setting{}
	}
	c.read(options)
	set.Value = c.line()
	return []checks.Setting{set}
}

// answerChain is an answer behind calls such as status(200).
func answerChain(x *clike.Expr) bool {
	return answer(root(x)) || answer(x)
}

// jsCookie is a cookie's attributes. What is not known counts as good: it is not judged.
type jsCookie struct {
	name             string
	httpOnly, secure bool
	sameSite, domain string
	path             string
}

func (c *jsCookie) read(options jsValue) {
	c.path = "/"
	flag := func(key string, on *bool) {
		v := options.get(key)
		holds, known := v.truth()
		switch {
		case v.absent():
		case v.is("auto"), !known:
			*on = true
		default:
			*on = holds
		}
	}
	flag("httpOnly", &c.httpOnly)
	flag("secure", &c.secure)
	if v := options.get("sameSite"); !v.absent() {
		text, ok := v.text()
		switch {
		case v.is(true):
			c.sameSite = "Strict"
		case !ok:
			c.sameSite = "Lax"
		case v.is(false):
		default:
			c.sameSite = text
		}
	}
	if text, ok := options.get("path").text(); ok {
		c.path = text
	}
	if text, ok := options.get("domain").text(); ok {
		c.domain = text
	}
}

// line is the cookie as a header line, without its value.
func (c *jsCookie) line() string {
	out := c.name + "=(value)"
	if c.domain != "" {
		out += "; Domain=" + c.domain
	}
	out += "; Path=" + c.path
	if c.httpOnly {
		out += "; HttpOnly"
	}
	if c.secure {
		out += "; Secure"
	}
	if c.sameSite != "" {
		out += "; SameSite=" + strings.ToUpper(c.sameSite[:1]) + c.sameSite[1:]
	}
	return out
}
