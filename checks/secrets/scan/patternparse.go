package scan

import (
	"fmt"
	"strconv"
	"strings"
)

// Groups are written out, within these bounds.
const (
	maxSequences = 256
	maxSteps     = 512
)

// CompilePattern reads the notation.
func CompilePattern(text string) (*Pattern, error) {
	p := parser{}
	p.rest, p.fold = strings.CutPrefix(text, "(?i)")
	all, err := p.choice()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is not part of the notation", p.rest[:1])
	}
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	pattern := &Pattern{}
	for _, steps := range all {
		s, err := newSequence(steps)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", text, err)
		}
		pattern.alternatives = append(pattern.alternatives, s)
	}
	return pattern, nil
}

type parser struct {
	rest  string
	fold  bool
	depth int
}

// choice reads alternatives and returns the sequences that they stand for.
func (p *parser) choice() ([][]step, error) {
	var all [][]step
	for {
		one, err := p.concatenation()
		if err != nil {
			return nil, err
		}
		if all = append(all, one...); len(all) > maxSequences {
			return nil, fmt.Errorf("groups of more than %d alternatives", maxSequences)
		}
		if !strings.HasPrefix(p.rest, "|") {
			return all, nil
		}
		p.rest = p.rest[1:]
	}
}

func (p *parser) concatenation() ([][]step, error) {
	all := [][]step{nil}
	for p.rest != "" && p.rest[0] != '|' && p.rest[0] != ')' {
		piece, err := p.piece()
		if err == nil {
			all, err = product(all, piece)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// product joins each of the first sequences with each of the second.
func product(first, second [][]step) ([][]step, error) {
	if len(second) == 1 && len(first) == 1 {
		if first[0] = append(first[0], second[0]...); len(first[0]) > maxSteps {
			return nil, fmt.Errorf("more than %d steps", maxSteps)
		}
		return first, nil
	}
	if len(first)*len(second) > maxSequences {
		return nil, fmt.Errorf("groups of more than %d alternatives", maxSequences)
	}
	var all [][]step
	for _, a := range first {
		for _, b := range second {
			if len(a)+len(b) > maxSteps {
				return nil, fmt.Errorf("more than %d steps", maxSteps)
			}
			all = append(all, append(append(make([]step, 0, len(a)+len(b)), a...), b...))
		}
	}
	return all, nil
}

// piece reads a set or a group with its count.
func (p *parser) piece() ([][]step, error) {
	if p.rest[0] == '(' {
		return p.group()
	}
	set, err := p.set()
	if err != nil {
		return nil, err
	}
	s := step{set: set}
	if s.min, s.max, err = p.count(); err != nil {
		return nil, err
	}
	return [][]step{{s}}, nil
}

const maxDepth = 20

func (p *parser) group() ([][]step, error) {
	p.rest = strings.TrimPrefix(p.rest[1:], "?:")
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("groups in more than %d groups", maxDepth)
	}
	inner, err := p.choice()
	if err != nil {
		return nil, err
	}
	p.depth--
	if !strings.HasPrefix(p.rest, ")") {
		return nil, fmt.Errorf("group without an end")
	}
	p.rest = p.rest[1:]
	low, high, err := p.count()
	if err != nil {
		return nil, err
	}
	if high > maxSteps {
		return nil, fmt.Errorf("a group needs an upper count of at most %d", maxSteps)
	}
	all, power := [][]step{}, [][]step{{}}
	for n := 0; n <= high; n++ {
		if n >= low {
			all = append(all, power...)
		}
		if n == high {
			break
		}
		if power, err = product(power, inner); err != nil {
			return nil, err
		}
		power = clone(power)
	}
	if len(all) > maxSequences {
		return nil, fmt.Errorf("groups of more than %d alternatives", maxSequences)
	}
	return all, nil
}

func clone(all [][]step) [][]step {
	copies := make([][]step, len(all))
	for i, s := range all {
		copies[i] = append([]step{}, s...)
	}
	return copies
}

func (p *parser) set() (*Set, error) {
	c := p.rest[0]
	switch c {
	case ')', '*', '?', '^', '$', '{', '}', '+', ']':
		return nil, fmt.Errorf("%q is not part of the notation here", c)
	case '[':
		return p.class()
	case '.':
		p.rest = p.rest[1:]
		all := &Set{}
		all.addRanges("\n\n")
		return all.complement(), nil
	case '\\':
		set := &Set{}
		err := set.addEscape(p.rest)
		p.rest = p.rest[min(2, len(p.rest)):]
		return p.folded(set), err
	}
	p.rest = p.rest[1:]
	if c >= 0x80 {
		return nil, fmt.Errorf("byte %#x is not ASCII", c)
	}
	if !p.fold {
		return singles[c], nil
	}
	set := *singles[c]
	return p.folded(&set), nil
}

// class reads a class in brackets.
func (p *parser) class() (*Set, error) {
	end := 1
	for end < len(p.rest) && p.rest[end] != ']' {
		if p.rest[end] == '\\' {
			end++
		}
		end++
	}
	if end >= len(p.rest) || end == 1 {
		return nil, fmt.Errorf("class without an end in %q", p.rest)
	}
	body, negated := strings.CutPrefix(p.rest[1:end], "^")
	if body == "" {
		return nil, fmt.Errorf("empty class in %q", p.rest)
	}
	p.rest = p.rest[end+1:]
	set := &Set{}
	if err := set.addClass(body); err != nil {
		return nil, err
	}
	set = p.folded(set)
	if negated {
		set = set.complement()
	}
	return set, nil
}

// folded adds the other case of the set's letters where the pattern ignores case.
func (p *parser) folded(s *Set) *Set {
	for c := 'a'; p.fold && c <= 'z'; c++ {
		either := s[c] || s[c-'a'+'A']
		s[c], s[c-'a'+'A'] = either, either
	}
	return s
}

// complement is the set of the ASCII bytes that are not in s.
func (s *Set) complement() *Set {
	c := &Set{}
	for i := range 128 {
		c[i] = !s[i]
	}
	return c
}

// addClass adds what stands between the brackets of a class.
func (s *Set) addClass(text string) error {
	for text != "" {
		size := 1
		if text[0] == '\\' {
			size = 2
		}
		if size > len(text) || text[0] >= 0x80 || text[0] == '[' {
			return fmt.Errorf("%q in a class", text)
		}
		if low, one := rangeStart(text); one && len(text) > size+1 && text[size] == '-' {
			high, end, err := rangeEnd(text[size+1:])
			if err != nil {
				return err
			}
			size += 1 + end
			if low > high || high >= 0x80 {
				return fmt.Errorf("range %q in a class", text[:size])
			}
			s.addRanges(string([]byte{low, high}))
		} else if size == 2 {
			if err := s.addEscape(text); err != nil {
				return err
			}
		} else {
			s[text[0]] = true
		}
		text = text[size:]
	}
	return nil
}

// escapes are what a letter after a backslash stands for, as ranges.
var escapes = map[byte]string{'w': "09AZaz__", 'd': "09", 's': "\t\n\f\r  ", 'n': "\n\n", 'r': "\r\r", 't': "\t\t"}

// rangeStart is the character that text begins with, as the low end of a range, unless it is a class such as \d.
func rangeStart(text string) (low byte, one bool) {
	if text[0] != '\\' {
		return text[0], true
	}
	ranges, named := escapes[text[1]]
	if !named {
		return text[1], !isWord(text[1])
	}
	return ranges[0], len(ranges) == 2 && ranges[0] == ranges[1]
}

// rangeEnd is the character that text begins with, as the high end of a range, and how many bytes it takes.
func rangeEnd(text string) (high byte, size int, err error) {
	size = 1
	if text[0] == '\\' {
		size = 2
	}
	high, one := byte(0), size <= len(text)
	if one {
		high, one = rangeStart(text)
	}
	if !one {
		return 0, 0, fmt.Errorf("the end of a range at %q in a class", text)
	}
	return high, size, nil
}

// addEscape adds what the escape that text begins with stands for.
func (s *Set) addEscape(text string) error {
	if len(text) < 2 {
		return fmt.Errorf("a lone backslash")
	}
	c := text[1]
	ranges, ok := escapes[c]
	if !ok && isWord(c) || c >= 0x80 {
		return fmt.Errorf("the escape %q is not part of the notation", text[:2])
	}
	if !ok {
		ranges = string([]byte{c, c})
	}
	s.addRanges(ranges)
	return nil
}

// addRanges adds ranges, each written as its first and its last byte.
func (s *Set) addRanges(pairs string) {
	for i := 0; i < len(pairs); i += 2 {
		for c := int(pairs[i]); c <= int(pairs[i+1]); c++ {
			s[c] = true
		}
	}
}

// count reads how often a piece may occur: once where nothing says so.
func (p *parser) count() (low, high int, err error) {
	if p.rest == "" {
		return 1, 1, nil
	}
	low, high = 1, 1
	switch p.rest[0] {
	case '?':
		low = 0
	case '*':
		low, high = 0, maxRun
	case '+':
		high = maxRun
	case '{':
		return p.braces()
	default:
		return 1, 1, nil
	}
	p.rest = p.rest[1:]
	return low, high, p.single()
}

// single refuses a count after a count: its meaning is another one, or none.
func (p *parser) single() error {
	if p.rest != "" && strings.IndexByte("?*+{", p.rest[0]) >= 0 {
		return fmt.Errorf("a count follows a count")
	}
	return nil
}

func (p *parser) braces() (low, high int, err error) {
	text, rest, ok := strings.Cut(p.rest[1:], "}")
	if !ok {
		return 0, 0, fmt.Errorf("count without an end in %q", p.rest)
	}
	p.rest = rest
	first, last, ranged := strings.Cut(text, ",")
	low, err = number(first)
	high = low
	switch {
	case err == nil && ranged && last == "":
		high = maxRun
	case err == nil && ranged:
		high, err = number(last)
	}
	if err != nil || high < low || high > maxRun {
		return 0, 0, fmt.Errorf("count %q is no number or out of range", text)
	}
	return low, high, p.single()
}

// number reads a number as regular expressions write it: without a sign or zeros in front.
func number(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && strconv.Itoa(n) != text || n < 0 {
		err = strconv.ErrSyntax
	}
	return n, err
}
