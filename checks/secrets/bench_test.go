package secrets

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
)

// BenchmarkModule runs every check of the chapter over Go's own sources, held in memory.
func BenchmarkModule(b *testing.B) {
	files, size := goSources(b)
	var passes []*checks.Pass
	for _, c := range Checks() {
		passes = append(passes, checks.NewPass(context.Background(), c, &checks.World{}, c.Defaults()))
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			shown := &checks.File{Entry: f.Entry, Data: f.Data, Line: 1, Whole: true}
			for _, p := range passes {
				if p.Check.File != nil && p.Check.Wants(f.Entry) {
					if err := p.Check.File(p, shown); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
}

func goSources(b *testing.B) (files []*checks.File, size int64) {
	b.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Skip(err)
	}
	root := filepath.Join(strings.TrimSpace(string(out)), "src")
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil || len(data) > 8<<20 {
			return err
		}
		relative, _ := filepath.Rel(root, path)
		entry := &checks.Entry{Path: filepath.ToSlash(relative), Mode: 0o644, Size: int64(len(data))}
		files = append(files, &checks.File{Entry: entry, Data: data})
		size += int64(len(data))
		return nil
	})
	if err != nil {
		b.Skip(err)
	}
	return files, size
}
