package permissions

import (
	"net/http"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

func exposedFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/exposed-files",
		Title: "The site serves no .git, .env, backup or listing",
		Why: "A served .git directory gives away the source and its whole history, a served .env the credentials in " +
			"it, and a listing the names of files nobody linked to. Robots ask every address for them within hours.",
		Fix: "Serve a directory that holds public files only, refuse names that begin with a dot (nginx " +
			"`location ~ /\\. { return 404; }`), and turn listings off (nginx `autoindex off`, Apache `Options -Indexes`).",
		Expected:   "Files of version control, of settings and of backups are refused or missing, and no directory is listed.",
		Rollback:   "Remove the rule that refuses dot files; where a listing is wanted, turn it on for that directory alone.",
		Absent:     "No live site and no server with a directory to list was audited",
		References: []string{"CWE-538", "CWE-548", "CWE-527", "CWE-530", "ASVS 13.4.1", "ASVS 13.4.3"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "dotenv", Title: "A .env file is served", Precision: checks.PrecisionVeryHigh,
				Fix: "Refuse dot files in the web server, move .env out of the served directory, and replace every credential in it: it is known."},
			{ID: "git-directory", Title: "A .git directory is served", Severity: checks.High, Precision: checks.PrecisionVeryHigh,
				Fix: "Refuse dot files in the web server, deploy without .git, and replace every credential its history holds."},
			{ID: "version-control", Title: "The files of a version control system are served", Severity: checks.High, Precision: checks.PrecisionVeryHigh,
				Fix: "Deploy an export without them, and refuse dot files in the web server."},
			{ID: "backup", Title: "A backup or a dump of the database is served", Precision: checks.PrecisionVeryHigh,
				Fix: "Keep backups outside the served directory, and replace every credential in it: it is known."},
			{ID: "password-file", Title: "A file of passwords is served", Severity: checks.High, Precision: checks.PrecisionVeryHigh},
			{ID: "folder-index", Title: "A .DS_Store file tells the names of a directory's files", Severity: checks.Low},
			{ID: "directory-listing", Title: "A directory's content is listed", Severity: checks.Medium},
		},
		Layers: []string{"nginx", "apache", "caddy"},
		Site:   exposedOnSite,
		Entry:  seeHidden,
		Tree: func(p *checks.Pass) error {
			servedByRoot(p)
			return listedByServers(p)
		},
	}
}

func exposedOnSite(p *checks.Pass) error {
	shut, err := listings(p)
	if err != nil {
		return err
	}
	var requests []checks.Request
	for _, f := range exposedList {
		requests = append(requests, checks.Request{Path: f.path})
	}
	told, failures := map[string]bool{}, 0
	for n, f := range exposedList {
		if told[f.rule] || failures == probe.MaxFailures {
			continue // a second file of the same leak tells nothing new
		}
		probe.Ahead(p, requests, n)
		found, err := judgeExposed(p, f, shut)
		told[f.rule] = found
		if err == nil {
			continue
		}
		if err != shut {
			failures++
		}
		if err := probe.Blind(p, err); err != nil {
			return err
		}
	}
	return nil
}

// listings looks for directory listings among the audited pages and the directories of files that they load. shut is why
// the site answered nobody who asks as this client does, where that is so: then a refusal of one file says nothing about it.
func listings(p *checks.Pass) (shut error, err error) {
	var pages []*checks.Exchange
	for _, path := range p.Site().Paths() {
		x, err := p.Site().Page(p.Context(), path)
		if err == nil && x.Doubt != nil {
			if away := probe.Away(p, x); away != "" {
				p.NotApplicable(away)
				continue
			}
		}
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
		pages = append(pages, x)
		reportListing(p, path, x)
	}
	for _, dir := range directories(pages) {
		if x, err := p.Site().Do(p.Context(), checks.Request{Path: dir}); err == nil {
			reportListing(p, dir, x)
		}
	}
	return shut, nil
}

func reportListing(p *checks.Pass, path string, x *checks.Exchange) {
	subject := checks.Subject{Kind: "path", Name: path}
	product := listingOf(x)
	if product == "" {
		p.OK(subject)
		return
	}
	p.Fail(checks.Finding{Rule: "directory-listing", Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: "listing",
		Expected: "a page, or a refusal", Actual: "a listing made by " + product,
		Fix:     "nginx `autoindex off;`, Apache `Options -Indexes`, Caddy file_server without browse. Undo: `autoindex on;`, `Options +Indexes`, `file_server browse`.",
		Message: "The server lists the directory: names of files nobody linked to can be read and fetched"})
}

// judgeExposed asks for one file and reports whether it is served. An error means that it could not be told.
func judgeExposed(p *checks.Pass, f exposedFile, shut error) (found bool, err error) {
	subject := checks.Subject{Kind: "path", Name: f.path}
	x, served, err := probe.Served(p, f.path, nil)
	switch {
	case err != nil:
		return false, err
	case !served && shut != nil && (x.Status == http.StatusUnauthorized || x.Status == http.StatusForbidden):
		return false, shut
	case served:
		actual, ok := f.proof(x.Body)
		if ok && !answersAnything(p, f) {
			p.Fail(checks.Finding{Rule: f.rule, Subject: subject, Place: checks.Place{URL: x.URL}, Attribute: f.path,
				Expected: "404 or 403", Actual: actual, Message: f.message, Fix: exposedFix(f)})
			return true, nil
		}
	}
	if away := probe.EveryPath(p, x); away != "" {
		p.NotApplicable(away)
		return false, nil
	}
	p.OK(subject)
	return false, nil
}

// exposedFix is what shuts a file off, and the way back. What was served is known: credentials in it are to be replaced.
func exposedFix(f exposedFile) string {
	name := strings.TrimPrefix(f.path, "/")
	if strings.HasPrefix(name, ".") {
		first, _, _ := strings.Cut(name, "/")
		return "nginx `location ~ /\\. { return 404; }`, Apache `RedirectMatch 404 /\\.`, deploy without " + first + ", and replace every credential in it: it is known. Undo: remove that rule."
	}
	return "mv DOCUMENT_ROOT/" + name + " to a directory that is not served, and replace every credential in it: it is known. Undo: mv it back."
}

// answersAnything reports whether a path that does not exist passes for the same file.
func answersAnything(p *checks.Pass, f exposedFile) bool {
	missing, err := probe.Missing(p)
	if err != nil || missing.Status != http.StatusOK {
		return false
	}
	_, ok := f.proof(missing.Body)
	return ok
}
