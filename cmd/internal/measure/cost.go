package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// scanner is a program that is run over the same bytes. {tree} and {repository} stand for what is scanned.
type scanner struct {
	name    string
	version []string
	command []string
}

var onTree = []scanner{
	{"cat", nil, []string{"sh", "-c", "find '{tree}' -type f -print0 | xargs -0 cat | wc -c"}},
	{"ripgrep", []string{"rg", "--version"}, []string{"rg", "-uuu", "--count-matches", "-e", "AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}", "{tree}"}},
	{"hardcheck secrets", []string{"hardcheck", "version"}, []string{"hardcheck", "audit", "--profile", "baseline", "--module", "secrets", "--format", "json", "{tree}"}},
	{"hardcheck", []string{"hardcheck", "version"}, []string{"hardcheck", "audit", "--profile", "baseline", "--format", "json", "{tree}"}},
	{"betterleaks", []string{"betterleaks", "version"}, []string{"betterleaks", "dir", "--no-banner", "{tree}"}},
	{"trufflehog", []string{"trufflehog", "--version"}, []string{"trufflehog", "filesystem", "--no-verification", "--no-update", "--json", "{tree}"}},
	{"gitleaks", []string{"gitleaks", "version"}, []string{"gitleaks", "dir", "--no-banner", "{tree}"}},
}

var onRepository = []scanner{
	{"git log -p", []string{"git", "version"}, []string{"git", "-C", "{repository}", "log", "-p", "-U0", "--all"}},
	{"hardcheck secrets", []string{"hardcheck", "version"}, []string{"hardcheck", "audit", "--profile", "baseline", "--module", "secrets", "--format", "json", "{repository}"}},
	{"betterleaks", []string{"betterleaks", "version"}, []string{"betterleaks", "git", "--no-banner", "{repository}"}},
	{"trufflehog", []string{"trufflehog", "--version"}, []string{"trufflehog", "git", "--no-verification", "--no-update", "--json", "file://{repository}"}},
	{"gitleaks", []string{"gitleaks", "version"}, []string{"gitleaks", "git", "--no-banner", "{repository}"}},
}

// cost runs every scanner that is installed, one after the other, over a tree and over a repository's history.
func cost(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("cost", flag.ContinueOnError)
	repository := flags.String("repository", "", "a git repository whose history is scanned")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("expected one tree")
	}
	tree, err := filepath.Abs(flags.Arg(0))
	if err != nil {
		return err
	}
	table(w, "tree", onTree, strings.NewReplacer("{tree}", tree))
	if *repository != "" {
		dir, err := filepath.Abs(*repository)
		if err != nil {
			return err
		}
		table(w, "history", onRepository, strings.NewReplacer("{repository}", dir))
	}
	return nil
}

// usage is what one run took.
type usage struct {
	wall, cpu time.Duration
	memory    int64 // bytes at most
}

func table(w io.Writer, title string, scanners []scanner, fill *strings.Replacer) {
	fmt.Fprintf(w, "%-20s %9s %9s %9s %12s  %s\n", title, "wall s", "CPU s", "RSS MB", "CPU ratio", "version")
	var own time.Duration
	for _, s := range scanners {
		command := make([]string, len(s.command))
		for i, word := range s.command {
			command[i] = fill.Replace(word)
		}
		if _, err := exec.LookPath(command[0]); err != nil {
			fmt.Fprintf(w, "%-20s not installed\n", s.name)
			continue
		}
		used := measure(command)
		if s.name == "hardcheck secrets" {
			own = used.cpu
		}
		ratio := ""
		if own > 0 {
			ratio = fmt.Sprintf("%.1f", used.cpu.Seconds()/own.Seconds())
		}
		fmt.Fprintf(w, "%-20s %9.2f %9.2f %9d %12s  %s\n", s.name, used.wall.Seconds(), used.cpu.Seconds(), used.memory>>20, ratio, versionOf(s.version))
	}
}

// measure runs a command and drops what it prints. What it finds, or its exit code, does not matter here.
func measure(command []string) usage {
	cmd := exec.Command(command[0], command[1:]...)
	started := time.Now()
	_ = cmd.Run()
	u := usage{wall: time.Since(started)}
	if state := cmd.ProcessState; state != nil {
		u.cpu = state.UserTime() + state.SystemTime()
		u.memory = peakMemory(state)
	}
	return u
}

func versionOf(command []string) string {
	if command == nil {
		return ""
	}
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if err != nil && len(out) == 0 {
		return err.Error()
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return line[:min(len(line), 60)]
}
