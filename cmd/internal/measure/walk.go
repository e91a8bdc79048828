package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/permissions"
	"hardcheck/checks/target"
)

// walk runs three looks at the metadata of every entry of a tree in turn: find(1), which asks one question, the program's walk,
// and the walk with what all checks of the permissions chapter ask of an entry. It prints the middle of their times.
func walk(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("walk", flag.ContinueOnError)
	rounds := flags.Int("rounds", 5, "how often each is run")
	once := flags.String("once", "", "run one look only: walk or checks")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 || *rounds < 1 {
		return errors.New("expected one tree")
	}
	dir := flags.Arg(0)
	if *once != "" {
		debug.SetMemoryLimit(96 << 20) // as the program does
		debug.SetGCPercent(300)
		return lookOnce(w, *once, dir)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	looks := []struct {
		name    string
		command []string
	}{
		{"find -perm -0002", []string{"find", dir, "-xdev", "-perm", "-0002"}},
		{"walk", []string{self, "walk", "-once", "walk", dir}},
		{"walk and checks", []string{self, "walk", "-once", "checks", dir}},
	}
	used := make([][]usage, len(looks))
	for range *rounds {
		for i, look := range looks {
			used[i] = append(used[i], measure(look.command))
		}
	}
	fmt.Fprintf(w, "%-20s %9s %9s %9s\n", "look", "wall s", "CPU s", "RSS MB")
	for i, look := range looks {
		fmt.Fprintf(w, "%-20s %9.2f %9.2f %9d\n", look.name, middle(used[i], func(u usage) time.Duration { return u.wall }).Seconds(),
			middle(used[i], func(u usage) time.Duration { return u.cpu }).Seconds(), slices.MaxFunc(used[i], func(a, b usage) int { return int(a.memory - b.memory) }).memory>>20)
	}
	return nil
}

func middle(list []usage, of func(usage) time.Duration) time.Duration {
	var all []time.Duration
	for _, u := range list {
		all = append(all, of(u))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// lookOnce walks the tree, with or without the checks, and prints how many entries it has.
func lookOnce(w io.Writer, look, dir string) error {
	tree, err := target.OpenTree(context.Background(), dir, target.TreeOptions{})
	if err != nil {
		return err
	}
	defer tree.Close()
	var seen atomic.Int64
	switch look {
	case "walk":
		err = tree.Walk(context.Background(), max(2, runtime.GOMAXPROCS(0)), func(*target.Node) { seen.Add(1) })
	case "checks":
		var jobs []engine.Job
		for _, c := range permissions.Checks() {
			if c.Entry != nil {
				c.File, c.Wants, c.NoSettings, c.Layers = nil, nil, true, nil
				c.Tree = func(*checks.Pass) error { return nil }
				jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
			}
		}
		progress := &engine.Progress{}
		engine.RunTree(context.Background(), tree, jobs, engine.Options{Progress: progress})
		seen.Add(progress.Entries.Load())
	default:
		return errors.New("expected walk or checks")
	}
	fmt.Fprintln(w, seen.Load(), "entries")
	return err
}
