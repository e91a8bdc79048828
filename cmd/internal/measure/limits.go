package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"hardcheck/checks/target"
	"hardcheck/checks/uploads/prober"
)

// limits asks each site for its limit on bodies, and prints the verdict with what it cost.
func limits(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("limits", flag.ContinueOnError)
	levels := flags.String("active", "declare", "levels, by commas")
	path := flags.String("upload-path", "", "the path that takes uploads")
	maxBytes := flags.Int64("max-bytes", 0, "bytes of bodies; 0 is the default")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("expected one URL or more, of sites on this machine or a private network")
	}
	fmt.Fprintf(w, "%-9s %-10s %8s %10s %10s\n", "level", "requests", "s", "heads B", "bodies B")
	for _, url := range flags.Args() {
		site, err := target.OpenSite(url, target.SiteOptions{Active: strings.Split(*levels, ",")})
		if err != nil {
			return err
		}
		p := prober.New(context.Background(), site, prober.Options{Path: *path, MaxBytes: *maxBytes})
		for _, o := range p.Limits() {
			fmt.Fprintf(w, "%s%s: %s\n  %s\n", url, o.Path, o.String(), o.Evidence)
		}
		for _, c := range p.Costs() {
			fmt.Fprintf(w, "%-9s %-10d %8.1f %10d %10d\n", c.Level, c.Requests, c.Took.Seconds(), c.Heads, c.Bodies)
		}
		site.Close()
	}
	return nil
}
