package headers

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// errorPage is what a server answers in place of a page that fails, from another location of its own.
type errorPage struct {
	scope   *checks.Scope
	headers []field
}

// nginxErrorPages are the answers to which error_page leads from a scope, each location once. What cannot be followed,
// and what an application answers there, is left out.
func nginxErrorPages(scopes []*checks.Scope, s *checks.Scope) []errorPage {
	server := s
	for server.Kind != "server" && server.Parent != nil {
		server = server.Parent
	}
	var out []errorPage
	for _, set := range s.All("error_page") {
		words := strings.Fields(set.Raw)
		if len(words) < 2 || set.Dynamic() || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "=") }) {
			continue // "=200" makes it an answer like any other
		}
		status, err := strconv.Atoi(words[0])
		if err != nil || status < 400 {
			continue
		}
		at := nginxNamedOrPath(scopes, server, words[len(words)-1])
		if at == nil || at == s || at == server || nginxProxies(at) || slices.ContainsFunc(out, func(e errorPage) bool { return e.scope == at }) {
			continue
		}
		out = append(out, errorPage{at, nginxFront().sent(at, status, true, nil)})
	}
	return out
}

// nginxNamedOrPath is the location of a server that answers an internal redirect; nil where it is not known.
func nginxNamedOrPath(scopes []*checks.Scope, server *checks.Scope, target string) *checks.Scope {
	if strings.HasPrefix(target, "/") {
		return nginxLocation(scopes, server, target)
	}
	for _, s := range scopes {
		if modifier, name := locationPattern(s); s.Kind == "location" && s.Parent == server && modifier == "@" && name == target {
			return s
		}
	}
	return nil
}

// onErrorPages finds a good header that an error page of the server's own lacks.
func (h headerCheck) onErrorPages(r *response) issue {
	for _, e := range r.errorPages {
		for _, f := range r.headers {
			if !h.counts(f) || f.upstream || slices.ContainsFunc(e.headers, h.counts) {
				continue
			}
			return issue{rule: ruleNotAlways.ID, attribute: f.name, place: e.scope.Place, expected: f.name + " with always",
				actual: "no " + f.name, message: "the error page that " + e.scope.Name[strings.LastIndex(e.scope.Name, " / ")+len(" / "):] + " answers has no " + f.name + ", which " + f.place.String() + " sets for the page"}
		}
	}
	return issue{}
}

// counts reports whether the line is one by which the check is satisfied.
func (h headerCheck) counts(f field) bool {
	return slices.Contains(h.names, f.name) && !(h.names[0] == xfoHeader && f.name == cspHeader && !namesAncestors(f.value))
}
