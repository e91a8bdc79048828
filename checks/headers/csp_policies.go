package headers

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/dunglas/httpsfv"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

// csPolicy is an enforced policy of a response and where it is written.
type csPolicy struct {
	csp.Policy
	place checks.Place
}

// get returns the directive of that name where it has an effect.
func (p *csPolicy) get(name string) (*csp.Directive, bool) {
	d := p.Get(name)
	return d, d != nil && p.InForce(name)
}

// policies returns the enforced policies of a response, those of meta elements last. Each is enforced by itself: what
// any one of them blocks is blocked.
func (r *response) policies() []csPolicy {
	var out []csPolicy
	for _, f := range r.all(cspHeader) {
		for _, p := range csp.ParseList(f.value) {
			out = append(out, csPolicy{p, f.place})
		}
	}
	for _, m := range r.meta {
		if m.name != cspHeader {
			continue
		}
		for _, p := range csp.ParseList(m.content) {
			p.Meta = true
			out = append(out, csPolicy{p, cmp.Or(m.place, r.place)})
		}
	}
	return out[:min(len(out), csp.MaxPolicies)]
}

// enforcing are the policies that hold a directive: one of which a browser drops everything is none.
func enforcing(policies []csPolicy) (list []csp.Policy, empty bool) {
	empty = true
	for _, p := range policies {
		list = append(list, p.Policy)
		empty = empty && len(p.Directives) == 0
	}
	return list, empty
}

// page is what the policies' evaluation needs to know of the response. A nonce that a configuration file spells out is
// in every answer.
func (r *response) page(policies []csp.Policy) csp.Page {
	out := csp.Page{Reused: r.sameNonces, Fresh: freshNonce}
	if r.live {
		out.Self = csp.ParseURL(r.place.URL)
		out.Endpoints, out.Declares = r.endpoints(), true
		return out
	}
	out.Reused = slices.DeleteFunc(csp.Nonces(policies), func(n string) bool { return n == freshNonce })
	return out
}

// endpoints are the names that Reporting-Endpoints (Reporting API, 3.3) and the older Report-To declare.
func (r *response) endpoints() []string {
	var out []string
	for _, f := range r.all("Reporting-Endpoints") {
		if list, err := httpsfv.UnmarshalDictionary([]string{f.value}); err == nil {
			out = append(out, list.Names()...)
		}
	}
	for _, f := range r.all("Report-To") {
		var groups []struct {
			Group string `json:"group"`
		}
		if json.Unmarshal([]byte("["+f.value+"]"), &groups) == nil {
			for _, g := range groups {
				out = append(out, cmp.Or(g.Group, "default"))
			}
		}
	}
	return out
}
