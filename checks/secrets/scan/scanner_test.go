package scan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// seamRules are of every kind that Scan reports, with a lead, a long run, and an anchor that is part of a run.
func seamRules() []*Rule {
	return append(keywordRules(),
		&Rule{ID: "anchor", Anchors: []string{"tok_"}, Tail: "[0-9A-Za-z]{24}"},
		&Rule{ID: "dashed", Anchors: []string{"zz."}, Tail: `[\w-]{20,400}`},
		&Rule{ID: "inside", Anchors: []string{"Q~"}, Lead: `[0-9A-Za-z]{3}\d`, Tail: "[0-9A-Za-z]{20}"},
		&Rule{ID: "long", Anchors: []string{"eyJ"}, Tail: `[\w-]{10,}\.[\w-]{10,}`},
	)
}

// seamText holds tokens of each of these rules over and over.
func seamText(size int) []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "line %d %s\n", i, strings.Repeat("filler ", i%23))
		fmt.Fprintf(&b, "a = tok_"+"q7Zx0VbN2mKf8RtY4LpW%04d\n", i)
		fmt.Fprintf(&b, "b: 'zz."+"kJ8-fGqzW_2RtPlMn0xB%s'\n", strings.Repeat(fmt.Sprintf("c%dY", i), i%60))
		fmt.Fprintf(&b, "c=B%03dQ~"+"q7Zx0VbN2mKf8RtYQ%03d;\n", i%1000, i%1000)
		fmt.Fprintf(&b, "mailgun_key = %08x3bea48b8"+"b6ed6a36105e06c9\n", i*2654435761&0xffffffff)
		fmt.Fprintf(&b, "<eyJ"+"q7Zx0VbN2mKf%d.8RtY4LpW1aXe%s>\n", i, strings.Repeat("q1_", i%90))
	}
	return b.Bytes()
}

func describe(matches []Match, offset, from, to int) []string {
	var out []string
	for _, m := range matches {
		if start, end := m.Start+offset, m.End+offset; start >= from && end <= to {
			out = append(out, fmt.Sprint(m.Rule.ID, start, end))
		}
	}
	return out
}

// TestScanOfAWindowFindsWhatTheWholeHolds cuts the text everywhere: what lies far enough inside a window must not depend
// on where the window, and so every block and chunk in it, begins and ends.
func TestScanOfAWindowFindsWhatTheWholeHolds(t *testing.T) {
	s, err := NewScanner(seamRules())
	if err != nil {
		t.Fatal(err)
	}
	text := seamText(3 * chunkBlocks * blockSize)
	whole := s.Scan(text, nil)
	ids := map[string]int{}
	for _, m := range whole {
		ids[m.Rule.ID]++
	}
	for _, id := range []string{"a-hex", "anchor", "dashed", "inside", "long"} {
		if ids[id] < 40 {
			t.Errorf("%s is found %d times", id, ids[id])
		}
	}
	const margin = 600 // more than any token here and its context
	for start := range 2 * blockSize {
		for _, end := range []int{len(text), len(text) - start, start + chunkBlocks*blockSize + 3*start + 1} {
			want := describe(whole, 0, start+margin, end-margin)
			if got := describe(s.Scan(text[start:end], nil), start, start+margin, end-margin); !slices.Equal(got, want) {
				t.Fatalf("window %d to %d: found %v, the whole holds %v", start, end, got, want)
			}
		}
	}
}

// TestAnchorsInOneRunAreBounded holds that a rule is judged a bounded number of times on what ends at one place, and that
// ends of long runs that are remembered are the true ones.
func TestAnchorsInOneRunAreBounded(t *testing.T) {
	judged := 0
	rule := &Rule{ID: "r", Anchors: []string{"sk-"}, Tail: `[\w-]{20,}`, Check: func(string) Proof { judged++; return Refuted }}
	s, err := NewScanner([]*Rule{rule})
	if err != nil {
		t.Fatal(err)
	}
	s.Scan([]byte(strings.Repeat("-sk-q7Zx0VbN2mKf8Rt", 200)), nil)
	if judged == 0 || judged > maxAttempts {
		t.Errorf("judged %d times", judged)
	}
	rule.Check = nil
	text := []byte("sk-q7Zx0VbN2mKf8RtY4LpW-sk-1aXekJ8fGqzW2RtPlMn0x sk-q7Zx0VbN2mKf8RtY4LpW-")
	if got := s.Scan(text, nil); len(got) != 2 || got[0].Start != 0 || got[0].End != 48 || got[1].Start != 49 || got[1].End != len(text) {
		t.Errorf("found %v", got)
	}
}

// TestScanAllocatesNothingOnCleanText allows for fresh scratch space only, which the race detector's pool hands out at random.
func TestScanAllocatesNothingOnCleanText(t *testing.T) {
	s, err := NewScanner(seamRules())
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.Repeat([]byte("func (s *Scanner) Scan(data []byte, hit func(Hit)) []Match { return nil } // clean-text 0x1234567890\n"), 2000)
	if n := testing.AllocsPerRun(20, func() { s.Scan(text, nil) }); n > 12 {
		t.Errorf("%v allocations", n)
	}
}
