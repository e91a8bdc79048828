package permissions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func hostAccounts() *checks.Check {
	return &checks.Check{
		ID:    "permissions/accounts",
		Title: "Only root has root's power, and new files are closed",
		Why: "A second account with the number 0, or a member of a group that rules the disk or the container engine, is root by another " +
			"name: no sudo, no log. A umask that leaves others the right to write undoes every other mode, one new file at a time.",
		Fix:        "Give the account another number (usermod -u), take it out of the group (gpasswd -d USER GROUP), set UMASK 027 in /etc/login.defs.",
		Expected:   "One account with the number 0, nobody in groups that are as good as root, each login with a password, umask 027",
		Rollback:   "usermod -u 0 -o NAME, gpasswd -a USER GROUP; the finding names the line that was",
		Absent:     "The target is not the root of a system, so its accounts are not known",
		References: []string{"CWE-250", "CWE-276", "CWE-258", "CIS Debian 12 7.2", "CIS Debian 12 5.4.2", "CIS Debian 12 5.4.3.3", "https://docs.docker.com/engine/security/"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "second-root", Title: "A second account is root", Severity: checks.Critical},
			{ID: "root-group", Title: "An account is in a group that is as good as root", Severity: checks.High},
			{ID: "empty-password", Title: "An account logs in without a password", Severity: checks.Critical},
			{ID: "password-in-passwd", Title: "A password's hash stands in the file that all can read", Severity: checks.High},
			{ID: "shared-number", Title: "Two accounts have one number", Severity: checks.Medium},
			{ID: "umask-open", Title: "New files can be changed by every user", Severity: checks.High,
				Fix: "Set the umask to 027, or 077 where nothing is shared."},
			{ID: "umask-wide", Title: "New files can be read by every user", Severity: checks.Low,
				Fix: "Set the umask to 027, or 077 where nothing is shared."},
		},
		NoSettings: true,
		Tree:       judgeAccounts,
	}
}

func judgeAccounts(p *checks.Pass) error {
	h := hostOf(p)
	if h == nil {
		return nil
	}
	numbers := map[int]string{}
	for _, u := range h.users {
		f := checks.Finding{Subject: checks.Subject{Kind: "account", Name: u.name}, Place: checks.Place{Path: "etc/passwd", Line: u.line}, Attribute: u.name}
		switch first, taken := numbers[u.uid]; {
		case u.uid == 0 && u.name != "root":
			f.Rule, f.Expected, f.Actual = "second-root", "the number 0 for root only", "uid 0"
			f.Message = "The account " + u.name + " is root by another name"
			f.Fix = fmt.Sprintf("usermod -u NUMBER %[1]s with a number that is free, or userdel %[1]s (back: usermod -o -u 0 %[1]s)", u.name)
		case taken:
			f.Rule, f.Expected, f.Actual = "shared-number", "a number of its own", fmt.Sprint("uid ", u.uid)
			f.Message = "The accounts " + first + " and " + u.name + " are one to the system: each owns the other's files"
			f.Fix = fmt.Sprintf("usermod -u NUMBER %[1]s with a number that is free (back: usermod -o -u %[2]d %[1]s)", u.name, u.uid)
		default:
			numbers[u.uid] = u.name
		}
		report(p, f)
	}
	judgePasswords(p, h)
	judgeGroups(p, h)
	judgeUmasks(p, h)
	return nil
}

// judgePasswords looks for accounts that log in without one, and for hashes outside etc/shadow (shadow(5)).
func judgePasswords(p *checks.Pass, h *host) {
	shells := map[string]account{}
	for _, u := range h.users {
		shells[u.name] = u
	}
	for _, file := range []string{"etc/passwd", "etc/shadow"} {
		for line, fields := range colonLines(h.text(file), 2) {
			f := checks.Finding{Subject: checks.Subject{Kind: "password", Name: fields[0] + " in " + file}, Place: checks.Place{Path: file, Line: line}, Attribute: fields[0],
				Expected: "a hash in etc/shadow, or a lock (! or *)"}
			u, known := shells[fields[0]]
			switch hash := fields[1]; {
			case hash == "" && known && h.logsIn(u):
				f.Rule, f.Actual, f.Message = "empty-password", "an empty field", u.name+" logs in without a password"
				f.Fix = "passwd -l " + u.name + " (back: passwd -d " + u.name + ")"
			case file == "etc/passwd" && len(hash) >= 13:
				f.Rule, f.Actual, f.Message = "password-in-passwd", "a hash", "Every user of the machine can read this hash and try passwords against it"
				f.Fix = "pwconv (back: pwunconv)"
			}
			report(p, f)
		}
	}
}

// rootGroups are as good as root, by why.
var rootGroups = map[string]string{
	"docker": "starts a container with the machine's disk in it", "lxd": "starts a container with the machine's disk in it", "incus-admin": "starts a container with the machine's disk in it",
	"libvirt": "starts a virtual machine with the machine's disk in it", "disk": "reads and writes every file through the disk's device", "shadow": "reads the password hashes",
	"kmem": "reads the memory of the kernel", "root": "can change what the group root may change",
}

func judgeGroups(p *checks.Pass, h *host) {
	for _, g := range h.groups {
		why, equal := rootGroups[g.name]
		if !equal {
			continue
		}
		members := slices.DeleteFunc(h.members(g.gid), func(name string) bool {
			return !slices.ContainsFunc(h.users, func(u account) bool { return u.name == name && h.logsIn(u) && u.uid != 0 })
		})
		f := checks.Finding{Subject: checks.Subject{Kind: "group", Name: g.name}, Place: checks.Place{Path: "etc/group", Line: g.line}, Attribute: g.name}
		if len(members) > 0 {
			f.Rule, f.Expected, f.Actual = "root-group", "no account that logs in", "members: "+strings.Join(members, ", ")
			f.Message = "Who is in the group " + g.name + " " + why + ", and so is root: " + strings.Join(members, ", ")
			f.Fix = fmt.Sprintf("gpasswd -d %[1]s %[2]s (back: gpasswd -a %[1]s %[2]s)", members[0], g.name)
		}
		report(p, f)
	}
}

// judgeUmasks reads the umask that logins, shells and services start with.
func judgeUmasks(p *checks.Pass, h *host) {
	files := []string{"etc/login.defs", "etc/profile", "etc/bash.bashrc", "etc/bashrc", "etc/default/login", "root/.bashrc", "root/.profile", "root/.bash_profile", "etc/systemd/system.conf"}
	for _, dir := range []struct{ path, end string }{{"etc/profile.d", ".sh"}, {"etc/pam.d", ""}} {
		for _, name := range h.names(dir.path) {
			if strings.HasSuffix(name, dir.end) && !backupName(name) {
				files = append(files, dir.path+"/"+name)
			}
		}
	}
	for _, file := range files {
		n := 0
		for line := range strings.Lines(h.text(file)) {
			n++
			mask, ok := umaskOf(file, strings.TrimSpace(line))
			if !ok {
				continue
			}
			f := checks.Finding{Subject: checks.Subject{Kind: "umask", Name: fmt.Sprint(file, ":", n)}, Place: checks.Place{Path: file, Line: n}, Attribute: "umask",
				Expected: "umask 027 or stricter", Actual: fmt.Sprintf("umask %03o", mask)}
			switch {
			case mask&0o002 == 0:
				f.Rule, f.Message = "umask-open", "Every user of the machine can change what is made with this umask"
			case mask&0o005 != 0o005:
				f.Rule, f.Message = "umask-wide", "Every user of the machine can read what is made with this umask"
			}
			f.Fix = fmt.Sprintf("sed -i '%[1]ds/%03[2]o/027/' /%[3]s (back: sed -i '%[1]ds/027/%03[2]o/' /%[3]s)", n, mask, file)
			report(p, f)
		}
	}
}

// umaskOf reads the umask of one line, in the language of the file.
func umaskOf(file, line string) (mask uint64, ok bool) {
	fields := strings.Fields(strings.ReplaceAll(line, "=", " "))
	if len(fields) < 2 || strings.HasPrefix(line, "#") {
		return 0, false
	}
	value := ""
	switch {
	case strings.HasPrefix(file, "etc/pam.d/"):
		if i := slices.Index(fields, "umask"); i > 0 && i+1 < len(fields) && strings.Contains(line, "pam_umask") {
			value = fields[i+1]
		}
	case strings.EqualFold(fields[0], "umask"):
		value = strings.TrimRight(fields[1], ";")
	}
	mask, err := strconv.ParseUint(value, 8, 32)
	return mask, err == nil && mask <= 0o777
}
