package secrets

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// windowSize, overlapSize and wholeSize are the engine's defaults.
const (
	windowSize  = 1 << 20
	overlapSize = 64 << 10
	wholeSize   = 8 << 20
)

// placed is a text at an offset of a file.
type placed struct {
	at   int64
	text string
}

// sparse makes a file of zeros, or of that filler, with texts at their offsets.
func sparse(t *testing.T, file string, size int64, filler string, texts ...placed) {
	t.Helper()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := out.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if filler != "" {
		block := bytes.Repeat([]byte(filler), 1<<20/len(filler))
		for at := int64(0); at < size; at += int64(len(block)) {
			if _, err := out.WriteAt(block[:min(int64(len(block)), size-at)], at); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, p := range texts {
		if _, err := out.WriteAt([]byte(p.text), p.at); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTokensAtEveryBorder plants tokens so that each border between windows, each end of an overlap and each end of
// what a window leaves to the next falls on every byte of one of them.
func TestTokensAtEveryBorder(t *testing.T) {
	const size = 9 << 20
	length := len(token(0)) + 2
	var borders []int
	for window := range 8 {
		end := (window+1)*windowSize + overlapSize
		borders = append(borders, end-overlapSize, end-lookahead, end)
	}
	dir := t.TempDir()
	n := 5000
	wants := map[string]string{}
	for shift := 0; shift <= length; shift++ {
		data := bytes.Repeat([]byte("0123456789abcde\n"), size/16)
		for _, b := range borders {
			n++
			secret := token(n)
			copy(data[b-shift:], "\n"+secret+"\n")
			line := bytes.Count(data[:b-shift+1], []byte{'\n'}) + 1
			wants[secret] = fmt.Sprintf("s%02d.txt:%d", shift, line)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("s%02d.txt", shift)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, _ := auditTree(t, dir, target.TreeOptions{})
	compareSecrets(t, wants, found)
}

// compareSecrets holds that each secret was found once, at its place, and nothing else.
func compareSecrets(t *testing.T, wants map[string]string, found map[string][]checks.Finding) {
	t.Helper()
	seen := map[string]bool{}
	for check, list := range found {
		for _, f := range list {
			want, ok := wants[f.ContentKey]
			switch {
			case !ok:
				t.Errorf("%s finds %s at %s", check, f.Rule, f.Place)
			case seen[f.ContentKey]:
				t.Errorf("found twice: %s", f.Place)
			case f.Place.String() != want:
				t.Errorf("found at %s, expected %s", f.Place, want)
			}
			seen[f.ContentKey] = true
		}
	}
	for secret, want := range wants {
		if !seen[secret] {
			t.Errorf("missed at %s", want)
		}
	}
}

func TestTokensInHugeFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("files of 100 MB")
	}
	const size = 100 << 20
	dir := t.TempDir()
	wants := map[string]string{}
	plant := func(name, filler string, line int, offsets ...int64) {
		var texts []placed
		for _, at := range offsets {
			secret := token(9000 + len(wants))
			texts = append(texts, placed{at, " " + secret + " "})
			wants[secret] = fmt.Sprintf("%s:%d", name, line)
		}
		sparse(t, filepath.Join(dir, name), size, filler, texts...)
	}
	plant("line.txt", "lorem ipsum ", 1, 0, wholeSize-20, 50<<20+17, size-60)
	plant("words.json", "abcdefghijklmnop", 1, 30<<20+1, size-60)
	plant("zeros.bin", "", 1, 4000, 60<<20+5, size-60)
	plant("program", "\x7fELF\x02\x01\x01\x00\x90\x90\xcc", 1, 20<<20, size-60)
	plant("anchors.txt", "AKIAghp_sk_live_", 1, 20<<20, size-60)
	found, result := auditTree(t, dir, target.TreeOptions{})
	compareSecrets(t, wants, found)
	for _, p := range result.Problems {
		t.Error(p.Error())
	}
}

// TestFilesThatChangeWhileTheyAreRead holds that the end of a file is looked at whatever size it was listed with.
func TestFilesThatChangeWhileTheyAreRead(t *testing.T) {
	dir := t.TempDir()
	secret := token(9500)
	file := filepath.Join(dir, "app.log")
	sparse(t, file, 9<<20, "a line of a log\n", placed{9<<20 - 60, "\n" + secret + "\n"})
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, listed := range []int64{info.Size() + 3<<20, info.Size() - 1<<20 + 5, wholeSize + 1} {
		p := checks.NewPass(context.Background(), providerTokens(), &checks.World{}, nil)
		streamFile(t, p, file, listed)
		if found := p.Observation().Findings; len(found) != 1 {
			t.Errorf("listed with %d bytes of %d: %d findings", listed, info.Size(), len(found))
		}
	}
}

// streamFile shows a file to a pass in windows, as the engine does, with the size that it was listed with.
func streamFile(t *testing.T, p *checks.Pass, file string, listed int64) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f := &checks.File{Entry: &checks.Entry{Path: "app.log", Size: listed}, Line: 1}
	for {
		end := min(int(f.Offset)+windowSize+overlapSize, len(data))
		f.Data = data[f.Offset:end]
		if end == len(data) {
			f.Resize(int64(end))
		}
		if err := p.Check.File(p, f); err != nil {
			t.Fatal(err)
		}
		if end == len(data) {
			return
		}
		f = f.Next(overlapSize)
		f.Overlap = overlapSize
	}
}
