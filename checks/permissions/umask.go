package permissions

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func umaskCheck() *checks.Check {
	return &checks.Check{
		ID:    "permissions/umask",
		Title: "New files of accounts are closed to others",
		Why: "The mask takes permissions from every file that an account makes. With 000 each new file, also one that root makes in its shell, " +
			"can be changed by every user of the machine.",
		Fix:        "Write UMASK 027 into /etc/login.defs, load pam_umask.so in /etc/pam.d/common-session, and take umask lines out of profiles.",
		Expected:   "The mask of logins takes write permission from others",
		Rollback:   "Restore the old number; it holds for new logins only, and changes no file that exists",
		Absent:     "No file that sets the mask of logins was found",
		References: []string{"CWE-276", "CIS Debian 12 5.4.2.6", "CIS Debian 12 5.4.3.3", "https://man7.org/linux/man-pages/man8/pam_umask.8.html"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "writable", Title: "Every user can change the new files of accounts", Severity: checks.High},
			{ID: "readable", Title: "Every user can read the new files of accounts", Severity: checks.Info},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      func(e *checks.Entry) bool { return e.Mode.IsRegular() && e.Size < 1<<20 && maskLine(e.Path) != nil },
		File:       judgeUmaskFile,
	}
}

var (
	loginMask   = regexp.MustCompile(`(?m)^[ \t]*UMASK[ \t]+(0?[0-7]{1,4})\b`)
	pamMask     = regexp.MustCompile(`(?m)^[^#\n]*pam_umask\.so\b[^#\n]*\bumask=(0?[0-7]{1,4})\b`)
	profileMask = regexp.MustCompile(`(?m)^[ \t]*umask[ \t]+(0?[0-7]{1,4})\b`)
)

// maskLine is how a file of that name sets the mask, or nil where it sets none.
func maskLine(file string) *regexp.Regexp {
	switch at := "/" + file; {
	case strings.HasSuffix(at, "/login.defs"):
		return loginMask
	case strings.HasSuffix(path.Dir(at), "/pam.d"):
		return pamMask
	case strings.HasSuffix(path.Dir(at), "/etc/profile.d"), strings.HasSuffix(at, "/etc/profile"), strings.HasSuffix(at, "/etc/bash.bashrc"),
		strings.HasSuffix(at, "/etc/bashrc"), strings.HasSuffix(at, "/root/.bashrc"), strings.HasSuffix(at, "/root/.profile"):
		return profileMask
	}
	return nil
}

// judgeUmaskFile judges each line that sets the mask.
func judgeUmaskFile(p *checks.Pass, f *checks.File) error {
	if f.Binary() {
		return nil
	}
	text := f.Text()
	for _, at := range maskLine(f.Path).FindAllStringSubmatchIndex(text, 1000) {
		written := text[at[2]:at[3]]
		mask, err := strconv.ParseUint(written, 8, 16)
		if err != nil {
			continue
		}
		place := f.Place(at[2], at[3])
		finding := checks.Finding{Subject: checks.Subject{Kind: "mask", Name: place.String()}, Place: place, Attribute: "umask", Expected: "027", Actual: written,
			Fix: "Write 027 in place of " + written + ". Rollback: " + written + "."}
		switch {
		case mask&0o002 == 0:
			finding.Rule, finding.Message = "writable", "What the account makes can be changed by every user of the machine"
		case mask&0o004 == 0 && path.Base(f.Path) == "login.defs":
			finding.Rule, finding.Message = "readable", "What accounts make can be read by every user of the machine; CIS asks for 027"
		default:
			p.OK(finding.Subject)
			continue
		}
		if testPath(f.Path) {
			finding.Severity = checks.Low
		}
		p.Fail(finding)
	}
	return nil
}
