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

func caddyServes(s *checks.Scope) bool {
	if s.Kind != "site" && s.Kind != "handle" {
		return false
	}
	for _, name := range []string{"reverse_proxy", "file_server", "php_fastcgi", "respond", "templates"} {
		set, ok := s.Get(name)
		if ok && set.Origin != checks.OriginDefault && set.Value != false && (s.Kind == "site" || !set.Inherited) {
			return true
		}
	}
	return false
}

func caddyProxies(s *checks.Scope) bool {
	set, ok := s.Get("reverse_proxy")
	fcgi, php := s.Get("php_fastcgi")
	return ok && set.Origin != checks.OriginDefault && set.Value != false || php && fcgi.Origin != checks.OriginDefault
}

// caddyTLS follows automatic https: every address with a host name, unless it says http:// or port 80.
func caddyTLS(s *checks.Scope) bool {
	for s.Parent != nil && s.Parent.Kind != "global" {
		s = s.Parent
	}
	if set, ok := s.Get("tls"); ok && set.Origin == checks.OriginSet {
		return true
	}
	for _, address := range strings.FieldsFunc(strings.TrimPrefix(s.Name, "site "), func(c rune) bool { return c == ',' || c == ' ' }) {
		if caddySecure(address) {
			return true
		}
	}
	return false
}

func caddySecure(address string) bool {
	address, _, _ = strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	return !strings.Contains(address, "://") && !strings.HasPrefix(address, ":") && !strings.HasSuffix(address, ":80") ||
		strings.HasSuffix(address, ":443")
}

func caddyClass(s *checks.Scope) class {
	if s.Kind == "site" {
		return htmlPage
	}
	words := strings.Fields(s.Name[strings.LastIndex(s.Name, " / ")+1:])
	return classOfPath(strings.TrimRight(words[len(words)-1], "*"))
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
		switch {
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
