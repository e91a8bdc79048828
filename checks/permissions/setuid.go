package permissions

import (
	"hash/maphash"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
)

func setuid() *checks.Check {
	return &checks.Check{
		ID:    "permissions/setuid",
		Title: "Only known system programs are setuid or setgid",
		Why: "A setuid program runs as its owner, mostly root, whoever starts it. A shell, an interpreter or a home-made tool with that " +
			"bit gives every user of the machine root's power, and is the classic back door left after a break-in.",
		Fix:        "Take the bit away: chmod u-s,g-s PATH. Where a program needs one privilege, give it that one (a systemd capability, sudo for one command).",
		Expected:   "Only programs that the distribution ships setuid or setgid are so",
		Rollback:   "chmod u+s PATH restores the bit",
		Absent:     "No setuid or setgid file was found",
		References: []string{"CWE-250", "CWE-269", "CIS Debian 12 7.1.13"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "escape", Title: "A program that runs what it is told is setuid or setgid", Severity: checks.Critical},
			{ID: "writable", Title: "A setuid or setgid file can be changed by others", Severity: checks.Critical},
			{ID: "setuid-unknown", Title: "A setuid program that is not the distribution's", Severity: checks.High},
			{ID: "setgid-unknown", Title: "A setgid program that is not the distribution's", Severity: checks.Medium},
			{ID: "packaged", Title: "A packaged program that is not known to need the bit", Severity: checks.Low, Precision: checks.PrecisionMedium},
			{ID: "no-effect", Title: "The bit is set on a file that cannot be executed", Severity: checks.Low},
		},
		Entry: setuidEntry,
		Wants: func(e *checks.Entry) bool {
			return e.Ext() == ".list" && strings.HasSuffix(path.Dir(e.Path), "lib/dpkg/info")
		},
		File: setuidPackages,
		Tree: judgeSetuid,
	}
}

// privileged is a setuid or setgid regular file.
type privileged checks.Entry

func setuidEntry(p *checks.Pass, e *checks.Entry) {
	if e.Mode.IsRegular() && onDisk(p, e) && e.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		p.Keep(e.Path, privileged(*e))
	}
}

// packageFiles are the files of one Debian package, hashed: the names of a whole system take too much memory.
type packageFiles []uint64

var hashSeed = maphash.MakeSeed()

func setuidPackages(p *checks.Pass, f *checks.File) error {
	var files packageFiles
	for line := range strings.Lines(f.Text()) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "/")
		if strings.Contains(line, "bin/") || strings.Contains(line, "lib") || strings.Contains(line, "games/") {
			files = append(files, maphash.String(hashSeed, unmerged(line)))
		}
	}
	p.Keep(f.Path, files)
	return nil
}

// unmerged removes the usr/ of a merged /usr, so that /bin/su and /usr/bin/su are one name.
func unmerged(name string) string { return strings.TrimPrefix(name, "usr/") }

func judgeSetuid(p *checks.Pass) error {
	packaged := map[uint64]bool{}
	var found []privileged
	for _, kept := range p.Kept() {
		switch k := kept.(type) {
		case packageFiles:
			for _, h := range k {
				packaged[h] = true
			}
		case privileged:
			found = append(found, k)
		}
	}
	for i := range found {
		e := (*checks.Entry)(&found[i])
		rule, message := judgePrivileged(p.Target().Locator, e, packaged)
		if rule == "" {
			p.OK(e.Subject())
			continue
		}
		p.Fail(checks.Finding{
			Rule: rule, Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Attribute: "mode",
			Expected: "no setuid or setgid bit", Actual: modeText(e), Message: message,
		})
	}
	return nil
}

func judgePrivileged(root string, e *checks.Entry, packaged map[uint64]bool) (rule, message string) {
	bit := "setgid"
	if e.Mode&fs.ModeSetuid != 0 {
		bit = "setuid"
	}
	names := systemNames(root, e.Path)
	known := false
	for _, name := range names {
		known = known || knownPrivileged[name]
	}
	switch {
	case e.Mode.Perm()&0o111 == 0:
		return "no-effect", "The " + bit + " bit is set on a file that cannot be executed: a mistake, or one chmod away from a back door"
	case e.Mode.Perm()&0o002 != 0:
		return "writable", "Every user of the machine can change this " + bit + " program"
	case escapes(e.Name()):
		return "escape", e.Name() + " runs what its user tells it to, with the owner's rights because it is " + bit
	case known:
		return "", ""
	}
	for _, name := range names {
		if packaged[maphash.String(hashSeed, name)] {
			return "packaged", "The file is a package's, but is not known to need the " + bit + " bit"
		}
	}
	return bit + "-unknown", "The file is " + bit + " and is no known program of a distribution"
}

// systemNames are the names that the file may have in the system it belongs to, without usr/.
func systemNames(root, name string) []string {
	name = imageRoot.ReplaceAllString(name, "")
	names := []string{unmerged(tripletDir.ReplaceAllString(name, "lib/")), unmerged(name)}
	if strings.HasPrefix(root, "/") {
		full := strings.TrimPrefix(path.Join(root, name), "/")
		full = imageRoot.ReplaceAllString(full, "")
		names = append(names, unmerged(tripletDir.ReplaceAllString(full, "lib/")), unmerged(full))
	}
	return names
}

var (
	// tripletDir is Debian's directory of one architecture: lib/x86_64-linux-gnu.
	tripletDir = regexp.MustCompile(`\blib(64|exec)?/[a-z0-9_]+-linux-[a-z0-9]+/`)
	// imageRoot is where container engines and snap keep the roots of other systems.
	imageRoot = regexp.MustCompile(`^.*(snap/[^/]+/[0-9x]+|overlay2?/[0-9a-zA-Z-]+/(diff|merged)|snapshots/[0-9]+/fs)/`)
)

// escapes reports a program that starts a shell, or reads or writes any file, for its user (gtfobins.github.io).
func escapes(name string) bool {
	name = strings.TrimRight(name, "0123456789.")
	return escapePrograms[name]
}
