package sql

import "strings"

// Begins reports whether the statement begins with these words.
func (s Statement) Begins(words ...string) bool { return s.At(0, words...) }

// At reports whether these words stand at that index.
func (s Statement) At(i int, words ...string) bool {
	if i < 0 || i+len(words) > len(s) {
		return false
	}
	for j, w := range words {
		if s[i+j].Kind != Word || s[i+j].Text != w {
			return false
		}
	}
	return true
}

// Find is the index of the first place at or after from where these words stand, or -1.
func (s Statement) Find(from int, words ...string) int {
	for i := max(0, from); i+len(words) <= len(s); i++ {
		if s.At(i, words...) {
			return i
		}
	}
	return -1
}

// Show is the statement on one line, without what its strings say, cut where it is long.
func (s Statement) Show() string {
	var b strings.Builder
	for i, t := range s {
		if b.Len() > 100 {
			b.WriteString("...")
			break
		}
		tight := t.Kind == Symbol && strings.Contains(".,;)@*", t.Text) || i > 0 && s[i-1].Kind == Symbol && strings.Contains(".(@", s[i-1].Text)
		if i > 0 && !tight || i > 0 && t.Text == "*" && s[i-1].Text != "." {
			b.WriteByte(' ')
		}
		switch {
		case t.Kind == Text && i > 0 && (s[i-1].Text == "BY" || s[i-1].Text == "PASSWORD" || s[i-1].Text == "AS"):
			b.WriteString("'...'")
		case t.Kind == Text:
			b.WriteString("'" + t.Text + "'")
		default:
			b.WriteString(t.Text)
		}
	}
	return b.String()
}
