package settings

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// aspnetReader reads ASP.NET Core applications (Program.cs, Startup.cs and what they call) and <httpCookies> of
// web.config. One scope per project, of what holds outside development.
func aspnetReader() reader {
	return reader{layer: "aspnet", hints: []string{"web.config", "program.cs", "startup.cs"}, wants: wantsASPNET, read: readASPNET, resolve: resolveASPNET}
}

func wantsASPNET(e *checks.Entry) bool {
	return e.Size <= maxScriptSize && (e.Ext() == ".cs" || strings.EqualFold(e.Name(), "web.config"))
}

var aspnetMarks = marks("WebApplication.Create", "IApplicationBuilder", "UseHsts", "AddCors", "CookieOptions", ".Headers", "Cookies.Append", "AddSession", "UseDeveloperExceptionPage")

// aspnetDoc is a source file, or the settings of a web.config.
type aspnetDoc struct {
	path string
	file *clike.File
	iis  []checks.Setting
}

func readASPNET(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	if f.Ext() != ".cs" {
		if sets := webConfig(f); sets != nil {
			return &aspnetDoc{path: f.Path, iis: sets}, nil
		}
		return nil, nil
	}
	if !slices.ContainsFunc(aspnetMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return nil, nil
	}
	return &aspnetDoc{path: f.Path, file: clike.Of(f, clike.CSharp)}, nil
}

// aspnetApp is one project.
type aspnetApp struct {
	scope      *checks.Scope
	doc        *aspnetDoc
	hsts       *checks.Setting
	age        int64
	subdomains bool
	preload    bool
	unknown    bool // HstsOptions hold what is not known
	depth      int
}

const maxASPNETApps = 200

func resolveASPNET(docs []document) ([]*checks.Scope, []checks.Problem) {
	var out []*checks.Scope
	for _, document := range docs {
		d := document.value.(*aspnetDoc)
		if len(out) == maxASPNETApps {
			break
		}
		if d.iis != nil {
			out = append(out, &checks.Scope{Layer: "aspnet", Kind: "iis", Name: "web.config", Place: checks.Place{Path: d.path, Line: 1}, Settings: d.iis})
			continue
		}
		if base := path.Base(d.path); base != "Program.cs" && base != "Startup.cs" || !strings.Contains(d.file.Source, "WebApplication") && !strings.Contains(d.file.Source, "IApplicationBuilder") {
			continue
		}
		app := &aspnetApp{age: 2592000, scope: &checks.Scope{Layer: "aspnet", Kind: "app", Name: "application", Place: checks.Place{Path: d.path, Line: 1}}}
		app.add(checks.Setting{Layer: "aspnet", Name: "Kestrel.AddServerHeader", Header: "Server", Value: "Kestrel", Raw: "true", Origin: checks.OriginDefault, Place: app.scope.Place})
		dir := path.Dir(d.path)
		for _, other := range docs {
			o := other.value.(*aspnetDoc)
			if o.file != nil && (path.Dir(o.path) == dir || dir == "." || strings.HasPrefix(o.path, dir+"/")) {
				app.doc = o
				app.block(o.file.Body, o == d || strings.HasSuffix(o.path, "Startup.cs"))
			}
		}
		app.finish()
		out = append(out, app.scope)
	}
	return out, nil
}

func (a *aspnetApp) add(set checks.Setting) {
	if len(a.scope.Settings) < maxAppSettings {
		set.Scope = a.scope.Name
		a.scope.Settings = append(a.scope.Settings, set)
	}
}

func (a *aspnetApp) set(at *clike.Expr, name string, v any, known bool) checks.Setting {
	set := checks.Setting{Layer: "aspnet", Name: name, Value: v, Raw: oneLine(a.doc.file.Text(at)), Origin: checks.OriginSet, Place: checks.Place{Path: a.doc.path}}
	set.Place.Line, set.Place.Column = a.doc.file.Position(at.Head())
	set.Place.EndLine, set.Place.EndColumn = a.doc.file.Position(at.End)
	if !known {
		set.Value, set.Origin = nil, checks.OriginDynamic
	}
	return set
}

// block follows statements. certain: they run for every answer.
func (a *aspnetApp) block(body []*clike.Stmt, certain bool) {
	if a.depth++; a.depth > maxJSFollows {
		a.depth--
		return
	}
	for _, s := range body {
		switch {
		case s.Kind == clike.If:
			text := a.doc.file.Text(s.X)
			development := strings.Contains(text, "IsDevelopment()") || strings.Contains(text, "IsProduction()")
			in := strings.HasPrefix(strings.TrimSpace(text), "!") != strings.Contains(text, "IsProduction()")
			if !development || in {
				a.block(s.Body, certain && development)
			}
			if !development || !in {
				a.block(s.Else, certain && development)
			}
			continue
		case s.Kind == clike.Block:
			certain = certain && !s.Maybe
		}
		if s.X != nil {
			a.expression(s.X, certain)
		}
		a.block(s.Body, certain)
	}
	a.depth--
}

func (a *aspnetApp) expression(x *clike.Expr, certain bool) {
	clike.Walk(x, func(x *clike.Expr) bool {
		switch x.Kind {
		case clike.Function:
			if x.X != nil {
				a.expression(x.X, certain)
			}
			a.block(x.Body, certain)
			return false
		case clike.Assign:
			a.assigned(x, certain)
		case clike.Call:
			a.called(x, certain)
		}
		return true
	})
}

// csText is a constant: a text, a number, true or false, or the last word of an enumeration's member.
func csText(x *clike.Expr) (string, bool) {
	switch x.Kind {
	case clike.String, clike.Number:
		return x.Text, true
	case clike.Name:
		return x.Text, x.Text == "true" || x.Text == "false"
	case clike.Member:
		return x.Text, true
	case clike.Binary:
		a, ok := csText(x.X)
		b, also := csText(x.Y)
		return a + b, ok && also && x.Text == "+" && len(a)+len(b) < maxJSText
	case clike.New:
		if len(x.List) == 1 { // new StringValues("x")
			return csText(x.List[0])
		}
	}
	return "", false
}

// typedHeaders are properties of IHeaderDictionary whose names are not the header's own without hyphens.
var typedHeaders = map[string]string{"XXSSProtection": "X-Xss-Protection", "XUACompatible": "X-Ua-Compatible", "ContentSecurityPolicy": "Content-Security-Policy",
	"ContentSecurityPolicyReportOnly": "Content-Security-Policy-Report-Only", "StrictTransportSecurity": "Strict-Transport-Security", "XContentTypeOptions": "X-Content-Type-Options",
	"XFrameOptions": "X-Frame-Options", "XPoweredBy": "X-Powered-By", "AccessControlAllowOrigin": "Access-Control-Allow-Origin", "CacheControl": "Cache-Control",
	"AccessControlAllowCredentials": "Access-Control-Allow-Credentials", "Server": "Server"}

// responseHeader reports context.Response.Headers.
func (a *aspnetApp) responseHeader(x *clike.Expr) bool {
	text := a.doc.file.Text(x)
	return strings.HasSuffix(text, "Response.Headers") || text == "headers" || strings.HasSuffix(text, "response.Headers")
}

func (a *aspnetApp) header(at *clike.Expr, name, value *clike.Expr, certain bool, flag string) {
	key, ok := csText(name)
	if name.Kind == clike.Member {
		key, ok = typedHeaders[name.Text], typedHeaders[name.Text] != "" // HeaderNames.XFrameOptions
	}
	if !ok || !httpguts.ValidHeaderFieldName(key) {
		return
	}
	text, known := "", true
	if value != nil {
		text, known = csText(value)
	}
	set := a.set(at, "header "+http.CanonicalHeaderKey(key), text, known)
	set.Header = http.CanonicalHeaderKey(key)
	if flag != "" {
		set.Flags = append(set.Flags, flag)
	}
	if flag == "remove" {
		set.Value = nil
	}
	if !certain {
		set.Flags = append(set.Flags, "conditional")
	}
	if value != nil && set.Header == "Access-Control-Allow-Origin" && strings.Contains(a.doc.file.Text(value), "Request.Headers") && strings.Contains(a.doc.file.Text(value), "Origin") {
		set.Origin, set.Value, set.Flags = checks.OriginSet, nil, append(set.Flags, reflects)
	}
	a.add(set)
}

func (a *aspnetApp) assigned(x *clike.Expr, certain bool) {
	switch target := x.X; {
	case target.Kind == clike.Index && a.responseHeader(target.X):
		a.header(x, target.Y, x.Y, certain, "")
	case target.Kind == clike.Member && a.responseHeader(target.X) && typedHeaders[target.Text] != "":
		a.header(x, &clike.Expr{Kind: clike.String, Text: typedHeaders[target.Text]}, x.Y, certain, "")
	case target.Kind == clike.Member && target.Text == "AddServerHeader" && x.Y.Text == "false":
		set := a.set(x, "Kestrel.AddServerHeader", false, true)
		set.Header, set.Flags = "Server", []string{"remove"}
		a.add(set)
	}
}

func (a *aspnetApp) called(x *clike.Expr, certain bool) {
	name := x.X.Text
	switch name {
	case "Append", "Add", "TryAdd", "Remove":
		if x.X.Kind == clike.Member && a.responseHeader(x.X.X) && len(x.List) > 0 {
			a.headerMethod(x, name, certain)
		} else if x.X.Kind == clike.Member && strings.HasSuffix(a.doc.file.Text(x.X.X), "Response.Cookies") && name == "Append" && len(x.List) >= 2 {
			a.cookie(x)
		}
	case "UseHsts":
		set := a.set(x, "UseHsts", nil, certain)
		a.hsts = &set
	case "AddHsts":
		a.options(x, a.hstsOption)
	case "UseHttpsRedirection", "UseDeveloperExceptionPage", "UseStaticFiles":
		a.add(a.set(x, name, true, certain))
		if name == "UseStaticFiles" {
			a.add(a.set(x, "pages", true, true))
		}
	case "AddControllersWithViews", "AddRazorPages", "MapRazorPages", "AddMvc", "AddRazorComponents", "AddServerSideBlazor", "MapFallbackToFile":
		a.add(a.set(x, "pages", true, true))
	case "UseSecurityHeaders", "UseSecureHeadersMiddleware", "UseCsp", "UseXfo", "UseXContentTypeOptions", "UseReferrerPolicy", "UseXXssProtection":
		set := a.set(x, "use "+name, nil, false)
		set.Flags = []string{"unknown"}
		a.add(set)
	case "AddSession":
		a.cookieOptions(x, ".AspNetCore.Session", false)
	case "AddCookie", "ConfigureApplicationCookie":
		a.cookieOptions(x, ".AspNetCore.Cookies", true)
	case "AddPolicy", "AddDefaultPolicy", "UseCors":
		a.corsPolicy(x)
	}
}

func (a *aspnetApp) headerMethod(x *clike.Expr, name string, certain bool) {
	switch {
	case name == "Remove":
		a.header(x, x.List[0], nil, certain, "remove")
	case len(x.List) == 2:
		a.header(x, x.List[0], x.List[1], certain, map[string]string{"Append": "append", "TryAdd": "if-missing"}[name])
	}
}

// options shows the assignments in a lambda: options => { options.MaxAge = x; }.
func (a *aspnetApp) options(x *clike.Expr, visit func(path string, at *clike.Expr)) {
	for _, arg := range x.List {
		if arg.Kind != clike.Function {
			continue
		}
		show := func(e *clike.Expr) bool {
			if e.Kind == clike.Assign && e.X.Kind == clike.Member {
				_, path, _ := strings.Cut(a.doc.file.Text(e.X), ".")
				visit(path, e)
			}
			return true
		}
		clike.Each(arg.Body, show)
		clike.Walk(arg.X, show)
	}
}

func (a *aspnetApp) hstsOption(path string, at *clike.Expr) {
	switch path {
	case "MaxAge":
		a.age, a.unknown = 0, true
		if at.Y.Kind == clike.Call && len(at.Y.List) == 1 && at.Y.List[0].Kind == clike.Number {
			n, ok := seconds(strings.ReplaceAll(at.Y.List[0].Text, "_", ""))
			unit := map[string]int64{"FromDays": 86400, "FromHours": 3600, "FromMinutes": 60, "FromSeconds": 1}[at.Y.X.Text]
			a.age, a.unknown = n*unit, !ok || unit == 0 || n > 1<<31
		}
	case "IncludeSubDomains":
		a.subdomains = at.Y.Text == "true"
	case "Preload":
		a.preload = at.Y.Text == "true"
	}
}
