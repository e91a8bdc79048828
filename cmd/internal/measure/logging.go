package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/logging"
	"hardcheck/checks/target"
)

// logCase is one line of source and whether something is wrong with it.
type logCase struct {
	Lang, File, Cls, Rule, Expect, Text string
	Line                                int
}

// logChecks are the checks that judge each class of case.
var logChecks = map[string][]string{
	"secret-in-log": {"logging/secrets-in-logs"}, "log-injection": {"logging/log-injection"}, "error-disclosure": {"logging/error-response"},
	"exception-handling": {"logging/swallowed-exceptions"}, "debug-on": {"logging/debug-mode"}, "other": {"logging/debug-mode", "logging/no-logging"},
}

// logCases prints recall and precision of the logging chapter's checks of source code over labelled lines. file holds
// them as JSON, one a line, whose file is beside it: {"lang", "file", "line", "cls", "rule", "expect"}, where "bad" must
// be found and everything else must not.
func logCases(w io.Writer, file string, verbose bool) error {
	cases, err := readCases[logCase](file)
	if err != nil {
		return err
	}
	root := filepath.Dir(file)
	found, err := loggingFindings(root, cases)
	if err != nil {
		return err
	}
	scores := map[string]*score{}
	for _, c := range cases {
		hit := slices.ContainsFunc(found[c.File], func(f located) bool {
			return slices.Contains(logChecks[c.Cls], f.check) && f.first <= c.Line && c.Line <= f.last
		})
		bad := c.Expect == "bad"
		for _, key := range []string{c.Lang + " " + c.Cls, "all " + c.Cls, "all"} {
			if scores[key] == nil {
				scores[key] = &score{}
			}
			scores[key].add(bad, hit)
		}
		if verbose && bad != hit {
			fmt.Fprintf(w, "%s:%d: %s, found %t: %s\n", c.File, c.Line, c.Expect, hit, c.Text)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(scores)) {
		fmt.Fprintf(w, "%-32s %s\n", key, scores[key])
	}
	return nil
}

// score counts labelled lines by what they are and whether they were found.
type score struct{ truePositive, falsePositive, falseNegative, trueNegative int }

func (s *score) add(bad, hit bool) {
	switch {
	case bad && hit:
		s.truePositive++
	case bad:
		s.falseNegative++
	case hit:
		s.falsePositive++
	default:
		s.trueNegative++
	}
}

func (s *score) String() string {
	return fmt.Sprintf("recall %5.1f %% of %3d, precision %5.1f %% of %3d", share(s.truePositive, s.truePositive+s.falseNegative), s.truePositive+s.falseNegative,
		share(s.truePositive, s.truePositive+s.falsePositive), s.truePositive+s.falsePositive)
}

// located is a finding's lines.
type located struct {
	check       string
	first, last int
}

// loggingFindings audits the files of the cases, each in a directory of its own: a directory's name could make it a test.
func loggingFindings(root string, cases []logCase) (map[string][]located, error) {
	dir, err := os.MkdirTemp("", "hardcheck-logging-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	names := map[string]string{}
	for _, c := range cases {
		if names[c.File] != "" {
			continue
		}
		name := fmt.Sprintf("c%d/case%s", len(names), filepath.Ext(c.File))
		names[c.File] = name
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(c.File)))
		if err != nil {
			return nil, err
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return nil, err
		}
	}
	files := map[string]string{}
	for file, name := range names {
		files[name] = file
	}
	out := map[string][]located{}
	err = auditLogging(dir, func(check string, f checks.Finding) {
		file := files[f.Place.Path]
		out[file] = append(out[file], located{check, f.Place.Line, max(f.Place.Line, f.Place.EndLine)})
	})
	return out, err
}

// auditLogging runs the chapter's checks over a directory.
func auditLogging(dir string, visit func(check string, f checks.Finding)) error {
	tree, err := target.OpenTree(context.Background(), dir, target.TreeOptions{})
	if err != nil {
		return err
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range logging.Checks() {
		if c.File != nil || c.ID == "logging/debug-mode" {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	for i, o := range engine.RunTree(context.Background(), tree, jobs, engine.Options{}).Observations {
		for _, f := range o.Findings {
			visit(jobs[i].Check.ID, f)
		}
	}
	return nil
}

// logFindings lists what the chapter finds in a tree's source code.
func logFindings(w io.Writer, dir string) error {
	return auditLogging(dir, func(check string, f checks.Finding) {
		fmt.Fprintf(w, "%s:%d: %s %s [%s] %s (%s)\n", f.Place.Path, f.Place.Line, check, f.Rule, cmp.Or(f.Attribute, "-"), f.Message, f.Actual)
	})
}

// loggingMeasure measures labelled lines, or lists what is found in a tree.
func loggingMeasure(args []string) error {
	flags := flag.NewFlagSet("logging", flag.ContinueOnError)
	misses := flags.Bool("misses", false, "list the lines that went wrong")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, name := range flags.Args() {
		info, err := os.Stat(name)
		if err == nil && info.IsDir() {
			err = logFindings(os.Stdout, name)
		} else if err == nil {
			err = logCases(os.Stdout, name, *misses)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
