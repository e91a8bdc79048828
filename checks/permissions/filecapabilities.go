package permissions

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

func fileCapabilities() *checks.Check {
	return &checks.Check{
		ID:    "permissions/file-capabilities-and-acls",
		Title: "No capability or ACL gives what the mode hides",
		Why: "ls shows neither: an interpreter with cap_setuid is a setuid shell, and an ACL lets an account write to a file whose mode " +
			"looks closed. Both are what an intruder leaves behind, and what reviews of modes pass over.",
		Fix:      "Take the capability away with setcap -r PATH, the entry of the ACL with setfacl -x u:NAME PATH, a default ACL with setfacl -k PATH.",
		Expected: "Only programs that the distribution ships so have capabilities; no ACL lets an account change root's files",
		Rollback: "setcap and setfacl -m with what the finding shows",
		Absent:   "No capability and no ACL was found",
		References: []string{"CWE-250", "CWE-269", "CWE-732", "https://man7.org/linux/man-pages/man7/capabilities.7.html",
			"https://man7.org/linux/man-pages/man5/acl.5.html"},
		Severity: checks.Critical,
		Rules: []checks.Rule{
			{ID: "capability-escape", Title: "A program that runs what it is told has a capability", Severity: checks.Critical},
			{ID: "capability-root", Title: "A program has a capability that is as good as root", Severity: checks.Critical},
			{ID: "capability-unknown", Title: "A program has a capability that is not the distribution's", Severity: checks.Medium},
			{ID: "acl-write", Title: "An ACL lets another account change a file of root", Severity: checks.High},
			{ID: "acl-read-secret", Title: "An ACL lets another account read a closed file of root", Severity: checks.Medium},
			{ID: "acl-default-open", Title: "New files in a directory can be changed by every user", Severity: checks.Medium},
		},
		NoSettings: true,
		Entry:      attributeEntry,
		Tree:       judgeAttributes,
	}
}

// capable is a program with capabilities, aclEntry an entry with an ACL that was looked at.
type capable struct {
	path string
	mode fs.FileMode
	caps checks.FileCapabilities
}

type granted struct {
	path      string
	mode      fs.FileMode
	uid, gid  int
	acl       []checks.ACLEntry
	byDefault bool
}

// attributeEntry asks for attributes where they can matter: capabilities of programs, ACLs where the group's bits, which
// are then the mask, let somebody write or where the file is closed, default ACLs of directories.
func attributeEntry(p *checks.Pass, e *checks.Entry) {
	if e.From != checks.ModeDisk || p.KeptCount() > maxRootRuns {
		return
	}
	perm := e.Mode.Perm()
	switch {
	case e.Mode.IsRegular() && perm&0o111 != 0:
		if caps, ok := e.Capabilities(); ok {
			p.Keep(e.Path, capable{e.Path, e.Mode, caps})
		}
	case e.Mode.IsDir():
		if acl := e.DefaultACL(); acl != nil {
			p.Keep(e.Path, granted{e.Path, e.Mode, e.UID, e.GID, acl, true})
		}
	case !e.Mode.IsRegular():
		return
	}
	if perm&0o020 != 0 && perm&0o002 == 0 || perm&0o047 == 0o040 {
		if acl := e.ACL(); acl != nil {
			p.Keep(e.Path, granted{e.Path, e.Mode, e.UID, e.GID, acl, false})
		}
	}
}

func judgeAttributes(p *checks.Pass) error {
	h := hostOf(p)
	var found []checks.Finding
	for _, kept := range p.Kept() {
		var f checks.Finding
		switch k := kept.(type) {
		case capable:
			f = k.finding(p.Target().Locator)
		case granted:
			f = k.finding(h)
		}
		if f.Rule == "" {
			p.OK(f.Subject)
		} else {
			found = append(found, f)
		}
	}
	failGrouped(p, found)
	return nil
}

func (c capable) finding(root string) checks.Finding {
	names := capabilityNames(c.caps.Permitted | c.caps.Inheritable)
	list := strings.Join(names, ",")
	name := path.Base(c.path)
	f := checks.Finding{Subject: checks.Subject{Kind: "capability", Name: c.path}, Place: checks.Place{Path: c.path}, Attribute: list, Expected: "no capability",
		Actual: list, Fix: fmt.Sprintf("setcap -r %[1]s (back: setcap %[2]s+%[3]s %[1]s)", shellPath(c.path), list, c.flags())}
	known := slices.ContainsFunc(systemNames(root, c.path), func(n string) bool {
		allowed, ok := packagedCapabilities[n]
		return ok && (allowed == "*" || !slices.ContainsFunc(names, func(have string) bool { return !slices.Contains(strings.Fields(allowed), have) }))
	})
	worst := slices.IndexFunc(names, func(n string) bool { return rootlikeCapabilities[n] })
	switch {
	case known:
	case c.caps.Permitted == 0: // inheritable alone gives nothing to who does not have it
	case escapes(name):
		f.Rule, f.Message = "capability-escape", name+" runs what its user tells it to, with "+list
	case worst >= 0:
		f.Rule, f.Message = "capability-root", "Whoever runs "+name+" has "+names[worst]+", which is as good as root"
	default:
		f.Rule, f.Message = "capability-unknown", name+" has "+list+", which no distribution gives it"
	}
	if c.mode.Perm()&0o001 == 0 && f.Rule != "" {
		f.Severity = checks.High // its group only
	}
	return f
}

func (c capable) flags() string {
	flags := "p"
	if c.caps.Effective {
		flags = "ep"
	}
	if c.caps.Inheritable != 0 {
		flags += "i"
	}
	return flags
}

func (g granted) finding(h *host) checks.Finding {
	kind := "ACL"
	if g.byDefault {
		kind = "default ACL"
	}
	e := &checks.Entry{Path: g.path, Mode: g.mode, UID: g.uid, GID: g.gid}
	f := checks.Finding{Subject: checks.Subject{Kind: kind, Name: g.path}, Place: checks.Place{Path: g.path}, Attribute: kind, Actual: modeText(e) + ", and its ACL"}
	if g.byDefault {
		for _, a := range g.acl {
			if a.Tag == checks.ACLOther && a.Perm&2 != 0 && g.mode&fs.ModeSticky == 0 {
				f.Rule, f.Expected, f.Message = "acl-default-open", "no write permission for others in the default ACL", "Every user can change each file that is made in this directory"
				f.Fix = fmt.Sprintf("setfacl -d -m o::rX %[1]s (back: setfacl -d -m o::rwX %[1]s)", shellPath(g.path))
			}
		}
		return f
	}
	if g.uid != 0 && (h == nil || !h.isRoot(g.uid)) {
		return f // what an account shares of its own is its business
	}
	for _, a := range g.acl {
		who, letter := h.grantee(a)
		switch {
		case who == "":
		case a.Perm&2 != 0:
			f.Rule, f.Expected, f.Attribute = "acl-write", "no write permission for accounts besides root", who
			f.Message = "The ACL lets " + who + " change this file, which the mode does not show"
			f.Fix = fmt.Sprintf("setfacl -x %[1]s:%[2]d %[3]s (back: setfacl -m %[1]s:%[2]d:%[4]s %[3]s)", letter, a.ID, shellPath(g.path), permText(a.Perm))
			return f
		case a.Perm&4 != 0 && f.Rule == "" && g.mode.IsRegular() && (credentialKind(g.path) != nil || strings.HasSuffix(g.path, ".key") || strings.HasSuffix(g.path, "_key")):
			f.Rule, f.Expected, f.Attribute = "acl-read-secret", "no read permission for accounts besides root", who
			f.Message = "The ACL lets " + who + " read this file, which the mode does not show"
			f.Fix = fmt.Sprintf("setfacl -x %[1]s:%[2]d %[3]s (back: setfacl -m %[1]s:%[2]d:%[4]s %[3]s)", letter, a.ID, shellPath(g.path), permText(a.Perm))
		}
	}
	return f
}

// grantee is who a named entry is about, and setfacl's letter for it; "" for root, and for a group without members.
func (h *host) grantee(a checks.ACLEntry) (who, letter string) {
	switch {
	case a.Tag == checks.ACLUser && h == nil && a.ID != 0:
		return fmt.Sprint("user ", a.ID), "u"
	case a.Tag == checks.ACLGroup && h == nil && a.ID != 0:
		return fmt.Sprint("group ", a.ID), "g"
	case a.Tag == checks.ACLUser && h != nil && !h.isRoot(a.ID):
		return "user " + h.userName(a.ID), "u"
	case a.Tag == checks.ACLGroup && h != nil && len(h.groupWriter(a.ID, 0)) > 0:
		return "group " + h.groupName(a.ID), "g"
	}
	return "", ""
}

func permText(perm uint16) string {
	text := []byte("---")
	for i, letter := range []byte("rwx") {
		if perm&(4>>i) != 0 {
			text[i] = letter
		}
	}
	return string(text)
}
