package headers

import (
	"strings"

	"hardcheck/checks"
)

// productFor is the product to write the snippet for: of the configuration, of the joined tree, else what the answer
// tells of its maker.
func productFor(p *checks.Pass, r *response) string {
	if r.layer != "" {
		return productNamed(r.layer, r.place.Path)
	}
	if origins := r.origins; len(origins) > 0 { // fail has sought them
		return productNamed(origins[0].layer, origins[0].scope.Place.Path)
	}
	if name := productOf(r); name != "" || p == nil || p.Site() == nil {
		return name
	}
	return p.Site().Remember(siteProduct{}, func() any {
		x, err := p.Site().Page(p.Context(), p.Site().Paths()[0])
		if err != nil {
			return ""
		}
		return productOf(fetched(x))
	}).(string)
}

// siteProduct is the key of what a site's first page tells of its product.
type siteProduct struct{}

// productNamed is the product of a layer and a file.
func productNamed(layer, file string) string {
	if layer == "netlify" && strings.HasSuffix(file, "_headers") {
		return "_headers"
	}
	return layer
}

// signs tell a product by what its answers carry. Servers stand before frameworks: what is set there holds for every
// answer.
var signs = []struct{ header, holds, product string }{
	{"Server", "openresty", "nginx"}, {"Server", "nginx", "nginx"}, {"Server", "apache", "apache"}, {"Server", "caddy", "caddy"},
	{"Via", "caddy", "caddy"}, {"Server", "netlify", "netlify"}, {"Server", "vercel", "vercel"}, {"Server", "kestrel", "aspnet"},
	{"Server", "microsoft-iis", "iis"}, {"Server", "uvicorn", "fastapi"}, {"Server", "werkzeug", "flask"}, {"X-Powered-By", "next.js", "next"},
	{"X-Powered-By", "express", "express"}, {"X-Powered-By", "asp.net", "iis"}, {"Server", "wsgiserver", "django"},
	{cookieHeader, "csrftoken=", "django"}, {cookieHeader, "connect.sid=", "express"}, {cookieHeader, "jsessionid=", "spring"},
	{cookieHeader, ".aspnetcore.", "aspnet"}, {cookieHeader, "asp.net_sessionid=", "iis"}, {"X-Runtime", ".", "rails"},
}

// productOf guesses the product from an answer; "" for none.
func productOf(r *response) string {
	for _, sign := range signs {
		for _, f := range r.all(sign.header) {
			if strings.Contains(strings.ToLower(f.value), sign.holds) {
				return sign.product
			}
		}
	}
	return ""
}
