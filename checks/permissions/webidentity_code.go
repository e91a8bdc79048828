package permissions

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// runtime is a service with its user and the directory that it runs or serves code from.
type runtime struct {
	what, user, dir string
	place           checks.Place
}

// judgeWritableCode compares whom the code of each service belongs to with whom it runs as, where the tree is a system's
// root; elsewhere owners and modes are not those of the machine.
func judgeWritableCode(p *checks.Pass) {
	h := hostOf(p)
	runtimes := runtimesOf(p, h)
	if h == nil {
		if len(runtimes) > 0 {
			p.NotApplicable("whether a service can write its own code is known on the deployed machine only; audit its root too")
		}
		return
	}
	seen := map[[2]string]bool{}
	for _, r := range runtimes {
		key := [2]string{r.user, r.dir}
		if !seen[key] {
			seen[key] = true
			judgeRuntime(p, h, r)
		}
	}
}

// Bounds of the look at one directory of code.
const (
	maxCodeEntries = 20_000
	maxCodeDepth   = 8
)

// codeFiles are by their extension what a server runs or renders.
var codeFiles = set(".py .pyc .php .phtml .rb .erb .js .mjs .cjs .ts .jsx .tsx .pl .pm .cgi .sh .jsp .jar .war .class .html .htm .jinja .j2 .twig .ejs .so")

// writtenNames are directories that an application writes by design.
var writtenNames = set("upload uploads media storage cache tmp temp log logs var data run sessions session files .git .cache __pycache__")

// judgeRuntime walks the code and counts what the user of the service can change.
func judgeRuntime(p *checks.Pass, h *host, r runtime) {
	uid, gids, ok := h.numbers(r.user)
	at := h.real(strings.TrimPrefix(r.dir, "-"))
	if !ok || h.isRoot(uid) || at == "" || at == "." {
		return
	}
	w := &codeWalk{host: h, uid: uid, gids: gids, left: maxCodeEntries}
	w.dir(at, 0)
	subject := checks.Subject{Kind: "code", Name: "/" + at + " of " + r.what}
	switch {
	case w.code == 0:
		return
	case w.count == 0:
		p.OK(subject)
		return
	}
	p.Fail(checks.Finding{Rule: "writable-code", Subject: subject, Place: r.place, Attribute: "/" + at,
		Expected: "code that root or a deploying user owns, and " + r.user + " can only read", Actual: fmt.Sprintf("%d of %d code files, such as /%s (%s)", w.count, w.code, w.example.Path, modeText(w.example)),
		Message: fmt.Sprintf("%s runs as %s (%s), which can change its own code in /%s: who gets in once stays", r.what, r.user, r.place, at),
		Fix: fmt.Sprintf("chown -R root:%s /%s && chmod -R u=rwX,g=rX,o= /%s, then give %s the directories that it writes. Rollback: chown -R %s /%s.",
			r.user, at, at, r.user, r.user, at)})
}

// numbers are the uid of an account and the groups that it is in.
func (h *host) numbers(user string) (uid int, gids map[int]bool, ok bool) {
	number, err := strconv.Atoi(user)
	for _, a := range h.users {
		if a.name != user && (err != nil || a.uid != number) {
			continue
		}
		gids = map[int]bool{a.gid: true}
		for _, g := range h.groups {
			if slices.Contains(g.members, a.name) {
				gids[g.gid] = true
			}
		}
		return a.uid, gids, true
	}
	return number, map[int]bool{}, err == nil && number > 0
}

type codeWalk struct {
	host        *host
	uid         int
	gids        map[int]bool
	left        int // entries that may still be looked at
	code, count int
	example     *checks.Entry
}

// dir counts the code files below a directory that the account can change: their bits say so, or it can replace them.
func (w *codeWalk) dir(name string, depth int) {
	here, err := w.host.lstat(name)
	if err != nil || depth > maxCodeDepth {
		return
	}
	replaces := w.writes(here) && here.Mode&fs.ModeSticky == 0
	for _, child := range w.host.names(name) {
		if w.left--; w.left < 0 {
			return
		}
		e, err := w.host.lstat(path.Join(name, child))
		switch {
		case err != nil:
		case e.Mode.IsDir():
			if !writtenNames[strings.ToLower(child)] {
				w.dir(e.Path, depth+1)
			}
		case e.Mode.IsRegular() && codeFiles[e.Ext()]:
			w.code++
			if w.writes(e) || replaces {
				w.count++
				if w.example == nil {
					w.example = e
				}
			}
		}
	}
}

// writes reports whether the account can write the entry, or give itself the right as its owner.
func (w *codeWalk) writes(e *checks.Entry) bool {
	perm := e.Mode.Perm()
	return e.UID == w.uid || perm&0o002 != 0 || perm&0o020 != 0 && w.gids[e.GID]
}
