package headers

import (
	"regexp"
	"strings"

	"hardcheck/checks"
)

// traefikFront is a router with its middlewares, whose headers replace those of the service behind it.
func traefikFront() front {
	return front{layer: "traefik", serves: traefikServes, proxies: func(*checks.Scope) bool { return true }, tls: tlsSetting,
		class: traefikClass, apply: traefikApply}
}

func traefikServes(s *checks.Scope) bool {
	for _, name := range []string{"redirectscheme", "redirectregex"} {
		if _, away := s.Get(name); away {
			return false
		}
	}
	service, _ := s.Get("service")
	return s.Kind == "router" && !strings.HasSuffix(service.Text(), "@internal") && !strings.Contains(traefikPath(s), ".well-known")
}

// tlsSetting reports what a reader says of TLS in its scope.
func tlsSetting(s *checks.Scope) bool {
	set, _ := s.Get("tls")
	return isTrue(set)
}

var traefikPathRule = regexp.MustCompile("Path(?:Prefix|Regexp)?\\([`'\"]([^`'\"]*)[`'\"]")

func traefikPath(s *checks.Scope) string {
	rule, _ := s.Get("rule")
	if m := traefikPathRule.FindStringSubmatch(rule.Raw); m != nil {
		return m[1]
	}
	return "/"
}

func traefikClass(s *checks.Scope) class { return classOfPath(traefikPath(s)) }

func traefikApply(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = true
		switch {
		case set.Header == "", set.Has("tls") && !r.https:
		case set.Has("remove"):
			r.remove(f.name)
		default:
			r.set(f)
		}
	}
}
