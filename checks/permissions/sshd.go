package permissions

import (
	"fmt"
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/sshd"
)

func sshdCheck() *checks.Check {
	return &checks.Check{
		ID:    "permissions/sshd",
		Title: "The SSH server lets in keys of accounts, not root",
		Why: "The SSH server is the machine's front door, tried around the clock. Where it lets in root, empty or guessed passwords, or keys " +
			"from files that others write, one guess or one open file is a login.",
		Fix:        "Write the setting into /etc/ssh/sshd_config.d/00-hardening.conf, test it with `sshd -t`, and reload the service with a session open.",
		Expected:   "Root does not log in, nobody without a key, and keys come from files that only their owner can change",
		Rollback:   "rm /etc/ssh/sshd_config.d/00-hardening.conf && systemctl reload ssh",
		Absent:     "No sshd_config was found",
		References: []string{"CWE-287", "CWE-732", "CIS Debian 12 5.1", "https://man.openbsd.org/sshd_config"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "empty-passwords", Title: "Accounts without a password can log in", Severity: checks.Critical},
			{ID: "root-login", Title: "Root can log in", Severity: checks.High},
			{ID: "password-login", Title: "A guessed password logs in", Severity: checks.Medium},
			{ID: "strict-modes", Title: "Keys from files that others can write are accepted", Severity: checks.High},
			{ID: "keys-file", Title: "Keys come from a file that others write or all accounts share", Severity: checks.High},
			{ID: "user-environment", Title: "Users set variables that load code before their login is limited", Severity: checks.Medium},
			{ID: "host-based", Title: "Another machine's word is enough to log in", Severity: checks.High},
			{ID: "forwarding", Title: "Users open ports and networks through the server", Severity: checks.Low},
			{ID: "weak-algorithm", Title: "A broken or old algorithm is allowed", Severity: checks.Low},
		},
		NoSettings: true,
		Lasting:    true,
		Wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Size < 1<<20 && (e.Name() == "sshd_config" || e.Ext() == ".conf" && path.Base(path.Dir(e.Path)) == "sshd_config.d")
		},
		File: func(p *checks.Pass, f *checks.File) error {
			if f.Binary() {
				return nil
			}
			p.Keep(f.Path, sshd.Of(f))
			return nil
		},
		Tree: judgeSSHServers,
	}
}

// judgeSSHServers judges each main file with what it includes, and drop-ins without one by themselves.
func judgeSSHServers(p *checks.Pass) error {
	var files []*sshd.File
	mains := map[string]bool{}
	for _, k := range p.Kept() {
		if f, ok := k.(*sshd.File); ok {
			files = append(files, f)
			if path.Base(f.Path) == "sshd_config" {
				mains[path.Dir(f.Path)] = true
			}
		}
	}
	for _, f := range files {
		main := path.Base(f.Path) == "sshd_config"
		if !main && mains[path.Dir(path.Dir(f.Path))] || len(f.Lines) == 0 {
			continue
		}
		lines, missing := sshd.Joined(f, files)
		effective, shadowed := sshd.InEffect(lines)
		j := &sshJudge{pass: p, path: f.Path, lines: effective, shadowed: shadowed, whole: main && len(missing) == 0}
		j.subject = checks.Subject{Kind: "SSH server", Name: f.Path}
		j.judge()
		if !j.found {
			p.OK(j.subject)
		}
	}
	return nil
}

type sshJudge struct {
	pass            *checks.Pass
	path            string
	lines, shadowed []sshd.Line // with effect, and without
	whole           bool        // nothing is missing, so what is not written has its default
	subject         checks.Subject
	found           bool
}

// global is the value for everybody, "" where it is not written.
func (j *sshJudge) global(keyword string) string {
	for _, l := range j.lines {
		if l.Keyword == keyword && l.Match == "" {
			return strings.ToLower(l.Value())
		}
	}
	return ""
}

func (j *sshJudge) judge() {
	for _, l := range j.lines {
		j.judgeLine(l)
	}
	if j.whole && j.global("passwordauthentication") == "" && !j.keysNeeded() {
		j.fail(sshd.Line{Keyword: "passwordauthentication", Place: checks.Place{Path: j.path}}, "password-login", "PasswordAuthentication no", checks.Low,
			"PasswordAuthentication is not set, and its default is yes: robots guess passwords around the clock")
	}
}

// keysNeeded reports whether every way in needs a key.
func (j *sshJudge) keysNeeded() bool {
	methods := j.global("authenticationmethods")
	for list := range strings.FieldsSeq(methods) {
		if !strings.Contains(list, "publickey") {
			return false
		}
	}
	return methods != "" && methods != "any"
}

// sshSwitches are values that are wrong by themselves.
var sshSwitches = []struct {
	keyword, value, rule, expected string
	severity                       checks.Severity
	message                        string
}{
	{"permitemptypasswords", "yes", "empty-passwords", "PermitEmptyPasswords no", 0, "An account without a password logs in with nothing"},
	{"strictmodes", "no", "strict-modes", "StrictModes yes", 0, "The server takes authorized_keys from homes and files that others can write: whoever writes one logs in"},
	{"permituserenvironment", "yes", "user-environment", "PermitUserEnvironment no", 0, "Users set LD_PRELOAD and PATH in ~/.ssh/environment, and leave a ForceCommand or a restricted shell"},
	{"hostbasedauthentication", "yes", "host-based", "HostbasedAuthentication no", 0, "Whoever is root on a trusted machine logs in as any user of this one"},
	{"rhostsrsaauthentication", "yes", "host-based", "no such line", 0, "Whoever is root on a trusted machine logs in as any user of this one"},
	{"ignorerhosts", "no", "host-based", "IgnoreRhosts yes", checks.Medium, "Users name machines that are trusted in their own .rhosts"},
	{"gatewayports", "yes", "forwarding", "GatewayPorts no", 0, "Forwarded ports listen on every address: users put services on the network past its firewall"},
	{"permittunnel", "yes", "forwarding", "PermitTunnel no", 0, "Users join networks through the server"},
	{"allowtcpforwarding", "yes", "forwarding", "AllowTcpForwarding no", checks.Info, "Users reach the network behind the server through it; jump hosts need that, others do not"},
}

func (j *sshJudge) judgeLine(l sshd.Line) {
	value := strings.ToLower(l.Value())
	for _, s := range sshSwitches {
		if l.Keyword == s.keyword && value == s.value {
			j.fail(l, s.rule, s.expected, s.severity, s.message)
		}
	}
	switch l.Keyword {
	case "permitrootlogin":
		if value != "yes" {
			return
		}
		severity, message := checks.High, "Root logs in with a password: one guess is the machine"
		if j.keysNeeded() || j.global("passwordauthentication") == "no" {
			severity, message = checks.Medium, "Root logs in: the log does not tell who it was, and one stolen key is the machine"
		}
		j.fail(l, "root-login", "PermitRootLogin no", severity, message)
	case "passwordauthentication":
		if value == "yes" && !j.keysNeeded() {
			j.fail(l, "password-login", "PasswordAuthentication no", 0, "Robots guess passwords around the clock; a key cannot be guessed")
		}
	case "authorizedkeysfile":
		j.judgeKeysFile(l)
	case "ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes", "protocol":
		if weak := weakAlgorithms(l); weak != "" {
			j.fail(l, "weak-algorithm", "the default list of OpenSSH", 0, "The line allows "+weak+", which an attacker on the way breaks or will")
		}
	}
}

// judgeKeysFile judges absolute paths: %u and %h give each account its own.
func (j *sshJudge) judgeKeysFile(l sshd.Line) {
	for _, file := range l.Args {
		own := strings.Contains(file, "%u") || strings.Contains(file, "%h") || strings.Contains(file, "%U")
		switch {
		case !strings.HasPrefix(file, "/"):
		case strings.HasPrefix(file, "/tmp/") || strings.HasPrefix(file, "/var/tmp/") || strings.HasPrefix(file, "/dev/shm/"):
			j.fail(l, "keys-file", "AuthorizedKeysFile .ssh/authorized_keys", 0, "Every user writes in the directory of "+file+": whoever makes the file first logs in as the others")
		case !own:
			j.fail(l, "keys-file", "a path with %u or %h", checks.Medium, "Each key in "+file+" logs in as every account, root too where it may")
		}
	}
}

// weakAlgorithms are those of a list that adds or sets them; a list with - takes them away.
func weakAlgorithms(l sshd.Line) string {
	list := l.Value()
	if strings.HasPrefix(list, "-") {
		return ""
	}
	var weak []string
	for name := range strings.SplitSeq(strings.TrimLeft(list, "+^"), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		base, _, _ := strings.Cut(name, "@")
		switch {
		case l.Keyword == "protocol" && name == "1", strings.HasSuffix(base, "-cbc"), strings.HasPrefix(base, "arcfour"), strings.Contains(base, "hmac-md5"),
			strings.Contains(base, "hmac-sha1"), strings.HasPrefix(base, "umac-64"), strings.HasPrefix(base, "hmac-ripemd"), base == "none",
			strings.HasPrefix(base, "diffie-hellman-group") && strings.HasSuffix(base, "-sha1"), base == "ssh-dss", base == "ssh-rsa":
			weak = append(weak, name)
		}
	}
	return strings.Join(weak, ", ")
}

func (j *sshJudge) fail(l sshd.Line, rule, expected string, severity checks.Severity, message string) {
	j.found = true
	f := checks.Finding{Rule: rule, Subject: j.subject, Place: l.Place, Attribute: l.Keyword, Expected: expected, Actual: "not set", Severity: severity, Message: message}
	if len(l.Args) > 0 {
		f.Actual = l.Keyword + " " + l.Value()
	}
	if l.Match != "" {
		f.Attribute += " Match " + l.Match
		f.Message += "; this holds for Match " + l.Match
	}
	for _, s := range j.shadowed {
		if s.Keyword == l.Keyword && s.Match == l.Match {
			f.Message += fmt.Sprintf("; %s %s at %s comes later and has no effect", s.Keyword, s.Value(), s.Place)
			break
		}
	}
	f.Fix = fmt.Sprintf("Take the line out, or write `%s` before it (the first value holds): into /etc/ssh/sshd_config.d/00-hardening.conf where the main file "+
		"includes that directory; then `sshd -t && systemctl reload ssh`. Rollback: restore the line and reload.", expected)
	if testPath(j.path) {
		f.Severity = checks.Low
	}
	j.pass.Fail(f)
}
