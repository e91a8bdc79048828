// Command hardcheck audits a directory, a git revision or a live site against a security hardening checklist and
// judges the result by a policy.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/cmd/internal/render"
	"hardcheck/policy"
)

// Exit codes, the same in every format.
const (
	exitPass        = 0
	exitFail        = 1
	exitUsage       = 2
	exitIncomplete  = 3
	exitInterrupted = 130
)

// softMemory is what the collector of garbage keeps the program below where it can, in bytes, unless GOMEMLIMIT says
// otherwise: what is in use at once is bounded, what waits to be collected need not be as much again.
const softMemory = 96 << 20

// spareMemory is how much more than what is in use may wait to be collected, in percent, within softMemory: little is
// ever in use, so collecting sooner would only cost time. GOGC has the last word.
const spareMemory = 300

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(spareMemory)
	}
	log.SetOutput(io.Discard) // the HTTP client logs what a server does wrong, in the server's words; the report has it
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a reader that has seen enough ends the output, not the clean-up
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// exit is the code that a finished audit asks for; it is not an error to print.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var code exit
	var problem *checks.Problem
	var mistakes *policy.Error
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, syscall.EPIPE):
		return exitPass
	case errors.As(err, &mistakes):
		fmt.Fprintln(stderr, printable(mistakes))
		return exitUsage
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "hardcheck: interrupted")
		return exitInterrupted
	case errors.As(err, &problem) && problem.Blind:
		fmt.Fprintf(stderr, "hardcheck: %s\n", printable(err))
		return exitIncomplete
	}
	fmt.Fprintf(stderr, "hardcheck: %s\nRun 'hardcheck --help' for usage.\n", printable(err))
	return exitUsage
}

// printable makes an error safe for a terminal: it may quote what an audited directory or its policy says.
func printable(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = render.Style{ASCII: !utf8Locale(os.Getenv)}.Text(line)
	}
	return strings.Join(lines, "\n")
}

// refuseEmpty refuses flags that were given an empty text, such as --rev "$TAG" where the variable is not set: the
// default that they would fall back to is not what was asked for.
func refuseEmpty(cmd *cobra.Command, _ []string) (err error) {
	for _, name := range []string{"rev", "base", "since-commit", "policy", "profile", "cacert", "record", "replay", "targets"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed && f.Value.String() == "" {
			err = errors.Join(err, fmt.Errorf("--%s: expected a value, found an empty text", name))
		}
	}
	return err
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "hardcheck",
		Short: "Audit a security hardening checklist: permissions, secrets, headers, upload limits, logging",
		Long: `hardcheck audits directories, git revisions and live sites against a security hardening checklist
(permissions, secrets, headers, upload limits, logging) and judges the result by a policy.

Exit codes: 0 the gate passed, 1 it failed, 2 usage or policy error, 3 incomplete (a check could not
tell, a target could not be reached, nothing was examined), 130 interrupted.`,
		Example: `  hardcheck audit                                  audit the current directory
  hardcheck audit . https://staging.shop.example   a directory and the site it is deployed to
  hardcheck audit --rev v1.4.0 .                   a git revision, read from its objects
  hardcheck audit --format json -o table=audit.txt . > audit.json
  hardcheck explain headers/hsts                   what a check wants, why, and how to fix it
  hardcheck settings .                             every security setting found, and where`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		PersistentPreRunE: refuseEmpty,
	}
	root.AddCommand(newAudit(), newChecks(), newExplain(), newPolicy(), newSettings(), newDemo(), newVersion())
	return root
}
