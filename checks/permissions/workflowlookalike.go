package permissions

import (
	"strings"
	"sync"
)

// wellKnown are the repositories of the actions that the tables know.
var wellKnown = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	add := func(name string) {
		if parts := strings.SplitN(name, "/", 3); len(parts) > 1 {
			out[parts[0]+"/"+parts[1]] = true
		}
	}
	for name := range actionNeeds {
		add(name)
	}
	for name := range archivedActions {
		add(name)
	}
	for name := range cachers {
		add(name)
	}
	return out
})

// reserved are owners below which nobody else can make a repository, so that a slip there leads nowhere.
var reserved = set("actions github docker")

// lookalike is the well-known repository from whose owner the name's is one letter off, or "".
func lookalike(slug string) string {
	if wellKnown()[slug] {
		return ""
	}
	owner, repository, _ := strings.Cut(slug, "/")
	best := ""
	for known := range wellKnown() {
		o, r, _ := strings.Cut(known, "/")
		if r == repository && len(o) > 4 && oneOff(o, owner) && !reserved[owner] && (best == "" || known < best) {
			best = known
		}
	}
	return best
}

// oneOff reports whether one letter was put in, left out, changed or swapped with its neighbour.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
