package logging

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/logging/canary"
)

// maxSkew is how far the log's clock may be from the one of the machine that asks.
const maxSkew = time.Minute

func canaryCoverage() *checks.Check {
	return &checks.Check{
		ID:    "logging/canary-coverage",
		Title: "Requests and failures are logged with their metadata",
		Why: "An attack that is not logged is not noticed and cannot be reconstructed; a line that does not say when, by whom, on " +
			"what and with which outcome cannot be matched with those of other systems.",
		Fix:        "Log every request, failed login, malformed request and error with a time and its offset, the client, method, path and status.",
		Expected:   "Each request is in the logs with time and offset, the client's own address, method, path and status.",
		Rollback:   "Put the old format back.",
		Absent:     canaryAbsent,
		References: []string{"CWE-778", "CWE-223", "ASVS 16.2.1", "ASVS 16.2.2", "ASVS 16.3.1", "ASVS 16.3.3", "ASVS 16.3.4", "OWASP A09:2025"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "not-logged", Title: "A kind of request is not logged", Precision: checks.PrecisionHigh},
			{ID: "malformed-not-logged", Title: "A malformed request is not logged", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "failure-not-told", Title: "A failed login looks like any other request"},
			{ID: "no-time", Title: "The log does not say when"},
			{ID: "no-time-zone", Title: "The log's times have no offset", Severity: checks.Low},
			{ID: "no-client", Title: "The log does not say who asked"},
			{ID: "no-action", Title: "The log does not say what was asked and answered"},
			{ID: "spoofed-client", Title: "The log takes the client's address from what the client says", Precision: checks.PrecisionVeryHigh,
				Fix: "Believe X-Forwarded-For from the addresses of your own proxies only, and have the first proxy replace it."},
			{ID: "clock-skew", Title: "The log's clock is wrong", Severity: checks.Low, Fix: "Synchronise the clock (chrony, systemd-timesyncd) and log UTC or an offset."},
		},
		Site: coverageOnSite,
	}
}

func coverageOnSite(p *checks.Pass) error {
	r, err := runCanary(p)
	if r == nil || err != nil || !r.Seen() {
		return err
	}
	blind := r.Stopped != nil || slices.ContainsFunc(r.Sinks, func(s *canary.SinkResult) bool { return s.Problem != nil })
	var best *canary.Record
	for _, q := range r.Sent() {
		if q.Name == canary.NameHostile || !judged(p, q) {
			continue
		}
		record := r.Record(q)
		switch {
		case record == nil && r.Trace(q) != nil, record != nil && failureTold(p, r, q):
			p.OK(checks.Subject{Kind: "request", Name: q.Name})
		case record == nil && !r.Known(q):
			p.NotApplicable("whether a " + q.Name + " is logged cannot be told: the logs show no query")
		case record == nil && !blind:
			reportUnlogged(p, r, q)
		}
		if (q.Name == canary.NamePage || q.Name == canary.NameMissing) && record != nil && (best == nil || len(record.Fields.Missing()) < len(best.Fields.Missing())) {
			best = record
		}
	}
	if best != nil {
		judgeFields(p, r, best)
	}
	return nil
}

// judged reports whether the request was answered as one of its kind.
func judged(p *checks.Pass, q *canary.Request) bool {
	switch q.Name {
	case canary.NameMalformed:
		return true
	case canary.NameLogin, canary.NameJSONLogin:
		if q.Status == http.StatusNotFound || q.Status == http.StatusMethodNotAllowed || q.Status == 0 {
			p.NotApplicable("failed logins were not judged: " + q.Path + " takes none; name the page with --path login=PATH")
			return false
		}
	case canary.NameError:
		if q.Status < 500 {
			p.Problem(checks.Problem{Op: "provoke an error at", Where: q.Path, Expected: "status 500", Actual: "status " + strconv.Itoa(q.Status), Retry: checks.RetryUseless, Blind: true})
			return false
		}
	}
	return q.Status != 0
}

func reportUnlogged(p *checks.Pass, r *canary.Result, q *canary.Request) {
	f := checks.Finding{Rule: "not-logged", Subject: checks.Subject{Kind: "request", Name: q.Name}, Place: checks.Place{URL: p.Site().URL().String()},
		Attribute: q.Name, Expected: "a line for the " + q.Name + " in " + sinkNames(r), Actual: "status " + strconv.Itoa(q.Status) + ", and no line with its markers within " + r.Waited.Round(time.Second/10).String(),
		Message: "The " + q.Name + " left no line in the logs, though others did"}
	if q.Name == canary.NameMalformed {
		f.Rule = "malformed-not-logged"
	}
	p.Fail(f)
}

var failureWord = regexp.MustCompile(`(?i)fail|invalid|denied|unauthori[sz]ed|forbidden|incorrect|rejected|wrong|bad credentials`)

// failureTold reports whether the log shows that a login failed, and who tried. It reports a login that looks like any
// other request.
func failureTold(p *checks.Pass, r *canary.Result, q *canary.Request) bool {
	if q.Name != canary.NameLogin && q.Name != canary.NameJSONLogin || q.Status >= 400 {
		return true // an access log's status tells
	}
	for _, s := range r.Sinks {
		for _, line := range s.Lines {
			if failureWord.MatchString(line.Text) && slices.ContainsFunc(line.Hits, func(h canary.Hit) bool { return h.Marker.Request == q }) {
				return true
			}
		}
	}
	record := r.Record(q)
	p.Fail(checks.Finding{Rule: "failure-not-told", Subject: checks.Subject{Kind: "request", Name: q.Name}, Place: checks.Place{URL: p.Site().URL().String()},
		Attribute: q.Name, Expected: "a line that says that the login failed, and for whom", Actual: excerpt(record.Line, 0),
		Message: "A " + q.Name + " is answered with status " + strconv.Itoa(q.Status) + ", and no line says that it failed",
		Fix:     "Log each failed login in its handler, with the user name escaped and never the password."})
	return false
}

// judgeFields judges the line that tells most of an ordinary request.
func judgeFields(p *checks.Pass, r *canary.Result, best *canary.Record) {
	subject := checks.Subject{Kind: "line", Name: "of a " + best.Request.Name + " in " + best.Sink.Sink.String()}
	missing := best.Fields.Missing()
	writer := r.Writer(best.Line.Text)
	if writer == nil {
		writer = &canary.Product{}
	}
	fail := func(rule, attribute, message, directive string) {
		fix := p.Check.Rule(rule).Fix
		if fix == "" {
			fix = p.Check.Fix
		}
		p.Fail(checks.Finding{Rule: rule, Subject: subject, Place: checks.Place{URL: p.Site().URL().String()}, Attribute: attribute,
			Expected: "time with offset, client, method, path and status", Actual: excerpt(best.Line, 0), Message: message, Fix: withWriter(directive, writer, fix)})
	}
	failed := len(missing) > 0
	told := func(name string) bool { return !slices.Contains(missing, name) }
	switch {
	case !told("time"):
		fail("no-time", "time", "The line does not say when the request came", writer.Time)
	case !told("time zone"):
		fail("no-time-zone", "time zone", "The line's time has no offset: it cannot be matched with the logs of other systems", writer.Time)
	}
	if !told("client") {
		fail("no-client", "client", "The line does not say which address the request came from", writer.Client)
	}
	if action := slices.DeleteFunc(slices.Clone(missing), func(name string) bool { return name != "method" && name != "path" && name != "status" }); len(action) > 0 {
		fail("no-action", strings.Join(action, ", "), "The line does not tell "+strings.Join(action, ", "), "")
	}
	if best.Fields.Spoofed {
		failed = true
		fail("spoofed-client", "client", "The line's client is "+r.Spoofed+", which the request claimed in X-Forwarded-For", writer.Client)
	}
	if skew := best.Fields.Time.Sub(best.Line.At).Abs(); told("time") && skew > maxSkew+best.Latency {
		failed = true
		fail("clock-skew", "time", fmt.Sprintf("The line's time is %s off the clock of this machine", skew.Round(time.Second)), "")
	}
	if !failed {
		p.OK(subject)
	}
}
