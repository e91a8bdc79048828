package headers

// Words for the attributes in calls of the languages.
var (
	pythonWords = map[string]string{withSecure: "secure=True", withHTTPOnly: "httponly=True", withSameSite: `samesite="Lax"`, withPath: `path="/"`, withoutDomain: "domain=None"}
	jsWords     = map[string]string{withSecure: "secure: true", withHTTPOnly: "httpOnly: true", withSameSite: `sameSite: "lax"`, withPath: `path: "/"`, withoutDomain: "domain: undefined"}
	rubyWords   = map[string]string{withSecure: "secure: true", withHTTPOnly: "httponly: true", withSameSite: "same_site: :lax", withPath: `path: "/"`, withoutDomain: "domain: nil"}
	pythonCall  = cookieWay{"#", "", []cookieForm{{`response.set_cookie("{cookie}", value, `, ", ", ")", pythonWords}}, true}
	proxyWords  = []cookieForm{
		{"proxy_cookie_domain ~^\\.?{domain}$ \"\"", "", ";", map[string]string{withoutDomain: ""}},
		{"proxy_cookie_path {path} /", "", ";", map[string]string{withPath: ""}},
		{"proxy_cookie_flags {cookie} ", " ", ";", map[string]string{withSecure: "secure", withHTTPOnly: "httponly", withSameSite: "samesite=lax"}},
	}
)

// cookieProducts are the servers, which change the cookies that pass, and the frameworks.
var cookieProducts = map[string]cookieWays{
	"nginx":         {other: cookieWay{comment: "#", forms: proxyWords}},
	"ingress-nginx": {other: cookieWay{comment: "#", before: "metadata:\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      ", forms: proxyWords}},
	// CGI and PHP put cookies into the table that "always" edits, proxies into the other one.
	"apache": {other: cookieWay{comment: "#", forms: []cookieForm{
		{`Header edit Set-Cookie "^({pattern}=.*?); *[Dd]omain=[^;]*" "$1"`, "", "", map[string]string{withoutDomain: ""}},
		{`Header always edit Set-Cookie "^({pattern}=.*?); *[Dd]omain=[^;]*" "$1"`, "", "", map[string]string{withoutDomain: ""}},
		{`Header edit Set-Cookie "^({pattern}=.*)$" "$1; `, "; ", `"`, attributeWords},
		{`Header always edit Set-Cookie "^({pattern}=.*)$" "$1; `, "; ", `"`, attributeWords},
	}}},
	"caddy": {other: cookieWay{comment: "#", forms: []cookieForm{
		{"header {\n    Set-Cookie \"^({pattern}=.*?); *[Dd]omain=[^;]*\" \"$1\"\n    defer\n}", "", "", map[string]string{withoutDomain: ""}},
		{"header {\n    Set-Cookie \"^({pattern}=.*)$\" \"$1; ", "; ", "\"\n    defer\n}", attributeWords},
	}}},
	"haproxy": {other: cookieWay{comment: "#", forms: []cookieForm{
		{`http-response replace-header Set-Cookie '^({pattern}=.*); *[Dd]omain=[^;]*(.*)$' '\1\2'`, "", "", map[string]string{withoutDomain: ""}},
		{`http-response replace-header Set-Cookie '^({pattern}=.*)$' '\1; `, "; ", "'", attributeWords},
	}}},
	"iis": {other: cookieWay{forms: []cookieForm{{"<httpCookies ", " ", " />", map[string]string{withSecure: `requireSSL="true"`,
		withHTTPOnly: `httpOnlyCookies="true"`, withSameSite: `sameSite="Lax"`, withoutDomain: `domain=""`}}}}},
	"django": {other: pythonCall, own: cookieWay{comment: "#", forms: []cookieForm{{"", "\n", "", map[string]string{withSecure: "{prefix}SECURE = True",
		withHTTPOnly: "{prefix}HTTPONLY = True", withSameSite: `{prefix}SAMESITE = "Lax"`, withPath: `{prefix}PATH = "/"`, withoutDomain: "{prefix}DOMAIN = None"}}}}},
	"flask": {other: pythonCall, own: cookieWay{comment: "#", forms: []cookieForm{{"app.config.update(", ", ", ")", map[string]string{withSecure: "SESSION_COOKIE_SECURE=True",
		withHTTPOnly: "SESSION_COOKIE_HTTPONLY=True", withSameSite: `SESSION_COOKIE_SAMESITE="Lax"`, withPath: `SESSION_COOKIE_PATH="/"`, withoutDomain: "SESSION_COOKIE_DOMAIN=None"}}}}},
	"fastapi": {other: pythonCall, own: cookieWay{comment: "#", whole: true, forms: []cookieForm{{`app.add_middleware(SessionMiddleware, secret_key=os.environ["SESSION_KEY"], `, ", ", ")",
		map[string]string{withSecure: "https_only=True", withSameSite: `same_site="lax"`, withPath: `path="/"`, withoutDomain: "domain=None"}}}}},
	"express": {own: cookieWay{comment: "//", whole: true, forms: []cookieForm{{"cookie: {", ", ", "}", jsWords}}},
		other: cookieWay{comment: "//", whole: true, forms: []cookieForm{{`res.cookie("{cookie}", value, {`, ", ", "});", jsWords}}}},
	"next": {other: cookieWay{comment: "//", whole: true, forms: []cookieForm{{`(await cookies()).set("{cookie}", value, {`, ", ", "});", jsWords}}}},
	"spring": {own: cookieWay{comment: "#", forms: []cookieForm{{"", "\n", "", map[string]string{withSecure: "server.servlet.session.cookie.secure=true",
		withHTTPOnly: "server.servlet.session.cookie.http-only=true", withSameSite: "server.servlet.session.cookie.same-site=lax",
		withPath: "server.servlet.session.cookie.path=/", withoutDomain: "server.servlet.session.cookie.domain="}}}},
		other: cookieWay{comment: "//", whole: true, forms: []cookieForm{{`ResponseCookie.from("{cookie}", value)`, "", ".build()", map[string]string{withSecure: ".secure(true)",
			withHTTPOnly: ".httpOnly(true)", withSameSite: `.sameSite("Lax")`, withPath: `.path("/")`, withoutDomain: ".domain(null)"}}}}},
	"rails": {own: cookieWay{comment: "#", whole: true, forms: []cookieForm{{`Rails.application.config.session_store :cookie_store, key: "{cookie}", `, ", ", "", rubyWords}}},
		other: cookieWay{comment: "#", whole: true, forms: []cookieForm{{`cookies["{cookie}"] = {value: value, `, ", ", "}", rubyWords}}}},
	"aspnet": {own: cookieWay{comment: "//", forms: []cookieForm{{"", "\n", "", map[string]string{withSecure: "options.Cookie.SecurePolicy = CookieSecurePolicy.Always;",
		withHTTPOnly: "options.Cookie.HttpOnly = true;", withSameSite: "options.Cookie.SameSite = SameSiteMode.Lax;", withPath: `options.Cookie.Path = "/";`,
		withoutDomain: "options.Cookie.Domain = null;"}}}},
		other: cookieWay{comment: "//", whole: true, forms: []cookieForm{{`Response.Cookies.Append("{cookie}", value, new CookieOptions { `, ", ", " });", map[string]string{withSecure: "Secure = true",
			withHTTPOnly: "HttpOnly = true", withSameSite: "SameSite = SameSiteMode.Lax", withPath: `Path = "/"`, withoutDomain: "Domain = null"}}}}},
	"php": {own: cookieWay{comment: ";", forms: []cookieForm{{"", "\n", "", map[string]string{withSecure: "session.cookie_secure = On", withHTTPOnly: "session.cookie_httponly = On",
		withSameSite: "session.cookie_samesite = Lax", withPath: "session.cookie_path = /", withoutDomain: `session.cookie_domain = ""`}}}},
		other: cookieWay{comment: "//", whole: true, forms: []cookieForm{{`setcookie("{cookie}", $value, [`, ", ", "]);", map[string]string{withSecure: `"secure" => true`,
			withHTTPOnly: `"httponly" => true`, withSameSite: `"samesite" => "Lax"`, withPath: `"path" => "/"`, withoutDomain: `"domain" => ""`}}}}},
}
