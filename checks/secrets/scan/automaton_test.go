package scan

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type occurrence struct{ Literal, Start int }

// naive finds every occurrence the plain way: what the automaton must equal.
func naive(literals []string, data []byte) []occurrence {
	var out []occurrence
	for at := range data {
		for id, l := range literals {
			if bytes.HasPrefix(data[at:], []byte(l)) {
				out = append(out, occurrence{id, at})
			}
		}
	}
	return out
}

func found(a *Automaton, data []byte) []occurrence {
	var out []occurrence
	a.Find(data, func(literal, start int) { out = append(out, occurrence{literal, start}) })
	slices.SortFunc(out, func(a, b occurrence) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return a.Literal - b.Literal
	})
	return out
}

func TestAutomatonFindsWhatANaiveSearchFinds(t *testing.T) {
	literals := []string{"a", "ab", "bab", "bc", "bca", "c", "caa", "AKIA", "-----BEGIN"}
	texts := []string{"", "a", "abccab", "xbcaax", strings.Repeat("abcab", 3), strings.Repeat("AKIAKIA-----BEGIN ", 200)}
	for size := lanesFrom - 3; size < lanesFrom+9; size++ {
		texts = append(texts, strings.Repeat("bca ab AKIA", size/11+1)[:size])
	}
	a := NewAutomaton(literals)
	for _, text := range texts {
		if diff := cmp.Diff(naive(literals, []byte(text)), found(a, []byte(text))); diff != "" {
			t.Errorf("%d bytes: naive and automaton differ:\n%s", len(text), diff)
		}
	}
}

func FuzzAutomaton(f *testing.F) {
	f.Add([]byte("ab|bab|b"), []byte(strings.Repeat("ababb", 210)))
	f.Fuzz(func(t *testing.T, list, data []byte) {
		var literals []string
		for l := range strings.SplitSeq(string(list), "|") {
			if l != "" && !slices.Contains(literals, l) && len(literals) < 50 {
				literals = append(literals, l)
			}
		}
		if len(literals) == 0 || len(data) > 1<<14 {
			return
		}
		if want, got := naive(literals, data), found(NewAutomaton(literals), data); !slices.Equal(want, got) {
			t.Error(cmp.Diff(want, got))
		}
	})
}

func BenchmarkAutomaton(b *testing.B) {
	a := NewAutomaton(CredentialWords())
	data := bytes.Repeat([]byte("func (a *Automaton) Find(data []byte) { return a.next[0] } // text\n"), 1000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		a.Find(data, func(int, int) {})
	}
}
