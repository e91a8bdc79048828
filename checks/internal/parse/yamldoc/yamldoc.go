// Package yamldoc reads YAML as nodes with their places, for every module. It is safe on foreign bytes: size,
// depth and alias expansion are bounded, unknown tags are kept, and Helm or Jinja templates are read as far as
// they can be without running them.
package yamldoc

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"hardcheck/checks"
)

// Bounds of one file. A node costs about ten times its text, so MaxSize also bounds memory.
const (
	MaxSize  = 4 << 20
	maxDepth = 200
	maxDocs  = 10000
)

// Stream is a file's documents.
type Stream struct {
	// Docs holds each document's content node; aliases are kept as alias nodes. Empty documents are left out.
	Docs []*yaml.Node
	// Err says why reading ended early, or is nil. The documents before it are in Docs. It is not Blind: the
	// caller knows whether the file was to be examined.
	Err *checks.Problem
	// Templated reports Helm or Jinja tags in the file. What such a tag adds is unknown, so that an absent key
	// proves nothing, and both branches of a condition are seen.
	Templated bool

	masked string // what was parsed: Text with equal offsets
	lines  []int  // offsets in masked of line starts
	runes  []int  // how many characters are before each line; nil where each is one byte
	marks  []int  // offset in masked of every markEach-th character
}

type memoKey struct{}

// Of reads the file once.
func Of(f *checks.File) Stream {
	return checks.Memo(f, memoKey{}, func() Stream { return read(f.Path, f.Text()) })
}

func read(path, text string) (s Stream) {
	if len(text) > MaxSize {
		s.Err = problem(path, fmt.Sprintf("at most %s", checks.FormatSize(MaxSize)), fmt.Sprintf("%d bytes", len(text)))
		return s
	}
	tags := mask(text)
	s.masked, s.Templated, s.lines = tags.text, tags.found, lineStarts(tags.text)
	s.count()
	defer func() {
		if r := recover(); r != nil { // a fault of the YAML library is this file's problem, not the run's
			s.Err = problem(path, "valid YAML", fmt.Sprint(r))
		}
	}()
	limits := loaderlimits.New(loaderlimits.DepthValue(maxDepth), loaderlimits.AliasNone()) // aliases are never expanded here
	loader, err := yaml.NewLoader(strings.NewReader(s.masked), yaml.WithPlugin(limits))
	for err == nil && len(s.Docs) < maxDocs {
		var doc yaml.Node
		if err = loader.Load(&doc); err == nil && len(doc.Content) > 0 {
			tags.restore(doc.Content[0])
			s.Docs = append(s.Docs, doc.Content[0])
		}
	}
	if !errors.Is(err, io.EOF) {
		s.Err = parseProblem(path, err)
	}
	return s
}

func parseProblem(path string, err error) *checks.Problem {
	var at *yaml.LoadError
	switch {
	case err == nil:
		return problem(path, fmt.Sprintf("at most %d documents", maxDocs), "more")
	case errors.As(err, &at) && at.Mark.Line > 0:
		return problem(fmt.Sprintf("%s:%d", path, at.Mark.Line), "valid YAML", worded.Replace(at.Message))
	}
	return problem(path, "valid YAML", err.Error())
}

// worded fits the library's messages behind "found".
var worded = strings.NewReplacer("found ", "", "did not find", "no")

func problem(where, expected, actual string) *checks.Problem {
	return &checks.Problem{Op: "read YAML", Expected: expected, Actual: actual, Retry: checks.RetryUseless, Where: where}
}

// markEach is how far a place is looked for from a mark: a file may be one long line, and places are many.
const markEach = 1024

func (s *Stream) count() {
	if utf8.RuneCountInString(s.masked) == len(s.masked) {
		return
	}
	n, line := 0, 0
	for i := range s.masked {
		if n%markEach == 0 {
			s.marks = append(s.marks, i)
		}
		for line < len(s.lines) && s.lines[line] <= i {
			s.runes = append(s.runes, n)
			line++
		}
		n++
	}
	for ; line < len(s.lines); line++ {
		s.runes = append(s.runes, n)
	}
}

// line is where a line, counted from 1, begins and ends.
func (s *Stream) line(n int) (start, end int) {
	start, end = s.lines[n-1], len(s.masked)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	return start, end
}

// offset is the byte at a line and a column, counted from 1 and 0, since YAML counts columns in characters.
func (s *Stream) offset(line, column int) int {
	start, end := s.line(line)
	if s.runes == nil {
		return min(start+column, end)
	}
	n := s.runes[line-1] + column
	if n/markEach >= len(s.marks) {
		return end
	}
	at := s.marks[n/markEach]
	for range n % markEach {
		if at >= end {
			break
		}
		_, size := utf8.DecodeRuneInString(s.masked[at:])
		at += size
	}
	return min(at, end)
}

func lineStarts(text string) []int {
	starts := []int{0}
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}
