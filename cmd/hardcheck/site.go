package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"hardcheck/checks"
	"hardcheck/checks/target"
	"hardcheck/policy"
)

// siteFlags say how URLs are reached and what may be sent to them.
type siteFlags struct {
	paths, headers, authHeaders, resolve, active []string
	owned                                        []string
	caFile, record, replay                       string
	insecure                                     bool
	uploads                                      uploadFlags
	oneOrigin                                    bool                     // all URLs have the same scheme, host and port
	treeProbes                                   []string                 // the active probes of directories that the command knows
	policySite                                   func(string) policy.Site // what the policy says of a URL; nil before it is read
	roots                                        *x509.CertPool           // of caFile, read once for all sites
}

// probes are the active probes that the command knows.
func (s *siteFlags) probes() []string { return slices.Concat(target.ActiveProbes, s.treeProbes) }

func (s *siteFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&s.paths, "path", nil, "audit this `[ROLE=]PATH` of each URL too, such as /pricing, login=/login, authenticated=/account, logout=/logout, error=/broken (may be repeated)")
	f.StringArrayVar(&s.authHeaders, "auth-header", nil, "send this `'Name: value'` for authenticated and logout paths only (may be repeated; better HARDCHECK_AUTH_HEADER in the environment, which no process list shows)")
	f.StringArrayVar(&s.headers, "header", nil, "send this `'Name: value'` to each URL's own host (may be repeated)")
	f.StringArrayVar(&s.resolve, "resolve", nil, "connect to `HOST:PORT:ADDRESS[:PORT]` instead of asking the name service (may be repeated)")
	f.StringVar(&s.caFile, "cacert", "", "trust the PEM certificates in this file besides the system's")
	f.BoolVar(&s.insecure, "insecure", false, "go on where the certificate of a URL is not accepted; what is wrong with it becomes a finding")
	usage := "opt into active probes of URLs, by name and with a budget that is printed first: " + s.uploads.usage() + ", canary (marked requests, which are looked for in the logs that --log and its like name)"
	if len(s.treeProbes) > 0 {
		usage += "; of directories: validate (SENDS the tokens it finds to the providers that issued them, to tell whether they still work; at most 200 requests)"
	}
	f.StringSliceVar(&s.active, "active", nil, usage)
	s.uploads.add(cmd)
	f.StringArrayVar(&s.owned, "i-own-this-target", nil, "allow active probes of this public `HOST`; loopback and private addresses need no permission (may be repeated)")
	f.StringVar(&s.record, "record", "", "keep every exchange in this file, credentials and cookie values removed")
	f.StringVar(&s.replay, "replay", "", "take the answers from this recording; nothing is sent")
	cmd.RegisterFlagCompletionFunc("path", cobra.FixedCompletions(roleWords(), cobra.ShellCompDirectiveNoSpace|cobra.ShellCompDirectiveNoFileComp))
	for _, file := range []string{"cacert", "record", "replay"} {
		cmd.MarkFlagFilename(file)
	}
	for _, text := range []string{"header", "auth-header", "resolve"} {
		cmd.RegisterFlagCompletionFunc(text, cobra.NoFileCompletions)
	}
	cmd.RegisterFlagCompletionFunc("active", cobra.FixedCompletions(s.probes(), cobra.ShellCompDirectiveNoFileComp))
}

// roleWords begin a path with a role.
func roleWords() []string {
	out := []string{"/"}
	for _, role := range checks.Roles()[1:] {
		out = append(out, string(role)+"=/")
	}
	return out
}

// check refuses what was written wrong. Nothing is sent.
func (s *siteFlags) check(targets []string) (err error) {
	if err := s.checkProbes(targets); err != nil {
		return err
	}
	if err := s.uploads.check(s.active); err != nil {
		return err
	}
	if s.roots, err = target.TrustedRoots(s.caFile); err != nil {
		return err
	}
	sites, origins := 0, map[string]bool{}
	var wrong []error
	for _, t := range targets {
		if err := s.checkTarget(t); err != nil && len(wrong) < maxWrong {
			wrong = append(wrong, err)
		}
		if isURL(t) {
			sites++
			origins[policy.SiteOrigin(t)] = true
		}
	}
	switch {
	case len(wrong) > 0:
		return errors.Join(wrong...)
	case (s.record != "" || s.replay != "") && sites != 1:
		return fmt.Errorf("--record and --replay need exactly one URL, found %d", sites)
	case s.record != "" && s.replay != "":
		return errors.New("--record and --replay exclude each other")
	case s.record != "" && !isDirectory(filepath.Dir(s.record)):
		return fmt.Errorf("--record %s: expected a file in a directory that exists", s.record)
	case len(s.signedIn()) > 0 && len(origins) > 1 && (len(s.authHeaders) > 0 || slices.ContainsFunc(s.paths, signedInPath)):
		return fmt.Errorf("--auth-header or HARDCHECK_AUTH_HEADER: expected URLs of one host, found %d hosts; name a variable for each under sites in the policy", len(origins))
	}
	s.oneOrigin = len(origins) == 1
	return nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// signedIn are the headers of the signed-in user that were given for whichever site is audited.
func (s *siteFlags) signedIn() []string {
	if len(s.authHeaders) > 0 {
		return s.authHeaders
	}
	return headerLines(os.Getenv("HARDCHECK_AUTH_HEADER"))
}

func signedInPath(text string) bool {
	page, err := checks.ParsePage(text)
	return err == nil && page.Role.SignedIn()
}

func (s *siteFlags) checkTarget(t string) error {
	if scheme, _, ok := strings.Cut(t, "://"); ok && !isURL(t) {
		return fmt.Errorf("%s: the scheme %q cannot be audited; expected http, https or a directory", target.SafeURL(t), scheme)
	}
	if !isURL(t) {
		return nil
	}
	if safe := target.SafeURL(t); safe != t {
		return fmt.Errorf("%s: the URL holds a user name; set HARDCHECK_USER and HARDCHECK_PASSWORD instead", safe)
	}
	site, _, err := s.open(t)
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	site.Close()
	return nil
}

// checkProbes refuses an active probe that no target is of the kind for.
func (s *siteFlags) checkProbes(targets []string) error {
	for _, probe := range s.active {
		switch {
		case !slices.Contains(s.probes(), probe):
			return fmt.Errorf("--active %q: expected %s", probe, strings.Join(s.probes(), ", "))
		case probe == "canary" && s.replay != "":
			return errors.New("--replay and --active canary exclude each other: no log holds what is not sent")
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
	o := target.SiteOptions{Version: version, Paths: s.paths, Active: active, Owned: s.owned, Headers: s.headers, Resolve: s.resolve,
		Roots: s.roots, Insecure: s.insecure, User: os.Getenv("HARDCHECK_USER"), Password: os.Getenv("HARDCHECK_PASSWORD")}
	if s.oneOrigin || s.policySite == nil { // of one site nobody else is told
		o.SignedIn = s.signedIn()
	}
	if s.policySite != nil {
		named := s.policySite(url)
		o.Paths = slices.Concat(s.paths, named.Paths)
		if len(o.SignedIn) == 0 && named.AuthHeaderEnv != "" {
			o.SignedIn, o.SignedInFrom = headerLines(os.Getenv(named.AuthHeaderEnv)), named.AuthHeaderEnv
		}
	}
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

// headerLines are the headers that an environment variable holds, one a line.
func headerLines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
}
