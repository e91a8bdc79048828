package permissions

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func exposedFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/exposed-files",
		Title: "The site serves no .git, .env or directory listing",
		Why: "A served .git directory gives away the source and its whole history, a served .env the credentials in " +
			"it, and a listing the names of files nobody linked to. Robots ask every address for them within hours.",
		Fix: "Serve a directory that holds public files only, refuse names that begin with a dot (nginx " +
			"`location ~ /\\. { return 404; }`), and turn listings off (nginx `autoindex off`, Apache `Options -Indexes`).",
		Expected:   "/.git/HEAD and /.env are refused or missing, and no audited path lists a directory.",
		Rollback:   "Remove the rule that refuses dot files; where a listing is wanted, turn it on for that directory alone.",
		Absent:     "No live site was audited",
		References: []string{"CWE-538", "CWE-548", "CWE-527", "ASVS 13.4.1"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "dotenv", Title: "A .env file is served", Precision: checks.PrecisionVeryHigh,
				Fix: "Refuse dot files in the web server, move .env out of the served directory, and replace every credential in it: it is known."},
			{ID: "git-directory", Title: "A .git directory is served", Severity: checks.High, Precision: checks.PrecisionVeryHigh,
				Fix: "Refuse dot files in the web server, deploy without .git, and replace every credential its history holds."},
			{ID: "directory-listing", Title: "A directory's content is listed", Severity: checks.Medium},
		},
		Site: exposedOnSite,
	}
}

// exposedFile is a file that must not be served, and what proves that an answer is that file.
type exposedFile struct {
	path, rule, message string
	proof               func(body []byte) (actual string, ok bool)
}

var exposedList = []exposedFile{
	{"/.git/HEAD", "git-directory", "the site serves its git repository: anyone can download the source and its history", gitHead},
	{"/.env", "dotenv", "the site serves its .env file: whatever it holds is known to anyone who asked", dotenvBody},
}

func exposedOnSite(p *checks.Pass) error {
	shut, err := listings(p)
	if err != nil {
		return err
	}
	for _, f := range exposedList {
		x, err := p.Site().Do(p.Context(), checks.Request{Path: f.path})
		if err == nil {
			err = judgeExposed(p, f, x, shut)
		}
		if err != nil {
			if err := probe.Blind(p, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// listings looks for directory listings among the audited pages. shut is why the site answered nobody who asks as
// this client does, where that is so: then a refusal of one file says nothing about it.
func listings(p *checks.Pass) (shut error, err error) {
	for _, path := range p.Site().Paths() {
		x, err := p.Site().Page(p.Context(), path)
		if err == nil && x.Doubt != nil {
			if s := x.Status; s == 401 || s == 403 || s == 429 || s == 503 {
				shut = x.Doubt
			}
			err = x.Doubt
		}
		if err != nil {
			if err := probe.Blind(p, err); err != nil {
				return nil, err
			}
			continue
		}
		subject := checks.Subject{Kind: "path", Name: path}
		if product := listingOf(x); product != "" {
			p.Fail(checks.Finding{Rule: "directory-listing", Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: "listing",
				Expected: "a page, or a refusal", Actual: "a listing made by " + product,
				Message: "The server lists the directory: names of files nobody linked to can be read and fetched"})
			continue
		}
		p.OK(subject)
	}
	return shut, nil
}

// judgeExposed judges one answer. An error means that it could not be told.
func judgeExposed(p *checks.Pass, f exposedFile, x *checks.Exchange, shut error) error {
	subject := checks.Subject{Kind: "path", Name: f.path}
	switch s := x.Status; {
	case s == 401 || s == 403:
		if shut != nil {
			return shut
		}
	case s == 429 || s >= 500 || x.Doubt != nil:
		if x.Doubt != nil {
			return x.Doubt
		}
		return &checks.Problem{Op: "look for " + f.path + " on", Where: x.URL, Expected: "the file, or that it is missing",
			Actual: "status " + strconv.Itoa(s), Retry: checks.RetrySafe}
	case s >= 300 && s < 400:
		if to := x.Header.Get("Location"); sameFileElsewhere(x.URL, to) {
			return &checks.Problem{Op: "look for " + f.path + " on", Where: x.URL, Expected: "the file, or that it is missing",
				Actual: "a redirect of every path to " + to + ": audit that URL", Retry: checks.RetryUseless}
		}
	case s == 200:
		actual, ok := f.proof(x.Body)
		if ok && !answersAnything(p, f, x) {
			p.Fail(checks.Finding{Rule: f.rule, Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: f.path,
				Expected: "404 or 403", Actual: actual, Message: f.message})
			return nil
		}
	}
	p.OK(subject)
	return nil
}

// sameFileElsewhere reports whether a redirect leads to the same file on the same host name, such as from http to
// https. A redirect to another host or page is a way to refuse.
func sameFileElsewhere(from, location string) bool {
	a, err1 := url.Parse(from)
	if err1 != nil {
		return false
	}
	b, err2 := a.Parse(location)
	return err2 == nil && strings.EqualFold(a.Hostname(), b.Hostname()) && a.Path == b.Path && a.Scheme != b.Scheme
}

// answersAnything reports whether a path that does not exist passes for the same file.
func answersAnything(p *checks.Pass, f exposedFile, x *checks.Exchange) bool {
	missing, err := probe.Missing(p)
	if err != nil || missing.Status != x.Status {
		return false
	}
	_, ok := f.proof(missing.Body)
	return ok || bytes.Equal(missing.Body, x.Body)
}

var (
	headBranch = regexp.MustCompile(`^ref: (refs/[!-~]+)\s*$`)
	headCommit = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})\s*$`)
)

// gitHead recognises the file HEAD of a git repository: a branch, or a commit.
func gitHead(body []byte) (string, bool) {
	if len(body) > 1024 {
		return "", false
	}
	if m := headBranch.FindSubmatch(body); m != nil {
		return "a git repository on " + string(m[1]), true
	}
	if m := headCommit.FindSubmatch(body); m != nil {
		return "a git repository at commit " + string(m[1][:12]), true
	}
	return "", false
}
