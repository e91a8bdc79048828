package dockerfile

import (
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// instructions splits a Dockerfile with BuildKit's own parser, which decides where an instruction begins and which
// heredocs it has. It refuses a whole file for one bad line; the scanner then reads what can be read.
func instructions(text string) (nodes []*parser.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser failed: %v", r)
		}
	}()
	result, err := parser.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	return result.AST.Children, nil
}

// seek goes to the line where the instruction of that index begins. It is false behind the last one.
func (s *scanner) seek(nodes []*parser.Node, i int) bool {
	if i >= len(nodes) {
		return false
	}
	if s.starts == nil {
		s.starts = []int{0}
		for at := range len(s.src) {
			if s.src[at] == '\n' {
				s.starts = append(s.starts, at+1)
			}
		}
	}
	line := nodes[i].StartLine - 1
	if line < 0 || line >= len(s.starts) {
		return false
	}
	s.at, s.docs = s.starts[line], []heredocMark{}
	for _, doc := range nodes[i].Heredocs {
		s.docs = append(s.docs, heredocMark{name: doc.Name, chomp: doc.Chomp})
	}
	return true
}
