package headers

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func exposure() *checks.Check {
	return &checks.Check{
		ID:    "headers/exposure",
		Title: "Diagnostics and API docs are not open to everyone",
		Why: "Status pages, profilers and API docs tell an attacker what runs, with which settings, who uses it right now and " +
			"which entry points nobody meant to show. Scanners ask every host for them by their well-known addresses.",
		Fix: "Bind such pages to an address that only operators reach, or ask for credentials; turn API docs off in production " +
			"(FastAPI `docs_url=None, redoc_url=None, openapi_url=None`), and TRACE too (Apache `TraceEnable off`).",
		Expected:   "No well-known address of diagnostics answers, nor one of API docs (meant for the public: {public_api}).",
		Rollback:   "Open the page again to the addresses of the operators alone.",
		Absent:     "No live site, no FastAPI or Spring application and no Apache server was audited",
		References: []string{"CWE-200", "CWE-215", "CWE-489", "CWE-693", "ASVS 13.4.4", "ASVS 13.4.5"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "diagnostics", Title: "A page of diagnostics is open to everyone", Precision: checks.PrecisionVeryHigh},
			{ID: "metrics", Title: "The metrics are open to everyone", Severity: checks.Medium, Precision: checks.PrecisionVeryHigh},
			{ID: "status-page", Title: "The server's status page is open to everyone", Severity: checks.Medium, Precision: checks.PrecisionVeryHigh},
			{ID: "api-docs", Title: "The description of the API is open to everyone", Severity: checks.Low},
			{ID: "introspection", Title: "GraphQL tells its whole schema to everyone", Severity: checks.Low},
			{ID: "source-map", Title: "The source of a minified script is served", Severity: checks.Low,
				Fix: "Build with hidden source maps, or refuse *.map to everyone but the error tracker."},
			{ID: "trace-method", Title: "The server answers TRACE", Severity: checks.Low,
				Fix: "Apache `TraceEnable off`; elsewhere refuse the method at the edge."},
		},
		Params: []checks.Param{{Name: "public_api", Kind: checks.ParamBool, Default: false,
			Doc: "Whether the API and its description are meant for the public."}},
		Site:  exposedOnSite,
		Entry: seeEnabled,
		Tree:  exposedInTree,
	}
}

// docsRules are the rules that a public API sets aside.
var docsRules = map[string]bool{"api-docs": true, "introspection": true}

// exposedOnSite asks for each page once. Where the site fails or pushes back twice, it stops.
func exposedOnSite(p *checks.Pass) error {
	if x, err := p.Site().Page(p.Context(), p.Site().Paths()[0]); err != nil {
		return probe.Blind(p, err)
	} else if x.Doubt != nil && x.Status != http.StatusNotFound && !leadsAway(x) {
		return probe.Blind(p, x.Doubt) // who is refused everywhere learns nothing from being refused here
	}
	pages := slices.Clone(exposedPages)
	if p.Bool("public_api") {
		pages = slices.DeleteFunc(pages, func(page exposedPage) bool { return docsRules[page.rule] })
	}
	var requests []checks.Request
	for _, page := range pages {
		requests = append(requests, checks.Request{Path: page.path, Header: page.header})
	}
	told, failures := map[string]bool{}, 0
	for n, page := range pages {
		probe.Ahead(p, requests, n)
		err := judgeExposedPage(p, page, told)
		if err == nil {
			continue
		}
		if err := probe.Blind(p, err); err != nil {
			return err
		}
		if failures++; failures == probe.MaxFailures {
			return nil
		}
	}
	if err := sourceMaps(p); err != nil {
		return err
	}
	return traceOnSite(p)
}

// judgeExposedPage asks for one page. Of a tool with several addresses the first that answers is told.
func judgeExposedPage(p *checks.Pass, page exposedPage, told map[string]bool) error {
	x, served, err := probe.Served(p, page.path, page.header)
	if err != nil {
		return err
	}
	subject, shown := checks.Subject{Kind: "path", Name: page.path}, ""
	if served && !everywhere(p, page) {
		shown = page.proof(x.Body)
	}
	away := probe.EveryPath(p, x)
	switch {
	case away != "":
		p.NotApplicable(away)
	case shown == "":
		p.OK(subject)
	case !told[page.what]:
		told[page.what] = true
		p.Fail(checks.Finding{Rule: page.rule, Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: page.path, Expected: "404, 403 or 401",
			Actual: oneLine(shown), Message: sentence(page.what) + " is open to everyone: " + page.harm})
	}
	return nil
}

// everywhere reports whether the answer for a path that does not exist passes for the page too.
func everywhere(p *checks.Pass, page exposedPage) bool {
	missing, err := probe.Missing(p)
	return err == nil && missing.Status == http.StatusOK && page.proof(missing.Body) != ""
}

// traceMark is the header that a server with TRACE sends back.
const traceMark = "X-Hardcheck-Trace"

func traceOnSite(p *checks.Pass) error {
	x, err := p.Site().Do(p.Context(), checks.Request{Method: http.MethodTrace, Path: "/", Header: http.Header{traceMark: {"echo"}}})
	if err != nil {
		return probe.Blind(p, err)
	}
	subject := checks.Subject{Kind: "method", Name: http.MethodTrace}
	echo := strings.Contains(asciiLower(string(x.Body)), asciiLower(traceMark)+": echo")
	if x.Status != http.StatusOK || !echo {
		p.OK(subject)
		return nil
	}
	p.Fail(checks.Finding{Rule: "trace-method", Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: http.MethodTrace, Expected: "405 or 501",
		Actual: "status 200 with the request's own headers", Message: "TRACE sends a request's headers back: cookies and what proxies add can be read from the answer"})
	return nil
}

// exposedInTree judges what the configuration opens: FastAPI's docs, which are on by default, and Apache's TRACE where it
// is turned on.
func exposedInTree(p *checks.Pass) error {
	for _, app := range upstream(p) {
		if app.scope.Layer == "fastapi" && app.deployed && !p.Bool("public_api") {
			judgeDocs(p, app.scope)
		}
		if app.scope.Layer == "spring" {
			judgeActuator(p, app.scope)
		}
	}
	for _, s := range topmost(serving(p, "apache"), "TraceEnable") {
		judgeTrace(p, s)
	}
	return nil
}

// apacheMain are the names of Apache's own file: without it another file may turn off what is on by default.
var apacheMain = map[string]bool{"httpd.conf": true, "apache2.conf": true}

func judgeTrace(p *checks.Pass, s *checks.Scope) {
	set, ok := s.Get("TraceEnable")
	on, _ := set.Bool()
	f := checks.Finding{Rule: "trace-method", Subject: s.Subject(), Place: set.Place, Attribute: "TraceEnable", Expected: "TraceEnable off",
		Actual: "TraceEnable " + set.Raw, Message: "The server answers TRACE: it sends a request's headers back", Fix: "Write `TraceEnable off`."}
	switch {
	case !ok || set.Dynamic():
	case !on && set.Text() != "extended":
		p.OK(s.Subject())
	case set.Origin == checks.OriginDefault && apacheMain[path.Base(s.Place.Path)]:
		f.Place, f.Actual = s.Place, "TraceEnable not set, which is on"
		p.Fail(f)
	case set.Origin == checks.OriginSet:
		p.Fail(f)
	}
}

// judgeDocs judges one application. Without the description both pages of docs are empty and not served.
func judgeDocs(p *checks.Pass, s *checks.Scope) {
	address := func(name string) (string, checks.Setting) {
		set, _ := s.Get(name)
		if set.Dynamic() {
			return "", set
		}
		return set.Text(), set
	}
	schema, set := address("openapi_url")
	switch {
	case set.Dynamic():
		p.NotApplicable("the address of the API docs is not known until run time")
		return
	case schema == "":
		p.OK(s.Subject())
		return
	}
	open := []string{schema}
	for _, name := range []string{"docs_url", "redoc_url"} {
		if at, _ := address(name); at != "" {
			open = append(open, at)
		}
	}
	place := set.Place
	if set.Origin == checks.OriginDefault {
		place = s.Place
	}
	p.Fail(checks.Finding{Rule: "api-docs", Subject: s.Subject(), Place: place, Attribute: "openapi_url", Expected: "openapi_url=None",
		Actual: strings.Join(open, ", ") + " served", Message: "The application describes its whole API to everyone, entry points that no page links to among them",
		Fix: "Write `FastAPI(docs_url=None, redoc_url=None, openapi_url=None)`, or serve the description to operators only."})
}
