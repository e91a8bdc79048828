package canary

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"hardcheck/checks"
)

// SinkKind is how a log is read.
type SinkKind string

// Kinds of sinks, as the command line names them.
const (
	SinkFile    SinkKind = "file"
	SinkCommand SinkKind = "command" // its output, which has to go on while lines are written
	SinkUnit    SinkKind = "unit"    // a unit of systemd, read from the journal
)

// Sink is a log that the user named.
type Sink struct {
	Kind  SinkKind
	Value string // a path, a shell command or a unit
}

func (s Sink) String() string {
	if s.Kind == SinkFile {
		return s.Value
	}
	return string(s.Kind) + " " + s.Value
}

// unitName is the name of a unit as systemd.unit(5) has it. It cannot be taken for an option.
var unitName = regexp.MustCompile(`^[A-Za-z0-9:_.\\@][-A-Za-z0-9:_.\\@]{0,254}$`)

// Check refuses a sink that was written wrong. Nothing is opened.
func (s Sink) Check() error {
	switch {
	case strings.TrimSpace(s.Value) == "":
		return fmt.Errorf("a log %s: expected a value, found an empty text", s.Kind)
	case s.Kind == SinkUnit && !unitName.MatchString(s.Value):
		return fmt.Errorf("%q: expected the name of a systemd unit, such as shop.service", s.Value)
	}
	return nil
}

// source is a sink that was opened. What it hands out was written after that.
type source interface {
	// follow writes to the streams that open gives out, one for each sequence of lines, until the context ends, and then
	// what is still there. It returns a problem where lines may be missing.
	follow(ctx context.Context, open func(begins bool) *splitter) error
}

// open opens the sink at its current end.
func (s Sink) open() (source, error) {
	switch s.Kind {
	case SinkCommand:
		return &command{sink: s, args: []string{"sh", "-c", s.Value}}, nil
	case SinkUnit:
		return &command{sink: s, args: []string{"journalctl", "--follow", "--lines=0", "--output=cat", "--unit=" + s.Value}}, nil
	}
	return openFile(s.Value)
}

// maxBytes bounds what is read of one sink while it is followed.
const maxBytes = 256 << 20

// tooMuch is the problem of a sink that is written to faster than anyone needs to read.
func tooMuch(where string) error {
	return &checks.Problem{Op: "follow the log", Where: where, Expected: "at most " + checks.FormatSize(maxBytes) + " while the requests are made",
		Actual: "more", Retry: checks.RetrySafe, Blind: true}
}
