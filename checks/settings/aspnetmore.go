package settings

import (
	"encoding/xml"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// finish adds HSTS: 30 days without subdomains by itself (HstsOptions).
func (a *aspnetApp) finish() {
	if a.hsts == nil {
		return
	}
	text := "max-age=" + strconv.FormatInt(a.age, 10)
	if a.subdomains {
		text += "; includeSubDomains"
	}
	if a.preload {
		text += "; preload"
	}
	a.hsts.Header = "Strict-Transport-Security"
	if !a.hsts.Dynamic() && !a.unknown {
		a.hsts.Value = text
	} else {
		a.hsts.Origin = checks.OriginDynamic
	}
	a.add(*a.hsts)
}

// cookieOptions is the cookie of AddSession and of cookie authentication: HttpOnly and SameSite=Lax by themselves. That of
// a session is not Secure (CookieSecurePolicy.None), that of authentication is where the request is.
func (a *aspnetApp) cookieOptions(x *clike.Expr, name string, secure bool) {
	c := jsCookie{name: name, path: "/", httpOnly: true, secure: secure, sameSite: "Lax"}
	a.options(x, func(path string, at *clike.Expr) {
		text, ok := csText(at.Y)
		switch path {
		case "Cookie.Name":
			if ok {
				c.name = text
			}
		case "Cookie.HttpOnly":
			c.httpOnly = text != "false"
		case "Cookie.SecurePolicy":
			c.secure = text != "None"
		case "Cookie.SameSite":
			c.sameSite = strings.Replace(text, "Unspecified", "", 1)
		}
	})
	set := a.set(x, x.X.Text, c.line(), true)
	set.Header, set.Flags = "Set-Cookie", []string{"append", "session"}
	a.add(set)
}

// cookie is Response.Cookies.Append(name, value, new CookieOptions {...}).
func (a *aspnetApp) cookie(x *clike.Expr) {
	name, ok := csText(x.List[0])
	if !ok || x.List[0].Kind != clike.String {
		return
	}
	c := jsCookie{name: name, path: "/"}
	if len(x.List) > 2 {
		made := x.List[2]
		if made.Kind != clike.New { // a variable: what it holds is not known
			c.secure, c.httpOnly = true, true
		}
		for _, p := range made.Props {
			text, _ := csText(p.Value)
			switch p.Key {
			case "HttpOnly":
				c.httpOnly = text != "false"
			case "Secure":
				c.secure = text != "false"
			case "SameSite":
				c.sameSite = strings.Replace(text, "Unspecified", "", 1)
			case "Domain":
				c.domain = text
			}
		}
	}
	set := a.set(x, "Cookies.Append", c.line(), true)
	set.Header, set.Flags = "Set-Cookie", []string{"append"}
	a.add(set)
}

// corsPolicy is policy => policy.WithOrigins(...).AllowCredentials(). AllowAnyOrigin beside AllowCredentials is refused at
// start, so that nothing is allowed.
func (a *aspnetApp) corsPolicy(x *clike.Expr) {
	var origin *checks.Setting
	credentials := false
	visit := func(e *clike.Expr) bool {
		if e.Kind != clike.Call {
			return true
		}
		set := a.set(e, "cors.origin", nil, true)
		set.Header = "Access-Control-Allow-Origin"
		switch e.X.Text {
		case "AllowAnyOrigin":
			set.Value = "*"
		case "WithOrigins":
			set.Flags, set.Value = []string{matches, varies}, []any{}
			for _, o := range e.List {
				if text, ok := csText(o); ok && text == "*" {
					set.Flags, set.Value = nil, "*"
				} else if !ok || o.Kind != clike.String {
					set.Origin, set.Value = checks.OriginDynamic, nil
				}
			}
		case "SetIsOriginAllowed":
			set.Origin = checks.OriginDynamic
			if len(e.List) == 1 && e.List[0].Kind == clike.Function && e.List[0].X != nil && e.List[0].X.Text == "true" {
				set.Origin, set.Flags = checks.OriginSet, []string{reflects, varies}
			}
		case "AllowCredentials":
			credentials = true
			return true
		default:
			return true
		}
		set.Raw = oneLine(e.X.Text + "(" + a.arguments(e) + ")")
		origin = &set
		return true
	}
	for _, arg := range x.List {
		if arg.Kind == clike.Function {
			clike.Walk(arg.X, visit)
			clike.Each(arg.Body, visit)
		}
	}
	if origin == nil || credentials && origin.Value == "*" {
		return
	}
	a.add(*origin)
	if credentials {
		set := a.set(x, "cors.credentials", "true", true)
		set.Header = "Access-Control-Allow-Credentials"
		a.add(set)
	}
}

func (a *aspnetApp) arguments(x *clike.Expr) string {
	var parts []string
	for _, e := range x.List {
		parts = append(parts, a.doc.file.Text(e))
	}
	return strings.Join(parts, ", ")
}

// maxWebConfig bounds the elements of one web.config.
const maxWebConfig = 20000

// webConfig reads <httpCookies> of a web.config, or nothing where it has none. The headers are those of IIS, which has a
// reader of its own.
func webConfig(f *checks.File) []checks.Setting {
	var out []checks.Setting
	decoder := xml.NewDecoder(strings.NewReader(f.Text()))
	decoder.Strict = false
	for range maxWebConfig {
		token, err := decoder.RawToken()
		if err != nil {
			break
		}
		line, _ := decoder.InputPos()
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "httpCookies" && len(out) < maxAppSettings {
			c := jsCookie{name: "ASP.NET_SessionId", path: "/", httpOnly: true}
			for _, a := range t.Attr {
				switch a.Name.Local {
				case "requireSSL":
					c.secure = a.Value == "true"
				case "sameSite":
					c.sameSite = a.Value
				}
			}
			out = append(out, checks.Setting{Layer: "aspnet", Name: "httpCookies", Header: "Set-Cookie", Value: c.line(), Raw: c.line(), Origin: checks.OriginSet, Scope: "web.config",
				Place: checks.Place{Path: f.Path, Line: line}, Flags: []string{"append", "session"}})
		}
	}
	return out
}
