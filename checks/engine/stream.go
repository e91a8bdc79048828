package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// stream shows a large file window by window to the checks that accept windows; the others are told that it was
// too large. Of a large binary file only the first window is shown.
func (r *treeRun) stream(n *target.Node, want reading, content io.Reader, buffer *[]byte) {
	windows := slices.DeleteFunc(slices.Clone(want.passes), func(p *checks.Pass) bool { return !p.Check.Stream })
	whole := slices.DeleteFunc(slices.Clone(want.passes), func(p *checks.Pass) bool { return p.Check.Stream })
	if len(whole) > 0 || want.settings {
		r.tooLarge(n, reading{passes: whole, settings: want.settings})
	}
	if len(windows) == 0 {
		return
	}
	size := r.Window + r.Overlap
	data := slices.Grow((*buffer)[:0], size)
	defer func() { *buffer = data[:0] }()
	f := &checks.File{Entry: n.Entry, Line: 1}
	f.At, _ = content.(io.ReaderAt)
	for r.ctx.Err() == nil {
		kept := len(data)
		count, err := io.ReadFull(content, data[kept:size])
		data = data[:kept+count]
		r.Progress.Bytes.Add(int64(count))
		if count > 0 {
			f.Data, f.Overlap = data, kept
			r.deliver(f, reading{passes: windows})
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return
		}
		if err != nil {
			r.unread(n, reading{passes: windows}, err)
			return
		}
		if f.Offset == 0 && f.Binary() {
			r.bite("binary", fmt.Sprintf("binary files up to %s", checks.FormatSize(r.WholeFile)), n.Path)
			return
		}
		f = nextWindow(f, r.Overlap)
		copy(data, data[size-r.Overlap:])
		data = data[:r.Overlap]
	}
}

// nextWindow is the file as seen from where the next window begins.
func nextWindow(f *checks.File, overlap int) *checks.File {
	passed := f.Data[:len(f.Data)-overlap]
	return &checks.File{Entry: f.Entry, At: f.At, Offset: f.Offset + int64(len(passed)), Line: f.Line + bytes.Count(passed, []byte{'\n'})}
}

func (r *treeRun) tooLarge(n *target.Node, want reading) {
	r.bite("whole", fmt.Sprintf("files to parse up to %s", checks.FormatSize(r.WholeFile)), n.Path)
	problem := checks.Problem{Op: "parse file", Expected: "at most " + checks.FormatSize(r.WholeFile), Actual: checks.FormatSize(n.Size),
		Retry: checks.RetryUseless, Where: n.Path}
	for _, pass := range want.passes {
		pass.Problem(problem)
	}
}

// bite counts one file that a bound cut off.
func (r *treeRun) bite(kind, expected, path string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := r.bounds[kind]
	if b == nil {
		b = &bound{expected: expected, example: path}
		r.bounds[kind] = b
	}
	b.count++
	b.example = min(b.example, path)
}

func (r *treeRun) boundProblems() []checks.Problem {
	var out []checks.Problem
	for _, kind := range []string{"binary", "whole"} {
		b := r.bounds[kind]
		if b == nil {
			continue
		}
		actual := fmt.Sprintf("%d larger, the first %s", b.count, b.example)
		if kind == "binary" {
			actual += "; only their first " + checks.FormatSize(int64(r.Window+r.Overlap)) + " were looked at"
		} else {
			actual += "; not parsed"
		}
		out = append(out, checks.Problem{Op: "read", Expected: b.expected, Actual: actual, Retry: checks.RetryUseless})
	}
	return out
}
