package uploads

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// patience is a setting that says how long a product waits, in seconds.
type patience struct {
	product string
	kinds   []string // of scopes; nil is all
	name    string
	// forever: 0, or no value, is no bound. Where it is false such values are left alone.
	forever bool
	// missing: a scope without the setting has no bound.
	missing bool
	// instead is another setting that bounds the same where this one does not.
	instead string
	line    string // what to write
}

// patiences are the products' settings. Their defaults that are safe are not judged.
var patiences = []patience{
	{product: "nginx", kinds: []string{"http", "server", "location"}, name: "client_header_timeout", line: "client_header_timeout 60s;"},
	{product: "nginx", kinds: []string{"http", "server", "location"}, name: "client_body_timeout", line: "client_body_timeout 60s;"},
	{product: "haproxy", kinds: []string{"frontend", "listen"}, name: "timeout http-request", forever: true, missing: true, line: "timeout http-request 10s"},
	{product: "caddy", kinds: []string{"global"}, name: "servers.read_header", forever: true, line: "servers { timeouts { read_header 10s } }"},
	{product: "caddy", kinds: []string{"global"}, name: "servers.read_body", line: "servers { timeouts { read_body 60s } }"},
	{product: "traefik", kinds: []string{"router"}, name: "respondingTimeouts.readTimeout", forever: true, line: "readTimeout: 60s"},
	{product: "envoy", kinds: []string{"manager"}, name: "request_headers_timeout", forever: true, instead: "request_timeout", line: "request_headers_timeout: 10s"},
	{product: "lighttpd limits", kinds: []string{"server"}, name: "server.max-read-idle", line: "server.max-read-idle = 60"},
	{product: "tomcat", kinds: []string{"connector"}, name: "connectionTimeout", forever: true, line: `connectionTimeout="20000"`},
	{product: "apache", kinds: []string{"server", "virtualhost"}, name: "Timeout", line: "Timeout 60"},
}

// slowServers judges proxies and servers by their configuration.
func slowServers(p *checks.Pass) {
	max := p.Duration("max")
	var products []string
	for _, row := range patiences {
		products = append(products, row.product)
	}
	failed := map[checks.Place]bool{} // what several scopes inherit is one finding
	for _, s := range p.Scopes(products...) {
		if mode, ok := s.Get("mode"); notDeployed(s.Place.Path) || s.Layer == "haproxy" && ok && mode.Text() != "http" {
			continue
		}
		good := false
		for i := range patiences {
			row := &patiences[i]
			if s.Layer == row.product && (row.kinds == nil || slices.Contains(row.kinds, s.Kind)) {
				good = row.judge(p, s, max, failed) || good
			}
		}
		if s.Layer == "apache" {
			good = apacheWaits(p, s) || good
		}
		if good {
			p.OK(s.Subject())
		}
	}
	serversThatWait(p)
}

// judge reports whether the scope is good by this row; false too where nothing can be said.
func (r *patience) judge(p *checks.Pass, s *checks.Scope, max time.Duration, failed map[checks.Place]bool) bool {
	set, ok := s.Get(r.name)
	if !ok && !r.missing {
		return false
	}
	if !ok {
		set = unsetLimit(s, []string{r.name})
	}
	if set.Dynamic() {
		p.NotApplicable("The time limit is not known until run time: " + set.Place.String())
		return false
	}
	n, isInt := set.Int()
	f := checks.Finding{Subject: s.Subject(), Place: set.Place, Attribute: set.Name, Expected: "at most " + max.String(), Fix: "Write " + r.line + "."}
	switch {
	case n <= 0 && r.forever && r.otherwise(s):
		return true
	case n <= 0 && r.forever && (!ok || isInt || set.Value == nil):
		f.Rule, f.Actual = "no-timeout", "no limit"
		f.Message = r.name + " is not set: a client may take for ever to send a request"
		if set.Origin == checks.OriginSet {
			f.Message = r.name + " is turned off: a client may take for ever to send a request"
		}
	case seconds(n) > max:
		f.Rule, f.Actual, f.Message = "too-long", seconds(n).String(), fmt.Sprintf("%s lets a request that stops arriving wait for %s", r.name, seconds(n))
	default:
		return n > 0
	}
	if !failed[set.Place] {
		failed[set.Place] = true
		p.Fail(f)
	}
	return false
}

func seconds(n int64) time.Duration { return time.Duration(min(n, 1<<32)) * time.Second }

// otherwise reports whether the other setting bounds the same, or may.
func (r *patience) otherwise(s *checks.Scope) bool {
	set, ok := s.Get(r.instead)
	n, _ := set.Int()
	return ok && (n > 0 || set.Dynamic())
}

// apacheWaits judges RequestReadTimeout, which mod_reqtimeout bounds the head and the body by: "header=0" is for ever.
func apacheWaits(p *checks.Pass, s *checks.Scope) bool {
	set, ok := s.Get("RequestReadTimeout")
	if !ok || set.Inherited || set.Dynamic() {
		return false
	}
	for _, word := range strings.Fields(strings.ToLower(set.Text())) {
		part, value, _ := strings.Cut(word, "=")
		if value != "0" && !strings.HasPrefix(value, "0,") {
			continue
		}
		p.Fail(checks.Finding{Rule: "no-timeout", Subject: s.Subject(), Place: set.Place, Attribute: set.Name + " " + part, Expected: part + "=20-40,MinRate=500",
			Actual: word, Message: "RequestReadTimeout " + word + ": a client may take for ever to send the " + part + " of a request"})
		return false
	}
	return true
}

// serversThatWait finds servers that have no time limit for requests at all, in trees without anything in front of them.
func serversThatWait(p *checks.Pass) {
	chains := chainsOf(p)
	if slices.ContainsFunc(chains, func(c chain) bool { return c.front() != nil }) {
		return
	}
	for i := range chains {
		for j := range chains[i].layers {
			l := &chains[i].layers[j]
			if l.product != "uvicorn" || l.scope.Kind != "command" {
				continue
			}
			if bound, ok := l.scope.Get("limit_concurrency"); ok && bound.Value != nil {
				p.OK(l.scope.Subject())
				continue
			}
			p.Fail(checks.Finding{Rule: "server-waits", Subject: l.scope.Subject(), Place: l.scope.Place, Attribute: "limit_concurrency",
				Expected: "a proxy in front that bounds the time", Actual: "no limit",
				Message: "uvicorn waits for the head and the body of a request without end, and this tree has nothing in front of it"})
		}
	}
}
