package permissions

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"hardcheck/checks"
)

func ownership() *checks.Check {
	return &checks.Check{
		ID:    "permissions/ownership",
		Title: "Every file belongs to an account that exists",
		Why: "A file whose owner was deleted waits for the next account that gets the number: a new user, a container, a service then owns " +
			"it, secrets, programs and all. Files unpacked with another machine's numbers are owned by whoever has them here.",
		Fix:        "chown the files to the account that needs them, or delete them.",
		Expected:   "The owner and the group of each file are in the system's own etc/passwd and etc/group",
		Rollback:   "chown back to the number that the finding shows",
		Absent:     "The target is not the root of a system, so its accounts are not known",
		References: []string{"CWE-282", "CWE-708", "CIS Debian 12 7.1.12"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "unowned", Title: "The owner is no account of the system", Severity: checks.Medium},
			{ID: "ungrouped", Title: "The group is no group of the system", Severity: checks.Low},
			{ID: "open-directory-owner", Title: "A directory that all write to belongs to an ordinary account", Severity: checks.Medium},
			{ID: "program-owner", Title: "A program of the system belongs to an ordinary account", Severity: checks.High},
		},
		NoSettings: true,
		Entry:      ownershipEntry,
		Tree:       judgeOwnership,
	}
}

// strays counts entries of owners that do not exist. Its size is bounded by counting deep ones at the third level.
type strays struct {
	mu       sync.Mutex
	places   map[strayPlace]*stray
	examined atomic.Int64
}

type strayPlace struct {
	dir      string
	uid, gid int // -1 where it is not what is wrong
}

type stray struct {
	count int
	first string // in alphabetical order
}

// maxStrays bounds the places that are told apart.
const maxStrays = 20_000

func ownershipEntry(p *checks.Pass, e *checks.Entry) {
	h := hostOf(p)
	if h == nil || e.UID < 0 || e.From != checks.ModeDisk {
		return
	}
	if e.Mode.IsDir() && e.Mode&fs.ModeSticky != 0 && e.Mode.Perm()&0o002 != 0 && !h.isRoot(e.UID) {
		p.Keep(e.Path, open{e.Path, e.Mode, e.UID, e.GID})
	}
	if e.Mode.IsRegular() && !h.isRoot(e.UID) && e.Mode.Perm()&0o111 != 0 && systemProgram(e.Path) {
		p.Keep(e.Path, open{e.Path, e.Mode, e.UID, e.GID})
	}
	place := strayPlace{uid: -1, gid: -1}
	switch {
	case !h.owns(e.UID):
		place.uid = e.UID
	case !h.knowsGroup(e.GID):
		place.gid = e.GID
	}
	s := &h.strays
	s.examined.Add(1)
	if place.uid < 0 && place.gid < 0 {
		return
	}
	place.dir = strayDir(e.Path)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.places[place]
	if at == nil {
		if len(s.places) >= maxStrays {
			place.dir = "."
		}
		at = cmp.Or(s.places[place], &stray{first: e.Path})
		s.places[place] = at
	}
	at.count++
	at.first = min(at.first, e.Path)
}

// strayDir is the directory of a path, of a deep one the third level.
func strayDir(name string) string {
	parts := strings.Split(path.Dir(name), "/")
	return strings.Join(parts[:min(3, len(parts))], "/")
}

func systemProgram(name string) bool {
	for _, dir := range []string{"usr/bin/", "usr/sbin/", "bin/", "sbin/", "usr/local/bin/", "usr/local/sbin/"} {
		if strings.HasPrefix(name, dir) {
			return true
		}
	}
	return false
}

// owns reports a number that an account has, that is kept for the namespaces of one, or that systemd gives out.
func (h *host) owns(uid int) bool {
	_, ok := h.userOf[uid]
	return ok || h.isRoot(uid) || inRanges(h.subUID, uid) || inRanges(dynamicUsers, uid)
}

func (h *host) knowsGroup(gid int) bool {
	_, ok := h.groupOf[gid]
	return ok || gid <= 0 || gid == h.rootGID || inRanges(h.subGID, gid) || inRanges(dynamicUsers, gid)
}

func judgeOwnership(p *checks.Pass) error {
	h := hostOf(p)
	if h == nil {
		return nil
	}
	s := &h.strays
	bad := 0
	for place, at := range s.places {
		if h.otherSystem(at.first) {
			continue
		}
		bad += at.count
		p.Fail(strayFinding(place, at))
	}
	p.CountOK("entry", int(s.examined.Load())-bad, ".")
	var found []checks.Finding
	for _, kept := range p.Kept() {
		o, ok := kept.(open)
		if !ok || h.otherSystem(o.path) {
			continue
		}
		found = append(found, h.ownerFinding(o))
	}
	failGrouped(p, slices.DeleteFunc(found, func(f checks.Finding) bool { return f.Rule == "" }))
	return nil
}

func strayFinding(place strayPlace, at *stray) checks.Finding {
	f := checks.Finding{Rule: "unowned", Subject: checks.Subject{Kind: "entry", Name: at.first}, Place: checks.Place{Path: at.first},
		Expected: "an account of etc/passwd", Actual: fmt.Sprint("owner ", place.uid), Attribute: fmt.Sprint("uid ", place.uid),
		Fix: fmt.Sprintf("chown -hR --from=%d root %s (back: chown -hR --from=root %d, on the same files)", place.uid, shellPath(place.dir), place.uid)}
	if place.uid < 0 {
		f.Rule, f.Expected, f.Actual, f.Attribute = "ungrouped", "a group of etc/group", fmt.Sprint("group ", place.gid), fmt.Sprint("gid ", place.gid)
		f.Fix = fmt.Sprintf("chown -hR --from=:%d :root %s (back: chown -hR --from=:root :%d, on the same files)", place.gid, shellPath(place.dir), place.gid)
	}
	f.Message = fmt.Sprintf("No account of the system has this number: the next one that gets it owns the file (%s in /%s)", count(at.count, "entry"), place.dir)
	if at.count > 1 {
		f.Message = strings.Replace(f.Message, "entrys", "entries", 1)
		f.Message = strings.Replace(f.Message, "the file", "the files", 1)
	}
	return f
}

// ownerFinding judges a directory that all write to, or a program, that root does not own; without a rule where it is fine.
func (h *host) ownerFinding(o open) checks.Finding {
	e := o.entry()
	f := checks.Finding{Subject: e.Subject(), Place: checks.Place{Path: o.path}, Attribute: "owner", Expected: "owner root", Actual: modeText(e), Fix: fixOwner(e)}
	u, known := h.userOf[o.uid]
	switch {
	case o.mode.IsDir():
		f.Rule = "open-directory-owner"
		f.Fix = fmt.Sprintf("chown root %[1]s (back: chown %[2]d %[1]s)", shellPath(o.path), o.uid)
		f.Message = h.userName(o.uid) + " can remove and replace what every other user puts into this directory: the sticky bit does not hold its owner back"
	case known && !h.interactive(u) && o.mode&(fs.ModeSetuid|fs.ModeSetgid) != 0: // such as at's, which belongs to daemon
	default:
		f.Rule, f.Message = "program-owner", h.userName(o.uid)+" can change this program, which others and root run"
	}
	return f
}

// otherSystem reports a path inside the root of another system: a container's layer, a chroot with accounts of its own.
func (h *host) otherSystem(name string) bool {
	if imageRoot.MatchString(name + "/") {
		return true
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if _, err := h.root.Lstat(dir + "/etc/passwd"); err == nil {
			return true
		}
	}
	return false
}
