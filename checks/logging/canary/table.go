package canary

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is one line of the table of what a run found: a log, what was sent, and what became of it there.
type Row struct{ Sink, Sent, Verdict string }

// Rows are the verdicts per log and channel, requests first.
func (r *Result) Rows() []Row {
	var out []Row
	for _, s := range r.Sinks {
		add := func(sent, verdict string) { out = append(out, Row{s.Sink.String(), sent, verdict}) }
		if len(s.Lines) == 0 {
			add("everything", "no marker was seen")
			continue
		}
		for _, q := range r.Sent() {
			if q.Name != NameHostile {
				add(q.Name, r.requestVerdict(s, q))
			}
		}
		var quiet, harmless []string
		leaks := r.Leaks(s)
		for _, c := range Credentials {
			i := slices.IndexFunc(leaks, func(l Leak) bool { return l.Marker.Channel == c })
			if i < 0 {
				quiet = append(quiet, string(c))
				continue
			}
			add(string(c), "LEAKED, "+string(leaks[i].Hit.Form))
		}
		for _, f := range r.Forgings(s) {
			switch f.Outcome {
			case Absent:
				quiet = append(quiet, string(f.Probe.Channel))
			case Neutralised:
				harmless = append(harmless, string(f.Probe.Channel))
			default:
				add(string(f.Probe.Channel), f.verdict())
			}
		}
		for _, group := range []struct {
			verdict  string
			channels []string
		}{{"not logged", quiet}, {"neutralised", harmless}} {
			for channels := range slices.Chunk(group.channels, 3) {
				add(strings.Join(channels, ", "), group.verdict)
			}
		}
		add(string(RequestID), r.requestID(s))
	}
	return out
}

// verdict is that of a probe that did harm.
func (f Forging) verdict() string {
	if f.Outcome == Unescaped {
		return fmt.Sprintf("AS IT WAS SENT: %+q", f.Found)
	}
	return "FORGED A LINE"
}

// requestVerdict says how soon a request was logged in the sink, and what its line tells.
func (r *Result) requestVerdict(s *SinkResult, q *Request) string {
	one := *r
	one.Sinks = []*SinkResult{s}
	record := one.Record(q)
	switch {
	case record == nil && q.Name == NameMalformed && one.Trace(q) != nil:
		return "logged without what was asked"
	case record == nil && (one.Trace(q) != nil || !one.Known(q)):
		return "not known: the log does not show queries"
	case record == nil:
		return "not logged"
	}
	out := fmt.Sprintf("logged after %s, metadata %d of %d", latency(record.Latency), record.Fields.score(), maxScore)
	if missing := record.Fields.Missing(); len(missing) > 0 {
		out += ", without " + strings.Join(missing, ", ")
	}
	if record.Fields.Spoofed {
		out += ", SPOOFED CLIENT"
	}
	return out
}

// latency is a duration as exact as it can be told.
func latency(d time.Duration) string {
	if d < 2*pollEvery {
		return "at most " + (2 * pollEvery).String()
	}
	return d.Round(pollEvery).String()
}

// requestID says whether a request can be followed through the logs by the identifier that it brought.
func (r *Result) requestID(s *SinkResult) string {
	m := r.marker(RequestID)
	logged := slices.ContainsFunc(s.Lines, func(l *Line) bool { return l.holds(m) })
	switch echoed := m.Request.Echoed[RequestID]; {
	case logged && echoed:
		return "logged, and sent back"
	case logged:
		return "logged, not sent back"
	case echoed:
		return "sent back, not logged"
	}
	return "neither logged nor sent back"
}

// Written lists how many lines with markers each log holds, for who wants to remove them.
func (r *Result) Written() []Row {
	var out []Row
	for _, s := range r.Sinks {
		out = append(out, Row{s.Sink.String(), r.Run, fmt.Sprintf("%d lines", len(s.Lines))})
	}
	return out
}
