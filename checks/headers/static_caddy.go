package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

func caddyFront() front {
	return front{layer: "caddy", outer: []string{"site", "handle"}, serves: caddyServes, proxies: caddyProxies, tls: caddyTLS,
		class: caddyClass, apply: caddyApply}
}

var caddyHandlers = []string{"reverse_proxy", "php_fastcgi", "file_server", "templates", "respond"}

func caddyHandles(s *checks.Scope, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		set, ok := s.Get(name)
		return ok && set.Origin != checks.OriginDefault
	})
}

func caddyServes(s *checks.Scope) bool {
	return (s.Kind == "site" || s.Kind == "handle") && caddyHandles(s, caddyHandlers...)
}

func caddyProxies(s *checks.Scope) bool { return caddyHandles(s, "reverse_proxy", "php_fastcgi") }

// caddyTLS follows automatic https: every address with a host name, unless it says http:// or port 80.
func caddyTLS(s *checks.Scope) bool {
	for s.Parent != nil && s.Parent.Kind != "global" {
		s = s.Parent
	}
	if set, ok := s.Get("tls"); ok && set.Origin != checks.OriginDefault {
		return true
	}
	if s.Parent != nil {
		if auto, ok := s.Parent.Get("auto_https"); ok && auto.Text() == "off" {
			return false
		}
	}
	return slices.ContainsFunc(s.All("address"), func(set checks.Setting) bool { return !set.Dynamic() && caddySecure(set.Text()) })
}

func caddySecure(address string) bool {
	address, given := strings.CutPrefix(address, "https://")
	host, _, _ := strings.Cut(address, "/")
	name, port, _ := strings.Cut(host, ":")
	switch {
	case strings.HasPrefix(address, "http:"), port == "80", name == "localhost", strings.HasPrefix(name, "127."):
		return false
	}
	return given || name != "" || port == "443"
}

// caddyClass: what only responds with a fixed text is no page.
func caddyClass(s *checks.Scope) class {
	if !caddyHandles(s, "reverse_proxy", "php_fastcgi", "file_server", "templates") {
		return fixed
	}
	if s.Kind == "site" {
		return htmlPage
	}
	words := strings.Fields(s.Name[strings.LastIndex(s.Name, " / ")+len(" / "):])
	switch {
	case words[0] == "handle_errors":
		return errorDoc
	case len(words) < 2:
		return htmlPage
	}
	return classOfPath(strings.TrimRight(words[1], "*"))
}

// caddyApply runs header directives in order. Without ">" they run before the proxied answer arrives, whose lines are
// then added to them; "?" sets a header only where nothing else did.
func caddyApply(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		if set.Header == "" {
			continue
		}
		f := fieldOf(set)
		f.errorsToo = true
		f.dynamic = f.dynamic || set.Has("edit") || set.Has("conditional") // what it does to this answer is not known
		switch {
		case strings.HasPrefix(set.Name, "header_down "):
			caddyDown(r, f, set)
		case set.Has("remove") && f.dynamic:
		case set.Has("remove"):
			r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return h.name == f.name && (set.Has("defer") || !h.upstream) })
		case set.Has("append"):
			r.add(f)
		case set.Has("if-missing"):
			if len(r.all(f.name)) == 0 {
				r.add(f)
			}
		case set.Has("defer"):
			r.set(f)
		default:
			r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return h.name == f.name && !h.upstream })
			r.add(f)
		}
	}
}

// caddyDown changes what the application sent, before the site's own lines come to it.
func caddyDown(r *response, f field, set checks.Setting) {
	f.upstream = true
	if !set.Has("append") {
		r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return h.name == f.name && h.upstream })
	}
	if !set.Has("remove") {
		r.add(f)
	}
}
