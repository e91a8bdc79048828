package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/headers"
	"hardcheck/checks/target"
)

// headerCase is an answer of a site, and whether the aspect of it that the case tests is as it should be.
type headerCase struct {
	ID, Test, Site, HTML string
	Status               int
	HTTPS                bool
	Headers              [][2]string
	CORSHeaders          [][2]string `json:"cors_headers"` // of an answer to a request from CORSOrigin
	CORSOrigin           string      `json:"cors_origin"`
	NoHTTP               bool        `json:"no_http"`
	BadCertificate       bool        `json:"bad_cert"`
	Chain                []struct {
		URL    string
		Status int
	} `json:"http_chain"` // what a visitor of http://SITE/ goes through
	Expected string `json:"expected_result"`
	Pass     bool   `json:"expected_pass"`
}

// aspect is what judges one kind of case: checks, and of their findings those about one header, if it is named.
type aspect struct {
	checks    []string
	attribute string
}

var aspects = map[string]aspect{
	"cookies":                      {[]string{"headers/cookies"}, ""},
	"cors":                         {[]string{"headers/cors"}, ""},
	"cross-origin-embedder-policy": {[]string{"headers/cross-origin"}, "Cross-Origin-Embedder-Policy"},
	"cross-origin-opener-policy":   {[]string{"headers/cross-origin"}, "Cross-Origin-Opener-Policy"},
	"cross-origin-resource-policy": {[]string{"headers/cross-origin"}, "Cross-Origin-Resource-Policy"},
	"csp":                          {[]string{"headers/csp"}, ""},
	"redirection":                  {[]string{"headers/https-redirect"}, ""},
	"referrer-policy":              {[]string{"headers/referrer-policy"}, ""},
	"strict-transport-security":    {[]string{"headers/hsts"}, ""},
	"subresource-integrity":        {[]string{"headers/subresource-integrity", "headers/mixed-content"}, ""},
	"x-content-type-options":       {[]string{"headers/nosniff"}, ""},
	"x-frame-options":              {[]string{"headers/framing"}, ""},
}

// headersMeasure serves each case of the files on loopback, audits it live, and prints how many verdicts are as expected and
// each that is not: a case passes that has no finding. Verdicts on other aspects of the same answer do not count.
func headersMeasure(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("headers", flag.ContinueOnError)
	all := flags.Bool("all", false, "list the cases that agree as well")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("expected CASES.jsonl")
	}
	for _, file := range flags.Args() {
		cases, err := readHeaderCases(file)
		if err != nil {
			return err
		}
		scores := map[string]*agreement{}
		for _, c := range cases {
			got, err := c.audit()
			if err != nil {
				return fmt.Errorf("%s: %w", c.ID, err)
			}
			right := (len(got) == 0) == c.Pass
			for _, key := range []string{c.Test, "all"} {
				if scores[key] == nil {
					scores[key] = &agreement{}
				}
				scores[key].add(right)
			}
			if *all || !right {
				fmt.Fprintf(w, "%s: agrees %t; expected pass %t (%s); found: %s\n", c.ID, right, c.Pass, c.Expected, strings.Join(got, ", "))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(scores)) {
			fmt.Fprintf(w, "%-32s %3d of %3d agree\n", key, scores[key].right, scores[key].all)
		}
	}
	return nil
}

type agreement struct{ right, all int }

func (a *agreement) add(right bool) {
	a.all++
	if right {
		a.right++
	}
}

func readHeaderCases(file string) ([]headerCase, error) {
	out, err := readCases[headerCase](file)
	for _, c := range out {
		if _, known := aspects[c.Test]; !known {
			return nil, fmt.Errorf("%s: %s: no check for the test %q", file, c.ID, c.Test)
		}
	}
	return out, err
}

// audit serves the case and lists "severity rule attribute" of what is found wrong with its aspect, and what could not
// be told.
func (c headerCase) audit() (found []string, err error) {
	servers, err := c.serve()
	if err != nil {
		return nil, err
	}
	defer servers.close()
	site, err := target.OpenSite(servers.url, target.SiteOptions{CAFile: servers.authority, Resolve: servers.resolve})
	if err != nil {
		return nil, err
	}
	defer site.Close()
	a := aspects[c.Test]
	var jobs []engine.Job
	for _, check := range headers.Checks() {
		if slices.Contains(a.checks, check.ID) {
			jobs = append(jobs, engine.Job{Check: check, Values: check.Defaults()})
		}
	}
	for i, o := range engine.RunSite(context.Background(), site, jobs, engine.Options{}).Observations {
		for _, f := range o.Findings {
			if a.attribute == "" || f.Attribute == a.attribute {
				found = append(found, fmt.Sprintf("%s %s %s", severityOf(jobs[i].Check, f), f.Rule, f.Attribute))
			}
		}
		for _, p := range o.Problems {
			if p.Blind {
				found = append(found, "could not tell: "+p.Error())
			}
		}
	}
	return found, nil
}

func severityOf(check *checks.Check, f checks.Finding) checks.Severity {
	rule := check.Rule(f.Rule)
	switch {
	case f.Severity != 0:
		return f.Severity
	case rule != nil && rule.Severity != 0:
		return rule.Severity
	}
	return check.Severity
}
