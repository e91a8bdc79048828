package canary

import (
	"slices"
	"strings"
	"time"
)

// Seen reports whether any marker was seen in any sink. Without one nothing can be told: the logs may be others.
func (r *Result) Seen() bool {
	return slices.ContainsFunc(r.Sinks, func(s *SinkResult) bool { return len(s.Lines) > 0 })
}

// Sent are the requests that were sent.
func (r *Result) Sent() []*Request {
	return slices.DeleteFunc(slices.Clone(r.Requests), func(q *Request) bool { return q.Sent.IsZero() })
}

// Leak is a credential in a log.
type Leak struct {
	Marker *Marker
	Sink   *SinkResult
	Line   *Line // the first
	Hit    Hit   // in Line
	Count  int   // lines that hold it
}

// Credentials are the channels that must never be logged, in the order of what they are worth.
var Credentials = []Channel{FormPass, JSONPass, BasicPass, Bearer, Cookie, APIKey, QueryToken, RefererToken}

// Leaks are the credentials in the sink, one for each channel.
func (r *Result) Leaks(s *SinkResult) []Leak {
	var out []Leak
	for _, c := range Credentials {
		leak := Leak{Marker: r.marker(c), Sink: s}
		for _, line := range s.Lines {
			i := slices.IndexFunc(line.Hits, func(h Hit) bool { return h.Marker == leak.Marker })
			if i < 0 {
				continue
			}
			if leak.Count++; leak.Line == nil {
				leak.Line, leak.Hit = line, line.Hits[i]
			}
		}
		if leak.Line != nil {
			out = append(out, leak)
		}
	}
	return out
}

func (r *Result) marker(c Channel) *Marker {
	for _, m := range r.Markers {
		if m.Channel == c {
			return m
		}
	}
	return nil
}

// Outcome is how a log took something hostile.
type Outcome string

// Outcomes, the worst first.
const (
	Forged      Outcome = "forged a line"
	Unescaped   Outcome = "written as it was sent"
	Neutralised Outcome = "neutralised"
	Absent      Outcome = "not logged"
)

// Forging is how one sink took one probe.
type Forging struct {
	Probe   Probe
	Request *Request
	Outcome Outcome
	Found   []string // of Unescaped: what stands there
	Line    *Line    // that shows it; nil for Absent
	At      int      // where in Line the probe begins
	Opened  *Line    // of Forged: the line that was broken
}

// Forgings judges every probe that was sent.
func (r *Result) Forgings(s *SinkResult) []Forging {
	var out []Forging
	for _, q := range r.Sent() {
		for _, p := range q.Probes {
			f := judge(p, s)
			f.Request = q
			out = append(out, f)
		}
	}
	return out
}

// judge looks at what stands between the probe's markers, and for the second one at the beginning of a line whose line
// before ends with the first.
func judge(p Probe, s *SinkResult) Forging {
	out := Forging{Probe: p, Outcome: Absent}
	var opened *Line // a line that may end behind the first marker
	for _, line := range s.Lines {
		before := -1
		for _, h := range line.Hits {
			switch {
			case h.Marker == p.Before && h.Form == Raw:
				if before, opened = h.End, line; p.Quoted && (h.Start == 0 || line.Text[h.Start-1] != '"') {
					before = -1
				}
			case h.Marker == p.After && h.Form == Raw && before < 0:
				if p.Breaks && opened != nil && line.Begins {
					out.Outcome, out.Line, out.At, out.Opened = Forged, line, h.Start, opened
					return out
				}
			case h.Marker == p.After && h.Form == Raw:
				opened = nil
				if found := raw(line.Text[before:h.Start], p.Hostile); len(found) > 0 && out.Outcome != Unescaped {
					out.Outcome, out.Found, out.Line, out.At = Unescaped, found, line, before
				}
			}
		}
		if out.Outcome == Absent && (line.holds(p.Before) || line.holds(p.After)) {
			out.Outcome, out.Line = Neutralised, line
		}
	}
	return out
}

// raw are the hostile bytes that stand in the text.
func raw(text string, hostile []string) []string {
	return slices.DeleteFunc(slices.Clone(hostile), func(h string) bool { return !strings.Contains(text, h) })
}

// Record is how the sinks took a request: its best line, or none.
type Record struct {
	Request *Request
	Sink    *SinkResult
	Line    *Line
	Fields  Fields
	Latency time.Duration // from the answer until the line was read
}

// Record finds the line that tells most of the request.
func (r *Result) Record(q *Request) *Record {
	var best *Record
	for _, s := range r.Sinks {
		together := Fields{} // what lines with one identifier tell of the request
		for _, line := range s.Lines {
			if !line.about(q) {
				continue
			}
			fields := r.read(line, q, s)
			if identifier([]byte(line.Text)) != "" {
				together = together.and(fields)
				fields = together
			}
			if best == nil || fields.score() > best.Fields.score() {
				best = &Record{q, s, line, fields, max(0, line.At.Sub(q.Done))}
			}
		}
	}
	return best
}

// Trace is a line without a marker that came while the request was under way and fits it: some servers say no more of a
// request that they could not read, and a log without queries does not show what is in them.
func (r *Result) Trace(q *Request) *Line {
	for _, s := range r.Sinks {
		for _, line := range s.Unmarked {
			if line.Of == q && (q.Name != NameMalformed || badRequest().MatchString(line.Text)) {
				return line
			}
		}
	}
	return nil
}

// Known reports whether the logs would show which line is the request's: by its path, or because they show queries.
func (r *Result) Known(q *Request) bool {
	if strings.Contains(q.Path, r.Run) {
		return true
	}
	for _, s := range r.Sinks {
		for _, line := range s.Lines {
			if slices.ContainsFunc(line.Hits, func(h Hit) bool { return !strings.Contains(h.Marker.Request.Path, r.Run) }) {
				return true
			}
		}
	}
	return false
}
