package permissions

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

func containerModes() *checks.Check {
	return &checks.Check{
		ID:    "permissions/container-modes",
		Title: "Builds of images open nothing and make no second root",
		Why: "chmod 777 is the usual cure for a permission error in a build. It lets a hacked process change the code it runs, and with a " +
			"setuid bit or a broad capability it becomes root in the container again.",
		Fix:        "Give the files to the user that runs: COPY --chown=app:app --chmod=u=rwX,go=rX, or chown in the build. Name only what must be written.",
		Expected:   "No build step of the final stage gives others write permission, a setuid bit or a broad capability",
		Rollback:   "Restore the old mode of the one directory that the service turns out to write to, for its own user",
		Absent:     "No Dockerfile was found",
		References: []string{"CWE-732", "CWE-250", "CWE-276", "CIS Docker 4.8", "https://docs.docker.com/reference/dockerfile/"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "world-writable", Title: "A build step lets every user write", Severity: checks.High},
			{ID: "setuid", Title: "A build step makes a program setuid", Severity: checks.Critical},
			{ID: "setgid", Title: "A build step makes a program setgid", Severity: checks.Medium},
			{ID: "capability", Title: "A build step gives a program a capability that is as good as root", Severity: checks.High},
			{ID: "umask", Title: "A build step makes new files world-writable", Severity: checks.Medium},
			{ID: "key-readable", Title: "A key is copied into the image for every user to read", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "sudo-without-password", Title: "A user of the image becomes root without a password", Severity: checks.High},
			{ID: "sudo-in-image", Title: "sudo is in the image", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "second-root", Title: "A second account is root", Severity: checks.High},
			{ID: "root-group", Title: "A user of the image joins a group that leads to root", Severity: checks.Medium},
			{ID: "password", Title: "The image holds an account's password, or an account without one", Severity: checks.High},
			{ID: "engine-socket", Title: "The image asks for the container engine's socket", Severity: checks.High},
			{ID: "insecure-step", Title: "A build step runs outside the walls of a build", Severity: checks.High},
			{ID: "secret-mount", Title: "A build secret can be read by every user of the step", Severity: checks.Medium},
			{ID: "system-workdir", Title: "The working directory is one of the system's", Severity: checks.Low},
			{ID: "code-owned", Title: "The service's user owns the code it runs", Severity: checks.Info, Precision: checks.PrecisionMedium},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      dockerfile.Wants,
		File:       containerModesFile,
	}
}

func containerModesFile(p *checks.Pass, f *checks.File) error {
	d := dockerfile.Of(f)
	if d.Err != nil {
		return d.Err
	}
	final := d.Final()
	if final == nil {
		return nil
	}
	if chain := final.Chain(); windowsBase.MatchString(chain[len(chain)-1].Base.Text) {
		p.NotApplicable("Only images of Windows were found, whose files have no modes")
		return nil
	}
	j := modeJudge{pass: p, subject: checks.Subject{Kind: "Dockerfile", Name: f.Path}}
	b := newBuild(d, j.unread)
	j.stage(final, b.stage(final))
	j.triggers(final)
	if b.left < 0 {
		j.blind = true
		p.Problem(checks.Problem{Op: "follow the steps of a build", Expected: "at most " + strconv.Itoa(maxCommands) + " commands", Actual: "more",
			Retry: checks.RetryUseless, Where: f.Path, Blind: true})
	}
	if !j.failed && !j.blind {
		p.OK(j.subject)
	}
	return nil
}

type modeJudge struct {
	pass    *checks.Pass
	subject checks.Subject
	failed  bool
	blind   bool // a step could not be read, so that no finding is no pass
}

func (j *modeJudge) unread(in *dockerfile.Instruction, err error) {
	j.blind = true
	j.pass.Problem(checks.Problem{Op: "read shell commands", Expected: "valid shell", Actual: err.Error(),
		Retry: checks.RetryUseless, Where: in.Place.String(), Blind: true})
}

// stage judges what a stage leaves behind.
func (j *modeJudge) stage(final *dockerfile.Stage, s *stageState) {
	for _, stage := range final.Chain() {
		for _, in := range stage.Instructions {
			if in.Name == "RUN" && in.Windows() && !in.Exec {
				j.blind = true
				j.pass.NotApplicable("The build steps are written for PowerShell or cmd, which are not read")
			}
		}
	}
	for _, f := range s.faults {
		j.fail(f)
	}
	told := map[string]bool{} // one command that changes several paths is one finding
	for _, f := range s.files.sorted() {
		for _, fault := range f.faults(s.files) {
			if key := fault.rule + fault.place.String() + fault.text; !told[key] {
				told[key] = true
				j.fail(fault)
			}
		}
	}
	if f, ok := s.ownedCode(final); ok {
		j.fail(f)
	}
}

func (j *modeJudge) fail(f stepFault) {
	j.failed = true
	finding := checks.Finding{Rule: f.rule, Subject: j.subject, Place: f.place, Attribute: f.text, Expected: f.expected, Actual: f.text,
		Message: f.message, Severity: f.severity}
	if f.fix != "" {
		finding.Fix = f.fix + ". Rollback: restore `" + f.text + "` and build again."
	}
	j.pass.Fail(finding)
}

// faults judges the mode that a path has in the end, at each step that gave it.
func (f *imageFile) faults(all imageFiles) (out []stepFault) {
	if within(f.path, "/dev") || within(f.path, "/proc") {
		return nil
	}
	open := f.bits&othersW != 0 && (f.bits&modeSticky == 0 || f.tree) && !all.closedAbove(f.path)
	known := knownPrivileged[unmerged(strings.TrimPrefix(f.path, "/"))]
	for _, step := range f.steps {
		if open && step.bits&othersW != 0 {
			out = append(out, f.openFault(step))
		}
		if step.bits&f.bits&modeSetuid != 0 && !known {
			severity := checks.High
			if escapes(path.Base(f.path)) {
				severity = checks.Critical
			}
			out = append(out, stepFault{rule: "setuid", text: step.text, expected: "no setuid bit", place: step.at, severity: severity,
				message: "Whoever gets into the container can use " + f.shown() + " to become its owner, mostly root", fix: "chmod u-s " + f.shown()})
		}
		if step.bits&f.bits&modeSetgid != 0 && programDirs[path.Base(path.Dir(f.path))] && !known {
			out = append(out, stepFault{rule: "setgid", text: step.text, expected: "no setgid bit", place: step.at,
				message: "Whoever gets into the container can use " + f.shown() + " to act as its group", fix: "chmod g-s " + f.shown()})
		}
	}
	if fault, ok := f.keyFault(); ok {
		out = append(out, fault)
	}
	return out
}

func (f *imageFile) openFault(step modeStep) stepFault {
	fix := "chmod "
	if f.tree {
		fix = "chmod -R "
	}
	return stepFault{rule: "world-writable", text: step.text, expected: "no write permission for others", place: step.at,
		message: "Every user in the container can change " + f.shown(), fix: fix + "o-w " + f.shown() + ", after giving it to the user that must write: chown app:app"}
}

// keyFault judges a key that COPY brings, by its name: in a checkout it is readable by all.
func (f *imageFile) keyFault() (stepFault, bool) {
	name := path.Base(f.source)
	if f.source == "" || !keyName.MatchString(name) || publicKey.MatchString(name) || f.known&0o004 != 0 && f.bits&0o004 == 0 {
		return stepFault{}, false
	}
	return stepFault{rule: "key-readable", text: "COPY " + f.source, expected: "no key in the image, or mode 0400 for the user that needs it", place: f.copiedAt,
		message: "The key " + f.shown() + " is in the image, readable for every user in the container and for everyone who has the image",
		fix:     "Mount it when the container starts, or in the build with RUN --mount=type=secret"}, true
}

// shown is the path as far as it is known.
func (f *imageFile) shown() string {
	switch {
	case strings.HasPrefix(f.path, "?"):
		return "the path"
	case strings.HasPrefix(f.path, "./"):
		return f.path[2:]
	}
	return f.path
}

var (
	programDirs = set("bin sbin libexec games")
	keyName     = regexp.MustCompile(`(?i)^(id_(rsa|dsa|ecdsa|ed25519).*|.*[-_.]?(private|priv|server|tls|ssl|client|host)[-_.]?key.*\.(pem|key)|.*\.(key|p12|pfx|jks)|\.env|\.env\.(prod|production|local)|\.netrc|\.pgpass|\.git-credentials|\.vault-token)$`)
	publicKey   = regexp.MustCompile(`(?i)\.pub$|public|pubkey|\.(asc|gpg)$|(apt|gpg|release|archive|repo|signing)[-_.]?key|keyring|example|sample`)
)

// ownedCode finds code that the user of the final stage owns, so that who takes over the service can change what it runs.
// Directories that are there to be written are left out.
func (s *stageState) ownedCode(final *dockerfile.Stage) (stepFault, bool) {
	user := final.Last("USER")
	if user == nil || len(user.Args) == 0 || user.Args[0].Dynamic {
		return stepFault{}, false
	}
	name, _, _ := strings.Cut(user.Args[0].Text, ":")
	if isRoot(name) {
		return stepFault{}, false
	}
	for _, f := range s.files.sorted() {
		if !f.copied || f.owner == "" || dataName.MatchString(f.path) || f.owner != name && s.users[f.owner] != name && s.users[name] != f.owner {
			continue
		}
		return stepFault{rule: "code-owned", text: "owner " + f.owner + " of " + f.shown(), place: f.copiedAt, expected: "code that root owns and the service's user reads",
			message: "The user " + name + " owns " + f.shown() + ": who takes over the service can change what it runs", fix: "Copy without --chown, and give the user only the directories that it writes"}, true
	}
	return stepFault{}, false
}

var dataName = regexp.MustCompile(`(?i)(^|/)(data|logs?|cache|tmp|temp|uploads?|media|storage|var|run|state|spool|home|conf(ig)?|volumes?)(/|$)`)

// userinfo is the user and password of a URL.
var userinfo = regexp.MustCompile(`://[^/@\s]+@`)

// commandText is the command on one line, cut where it is long, without the password of a URL.
func commandText(words []shell.Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		if parts[i] = w.Text; w.Dynamic {
			parts[i] = "(...)"
		}
	}
	text := userinfo.ReplaceAllString(strings.Join(strings.Fields(strings.Join(parts, " ")), " "), "://...@")
	const most = 80
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return text
}

// rootCapabilities lead to root, each by itself (capabilities(7)).
var rootCapabilities = set(`cap_setuid cap_setgid cap_setfcap cap_setpcap cap_dac_override cap_dac_read_search cap_chown cap_fowner
cap_sys_admin cap_sys_ptrace cap_sys_module cap_sys_rawio cap_sys_boot cap_bpf cap_mknod all`)

// broadCapability is the worst capability that setcap gives, or "".
func broadCapability(program []shell.Word) string {
	if len(program) < 3 || program[0].Text != "setcap" {
		return ""
	}
	for _, w := range program[1:] {
		at := strings.IndexAny(w.Text, "+=")
		if at < 0 || w.Dynamic || !strings.ContainsAny(w.Text[at:], "ep") {
			continue
		}
		if at == 0 {
			return "every capability"
		}
		for name := range strings.SplitSeq(strings.ToLower(w.Text[:at]), ",") {
			if rootCapabilities[name] {
				return name
			}
		}
	}
	return ""
}
