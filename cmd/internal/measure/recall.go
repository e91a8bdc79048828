package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/secrets"
	"hardcheck/checks/target"
)

// labelled is one case: a text that holds a secret, or one that does not.
type labelled struct {
	Rule, Text, Label, Path string
}

// tally counts what was found in the cases of one rule or set: at all, and surely enough for a gate.
type tally struct{ positives, found, gated, negatives, flagged, flaggedGated int }

func (t *tally) add(o tally) {
	t.positives += o.positives
	t.found += o.found
	t.gated += o.gated
	t.negatives += o.negatives
	t.flagged += o.flagged
	t.flaggedGated += o.flaggedGated
}

func (t tally) String() string {
	return fmt.Sprintf("positives %5d: found %5.1f %%, gated %5.1f %%; negatives %5d: flagged %5.1f %%, gated %5.1f %%",
		t.positives, share(t.found, t.positives), share(t.gated, t.positives), t.negatives, share(t.flagged, t.negatives), share(t.flaggedGated, t.negatives))
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// recall runs every check of the chapter over each case as a file of its own.
func recall(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("recall", flag.ContinueOnError)
	name := flags.String("name", "sample.txt", "file name of a case that names none")
	misses := flags.Bool("misses", false, "list the cases that went wrong")
	rules := flags.Bool("rules", false, "list the rules whose cases are not all right")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, file := range flags.Args() {
		cases, err := readCases[labelled](file)
		if err != nil {
			return err
		}
		found, err := findingsIn(cases, *name)
		if err != nil {
			return err
		}
		report(w, file, cases, found, *rules, *misses)
	}
	return nil
}

// level is how sure a case's surest finding is.
type level int

const (
	none level = iota
	low
	gated
)

func (l level) String() string { return [...]string{"missed", "low", "gated"}[l] }

// findingsIn writes the cases into a directory, one below the other, and audits it.
func findingsIn(cases []labelled, name string) ([]level, error) {
	root, err := os.MkdirTemp("", "hardcheck-cases-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	for i, c := range cases {
		file := filepath.Join(root, fmt.Sprintf("c%d", i), cmp.Or(filepath.Base(filepath.FromSlash(c.Path)), name))
		if c.Path == "" {
			file = filepath.Join(root, fmt.Sprintf("c%d", i), name)
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(c.Text), 0o644); err != nil {
			return nil, err
		}
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range secrets.Checks() {
		if c.ID != "secrets/ignore-rules" {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	found := make([]level, len(cases))
	for i, o := range engine.RunTree(context.Background(), tree, jobs, engine.Options{}).Observations {
		for _, f := range o.Findings {
			number := 0
			if _, err := fmt.Sscanf(f.Place.Path, "c%d/", &number); err != nil {
				return nil, err
			}
			found[number] = max(found[number], levelOf(jobs[i].Check, f))
		}
	}
	return found, nil
}

func levelOf(check *checks.Check, f checks.Finding) level {
	precision := f.Precision
	if rule := check.Rule(f.Rule); rule != nil && precision == checks.PrecisionHigh {
		precision = rule.Precision
	}
	if precision == checks.PrecisionLow {
		return low
	}
	return gated
}

func report(w io.Writer, file string, cases []labelled, found []level, rules, misses bool) {
	byRule := map[string]*tally{}
	var all tally
	for i, c := range cases {
		t := tally{}
		switch positive := c.Label == "pos"; {
		case positive:
			t = tally{positives: 1, found: boolean(found[i] > none), gated: boolean(found[i] == gated)}
		default:
			t = tally{negatives: 1, flagged: boolean(found[i] > none), flaggedGated: boolean(found[i] == gated)}
		}
		all.add(t)
		if byRule[c.Rule] == nil {
			byRule[c.Rule] = &tally{}
		}
		byRule[c.Rule].add(t)
		if misses && (t.positives > t.found || t.flagged > 0) {
			fmt.Fprintf(w, "%s %s %s %q\n", c.Label, found[i], c.Rule, c.Text[:min(len(c.Text), 400)])
		}
	}
	if rules {
		var names []string
		for name, t := range byRule {
			if t.found < t.positives || t.flagged > 0 {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(w, "  %-44s %s\n", name, byRule[name])
		}
	}
	fmt.Fprintf(w, "%-28s %s\n", strings.TrimSuffix(filepath.Base(file), ".jsonl"), all)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
