package headers

import (
	"net/url"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func tlsCheck() *checks.Check {
	return &checks.Check{
		ID:    "headers/tls",
		Title: "The certificate holds, and TLS is current",
		Why: "Every other header rests on TLS. A certificate that browsers refuse teaches visitors to click warnings away, " +
			"and then anyone on the path can show his own; TLS 1.0 and 1.1 are broken and switched off in browsers.",
		Fix:        "Renew the certificate for every name that is served, by a client that does so by itself, and serve TLS 1.2 and 1.3 only: nginx `ssl_protocols TLSv1.2 TLSv1.3;`.",
		Expected:   "The certificate is trusted, names the host, holds for more than {renew_before}, and TLS is 1.2 or later.",
		Rollback:   "Put the former certificate back while it is valid; serve an old TLS version only to clients that cannot be replaced, on a host of their own.",
		Absent:     "No page came over https",
		References: []string{"RFC 8996", "RFC 5280", "RFC 9325", "CWE-295", "CWE-298", "CWE-326"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "untrusted", Title: "The certificate is signed by nobody whom browsers trust", Precision: checks.PrecisionVeryHigh},
			{ID: "expired", Title: "The certificate is out of its time", Precision: checks.PrecisionVeryHigh},
			{ID: "wrong-name", Title: "The certificate is for another name", Precision: checks.PrecisionVeryHigh},
			{ID: "expires-soon", Title: "The certificate ends soon", Severity: checks.Low},
			{ID: "obsolete-version", Title: "The server offers nothing better than TLS 1.1", Severity: checks.Medium},
		},
		Params: []checks.Param{{Name: "renew_before", Kind: checks.ParamDuration, Default: 14 * 24 * time.Hour,
			Doc: "How long before its end a certificate should have been renewed; of one that lives shorter than four times that, a quarter of its life."}},
		Site: tlsOfSite,
	}
}

// tlsOfSite judges the first handshake: one host, one server. What the page says does not matter for it.
func tlsOfSite(p *checks.Pass) error {
	for _, page := range p.Site().Pages() {
		if isLogout(page) {
			continue
		}
		x, err := p.Site().Visit(p.Context(), page)
		if err != nil {
			if err := probe.Blind(p, err); err != nil {
				return err
			}
			continue
		}
		if x.TLS != nil {
			judgeTLS(p, x)
			return nil
		}
	}
	return nil
}

// faultRules are the rules for what may be wrong with a certificate, by its kind; any other kind is untrusted.
var faultRules = map[string]struct{ rule, harm string }{
	"expired":       {"expired", "browsers refuse it, and visitors who learn to go on anyway go on for an attacker's as well"},
	"not-yet-valid": {"expired", "browsers refuse it, and visitors who learn to go on anyway go on for an attacker's as well"},
	"wrong-name":    {"wrong-name", "nothing shows that the server is the one that was asked for: anyone with a certificate of his own can answer"},
}

func judgeTLS(p *checks.Pass, x *checks.Exchange) {
	r := &response{subject: checks.Subject{Kind: "host", Name: x.URL}, place: checks.Place{URL: x.URL}}
	if u, err := url.Parse(x.URL); err == nil {
		r.subject.Name = u.Host
	}
	var issues []issue
	for _, f := range x.TLS.Faults {
		rule, known := faultRules[f.Kind]
		if !known {
			rule.rule, rule.harm = "untrusted", "nothing shows that the server is the one that was asked for: anyone on the path can answer with a certificate like it"
		}
		issues = append(issues, issue{rule: rule.rule, attribute: "certificate", expected: "a certificate that browsers accept for the host",
			actual: f.Kind + ": " + f.Detail, message: rule.harm})
	}
	if soon := p.Duration("renew_before"); len(issues) == 0 && endsSoon(x.TLS, soon, time.Now()) {
		end := x.TLS.NotAfter.UTC().Format(time.DateOnly)
		issues = append(issues, issue{rule: "expires-soon", attribute: "certificate", expected: "an end later than " + checks.FormatDuration(soon) + " from now", actual: "an end on " + end,
			message: "nothing renewed the certificate so far: from " + end + " on browsers refuse the site, and HSTS leaves no way around"})
	}
	if v := x.TLS.Version; v == "TLS 1.0" || v == "TLS 1.1" || v == "SSLv3" {
		issues = append(issues, issue{rule: "obsolete-version", attribute: "TLS version", expected: "TLS 1.2 or 1.3", actual: v,
			message: "browsers refuse this version, and its ciphers let someone on the path read cookies (RFC 8996)"})
	}
	for _, i := range issues {
		p.Fail(r.finding(i))
	}
	if len(issues) == 0 {
		p.OK(r.subject)
	}
}

// endsSoon reports whether a certificate should have been renewed: soon before its end, or in the last quarter of a
// life that is short on purpose.
func endsSoon(s *checks.TLSState, soon time.Duration, now time.Time) bool {
	if s.NotAfter.IsZero() {
		return false
	}
	if !s.NotBefore.IsZero() {
		soon = min(soon, s.NotAfter.Sub(s.NotBefore)/4)
	}
	return s.NotAfter.Sub(now) < soon
}
