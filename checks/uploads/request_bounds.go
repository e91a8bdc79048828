package uploads

import (
	"slices"
	"time"

	"hardcheck/checks"
)

// boundLevels are the levels that ask for other bounds than the body's.
var boundLevels = []string{"parts", "headers", "slow", "gzip"}

func requestBounds() *checks.Check {
	return &checks.Check{
		ID:    "uploads/request-bounds",
		Title: "Parts, headers, waiting and unpacking are bounded",
		Why: "A small request can cost a lot: a thousand parts take the parser's time, ten kilobytes of gzip unpack to ten megabytes, " +
			"and a client that never ends its request holds a worker until everyone else waits (CWE-400).",
		Fix: "Bound what one request may cost: nginx large_client_header_buffers and client_header_timeout, Apache LimitRequestFields and mod_reqtimeout, " +
			"Go MaxHeaderBytes, ReadHeaderTimeout and ReadTimeout, multer limits.parts, and count the bytes of a body after it is unpacked.",
		Expected:   "1,001 parts, 64 KiB of head and 10 MiB out of 10 KiB are refused, and a request that stops is closed within {stall}.",
		Rollback:   "Put the old bound back.",
		Absent:     "Needs --active=headers or --active=slow, or --active=parts,gzip with --upload-path",
		References: []string{"CWE-400", "CWE-409", "CWE-770", "ASVS 5.2.3", "OWASP API4:2023", "RFC 6585, 5"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "many-parts", Title: "A form of 1,001 fields is taken", Precision: checks.PrecisionMedium},
			{ID: "unpacks-unbounded", Title: "A body of 10 KiB is unpacked to 10 MiB", Precision: checks.PrecisionVeryHigh},
			{ID: "slow-head", Title: "A request whose head never ends is waited for", Precision: checks.PrecisionVeryHigh},
			{ID: "slow-body", Title: "A request whose body never ends is waited for", Precision: checks.PrecisionVeryHigh},
			{ID: "long-header", Title: "A header of 64 KiB is taken", Severity: checks.Low},
			{ID: "long-address", Title: "An address of 64 KiB is taken", Severity: checks.Low},
			{ID: "many-headers", Title: "1,000 header fields are taken", Severity: checks.Low},
		},
		Params: []checks.Param{{Name: "stall", Kind: checks.ParamDuration, Default: 65 * time.Second,
			Doc: "how long a request that stops half-way may be waited for; at most 80s is tried"}},
		Site: boundsOnSite,
	}
}

func boundsOnSite(p *checks.Pass) error {
	if !slices.ContainsFunc(boundLevels, p.Site().Active) {
		p.NotApplicable(p.Check.Absent)
		return nil
	}
	bounds, err := measure(p).prober.Bounds(min(p.Duration("stall"), 80*time.Second))
	for _, b := range bounds {
		subject := checks.Subject{Kind: "request", Name: b.What + ": " + b.Answer}
		switch {
		case !b.Told:
			p.NotApplicable(b.What + ": the path takes none, or its answers do not tell (" + b.Answer + ")")
		case b.Taken:
			p.Fail(checks.Finding{Rule: b.Rule, Subject: subject, Place: livePlace(p, ""), Attribute: b.Rule, Expected: "a refusal, or an end", Actual: b.Answer,
				Message: "The site takes " + b.What, Snippet: "# See it again:\n" + b.Evidence})
		default:
			p.OK(subject)
			p.Note(b.What + ": " + b.Answer + ". See it again: " + b.Evidence)
		}
	}
	return err
}
