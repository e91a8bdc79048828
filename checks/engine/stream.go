package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// stream shows a large file window by window to the checks that accept windows; the others are told that it was
// too large. Of a binary file only so much is shown as o.Binary says.
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
	binary := false
	for r.ctx.Err() == nil {
		kept := len(data)
		count, err := io.ReadFull(content, data[kept:size])
		data = data[:kept+count]
		if errors.Is(err, io.ErrUnexpectedEOF) && f.Offset+int64(len(data)) != f.Size {
			f.Resize(f.Offset + int64(len(data))) // it grew or shrank since it was listed
		}
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
		if binary = binary || f.Offset == 0 && f.Binary(); binary && f.Offset+int64(len(data)) >= r.Binary {
			r.bite("binary", fmt.Sprintf("binary files up to %s", checks.FormatSize(r.Binary)), n.Path)
			return
		}
		f = f.Next(r.Overlap)
		copy(data, data[size-r.Overlap:])
		data = data[:r.Overlap]
	}
}

func (r *treeRun) tooLarge(n *target.Node, want reading) {
	r.bite("whole", fmt.Sprintf("files to parse up to %s", checks.FormatSize(r.WholeFile)), n.Path)
	problem := checks.Problem{Op: "parse file", Expected: "at most " + checks.FormatSize(r.WholeFile), Actual: checks.FormatSize(n.Size),
		Retry: checks.RetryUseless, Where: n.Path}
	for _, pass := range want.passes {
		pass.Problem(problem)
	}
	if want.settings {
		problem.Blind = true
		r.collector.Unread(n.Entry, problem)
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
			actual += "; only their first " + checks.FormatSize(r.Binary) + " were looked at"
		} else {
			actual += "; not parsed"
		}
		out = append(out, checks.Problem{Op: "read", Expected: b.expected, Actual: actual, Retry: checks.RetryUseless})
	}
	return out
}
