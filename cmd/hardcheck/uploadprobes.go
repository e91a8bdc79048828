package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/checks/uploads"
	"hardcheck/checks/uploads/prober"
)

// uploadFlags say what the active probes of upload limits may send, and where.
type uploadFlags struct{ path, maxBytes string }

func (u *uploadFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&u.path, "upload-path", "", "the `PATH` of each URL that takes uploads: the levels body, parts and gzip of --active send to it, and nowhere else")
	f.StringVar(&u.maxBytes, "max-bytes", "", "bytes of bodies that --active=body may send to each URL, such as 8MiB (default 2MiB, at most 16MiB)")
	cmd.RegisterFlagCompletionFunc("upload-path", cobra.NoFileCompletions)
	cmd.RegisterFlagCompletionFunc("max-bytes", cobra.FixedCompletions([]string{"2MiB", "8MiB", "16MiB"}, cobra.ShellCompDirectiveNoFileComp))
}

// usage lists the levels with what they cost.
func (u *uploadFlags) usage() string {
	var parts []string
	for _, l := range prober.Levels(0) {
		text := l.Name + " (" + l.About
		if l.NeedPath {
			text += ", to --upload-path"
		}
		parts = append(parts, text+")")
	}
	return strings.Join(parts, ", ")
}

// check refuses what was written wrong.
func (u *uploadFlags) check(active []string) error {
	if u.path != "" && (!strings.HasPrefix(u.path, "/") || strings.ContainsFunc(u.path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' })) {
		return fmt.Errorf("--upload-path %q: expected a path that begins with \"/\", without blanks", u.path)
	}
	if n, err := u.bytes(); err != nil || n < 0 || n > prober.MostMaxBytes {
		return fmt.Errorf("--max-bytes %q: expected a size of at most %s, such as 2MiB", u.maxBytes, checks.FormatSize(prober.MostMaxBytes))
	}
	for _, l := range prober.Levels(0) {
		if l.NeedPath && u.path == "" && slices.Contains(active, l.Name) {
			return fmt.Errorf("--active %s: expected --upload-path PATH: %s are sent to the path that you name, and nowhere else", l.Name, l.About)
		}
	}
	return nil
}

func (u *uploadFlags) bytes() (int64, error) {
	if u.maxBytes == "" {
		return 0, nil
	}
	n, err := checks.ParseSize(u.maxBytes)
	if err != nil {
		return 0, err
	}
	return n.(int64), nil
}

// configuration is what the uploads chapter is told of the site flags.
func (s *siteFlags) configuration() uploads.Configuration {
	n, _ := s.uploads.bytes() // was checked
	c := uploads.Configuration{Path: s.uploads.path, MaxBytes: n}
	if os.Getenv("HARDCHECK_USER") != "" || os.Getenv("HARDCHECK_PASSWORD") != "" {
		c.Credentials = `-u "$HARDCHECK_USER:$HARDCHECK_PASSWORD"`
	}
	for i := range s.headers {
		c.Credentials = strings.TrimSpace(fmt.Sprintf(`%s -H "$HEADER%d"`, c.Credentials, i+1))
	}
	return c
}

// announceLevels says what the opted-in levels are about to send to each of so many URLs. A replay sends nothing.
func (s *siteFlags) announceLevels(w io.Writer, sites int) {
	if s.replay != "" || sites == 0 {
		return
	}
	n, _ := s.uploads.bytes() // was checked
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	for _, l := range prober.Levels(n) {
		if slices.Contains(s.active, l.Name) {
			fmt.Fprintf(t, "  %s\tat most %d requests, %s of heads, %s of bodies, %s\t%s\n", l.Name, l.Requests, checks.FormatSize(l.Heads), checks.FormatSize(l.Bodies), checks.FormatDuration(l.Time), l.About)
		}
	}
	t.Flush()
	if b.Len() > 0 {
		fmt.Fprintf(w, "hardcheck: --active: one connection at a time, to each of %d %s:\n%s", sites, plural(sites, "URL"), b.String())
	}
}
