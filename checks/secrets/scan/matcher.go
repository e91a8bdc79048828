package scan

import (
	"bytes"
	"fmt"
	"strings"
)

// Matcher is a compiled rule. It is safe for concurrent use.
type Matcher struct {
	Rule       *Rule
	lead, tail *Pattern
	id         int // in its scanner
	prefix     int // see prefixOf
}

// NewMatcher compiles the rule's patterns.
func NewMatcher(r *Rule) (*Matcher, error) { return compiled{}.matcher(r) }

// compiled holds patterns by their text: many rules share one.
type compiled map[string]*Pattern

func (c compiled) matcher(r *Rule) (*Matcher, error) {
	lead, err := c.pattern(r.Lead)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	tail, err := c.pattern(r.Tail)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	return &Matcher{Rule: r, lead: lead, tail: tail, prefix: prefixOf(r)}, nil
}

func (c compiled) pattern(text string) (*Pattern, error) {
	if p, ok := c[text]; ok {
		return p, nil
	}
	p, err := CompilePattern(text)
	if err == nil {
		c[text] = p
	}
	return p, err
}

// At matches the rule around its anchor, which occurs at data[at:at+size].
func (m *Matcher) At(data []byte, at, size int) (Match, bool) { return m.at(data, at, size, nil) }

func (m *Matcher) at(data []byte, at, size int, e *effort) (Match, bool) {
	start := at
	if m.Rule.Lead != "" {
		if start = m.lead.back(data, at); start < 0 {
			return Match{}, false
		}
	}
	if isWord(data[start]) && !startsToken(data, start) {
		return Match{}, false
	}
	end := m.tail.match(data, at+size, e)
	if end < 0 || elided(data, end) || e != nil && !e.allow(m.id, end) {
		return Match{}, false
	}
	variable := data[at+size : end]
	if m.Rule.Lead != "" {
		variable = slicesJoin(data[start:at], variable)
	}
	return m.judge(data, start, end, variable)
}

// elided reports a token of which only the beginning is shown: the rest is three dots.
func elided(data []byte, end int) bool {
	return bytes.HasPrefix(data[end:], []byte("...")) || bytes.HasPrefix(data[end:], []byte("\u2026"))
}

// Value matches a contextual rule against a whole value.
func (m *Matcher) Value(data []byte, start, end int) (Match, bool) {
	if m.tail.Match(data[:end], start) != end {
		return Match{}, false
	}
	return m.judge(data, start, end, data[start:end])
}

func slicesJoin(a, b []byte) []byte {
	return append(append(make([]byte, 0, len(a)+len(b)), a...), b...)
}

func (m *Matcher) judge(data []byte, start, end int, variable []byte) (Match, bool) {
	r := m.Rule
	if r.Contains != "" && !bytes.Contains(variable, []byte(r.Contains)) {
		return Match{}, false
	}
	text := string(variable)
	if published(data[start:end]) || published(variable) || StandIn(text) {
		return Match{}, false
	}
	wordy := ofWords(text)
	madeUp := r.Entropy > 0 && Entropy(variable) < r.Entropy || wordy || MadeUp(text)
	if madeUp && (len(variable) < leastMadeUp || m.prefix < shortPrefix || m.prefix < longPrefix && (wordy || Entropy(variable) < leastMadeUpEntropy)) {
		return Match{}, false
	}
	if !m.near(data, start, end) {
		return Match{}, false
	}
	found := Match{Rule: r, Start: start, End: end}
	if r.Check != nil {
		found.Proof = r.Check(string(data[start:end]))
	}
	if madeUp && found.Proof != Refuted {
		found.Proof = Invented
	}
	return found, found.Proof != Refuted
}

// A made-up value is worth telling where the rule's own prefix shows what it is made up to be: behind a short prefix
// one that has the looks of a secret, behind a long one any.
const (
	leastMadeUp        = 16 // bytes
	leastMadeUpEntropy = 2
	shortPrefix        = 2 // different letters and digits
	longPrefix         = 8
)

// prefixOf counts the different letters and digits of the rule's plainest anchor, where a token begins with it.
func prefixOf(r *Rule) int {
	const fewLetters = 4
	if len(r.Anchors) == 0 || r.Lead != "" {
		return 0
	}
	least := longPrefix
	for _, a := range r.Anchors {
		name := NormalName(a)
		if len(name) < fewLetters {
			return 0
		}
		different := map[byte]bool{}
		for i := range len(name) {
			different[name[i]] = true
		}
		least = min(least, len(different))
	}
	return least
}

// nearWindow bounds how far the literals of Near may be from the token, in bytes.
const nearWindow = 512

func (m *Matcher) near(data []byte, start, end int) bool {
	if len(m.Rule.Near) == 0 {
		return true
	}
	from, to := start, end
	for from > 0 && start-from < nearWindow && data[from-1] > ' ' {
		from--
	}
	for to < len(data) && to-end < nearWindow && data[to] > ' ' {
		to++
	}
	for _, n := range m.Rule.Near {
		if !bytes.Contains(data[from:to], []byte(n)) {
			return false
		}
	}
	return true
}

// startsToken reports whether a token may begin at data[at:]: after no word character, or after an escape such as
// \n, %3D or \u003d that ends in one. startState.next must foretell every place for which this is true.
func startsToken(data []byte, at int) bool {
	if at == 0 {
		return true
	}
	if c := data[at-1]; !isWord(c) {
		// Not inside base64, nor a dotted name. What has a mark of its own is no base64: the + is a form's blank.
		return (c != '+' || bytes.ContainsAny(data[at:min(len(data), at+8)], "_-")) && (c != '.' || at < 2 || !isWord(data[at-2]))
	}
	if data[at-1] == 'm' && afterColour(data, at-1) {
		return true
	}
	if at >= 2 && data[at-2] == '\\' && strings.IndexByte("nrt", data[at-1]) >= 0 {
		return true
	}
	if at >= 3 && data[at-3] == '%' && isHex(data[at-2]) && isHex(data[at-1]) {
		return true
	}
	if at < 6 || data[at-6] != '\\' || data[at-5] != 'u' {
		return false
	}
	return isHex(data[at-4]) && isHex(data[at-3]) && isHex(data[at-2]) && isHex(data[at-1])
}

// afterColour reports whether data[:at] ends in the beginning of a terminal's colour sequence, which an m ends: an escape
// character, or how a program writes one, then "[" and numbers (ECMA-48, 8.3.117).
func afterColour(data []byte, at int) bool {
	begin := at
	for begin > 0 && at-begin < 16 && (data[begin-1] >= '0' && data[begin-1] <= '9' || data[begin-1] == ';') {
		begin--
	}
	if begin == 0 || data[begin-1] != '[' {
		return false
	}
	before := data[max(0, begin-7) : begin-1]
	for _, escape := range []string{"\x1b", `\x1b`, `\x1B`, `\u001b`, `\u001B`, `\033`, `\e`} {
		if bytes.HasSuffix(before, []byte(escape)) {
			return true
		}
	}
	return false
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// NameMatches reports whether the normalised name (see NormalName) fits one of the rule's globs.
func (m *Matcher) NameMatches(name string) bool {
	for _, glob := range m.Rule.Names {
		if containsInOrder(name, glob) {
			return true
		}
	}
	return false
}

func containsInOrder(name, glob string) bool {
	for part := range strings.SplitSeq(glob, "*") {
		_, after, ok := strings.Cut(name, part)
		if !ok {
			return false
		}
		name = after
	}
	return true
}

// NormalName is the name in lower case without anything but letters and digits.
func NormalName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z':
			b.WriteByte(c + 'a' - 'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	return b.String()
}
