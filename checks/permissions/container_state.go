package permissions

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// imageFile is what the steps of a build did to one path, as far as they tell.
type imageFile struct {
	path        string
	known, bits uint32 // mode bits that are known, and their values
	tree        bool   // the mode is also that of everything below
	owner       string // user, by name or number; "" where nothing set it
	copied      bool   // COPY or ADD brought it
	source      string // its name in the build context, "" for another stage's
	steps       []modeStep
	copiedAt    checks.Place
}

// modeStep is a step that gave a path bits which it still has.
type modeStep struct {
	bits uint32
	at   checks.Place
	text string
}

// maxModeSteps bounds the steps that are kept of one path.
const maxModeSteps = 20

// give changes the mode of a path, and keeps the steps whose bits are still there.
func (f *imageFile) give(m mode, at checks.Place, text string) {
	f.known, f.bits = m.apply(f.known, f.bits)
	steps := slices.Clone(f.steps)
	_, set := m.apply(0, 0)
	steps = append(steps, modeStep{set, at, text})
	f.steps = slices.DeleteFunc(steps, func(s modeStep) bool { return s.bits&f.bits&(modeSetuid|modeSetgid|othersW) == 0 })
	f.steps = f.steps[:min(len(f.steps), maxModeSteps)]
}

// imageFiles are the paths that a stage's steps name.
type imageFiles map[string]*imageFile

// maxImageFiles bounds the paths of one stage.
const maxImageFiles = 2000

// Bits of a mode.
const (
	modeSetuid = 0o4000
	modeSetgid = 0o2000
	modeSticky = 0o1000
	othersW    = 0o002
)

func (s imageFiles) get(name string) *imageFile {
	f := s[name]
	if f == nil {
		f = &imageFile{path: name}
		if len(s) < maxImageFiles {
			s[name] = f
		}
	}
	return f
}

// clone is a copy for the stage that is built from this one.
func (s imageFiles) clone() imageFiles {
	out := make(imageFiles, len(s))
	for name, f := range s {
		c := *f
		out[name] = &c
	}
	return out
}

// sorted are the files by path.
func (s imageFiles) sorted() []*imageFile {
	out := make([]*imageFile, 0, len(s))
	for _, name := range slices.Sorted(maps.Keys(s)) {
		out = append(out, s[name])
	}
	return out
}

// maxPattern bounds a pattern of file names: longer ones are compared as they stand.
const maxPattern = 256

// within reports whether the path is dir or below it.
func within(name, dir string) bool {
	return name == dir || dir == "/" && strings.HasPrefix(name, "/") || strings.HasPrefix(name, dir+"/")
}

// each calls visit for the file of that name, for those that a pattern matches, and for those below where tree is set.
func (s imageFiles) each(name string, tree bool, visit func(*imageFile)) {
	pattern := strings.ContainsAny(name, "*?[") && len(name) < maxPattern
	for other, f := range s {
		matches := other == name || tree && within(other, name)
		if pattern && !matches {
			matches, _ = path.Match(name, other)
			if dir, rest := path.Split(name); tree && rest == "*" && dir != "/" {
				matches = matches || within(other, path.Clean(dir)) && other != path.Clean(dir)
			}
		}
		if matches {
			visit(f)
		}
	}
}

// chmod gives paths a mode.
func (s imageFiles) chmod(names []string, m mode, tree bool, at checks.Place, text string) {
	for _, name := range names {
		f := s.get(name)
		f.tree = f.tree || tree
		s.each(name, tree, func(f *imageFile) { f.give(m, at, text) })
	}
}

func (s imageFiles) chown(names []string, owner string, tree bool) {
	for _, name := range names {
		s.get(name)
		s.each(name, tree, func(f *imageFile) { f.owner = owner })
	}
}

// remove forgets paths and what is below them.
func (s imageFiles) remove(names []string) {
	for _, name := range names {
		var gone []string
		s.each(name, true, func(f *imageFile) { gone = append(gone, f.path) })
		for _, name := range gone {
			delete(s, name)
		}
	}
}

// move renames a path and what is below it.
func (s imageFiles) move(from, to string) {
	for _, f := range s.sorted() {
		if within(f.path, from) {
			delete(s, f.path)
			f.path = to + strings.TrimPrefix(f.path, from)
			s[f.path] = f
		}
	}
}

// strip takes the setuid and setgid bits of everything below a directory.
func (s imageFiles) strip(dir string) {
	s.each(dir, true, func(f *imageFile) { f.bits &^= modeSetuid | modeSetgid })
}

// take brings in what another stage did to a path: COPY --from keeps modes and gives everything to root.
func (s imageFiles) take(other imageFiles, from, to string, at checks.Place) {
	for _, f := range other.sorted() {
		if !within(f.path, from) && !(f.tree && within(from, f.path)) {
			continue
		}
		c := *f
		c.path, c.owner, c.copied, c.copiedAt, c.source = to, "", true, at, ""
		if within(f.path, from) {
			c.path = to + strings.TrimPrefix(f.path, from)
		}
		if len(s) < maxImageFiles {
			s[c.path] = &c
		}
	}
}

// closedAbove reports that a directory above the path lets no other user through. /root is closed unless a step opens it.
func (s imageFiles) closedAbove(name string) bool {
	for dir := path.Dir(name); dir != "/" && dir != "."; dir = path.Dir(dir) {
		f := s[dir]
		switch {
		case f != nil && f.known&0o001 != 0:
			if f.bits&0o001 == 0 {
				return true
			}
		case dir == "/root":
			return true
		}
	}
	return false
}
