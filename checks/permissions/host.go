package permissions

import (
	"errors"
	"io/fs"
	"path"
	"strings"
	"sync"

	"hardcheck/checks"
)

// host is a system seen from its root directory: who is who there, and what lies on the way to a path. The checks of
// one target share it.
type host struct {
	accounts
	root checks.Root
	// rootUID and rootGID own the root directory: 0, or whoever unpacked an image without being root.
	rootUID, rootGID int

	strays strays // entries whose owner is no account, as the walk meets them

	mu   sync.Mutex
	seen map[string]*checks.Entry // directories that were looked at
}

// Bounds of what is read of a host's own files, in bytes and in names of one directory.
const (
	maxHostFile  = 4 << 20
	maxHostNames = 20_000
	maxLinks     = 40 // as the kernel follows
)

type hostKey struct{}

// hostOf is the target's host, or nil where the target is not the root of a system.
func hostOf(p *checks.Pass) *host {
	if p.Root() == nil {
		return nil
	}
	return checks.Shared(p, hostKey{}, func() *host { return newHost(p.Root()) })
}

func newHost(root checks.Root) *host {
	h := &host{root: root, strays: strays{places: map[strayPlace]*stray{}}, seen: map[string]*checks.Entry{}}
	if e, err := root.Lstat("."); err == nil && e.UID > 0 {
		h.rootUID, h.rootGID = e.UID, e.GID
	}
	h.accounts = readAccounts(h)
	return h
}

// isRoot reports whether the account has root's power by its number.
func (h *host) isRoot(uid int) bool { return uid <= 0 || uid == h.rootUID }

// text is a file's content, links followed inside the root; "" where there is none.
func (h *host) text(name string) string {
	steps, err := h.walk(name)
	if err != nil {
		return ""
	}
	end := steps[len(steps)-1]
	if !end.Mode.IsRegular() {
		return ""
	}
	data, _ := h.root.ReadFile(end.Path, maxHostFile)
	return string(data)
}

// names lists a directory, links followed inside the root.
func (h *host) names(dir string) []string {
	steps, err := h.walk(dir)
	if err != nil {
		return nil
	}
	names, _ := h.root.Names(steps[len(steps)-1].Path, maxHostNames)
	return names
}

func (h *host) lstat(name string) (*checks.Entry, error) {
	h.mu.Lock()
	e := h.seen[name]
	h.mu.Unlock()
	if e != nil {
		return e, nil
	}
	e, err := h.root.Lstat(name)
	if err == nil && e.Mode.IsDir() {
		h.mu.Lock()
		h.seen[name] = e
		h.mu.Unlock()
	}
	return e, err
}

// walk is every entry on the way to a path, the root first: directories, links, and what is at the end. Absolute links
// begin at the root again. With an error, the steps are those up to what is missing.
func (h *host) walk(name string) (steps []*checks.Entry, err error) {
	at, links := ".", 0
	top, err := h.lstat(at)
	if err != nil {
		return nil, err
	}
	steps = append(steps, top)
	rest := strings.Split(strings.Trim(name, "/"), "/")
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			continue
		}
		e, err := h.lstat(path.Join(at, part))
		if err != nil {
			return steps, err
		}
		steps = append(steps, e)
		switch {
		case e.Mode&fs.ModeSymlink != 0:
			if links++; links > maxLinks {
				return steps, errors.New("too many links")
			}
			if path.IsAbs(e.Link) {
				at = "."
			}
			rest = append(strings.Split(strings.Trim(e.Link, "/"), "/"), rest...)
		case e.Mode.IsDir():
			at = e.Path
		case len(rest) > 0:
			return steps, fs.ErrNotExist
		}
	}
	if last := steps[len(steps)-1]; last.Path != at && (last.Mode.IsDir() || last.Mode&fs.ModeSymlink != 0) { // it ended in / or ..
		top, err := h.lstat(at)
		if err != nil {
			return steps, err
		}
		steps = append(steps, top)
	}
	return steps, nil
}

// real is where a path leads, links followed; "" where it leads nowhere.
func (h *host) real(name string) string {
	steps, err := h.walk(name)
	if err != nil {
		return ""
	}
	return steps[len(steps)-1].Path
}
