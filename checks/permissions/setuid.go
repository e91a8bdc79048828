package permissions

import (
	"fmt"
	"hash/maphash"
	"io/fs"
	"path"
	"regexp"
	"slices"
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
			{ID: "replaceable", Title: "Others can replace a setuid or setgid program", Severity: checks.High},
			{ID: "outside", Title: "A setuid or setgid program lies where data lies", Severity: checks.High},
			{ID: "hard-link", Title: "A second name keeps a setuid program alive", Severity: checks.Medium, Precision: checks.PrecisionMedium,
				Fix: "Look for the other name with find / -xdev -samefile PATH, and delete it: an update replaces only one of them."},
			{ID: "script", Title: "The bit is set on a script, where it has no effect", Severity: checks.Info},
			{ID: "no-effect", Title: "The bit is set on a file that cannot be executed", Severity: checks.Low},
		},
		NoSettings: true,
		Entry:      setuidEntry,
		Wants:      packageList,
		File:       setuidPackages,
		Tree:       judgeSetuid,
	}
}

// privileged is a setuid or setgid regular file.
type privileged checks.Entry

func setuidEntry(p *checks.Pass, e *checks.Entry) {
	if e.Mode.IsRegular() && onDisk(p, e) && e.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		p.Keep(e.Path, privileged(*e))
	}
}

func judgeSetuid(p *checks.Pass) error {
	known := provenance{packaged: map[uint64]bool{}, host: hostOf(p), root: p.Target().Locator}
	var found []privileged
	for _, kept := range p.Kept() {
		switch k := kept.(type) {
		case packageFiles:
			for _, h := range k {
				known.packaged[h] = true
			}
		case overrides:
			known.overrides = k
		case privileged:
			found = append(found, k)
		}
	}
	var findings []checks.Finding
	for i := range found {
		e := (*checks.Entry)(&found[i])
		rule, message := known.judge(e)
		if rule == "" {
			p.OK(e.Subject())
			continue
		}
		findings = append(findings, checks.Finding{
			Rule: rule, Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Attribute: "mode",
			Expected: "no setuid or setgid bit", Actual: modeText(e), Message: message, Fix: setuidFix(e, rule),
		})
	}
	failGrouped(p, findings)
	return nil
}

func setuidFix(e *checks.Entry, rule string) string {
	switch rule {
	case "hard-link":
		return ""
	case "writable":
		return fmt.Sprintf("chmod go-w %[1]s (back: chmod %[2]s %[1]s)", shellName(e.Path), octal(e))
	}
	return fmt.Sprintf("chmod u-s,g-s %[1]s (back: chmod %[2]s %[1]s)", shellName(e.Path), octal(e))
}

// provenance is what is known of where privileged programs come from.
type provenance struct {
	packaged  map[uint64]bool // hashes of the names that the package lists hold
	overrides overrides
	host      *host // nil where the tree is no system
	root      string
}

// judge returns the rule that a setuid or setgid file breaks, or "".
func (k *provenance) judge(e *checks.Entry) (rule, message string) {
	bit := "setgid"
	if e.Mode&fs.ModeSetuid != 0 {
		bit = "setuid"
	}
	names := systemNames(k.root, e.Path)
	known := slices.ContainsFunc(names, func(n string) bool { return knownPrivileged[n] })
	packaged := slices.ContainsFunc(names, func(n string) bool { return k.packaged[maphash.String(hashSeed, n)] })
	if k.host != nil && len(k.packaged) > 0 && !packaged && !k.host.otherSystem(e.Path) {
		known = false // its name alone makes no program the distribution's
	}
	switch {
	case e.Mode.Perm()&0o111 == 0:
		return "no-effect", "The " + bit + " bit is set on a file that cannot be executed: a mistake, or one chmod away from a back door"
	case e.Mode.Perm()&0o002 != 0:
		return "writable", "Every user of the machine can change this " + bit + " program"
	case escapes(e.Name()):
		return "escape", e.Name() + " runs what its user tells it to, with the owner's rights because it is " + bit
	case k.host != nil && k.host.isScript(e):
		return "script", "The kernel ignores the " + bit + " bit of scripts; somebody expected otherwise"
	}
	known = known || slices.ContainsFunc(names, func(n string) bool { return k.overrides[n] })
	if k.host != nil && !known && !packaged && dataDir(e.Path) {
		return "outside", "The file is " + bit + " in a directory of data, where no distribution puts programs"
	}
	if rule, message = k.host.exposedProgram(e, bit); rule != "" {
		return rule, message
	}
	switch {
	case known:
		return "", ""
	case packaged:
		return "packaged", "The file is a package's, but is not known to need the " + bit + " bit"
	}
	return bit + "-unknown", "The file is " + bit + " and is no known program of a distribution"
}

// dataDir reports a place for data of users and services.
func dataDir(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"home", "tmp", "var", "srv", "mnt", "media", "root", "dev", "run"}, first)
}

// isScript reports a file that begins with #!.
func (h *host) isScript(e *checks.Entry) bool {
	data, _ := h.root.ReadFile(e.Path, 2)
	return string(data) == "#!"
}

// exposedProgram looks for others who can change the program, and for a second name of it.
func (h *host) exposedProgram(e *checks.Entry, bit string) (rule, message string) {
	if h == nil || h.otherSystem(e.Path) {
		return "", ""
	}
	if w, _, weak := h.weakest(e.Path); weak && (w.at.Path != e.Path || w.uid != e.UID) {
		if w.at.Path == e.Path {
			return "writable", capital(w.who) + " can change this " + bit + " program"
		}
		return "replaceable", capital(w.who) + " can put another program in the place of this " + bit + " one: " + h.chain(w)
	}
	if _, err := h.root.Lstat("ostree"); e.Links > 1 && err != nil {
		return "hard-link", fmt.Sprintf("The file has %d names: a copy by another name stays %s when an update mends this one", e.Links, bit)
	}
	return "", ""
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
