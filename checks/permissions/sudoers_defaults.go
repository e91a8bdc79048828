package permissions

import (
	"path"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/sudoers"
)

// maxTimestamp is how many minutes a password may count (CIS Debian 12 5.2.6).
const maxTimestamp = 15

// judgeDefault judges one setting, for everybody or for some.
func (j *sudoersJudge) judgeDefault(d sudoers.Default) {
	f := checks.Finding{Place: d.Place, Attribute: d.Name, Actual: defaultText(d)}
	switch {
	case d.Name == "authenticate" && d.Off:
		f.Rule, f.Expected = "no-authentication", "authenticate"
		f.Message = "sudo asks for no password: whoever sits at, or takes over, the account is root"
		f.Fix = "Take !authenticate out; give single commands the tag NOPASSWD where a job needs it."
		if d.Scope == '!' {
			f.Severity = checks.Medium
		}
	case d.Name == "env_reset" && d.Off, d.Name == "setenv" && !d.Off:
		f.Rule, f.Expected = "environment", "env_reset, and no setenv"
		f.Message = "The user's environment reaches what root runs: LD_PRELOAD and the search paths of interpreters load his code"
		f.Fix = "Write `Defaults env_reset`, and keep single variables with env_keep."
	case (d.Name == "env_keep" || d.Name == "env_check") && !d.Off && d.Operator != "-=":
		name := loaderVariable(d.Value)
		if name == "" || d.Name == "env_check" {
			return
		}
		f.Rule, f.Expected, f.Attribute = "environment", "no variable that loads code", name
		f.Message = "sudo keeps " + name + ": with it the user loads his own code into what root runs"
		f.Fix = "Take " + name + " out of env_keep."
	case d.Name == "secure_path" && !d.Off:
		for dir := range strings.SplitSeq(d.Value, ":") {
			if dir == "" || dir[0] != '/' || usersWrite(dir+"/") {
				j.userPath(dir, d.Place)
				return
			}
		}
		return
	case (d.Name == "targetpw" || d.Name == "rootpw" || d.Name == "runaspw") && !d.Off:
		f.Rule, f.Expected = "other-password", "the user's own password"
		f.Message = "Users must know the password of another account, so it is shared and tells nobody apart"
		f.Fix = "Take " + d.Name + " out."
	case d.Name == "timestamp_timeout" && !d.Off:
		minutes, err := strconv.ParseFloat(d.Value, 64)
		if err != nil || minutes >= 0 && minutes <= maxTimestamp {
			return
		}
		f.Rule, f.Expected = "timestamp", "timestamp_timeout between 0 and 15 minutes"
		f.Message = "A password that was given once counts for too long: whoever finds the terminal open is root"
		if minutes < 0 {
			f.Severity, f.Message = checks.Medium, "A password that was given once counts until the machine restarts"
		}
		f.Fix = "Write `Defaults timestamp_timeout=5`."
	case d.Name == "tty_tickets" && d.Off, d.Name == "timestamp_type" && d.Value == "global":
		f.Rule, f.Expected = "timestamp", "a password for each terminal"
		f.Message = "A password given in one terminal counts in every other session of the account, also in an intruder's"
		f.Fix = "Take the setting out."
	case d.Name == "use_pty" && d.Off:
		f.Rule, f.Expected, f.Severity = "no-pty", "use_pty", checks.Low
		f.Message, f.Fix = "A program that root runs can leave a process behind that types into the user's terminal", "Write `Defaults use_pty`."
	default:
		return
	}
	j.fail(f)
}

// judgeAbsent says what the main file leaves out.
func (j *sudoersJudge) judgeAbsent() {
	if path.Base(j.file.path) != "sudoers" {
		return
	}
	said := map[string]bool{}
	for _, f := range j.all {
		for _, d := range f.Defaults {
			said[d.Name] = said[d.Name] || readBySudo(f.path)
		}
	}
	for _, a := range []struct{ rule, name, line, message string }{
		{"no-pty", "use_pty", "Defaults use_pty", "Before sudo 1.9.14 a command shares the user's terminal, and may leave a process behind that types into it"},
		{"no-log", "logfile", "Defaults logfile=/var/log/sudo.log", "What sudo ran stands only in the system's log, among everything else"},
	} {
		if !said[a.name] {
			j.fail(checks.Finding{Rule: a.rule, Place: checks.Place{Path: j.file.path}, Attribute: a.name, Expected: a.line, Actual: "not set",
				Message: a.message, Fix: "Add `" + a.line + "`."})
		}
	}
}

func defaultText(d sudoers.Default) string {
	text := "Defaults "
	if d.Off {
		text += "!"
	}
	return text + d.Name + d.Operator + d.Value
}

// loaderVariable is the first variable of a list that makes a program load code, or "".
func loaderVariable(list string) string {
	for _, word := range strings.Fields(list) {
		name, _, _ := strings.Cut(word, "=")
		for _, loader := range loaderVariables {
			if name == loader || strings.HasSuffix(name, "*") && strings.HasPrefix(loader, strings.TrimSuffix(name, "*")) {
				return name
			}
		}
	}
	return ""
}

// loaderVariables make a dynamic linker, a shell or an interpreter load what they name (ld.so(8), bash(1), python(1), perlrun(1)).
var loaderVariables = strings.Fields(`LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT PATH PYTHONPATH PYTHONHOME PYTHONSTARTUP PERL5LIB PERLLIB PERL5OPT RUBYLIB RUBYOPT
NODE_OPTIONS NODE_PATH BASH_ENV ENV SHELLOPTS JAVA_TOOL_OPTIONS CLASSPATH GCONV_PATH LUA_PATH LUA_CPATH GIT_SSH_COMMAND`)

// usersWrite reports a path below a directory where users write.
func usersWrite(path string) bool {
	for _, dir := range []string{"/home/", "/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/"} {
		if strings.HasPrefix(path, dir) {
			return true
		}
	}
	return false
}

func (j *sudoersJudge) userPath(what string, place checks.Place) {
	j.fail(checks.Finding{Rule: "user-path", Place: place, Attribute: what, Expected: "a path that only root can change", Actual: what,
		Message: "Users write in the directory of " + what + ": whoever replaces it runs his own code as root",
		Fix:     "Install it below /usr/local/sbin, owned by root with mode 0755, and name that path."})
}
