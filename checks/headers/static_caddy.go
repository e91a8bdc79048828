package headers

import (
	"regexp"
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

// caddyApply runs header directives in order: those that work at once, on an answer that is still empty; then the
// proxied answer's lines come to it, as header_down leaves them; then those that work when the answer is written, which
// an error that Caddy itself raises goes without.
func caddyApply(s *checks.Scope, r *response) {
	upstream := r.headers
	for _, set := range s.Settings {
		if strings.HasPrefix(set.Name, "header_down ") {
			upstream = caddyEdit(set, true, upstream)
		}
	}
	var lines []field
	arrived := false
	for _, set := range s.Settings {
		if !strings.HasPrefix(set.Name, "header ") {
			continue
		}
		late := set.Has("defer") || set.Has("if-missing")
		if late && !arrived {
			lines, arrived = append(lines, upstream...), true
		}
		holds, known := caddyHolds(set, s)
		if late && r.made || known && !holds {
			continue
		}
		lines = caddyEdit(set, known, lines)
	}
	if !arrived {
		lines = append(lines, upstream...)
	}
	r.headers = lines
}

// caddyEdit does to the lines what one setting says.
func caddyEdit(set checks.Setting, known bool, lines []field) []field {
	f := fieldOf(set)
	f.errorsToo = true // on those of the application
	f.upstream = strings.HasPrefix(set.Name, "header_down ")
	f.dynamic = f.dynamic || !known
	here := slices.ContainsFunc(lines, func(h field) bool { return h.name == f.name })
	switch {
	case !known:
		return append(lines, f)
	case set.Has("remove"):
		prefix, wild := strings.CutSuffix(f.name, "*")
		return slices.DeleteFunc(lines, func(h field) bool { return h.name == f.name || wild && strings.HasPrefix(h.name, prefix) })
	case set.Has("edit"):
		return caddyReplace(set, f.name, lines)
	case set.Has("if-missing") && here:
		return lines
	case set.Has("append"):
		return append(lines, f)
	}
	return append(without(lines, f.name), f)
}

// caddyReplace replaces every match of the pattern in the lines of that name.
func caddyReplace(set checks.Setting, name string, lines []field) []field {
	args := set.List()
	var re *regexp.Regexp
	if len(args) == 2 && !set.Dynamic() {
		re, _ = regexp.Compile(args[0])
	}
	for i, h := range lines {
		switch {
		case h.name != name || h.dynamic:
		case re == nil:
			lines[i].value, lines[i].dynamic = "", true
		default:
			lines[i].value = re.ReplaceAllString(h.value, args[1])
		}
	}
	return lines
}

// caddyHolds reports whether a setting's matcher is met in the scope, where it is one of paths.
func caddyHolds(set checks.Setting, s *checks.Scope) (holds, known bool) {
	if !set.Has("conditional") {
		return true, true
	}
	at := slices.IndexFunc(set.Flags, func(flag string) bool { return strings.HasPrefix(flag, "path=") })
	if at < 0 {
		return false, false
	}
	here := caddyStem(s)
	known = true
	for pattern := range strings.FieldsSeq(strings.TrimPrefix(set.Flags[at], "path=")) {
		prefix, wild := strings.CutSuffix(pattern, "*")
		switch {
		case wild && strings.HasPrefix(here, prefix) && !strings.Contains(prefix, "*"):
			return true, true
		case strings.HasPrefix(pattern, "*.") && slices.Contains(assetWords, pattern[2:]),
			strings.HasPrefix(pattern, "/") && !strings.HasPrefix(strings.TrimSuffix(prefix, "/"), strings.TrimSuffix(here, "/")),
			here == "/" && strings.HasPrefix(pattern, "/") && classOfPath(prefix) != htmlPage:
		default:
			known = false
		}
	}
	return false, known
}

// caddyStem is the path that a scope's requests begin with.
func caddyStem(s *checks.Scope) string {
	words := strings.Fields(s.Name[strings.LastIndex(s.Name, " / ")+1:])
	if s.Kind == "handle" && len(words) > 2 && words[2][0] == '/' {
		return strings.TrimSuffix(words[2], "*")
	}
	return "/"
}
