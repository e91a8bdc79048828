package canary

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hardcheck/checks"
)

// endsWithin is how long a command that was asked to end may take.
const endsWithin = time.Second

// command follows what a command prints, which the user gave for that.
type command struct {
	sink Sink
	args []string
	read atomic.Int64
	// last is the end of what it wrote to standard error, for the problem where it fails.
	mu   sync.Mutex
	last []byte
}

// maxComplaint bounds what is shown of standard error.
const maxComplaint = 200

func (c *command) follow(ctx context.Context, open func(begins bool) *splitter) error {
	run, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(run, c.args[0], c.args[1:]...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HARDCHECK_") }) // credentials are for the site
	ownGroup(cmd)
	cmd.Cancel = func() error { return endGroup(cmd, false) }
	cmd.WaitDelay = endsWithin
	out, errs := open(true), open(true)
	cmd.Stdout, cmd.Stderr = &limited{c, out, stop}, io.MultiWriter(&limited{c, errs, stop}, (*complaint)(c))
	if err := cmd.Start(); err != nil {
		return c.failed(err.Error(), checks.RetryUseless)
	}
	err := cmd.Wait()
	endGroup(cmd, true) // what it left behind; that nothing is left is no error
	out.Flush()
	errs.Flush()
	switch {
	case c.read.Load() > maxBytes:
		return tooMuch(c.sink.String())
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return c.failed("a command that ended: "+err.Error(), checks.RetryUseless)
	}
	return c.failed("a command that ended before the requests were answered", checks.RetryUseless)
}

func (c *command) failed(actual string, retry checks.Retry) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if said := strings.TrimSpace(string(c.last)); said != "" {
		actual += "; it said " + strconv.QuoteToASCII(said)
	}
	return &checks.Problem{Op: "follow the log", Where: c.sink.String(), Expected: "a command that prints new lines until it is ended", Actual: actual, Retry: retry, Blind: true}
}

// limited hands on what a command prints, and ends it where that is too much.
type limited struct {
	c    *command
	to   *splitter
	stop func()
}

func (l *limited) Write(data []byte) (int, error) {
	if l.c.read.Add(int64(len(data))) > maxBytes {
		l.stop()
		return 0, errors.New("too much output")
	}
	return l.to.Write(data)
}

// complaint keeps the end of what is written to it.
type complaint command

func (c *complaint) Write(data []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = append(c.last, data[max(0, len(data)-maxComplaint):]...)
	c.last = append([]byte(nil), c.last[max(0, len(c.last)-maxComplaint):]...)
	return len(data), nil
}
