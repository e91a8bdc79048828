package uploads

import (
	"hardcheck/checks"
	"hardcheck/checks/uploads/prober"
)

func enforcedLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/enforced-limit",
		Title: "The limit on bodies holds for every way to send one",
		Why: "A limit that looks at Content-Length alone does not see a body in chunks, which declares no size: whoever means harm " +
			"sends one. A refusal that is a 500 or a broken connection makes honest clients send the same megabytes again.",
		Fix: "Count the bytes where the limit is: nginx client_max_body_size and lighttpd server.max-request-size do; behind HAProxy, Apache's " +
			"proxy or a middleware that reads Content-Length, have the application count what it reads and answer 413, or refuse bodies without a length (411).",
		Expected:   "A body over the limit is answered 413, with Content-Length and in chunks, up to {max}.",
		Rollback:   "Put the old limit back: nothing of it is stored.",
		Absent:     "Needs --active=drip (first bytes of bodies) or --active=body with --upload-path (whole bodies)",
		References: []string{"CWE-770", "CWE-400", "ASVS 5.2.1", "OWASP API4:2023", "RFC 9112, 6.3", "RFC 9110, 15.5.14"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "chunked-passes", Title: "A body in chunks passes the limit", Precision: checks.PrecisionVeryHigh},
			{ID: "fails-open", Title: "A body in chunks is dropped, and the request answered as good", Precision: checks.PrecisionVeryHigh},
			{ID: "no-limit", Title: "Bodies are taken in without a limit", Precision: checks.PrecisionMedium,
				Fix: "Limit the body in the first layer and count the bytes in the application: nginx client_max_body_size, Express's parsers' limit, " +
					"Go's http.MaxBytesReader, Flask's MAX_CONTENT_LENGTH; FastAPI needs a middleware that counts."},
			{ID: "wrong-status", Title: "A body over the limit is refused with the wrong answer", Severity: checks.Low,
				Fix: "Answer 413 where the limit is met: handle the error of the parser (multer's MulterError, Go's *http.MaxBytesError), and let the proxy in front look at Content-Length."},
			{ID: "limit-wraps", Title: "A size beyond the limit is accepted again", Precision: checks.PrecisionVeryHigh},
			{ID: "limit-too-high", Title: "The limit is higher than the policy allows", Precision: checks.PrecisionVeryHigh},
		},
		Params: []checks.Param{{Name: "max", Kind: checks.ParamSize, Default: int64(100 << 20),
			Doc: "the largest body that any layer may let through"}},
		Site: enforcedOnSite,
	}
}

func enforcedOnSite(p *checks.Pass) error {
	site := p.Site()
	if !site.Active("drip") && !site.Active("body") {
		p.NotApplicable(p.Check.Absent)
		return nil
	}
	outcomes := measure(p).outcomes
	for i := range outcomes {
		if outcomes[i].Missing && !site.Active("drip") {
			p.NotApplicable("--active=body sends bodies to --upload-path only, and none was given")
			continue
		}
		judgeEnforced(p, &outcomes[i])
	}
	return nil
}

// verdictOf finds a verdict's row.
func verdictOf(o *prober.Outcome) prober.Judged {
	for _, row := range prober.Table() {
		if row.Verdict == o.Verdict {
			return row
		}
	}
	return prober.Judged{Verdict: o.Verdict, Status: checks.StatusError}
}

// judgeEnforced reports the verdict on one path.
func judgeEnforced(p *checks.Pass, o *prober.Outcome) {
	row, most, limit := verdictOf(o), p.Int("max"), o.Limit()
	f := checks.Finding{Rule: row.Rule, Subject: liveSubject(p, o), Place: livePlace(p, o.Path), Attribute: "body limit", Snippet: again(o),
		Expected: "413 for every body over the limit, of at most " + checks.FormatSize(most), Actual: o.String(), Message: "A larger body than allowed: " + row.Means}
	switch {
	case row.Status == checks.StatusError:
		p.Problem(*untold(p, o, retryOf(o.Verdict)))
	case row.Status == checks.StatusNotApplicable:
		p.NotApplicable(o.Path + " is " + o.String())
	case o.Verdict == prober.WrongStatus && o.Status() >= 400 && o.Status() < 500: // Django's and Tornado's word for it
		told(p, o)
	case row.Status == checks.StatusFail:
		p.Fail(f)
	case limit.AtLeast > most:
		f.Rule, f.Message = "limit-too-high", "A body larger than "+checks.FormatSize(most)+" gets through"
		p.Fail(f)
	default:
		told(p, o)
	}
}
