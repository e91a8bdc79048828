package testdata

import (
	"io"
	"net/http"
)

// Site answers as the sample service would once deployed.
func Site(name string) http.Handler {
	if name == "hardened" {
		return http.HandlerFunc(hardenedSite)
	}
	return http.HandlerFunc(neglectedSite)
}

const page = `<!DOCTYPE html><html lang="en"><head><title>Shop</title></head><body><h1>Shop</h1></body></html>`

const neglectedPage = `<!DOCTYPE html><html lang="en"><head><title>Shop</title><script src="https://cdn.example.net/shop.js"></script></head>
<body><h1>Shop</h1><form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>`

var hardenedHeaders = map[string]string{
	"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
	"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; report-to csp",
	"Reporting-Endpoints":          `csp="https://shop.example/csp-reports"`,
	"X-Frame-Options":              "DENY",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "strict-origin-when-cross-origin",
	"Permissions-Policy":           "camera=(), microphone=(), geolocation=()",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Server":                       "nginx",
}

func hardenedSite(w http.ResponseWriter, r *http.Request) {
	for name, value := range hardenedHeaders {
		w.Header().Set(name, value)
	}
	if r.URL.Path != "/" {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Add("Set-Cookie", "__Host-session=8f0c2ab94d17e6; Path=/; Secure; HttpOnly; SameSite=Lax")
	io.WriteString(w, page)
}

// neglectedTrace is the debug page of a framework that runs with debug mode on.
const neglectedTrace = `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/starlette/middleware/errors.py", line 165, in __call__
    await self.app(scope, receive, _send)
  File "/srv/shop/app/main.py", line 41, in missing
    return pages[name]
KeyError: 'missing'
`

func neglectedSite(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Server", "nginx/1.22.1")
	h.Set("X-Powered-By", "PHP/8.1.2")
	h.Set("X-Frame-Options", "ALLOW-FROM https://partner.example")
	h.Set("X-Content-Type-Options", "sniff")
	h.Set("Referrer-Policy", "unsafe-url")
	h.Set("Permissions-Policy", "camera=*, microphone=*")
	h.Set("Cross-Origin-Opener-Policy", "same_origin")
	h.Set("Content-Security-Policy", "script-src 'self' 'unsafe-inline' *")
	h.Set("X-XSS-Protection", "1; mode=block")
	h.Set("Origin-Agent-Cluster", "1")
	h.Set("Clear-Site-Data", "cookies")
	if origin := r.Header.Get("Origin"); origin != "" {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	switch r.URL.Path {
	case "/":
		h.Set("Content-Type", "text/html")
		h.Add("Set-Cookie", "session=eyJ1c2VyIjoiYW5hIn0.Zr8xQw.k2; Path=/; SameSite=None")
		io.WriteString(w, neglectedPage)
	case "/.git/HEAD":
		h.Set("Content-Type", "text/plain")
		io.WriteString(w, "ref: refs/heads/main\n")
	case "/.env":
		h.Set("Content-Type", "text/plain")
		io.WriteString(w, "SHOP_ENV=production\nAPI_TOKEN=9f8b"+"2c47d1e05a6b93c8f7e21d4b60a5\n")
	case "/openapi.json":
		h.Set("Content-Type", "application/json")
		io.WriteString(w, `{"openapi":"3.1.0","info":{"title":"Shop","version":"1"},"paths":{"/login":{},"/upload":{}}}`)
	default:
		h.Del("X-Content-Type-Options") // errors are answered outside the handler that sets it
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusInternalServerError)
		io.WriteString(w, neglectedTrace)
	}
}
