package secrets

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// response is the text of one answer: its header fields and its body.
type response struct {
	url     string
	subject checks.Subject
	data    []byte
}

// eachResponse shows look the answer for every page, signed in or not. An answer that is not the application's own page
// is looked at too, but is no ground for a pass.
func eachResponse(p *checks.Pass, look func(response) bool) error {
	for _, page := range p.Site().Pages() {
		if page.Role == checks.RoleLogout { // its answer is a redirect, and the session is still needed
			continue
		}
		x, err := p.Site().Visit(p.Context(), page)
		if err != nil {
			problem := &checks.Problem{Op: "fetch", Expected: "a page", Actual: err.Error(), Retry: checks.RetrySafe, Where: page.Path}
			errors.As(err, &problem)
			p.Problem(*problem.AsBlind())
			continue
		}
		r := response{url: x.URL, subject: checks.Subject{Kind: "response", Name: x.URL}, data: textOf(x)}
		if !look(r) {
			continue
		}
		away := ""
		if !page.Role.SignedIn() {
			away = probe.Away(p, x)
		}
		switch {
		case away != "":
			p.NotApplicable(away) // the redirect itself holds no secret
		case x.Doubt != nil:
			p.Problem(*x.Doubt.AsBlind())
		case x.Cut:
			p.Problem(checks.Problem{Op: "read the response", Expected: "the whole body", Actual: "a body over the bound; its beginning holds no secret",
				Retry: checks.RetryUseless, Where: x.URL, Blind: true})
		default:
			p.OK(r.subject)
		}
	}
	return nil
}

// discoverIn judges the response's text as a file's would be.
func discoverIn(p *checks.Pass, r response) *discoveries {
	d := newDiscoveries(p)
	d.judge(&text{
		Entry: &checks.Entry{Path: "response", Size: int64(len(r.data))}, data: r.data, kind: code,
		binary: bytes.IndexByte(r.data[:min(len(r.data), 8000)], 0) >= 0,
		owns:   func(int) bool { return true },
		place:  func(int, int) checks.Place { return checks.Place{URL: r.url} },
	})
	return d
}

// textOf writes the header fields, in order of their names, before the body. Cookies are given to their own client,
// so their values are not disclosed by being readable there.
func textOf(x *checks.Exchange) []byte {
	var names []string
	for name := range x.Header {
		if !strings.EqualFold(name, "Set-Cookie") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		for _, value := range x.Header[name] {
			b.WriteString(name + ": " + value + "\n")
		}
	}
	b.WriteString("\n")
	b.Write(x.Body)
	return []byte(b.String())
}
