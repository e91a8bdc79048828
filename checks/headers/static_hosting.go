package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// hostingFront is a service that takes response headers from a file of the tree: what the rule for every path sets
// comes with the pages, and a rule for some pages replaces it there. Where no rule is for every path nothing is judged.
// It is https only.
func hostingFront(layer string) front {
	return front{
		layer:   layer,
		outer:   []string{"path"},
		serves:  hostingServes,
		proxies: func(*checks.Scope) bool { return true },
		tls:     func(*checks.Scope) bool { return true },
		class:   hostingClass,
		apply:   hostingApply,
	}
}

func hostingServes(s *checks.Scope) bool {
	return s.Name == "path /*" || hostingClass(s) == htmlPage && slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return set.Inherited })
}

// hostingClass reads patterns as "**/*.@(js|css)", "/*.{png,svg}" and "/(.*)\\.(js|css)" too.
func hostingClass(s *checks.Scope) class {
	pattern := s.Name[len("path "):]
	if at := strings.LastIndexByte(pattern, '.'); at >= 0 && !strings.HasPrefix(pattern[at:], ".*") {
		words := strings.FieldsFunc(pattern[at+1:], func(c rune) bool { return strings.ContainsRune("@(){}|,$?:", c) })
		if len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(assetWords, w) }) {
			return static
		}
	}
	return classOfPath(pattern)
}

func hostingApply(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = true
		f.dynamic = f.dynamic || set.Has("conditional")
		switch {
		case set.Header == "":
		case set.Has("remove"):
			r.remove(f.name)
		case set.Has("append"), set.Has("conditional"):
			r.add(f)
		default:
			r.set(f)
		}
	}
}

// lighttpdFront is lighttpd, which serves what it likes beside what it passes on.
func lighttpdFront() front {
	f := hostingFront("lighttpd")
	f.tls = tlsSetting
	f.serves = func(s *checks.Scope) bool { return !strings.HasPrefix(s.Name, "path (") && hostingClass(s) == htmlPage }
	return f
}
