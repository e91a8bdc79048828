package objects

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

// Ref is a name for an object: a branch, a tag, the stash, or a file such as HEAD and ORIG_HEAD.
type Ref struct {
	Name   string // "refs/heads/main", "HEAD", "worktrees/fix/HEAD"
	ID     ID     // zero for a name that leads nowhere, as in a repository without commits
	Target string // the name that a symbolic ref such as HEAD stands for
}

// passing reports whether the ref is a note of git's own, such as ORIG_HEAD, that goes with the next operation.
func (r Ref) passing() bool {
	return !strings.HasPrefix(r.Name, "refs/") && !strings.Contains(r.Name, "/refs/") && path.Base(r.Name) != "HEAD"
}

// LogEntry is a line of a reflog.
type LogEntry struct {
	Ref      string // whose log it is, named as in Ref
	Old, New ID     // zero where the ref did not exist
	Who      Person
	Message  string
}

const (
	stashRef    = "refs/stash"
	maxSymbolic = 5 // names that lead to each other; as in git
)

// Refs returns the refs of the repository and of all its working trees, in order of their names. replace refs are
// among them; they are never followed: the object that was replaced is read.
func (s *Store) Refs() []Ref {
	s.refsOnce.Do(func() {
		b := refReader{s: s, byName: map[string]Ref{}}
		b.packed()
		b.loose(s.common, "refs", "")
		b.pseudo(s.common, "")
		if s.git != s.common {
			b.loose(s.git, "refs", "")
			b.pseudo(s.git, "")
		}
		for _, name := range s.workTrees() {
			b.loose(s.common, name+"/refs", name+"/")
			b.pseudo(s.common, name)
		}
		s.refs = b.resolved()
		for _, r := range s.refs {
			if strings.HasPrefix(r.Name, "refs/replace/") {
				s.note("read the refs", s.common.label(r.Name), "a replacement that hides an object from git; both are read here")
			}
		}
	})
	return s.refs
}

// workTrees lists the directories of the linked working trees.
func (s *Store) workTrees() []string {
	names, err := s.common.list("worktrees")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.tellError("list the working trees", s.common.label("worktrees"), err)
	}
	var out []string
	for _, name := range names {
		if base, isDir := strings.CutSuffix(name, "/"); isDir {
			out = append(out, "worktrees/"+base)
		}
	}
	return out
}

type refReader struct {
	s      *Store
	byName map[string]Ref
}

// add reads a ref's text: a name in hexadecimal digits, or "ref: " and another ref's name.
func (b *refReader) add(name, text string) bool {
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimSpace(first)
	if target, symbolic := strings.CutPrefix(first, "ref:"); symbolic {
		b.byName[name] = Ref{Name: name, Target: strings.TrimSpace(target)}
		return true
	}
	digits, _, _ := strings.Cut(first, "\t") // FETCH_HEAD has more
	id, ok := ParseID(strings.TrimSpace(digits))
	if ok {
		b.byName[name] = Ref{Name: name, ID: id}
	}
	return ok
}

// packed reads packed-refs (git-pack-refs): lines of an object's and a ref's name; "^" gives what a tag points at.
func (b *refReader) packed() {
	text, err := b.s.common.read("packed-refs", maxSmallFile)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			b.s.tellError("read the refs", b.s.common.label("packed-refs"), err)
		}
		return
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' || line[0] == '^' {
			continue
		}
		digits, name, _ := strings.Cut(line, " ")
		if name == "" || !b.add(name, digits) {
			b.s.tellError("read the refs", b.s.common.label("packed-refs"), wrong("an object's and a ref's name", "%.100q", line))
		}
	}
}

// loose reads the refs below a directory. prefix stands before their names.
func (b *refReader) loose(d dir, below, prefix string) {
	err := d.walk(below, func(name string) {
		text, err := d.read(name, 1<<16)
		if err == nil && !b.add(prefix+strings.TrimPrefix(name, prefix), string(text)) && !strings.HasSuffix(name, ".lock") {
			err = wrong("an object's name or a symbolic ref", "%.100q", text)
		}
		if err != nil {
			b.s.tellError("read a ref", d.label(name), err)
		}
	})
	if err != nil {
		b.s.tellError("list the refs", d.label(below), err)
	}
}

// pseudo reads the refs that stand beside refs: HEAD, ORIG_HEAD, MERGE_HEAD and all others named in that way.
func (b *refReader) pseudo(d dir, below string) {
	names, err := d.list(path.Join(".", below))
	if err != nil {
		b.s.tellError("list the refs", d.label(below), err)
	}
	for _, name := range names {
		if name != strings.ToUpper(name) || !strings.HasSuffix(name, "HEAD") && name != "AUTO_MERGE" {
			continue
		}
		name = path.Join(below, name)
		if text, err := d.read(name, maxSmallFile); err != nil {
			b.s.tellError("read a ref", d.label(name), err)
		} else if len(text) > 0 && !b.add(name, string(text)) && strings.HasSuffix(name, "HEAD") && len(text) < 1<<12 {
			b.s.tellError("read a ref", d.label(name), wrong("an object's name or a symbolic ref", "%.100q", text))
		}
	}
}

// resolved follows the symbolic refs and orders all by name.
func (b *refReader) resolved() []Ref {
	out := make([]Ref, 0, len(b.byName))
	for _, r := range b.byName {
		at := r
		for range maxSymbolic {
			if at.Target == "" {
				break
			}
			at = b.byName[at.Target]
		}
		r.ID = at.ID
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Ref) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// Head returns the commit that this working tree stands on; false before the first commit.
func (s *Store) Head() (ID, bool) {
	text, err := s.git.read("HEAD", 1<<16)
	if err != nil {
		return ID{}, false
	}
	first := strings.TrimSpace(string(text))
	target, symbolic := strings.CutPrefix(first, "ref:")
	if !symbolic {
		return ParseID(first)
	}
	return s.Resolve(strings.TrimSpace(target))
}

// Resolve finds the object of a full name in hexadecimal digits, or of a ref: its full name, or its name without
// "refs/", "refs/tags/", "refs/heads/", "refs/remotes/", in this order (gitrevisions).
func (s *Store) Resolve(name string) (ID, bool) {
	if name == "HEAD" && s.git != s.common {
		return s.Head()
	}
	refs := s.Refs()
	for _, before := range []string{"", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"} {
		i, found := slices.BinarySearchFunc(refs, before+name, func(r Ref, n string) int { return strings.Compare(r.Name, n) })
		if found && !refs[i].ID.IsZero() {
			return refs[i].ID, true
		}
	}
	return ParseID(name)
}

// Reflogs returns the lines of all reflogs, those of one ref together, the oldest first.
func (s *Store) Reflogs() []LogEntry {
	var out []LogEntry
	read := func(d dir, below, prefix string) {
		err := d.walk(below+"logs", func(name string) {
			text, err := d.read(name, maxSmallFile)
			if err != nil {
				s.tellError("read a reflog", d.label(name), err)
				return
			}
			out = appendLog(out, prefix+strings.TrimPrefix(name, below+"logs/"), string(text))
		})
		if err != nil {
			s.tellError("list the reflogs", d.label(below+"logs"), err)
		}
	}
	read(s.common, "", "")
	if s.git != s.common {
		read(s.git, "", "")
	}
	for _, name := range s.workTrees() {
		read(s.common, name+"/", name+"/")
	}
	return out
}

// appendLog reads "old new person TAB message" lines.
func appendLog(out []LogEntry, ref, text string) []LogEntry {
	for line := range strings.Lines(text) {
		head, message, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		older, rest, _ := strings.Cut(head, " ")
		newer, who, _ := strings.Cut(rest, " ")
		e := LogEntry{Ref: ref, Who: parsePerson([]byte(who)), Message: message}
		e.Old, _ = ParseID(older)
		e.New, _ = ParseID(newer)
		out = append(out, e)
	}
	return out
}

// refCache keeps the refs: they are read once.
type refCache struct {
	refsOnce sync.Once
	refs     []Ref
}
