package permissions

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

func systemFileModes() *checks.Check {
	return &checks.Check{
		ID:    "permissions/system-files",
		Title: "System files have the mode and owner they need",
		Why: "The files that say who may log in, what is logged and what services know are open to exactly who needs them. One bit more, " +
			"or a copy that an editor or an administrator left beside them, and any account reads the password hashes or adds its own.",
		Fix:        "chmod and chown as the finding says. Delete copies that nobody needs.",
		Expected:   "Each file of the table has no permission more than it needs, the right owner, and no copy that is more open than it",
		Rollback:   "chmod and chown back as the finding shows them",
		Absent:     "The target is not the root of a system, or has none of the files",
		References: []string{"CWE-732", "CWE-530", "CWE-276", "CIS Debian 12 7.1", "CIS Debian 12 2.4.1", "CIS Debian 12 6.1.4", "CIS Docker 3", "CIS Kubernetes 1.1"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "writable", Title: "Others can change a system file", Severity: checks.Critical},
			{ID: "readable", Title: "Others can read a system file that is closed", Severity: checks.High},
			{ID: "owner", Title: "A system file belongs to another account", Severity: checks.High},
			{ID: "group", Title: "A system file is open to another group", Severity: checks.Medium},
			{ID: "benchmark", Title: "The mode is wider than the CIS benchmark has it", Severity: checks.Low},
			{ID: "open-copy", Title: "A copy of a closed file is more open than the file", Severity: checks.High, Precision: checks.PrecisionMedium},
		},
		NoSettings: true,
		Entry:      seeCopies,
		Tree:       judgeSystemFiles,
	}
}

func judgeSystemFiles(p *checks.Pass) error {
	h := hostOf(p)
	if h == nil {
		return nil
	}
	var found []checks.Finding
	for i := range systemFiles {
		row := &systemFiles[i]
		for _, name := range h.matching(row.path) {
			steps, err := h.walk(name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				p.Problem(checks.Problem{Op: "look at", Expected: "permission to", Actual: err.Error(), Retry: checks.RetrySafe, Where: name, Blind: true})
			default:
				if f, ok := row.judge(h, steps[len(steps)-1]); ok {
					found = append(found, f)
				} else {
					p.OK(checks.Subject{Kind: "system file", Name: name})
				}
			}
		}
	}
	failGrouped(p, append(found, openCopies(p, h)...))
	return nil
}

// matching are the paths of a pattern whose last element may hold wildcards.
func (h *host) matching(pattern string) []string {
	dir, last := path.Split(pattern)
	if !strings.ContainsAny(last, "*?[") {
		return []string{pattern}
	}
	var out []string
	for _, name := range h.names(strings.TrimSuffix(dir, "/")) {
		if ok, _ := path.Match(last, name); ok && !strings.HasPrefix(name, ".") {
			out = append(out, dir+name)
		}
	}
	return out
}

func unixBits(e *checks.Entry) uint32 {
	bits := uint32(e.Mode.Perm())
	if e.Mode&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	return bits
}

func (row *systemFile) judge(h *host, e *checks.Entry) (checks.Finding, bool) {
	most := row.most
	if e.Mode.IsRegular() && row.path != e.Path && most&0o111 == 0 && e.Mode.Perm()&0o111 == 0o111 {
		most |= 0o111 // a needless execute bit gives nothing away
	}
	over := unixBits(e) &^ (most | 0o1000 | 0o700)
	f := checks.Finding{Subject: checks.Subject{Kind: "system file", Name: e.Path}, Place: checks.Place{Path: e.Path}, Attribute: "mode",
		Expected: fmt.Sprintf("mode %04o or less, owner root", row.strictest()), Actual: modeText(e)}
	f.Fix = fmt.Sprintf("chmod %04o %[2]s (back: chmod %[3]s %[2]s)", row.strictest()&unixBits(e), shellPath(e.Path), octal(e))
	switch unopened := most&0o1000 != 0 && e.Mode.IsDir() && e.Mode.Perm()&0o002 != 0 && e.Mode&fs.ModeSticky == 0; {
	case over&0o002 != 0, unopened:
		f.Rule, f.Message = "writable", "Every user of the machine can change /"+e.Path
		if unopened {
			f.Message, f.Fix = "Every user can remove and replace the files of others in /"+e.Path, fmt.Sprintf("chmod 1777 %[1]s (back: chmod %[2]s %[1]s)", shellPath(e.Path), octal(e))
		}
	case over&0o020 != 0 && len(h.groupWriter(e.GID, e.UID)) > 0:
		f.Rule, f.Severity, f.Message = "writable", checks.High, "The group "+h.groupName(e.GID)+" can change /"+e.Path
	case !h.isRoot(e.UID) && !named(row.owners, h.userOf[e.UID].name):
		f.Rule, f.Attribute, f.Message = "owner", "owner", "/"+e.Path+" belongs to "+h.userName(e.UID)+", who can change it and its mode"
		f.Fix = fmt.Sprintf("chown root %[1]s (back: chown %[2]d %[1]s)", shellPath(e.Path), e.UID)
	case over&0o004 != 0, over&0o001 != 0 && e.Mode.IsDir():
		f.Rule, f.Message = "readable", "Every user of the machine can read /"+e.Path
	case over&0o040 != 0 || most&0o040 != 0 && most&0o004 == 0 && e.Mode.Perm()&0o040 != 0:
		if e.GID == 0 || e.GID == h.rootGID || named(row.groups, h.groupOf[e.GID].name) || len(h.groupWriter(e.GID, e.UID)) == 0 {
			return f, false
		}
		f.Rule, f.Attribute, f.Message = "group", "group", "The group "+h.groupName(e.GID)+" can read /"+e.Path
	case row.benchmark != 0 && unixBits(e)&^(row.benchmark|0o700)&0o077 != 0:
		f.Rule, f.Message = "benchmark", "/"+e.Path+" is open wider than it needs to be"
	default:
		return f, false
	}
	return f, true
}

func (row *systemFile) strictest() uint32 {
	if row.benchmark != 0 {
		return row.benchmark
	}
	return row.most
}

func named(list, name string) bool {
	return list == "*" || name != "" && slices.Contains(strings.Fields(list), name)
}

// copyCandidate is a file that by its name is a copy of another, and that others can read.
type copyCandidate struct{ *checks.Entry }

// copyName is the name of a copy behind the original's (CWE-530).
var copyName = regexp.MustCompile(`^(.+?)(~|\.(?:bak|old|orig|save|backup|copy|dpkg-old|dpkg-dist|rpmsave|rpmorig|ucf-old|swp)|[._-](?:bak|old|copy)?-?\d{6,14})$`)

// copyEnds are the last letters of such names, to spare most files the pattern.
const copyEnds = "~kdgepyvt0123456789"

// seeCopies keeps such files for the comparison with their originals.
func seeCopies(p *checks.Pass, e *checks.Entry) {
	if !e.Mode.IsRegular() || e.Mode.Perm()&0o004 == 0 || e.From != checks.ModeDisk || strings.IndexByte(copyEnds, e.Path[len(e.Path)-1]) < 0 ||
		p.Root() == nil || p.KeptCount() > maxRootRuns {
		return
	}
	name := e.Name()
	if name[len(name)-1] != '~' && strings.IndexAny(name, "._-") <= 0 || !copyName.MatchString(name) {
		return
	}
	p.Keep(e.Path, copyCandidate{&checks.Entry{Path: e.Path, Mode: e.Mode, UID: e.UID, GID: e.GID, Size: e.Size}})
}

// openCopies are copies of closed files that every user can read and reach. Copies of the password file are the credential files'.
func openCopies(p *checks.Pass, h *host) (found []checks.Finding) {
	for _, kept := range p.Kept() {
		c, ok := kept.(copyCandidate)
		if !ok || shadowCopy.MatchString(c.Name()) {
			continue
		}
		name := path.Join(path.Dir(c.Path), strings.TrimPrefix(copyName.FindStringSubmatch(c.Name())[1], "."))
		original, err := h.root.Lstat(name)
		if err != nil || !original.Mode.IsRegular() || original.Mode.Perm()&0o004 != 0 || !h.reachable(c.Path) {
			continue
		}
		found = append(found, checks.Finding{Rule: "open-copy", Subject: checks.Subject{Kind: "copy", Name: c.Path}, Place: checks.Place{Path: c.Path}, Attribute: "mode",
			Expected: "mode " + octal(original) + " or less, as " + name, Actual: modeText(c.Entry),
			Message: "Every user of the machine can read this copy of /" + name + ", which is closed to them",
			Fix:     fmt.Sprintf("chmod --reference=%s %[2]s, or delete it (back: chmod %[3]s %[2]s)", shellPath(name), shellPath(c.Path), octal(c.Entry))})
	}
	return found
}

// reachable reports whether every user can go through the directories above a path.
func (h *host) reachable(name string) bool {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if e, err := h.lstat(dir); err == nil && e.Mode.Perm()&0o001 == 0 {
			return false
		}
	}
	return true
}
