package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// Bounds of a file of targets.
const (
	maxTargetsFile = 16 << 20 // bytes
	maxTargetLine  = 4 << 10  // bytes
	maxTargets     = 100_000
)

// targetFlags name the targets that do not stand on the command line, and how many of all run at once.
type targetFlags struct {
	targetsFile string
	jobs        int
	systems     []string // targets that are roots of systems
}

func (t *targetFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.targetsFile, "targets", "", "also audit the targets in this `FILE`, one a line; # begins a comment line, - is standard input")
	f.IntVar(&t.jobs, "jobs", 8, "URLs audited at once (directories run one after another: each keeps all processors busy)")
	f.StringArrayVar(&t.systems, "root", nil, "also audit this `DIR` as the root of a system: a mounted disk, an unpacked image, / (default for a target that looks like one)")
	cmd.MarkFlagFilename("targets")
	cmd.MarkFlagDirname("root")
}

// all are the roots, the targets of the command line, then those of the file; the current directory where there are none.
func (t *targetFlags) all(args []string, stdin io.Reader) ([]string, error) {
	if t.jobs < 1 || t.jobs > 256 {
		return nil, fmt.Errorf("--jobs %d: expected a number from 1 to 256", t.jobs)
	}
	args = slices.Concat(t.systems, args)
	if t.targetsFile == "" {
		if len(args) == 0 {
			args = []string{"."}
		}
		return args, nil
	}
	from, name := stdin, "standard input"
	if t.targetsFile != "-" {
		f, err := os.Open(t.targetsFile)
		if err != nil {
			return nil, fmt.Errorf("--targets: %w", err)
		}
		defer f.Close()
		from, name = f, t.targetsFile
	}
	listed, err := readTargets(from, name)
	if err != nil {
		return nil, fmt.Errorf("--targets: %w", err)
	}
	return append(args, listed...), nil
}

// readTargets reads one target a line: a directory, from where the program runs, or a URL. Every line that is wrong is
// reported; nothing is audited then.
func readTargets(r io.Reader, name string) ([]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxTargetsFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxTargetsFile:
		return nil, fmt.Errorf("%s: expected at most %d bytes", name, maxTargetsFile)
	}
	var targets []string
	var wrong []error
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	lines.Buffer(nil, maxTargetsFile+1)
	for n := 1; lines.Scan() && len(wrong) < maxWrong; n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if why := badTarget(text); why != "" {
			wrong = append(wrong, errors.New(name+":"+strconv.Itoa(n)+": "+why))
			continue
		}
		targets = append(targets, text)
	}
	switch {
	case len(wrong) > 0:
		return nil, errors.Join(wrong...)
	case len(targets) == 0:
		return nil, fmt.Errorf("%s: expected at least one target, found none", name)
	case len(targets) > maxTargets:
		return nil, fmt.Errorf("%s: expected at most %d targets, found %d", name, maxTargets, len(targets))
	}
	return targets, nil
}

// maxWrong bounds how many wrong lines are listed.
const maxWrong = 20

// badTarget says why a line cannot be a target; whether a URL can be audited is told later.
func badTarget(text string) string {
	switch {
	case len(text) > maxTargetLine:
		return fmt.Sprintf("expected at most %d bytes, found %d", maxTargetLine, len(text))
	case !utf8.ValidString(text):
		return "expected UTF-8"
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "expected a directory or a URL, found a character that cannot be printed"
	}
	return ""
}
