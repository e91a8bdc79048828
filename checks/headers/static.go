package headers

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
)

// The static half judges what a browser would get from the outermost layer that the tree configures: the web
// servers (fronts) where there are any, else the applications. Where a front passes requests on, the headers of the
// applications and of the inner servers in the same tree are part of its answers, so those are not judged again.
//
// A scope is judged only where it serves something: not a server that only redirects, and not a file that nobody
// deploys. Examples, tests and installed packages are not the audited service (see audited), and an application
// counts only if the tree says how it is run or the application sets a header itself (see deployed).

// front is what a web server's layer tells about its scopes.
type front struct {
	layer string
	// outer are the kinds of scope that a location's settings come from.
	outer []string
	// serves reports whether requests are answered there with content.
	serves func(*checks.Scope) bool
	// proxies reports whether the content comes from an application.
	proxies func(*checks.Scope) bool
	// tls reports whether the scope is reached over https.
	tls   func(*checks.Scope) bool
	class func(*checks.Scope) class
	// apply adds the scope's own header directives to a response that may hold the application's headers.
	apply func(*checks.Scope, *response)
	// errorPages returns what finds, among the layer's scopes, those that answer in the place of one whose page fails.
	errorPages func(scopes []*checks.Scope) func(s *checks.Scope) []errorPage
	// lost are the headers that the scope around it sets and this one drops.
	lost func(*checks.Scope) []field
}

func fronts() []front {
	return []front{nginxFront(), apacheFront(), caddyFront(), haproxyFront(), traefikFront(), ingressFront(), gatewayFront(), netlifyFront(),
		hostingFront("vercel"), hostingFront("firebase"), hostingFront("staticwebapp"), hostingFront("iis"), lighttpdFront()}
}

// serving returns the scopes of a web server that answer with content.
func serving(p *checks.Pass, layer string) []*checks.Scope {
	var out []*checks.Scope
	for _, f := range fronts() {
		if f.layer == layer {
			out = append(out, f.serving(p)...)
		}
	}
	return out
}

func (f front) serving(p *checks.Pass) []*checks.Scope {
	var out []*checks.Scope
	covered := map[*checks.Scope]bool{} // scopes with a location that takes every request
	for _, s := range p.Scopes(f.layer) {
		if strings.HasSuffix(s.Name, "location /") {
			covered[s.Parent] = true
		}
	}
	in := audited(p)
	for _, s := range p.Scopes(f.layer) {
		if p.Context().Err() != nil {
			return nil
		}
		if in(s.Place.Path) && !covered[s] && f.serves(s) {
			out = append(out, s)
		}
	}
	return out
}

// place is a serving scope with the words of its product.
type place struct {
	front
	scope *checks.Scope
}

func (at place) passesOn() bool { return at.proxies(at.scope) }

// outermost divides the serving scopes into those that visitors reach and those that stand behind another: a server
// without TLS while one of another directory ends TLS and passes requests on.
func outermost(p *checks.Pass) (outer, inner []place) {
	var all []place
	edges := map[string]bool{} // directories of servers that end TLS and pass on
	for _, f := range fronts() {
		for _, s := range f.serving(p) {
			all = append(all, place{f, s})
			if f.tls(s) && f.proxies(s) {
				edges[path.Dir(s.Place.Path)] = true
			}
		}
	}
	for _, at := range all {
		dir := path.Dir(at.scope.Place.Path)
		if !at.tls(at.scope) && len(edges) > 0 && !edges[dir] {
			inner = append(inner, at)
		} else {
			outer = append(outer, at)
		}
	}
	return outer, inner
}

// configured returns the responses that the tree's configuration gives, as far as those headers go. Scopes that
// answer alike are one subject: the outermost of them.
func configured(p *checks.Pass, names []string) []*response {
	outer, inner := outermost(p)
	apps := upstream(p)
	last := backingOf(apps, names)
	var behind []application
	for _, at := range inner {
		behind = append(behind, application{response: func() *response { return at.response(at.scope, names, last) }})
	}
	all := backingOf(append(behind, apps...), names)
	policy := sync.OnceValue(func() []metaTag { return keptPolicy(p) })
	failing := map[string]func(*checks.Scope) []errorPage{}
	var out []*response
	for _, at := range outer {
		if p.Context().Err() != nil {
			return nil
		}
		if at.errorPages != nil && failing[at.layer] == nil {
			failing[at.layer] = at.errorPages(p.Scopes(at.layer))
		}
		for _, scope := range at.variants(at.scope, names) {
			r := at.response(scope, names, all)
			if at.errorPages != nil {
				r.errorPages = failing[at.layer](at.scope)
			}
			if !at.passesOn() && len(r.all(cspHeader)) == 0 {
				r.meta = policy()
			}
			out = append(out, r)
		}
	}
	if slices.ContainsFunc(outer, place.passesOn) {
		return out
	}
	for _, app := range apps {
		if app.deployed {
			r := app.response()
			r.layer = app.scope.Layer
			out = append(out, r)
		}
	}
	return out
}

// response is what a browser gets from the scope.
func (f front) response(s *checks.Scope, names []string, behind backing) *response {
	top := f.top(s, func(in *checks.Scope) string { return f.shape(in, names) })
	r := &response{subject: top.Subject(), place: top.Place, layer: f.layer, https: f.tls(s), class: f.class(s),
		plain: "no listener with TLS is configured here; headers/https-redirect judges plain http"}
	if f.proxies(s) {
		r.headers = slices.Clone(behind.lines())
		if behind.none {
			r.unsure = "the application behind it is not in the tree and may set it"
		}
	}
	f.apply(s, r)
	if f.lost != nil {
		r.lost = f.lost(s)
	}
	for _, set := range s.Settings {
		switch {
		case set.Name == "include", set.Name == "import":
			r.elsewhere = "a file that is not in the tree is included: " + set.Raw
		case strings.ContainsAny(set.Header, "{}<>$"):
			r.elsewhere = "the name of a header is not known until run time: " + set.Header
		}
	}
	return r
}

// shape writes what the scope itself does to those headers, so that scopes can be compared.
func (f front) shape(s *checks.Scope, names []string) string {
	var b strings.Builder
	for _, set := range s.Settings {
		if slices.Contains(names, set.Header) || strings.HasSuffix(set.Header, "*") {
			b.WriteString(set.Name + "\x00" + set.Raw + "\x00" + strings.Join(set.Flags, ",") + "\x01")
		}
	}
	return b.String()
}

// top climbs from a scope to the outermost one around it that has the same shape.
func (f front) top(s *checks.Scope, shape func(*checks.Scope) string) *checks.Scope {
	want := shape(s)
	for s.Parent != nil && slices.Contains(f.outer, s.Parent.Kind) && shape(s.Parent) == want {
		s = s.Parent
	}
	return s
}

// topmost returns the outermost scopes with the same setting of that name, each once.
func topmost(scopes []*checks.Scope, name string) []*checks.Scope {
	var out []*checks.Scope
	seen := map[string]bool{}
	for _, s := range scopes {
		set, _ := s.Get(name)
		for s.Parent != nil {
			outer, ok := s.Parent.Get(name)
			if !ok || outer.Raw != set.Raw || outer.Origin != set.Origin {
				break
			}
			s = s.Parent
		}
		if key := s.Subject().Name; !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}

// backing is what stands behind a proxy.
type backing struct {
	none  bool
	lines func() []field // what passes on, found once: thousands of locations may pass requests on
}

func backingOf(behind []application, names []string) backing {
	return backing{len(behind) == 0, sync.OnceValue(func() []field { return passedOn(behind, names) })}
}

// passedOn is what applications send through a proxy: for each header the lines of the first one that sets it.
func passedOn(behind []application, names []string) []field {
	var out []field
	for _, name := range names {
		for _, app := range behind {
			if lines := app.response().all(name); len(lines) > 0 {
				for _, l := range lines {
					l.upstream = true
					out = append(out, l)
				}
				break
			}
		}
	}
	return out
}

// runtimeNonce is a nonce whose value comes from a variable: $request_id, {http.request.uuid}, %{UNIQUE_ID}e.
var runtimeNonce = regexp.MustCompile(`'nonce-(\$\{?[0-9A-Za-z_]+\}?|\{[0-9A-Za-z_.]+\}|%\{[0-9A-Za-z_]+\}e)'`)

// freshNonce stands for a value that differs in every answer.
const freshNonce = "differsInEveryAnswer"

// fieldOf is the header line that a setting adds. A policy of which only the nonce comes from a variable is known.
func fieldOf(s checks.Setting) field {
	f := field{name: s.Header, value: s.Text(), place: s.Place, dynamic: s.Dynamic()}
	if f.dynamic && s.Header == cspHeader {
		known := runtimeNonce.ReplaceAllString(s.Raw, "'nonce-"+freshNonce+"'")
		if known != s.Raw && !strings.ContainsAny(known, "$%{}") {
			f.value, f.dynamic = known, false
		}
	}
	return f
}
