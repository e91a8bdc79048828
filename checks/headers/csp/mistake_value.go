package csp

import (
	"slices"
	"strings"
)

// values are the only words that a directive takes, where it is that strict.
var values = map[string][]string{
	"require-trusted-types-for": {"'script'"}, "webrtc": {"'allow'", "'block'"}, "upgrade-insecure-requests": {}, "block-all-mixed-content": {},
	"sandbox": {"allow-downloads", "allow-forms", "allow-modals", "allow-orientation-lock", "allow-pointer-lock", "allow-popups",
		"allow-popups-to-escape-sandbox", "allow-presentation", "allow-same-origin", "allow-scripts", "allow-storage-access-by-user-activation",
		"allow-top-navigation", "allow-top-navigation-by-user-activation", "allow-top-navigation-to-custom-protocols"},
}

func invalidValues(_ *evaluation, p *Policy) (out []Finding) {
	for i := range p.Directives {
		d := &p.Directives[i]
		if d.kind == sourceList {
			continue
		}
		known, strict := values[d.Name]
		for j := 0; strict && j < len(d.Sources); j++ {
			word := d.Sources[j].Text
			if slices.Contains(known, strings.ToLower(word)) || directives[strings.ToLower(word)] != 0 {
				continue
			}
			f := Finding{Directive: d.Name, Expected: strings.Join(known, ", "), Actual: word,
				Message: "browsers do not know " + word + " in " + d.Name + " and ignore it"}
			if len(known) == 0 {
				f.Expected = "no value"
			}
			out = append(out, f)
		}
	}
	return out
}

func undeclaredEndpoints(e *evaluation, p *Policy) []Finding {
	d := p.Get("report-to")
	if d == nil || len(d.Sources) == 0 || !e.page.Declares || slices.Contains(e.page.Endpoints, d.Sources[0].Text) {
		return nil
	}
	name := d.Sources[0].Text
	return []Finding{{Directive: d.Name, Expected: `Reporting-Endpoints: ` + name + `="https://…"`, Actual: "no endpoint " + name,
		Message: "no header declares " + name + ", and browsers that know report-to ignore report-uri beside it: nobody hears of an attack that the policy blocks",
		Fix:     "Send `Reporting-Endpoints: " + name + "=\"https://…\"` with the same answer."}}
}

// wideDirectives finds a base-uri or form-action that is written down and restricts nothing, where no policy does.
func wideDirectives(e *evaluation, p *Policy) (out []Finding) {
	for _, w := range []struct {
		vector
		name, harm string
	}{
		{baseURL, "base-uri", "injects `<base href>`, and relative links and forms lead to his host"},
		{formURL, "form-action", "injects `<form action>`, and what the victim types goes to his host"},
	} {
		d := p.Get(w.name)
		if d == nil || !e.open(attempt{vector: w.vector, url: foreign}) {
			continue
		}
		out = append(out, Finding{Directive: w.name, Expected: "'none', 'self' or named hosts", Actual: d.Text,
			Message: "it restricts nothing: an attacker " + w.harm, Fix: "Write `" + w.name + " 'self'`."})
	}
	return out
}

func oversized(_ *evaluation, p *Policy) []Finding {
	if !p.cut {
		return nil
	}
	return []Finding{{Directive: "policy", Expected: "at most 200 directives and 1000 sources", Actual: "more",
		Message: "what is beyond the first 1000 sources is not judged here, and proxies cut such headers: an attacker uses what is lost"}}
}

func plainReports(_ *evaluation, p *Policy) (out []Finding) {
	d := p.Get("report-uri")
	if d == nil || !p.InForce(d.Name) {
		return nil
	}
	for i := range d.Sources {
		if _, plain := cutPrefixFold(d.Sources[i].Text, "http://"); plain {
			out = append(out, Finding{Directive: d.Name, Expected: "an https address", Actual: d.Sources[i].Text,
				Message: "an attacker on the network path reads and swallows the reports, which name the pages that victims visit; an https page may not send them at all",
				Fix:     "Write https:// in report-uri."})
		}
	}
	return out
}
