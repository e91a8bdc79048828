package permissions

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"hardcheck/checks"
)

func gitModes() *checks.Check {
	return &checks.Check{
		ID:    "permissions/git-modes",
		Title: "Modes and links that git records are as they should be",
		Why: "git stores the execute bit and symbolic links, and gives them to every checkout. A link out of the repository lets a build " +
			"or a server read or overwrite files of the machine it is checked out on.",
		Fix:        "Data: git update-index --chmod=-x PATH. Link: point it to a file inside the repository, by a relative path.",
		Expected:   "No tracked link leaves the repository, and no data file is executable",
		Rollback:   "git update-index --chmod=+x PATH, or restore the link from history",
		Absent:     "No file that git tracks was found",
		References: []string{"CWE-59", "CWE-276"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "link-absolute", Title: "A tracked link points to an absolute path of the machine", Severity: checks.High},
			{ID: "link-escapes", Title: "A tracked link leads out of the repository", Severity: checks.High},
			{ID: "executable-data", Title: "A data file is executable", Severity: checks.Low},
		},
		NoSettings: true,
		Lasting:    true,
		Entry:      gitModesEntry,
		Wants:      executableData,
		File: func(p *checks.Pass, f *checks.File) error {
			if bytes.HasPrefix(f.Data, []byte("#!")) {
				p.OK(f.Subject())
				return nil
			}
			p.Fail(checks.Finding{
				Rule: "executable-data", Subject: f.Subject(), Place: checks.Place{Path: f.Path}, Attribute: f.Ext(),
				Expected: "mode 100644", Actual: "mode 100755", Message: "Git gives this data file the execute bit in every checkout",
				Fix: fmt.Sprintf("git update-index --chmod=-x %[1]s && chmod -x %[1]s (back: git update-index --chmod=+x %[1]s && chmod +x %[1]s)", shellName(f.Path)),
			})
			return nil
		},
	}
}

func gitModesEntry(p *checks.Pass, e *checks.Entry) {
	switch {
	case !e.Tracked || e.Mode.IsDir():
	case e.Mode&fs.ModeSymlink != 0:
		judgeLink(p, e)
	case !executableData(e):
		p.OK(e.Subject())
	}
}

func judgeLink(p *checks.Pass, e *checks.Entry) {
	f := checks.Finding{Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Attribute: e.Link,
		Expected: "a relative path inside the repository", Actual: e.Link}
	prefix := ""
	if p.Repository() != nil {
		prefix = p.Repository().Prefix()
	}
	switch target := path.Join(prefix, path.Dir(e.Path), e.Link); {
	case e.Link == "/dev/null": // masks a unit of systemd
		p.OK(f.Subject)
		return
	case path.IsAbs(e.Link):
		f.Rule, f.Message = "link-absolute", "This tracked link points to a path of the machine, outside the repository"
	case target == ".." || strings.HasPrefix(target, "../"):
		f.Rule, f.Message = "link-escapes", "This tracked link leads out of the repository"
	default:
		p.OK(f.Subject)
		return
	}
	f.Fix = fmt.Sprintf("ln -sfn INSIDE %[1]s, where INSIDE is the file's place relative to the link, or git rm %[1]s (back: ln -sfn %[2]s %[1]s)", shellName(e.Path), shellName(e.Link))
	if testPath(e.Path) {
		f.Severity = checks.Low
	}
	p.Fail(f)
}

// executableData reports a tracked file that is executable though its ending is one of data. A file that everyone
// may also write has its mode from a file system without modes, not from git.
func executableData(e *checks.Entry) bool {
	return e.Tracked && e.Mode.IsRegular() && e.Mode.Perm()&0o111 != 0 && e.Mode.Perm()&0o002 == 0 && (dataEndings[e.Ext()] || e.Name() == ".env")
}

var dataEndings = set(`.md .rst .txt .json .yml .yaml .toml .ini .cfg .conf .pem .crt .key .csv .tsv .xml .html .css .scss .svg .png .jpg .jpeg .gif .ico
.webp .pdf .woff .woff2 .ttf .sql .lock .properties .proto .tf .tfvars .env .map .log .zip .gz .tar`)
