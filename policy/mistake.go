package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing wrong with a policy, and where.
type Mistake struct {
	File         string // as shown to the user; "profile baseline" for an embedded one
	Line, Column int    // from 1; 0 where the mistake has no place
	Path         string // "items[0].severity"
	Text         string // `unknown field "sevrity"; did you mean "severity"?`
}

func (m Mistake) String() string {
	s := position{m.File, m.Line, m.Column}.String()
	for _, part := range []string{m.Path, m.Text} {
		if part != "" {
			s += ": " + part
		}
	}
	return strings.TrimPrefix(s, ": ")
}

// Error is everything wrong with a policy, in the order of the files. Correcting a file and loading again is safe.
type Error struct{ Mistakes []Mistake }

func (e *Error) Error() string {
	lines := make([]string, len(e.Mistakes))
	for i, m := range e.Mistakes {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// position is where a value is written.
type position struct {
	file         string
	line, column int
}

func (p position) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

// maxMistakes bounds what a hopeless file prints.
const maxMistakes = 200

// mistakes collects what is wrong over all files of a chain.
type mistakes struct{ list []Mistake }

func (m *mistakes) add(at position, path, format string, args ...any) {
	if len(m.list) < maxMistakes {
		m.list = append(m.list, Mistake{at.file, at.line, at.column, path, fmt.Sprintf(format, args...)})
	}
}

// err returns the mistakes ordered inside each file, files in the order they were read, each once.
func (m *mistakes) err() error {
	if len(m.list) == 0 {
		return nil
	}
	var files []string
	for _, mistake := range m.list {
		if !slices.Contains(files, mistake.File) {
			files = append(files, mistake.File)
		}
	}
	list := slices.Clone(m.list)
	slices.SortStableFunc(list, func(a, b Mistake) int {
		return cmp.Or(
			cmp.Compare(slices.Index(files, a.File), slices.Index(files, b.File)),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
		)
	})
	if len(list) == maxMistakes {
		list = append(list, Mistake{Text: fmt.Sprintf("only the first %d mistakes are listed", maxMistakes)})
	}
	return &Error{slices.Compact(list)}
}
