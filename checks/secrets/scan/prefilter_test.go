package scan

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

type occurrence struct{ Literal, Start int }

// naive finds every occurrence the plain way: what the prefilter must equal.
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

// literalScanner looks for each literal as a class of its own.
func literalScanner(t testing.TB, literals []string) *Scanner {
	t.Helper()
	lists := make([][]string, len(literals))
	for i, l := range literals {
		lists[i] = []string{l}
	}
	s, err := NewScanner(nil, lists...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func occurrences(s *Scanner, data []byte) []occurrence {
	var out []occurrence
	s.Scan(data, func(h Hit) { out = append(out, occurrence{h.Class, h.Start}) })
	slices.SortFunc(out, func(a, b occurrence) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Literal, b.Literal))
	})
	return out
}

var sampleLiterals = []string{"abc", "abcd", "bcab", "cab", "AKIA", "-----BEGIN", "://", "password", "passwd", "\x00\xff\xfe", "pässe", "ghp_", "AKIAKIAKIAKIAKIAKIA"}

func TestPrefilterFindsWhatANaiveSearchFinds(t *testing.T) {
	s := literalScanner(t, sampleLiterals)
	texts := []string{"", "a", "abc", "abccab", "xbcaax", strings.Repeat("abcab", 3), strings.Repeat("AKIAKIA-----BEGIN ", 200), strings.Repeat("AKI", 20000) + "AKIA", "pässe passwort\x00\xff\xfe"}
	for size := range 300 {
		texts = append(texts, strings.Repeat("bcab passwd AKIA://", size/19+1)[:size])
	}
	for _, text := range texts {
		if diff := gocmp.Diff(naive(sampleLiterals, []byte(text)), occurrences(s, []byte(text))); diff != "" {
			t.Fatalf("%d bytes: naive and prefilter differ:\n%s", len(text), diff)
		}
	}
}

// TestPrefilterAtEveryOffset moves each literal over the borders of blocks and chunks and to the data's end.
func TestPrefilterAtEveryOffset(t *testing.T) {
	s := literalScanner(t, sampleLiterals)
	data := make([]byte, chunkBlocks*blockSize+3*blockSize)
	for id, l := range sampleLiterals {
		for at := range len(data) - len(l) {
			if at > 200 && at < chunkBlocks*blockSize-80 && at%61 != 0 {
				continue
			}
			for i := range data {
				data[i] = ' '
			}
			end := copy(data[at:], l) + at
			for _, view := range [][]byte{data, data[:end]} {
				if !slices.Contains(occurrences(s, view), occurrence{id, at}) {
					t.Fatalf("%q at %d of %d is not found", l, at, len(view))
				}
			}
		}
	}
}

func TestShortLiteralsAreRefused(t *testing.T) {
	if _, err := NewScanner(nil, []string{"ab"}); err == nil {
		t.Error("a literal of two bytes is accepted")
	}
}

func FuzzPrefilter(f *testing.F) {
	f.Add([]byte("abab|bab|bba"), []byte(strings.Repeat("ababb", 210)))
	f.Add([]byte(strings.Join(sampleLiterals, "|")), []byte(strings.Repeat("AKIAKIA://passwd", 2000)))
	f.Fuzz(func(t *testing.T, list, data []byte) {
		var literals []string
		for l := range strings.SplitSeq(string(list), "|") {
			if len(l) >= 3 && !slices.Contains(literals, l) && len(literals) < 50 {
				literals = append(literals, l)
			}
		}
		if len(literals) == 0 || len(data) > 1<<16 {
			return
		}
		if want, got := naive(literals, data), occurrences(literalScanner(t, literals), data); !slices.Equal(want, got) {
			t.Error(gocmp.Diff(want, got))
		}
	})
}

// plainRuns is what Alphabet.Runs must equal.
func plainRuns(set *Set, data []byte, least int) []string {
	var out []string
	for at := 0; at < len(data); at++ {
		start := at
		for at < len(data) && set[data[at]] {
			at++
		}
		if at-start >= least {
			out = append(out, fmt.Sprint(start, at))
		}
	}
	return out
}

func checkRuns(t *testing.T, data []byte, least int) {
	t.Helper()
	var got []string
	Runs(data, least, func(start, end int) { got = append(got, fmt.Sprint(start, end)) })
	if want := plainRuns(tokenBytes, data, max(least, 1)); !slices.Equal(got, want) {
		t.Fatalf("runs of %d in %d bytes: %v, expected %v", least, len(data), got, want)
	}
}

func TestRunsEqualAPlainSearch(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	chunk := chunkBlocks * blockSize
	for _, size := range []int{0, 1, 63, 64, 65, 128, 191, 192, 500, chunk, chunk + 64, chunk + 65, 3*chunk + 77} {
		for _, density := range []int{2, 20, 400, 1 << 30} {
			data := bytes.Repeat([]byte{'x'}, size)
			for i := range data {
				if random.IntN(density) == 0 {
					data[i] = ' '
				}
			}
			for _, least := range []int{1, 2, 7, 8, 15, 16, 17, 40, 200} {
				checkRuns(t, data, least)
			}
		}
	}
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte(strings.Repeat("abc def-0123456789abcdef_", 30)), uint8(10))
	f.Fuzz(func(t *testing.T, data []byte, least uint8) { checkRuns(t, data, int(least)) })
}
