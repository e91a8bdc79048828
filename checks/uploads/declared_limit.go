package uploads

import (
	"hardcheck/checks"
	"hardcheck/checks/uploads/prober"
)

func declaredLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/declared-limit",
		Title: "Oversized uploads are refused by their declared size",
		Why: "Where no layer refuses a request that declares an enormous body, the bytes are taken in, buffered and " +
			"often written to disk before anyone objects: a few clients fill the disk or the memory.",
		Fix: "Limit the body in the first layer that sees it: nginx `client_max_body_size 10m;`, Apache " +
			"`LimitRequestBody 10485760` (not for proxied paths), HAProxy `http-request deny deny_status 413 if { req.hdr_val(content-length) gt 10485760 }`, " +
			"or a middleware of the application that looks at Content-Length and counts the bytes.",
		Expected:   "A request that declares a body over {max} is answered 413 before its body is sent.",
		Rollback:   "Put the limit back to its old value, or raise it on the one location that takes large files.",
		Absent:     "Needs --active=declare: at most 16 requests that declare a body and send none of it",
		References: []string{"CWE-770", "CWE-400", "ASVS 5.2.1", "OWASP API4:2023", "RFC 9110, 10.1.1"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "no-declared-limit", Title: "No layer refuses a body by its declared size", Precision: checks.PrecisionMedium},
			{ID: "limit-too-high", Title: "The limit is higher than the policy allows", Precision: checks.PrecisionVeryHigh},
			{ID: "limit-wraps", Title: "A size beyond the limit is accepted again", Precision: checks.PrecisionVeryHigh},
		},
		Params: []checks.Param{{Name: "max", Kind: checks.ParamSize, Default: int64(100 << 20),
			Doc: "the largest declared body that any layer may let through"}},
		Site: declaredOnSite,
	}
}

func declaredOnSite(p *checks.Pass) error {
	if !p.Site().Active("declare") {
		p.NotApplicable(p.Check.Absent)
		return nil
	}
	outcomes := measure(p).outcomes
	for i := range outcomes {
		judgeDeclared(p, &outcomes[i])
	}
	return nil
}

// judgeDeclared judges one path by the sizes that were declared.
func judgeDeclared(p *checks.Pass, o *prober.Outcome) {
	most, limit := p.Int("max"), o.Declared
	f := checks.Finding{Subject: liveSubject(p, o), Place: livePlace(p, o.Path), Attribute: "declared size", Snippet: "# See it again:\n" + o.EvidenceDeclared,
		Expected: "413 for a declared body over " + checks.FormatSize(most)}
	switch {
	case o.Wraps > 0:
		f.Rule, f.Actual = "limit-wraps", limit.String()+", and "+checks.FormatSize(o.Wraps-1)+" is accepted"
		f.Message = "A declared body of " + checks.FormatSize(o.Wraps-1) + " passes a limit that refuses smaller ones: the limit overflows"
	case limit.Over > 0 && limit.AtLeast > most:
		f.Rule, f.Actual = "limit-too-high", limit.String()
		f.Message = "A body larger than " + checks.FormatSize(most) + " is not refused by its declared size"
	case limit.Over > 0:
		told(p, o)
		return
	case o.Verdict == prober.NotReading && !o.Missing, o.Verdict == prober.EnforcedLate:
		p.NotApplicable(o.Path + " refuses nothing by the declared size: " + o.String())
		return
	case o.Verdict == prober.NotReading && o.Status() < 400:
		p.Problem(*beforeAnyLimit(p, o))
		return
	case o.CountsBytes() != "":
		o.Why = "10 GiB declared: " + o.CountsBytes() + " counts bytes as they arrive, so its limit cannot be seen without sending them"
		p.Problem(*untold(p, o, checks.RetryUseless))
		return
	case limit.AtLeast <= 2, o.Silent():
		p.Problem(*untold(p, o, retryOf(o.Verdict)))
		return
	default:
		f.Rule, f.Actual = "no-declared-limit", "10 GiB declared: "+o.Control()+", as for 2 bytes"
		f.Message = "No proxy or server refuses a request by its declared size, up to 10 GiB; a limit that only counts the bytes as they arrive cannot be seen without sending them"
	}
	p.Fail(f)
}

func beforeAnyLimit(p *checks.Pass, o *prober.Outcome) *checks.Problem {
	o.Why += ": every path is answered before any limit is looked at"
	return untold(p, o, checks.RetryUseless)
}
