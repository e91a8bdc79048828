package headers

import (
	"path"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
)

// application is an application of the tree, made with one of the frameworks.
type application struct {
	scope *checks.Scope
	// deployed: something in the tree shows that this application is served, or that its headers are cared for.
	deployed bool
	response func() *response
}

// framework is what the scopes of one framework's layer tell.
type framework struct {
	layer string
	// project returns what tells whether a scope is the application that a site runs; nil where every one is.
	project func(p *checks.Pass) func(s *checks.Scope) bool
	// deployed reports that the scope itself shows that it is served.
	deployed func(s *checks.Scope) bool
	response func(s *checks.Scope) *response
}

func appLayers(p *checks.Pass) []framework {
	return []framework{
		{"django", djangoProject, always, djangoResponse},
		{"flask", nil, setsHeaders, flaskResponse},
		{"fastapi", nil, setsHeaders, fastapiMounted(p)},
		{"express", nil, expressDeployed, expressResponse},
		{"next", nil, nextDeployed, nextResponse},
		{"spring", nil, springDeployed, springResponse},
		{"rails", nil, always, railsResponse},
		{"aspnet", nil, setsByDesign, aspnetResponse},
	}
}

func always(*checks.Scope) bool { return true }

// setsByDesign reports that the source itself sets a header, where the framework would not.
func setsByDesign(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return set.Header != "" && set.Origin != checks.OriginDefault })
}

// upstream returns the tree's applications, those of examples, tests and installed packages left out.
func upstream(p *checks.Pass) []application {
	runs := sync.OnceValue(func() runDirs { return runners(p) }) // what kept those from being read matters only where there is an application
	var out []application
	for _, f := range appLayers(p) {
		isProject := always
		if f.project != nil {
			isProject = f.project(p)
		}
		for _, s := range p.Scopes(f.layer) {
			if p.Context().Err() != nil {
				return nil
			}
			if thirdParty(s.Place.Path) || !isProject(s) {
				continue
			}
			out = append(out, application{scope: s, deployed: f.deployed(s) || runs().near(s.Place.Path),
				response: func() *response { return f.response(s) }})
		}
	}
	return out
}

// fastapiMounted returns the response of a FastAPI application that another one of its file may mount: one without
// middleware beside one that has some.
func fastapiMounted(p *checks.Pass) func(s *checks.Scope) *response {
	mounting := sync.OnceValue(func() map[string]bool {
		files := map[string]bool{}
		for _, s := range p.Scopes("fastapi") {
			if hasMiddleware(s) {
				files[s.Place.Path] = true
			}
		}
		return files
	})
	return func(s *checks.Scope) *response {
		r := fastapiResponse(s)
		if r.elsewhere == "" && !hasMiddleware(s) && mounting()[s.Place.Path] {
			r.elsewhere = "another application of the file has middleware, and may mount this one"
		}
		return r
	}
}

func hasMiddleware(s *checks.Scope) bool {
	return setsHeaders(s) || slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return strings.HasPrefix(set.Name, "middleware.")
	})
}

func setsHeaders(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return set.Header != "" || strings.HasPrefix(set.Name, "Talisman.")
	})
}

// runDirs are the directories of files that say how something is run (commands of images, services and units), and those
// right above, which may hold them in a directory such as deploy/.
type runDirs map[string]bool

func runners(p *checks.Pass) runDirs {
	dirs := runDirs{}
	for _, s := range p.Scopes("uvicorn", "gunicorn", "dockerfile", "compose", "systemd") {
		if s.Kind != "module" && !thirdParty(s.Place.Path) {
			dir := path.Dir(s.Place.Path)
			dirs[dir], dirs[path.Dir(dir)] = true, true
		}
	}
	return dirs
}

// near reports whether such a file lies in the application's directory, in one above it, or in a directory such as
// deploy/ beside those.
func (d runDirs) near(app string) bool {
	for dir := path.Dir(app); ; dir = path.Dir(dir) {
		if d[dir] {
			return true
		}
		if dir == "." || dir == "/" {
			return false
		}
	}
}

// appResponse is what a browser gets from the application where nothing stands in front of it. Whether it is reached
// over https is known only where its own settings say so: TLS usually ends outside the tree.
func appResponse(s *checks.Scope, c class, signs ...string) *response {
	r := &response{subject: s.Subject(), place: s.Place, class: c,
		plain: "nothing in the tree ends TLS: the layer in front of the application decides"}
	for _, sign := range signs {
		set, ok := s.Get(sign)
		on, isBool := set.Bool()
		r.https = r.https || ok && set.Origin == checks.OriginSet && (on || !isBool)
	}
	return r
}

func (r *response) addText(name, value string, from checks.Setting) {
	r.add(field{name: name, value: value, place: from.Place, dynamic: from.Dynamic(), errorsToo: true})
}

// addPolicy writes, as that header, the policy whose directives are settings of their own. It is known only where every
// source is. A directive that is True stands alone; one that is False or None is left out.
func addPolicy(header string, s *checks.Scope, r *response, directive func(setting string) (string, bool)) (found bool) {
	var parts []string
	f := field{name: header, errorsToo: true}
	for _, set := range s.Settings {
		name, ok := directive(set.Name)
		if !ok || set.Origin == checks.OriginDefault {
			continue
		}
		f.dynamic = f.dynamic || set.Dynamic()
		if f.place == (checks.Place{}) {
			f.place = set.Place
		}
		found = true
		on, isBool := set.Bool()
		switch {
		case isBool && on:
			parts = append(parts, name)
		case isBool, set.Value == nil && !set.Dynamic():
		default:
			parts = append(parts, strings.TrimSpace(name+" "+strings.Join(set.List(), " ")))
		}
	}
	if f.value = strings.Join(parts, "; "); f.dynamic {
		f.value = ""
	}
	if len(parts) > 0 && len(r.all(header)) == 0 {
		r.add(f)
	}
	return found
}

// plainMiddleware are middlewares that set no security header.
var plainMiddleware = []string{"CORSMiddleware", "GZipMiddleware", "TrustedHostMiddleware", "SessionMiddleware",
	"HTTPSRedirectMiddleware", "AuthenticationMiddleware", "ProxyHeadersMiddleware", "BaseHTTPMiddleware"}

// fastapiResponse adds the headers that middleware functions set. Such an application answers JSON: what matters only
// on pages is judged where it sets a page's header itself.
func fastapiResponse(s *checks.Scope) *response {
	c := jsonAnswer
	for _, set := range s.Settings {
		if slices.Contains([]string{cspHeader, xfoHeader, referrerHeader, permissionsHeader}, set.Header) {
			c = htmlPage
		}
	}
	r := appResponse(s, c, "header "+stsHeader, "middleware.HTTPSRedirectMiddleware", "SessionMiddleware.https_only")
	for _, set := range s.Settings {
		if name, ok := strings.CutPrefix(set.Name, "middleware."); ok && !slices.Contains(plainMiddleware, name) && !setsHeaders(s) {
			r.elsewhere = "the middleware " + name + " may set it"
		}
	}
	unknownMiddleware(s, r)
	addHeaders(s, r)
	return r
}

// addHeaders applies the settings that a framework's reader makes of headers, in their order. What holds only on some
// answers is not known.
func addHeaders(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		if set.Header == "" || set.Header == "Set-Cookie" || set.Has("match") {
			continue
		}
		f := fieldOf(set)
		f.errorsToo = true
		if set.Has("reflect") {
			f.value, f.dynamic = probeOrigin, false
		}
		if set.Has("conditional") {
			f.value, f.dynamic = "", true
		}
		switch had := len(r.all(set.Header)) > 0; {
		case set.Has("remove") && set.Has("conditional"):
			if had {
				r.set(f)
			}
		case set.Has("remove"):
			r.remove(set.Header)
		case set.Has("append"):
			r.add(f)
		case set.Has("if-missing") && had:
		default:
			r.set(f)
		}
		if set.Has("vary") {
			r.add(field{name: "Vary", value: "Origin", place: set.Place, errorsToo: true})
		}
	}
}
