package scan

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// slowKeyed finds what keyword rules match the plain way: each rule alone, byte by byte.
func slowKeyed(t testing.TB, rules []*Rule, data []byte) []string {
	t.Helper()
	var found []Match
	for _, r := range rules {
		m, err := NewMatcher(r)
		if err != nil {
			t.Fatal(err)
		}
		set := *tokenBytes
		for c, ok := range m.tail.alphabet() {
			set[c] = set[c] || ok && c != '='
		}
		for start := 0; start < len(data); start++ {
			if !set[data[start]] || start > 0 && set[data[start-1]] {
				continue
			}
			end := start
			for end < len(data) && set[data[end]] {
				end++
			}
			for n := 0; n < 3 && end < len(data) && data[end] == '='; n++ {
				end++
			}
			if !m.tail.whole(data[start:end]) || passing(data, start, end) || !mixes(data[start:end]) {
				continue
			}
			if slowContext(r, data, start) || slowBehind(r, data, start, end) {
				if match, ok := m.judgeRun(data, start, end); ok {
					found = append(found, match)
				}
			}
		}
	}
	var out []string
	for _, m := range found {
		out = append(out, fmt.Sprint(m.Start, m.End))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// slowContext reports whether one of the rule's words stands before data[start:], and nothing calls the value a digest.
func slowContext(r *Rule, data []byte, start int) bool {
	from := max(0, start-keywordWindow)
	if lines := bytes.Split(data[from:start], []byte("\n")); len(lines) > keywordLines+1 {
		from = start - len(bytes.Join(lines[len(lines)-keywordLines-1:], []byte("\n")))
	} else {
		for cut := from > 0 && partKinds[data[from-1]] != noPart; cut && from < start && partKinds[data[from]] != noPart; {
			from++
		}
	}
	text := data[:start]
	for at := from; at < start; at++ {
		if partKinds[text[at]] == noPart || !boundary(text, at, from) {
			continue
		}
		for end := at + 1; end <= start; end++ {
			if end < start && partKinds[text[end]] != noPart && !boundary(text, end, from) {
				continue
			}
			word := string(text[at:end])
			if partKinds[text[end-1]] == noPart || doubleJoined(word) || !slices.ContainsFunc(r.Keywords, func(k string) bool { return NormalName(k) == NormalName(word) }) {
				continue
			}
			base := max(0, start-keywordWindow-1)
			if before := text[base:]; !misnamed(before, at-base, r.Identifier) && !embedded(before, at-base) {
				return true
			}
		}
	}
	return false
}

// slowBehind reports whether one of the rule's words stands behind data[start:end] on its line, with a name before the value
// that lets it count.
func slowBehind(r *Rule, data []byte, start, end int) bool {
	named := namingOf(data[:start])
	line := data[end:min(len(data), end+keywordWindow)]
	for at := bytes.IndexByte(line, '\n'); at >= 0; {
		if at == 0 || line[at-1] != '\\' {
			line = line[:at]
			break
		}
		next := bytes.IndexByte(line[at+1:], '\n')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	for from := range line {
		if named == unnamed || partKinds[line[from]] == noPart || !boundary(line, from, 0) {
			continue
		}
		for to := from + 1; to <= len(line); to++ {
			if after := end + to; after < len(data) && partKinds[data[after]] != noPart && !boundary(data, after, 0) || to == len(line) && after < len(data) && partKinds[data[after]] != noPart {
				continue
			}
			word := string(line[from:to])
			if partKinds[line[to-1]] == noPart || doubleJoined(word) || !slices.ContainsFunc(r.Keywords, func(k string) bool { return NormalName(k) == NormalName(word) }) {
				continue
			}
			if (named == surelyKey || inHost(line, from, to)) && !embedded(line, from) {
				return true
			}
		}
	}
	return false
}

// boundary reports whether a part of a name begins at text[at:].
func boundary(text []byte, at, from int) bool {
	if at == from {
		return true
	}
	kind, before := partKinds[text[at]], partKinds[text[at-1]]
	if before != kind {
		return !(before == upperPart && kind == lowerPart)
	}
	// The last of several capitals begins a part where lower case follows.
	return kind == upperPart && at+1 < len(text) && partKinds[text[at+1]] == lowerPart
}

// doubleJoined reports whether something else than single joiners stands in the word.
func doubleJoined(word string) bool {
	for i := range len(word) {
		if partKinds[word[i]] == noPart && (!isJoiner(word[i]) || i+1 < len(word) && partKinds[word[i+1]] == noPart) {
			return true
		}
	}
	return false
}

var keywordScanner = sync.OnceValue(func() *Scanner {
	s, err := NewScanner(keywordRules())
	if err != nil {
		panic(err)
	}
	return s
})

// fastKeyed is what the scanner finds before overlaps are resolved.
func fastKeyed(data []byte) []string {
	s, w := keywordScanner(), sweeps.Get().(*sweep)
	defer func() {
		w.context.reset()
		sweeps.Put(w)
	}()
	w.runs.reset(s.keyed.least)
	var out []string
	w.chunks(data, func(view []byte, blocks, at int) {
		classify(s.sets, view, &w.classes, blocks)
		w.runs.find(w.classes[classWide][:blocks], w.classes[classMark][:blocks], at, func(start, end int) {
			s.keyed.values(data, start, end, &w.context, func(m Match) { out = append(out, fmt.Sprint(m.Start, m.End)) })
		})
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// keywordText is a text of keywords, values and what stands between them.
func keywordText(random *rand.Rand, size int) []byte {
	pieces := []string{
		"mailgun", "MAILGUN_", "newRelic", "new relic", "NEW-RELIC", "auth0", "LaunchDarkly", "azure", "AZURE_", "HTTPMailgunKey", "x", "_", "-", ".", ": ", "=", " ", "\n", "\"", "'", "/", "+", "@", "id", "_id", "sha256", "key", "Token2", "api.", ".net", "_token", "-u", "\\",
		"3bea48b8b6ed6a36" + "105e06c9c5d56081", "q7Zx0VbN2mKf" + "8RtY4LpW1aXe", "q7Zx0VbN2mKf" + ".8RtY4LpW1aXe", "q7Zx0VbN2mKf+8RtY4LpW1aXe/" + "kJ8fGqzW2RtPlMn0x=", strings.Repeat("filler ", 9),
	}
	var b []byte
	for len(b) < size {
		b = append(b, pieces[random.IntN(len(pieces))]...)
	}
	return b
}

func TestKeywordRulesEqualASlowSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	total := 0
	for n := range 900 {
		text := keywordText(random, 20+random.IntN(1+n))
		want, got := slowKeyed(t, keywordRules(), text), fastKeyed(text)
		if !slices.Equal(want, got) {
			t.Fatalf("found %v, expected %v in %q", got, want, text)
		}
		total += len(want)
	}
	if total < 50 {
		t.Errorf("only %d values in all texts", total)
	}
}

func FuzzKeywordRules(f *testing.F) {
	f.Add(keywordText(rand.New(rand.NewPCG(1, 1)), 300))
	f.Add(keywordText(rand.New(rand.NewPCG(2, 1)), 900))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<10 {
			return
		}
		if want, got := slowKeyed(t, keywordRules(), data), fastKeyed(data); !slices.Equal(want, got) {
			t.Fatalf("%q: found %v, expected %v", data, got, want)
		}
	})
}
