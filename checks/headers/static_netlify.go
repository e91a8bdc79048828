package headers

import "hardcheck/checks"

// netlifyFront is static hosting (netlify.toml, _headers): what the rule for every path sets comes with the pages. It
// is https only. Where no rule is for every path nothing is judged.
func netlifyFront() front {
	return front{
		layer:   "netlify",
		serves:  func(s *checks.Scope) bool { return s.Name == "path /*" },
		proxies: func(*checks.Scope) bool { return false },
		tls:     func(*checks.Scope) bool { return true },
		class:   func(*checks.Scope) class { return htmlPage },
		apply:   netlifyApply,
	}
}

func netlifyApply(s *checks.Scope, r *response) {
	r.unsure = "a function that renders pages, or a plugin of the build, may set it"
	for _, set := range s.Settings {
		if set.Header != "" {
			f := fieldOf(set)
			f.errorsToo = true
			r.add(f)
		}
	}
}
