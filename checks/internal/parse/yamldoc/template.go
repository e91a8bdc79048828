package yamldoc

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// tags is a text whose template tags were replaced by placeholders of the same length, so that lines and columns
// stay right: a line that holds only tags is blanked, any other tag becomes one word.
type tags struct {
	text  string
	found bool
	words []word // by the placeholder's number
}

// word is one placeholder: the tag it stands for and its length in the masked text.
type word struct {
	tag  string
	size int
}

// A placeholder is one private-use rune, four bytes as the shortest tag is, that numbers it, and then filling.
const (
	firstRune = 0xF0000
	maxWords  = 0xFFFD
	filling   = 'x'
)

var delimiters = [...]struct{ open, close string }{{"{{", "}}"}, {"{%", "%}"}}

// breaks are what YAML 1.1 counts as a line break and editors do not.
var breaks = strings.NewReplacer("\u0085", "  ", "\u2028", "   ", "\u2029", "   ", "\r\n", "\r\n", "\r", " ")

func mask(text string) tags {
	t := tags{}
	out := []byte(breaks.Replace(text))
	line := 0 // where the line at hand begins
	for at := 0; at < len(text); {
		start, end := nextTag(text, at)
		if start < 0 {
			break
		}
		t.found = true
		if i := strings.LastIndexByte(text[at:start], '\n'); i >= 0 {
			line = at + i + 1
		}
		if stop, alone := aloneOnLines(text, line, start, end); alone {
			blank(out[start:stop])
			at = stop
			continue
		}
		t.replace(out, text, start, end)
		at = end
		if i := strings.LastIndexByte(text[start:end], '\n'); i >= 0 {
			line = start + i + 1
		}
	}
	t.text = string(out)
	return t
}

// nextTag finds the next template tag; start is -1 where there is none. An unclosed tag is no tag.
func nextTag(text string, from int) (start, end int) {
	for from < len(text) {
		i := strings.IndexByte(text[from:], '{')
		if i < 0 {
			break
		}
		from += i
		for _, d := range delimiters {
			if !strings.HasPrefix(text[from:], d.open) {
				continue
			}
			// A bound on the length keeps unclosed openings linear.
			window := text[from:min(len(text), from+maxTag)]
			skip := comment(window)
			if n := strings.Index(window[skip:], d.close); n >= 0 {
				return from, from + skip + n + len(d.close)
			}
		}
		from++
	}
	return -1, -1
}

const maxTag = 4096

// comment is the length of a Go template's comment from the opening of its tag on, 0 where the tag is none: a comment may
// hold tags.
func comment(tag string) int {
	head := len(tag) - len(strings.TrimLeft(strings.TrimPrefix(tag[2:], "-"), " \t\n\r"))
	if !strings.HasPrefix(tag[head:], "/*") {
		return 0
	}
	if n := strings.Index(tag[head:], "*/"); n >= 0 {
		return head + n + 2
	}
	return 0
}

// aloneOnLines reports whether the tag, with others that follow it, fills its lines; stop is the end of the last.
func aloneOnLines(text string, line, start, end int) (stop int, alone bool) {
	if strings.TrimSpace(text[line:start]) != "" {
		return 0, false
	}
	for range 32 {
		rest, _, _ := strings.Cut(text[end:], "\n")
		if strings.TrimSpace(rest) == "" {
			return end, true
		}
		next, after := nextTag(text[:min(len(text), end+maxTag)], end)
		if next < 0 || strings.TrimSpace(text[end:next]) != "" || strings.Contains(text[end:next], "\n") {
			return 0, false
		}
		end = after
	}
	return 0, false
}

func (t *tags) replace(out []byte, text string, start, end int) {
	size := end - start
	if i := strings.IndexByte(text[start:end], '\n'); i >= 0 {
		size = i // the first line holds the placeholder, the others are blank
	}
	blank(out[start:end])
	if size < 4 || len(t.words) >= maxWords {
		return
	}
	n := utf8.EncodeRune(out[start:], rune(firstRune+len(t.words)))
	for i := start + n; i < start+size; i++ {
		out[i] = filling
	}
	t.words = append(t.words, word{text[start:end], size})
}

func blank(b []byte) {
	for i := range b {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = ' '
		}
	}
}

// restore puts the tags back into the values, so that readers see what is written.
func (t *tags) restore(n *yaml.Node) {
	if len(t.words) == 0 {
		return
	}
	n.Value = t.unmask(n.Value)
	for _, child := range n.Content {
		t.restore(child)
	}
}

func (t *tags) unmask(value string) string {
	isPlaceholder := func(r rune) bool { return r >= firstRune && int(r-firstRune) < len(t.words) }
	if strings.IndexFunc(value, isPlaceholder) < 0 {
		return value
	}
	var b strings.Builder
	for value != "" {
		r, n := utf8.DecodeRuneInString(value)
		if !isPlaceholder(r) {
			b.WriteString(value[:n])
			value = value[n:]
			continue
		}
		w := t.words[r-firstRune]
		b.WriteString(w.tag)
		value = value[min(len(value), w.size):]
	}
	return b.String()
}
