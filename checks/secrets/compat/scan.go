package compat

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Match is what a rule found. A rule about paths alone has no bounds: Start and End are 0.
type Match struct {
	Rule       *Rule
	Start, End int // of the secret
	// Aside is why the configuration sets the match aside; "" for a finding.
	Aside string
}

// found is a match with what rules about several matches ask of it.
type found struct {
	Match
	start, end   int // of the whole match, without line ends around it
	line, column int
	blank        bool // the secret's group holds nothing: the match stands for it
}

// maxMatches bounds the matches of one rule in one text, and with it the time: each search goes over one fragment.
const maxMatches = 10000

// Scan calls visit for each match in a text, by place; matches that the configuration sets aside have a reason. It
// returns a rule for each that matched more often than is read.
func (c *Config) Scan(src Source, data []byte, visit func(Match)) (cut []*Rule) {
	s := &scan{config: c, src: src, data: data, hits: c.plan.find(data)}
	var all []found
	for i, r := range c.rules {
		if r.hidden || !s.hits.open(i) {
			continue
		}
		matches := s.rule(i)
		if len(r.required) > 0 && r.regex != nil {
			matches = s.withRequired(r, matches)
		}
		all = append(all, matches...)
	}
	if len(all) == 0 {
		return s.cut
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	s.locate(all)
	s.yieldGeneric(all)
	for _, f := range all {
		visit(f.Match)
	}
	return s.cut
}

// scan is one text being scanned.
type scan struct {
	config *Config
	src    Source
	data   []byte
	hits   *hits
	cut    []*Rule

	judged bool // the source was, by the global allowlists
	aside  string
}

// rule returns the matches of the rule of that index, by place.
func (s *scan) rule(index int) []found {
	r := s.config.rules[index]
	if r.path != nil && !r.path(s.src.Path) {
		return nil
	}
	if r.regex == nil {
		f := found{Match: Match{Rule: r}}
		f.Aside = s.asideFor(r, &f)
		return []found{f}
	}
	var all []found
	count := 0
	s.hits.windows(index, func(window span, from int) int {
		next := from
		for _, at := range r.regex.compiled().FindAllIndex(s.data[from:window.end], maxMatches-count+1) {
			if from+at[0] >= window.own {
				break
			}
			if count++; count > maxMatches {
				s.cut = append(s.cut, r)
				return -1
			}
			next = from + at[1]
			if f, ok := s.match(r, from+at[0], next); ok {
				all = append(all, f)
			}
		}
		return next
	})
	return all
}

// match judges one match of a rule's expression.
func (s *scan) match(r *Rule, start, end int) (f found, ok bool) {
	for start < end && s.data[start] == '\n' {
		start++
	}
	for end > start && s.data[end-1] == '\n' {
		end--
	}
	if start == end {
		return f, false
	}
	from, to := r.secretIn(s.data[start:end])
	secret := s.data[start+from : start+to]
	if r.entropy != 0 && entropy(string(secret)) <= r.entropy {
		return f, false
	}
	f = found{Match: Match{Rule: r, Start: start + from, End: start + to}, start: start, end: end}
	f.Aside = s.asideFor(r, &f)
	if from == to {
		f.Start, f.End, f.blank = start, end, true
	}
	return f, true
}

// asideFor returns why the allowlists set a match aside, or "".
func (s *scan) asideFor(r *Rule, f *found) string {
	if !s.judged {
		s.judged = true
		s.aside, _ = s.config.Allows(s.src)
	}
	if s.aside != "" {
		return s.aside
	}
	c := &candidate{src: s.src, secret: string(s.data[f.Start:f.End]), match: string(s.data[f.start:f.end]),
		line: func() string { return lineOf(s.data, f.start, f.end) }}
	if reason, ok := byFinding(s.config.global, c); ok {
		return reason
	}
	if reason, ok := bySource(r.allow, s.src); ok {
		return reason
	}
	reason, _ := byFinding(r.allow, c)
	return reason
}

// maxLineSide bounds how much of a line before and after a match belongs to it.
const maxLineSide = 64 << 10

// lineOf returns the lines that data[start:end] is on.
func lineOf(data []byte, start, end int) string {
	from := max(0, start-maxLineSide)
	if i := bytes.LastIndexByte(data[from:start], '\n'); i >= 0 {
		from += i + 1
	}
	to := min(len(data), end+maxLineSide)
	if i := bytes.IndexByte(data[end:to], '\n'); i >= 0 {
		to = end + i
	}
	return string(data[from:to])
}

// locate numbers the lines of matches, in one walk over the text.
func (s *scan) locate(all []found) {
	order := make([]*found, len(all))
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortFunc(order, func(a, b *found) int { return cmp.Compare(a.start, b.start) })
	at, line, lineStart := 0, 1, 0
	for _, f := range order {
		passed := s.data[at:f.start]
		line += bytes.Count(passed, []byte{'\n'})
		if i := bytes.LastIndexByte(passed, '\n'); i >= 0 {
			lineStart = at + i + 1
		}
		at = f.start
		if f.Rule.regex != nil { // a path has no place in the text
			f.line, f.column = line, f.start-lineStart+1
		}
	}
}

// yieldGeneric sets aside what a rule called generic finds where another rule finds the same: gitleaks prefers the
// other one. all is ordered by place.
func (s *scan) yieldGeneric(all []found) {
	for i := range all {
		f := &all[i]
		if f.Aside != "" || f.blank || !generic(f.Rule) {
			continue
		}
		for _, other := range near(all, i) {
			if other.line == f.line && other.Aside == "" && !other.blank && !generic(other.Rule) &&
				bytes.Contains(s.data[other.Start:other.End], s.data[f.Start:f.End]) {
				f.Aside = fmt.Sprintf("the rule %q finds the same", other.Rule.ID)
				break
			}
		}
	}
}

func generic(r *Rule) bool { return strings.Contains(strings.ToLower(r.ID), "generic") }

// mostNear bounds how many matches on each side are looked at.
const mostNear = 32

func near(all []found, i int) []found { return all[max(0, i-mostNear):min(len(all), i+mostNear+1)] }
