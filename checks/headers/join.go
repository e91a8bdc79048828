package headers

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// A tree and a site that are audited together are joined answer by answer: the scope that answers a URL is found as its
// product finds it, and the header lines that the configuration gives there are held against those that came. Where
// more than one scope may answer, all of them are origins, and only what none of them explains is a disagreement.

// asked is what decides which scope answers, and with what.
type asked struct {
	https  bool
	host   string // in lower case, without the brackets of an IPv6 address
	port   int
	path   string // decoded, as servers compare it
	status int
}

func askedOf(x *checks.Exchange) (asked, bool) {
	u, err := url.Parse(x.URL)
	if err != nil || u.Hostname() == "" {
		return asked{}, false
	}
	at := asked{https: u.Scheme == "https", host: strings.ToLower(u.Hostname()), path: cleanPath(u.Path), status: x.Status}
	if at.port, err = strconv.Atoi(u.Port()); err != nil {
		at.port = map[bool]int{false: 80, true: 443}[at.https]
	}
	return at, true
}

// cleanPath merges slashes and resolves dots, as servers do before they compare.
func cleanPath(p string) string {
	clean := path.Clean("/" + p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// origin is one way in which the tree may give an answer.
type origin struct {
	front
	scope *checks.Scope // that answers
	layer string        // of the scope
	// lines are the header lines of the answer, those of the application behind it included.
	lines []field
	// app is the application behind it, and behind the lines that it sends.
	app    *checks.Scope
	behind []field
	// unknown marks an application behind it that is not in the tree: it may add lines.
	unknown bool
}

// all returns the lines of that header, the server's own before the application's.
func (o origin) all(name string) []field {
	var own, behind []field
	for _, f := range o.lines {
		switch {
		case f.name != name:
		case f.upstream:
			behind = append(behind, f)
		default:
			own = append(own, f)
		}
	}
	return append(own, behind...)
}

// block is the block to write a header into so that it holds in the scope and drops no other: the innermost one around
// nginx's scope that has header directives of its own, else the server.
func (o origin) block() *checks.Scope {
	at := o.scope
	for o.layer == "nginx" && !nginxOwnHeaders(at) && at.Parent != nil && at.Parent.Kind != "http" {
		at = at.Parent
	}
	return at
}

// locator finds the scopes of one product that may answer, the likeliest first; none, and why.
type locator func(scopes []*checks.Scope, at asked) ([]*checks.Scope, string)

func locators() map[string]locator {
	return map[string]locator{"nginx": locateNginx, "apache": locateApache, "caddy": locateCaddy, "haproxy": locateHaproxy,
		"traefik": locateTraefik, "netlify": locatePaths, "vercel": locatePaths, "firebase": locatePaths, "staticwebapp": locatePaths}
}

// originsOf finds how a tree gives the answer; where it cannot be told, why.
func originsOf(tree *checks.Pass, at asked) ([]origin, string) {
	outer, inner := outermost(tree)
	apps := upstream(tree)
	if len(outer) == 0 {
		return applicationsAlone(apps, at)
	}
	behind := answersBehind(tree, inner, apps, at)
	return originsIn(tree, outer, inner, at, behind)
}

// applicationsAlone is the answer where nothing in the tree stands in front of the applications.
func applicationsAlone(apps []application, at asked) (out []origin, why string) {
	for _, app := range apps {
		if app.deployed {
			o := origin{scope: app.scope, layer: app.scope.Layer, app: app.scope, lines: app.sends(at)}
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		return nil, "no server and no application of the tree answers it"
	}
	return out, ""
}

// sends are the lines that an application sends with an answer. An error that it did not foresee passes by what sets
// headers in many frameworks.
func (app application) sends(at asked) []field {
	if at.status >= 500 {
		return nil
	}
	return app.response().headers
}

// behindIt is what a proxy may get from behind: the lines, and the application that they are from in the end.
type behindIt struct {
	app   *checks.Scope
	lines []field
}

// answersBehind are the answers that a proxy in front may get: those of the inner servers, or of the applications.
func answersBehind(tree *checks.Pass, inner []place, apps []application, at asked) (out []behindIt) {
	for _, app := range apps {
		out = append(out, behindIt{app.scope, app.sends(at)})
	}
	if len(inner) == 0 {
		return out
	}
	deeper := out
	out = nil
	at.https = false
	origins, _ := originsIn(tree, inner, nil, at, deeper)
	for _, o := range origins {
		out = append(out, behindIt{o.app, o.lines})
	}
	return out
}

// originsIn finds the scopes among those places that answer, with what comes from behind them.
func originsIn(tree *checks.Pass, places, others []place, at asked, behind []behindIt) (out []origin, why string) {
	in := audited(tree)
	for _, f := range fronts() {
		mine := slices.DeleteFunc(slices.Clone(places), func(pl place) bool { return pl.layer != f.layer })
		if len(mine) == 0 {
			continue
		}
		scopes := slices.DeleteFunc(slices.Clone(tree.Scopes(f.layer)), func(s *checks.Scope) bool {
			return !in(s.Place.Path) || !sameDir(s, mine) && sameDir(s, others)
		})
		found, reason := f.locate(scopes, mine, at)
		if reason != "" {
			why = reason
		}
		for _, s := range found {
			out = append(out, f.origins(s, at, behind)...)
		}
	}
	if len(out) > 0 {
		why = ""
	}
	return out, why
}

func sameDir(s *checks.Scope, places []place) bool {
	return slices.ContainsFunc(places, func(pl place) bool { return path.Dir(pl.scope.Place.Path) == path.Dir(s.Place.Path) })
}

// locate asks the product's locator. Of a product without one only the single scope that serves is known to answer.
func (f front) locate(scopes []*checks.Scope, serving []place, at asked) ([]*checks.Scope, string) {
	find := locators()[f.layer]
	if find == nil {
		if len(serving) > 1 {
			return nil, "which of the tree's " + strconv.Itoa(len(serving)) + " scopes of " + f.layer + " answers is not followed"
		}
		return []*checks.Scope{serving[0].scope}, ""
	}
	found, why := find(scopes, at)
	answers := slices.DeleteFunc(slices.Clone(found), func(s *checks.Scope) bool {
		_, internal := s.Get("internal")
		return !f.serves(s) && !internal && s.Kind != "path" // a hosting service's rule serves as the one for every path does
	})
	switch {
	case len(answers) > 0 || why != "":
	case len(found) == 0:
		why = "no scope of " + f.layer + " answers it"
	default:
		why = found[0].Place.String() + " " + found[0].Name + " answers it without content of its own"
	}
	return answers, why
}

// origins are the answers of a scope: one for each thing that may be behind it.
func (f front) origins(s *checks.Scope, at asked, behind []behindIt) (out []origin) {
	for _, scope := range f.variants(s, joined) {
		o := origin{front: f, scope: scope, layer: f.layer}
		switch {
		case !f.proxies(scope):
			o.lines = f.sent(scope, at.status, at.status >= 300, nil)
			out = append(out, o)
		case len(behind) == 0 || at.status >= 500:
			o.unknown, o.lines = true, f.sent(scope, at.status, false, nil)
			out = append(out, o)
		default:
			for _, b := range behind {
				o.app, o.behind, o.lines = b.app, b.lines, f.sent(scope, at.status, false, b.lines)
				out = append(out, o)
			}
		}
	}
	return out
}
