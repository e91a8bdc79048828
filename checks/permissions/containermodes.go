package permissions

import (
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

func containerModes() *checks.Check {
	return &checks.Check{
		ID:    "permissions/container-modes",
		Title: "Images hold no world-writable or setuid files",
		Why: "chmod 777 is the usual cure for a permission error in a build. It lets a hacked process change the code it runs, and with a " +
			"setuid bit or a broad capability it becomes root in the container again.",
		Fix:        "Give the files to the user that runs: COPY --chown=app:app --chmod=u=rwX,go=rX, or chown in the build. Name only what must be written.",
		Expected:   "No build step of the final stage gives others write permission, a setuid bit or a broad capability",
		Rollback:   "Restore the old mode of the one directory that the service turns out to write to, for its own user",
		Absent:     "No Dockerfile was found",
		References: []string{"CWE-732", "CWE-250", "CWE-276", "CIS Docker 4.8"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "world-writable", Title: "A build step lets every user write", Severity: checks.High},
			{ID: "setuid", Title: "A build step makes a program setuid", Severity: checks.High},
			{ID: "capability", Title: "A build step gives a program a capability that is as good as root", Severity: checks.High},
			{ID: "umask", Title: "A build step makes new files world-writable", Severity: checks.Medium},
		},
		Wants: dockerfile.Wants,
		File:  containerModesFile,
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
	for _, stage := range final.Chain() {
		for _, in := range stage.Instructions {
			j.instruction(in)
		}
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

func (j *modeJudge) instruction(in *dockerfile.Instruction) {
	switch in.Name {
	case "COPY", "ADD":
		if mode, ok := in.Flag("chmod"); ok && !mode.Dynamic {
			last := ""
			if n := len(in.Args); n > 0 {
				last = in.Args[n-1].Text
			}
			j.change(change{mode: mode.Text, targets: []string{last}, recursive: true}, in.Place, in.Name+" --chmod="+mode.Text+" "+last)
		}
	case "RUN":
		if in.Windows() && !in.Exec {
			j.blind = true
			j.pass.NotApplicable("The build steps are written for PowerShell or cmd, which are not read")
			return
		}
		commands, err := in.Commands()
		if err != nil {
			j.unread(in, err)
		}
		for i, c := range commands {
			j.command(c, commands[i+1:min(len(commands), i+1+maxLater)])
		}
	}
}

func (j *modeJudge) command(c dockerfile.Command, later []dockerfile.Command) {
	program := c.Program()
	for _, words := range append(shell.Found(program), program) {
		text := commandText(words)
		if ch, ok := modeChange(words); ok && !removed(ch.targets, later) {
			j.change(ch, c.Place, text)
		}
		if umaskOpen(words) {
			j.fail("umask", text, c.Place, "a umask of 022 or 027", "Files that this build step makes from here on are writable by every user")
		}
		if broad := broadCapability(words); broad != "" {
			j.fail("capability", text, c.Place, "no capability that is as good as root", "The program gets "+broad+", with which it can become root")
		}
	}
}

func (j *modeJudge) change(c change, place checks.Place, text string) {
	g, ok := parseMode(c.mode)
	if !ok || allBelow(c.targets, "/dev/", "/proc/") {
		return
	}
	if g.othersWrite && (!g.sticky || c.recursive) {
		j.fail("world-writable", text, place, "no write permission for others", "Every user in the container can change these files")
	}
	if g.setuid && !allKnownPrivileged(c.targets) {
		j.fail("setuid", text, place, "no setuid bit", "Whoever gets into the container can use this program to become its owner, mostly root")
	}
}

func (j *modeJudge) fail(rule, text string, place checks.Place, expected, message string) {
	j.failed = true
	j.pass.Fail(checks.Finding{Rule: rule, Subject: j.subject, Place: place, Attribute: text, Expected: expected, Actual: text, Message: message})
}

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

// maxLater is how many of the later commands of a step are looked at for the removal of what one command changed.
const maxLater = 500

// removed reports that a later command of the same step removes every target: it was there for the build only.
func removed(targets []string, later []dockerfile.Command) bool {
	gone := func(target string) bool {
		for _, c := range later {
			program := c.Program()
			if len(program) == 0 || program[0].Text != "rm" {
				continue
			}
			for _, w := range program[1:] {
				if w.Text == target || strings.HasPrefix(target, strings.TrimSuffix(w.Text, "/")+"/") && w.Text != "" && w.Text[0] != '-' {
					return true
				}
			}
		}
		return false
	}
	for _, target := range targets {
		if !gone(target) {
			return false
		}
	}
	return len(targets) > 0
}

func allBelow(targets []string, dirs ...string) bool {
	for _, t := range targets {
		below := false
		for _, dir := range dirs {
			below = below || strings.HasPrefix(t, dir)
		}
		if !below {
			return false
		}
	}
	return len(targets) > 0
}

func allKnownPrivileged(targets []string) bool {
	for _, t := range targets {
		if !path.IsAbs(t) || !knownPrivileged[unmerged(strings.TrimPrefix(path.Clean(t), "/"))] {
			return false
		}
	}
	return len(targets) > 0
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
