package providers

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks/secrets/scan"
)

// corpora are the kinds of text that the scanner's speed depends on.
func corpora(b *testing.B) map[string][]byte {
	b.Helper()
	const size = 32 << 20
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, size/4*3)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	return map[string][]byte{
		"go":     goroot(b, size),
		"script": bytes.Repeat([]byte(`!function(e,t){"object"==typeof exports&&"undefined"!=typeof module?t(exports):(e=e||self).d3=e.d3||{}}(this,function(e){return e.map((t,n)=>t*n+0x1f)});`), size/154),
		"base64": []byte(base64.StdEncoding.EncodeToString(noise)),
	}
}

func goroot(b *testing.B, size int) []byte {
	b.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip(err)
	}
	var all []byte
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(out)), "src"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, ".go") || len(all) > size {
			return err
		}
		data, err := os.ReadFile(path)
		all = append(all, data...)
		return err
	})
	if err != nil {
		b.Skip(err)
	}
	return all
}

// BenchmarkScan measures the scanner with every rule, in pieces as files and windows come.
func BenchmarkScan(b *testing.B) {
	s, err := scan.NewScanner(Rules(), scan.CredentialWords())
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range corpora(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				for piece := data; len(piece) > 0; piece = piece[min(len(piece), 256<<10):] {
					s.Scan(piece[:min(len(piece), 256<<10)], func(scan.Hit) {})
				}
			}
		})
	}
}

// BenchmarkHostile measures texts made to be slow: nothing but anchors, and anchors in one unbroken run.
func BenchmarkHostile(b *testing.B) {
	s, err := scan.NewScanner(Rules(), scan.CredentialWords())
	if err != nil {
		b.Fatal(err)
	}
	var anchors strings.Builder
	for _, r := range Rules() {
		for _, a := range r.Anchors {
			anchors.WriteString(a)
		}
	}
	for name, unit := range map[string]string{
		"anchors": anchors.String(), "spaced-anchors": strings.Join(strings.SplitAfter(anchors.String(), "_"), " "),
		"run": "-sk-", "jwt": "-eyJ", "jwts": "eyJ-.", "dotted": "-sl.", "words": "password", "keys": "api_key=", "digits": "0123456789abcdef",
	} {
		data := bytes.Repeat([]byte(unit), 4<<20/len(unit))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				s.Scan(data, func(scan.Hit) {})
			}
		})
	}
}
