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

// nginxErrors finds the locations that answer failing pages. Thousands of locations may inherit one error_page, so each
// server's locations are listed once and each answer is looked for once.
type nginxErrors struct {
	locations map[*checks.Scope][]*checks.Scope // by server
	known     map[nginxError]errorPage
}

// nginxError is what error_page names: the status, and a path or a named location of the server.
type nginxError struct {
	server *checks.Scope
	status int
	target string
}

// nginxErrorPages returns what finds the answers to which error_page leads from a scope, each location once. What
// cannot be followed, and what an application answers there, is left out.
func nginxErrorPages(scopes []*checks.Scope) func(*checks.Scope) []errorPage {
	e := &nginxErrors{map[*checks.Scope][]*checks.Scope{}, map[nginxError]errorPage{}}
	for _, s := range scopes {
		if s.Kind == "location" {
			server := nginxServerOf(s)
			e.locations[server] = append(e.locations[server], s)
		}
	}
	return e.pages
}

func nginxServerOf(s *checks.Scope) *checks.Scope {
	for s.Kind != "server" && s.Parent != nil {
		s = s.Parent
	}
	return s
}

func (e *nginxErrors) pages(s *checks.Scope) []errorPage {
	server := nginxServerOf(s)
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
		page := e.page(nginxError{server, status, words[len(words)-1]})
		if page.scope != nil && page.scope != s && !slices.ContainsFunc(out, func(o errorPage) bool { return o.scope == page.scope }) {
			out = append(out, page)
		}
	}
	return out
}

// page is the answer to an error; its scope is nil where it is not known or not the server's own.
func (e *nginxErrors) page(of nginxError) errorPage {
	page, known := e.known[of]
	if !known {
		if at := nginxNamedOrPath(e.locations[of.server], of.server, of.target); at != nil && at != of.server && !nginxProxies(at) {
			page = errorPage{at, nginxFront().sent(at, of.status, true, nil)}
		}
		e.known[of] = page
	}
	return page
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
