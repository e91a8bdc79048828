package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"hardcheck/checks/logging"
	"hardcheck/checks/logging/canary"
	"hardcheck/cmd/internal/render"
)

// canaryFlags say where the logs of a site are, for --active canary.
type canaryFlags struct {
	logs, logCommands, logUnits []string
	logWait                     time.Duration
	errorPath                   string
}

func (c *canaryFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&c.logs, "log", nil, "with --active canary: look for the markers in this log `FILE` (may be repeated)")
	f.StringArrayVar(&c.logCommands, "log-command", nil, "with --active canary: look for the markers in what this shell `COMMAND` prints, such as 'docker logs -f --since 1m shop' (may be repeated)")
	f.StringArrayVar(&c.logUnits, "log-unit", nil, "with --active canary: look for the markers in the journal of this systemd `UNIT` (may be repeated)")
	f.DurationVar(&c.logWait, "log-wait", canary.DefaultWait, "with --active canary: how long to wait for lines after the last answer, at most")
	f.StringVar(&c.errorPath, "provoke-error", "", "with --active canary: ask for this `PATH`, which answers 500, and look whether that is logged")
	cmd.MarkFlagFilename("log")
}

// maxLogWait bounds how long a user can have the audit wait for lines.
const maxLogWait = 5 * time.Minute

// sinks are the logs that were named.
func (c *canaryFlags) sinks() (out []canary.Sink) {
	for _, group := range []struct {
		kind   canary.SinkKind
		values []string
	}{{canary.SinkFile, c.logs}, {canary.SinkCommand, c.logCommands}, {canary.SinkUnit, c.logUnits}} {
		for _, v := range group.values {
			out = append(out, canary.Sink{Kind: group.kind, Value: v})
		}
	}
	return out
}

// check refuses a canary without a log or with several sites, and a log without a canary. Nothing is sent.
func (c *canaryFlags) check(active, targets []string) error {
	sinks, on := c.sinks(), slices.Contains(active, "canary")
	sites := len(slices.DeleteFunc(slices.Clone(targets), func(t string) bool { return !isURL(t) }))
	switch {
	case !on && (len(sinks) > 0 || c.errorPath != ""):
		return errors.New("--log, --log-command, --log-unit and --provoke-error: expected --active canary with them")
	case !on:
		return nil
	case len(sinks) == 0:
		return errors.New("--active canary: expected a log of the site, found none: name one with --log, --log-command or --log-unit")
	case len(sinks) > maxSinks:
		return fmt.Errorf("--active canary: expected at most %d logs, found %d", maxSinks, len(sinks))
	case sites != 1:
		return fmt.Errorf("--active canary: expected exactly one URL among the targets, found %d", sites)
	case c.errorPath != "" && !strings.HasPrefix(c.errorPath, "/"):
		return fmt.Errorf("--provoke-error %q: expected a path that begins with \"/\"", c.errorPath)
	case strings.ContainsFunc(c.errorPath, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return fmt.Errorf("--provoke-error %q: expected a path without spaces, percent-encoded where needed", c.errorPath)
	case c.logWait <= 0 || c.logWait > maxLogWait:
		return fmt.Errorf("--log-wait %s: expected up to %s", c.logWait, maxLogWait)
	}
	for _, s := range sinks {
		if err := s.Check(); err != nil {
			return fmt.Errorf("--log, --log-command, --log-unit: %w", err)
		}
	}
	return nil
}

// maxSinks bounds the logs that are followed at once.
const maxSinks = 16

// configuration is what the logging chapter gets. quiet ends whatever else is being written to w.
func (c *canaryFlags) configuration(w io.Writer, quiet func()) *logging.Configuration {
	sinks := c.sinks()
	if len(sinks) == 0 {
		return nil
	}
	style := render.Style{ASCII: true}
	return &logging.Configuration{Canary: &canary.Plan{Sinks: sinks, ErrorPath: c.errorPath, Wait: c.logWait,
		Announce: func(requests int, sinks []canary.Sink) {
			quiet()
			names := make([]string, len(sinks))
			for i, s := range sinks {
				names[i] = style.Text(s.String())
			}
			fmt.Fprintf(w, "hardcheck: --active canary: %d marked requests will be sent; their lines stay in the logs. Followed: %s\n", requests, strings.Join(names, ", "))
		},
		Report: func(r *canary.Result) { printCanary(w, style, r) }}}
}

// printCanary prints what became of each marker, and what the user may want to remove again.
func printCanary(w io.Writer, style render.Style, r *canary.Result) {
	var b strings.Builder
	fmt.Fprintf(&b, "hardcheck: --active canary: waited %s for lines after the last answer\n", r.Waited.Round(time.Second/10))
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "  LOG\tSENT\tVERDICT")
	for _, row := range r.Rows() {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", style.Text(row.Sink), row.Sent, row.Verdict)
	}
	t.Flush()
	fmt.Fprintf(&b, "Lines that hold %s were written by this audit:\n", r.Run)
	for _, row := range r.Written() {
		fmt.Fprintf(&b, "  %s: %s\n", style.Text(row.Sink), row.Verdict)
	}
	io.WriteString(w, b.String())
}
