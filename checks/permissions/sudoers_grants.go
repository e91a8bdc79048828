package permissions

import (
	"fmt"
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/sudoers"
)

// adminGroups are those that distributions make for people who may be root.
var adminGroups = set("%sudo %wheel %admin %root %#0 %sudoers root #0")

// maxAliasDepth bounds aliases inside aliases, maxGranted what they expand to.
const (
	maxAliasDepth = 16
	maxGranted    = 2000
)

// judgeGrant judges the commands that others than root get.
func (j *sudoersJudge) judgeGrant(g sudoers.Grant) {
	who := grantees(g.Users)
	if len(who) == 0 {
		return
	}
	commands := j.expand(g.Commands, 0)
	told := false
	for _, c := range commands {
		switch {
		case !j.asRoot(c):
		case c.Negated:
			if !told && grantsAll(commands) {
				told = true
				j.negation(c)
			}
		case c.Path == "ALL":
			j.judgeAll(who, c)
		default:
			j.judgeCommand(c)
		}
		for _, r := range c.RunAs {
			if r.Negated && (r.Text == "root" || r.Text == "#0") && !c.Negated {
				j.fail(checks.Finding{Rule: "negation", Place: c.Place, Attribute: "!root", Expected: "the accounts that the command may run as",
					Actual: "!root", Message: "All but root includes accounts that lead to root, and before sudo 1.8.28 `sudo -u#-1` was root (CVE-2019-14287)",
					Fix: "Name the accounts."})
			}
		}
	}
}

// grantees are the users of a grant without root.
func grantees(users []sudoers.Item) (who []string) {
	for _, u := range users {
		if !u.Negated && u.Text != "root" && u.Text != "#0" {
			who = append(who, u.Text)
		}
	}
	return who
}

func grantsAll(commands []sudoers.Command) bool {
	for _, c := range commands {
		if c.Path == "ALL" && !c.Negated {
			return true
		}
	}
	return false
}

// expand puts the commands of aliases in their place; what holds for the alias holds for them.
func (j *sudoersJudge) expand(list []sudoers.Command, depth int) (out []sudoers.Command) {
	for _, c := range list {
		known := j.aliases[c.Path]
		if len(known) == 0 || depth >= maxAliasDepth {
			out = append(out, c)
			continue
		}
		for _, a := range known {
			for _, inner := range j.expand(a.Commands, depth+1) {
				inner.RunAs, inner.Groups, inner.Tags = c.RunAs, c.Groups, c.Tags
				inner.Negated = inner.Negated != c.Negated
				if len(out) < maxGranted {
					out = append(out, inner)
				}
			}
		}
	}
	return out
}

// asRoot reports whether the command may run as root: no list, or one with root, ALL or an alias.
func (j *sudoersJudge) asRoot(c sudoers.Command) bool {
	if c.RunAs == nil {
		return true
	}
	for _, r := range c.RunAs {
		if !r.Negated && (r.Text == "root" || r.Text == "#0" || r.Text == "ALL" || len(j.aliases[r.Text]) > 0 || adminGroups[r.Text]) {
			return true
		}
	}
	return false
}

func (j *sudoersJudge) judgeAll(who []string, c sudoers.Command) {
	f := checks.Finding{Place: c.Place, Attribute: strings.Join(who, ","), Expected: "single commands, or a password and the administrators' group", Actual: "ALL"}
	strangers := 0
	for _, w := range who {
		if !adminGroups[w] {
			strangers++
		}
	}
	switch {
	case c.Tags["NOPASSWD"]:
		f.Rule, f.Actual = "no-password", "NOPASSWD: ALL"
		f.Message = strings.Join(who, ", ") + " is root without a password: whoever runs one program as that user has the machine"
		f.Fix = "Take NOPASSWD: off, or name the commands that a job needs with their arguments."
	case strangers > 0:
		f.Rule, f.Message = "everything", strings.Join(who, ", ")+" may run anything as root"
		f.Fix = "Name the commands, or put people who administer the machine into the group sudo or wheel."
		f.Severity = checks.Low
		for _, w := range who {
			if w == "ALL" || strings.HasPrefix(w, "%") && !adminGroups[w] {
				f.Severity = checks.Medium
			}
		}
	default:
		return
	}
	j.fail(f)
}

func (j *sudoersJudge) negation(c sudoers.Command) {
	j.fail(checks.Finding{Rule: "negation", Place: c.Place, Attribute: c.Path, Expected: "a list of what is allowed", Actual: "ALL, !" + c.Path,
		Message: "All but " + c.Path + " is all: a copy of the program under another name, or a shell, runs it (sudoers(5), Limitations of the '!' operator)",
		Fix:     "List the commands that are allowed."})
}

// judgeCommand judges a single program.
func (j *sudoersJudge) judgeCommand(c sudoers.Command) {
	text := strings.TrimSpace(c.Path + " " + c.Args)
	f := checks.Finding{Place: c.Place, Attribute: text, Actual: text}
	name := path.Base(c.Path)
	power, known := sudoEscapes[name]
	switch {
	case usersWrite(c.Path) && len(c.Digests) == 0:
		j.userPath(c.Path, c.Place)
		return
	case c.Tags["SETENV"]:
		f.Rule, f.Expected = "environment", "no SETENV"
		f.Message = "With SETENV the user sets LD_PRELOAD or the search path of an interpreter for " + name + ", and runs his own code as root"
		f.Fix = "Take SETENV: off; keep single variables with env_keep."
	case wildcard(c.Path):
		f.Rule, f.Expected = "wildcard", "the path of one program"
		f.Message = "The wildcard in the path grants every program that matches it, also one that is put there later"
		f.Fix = "Name each program."
		if c.Path == "sudoedit" {
			return
		}
	case known && c.AnyArgs && !(c.Tags["NOEXEC"] && power == viewerPower):
		f.Rule, f.Expected = "escape", "a program that does one thing, with its arguments"
		f.Message = fmt.Sprintf("%s, with any arguments, %s", name, powers[power])
		f.Fix = escapeFix(name, power)
	case wildcard(c.Args):
		f.Rule, f.Expected = "wildcard", "arguments that are written out, or a ^regular expression$ of sudo 1.9.10"
		f.Message = "A wildcard among the arguments also matches blanks and slashes: the user adds arguments and leaves the directory with .."
		f.Fix = "Write the arguments out, or ^...$ with a class that has neither blank nor dot, such as [a-z0-9_-]+."
		if !known {
			f.Severity = checks.Medium
		}
	case power == viewerPower && known && !c.Tags["NOEXEC"] && c.Args != "" && !strings.Contains(c.Args, "--no-pager"):
		if name == "systemctl" && !strings.HasPrefix(c.Args, "status") && !strings.HasPrefix(c.Args, "edit") {
			return
		}
		f.Rule, f.Expected, f.Severity = "escape", "a program that opens no shell", checks.Medium
		f.Message = name + " opens a shell at a key press (`!sh`), whatever its arguments: it runs as root"
		f.Fix = escapeFix(name, power)
	default:
		return
	}
	j.fail(f)
}

func escapeFix(name string, power power) string {
	switch {
	case sudoEditors[name]:
		return "Grant `sudoedit /etc/FILE` in its place: the editor then runs as the user."
	case power == viewerPower:
		return "Write NOEXEC: before it, or add --no-pager to its arguments."
	}
	return "Put the one thing that is needed into a script in /usr/local/sbin that only root can change, and grant that, or write the arguments out."
}

// wildcard reports *, ? or [ that no backslash takes the meaning of.
func wildcard(text string) bool {
	if strings.HasPrefix(text, "^") {
		return false
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '*', '?', '[':
			return true
		}
	}
	return false
}
