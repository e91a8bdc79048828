package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/sudoers"
)

func sudoersCheck() *checks.Check {
	return &checks.Check{
		ID:    "permissions/sudoers",
		Title: "sudo grants single commands, with a password",
		Why: "A line of sudoers is root's power on loan. A wildcard, an editor, a variable that names a library or a missing password turns " +
			"a narrow loan into a root shell for whoever takes over the account.",
		Fix:      "Grant single programs with their arguments, edit with `visudo -f FILE`, and let `visudo -c` read it before it takes effect.",
		Expected: "No grant leads to a root shell that it does not name, and none but single commands go without a password",
		Rollback: "Restore the line with `visudo -f FILE`; keep a root shell open while you try",
		Absent:   "No sudoers file was found",
		References: []string{"CWE-250", "CWE-269", "CIS Debian 12 5.2.2", "CIS Debian 12 5.2.4", "CIS Debian 12 5.2.6",
			"https://www.sudo.ws/docs/man/sudoers.man/"},
		Severity: checks.High,
		Rules: []checks.Rule{
			{ID: "no-password", Title: "Any command runs as root without a password", Severity: checks.High},
			{ID: "no-authentication", Title: "sudo asks for no password at all", Severity: checks.High},
			{ID: "everything", Title: "A user or a group that is not the administrators' may run anything", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "escape", Title: "A granted program opens a root shell or changes any file", Severity: checks.High},
			{ID: "wildcard", Title: "A wildcard lets the user choose the command or its arguments", Severity: checks.High},
			{ID: "negation", Title: "A list of what is forbidden protects nothing", Severity: checks.Medium},
			{ID: "user-path", Title: "A granted program lies where users write", Severity: checks.High},
			{ID: "environment", Title: "The user's variables reach the program that root runs", Severity: checks.High},
			{ID: "other-password", Title: "sudo asks for another account's password", Severity: checks.Low},
			{ID: "timestamp", Title: "A password counts for longer than it should", Severity: checks.Low},
			{ID: "no-pty", Title: "Commands share the terminal of the user", Severity: checks.Info},
			{ID: "no-log", Title: "sudo keeps no log file of its own", Severity: checks.Info},
			{ID: "ignored-file", Title: "sudo does not read the file because of its name", Severity: checks.Low},
			{ID: "syntax", Title: "sudo does not understand the line", Severity: checks.Medium, Precision: checks.PrecisionMedium},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      wantsSudoers,
		File:       keepSudoers,
		Tree:       judgeSudoers,
	}
}

// wantsSudoers chooses /etc/sudoers, what lies in a sudoers.d, and files named for sudoers in a repository.
func wantsSudoers(e *checks.Entry) bool {
	name := e.Name()
	return e.Mode.IsRegular() && e.Size < 1<<20 && (name == "sudoers" || e.Ext() == ".sudoers" || path.Base(path.Dir(e.Path)) == "sudoers.d")
}

// sudoersFile is one file that was read.
type sudoersFile struct {
	path string
	*sudoers.File
}

func keepSudoers(p *checks.Pass, f *checks.File) error {
	if f.Binary() || strings.Contains(f.Text(), "{{") {
		p.NotApplicable("sudoers files that are templates were left aside: what they grant is not known until they are filled in")
		return nil
	}
	read := sudoers.Of(f)
	statements := len(read.Grants) + len(read.Defaults) + len(read.Aliases) + len(read.Includes)
	if statements == 0 || statements < len(read.Errors) { // a script or a text of that name
		return nil
	}
	p.Keep(f.Path, sudoersFile{f.Path, read})
	return nil
}

// readBySudo reports whether sudo reads a file of a sudoers.d of that name.
func readBySudo(file string) bool {
	name := path.Base(file)
	return path.Base(path.Dir(file)) != "sudoers.d" || !strings.Contains(name, ".") && !strings.HasSuffix(name, "~")
}

func judgeSudoers(p *checks.Pass) error {
	aliases := map[string][]sudoers.Alias{}
	var files []sudoersFile
	for _, k := range p.Kept() {
		f, ok := k.(sudoersFile)
		if !ok {
			continue
		}
		files = append(files, f)
		for _, a := range f.Aliases {
			aliases[a.Name] = append(aliases[a.Name], a)
		}
	}
	for _, f := range files {
		j := &sudoersJudge{pass: p, file: f, aliases: aliases, subject: checks.Subject{Kind: "sudoers file", Name: f.path}, all: files}
		j.judge()
		if !j.found {
			p.OK(j.subject)
		}
	}
	return nil
}

// sudoersJudge judges one file; aliases may come from the others.
type sudoersJudge struct {
	pass    *checks.Pass
	file    sudoersFile
	all     []sudoersFile
	aliases map[string][]sudoers.Alias
	subject checks.Subject
	found   bool
}

func (j *sudoersJudge) fail(f checks.Finding) {
	j.found = true
	f.Subject = j.subject
	if testPath(j.file.path) {
		f.Severity = checks.Low
	}
	if f.Fix != "" {
		f.Fix += " Rollback: restore the line with `visudo -f /" + j.file.path + "`."
	}
	j.pass.Fail(f)
}

func (j *sudoersJudge) judge() {
	if !readBySudo(j.file.path) {
		j.fail(checks.Finding{Rule: "ignored-file", Place: checks.Place{Path: j.file.path}, Attribute: path.Base(j.file.path),
			Expected: "a name without a dot and without ~ at its end", Actual: path.Base(j.file.path),
			Message: "sudo passes over files of an include directory whose name holds a dot or ends in ~, and says nothing: what the file grants or forbids does not hold",
			Fix:     "mv /" + j.file.path + " /" + path.Dir(j.file.path) + "/" + strings.NewReplacer(".", "-", "~", "").Replace(path.Base(j.file.path)) + ", or remove it."})
		return
	}
	for _, e := range j.file.Errors {
		j.fail(checks.Finding{Rule: "syntax", Place: e.Place, Attribute: "syntax", Expected: "a statement of sudoers(5)", Actual: e.Text,
			Message: "sudo does not understand the line: depending on its version it refuses to work or passes over it",
			Fix:     "visudo -cf /" + j.file.path + " names the place: mend the line, or remove it."})
	}
	for _, i := range j.file.Includes {
		if usersWrite(i.Path) {
			j.userPath(i.Path, i.Place)
		}
	}
	for _, d := range j.file.Defaults {
		j.judgeDefault(d)
	}
	j.judgeAbsent()
	for _, g := range j.file.Grants {
		j.judgeGrant(g)
	}
}
