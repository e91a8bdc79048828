package canary

import (
	"bytes"
	"slices"
)

// Bounds of what is held of a log at once.
const (
	maxSegment = 64 << 10 // bytes of a line that are searched together
	maxText    = 16 << 10 // bytes kept of a line that holds a marker
)

// segment is a line, or a part of one that is longer than maxSegment: then each part repeats the end of the last.
type segment struct {
	text   []byte // valid until the next one
	begins bool   // it is the beginning of a line
	seen   int    // bytes that the last part of the line held too
}

// splitter cuts a stream into lines.
type splitter struct {
	emit   func(segment)
	buf    []byte
	inside bool // buf does not begin a line
	seen   int
}

// Write takes the next bytes of the stream, however they are cut.
func (s *splitter) Write(data []byte) (int, error) {
	n := len(data)
	for len(data) > 0 {
		room := data[:min(len(data), maxSegment-len(s.buf))]
		end := bytes.IndexByte(room, '\n')
		if end >= 0 {
			room = room[:end+1]
		}
		s.buf = append(s.buf, room...)
		data = data[len(room):]
		switch {
		case end >= 0:
			s.Flush()
		case len(s.buf) == maxSegment:
			s.part()
		}
	}
	return n, nil
}

// part hands on the buffer as a part of a line and keeps its end.
func (s *splitter) part() {
	s.emit(segment{s.buf, !s.inside, s.seen})
	s.seen = copy(s.buf, s.buf[len(s.buf)-longest:])
	s.buf, s.inside = s.buf[:s.seen], true
}

// Flush hands on what is there: a whole line, or the last one, which has no end.
func (s *splitter) Flush() {
	if text := bytes.TrimSuffix(bytes.TrimSuffix(s.buf, []byte("\n")), []byte("\r")); len(text) > s.seen {
		s.emit(segment{text, !s.inside, s.seen})
	}
	s.buf, s.inside, s.seen = s.buf[:0], false, 0
}

// clip keeps what surrounds the hits of a long segment, and moves the hits along.
func clip(text []byte, hits []Hit) (string, []Hit) {
	if len(text) <= maxText {
		return string(text), hits
	}
	from := max(0, hits[0].Start-maxText/4)
	to := min(len(text), from+maxText)
	hits = slices.DeleteFunc(slices.Clone(hits), func(h Hit) bool { return h.End > to })
	for i := range hits {
		hits[i].Start -= from
		hits[i].End -= from
	}
	return string(text[from:to]), hits
}
