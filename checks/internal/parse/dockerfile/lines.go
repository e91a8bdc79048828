package dockerfile

import (
	"sort"
	"strings"
)

// line is one instruction's text: physical lines joined as the builder joins them, with the way back.
type line struct {
	text     string
	segments []segment
	end      int // offset in the source after the last physical line, heredocs included
	heredocs []Heredoc
}

// segment says that text from at on stands in the source from source on.
type segment struct{ at, source int }

// sourceOffset turns an offset of text into one of the file.
func (l *line) sourceOffset(offset int) int {
	i := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].at > offset }) - 1
	if i < 0 {
		return 0
	}
	return l.segments[i].source + offset - l.segments[i].at
}

// scanner splits a Dockerfile into lines.
type scanner struct {
	src    string
	at     int
	escape byte
	// open counts heredocs that did not end; after a few of them << is no longer believed.
	open int
	// docs are the heredocs of the instruction at hand by BuildKit; nil where it refused the file.
	docs   []heredocMark
	starts []int // offsets of the lines
}

// physical returns the next physical line without its line end, and its offset.
func (s *scanner) physical() (text string, offset int) {
	offset = s.at
	end := strings.IndexByte(s.src[s.at:], '\n')
	if end < 0 {
		text, s.at = s.src[s.at:], len(s.src)
	} else {
		text, s.at = s.src[s.at:s.at+end], s.at+end+1
	}
	return strings.TrimSuffix(text, "\r"), offset
}

// directives reads the comment lines "# name=value" at the top; only escape changes how the rest is read.
func (s *scanner) directives() {
	s.escape = '\\'
	for s.at < len(s.src) {
		start := s.at
		text, _ := s.physical()
		body, ok := strings.CutPrefix(strings.TrimSpace(text), "#")
		name, value, pair := strings.Cut(body, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || !pair || name != "escape" && name != "syntax" && name != "check" {
			s.at = start
			return
		}
		if name == "escape" && strings.TrimSpace(value) == "`" {
			s.escape = '`'
		}
	}
}

// next returns the next instruction's line. ok is false at the end of the file.
func (s *scanner) next() (l line, ok bool) {
	var text strings.Builder
	for s.at < len(s.src) {
		raw, offset := s.physical()
		trimmed := strings.TrimSpace(raw)
		if trimmed == "" || trimmed[0] == '#' {
			continue // also between continuation lines
		}
		if text.Len() == 0 {
			lead := len(raw) - len(strings.TrimLeft(raw, " \t"))
			raw, offset = raw[lead:], offset+lead
		}
		l.segments = append(l.segments, segment{text.Len(), offset})
		body, more := s.continued(raw)
		text.WriteString(body)
		if !more {
			break
		}
	}
	l.text, l.end = text.String(), s.at
	return l, len(l.segments) > 0
}

// continued removes the escape character that ends a line which goes on.
func (s *scanner) continued(raw string) (string, bool) {
	body := strings.TrimRight(raw, " \t")
	if body == "" || body[len(body)-1] != s.escape {
		return raw, false
	}
	body = body[:len(body)-1]
	if body != "" && body[len(body)-1] == s.escape {
		return raw, false
	}
	return body, true
}

// heredocs reads the texts announced in the line; each ends at a line that is its name.
func (s *scanner) heredocs(l *line) {
	marks := s.docs
	if marks == nil {
		marks = heredocMarks(l.text)
	}
	for _, mark := range marks {
		if s.open >= maxOpen {
			return
		}
		doc := Heredoc{Name: mark.name, Offset: s.at}
		start := s.at
		for {
			if s.at >= len(s.src) {
				s.open++
				s.at = start // not terminated: a shift operator or a mistake, never the rest of the file
				return
			}
			text, offset := s.physical()
			if mark.chomp {
				text = strings.TrimLeft(text, "\t")
			}
			if text == mark.name {
				doc.Text = s.src[doc.Offset:offset]
				break
			}
		}
		l.heredocs = append(l.heredocs, doc)
		l.end = s.at
	}
}

// maxOpen bounds how often the rest of the file is searched for an end that is not there.
const maxOpen = 4

type heredocMark struct {
	name       string
	chomp      bool
	start, end int // in the text
}

// heredocMarks finds <<NAME, <<-NAME and <<"NAME" outside quotes.
func heredocMarks(text string) []heredocMark {
	var out []heredocMark
	var quote byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\\':
			i++
		case c == '"' || c == '\'':
			quote = c
		case strings.HasPrefix(text[i:], "<<<"):
			i += 2
		case strings.HasPrefix(text[i:], "<<"):
			rest, chomp := strings.CutPrefix(text[i+2:], "-")
			rest = strings.TrimLeft(rest, " \t")
			end := len(text) - len(rest) + wordEnd(rest)
			if name := strings.Trim(rest[:wordEnd(rest)], `"'`); name != "" && len(out) < 16 {
				out = append(out, heredocMark{name, chomp, i, end})
			}
			i = max(end-1, i+1)
		}
	}
	return out
}

func wordEnd(s string) int {
	if i := strings.IndexAny(s, " \t;|&<>()"); i >= 0 {
		return i
	}
	return len(s)
}
