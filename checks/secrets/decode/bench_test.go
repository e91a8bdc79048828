package decode

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkSources runs over Go's own sources, or over the tree that DECODE_TREE names, held in memory.
func BenchmarkSources(b *testing.B) {
	files, size := sources(b)
	spans := map[string]int{}
	decoded := 0
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		clear(spans)
		decoded = 0
		for _, data := range files {
			Each(data, func(s Span) { spans[s.Encoding]++; decoded += len(s.Data) })
		}
	}
	total := 0
	for _, n := range spans {
		total += n
	}
	b.ReportMetric(float64(total)*1e6/float64(size), "spans/MB")
	b.ReportMetric(float64(decoded)/float64(size), "decoded/byte")
	b.Log(size, spans)
}

func sources(b *testing.B) (files [][]byte, size int64) {
	b.Helper()
	root := os.Getenv("DECODE_TREE")
	if root == "" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			b.Skip(err)
		}
		root = filepath.Join(strings.TrimSpace(string(out)), "src")
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) > 8<<20 || bytes.IndexByte(data, 0) >= 0 && os.Getenv("DECODE_TREE") == "" {
			return err
		}
		files = append(files, data)
		size += int64(len(data))
		return nil
	})
	if err != nil {
		b.Skip(err)
	}
	return files, size
}

// BenchmarkAdversarial runs over input that is one encoding throughout, or only looks like it, at two sizes: the
// speed of the larger shows that the time is linear.
func BenchmarkAdversarial(b *testing.B) {
	for name, unit := range adversarial {
		for _, size := range []int{1 << 18, 1 << 22} {
			data := []byte(strings.Repeat(unit, size/len(unit)))
			b.Run(name+"/"+map[bool]string{true: "large", false: "small"}[size > 1<<20], func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					Each(data, func(Span) {})
				}
			})
		}
	}
}

var adversarial = map[string]string{
	"base64":           "Z2hw",
	"base64 lines":     strings.Repeat("Z2hw", 16) + "\n",
	"base64 decoys":    "Z2hwZ2hwZ2hwZ2hwZ2hw/AAAA",
	"failing lines":    "Z2hwZ2hwZ2hwZ2hwZ2hwZ2hwZ2hwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
	"slashes":          `Z2hw\/`,
	"hex":              "6768",
	"hex lines":        strings.Repeat("67", 32) + "\n",
	"percent":          "%41",
	"percent words":    "%41aaaaaaaaaaaaaaaaaaaaaaaaaa ",
	"unicode escapes":  `\u0041`,
	"backslashes":      `\`,
	"entities":         "&#65;",
	"ampersands":       "&",
	"double quotes":    `"`,
	"quotes":           `"'`,
	"quotes and plus":  `"+`,
	"joined":           `"ab1"+`,
	"joined lines":     "\"ab1\"\n",
	"join calls":       `].join("")`,
	"joins of lists":   `["a1","b"].join("")`,
	"Python joins":     `"".join(["a1",`,
	"numbers":          "65,",
	"number mix":       "65,0x41,",
	"digits":           "1",
	"digits and blank": "6 ",
	"wide":             "a\x00",
	"wider":            "a\x00\x00\x00",
	"wide mix":         "a\x00b\x00\x01",
	"NULs":             "\x00",
	"equals":           "a=\n",
}
