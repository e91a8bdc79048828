//go:build unix

package canary

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// followed runs a command until the text is seen or the command ends, and returns the lines that it printed.
func followed(t *testing.T, s Sink, until string) (lines []string, err error) {
	t.Helper()
	opened, err := s.open()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var mu sync.Mutex
	err = opened.follow(ctx, func(bool) *splitter {
		return &splitter{emit: func(s segment) {
			mu.Lock()
			defer mu.Unlock()
			if len(lines) < 100 {
				lines = append(lines, string(s.text))
			}
			if until != "" && strings.Contains(string(s.text), until) {
				cancel()
			}
		}}
	})
	return lines, err
}

func TestCommands(t *testing.T) {
	for name, tt := range map[string]struct{ command, until, line, problem string }{
		"follows":             {"echo one; echo two; exec sleep 60", "two", "one", ""},
		"standard error":      {"echo one >&2; exec sleep 60", "one", "one", ""},
		"ends by itself":      {"echo one", "", "one", "before the requests were answered"},
		"fails":               {"echo no such container >&2; exit 3", "", "no such container", `exit status 3; it said "no such container"`},
		"is not there":        {"no-such-command-of-anyone", "", "", "exit status 127"},
		"hides credentials":   {"echo \"[$HARDCHECK_PASSWORD]\"; exec sleep 60", "]", "[]", ""},
		"prints too much":     {"exec yes " + strings.Repeat("x", 1000), "", "", "at most 256 MiB"},
		"ignores the end":     {"trap '' TERM; echo one; while :; do sleep 60; done", "one", "one", ""},
		"has an escape in it": {"printf '\\033[2J' >&2; exit 1", "", "", `it said "\x1b[2J"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines, err := followed(t, Sink{SinkCommand, tt.command}, tt.until)
			switch {
			case tt.problem == "" && err != nil, tt.problem != "" && (err == nil || !strings.Contains(err.Error(), tt.problem)):
				t.Errorf("the problem is %v, want %q", err, tt.problem)
			case tt.line != "" && !slices.Contains(lines, tt.line):
				t.Errorf("printed %q, want %q among it", lines, tt.line)
			}
		})
	}
}

func TestMain(m *testing.M) {
	os.Setenv("HARDCHECK_PASSWORD", "secret")
	os.Exit(m.Run())
}

// TestCommandsLeaveNothingBehind starts a command with children of its own.
func TestCommandsLeaveNothingBehind(t *testing.T) {
	pids := filepath.Join(t.TempDir(), "pids")
	if _, err := followed(t, Sink{SinkCommand, "trap '' TERM; sleep 100 & echo $! >" + pids + "; echo ready; wait"}, "ready"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 { // a killed process takes a moment to go
		if state, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(state), ") Z ") {
			return
		}
		_ = pause(t.Context(), pollEvery)
	}
	t.Errorf("the process %d is still there", pid)
}

// TestUnits reads the names of units, and never an option.
func TestUnits(t *testing.T) {
	for name, ok := range map[string]bool{"shop.service": true, "shop@eu-1.service": true, `dev-disk-by\x2duuid.device`: true, "--file=/etc/shadow": false, "a b": false, "": false, "a;b": false, "-x": false} {
		if err := (Sink{SinkUnit, name}).Check(); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
	source, err := Sink{SinkUnit, "shop.service"}.open()
	if err != nil {
		t.Fatal(err)
	}
	if c := source.(*command); c.args[0] != "journalctl" || slices.Contains(c.args, "sh") {
		t.Errorf("a unit is read by %q", c.args)
	}
}

// TestFIFO refuses a log whose lines reading would take from others, at once and when it takes the place of a file.
func TestFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.close()
	log.open[0].lines = &splitter{emit: func(segment) {}}
	os.Remove(path)
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Skip("no FIFO can be made here")
	}
	if _, err := openFile(path); err == nil || !strings.Contains(err.Error(), "a FIFO") {
		t.Errorf("a FIFO is opened: %v", err)
	}
	if err := log.poll(func(bool) *splitter { return &splitter{emit: func(segment) {}} }); err == nil || !strings.Contains(err.Error(), "a FIFO") {
		t.Errorf("a FIFO takes the place of the log: %v", err)
	}
	if os.Getuid() == 0 {
		return // root may read everything
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := openFile(path); err == nil {
		t.Error("a log that may not be read is opened")
	}
}
