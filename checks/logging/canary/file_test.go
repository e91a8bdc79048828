package canary

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rotated is a log that is written to and rotated at random, and what has to be seen of it.
type rotated struct {
	t       *testing.T
	path    string
	current *os.File
	old     []*os.File // renamed, and still open to their writers
	half    map[*os.File]string
	lines   []string // written since the follower began
	count   int
}

func (r *rotated) create() {
	f, err := os.OpenFile(r.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { f.Close() })
	r.current = f
}

// write writes a line, or half of one and the other half later.
func (r *rotated) write(f *os.File, whole bool) {
	text := r.half[f]
	if text == "" {
		r.count++
		text = fmt.Sprintf("line %d %s\n", r.count, strings.Repeat(fmt.Sprintf("%d,", r.count), rand.IntN(40)))
		r.lines = append(r.lines, strings.TrimSuffix(text, "\n"))
	}
	part := text
	if !whole {
		part = text[:len(text)/2]
	}
	r.half[f] = text[len(part):]
	if _, err := f.WriteString(part); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rotated) rename() {
	if err := os.Rename(r.path, fmt.Sprintf("%s.old%d", r.path, r.count)); err != nil {
		r.t.Fatal(err)
	}
	r.old = append(r.old, r.current)
	r.create()
}

// copyTruncate is logrotate's: what was written and not read yet is in the copy alone.
func (r *rotated) copyTruncate(name string) {
	data, err := os.ReadFile(r.path)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		r.t.Fatal(err)
	}
	r.truncate()
}

func (r *rotated) truncate() {
	if err := r.current.Truncate(0); err != nil {
		r.t.Fatal(err)
	}
}

// TestFollowerSeesEveryLineOnce rotates at random and compares what was seen with what was written.
func TestFollowerSeesEveryLineOnce(t *testing.T) {
	for round := range 200 {
		r := &rotated{t: t, path: filepath.Join(t.TempDir(), "a[*].log"), half: map[*os.File]string{}}
		r.create()
		r.current.WriteString("before\n")
		log, err := openFile(r.path)
		if err != nil {
			t.Fatal(err)
		}
		var seen []string
		open := func(begins bool) *splitter {
			return &splitter{inside: !begins, emit: func(s segment) { seen = append(seen, string(s.text)) }}
		}
		log.open[0].lines = open(true)
		poll := func() {
			if err := log.poll(open); err != nil {
				t.Fatal(err)
			}
		}
		var did []string
		for range 40 {
			op := []string{"write", "write", "write", "half", "poll", "rename", "late", "copy", "truncate"}[rand.IntN(9)]
			switch did = append(did, op); op {
			case "write":
				r.write(r.current, true)
			case "half":
				r.write(r.current, false)
			case "poll":
				poll()
			case "rename":
				if r.write(r.current, true); len(log.open) < maxFiles-1 {
					poll() // a file that has the name for no poll at all is not seen
					r.rename()
				}
			case "late":
				if len(r.old) > 0 {
					r.write(r.old[len(r.old)-1], true)
				}
			case "copy":
				r.write(r.current, true)
				poll()
				r.write(r.current, true) // is in the copy alone
				r.copyTruncate(r.path + []string{".1", "-20261123"}[rand.IntN(2)])
			case "truncate":
				r.write(r.current, true)
				poll()
				r.truncate()
				r.write(r.current, true)
				r.write(r.current, true) // grows beyond what it was
			}
		}
		for _, f := range append(r.old, r.current) {
			if r.half[f] != "" {
				r.write(f, true)
			}
		}
		poll()
		if err := log.end(); err != nil {
			t.Fatal(err)
		}
		log.close()
		slices.Sort(seen)
		slices.Sort(r.lines)
		if !slices.Equal(seen, r.lines) {
			t.Fatalf("round %d: saw %d lines, want %d, after %v", round, len(seen), len(r.lines), did)
		}
	}
}

// TestHostileFiles opens what is no log, and logs that come, go and change their kind.
func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir:                              "a directory",
		"/dev/null":                      "a device",
		filepath.Join(dir, "no", "file"): "no such file",
	} {
		if _, err := (Sink{SinkFile, path}).open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	never, err := Sink{SinkFile, filepath.Join(dir, "never.log")}.open()
	if err != nil {
		t.Fatal(err)
	}
	none := func(bool) *splitter { return &splitter{emit: func(segment) {}} }
	if err := never.follow(cancelled, none); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that never came: %v", err)
	}
	later, err := openFile(filepath.Join(dir, "later.log"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(later.path, []byte("a\nb"), 0o600); err != nil {
		t.Fatal(err)
	}
	var seen []string
	if err := later.follow(cancelled, func(begins bool) *splitter {
		return &splitter{inside: !begins, emit: func(s segment) { seen = append(seen, string(s.text)) }}
	}); err != nil || !slices.Equal(seen, []string{"a", "b"}) {
		t.Errorf("a file that came later: %q, %v", seen, err)
	}
}

// TestLongAndBinaryLogs reads a line of 100 MB and one of any bytes, in bounded memory, and stops at the bound.
func TestLongAndBinaryLogs(t *testing.T) {
	m := fixed("abcdef")
	c := &collector{searcher: newSearcher(m), seen: map[*Request]bool{}, ids: map[string]*Request{}}
	m.list[0].Request = &Request{Method: "GET", Path: "/"}
	split := c.stream(true)
	chunk := make([]byte, 1<<20)
	for i := range chunk {
		chunk[i] = byte(i*7%256) | 0x80 // no line ends
	}
	for range 50 {
		split.Write(chunk)
	}
	split.Write([]byte(m.list[0].Text))
	for range 50 {
		split.Write(chunk)
	}
	split.Flush()
	if len(c.lines) != 1 || len(c.lines[0].Text) > maxText || c.lines[0].Text[c.lines[0].Hits[0].Start:c.lines[0].Hits[0].End] != m.list[0].Text || c.lines[0].Begins {
		t.Errorf("%d lines, want one with the marker", len(c.lines))
	}
	for range 2 * maxLines {
		split.Write([]byte(m.list[0].Text + "\n"))
	}
	if len(c.lines) != maxLines || !c.dropped {
		t.Errorf("%d lines are kept, want %d", len(c.lines), maxLines)
	}
	path := filepath.Join(t.TempDir(), "endless")
	log, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil { // a hole, as copying and truncating leaves behind
		t.Skip("the file system has no holes")
	}
	if err := log.poll(func(bool) *splitter { return &splitter{emit: func(segment) {}} }); err == nil || !strings.Contains(err.Error(), "at most 256 MiB") {
		t.Errorf("a file of a terabyte: %v", err)
	}
	log.close()
}
