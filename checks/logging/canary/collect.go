package canary

import (
	"bytes"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Bounds of what is kept of one sink.
const (
	maxLines    = 400
	maxUnmarked = 200
)

// Line is a line of a log that holds markers, or a part of a long one.
type Line struct {
	At     time.Time // when it was read
	Text   string    // at most maxText bytes
	Begins bool      // Text begins the line
	Hits   []Hit
	Of     *Request // of a line without hits: the request that it belongs to, or may belong to
}

// about reports whether the line is of the request.
func (l *Line) about(q *Request) bool {
	return l.Of == q || slices.ContainsFunc(l.Hits, func(h Hit) bool { return h.Marker.Request == q })
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
	unmarked []*Line // that may be of the request that was under way
	watched  *Request
	ids      map[string]*Request // identifiers that marked lines have for their request
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
	case len(hits) == 0:
		c.takeUnmarked(s.text)
	case len(c.lines) == maxLines:
		c.dropped = true
	default:
		text, hits := clip(s.text, hits)
		c.lines = append(c.lines, &Line{At: time.Now(), Text: text, Begins: s.begins && len(text) == len(s.text), Hits: hits})
		for _, h := range hits {
			c.seen[h.Marker.Request] = true
		}
		if id := identifier(s.text); id != "" {
			c.ids[id] = hits[0].Marker.Request
		}
	}
}

// takeUnmarked keeps a line without a marker where it has the identifier of a marked one, or what the request that is under
// way asks for: a log need not show what holds the marker.
func (c *collector) takeUnmarked(text []byte) {
	q := c.watched
	if q == nil && len(c.ids) == 0 {
		return
	}
	line := &Line{At: time.Now(), Text: string(text[:min(len(text), maxText)])}
	switch {
	case len(c.ids) > 0 && c.ids[identifier(text)] != nil && len(c.lines) < maxLines:
		line.Of = c.ids[identifier(text)]
		c.lines = append(c.lines, line)
	case q != nil && len(c.unmarked) < maxUnmarked && (q.Name == NameMalformed || word(line.Text, q.Method) && word(line.Text, q.Path)):
		line.Of = q
		c.unmarked = append(c.unmarked, line)
	}
}

// identifiers are the names by which loggers keep the lines of a request together.
var identifiers = pattern(`"(?:reqId|req_id|requestId|request_id|requestID|correlationId|correlation_id|traceId|trace_id)" ?: ?"?([\w.:/+=-]{1,64})`)

// identifier is the one of the request in a line of JSON, or "".
func identifier(text []byte) string {
	if !bytes.Contains(text, []byte("Id\"")) && !bytes.Contains(text, []byte("_id\"")) && !bytes.Contains(text, []byte("ID\"")) {
		return ""
	}
	if m := identifiers().FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// watch keeps lines without a marker that may be of the request, from now on; of none where it is nil.
func (c *collector) watch(q *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watched = q
}

// complete reports whether every request was seen that a server has to log. One that it refused to read, it may not, and
// those after it show that its line would be there.
func (c *collector) complete(requests []*Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !slices.ContainsFunc(requests, func(r *Request) bool {
		return r.Status != 0 && r.Status != http.StatusBadRequest && r.Name != NameMalformed && !c.seen[r]
	})
}
