package canary

import (
	"slices"
	"sync"
	"time"
)

// Bounds of what is kept of one sink.
const (
	maxLines    = 400
	maxUnmarked = 50
)

// Line is a line of a log that holds markers, or a part of a long one.
type Line struct {
	At     time.Time // when it was read
	Text   string    // at most maxText bytes
	Begins bool      // Text begins the line
	Hits   []Hit     // none in a line that was kept for the time at which it came
}

// holds reports whether the marker is in the line.
func (l *Line) holds(m *Marker) bool {
	return slices.ContainsFunc(l.Hits, func(h Hit) bool { return h.Marker == m })
}

// collector keeps the marked lines of one sink. Safe for concurrent use.
type collector struct {
	searcher *searcher

	mu       sync.Mutex
	lines    []*Line
	unmarked []*Line // that came while a request was under way whose line need not hold a marker
	watch    bool
	seen     map[*Request]bool
	dropped  bool // there were more than maxLines
}

// stream begins a sequence of lines.
func (c *collector) stream(begins bool) *splitter {
	return &splitter{emit: c.take, inside: !begins}
}

func (c *collector) take(s segment) {
	hits := slices.DeleteFunc(c.searcher.search(s.text), func(h Hit) bool { return h.End <= s.seen })
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(hits) == 0 && c.watch && len(c.unmarked) < maxUnmarked:
		c.unmarked = append(c.unmarked, &Line{At: time.Now(), Text: string(s.text[:min(len(s.text), maxText)]), Begins: s.begins})
	case len(hits) == 0:
	case len(c.lines) == maxLines:
		c.dropped = true
	default:
		text, hits := clip(s.text, hits)
		c.lines = append(c.lines, &Line{At: time.Now(), Text: text, Begins: s.begins && len(text) == len(s.text), Hits: hits})
		for _, h := range hits {
			c.seen[h.Marker.Request] = true
		}
	}
}

// watching keeps lines without a marker from now on, or no more.
func (c *collector) watching(on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watch = on
}

// complete reports whether every request was seen.
func (c *collector) complete(requests []*Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(requests, func(r *Request) bool { return r.Status != 0 && !c.seen[r] })
}
