package compat

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// plan says where in a text each rule has to look: one pass finds the keywords that let rules in and the literals that
// every match of a rule holds, and a rule whose matches are bounded looks around its literals only. The matches are
// those of a search over the whole text.
type plan struct {
	rules  []*Rule
	finder *finder
	// owners are the rules that each literal of the finder serves.
	owners [][]owner
	// slow marks rules with a keyword that the finder cannot look for.
	slow []bool
}

type owner struct {
	rule            int
	keyword, anchor bool
}

func newPlan(rules []*Rule) *plan {
	p := &plan{rules: rules, slow: make([]bool, len(rules))}
	index := map[string]int{}
	var texts []string
	own := func(text string, o owner) {
		i, ok := index[text]
		if !ok {
			i = len(texts)
			index[text] = i
			texts = append(texts, text)
			p.owners = append(p.owners, nil)
		}
		p.owners[i] = append(p.owners[i], o)
	}
	for i, r := range rules {
		for _, k := range r.keywords {
			if len(k) < 2 || !isASCII(k) {
				p.slow[i] = true
				continue
			}
			own(k, owner{rule: i, keyword: true})
		}
		if r.regex != nil {
			for _, l := range r.regex.literals {
				own(l, owner{rule: i, anchor: true})
			}
		}
	}
	p.finder = newFinder(texts)
	return p
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// hits are where one text holds what the plan looks for.
type hits struct {
	plan  *plan
	data  []byte
	rules []ruleHits
	// strange marks a text with letters that are equal to ASCII ones in lower case: what the finder says is not enough.
	strange bool
	lower   string
}

type ruleHits struct {
	keyword, anchor bool
	around          []span
}

// strangers are the letters outside ASCII that fold or lower to one inside: long s, Kelvin sign, dotted capital I.
var strangers = [][]byte{[]byte("ſ"), []byte("K"), []byte("İ")}

func (p *plan) find(data []byte) *hits {
	h := &hits{plan: p, data: data, rules: make([]ruleHits, len(p.rules))}
	for _, s := range strangers {
		h.strange = h.strange || bytes.Contains(data, s)
	}
	p.finder.find(data, func(literal, start int) {
		for _, o := range p.owners[literal] {
			r := &h.rules[o.rule]
			r.keyword = r.keyword || o.keyword
			if o.anchor {
				r.anchor = true
				r.grow(start, p.rules[o.rule].regex.longest, len(data))
			}
		}
	})
	return h
}

// margin keeps the ends of a window out of reach of assertions like ^ and \b in a match.
const margin = 8

// grow adds the bytes that a match with a literal at start can have.
func (r *ruleHits) grow(start, longest, size int) {
	if longest == 0 {
		return
	}
	from, to := max(0, start-longest-margin), min(size, start+longest+margin)
	if n := len(r.around); n > 0 && from <= r.around[n-1].end {
		r.around[n-1].end, r.around[n-1].own = to, to
		return
	}
	r.around = append(r.around, span{from, to, to})
}

// open reports whether the rule's keywords let it look at the text.
func (h *hits) open(index int) bool {
	r := h.plan.rules[index]
	if len(r.keywords) == 0 || h.rules[index].keyword {
		return true
	}
	if !h.strange && !h.plan.slow[index] {
		return false
	}
	if h.lower == "" {
		h.lower = strings.ToLower(string(h.data))
	}
	return r.gate(h.lower)
}

// Sizes of the fragments in which a text is searched where the plan knows no better.
const (
	fragmentSize = 128 << 10
	overlap      = 32 << 10 // the longest match that is found wherever it is
)

// span is a window of a text: matches that begin before own are its own.
type span struct{ start, end, own int }

// windows calls search for each window of a rule. search returns where its last match ends, or -1 to stop; from is
// where to begin, after the last match of the window before.
func (h *hits) windows(index int, search func(window span, from int) int) {
	r, at := h.plan.rules[index].regex, h.rules[index]
	if !h.strange && r.literals != nil && !at.anchor {
		return
	}
	if !h.strange && r.literals != nil && r.longest > 0 {
		for _, w := range at.around {
			if search(w, w.start) < 0 {
				return
			}
		}
		return
	}
	for start := 0; start < len(h.data); {
		w := span{start, min(len(h.data), start+fragmentSize), len(h.data)}
		next := len(h.data)
		if w.end < len(h.data) {
			next = h.cutAt(start + fragmentSize - overlap)
			w.own = next
		}
		end := search(w, start)
		if end < 0 {
			return
		}
		start = max(next, end)
	}
}

// cutAt returns the beginning of a line near, or of a character.
func (h *hits) cutAt(at int) int {
	const far = 4 << 10
	if i := bytes.LastIndexByte(h.data[at-far:at], '\n'); i >= 0 {
		return at - far + i + 1
	}
	for i := 0; i < utf8.UTFMax && at > 0 && !utf8.RuneStart(h.data[at]); i++ {
		at--
	}
	return at
}
