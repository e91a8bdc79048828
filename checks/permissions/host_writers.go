package permissions

import (
	"io/fs"
	"slices"
	"strings"

	"hardcheck/checks"
)

// writer is somebody besides root who can change an entry.
type writer struct {
	who      string // "every user", "its owner deploy (1000)", "group devs (1001): alice, bob"
	everyone bool
	uid, gid int // -1 where it is no such
}

// writers are all of them, the widest first. The mode of a link says nothing; its owner does, in a sticky directory.
func (h *host) writers(e *checks.Entry) (list []writer) {
	link := e.Mode&fs.ModeSymlink != 0
	if !link && e.Mode.Perm()&0o002 != 0 {
		list = append(list, writer{"every user", true, -1, -1})
	}
	if !h.isRoot(e.UID) {
		list = append(list, writer{"its owner " + h.userName(e.UID), false, e.UID, -1})
	}
	if link || e.Mode.Perm()&0o020 == 0 {
		return list
	}
	acl := e.ACL() // with one, the group bits of the mode are its mask
	if acl == nil {
		return append(list, h.groupWriter(e.GID, e.UID)...)
	}
	for _, a := range acl {
		switch {
		case a.Perm&2 == 0:
		case a.Tag == checks.ACLOwnerGroup:
			list = append(list, h.groupWriter(e.GID, e.UID)...)
		case a.Tag == checks.ACLGroup:
			list = append(list, h.groupWriter(a.ID, e.UID)...)
		case a.Tag == checks.ACLUser && !h.isRoot(a.ID):
			list = append(list, writer{"user " + h.userName(a.ID) + " by its ACL", false, a.ID, -1})
		}
	}
	return list
}

// groupWriter is the group, where it has members besides root and the owner.
func (h *host) groupWriter(gid, owner int) []writer {
	members := h.members(gid)
	if u, ok := h.userOf[owner]; ok {
		members = slices.DeleteFunc(members, func(name string) bool { return name == u.name })
	}
	_, known := h.groupOf[gid]
	if gid == 0 || gid == h.rootGID || gid < 0 || known && len(members) == 0 {
		return nil
	}
	who := "group " + h.groupName(gid)
	if len(members) > 0 {
		who += ": " + strings.Join(members[:min(3, len(members))], ", ")
	}
	return []writer{{who, false, -1, gid}}
}

// passes reports whether the writer can go through a directory.
func (w writer) passes(dir *checks.Entry) bool {
	perm := dir.Mode.Perm()
	switch {
	case w.uid >= 0 && w.uid == dir.UID:
		return perm&0o100 != 0
	case perm&0o001 != 0:
		return true
	}
	return perm&0o010 != 0 && (w.gid >= 0 && w.gid == dir.GID || len(dir.ACL()) > 0)
}

// weakness is the first entry on the way to a path that somebody besides root can change.
type weakness struct {
	writer
	at      *checks.Entry
	path    string // what was asked for
	steps   []*checks.Entry
	missing bool // it does not exist; the writer can make it
	adds    bool // at is the directory itself: adding to it is enough
}

// weakest looks for a weakness on the whole way to a path. Where the path is a directory that root takes things from,
// adding to it is enough: the sticky bit is no protection there.
func (h *host) weakest(name string) (w weakness, exists, ok bool) {
	steps, err := h.walk(name)
	if len(steps) == 0 {
		return w, false, false
	}
	for i, e := range steps {
		last := i == len(steps)-1
		for _, who := range h.writers(e) {
			if !h.canChange(e, steps, i, last && err != nil, who) || !passesAll(who, steps[:i]) {
				continue
			}
			return weakness{who, e, name, steps, last && err != nil, last && err == nil && e.Mode.IsDir()}, err == nil, true
		}
	}
	return w, err == nil, false
}

// canChange reports whether writing the entry changes what the path leads to.
func (h *host) canChange(e *checks.Entry, steps []*checks.Entry, i int, missing bool, who writer) bool {
	switch {
	case e.Mode&fs.ModeSymlink != 0: // only its directory decides, but for a sticky one
		return i > 0 && steps[i-1].Mode&fs.ModeSticky != 0 && who.uid >= 0
	case !e.Mode.IsDir() || i == len(steps)-1 || missing:
		return true
	case e.Mode&fs.ModeSticky != 0 && who.uid != e.UID: // only the owner of what is in it can replace that
		return who.uid >= 0 && who.uid == steps[i+1].UID
	}
	return true
}

func passesAll(who writer, dirs []*checks.Entry) bool {
	for _, d := range dirs {
		if d.Mode.IsDir() && !who.passes(d) {
			return false
		}
	}
	return true
}

// chain prints the way with owner and mode of each step, the weak one marked: "/opt (root 0755) > /opt/app (deploy 0755) <".
func (h *host) chain(w weakness) string {
	var parts []string
	for _, e := range w.steps {
		if e.Path == "." {
			continue
		}
		part := "/" + e.Path + " ("
		if u, ok := h.userOf[e.UID]; ok {
			part += u.name
		} else {
			part += h.userName(e.UID)
		}
		if e.Link == "" {
			part += " " + octal(e)
		} else {
			part += " link"
		}
		part += ")"
		if e == w.at {
			part += " <"
		}
		parts = append(parts, part)
	}
	if w.missing {
		parts = append(parts, "/"+strings.TrimPrefix(w.path, "/")+" (missing)")
	}
	return strings.Join(parts, " > ")
}
