package scan

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// startsOf are the places that candidates takes for beginnings.
func startsOf(s *Scanner, data []byte) []bool {
	w := sweeps.Get().(*sweep)
	defer sweeps.Put(w)
	var state startState
	starts := make([]bool, len(data))
	w.chunks(data, func(view []byte, blocks, at int) {
		classify(s.sets, view, &w.classes, blocks+1)
		for i := range blocks {
			c := &w.classes
			bits := state.next(c[classWord][i], c[classEscape][i], c[classColour][i], c[classMark][i])
			for j := range min(blockSize, max(0, len(data)-at-i*blockSize)) {
				starts[at+i*blockSize+j] = bits>>j&1 == 1
			}
		}
	})
	return starts
}

// checkStarts holds that no beginning is missed, and that a place inside a word is none without an escape.
func checkStarts(t *testing.T, s *Scanner, data []byte) {
	t.Helper()
	for at, start := range startsOf(s, data) {
		before := data[max(0, at-unicodeEnd):at]
		if !start && startsToken(data, at) {
			t.Fatalf("%d of %d: behind %q a token begins", at, len(data), before)
		}
		if start && at > 0 && isWord(data[at-1]) && data[at-1] != 'm' && !bytes.ContainsAny(before, "\\%") {
			t.Fatalf("%d of %d: behind %q none begins", at, len(data), before)
		}
	}
}

var startPieces = []string{"\x1b[31m", "\x1b[m", "\x1b[0;1m", `\033[1m`, `\n`, `\t`, "%3D", `\u003d`, "ghp_", " ", "key", "m", "=", "9"}

func TestStartsMissNoBeginning(t *testing.T) {
	for _, rules := range [][]*Rule{nil, keywordRules()} {
		s, err := NewScanner(rules)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(7, 8))
		for range 40 {
			var b bytes.Buffer
			for b.Len() < 3*chunkBlocks*blockSize/2 {
				b.WriteString(startPieces[random.IntN(len(startPieces))])
			}
			checkStarts(t, s, b.Bytes()[:b.Len()-random.IntN(200)])
		}
	}
}

func FuzzStarts(f *testing.F) {
	f.Add([]byte("\x1b[1;31mghp_ a%3Dkey \\u003dtok"))
	s, err := NewScanner(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkStarts(t, s, data) })
}
