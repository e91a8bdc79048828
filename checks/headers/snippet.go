package headers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// product is how a server or framework is told to send a header. In templates {header} and {value} stand for the two,
// {quoted} for the value in double quotes, {cookie} for a cookie's name and {flags} for what it lacks.
type product struct {
	comment string // what begins a comment; "" where there is none
	set     string
	// replace is for a header that the application behind it sends too; "" where set replaces it.
	replace string
	remove  string
	own     map[string]string // by header: a setting of the product's own, which is better than the template
}

// snippet is what to paste into the configuration that the finding is about.
func snippet(p *checks.Pass, r *response, i issue) string {
	name := productFor(p, r)
	made, known := products[name]
	if !known {
		made, known = appProducts[name]
	}
	if !known {
		name, made = "", plainHTTP
	}
	header := headerOf(r, i)
	text := made.text(r, i, header)
	if text == "" {
		return ""
	}
	var notes []string
	if at := name + r.pasteAt(i); name != "" {
		notes = append(notes, at)
	}
	if hint := hints[header]; hint != "" && !isRemoval(r, header) {
		notes = append(notes, hint)
	}
	var b strings.Builder
	for _, note := range notes {
		if made.comment != "" {
			b.WriteString(made.comment + " " + note + "\n")
		}
	}
	return b.String() + text
}

// paste is the snippet for a header of a scope, for findings that no response is judged for.
func paste(s *checks.Scope, header string) string {
	return snippet(nil, &response{layer: s.Layer, place: s.Place}, issue{header: header})
}

// text fills the template that the header needs; "" where there is nothing to paste.
func (made product) text(r *response, i issue, header string) string {
	template, value := made.set, recommended[header]
	switch {
	case made.own[header] != "":
		template = made.own[header]
	case header == cookieHeader || header == acaoHeader || header == locationHeader:
		return ""
	case isRemoval(r, header):
		template = made.remove
	case value == "":
		return ""
	case made.replace != "" && r.fromBehind(header):
		template = made.replace
	}
	flags := []string{"secure"}
	if strings.HasPrefix(i.rule, "session") || strings.HasPrefix(i.rule, "samesite") {
		flags = append(flags, "httponly", "samesite=lax")
	}
	return strings.NewReplacer("{header}", header, "{snake}", strings.ReplaceAll(strings.ToLower(header), "-", "_"), "{value}", value, "{quoted}", strconv.Quote(value),
		"{cookie}", cookieIn(i.attribute), "{flags}", strings.Join(flags, " "), "{attributes}", strings.Join(flags, "; ")).Replace(template)
}

// fromBehind reports whether an application sends the header, or may: of a live answer only the server's own lines in a
// tree tell that it does not.
func (r *response) fromBehind(header string) bool {
	lines := r.all(header)
	if r.live && len(lines) > 0 {
		return len(r.origins) == 0 || layers(r.origins[0].all(header)) > 1 || len(r.origins[0].all(header)) == 0
	}
	return slices.ContainsFunc(lines, func(f field) bool { return f.upstream })
}

// isRemoval reports whether the header is there and should go.
func isRemoval(r *response, header string) bool {
	return recommended[header] == "" && len(r.all(header)) > 0 && (slices.Contains(telling, header) || slices.Contains(outdated, header))
}

// outdated are headers that browsers ignore or that do harm.
var outdated = []string{"X-Xss-Protection", "Expect-Ct", "Public-Key-Pins", "Public-Key-Pins-Report-Only", "Feature-Policy", "Pragma", "P3p",
	"X-Ua-Compatible", "X-Content-Security-Policy", "X-Webkit-Csp", "X-Download-Options", "Via"}

const (
	cookieHeader   = "Set-Cookie"
	locationHeader = "Location"
)

// headerOf is the header that an issue is about: its attribute may be a directive, a feature or a cookie.
func headerOf(r *response, i issue) string {
	name := canonical(i.attribute)
	_, known := recommended[name]
	switch {
	case known, len(r.all(name)) > 0, slices.Contains(joined, name), name == acaoHeader, name == cookieHeader:
		return name
	case i.attribute == "Vary":
		return acaoHeader
	}
	return i.header
}

var cookieName = regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`)

// cookieIn is the name of a cookie as it may stand in a configuration; what came from the site is not trusted there.
func cookieIn(name string) string {
	if cookieName.MatchString(name) {
		return name
	}
	return "NAME"
}

// pasteAt says where: in the block of a configuration, in place of a line of it.
func (r *response) pasteAt(i issue) string {
	switch {
	case i.place.Path != "" && i.place != r.place:
		return ", in place of " + i.place.String()
	case r.place.Path != "":
		return ", in " + r.place.String()
	case len(r.origins) > 0:
		return ", in " + r.origins[0].scope.Place.String()
	}
	return ""
}

// productFor is the product to write the snippet for: of the configuration, of the joined tree, else what the answer
// tells of its maker.
func productFor(p *checks.Pass, r *response) string {
	if r.layer != "" {
		return productNamed(r.layer, r.place.Path)
	}
	if origins := r.origins; len(origins) > 0 { // fail has sought them
		return productNamed(origins[0].layer, origins[0].scope.Place.Path)
	}
	if len(r.headers) == 0 && p != nil && p.Site() != nil {
		if x, err := p.Site().Page(p.Context(), p.Site().Paths()[0]); err == nil {
			return productOf(fetched(x))
		}
	}
	return productOf(r)
}

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
