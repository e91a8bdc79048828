package compat

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// pattern is a regular expression that is checked when it is read and compiled when it is first needed.
type pattern struct {
	source   string
	groups   int
	compiled func() *regexp.Regexp

	// longest bounds the bytes of a match; 0 for no bound.
	longest int
	// literals are in lower case; every match holds one of them, in any case. None where nothing is known.
	literals []string
}

// maxPattern bounds an expression, and with it the time that it takes for each byte of a text.
const maxPattern = 128 << 10

func newPattern(source string) (*pattern, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("%d bytes, which is more than the %d that are read", len(source), maxPattern)
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	p := &pattern{source: source, groups: tree.MaxCap(), compiled: sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(source) })}
	if n, bounded := longest(tree); bounded {
		p.longest = max(n, 1)
	}
	p.literals = literals(tree)
	return p, nil
}

func (p *pattern) matches(text string) bool { return p.compiled().MatchString(text) }

// unboundedFrom is the length from which a bound is none: a window of that size is as good as the whole text.
const unboundedFrom = 1 << 20

// longest returns the most bytes that a match can have.
func longest(re *syntax.Regexp) (n int, bounded bool) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			n += max(utf8.RuneLen(r), 1)
			if re.Flags&syntax.FoldCase != 0 {
				n += 2 // k and s have equals of three and two bytes
			}
		}
		return n, true
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return 0, true
		}
		if n = utf8.RuneLen(re.Rune[len(re.Rune)-1]); n < 0 {
			n = utf8.UTFMax
		}
		return n, true
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax, true
	case syntax.OpStar, syntax.OpPlus:
		return 0, false
	case syntax.OpRepeat:
		n, bounded = longest(re.Sub[0])
		n *= re.Max
		return n, bounded && re.Max >= 0 && n < unboundedFrom
	case syntax.OpCapture, syntax.OpQuest, syntax.OpConcat, syntax.OpAlternate:
		for _, sub := range re.Sub {
			m, ok := longest(sub)
			if !ok {
				return 0, false
			}
			if re.Op == syntax.OpAlternate {
				n = max(n, m)
			} else {
				n += m
			}
		}
		return n, n < unboundedFrom
	}
	return 0, true // assertions and what never matches
}

const (
	shortestLiteral = 2
	mostLiterals    = 64
)

// literals returns literals of which every match holds at least one, or nil.
func literals(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if piece := asciiPiece(string(re.Rune)); len(piece) >= shortestLiteral {
			return []string{strings.ToLower(piece)}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return literals(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return literals(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if set := literals(sub); better(set, best) {
				best = set
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			set := literals(sub)
			if set == nil || len(all)+len(set) > mostLiterals {
				return nil
			}
			all = append(all, set...)
		}
		return all
	}
	return nil
}

// better prefers the set whose shortest literal is longer, then the smaller one.
func better(a, b []string) bool {
	if a == nil || b == nil {
		return b == nil && a != nil
	}
	if x, y := shortest(a), shortest(b); x != y {
		return x > y
	}
	return len(a) < len(b)
}

func shortest(set []string) int {
	n := len(set[0])
	for _, s := range set {
		n = min(n, len(s))
	}
	return n
}

// asciiPiece is the longest piece of s that is all ASCII.
func asciiPiece(s string) string {
	best := ""
	for piece := range strings.FieldsFuncSeq(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if len(piece) > len(best) {
			best = piece
		}
	}
	return best
}
