package logging

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

func logFiles() *checks.Check {
	return &checks.Check{
		ID:    "logging/log-files",
		Title: "Log files are private and not in version control",
		Why: "Logs hold addresses, names, tokens in URLs and traces of attacks. Other accounts of the machine read what is open to " +
			"all, rewrite what is writable, and a log in version control goes to everybody who clones it.",
		Fix:        "chmod 0640 and a group such as adm; in logrotate `create 0640 APP adm`. Take logs out of git and list *.log in .gitignore.",
		Expected:   "Log files give others no permission, and git tracks none.",
		Rollback:   "chmod o+r FILE for a reader that turns out to need it; better put it in the log's group.",
		Absent:     "No log file was found",
		References: []string{"CWE-532", "CWE-276", "ASVS 16.4.2", "PCI DSS 10.3.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "writable-by-others", Title: "Every user can forge or wipe the log", Severity: checks.High},
			{ID: "readable-by-others", Title: "Every user can read the log", Severity: checks.Medium},
			{ID: "in-web-root", Title: "The web server hands the log to everybody", Severity: checks.High, Precision: checks.PrecisionMedium,
				Fix: "Write logs outside of what is served, such as /var/log/APP, and delete this one after a look at what it gave away."},
			{ID: "tracked", Title: "A log file is in version control", Severity: checks.Medium,
				Fix: "git rm --cached FILE, list *.log in .gitignore, and change the credentials that the log shows."},
		},
		Entry: seeLogFile,
		Tree:  judgeLogFiles,
	}
}

var (
	logName = regexp.MustCompile(`(?i)(\.log([.-][0-9]+)?(\.(gz|xz|zst|bz2|old))?|^(access|error)_log|^nohup\.out|^hs_err_pid[0-9]+.*|^(npm|yarn)-debug\.log.*)$`)
	// ordinaryLogs are readable by all on every Debian machine and name no user's data.
	ordinaryLogs  = regexp.MustCompile(`^(dpkg|alternatives|fontconfig|bootstrap)\.log|^(wtmp|lastlog|faillog)(\.|$)`)
	notRealLogDir = wordSet(`test tests testing testdata test_data fixtures fixture spec examples example samples sample doc docs demo node_modules`)
)

// isLog reports whether the entry is a log file by name or place, and not an example in documentation or tests.
func isLog(e *checks.Entry) bool {
	if !e.Mode.IsRegular() {
		return false
	}
	for element := range strings.SplitSeq(path.Dir(e.Path), "/") {
		if notRealLogDir[element] {
			return false
		}
	}
	if strings.HasPrefix(e.Path, "var/log/") {
		return !strings.HasPrefix(e.Path, "var/log/journal/")
	}
	return logName.MatchString(e.Name())
}

func ordinaryLog(e *checks.Entry) bool {
	return ordinaryLogs.MatchString(e.Name()) || strings.Contains("/"+e.Path, "/log/apt/") || strings.Contains("/"+e.Path, "/log/installer/") ||
		path.Dir(e.Path) == "apt"
}

var servedDirs = wordSet("public public_html htdocs wwwroot webroot static")

// inWebRoot reports whether a file lies in a directory whose name says that it is served.
func inWebRoot(p string) bool {
	for element := range strings.SplitSeq(path.Dir(p), "/") {
		if servedDirs[element] {
			return true
		}
	}
	return false
}

// closedDir is a directory that others cannot pass through.
type closedDir string

func seeLogFile(p *checks.Pass, e *checks.Entry) {
	onDisk := e.From == checks.ModeDisk
	if e.Mode.IsDir() && onDisk && e.Mode.Perm()&0o001 == 0 {
		p.Keep(e.Path, closedDir(e.Path))
	}
	if !isLog(e) {
		return
	}
	f := checks.Finding{Subject: checks.Subject{Kind: "log file", Name: e.Path}, Place: checks.Place{Path: e.Path}, Attribute: "mode",
		Expected: "0640", Actual: fmt.Sprintf("%04o", e.Mode.Perm())}
	switch {
	case onDisk && e.Mode.Perm()&0o002 != 0:
		f.Rule, f.Message = "writable-by-others", "Any account of the machine can change or empty this log"
	case inWebRoot(e.Path):
		f.Rule, f.Attribute, f.Expected, f.Actual = "in-web-root", "path", "outside of what is served", path.Dir(e.Path)
		f.Message = "Directories of this name are served as they are: whoever guesses the name reads the log"
	case e.Tracked:
		f.Rule, f.Attribute, f.Expected, f.Actual = "tracked", "git", "not tracked", "tracked"
		f.Message = "Everybody who clones the repository reads this log"
	case onDisk && e.Mode.Perm()&0o204 == 0o204 && !ordinaryLog(e) && p.Repository() == nil: // nothing writes to 0444
		f.Rule, f.Message = "readable-by-others", "Any account of the machine can read this log"
	}
	p.Keep(e.Path, f)
}

// judgeLogFiles reports what others can reach: a mode below a closed directory gives them nothing.
func judgeLogFiles(p *checks.Pass) error {
	var closed []string
	kept := p.Kept()
	for _, k := range kept {
		if dir, ok := k.(closedDir); ok && dir != "." {
			closed = append(closed, string(dir)+"/")
		}
	}
	for _, k := range kept {
		f, ok := k.(checks.Finding)
		if !ok {
			continue
		}
		behind := slices.ContainsFunc(closed, func(dir string) bool { return strings.HasPrefix(f.Place.Path, dir) })
		if f.Rule == "" || strings.HasSuffix(f.Rule, "-by-others") && behind {
			p.OK(f.Subject)
			continue
		}
		p.Fail(f)
	}
	return nil
}
