package scan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Set is a set of bytes.
type Set [256]bool

// step is a run of min to max bytes of a set.
type step struct {
	set      *Set
	min, max int
}

// Pattern is a sequence of steps, or several to choose from. Its notation is a subset of regular expressions:
// literal bytes, classes ([0-9a-f], \w, \d), counts ({36}, {20,40}, +), and | between alternatives at the top. A
// run of variable length is taken whole, so what follows it must not begin with a byte of its set; Compile
// refuses a pattern where that does not hold. Matching is therefore linear, and equal to the regular expression.
type Pattern struct {
	alternatives [][]step
}

// maxRun bounds a run without an upper count.
const maxRun = 4096

// CompilePattern reads the notation.
func CompilePattern(text string) (*Pattern, error) {
	p := &Pattern{}
	for _, alternative := range splitTop(text) {
		steps, err := parseSteps(alternative)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", text, err)
		}
		for i, s := range steps {
			if s.min != s.max && i+1 < len(steps) && overlaps(s.set, steps[i+1].set) {
				return nil, fmt.Errorf("pattern %q: the run %d is not told from what follows it", text, i+1)
			}
		}
		p.alternatives = append(p.alternatives, steps)
	}
	return p, nil
}

func splitTop(text string) []string {
	var parts []string
	start, class := 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '[':
			class = true
		case ']':
			class = false
		case '|':
			if !class {
				parts = append(parts, text[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, text[start:])
}

func overlaps(a, b *Set) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}

func parseSteps(text string) ([]step, error) {
	var steps []step
	for text != "" {
		set, rest, err := parseSet(text)
		if err != nil {
			return nil, err
		}
		s := step{set: set, min: 1, max: 1}
		if text, err = parseCount(rest, &s); err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return steps, nil
}

func parseSet(text string) (*Set, string, error) {
	set := &Set{}
	switch text[0] {
	case '[':
		end := strings.IndexByte(text, ']')
		if end < 2 {
			return nil, "", fmt.Errorf("class without an end in %q", text)
		}
		set.addClass(text[1:end])
		return set, text[end+1:], nil
	case '\\':
		if len(text) < 2 {
			return nil, "", fmt.Errorf("a lone backslash")
		}
		set.addEscape(text[1])
		return set, text[2:], nil
	case '(', ')', '*', '?', '.', '^', '{', '}', '+':
		return nil, "", fmt.Errorf("%q is not part of the notation", text[:1])
	}
	set[text[0]] = true
	return set, text[1:], nil
}

func (s *Set) addClass(text string) {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			s.addEscape(text[i])
		case i+2 < len(text) && text[i+1] == '-':
			for c := int(text[i]); c <= int(text[i+2]); c++ {
				s[c] = true
			}
			i += 2
		default:
			s[text[i]] = true
		}
	}
}

func (s *Set) addEscape(c byte) {
	switch c {
	case 'w':
		s.addClass("0-9A-Za-z_")
	case 'd':
		s.addClass("0-9")
	default:
		s[c] = true
	}
}

func parseCount(text string, s *step) (string, error) {
	if rest, ok := strings.CutPrefix(text, "+"); ok {
		s.max = maxRun
		return rest, nil
	}
	if !strings.HasPrefix(text, "{") {
		return text, nil
	}
	count, rest, ok := strings.Cut(text[1:], "}")
	if !ok {
		return "", fmt.Errorf("count without an end in %q", text)
	}
	low, high, ranged := strings.Cut(count, ",")
	var err error
	if s.min, err = strconv.Atoi(low); err != nil {
		return "", fmt.Errorf("count %q: %w", count, err)
	}
	s.max = s.min
	if ranged {
		s.max = maxRun
		if high != "" {
			if s.max, err = strconv.Atoi(high); err != nil {
				return "", fmt.Errorf("count %q: %w", count, err)
			}
		}
	}
	if s.min < 0 || s.max < max(s.min, 1) || s.max > maxRun {
		return "", fmt.Errorf("count %q is out of range", count)
	}
	return rest, nil
}

// Match returns the end of the match that begins at data[at:] and is followed by a byte that could not continue a
// token, or -1.
func (p *Pattern) Match(data []byte, at int) int {
	for _, steps := range p.alternatives {
		if end := forward(steps, data, at); end >= 0 && endsToken(steps, data, end) {
			return end
		}
	}
	return -1
}

func forward(steps []step, data []byte, at int) int {
	for _, s := range steps {
		limit := min(at+s.max, len(data))
		from := at
		for at < limit && s.set[data[at]] {
			at++
		}
		if at-from < s.min {
			return -1
		}
	}
	return at
}

// back returns the start of a match that ends at data[:end], or -1.
func (p *Pattern) back(data []byte, end int) int {
	for _, steps := range p.alternatives {
		at := end
		ok := true
		for i := len(steps) - 1; i >= 0 && ok; i-- {
			s, from := steps[i], at
			limit := max(at-s.max, 0)
			for at > limit && s.set[data[at-1]] {
				at--
			}
			ok = from-at >= s.min
		}
		if ok {
			return at
		}
	}
	return -1
}

// whole reports whether the pattern matches all of the value.
func (p *Pattern) whole(value []byte) bool {
	for _, steps := range p.alternatives {
		if forward(steps, value, 0) == len(value) {
			return true
		}
	}
	return false
}

// alphabet is the set of the bytes that a match may hold.
func (p *Pattern) alphabet() *Set {
	all := &Set{}
	for _, steps := range p.alternatives {
		for _, s := range steps {
			for c, ok := range s.set {
				all[c] = all[c] || ok
			}
		}
	}
	return all
}

// maxAround bounds how many of the bytes next to an anchor are looked at beforehand.
const maxAround = 24

// leading are the sets of the first bytes that every match has, and trailing those of the last, in the text's order.
func (p *Pattern) leading() []*Set {
	return p.around(func(steps []step, i int) step { return steps[i] })
}

func (p *Pattern) trailing() []*Set {
	sets := p.around(func(steps []step, i int) step { return steps[len(steps)-1-i] })
	slices.Reverse(sets)
	return sets
}

// around unites, by position, the sets of the alternatives' steps in that order, as long as positions are certain.
func (p *Pattern) around(nth func(steps []step, i int) step) []*Set {
	var all []*Set
	for a, steps := range p.alternatives {
		var own []*Set
		for i := 0; i < len(steps) && len(own) < maxAround; i++ {
			s := nth(steps, i)
			own = append(own, slices.Repeat([]*Set{s.set}, min(s.min, maxAround))...)
			if s.min != s.max {
				break
			}
		}
		if a == 0 {
			all = own
			continue
		}
		all = unite(all, own)
	}
	return all
}

// unite joins two rows of sets by position. What only one has is dropped.
func unite(a, b []*Set) []*Set {
	joint := make([]*Set, min(len(a), len(b)))
	for i := range joint {
		if joint[i] = a[i]; a[i] != b[i] {
			joint[i] = &Set{}
			for c := range joint[i] {
				joint[i][c] = a[i][c] || b[i][c]
			}
		}
	}
	return joint
}

// lengths are the least and the greatest length of a match, in bytes.
func (p *Pattern) lengths() (least, most int) {
	for i, steps := range p.alternatives {
		low, high := 0, 0
		for _, s := range steps {
			low, high = low+s.min, high+s.max
		}
		if i == 0 || low < least {
			least = low
		}
		most = max(most, high)
	}
	return least, most
}

// endsToken reports whether the byte at end is no word character and could not belong to the last runs.
func endsToken(steps []step, data []byte, end int) bool {
	if end >= len(data) {
		return true
	}
	c := data[end]
	if isWord(c) {
		return false
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].set[c] {
			return false
		}
		if steps[i].min > 0 {
			break
		}
	}
	return true
}

var tokenBytes = tokenSet()

func tokenSet() *Set {
	s := &Set{}
	s.addClass(`\w-`)
	return s
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}
