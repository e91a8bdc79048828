package headers

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func nginxFront() front {
	return front{layer: "nginx", outer: []string{"server", "location"}, serves: nginxServes, proxies: nginxProxies,
		tls: nginxTLS, class: nginxClass, apply: nginxApply, lost: nginxLost, errorPages: nginxErrorPages}
}

var nginxHandlers = []string{"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass"}

func nginxProxies(s *checks.Scope) bool {
	return slices.ContainsFunc(nginxHandlers, func(name string) bool { _, ok := s.Get(name); return ok })
}

// nginxServes reports whether requests end there with content. A server does only where no location takes them all.
func nginxServes(s *checks.Scope) bool {
	if s.Kind != "server" && s.Kind != "location" && !nginxBranch(s) || nginxAway(s) {
		return false
	}
	if strings.Contains(s.Name, "/.well-known/") {
		return false // tokens and records for machines, such as those that prove a host to a certificate authority
	}
	for _, name := range []string{"stub_status", "internal", "grpc_pass"} {
		if _, ok := s.Get(name); ok {
			return false
		}
	}
	if nginxProxies(s) {
		return true
	}
	if _, ok := s.Get("return"); ok {
		return true // with content, or nginxAway had said so
	}
	_, root := s.Get("root")
	_, alias := s.Get("alias")
	return root || alias
}

// nginxBranch reports whether the scope is an if in a location that has header directives of its own and so answers
// with other headers than the location. A browser sends no Origin to open a page, and no method but GET.
func nginxBranch(s *checks.Scope) bool {
	condition := s.Name[strings.LastIndex(s.Name, "if ")+1:]
	if strings.Contains(condition, "$http_origin") || strings.Contains(condition, "$request_method") {
		return false
	}
	return s.Kind == "if" && s.Parent != nil && s.Parent.Kind == "location" && nginxOwnHeaders(s) && nginxServes(s.Parent)
}

func nginxOwnHeaders(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return strings.HasPrefix(set.Name, "add_header ") && !set.Inherited
	})
}

// nginxAway reports whether the scope answers every request with a redirect, an error, or nothing.
func nginxAway(s *checks.Scope) bool {
	if set, ok := s.Get("return"); ok {
		return nginxStatus(set) != 200
	}
	return slices.ContainsFunc(s.All("rewrite"), func(set checks.Setting) bool {
		pattern, to, _ := strings.Cut(set.Raw, " ")
		return slices.Contains([]string{"^", ".*", "^.*", "^(.*)$", "^(.*)", "^/(.*)", "^/(.*)$"}, strings.Trim(pattern, `"'`)) &&
			(strings.HasPrefix(to, "http") || strings.HasSuffix(to, "permanent") || strings.HasSuffix(to, "redirect"))
	})
}

// nginxStatus is the status of a return directive; a URL alone means 302.
func nginxStatus(set checks.Setting) int {
	code, _, _ := strings.Cut(set.Raw, " ")
	n, err := strconv.Atoi(code)
	if err != nil {
		return 302
	}
	return n
}

func nginxTLS(s *checks.Scope) bool {
	return slices.ContainsFunc(s.All("listen"), listensTLS)
}

func listensTLS(listen checks.Setting) bool {
	words := strings.Fields(listen.Raw)
	return len(words) > 0 && (slices.Contains(words[1:], "ssl") || slices.Contains(words[1:], "quic") ||
		words[0] == "443" || strings.HasSuffix(words[0], ":443"))
}

// nginxClass guesses what a location serves from its pattern; what is not plainly something else is pages.
func nginxClass(s *checks.Scope) class {
	if set, ok := s.Get("return"); ok && set.Origin == checks.OriginSet {
		if t, ok := s.Get("add_header Content-Type"); ok {
			return classOfType(t.Text())
		}
		if t, ok := s.Get("default_type"); ok {
			return classOfType(t.Text())
		}
		return fixed // text/plain
	}
	at := strings.LastIndex(s.Name, "location ")
	if at < 0 {
		return htmlPage
	}
	name, _, _ := strings.Cut(s.Name[at:], " / if ")
	_, pattern, _ := strings.Cut(name, " ")
	return classOfPath(strings.TrimSpace(strings.TrimLeft(pattern, "=~*^ ")))
}

// assetWords are extensions and directories of what no browser shows as a page.
var assetWords = []string{"css", "js", "mjs", "map", "png", "jpg", "jpeg", "jpe?g", "jpg|jpeg", "gif", "ico", "webp", "avif", "svg", "svgz",
	"woff", "woff2", "woff2?", "ttf", "eot", "otf", "mp4", "webm", "mp3", "pdf", "zip", "gz", "txt", "xml", "json", "wasm", "webmanifest",
	"ogg", "ogv", "cur", "htc", "mid", "midi", "wav", "bmp", "rtf", "tiff", "less", "scss", "swf", "flv", "m4a", "aac", "mpe?g", "avi", "bz2", "tgz", "rar", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "tar", "exe", "csv", "jp?g"}

var assetDirs = []string{"static", "assets", "css", "js", "img", "images", "fonts", "icons", "favicon.ico", "robots.txt", "_next", "dist", "build"}

// classOfPath reads a location's pattern: "/static/", "\.(css|js|png)$", "/api/", "/favicon.ico".
func classOfPath(pattern string) class {
	p := strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(pattern, "^"), "/"), "/$")
	if i := strings.LastIndex(p, `\.`); i >= 0 {
		words := strings.Split(strings.Trim(strings.ReplaceAll(p[i+2:], "?:", ""), "()"), "|")
		if !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(assetWords, strings.Trim(w, "()")) }) {
			return static
		}
		return htmlPage
	}
	first, _, _ := strings.Cut(p, "/")
	switch ext := strings.TrimPrefix(path.Ext(p), "."); {
	case slices.Contains(assetDirs, first), ext != "" && slices.Contains(assetWords, ext):
		return static
	case first == "media", first == "uploads", first == "upload", first == "files", first == "downloads":
		return download
	case first == "api", first == "graphql":
		return jsonAnswer
	}
	return htmlPage
}

// nginxSafe are the statuses that directives without "always" work on (ngx_http_headers_module).
var nginxSafe = []int{200, 201, 204, 206, 301, 302, 303, 304, 307, 308}

// nginxApply follows the order of nginx's filters: what a proxied answer may pass, then expires, which replaces, then
// add_header, which adds, then the directives of headers-more, which replace and remove.
func nginxApply(s *checks.Scope, r *response) {
	nginxPass(s, r)
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = set.Has("always")
		if !f.errorsToo && !slices.Contains(nginxSafe, r.code()) {
			continue
		}
		switch {
		case strings.HasPrefix(set.Name, "expires "):
			r.set(f)
		case strings.HasPrefix(set.Name, "add_header ") && (f.name == "Etag" || f.name == "Last-Modified"):
			r.set(f)
		}
	}
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = set.Has("always")
		plain := f.name != "Etag" && f.name != "Last-Modified" && (f.value != "" || f.dynamic) // an empty value adds nothing
		if strings.HasPrefix(set.Name, "add_header ") && plain && (f.errorsToo || slices.Contains(nginxSafe, r.code())) {
			r.add(f)
		}
	}
	for _, set := range s.Settings {
		if strings.HasPrefix(set.Name, "more_") && nginxMoreWorks(set, r) {
			nginxMore(set, r)
		}
	}
}

// nginxPass removes the lines of the application that its protocol's hide_header names, and those that nginx never
// passes on unless told to (ngx_http_proxy_module).
func nginxPass(s *checks.Scope, r *response) {
	passed := func(protocol, name string) bool {
		_, ok := s.Get(protocol + "_pass_header " + name)
		return ok
	}
	for _, handler := range nginxHandlers {
		if _, ok := s.Get(handler); !ok {
			continue
		}
		protocol := strings.TrimSuffix(handler, "_pass")
		for _, set := range s.Settings {
			if strings.HasPrefix(set.Name, protocol+"_hide_header ") && !passed(protocol, set.Header) {
				r.remove(set.Header)
			}
		}
		if protocol == "proxy" && !passed(protocol, "Server") {
			r.remove("Server")
		}
	}
}

// nginxMoreWorks reports whether a directive of headers-more works on the response, by its lists of statuses and types.
func nginxMoreWorks(set checks.Setting, r *response) bool {
	for _, flag := range set.Flags {
		if list, ok := strings.CutPrefix(flag, "status="); ok && !slices.Contains(strings.Fields(list), strconv.Itoa(r.code())) {
			return false
		}
		if list, ok := strings.CutPrefix(flag, "type="); ok && r.class == htmlPage && !slices.Contains(strings.Fields(list), "text/html") {
			return false
		}
	}
	return true
}

func nginxMore(set checks.Setting, r *response) {
	f := fieldOf(set)
	f.errorsToo = set.Has("always")
	f.dynamic = f.dynamic || set.Has("conditional") && r.class != htmlPage && slices.ContainsFunc(set.Flags, isTypeList)
	prefix, wild := strings.CutSuffix(set.Header, "*")
	switch {
	case set.Has("remove"), f.value == "" && !f.dynamic:
		r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return h.name == f.name || wild && strings.HasPrefix(h.name, prefix) })
	case set.Has("append"):
		r.add(f)
	case !set.Has("present") || len(r.all(f.name)) > 0:
		r.set(f)
	}
}

func isTypeList(flag string) bool { return strings.HasPrefix(flag, "type=") }

// nginxLost finds the headers that a block around the scope sets and the scope lacks: add_header in an inner block, an
// empty one too, or add_header_inherit off ends the inheritance.
func nginxLost(s *checks.Scope) []field {
	var out []field
	for outer := s.Parent; outer != nil; outer = outer.Parent {
		for _, set := range outer.Settings {
			if _, here := s.Get(set.Name); strings.HasPrefix(set.Name, "add_header ") && !here {
				out = append(out, fieldOf(set))
			}
		}
	}
	return out
}
