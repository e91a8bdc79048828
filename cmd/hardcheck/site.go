package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hardcheck/checks/target"
)

// siteFlags say how URLs are reached and what may be sent to them.
type siteFlags struct {
	paths, headers, resolve, active []string
	caFile, record, replay          string
	treeProbes                      []string // the active probes of directories that the command knows
}

// probes are the active probes that the command knows.
func (s *siteFlags) probes() []string { return slices.Concat(target.ActiveProbes, s.treeProbes) }

func (s *siteFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.paths, "path", nil, "audit this path of each URL too (may be repeated)")
	f.StringArrayVar(&s.headers, "header", nil, "send this `'Name: value'` to each URL's own host (may be repeated)")
	f.StringArrayVar(&s.resolve, "resolve", nil, "connect to `HOST:PORT:ADDRESS[:PORT]` instead of asking the name service (may be repeated)")
	f.StringVar(&s.caFile, "cacert", "", "trust the PEM certificates in this file besides the system's")
	usage := "opt into active probes of URLs: declare (asks for upload limits by declared size; at most 16 requests)"
	if len(s.treeProbes) > 0 {
		usage += "; of directories: validate (SENDS the tokens it finds to the providers that issued them, to tell whether they still work; at most 200 requests)"
	}
	f.StringSliceVar(&s.active, "active", nil, usage)
	f.StringVar(&s.record, "record", "", "keep every exchange in this file, credentials and cookie values removed")
	f.StringVar(&s.replay, "replay", "", "take the answers from this recording; nothing is sent")
	cmd.RegisterFlagCompletionFunc("active", cobra.FixedCompletions(s.probes(), cobra.ShellCompDirectiveNoFileComp))
}

func (s *siteFlags) check(targets []string) error {
	if err := s.checkProbes(targets); err != nil {
		return err
	}
	sites := 0
	for _, t := range targets {
		if scheme, _, ok := strings.Cut(t, "://"); ok && !isURL(t) {
			return fmt.Errorf("%s: the scheme %q cannot be audited; expected http, https or a directory", target.SafeURL(t), scheme)
		}
		if safe := target.SafeURL(t); isURL(t) && safe != t {
			return fmt.Errorf("%s: the URL holds a user name; set HARDCHECK_USER and HARDCHECK_PASSWORD instead", safe)
		}
		if !isURL(t) {
			continue
		}
		sites++
		site, _, err := s.open(t) // nothing is sent: what fails here was written wrong
		if err != nil {
			return err
		}
		site.Close()
	}
	if (s.record != "" || s.replay != "") && sites != 1 {
		return fmt.Errorf("--record and --replay need exactly one URL, found %d", sites)
	}
	if s.record != "" && s.replay != "" {
		return errors.New("--record and --replay exclude each other")
	}
	return nil
}

// checkProbes refuses an active probe that no target is of the kind for.
func (s *siteFlags) checkProbes(targets []string) error {
	for _, probe := range s.active {
		switch {
		case !slices.Contains(s.probes(), probe):
			return fmt.Errorf("--active %q: expected %s", probe, strings.Join(s.probes(), ", "))
		case slices.Contains(target.ActiveProbes, probe):
			if !slices.ContainsFunc(targets, isURL) {
				return fmt.Errorf("--active %s: expected a URL among the targets, found none", probe)
			}
		case !slices.ContainsFunc(targets, func(t string) bool { return !isURL(t) }):
			return fmt.Errorf("--active %s: expected a directory or a git revision among the targets, found none", probe)
		case s.replay != "":
			return fmt.Errorf("--replay and --active %s exclude each other: a replay sends nothing", probe)
		}
	}
	return nil
}

// open opens a site, or the recording of one. save writes the recording where one was asked for.
func (s *siteFlags) open(url string) (site *target.Site, save func() error, err error) {
	active := slices.DeleteFunc(slices.Clone(s.active), func(probe string) bool { return slices.Contains(s.treeProbes, probe) })
	o := target.SiteOptions{Version: version, Paths: s.paths, Active: active, Headers: s.headers, Resolve: s.resolve,
		CAFile: s.caFile, User: os.Getenv("HARDCHECK_USER"), Password: os.Getenv("HARDCHECK_PASSWORD")}
	save = func() error { return nil }
	if s.replay != "" {
		site, err = target.OpenReplay(s.replay, url, o)
		return site, save, err
	}
	if s.record != "" {
		o.Record = &target.Recorder{}
		save = func() error { return o.Record.Save(s.record) }
	}
	site, err = target.OpenSite(url, o)
	return site, save, err
}
