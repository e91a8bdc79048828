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
}

func (s *siteFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.paths, "path", nil, "audit this path of each URL too (may be repeated)")
	f.StringArrayVar(&s.headers, "header", nil, "send this `'Name: value'` to each URL's own host (may be repeated)")
	f.StringArrayVar(&s.resolve, "resolve", nil, "connect to `HOST:PORT:ADDRESS[:PORT]` instead of asking the name service (may be repeated)")
	f.StringVar(&s.caFile, "cacert", "", "trust the PEM certificates in this file besides the system's")
	f.StringSliceVar(&s.active, "active", nil, "opt into active probes: "+strings.Join(target.ActiveProbes, ", ")+" (asks for upload limits by declared size; at most 16 requests)")
	f.StringVar(&s.record, "record", "", "keep every exchange in this file, credentials and cookie values removed")
	f.StringVar(&s.replay, "replay", "", "take the answers from this recording; nothing is sent")
	cmd.RegisterFlagCompletionFunc("active", cobra.FixedCompletions(target.ActiveProbes, cobra.ShellCompDirectiveNoFileComp))
}

func (s *siteFlags) check(targets []string) error {
	for _, probe := range s.active {
		if !slices.Contains(target.ActiveProbes, probe) {
			return fmt.Errorf("--active %q: expected %s", probe, strings.Join(target.ActiveProbes, ", "))
		}
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

// open opens a site, or the recording of one. save writes the recording where one was asked for.
func (s *siteFlags) open(url string) (site *target.Site, save func() error, err error) {
	o := target.SiteOptions{Version: version, Paths: s.paths, Active: s.active, Headers: s.headers, Resolve: s.resolve,
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
