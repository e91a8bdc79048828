package objects

import (
	"errors"
	"fmt"
	"io/fs"

	"hardcheck/checks"
)

// ErrMissing means that the store does not hold an object.
var ErrMissing = errors.New("the object is not there")

// corrupt is a place whose bytes are not what the format asks for.
type corrupt struct{ expected, actual string }

func (c *corrupt) Error() string { return "expected " + c.expected + ", found " + c.actual }

func wrong(expected, actual string, args ...any) error {
	return &corrupt{expected, fmt.Sprintf(actual, args...)}
}

// tell keeps a problem for Problems.
func (s *Store) tell(p checks.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems.Add(p)
}

// tellError keeps an error of reading one place. What could not be read was not examined.
func (s *Store) tellError(op, where string, err error) {
	p := checks.Problem{Op: op, Where: where, Blind: true, Retry: checks.RetryUseless}
	var bad *corrupt
	var large *tooLarge
	var file *fs.PathError
	switch {
	case errors.As(err, &bad):
		p.Expected, p.Actual = bad.expected, bad.actual
	case errors.As(err, &large):
		p.Expected, p.Actual = fmt.Sprintf("an object of at most %d bytes", large.limit), fmt.Sprintf("one of %d", large.size)
	case errors.Is(err, ErrMissing):
		p.Expected, p.Actual = "the object", "none of that name"
	case errors.As(err, &file):
		p.Expected, p.Actual, p.Retry = "a readable file", file.Err.Error(), checks.RetrySafe
	default:
		p.Expected, p.Actual = "readable data", err.Error()
	}
	s.tell(p)
}

// note keeps something to be told that kept nothing from being read.
func (s *Store) note(op, where, actual string) {
	s.tell(checks.Problem{Op: op, Where: where, Actual: actual, Retry: checks.RetryUseless})
}

// Problems returns what could not be read and what has to be known about the repository (it is shallow, partial,
// grafted, borrows objects from elsewhere), so far. A problem that left objects or refs unexamined is Blind.
func (s *Store) Problems() []checks.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.problems.All()
}
