package checks

import (
	"cmp"
	"fmt"
	"slices"
)

// MaxProblems bounds the problems that one list keeps.
const MaxProblems = 1000

// ProblemList keeps the first MaxProblems problems in their order and counts the others, so that memory stays
// bounded whatever a tree holds. The zero value is empty. It is not safe for concurrent use.
type ProblemList struct {
	list  []Problem
	more  int
	blind bool // one of the others was blind
}

// Add takes a problem into the list.
func (l *ProblemList) Add(p Problem) {
	l.list = append(l.list, p)
	if len(l.list) >= 2*MaxProblems {
		l.trim()
	}
}

func (l *ProblemList) trim() {
	slices.SortFunc(l.list, CompareProblems)
	l.list = slices.Compact(l.list)
	if len(l.list) <= MaxProblems {
		return
	}
	for _, p := range l.list[MaxProblems:] {
		l.more++
		l.blind = l.blind || p.Blind
	}
	l.list = l.list[:MaxProblems]
}

// All returns the problems in order, each once; the last one says how many more there were.
func (l *ProblemList) All() []Problem {
	l.trim()
	out := slices.Clone(l.list)
	if l.more > 0 {
		out = append(out, Problem{Op: "list problems", Expected: fmt.Sprintf("at most %d", MaxProblems),
			Actual: fmt.Sprintf("%d more", l.more), Retry: RetryUseless, Blind: l.blind})
	}
	return out
}

// CompareProblems orders problems by place, operation, and what was found and expected.
func CompareProblems(a, b Problem) int {
	return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Op, b.Op), cmp.Compare(a.Actual, b.Actual),
		cmp.Compare(a.Expected, b.Expected), cmp.Compare(a.Retry, b.Retry))
}
