package uploads

import (
	"strings"
	"time"

	"hardcheck/checks"
)

func slowRequests() *checks.Check {
	return &checks.Check{
		ID:    "uploads/slow-requests",
		Title: "Servers bound how long a request may take",
		Why: "A client that sends its request a byte at a time holds a connection and its memory for as long as it likes. A few thousand of them, " +
			"from one machine, leave none for others (Slowloris).",
		Fix: "Go: make an http.Server with ReadHeaderTimeout, and ReadTimeout where no large uploads are taken. Node: leave requestTimeout and headersTimeout " +
			"at their defaults. HAProxy `timeout http-request 10s`, Apache `RequestReadTimeout header=20-40,MinRate=500 body=20,MinRate=500`, Envoy request_headers_timeout. Or put a proxy in front that takes requests in whole.",
		Expected:   "Every server that listens to others has a timeout of at most {max} for a request to arrive, or a proxy in front.",
		Rollback:   "Raise the timeout on the server that has slow clients of its own.",
		Absent:     "No server was found whose code or configuration says how long it waits for requests",
		References: []string{"CWE-400", "CWE-770", "ASVS 13.1.3", "https://pkg.go.dev/net/http#Server", "https://nodejs.org/api/http.html#serverrequesttimeout", "https://httpd.apache.org/docs/2.4/mod/mod_reqtimeout.html", "https://docs.haproxy.org/2.6/configuration.html"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "no-header-timeout", Title: "An http.Server of Go has no ReadHeaderTimeout",
				Fix: "Set ReadHeaderTimeout: 10 * time.Second."},
			{ID: "no-timeouts", Title: "The server of Go's http.ListenAndServe has no timeouts, and takes none",
				Fix: "srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}; srv.ListenAndServe()"},
			{ID: "timeout-off", Title: "A timeout of Node's server is turned off", Precision: checks.PrecisionVeryHigh,
				Fix: "Leave requestTimeout (300 s) and headersTimeout (60 s) at their defaults, or set them lower."},
			{ID: "no-timeout", Title: "The configuration of a server lets a request take for ever"},
			{ID: "too-long", Severity: checks.Low, Title: "The configuration of a server waits longer than the policy allows"},
			{ID: "server-waits", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Title: "The server has no time limit of its own, and nothing stands in front of it",
				Fix:   "Put a proxy with time limits in front, and bound how many requests are served at once: uvicorn --limit-concurrency."},
		},
		Params: []checks.Param{{Name: "max", Kind: checks.ParamDuration, Default: 5 * time.Minute, Doc: "the longest time that a server may be configured to wait for a request"}},
		Tree:   slowRequestsOnTree,
	}
}

func slowRequestsOnTree(p *checks.Pass) error {
	slowServers(p)
	front := p.Scopes("go", "node")
	if len(front) == 0 {
		return nil
	}
	proxies := frontsOf(chainsOf(p))
	fronted := proxies.limited != nil || proxies.unlimited != nil || proxies.unknown != nil
	for _, s := range front {
		switch {
		case s.Kind != "server":
		case notDeployed(s.Place.Path) || fronted || localAddress(s):
			p.OK(s.Subject())
		case s.Layer == "go":
			slowGo(p, s)
		default:
			slowNode(p, s)
		}
	}
	return nil
}

// localAddress reports a server that only the machine itself reaches.
func localAddress(s *checks.Scope) bool {
	set, _ := s.Get("address")
	address := set.Text()
	return strings.HasPrefix(address, "localhost:") || strings.HasPrefix(address, "127.") || strings.HasPrefix(address, "[::1]")
}

// slowGo judges an http.Server: where ReadHeaderTimeout is zero, ReadTimeout is it.
func slowGo(p *checks.Pass, s *checks.Scope) {
	header, _ := s.Get("ReadHeaderTimeout")
	whole, _ := s.Get("ReadTimeout")
	if header.Dynamic() || whole.Dynamic() || header.Value != int64(0) || whole.Value != int64(0) {
		p.OK(s.Subject())
		return
	}
	rule, message := "no-header-timeout", "The server waits for the headers of a request without end"
	if s.Name != "http.Server" {
		rule, message = "no-timeouts", s.Name+" makes a server that waits for requests without end"
	}
	p.Fail(checks.Finding{Rule: rule, Subject: s.Subject(), Place: s.Place, Attribute: "ReadHeaderTimeout", Expected: "ReadHeaderTimeout of some seconds",
		Actual: s.Name + " without it", Message: message})
}

func slowNode(p *checks.Pass, s *checks.Scope) {
	good := true
	for _, name := range []string{"requestTimeout", "headersTimeout"} {
		set, ok := s.Get(name)
		if !ok || set.Origin != checks.OriginSet || set.Value != int64(0) {
			continue
		}
		good = false
		p.Fail(checks.Finding{Rule: "timeout-off", Subject: s.Subject(), Place: set.Place, Attribute: name, Expected: "a number of milliseconds",
			Actual: name + " = 0", Message: name + " = 0 lets a request take as long as the client likes"})
	}
	if good {
		p.OK(s.Subject())
	}
}
