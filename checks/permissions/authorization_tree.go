package permissions

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// authorizationTree joins the views of a tree with what asks in front of them, and reports what stands out.
func authorizationTree(p *checks.Pass) error {
	t := viewTree{pass: p, closed: map[string]bool{}}
	for _, kept := range p.Kept() {
		if facts, ok := kept.(viewFacts); ok {
			t.files = append(t.files, &facts)
			t.closed[facts.application] = true
		}
	}
	t.guards()
	for _, f := range t.files {
		if len(f.routes) > 0 && !t.file(f) {
			p.OK(f.subject)
		}
	}
	t.routers()
	return nil
}

type viewTree struct {
	pass   *checks.Pass
	files  []*viewFacts
	closed map[string]bool // frameworks whose application asks before every view
	bare   []*viewFacts    // files whose FastAPI routes write and ask for nothing
	asked  bool            // some FastAPI route of the tree asks
}

// guards hands on what asks in front of routers and views to those behind: through inclusions as deep as people nest them,
// and from Django's urls.py to the views of its directory.
func (t *viewTree) guards() {
	const depth = 4
	for range depth {
		for _, f := range t.files {
			for _, i := range f.inclusions {
				if i.asks || slices.Contains(f.guarded, i.parent) {
					t.guardRouter(f, i.child)
				}
			}
		}
	}
	for _, f := range t.files {
		if path.Base(f.path) != "urls.py" {
			continue
		}
		for _, other := range t.files {
			if path.Dir(other.path) == path.Dir(f.path) || path.Dir(path.Dir(other.path)) == path.Dir(f.path) {
				other.guarded = append(other.guarded, f.guarded...)
			}
		}
	}
}

// guardRouter notes that the router of that name, imports resolved, is guarded: in this file, or in the module of that name.
func (t *viewTree) guardRouter(from *viewFacts, child string) {
	module, name := "", child
	if at := strings.LastIndexByte(child, '.'); at >= 0 {
		module, name = child[:at], child[at+1:]
		module = module[strings.LastIndexByte(module, '.')+1:]
	}
	for _, f := range t.files {
		stem := strings.TrimSuffix(path.Base(f.path), ".py")
		if stem == "__init__" {
			stem = path.Base(path.Dir(f.path))
		}
		if (module == "" && f == from || module != "" && stem == module) && !slices.Contains(f.guarded, name) {
			f.guarded = append(f.guarded, name)
		}
	}
}

// file judges the views of one file, and reports whether anything was found.
func (t *viewTree) file(f *viewFacts) bool {
	failed := false
	for _, framework := range []string{"flask", "django", "fastapi"} {
		var open []*view
		closed, clear := 0, 0
		for i := range f.routes {
			r := &f.routes[i]
			switch {
			case r.framework != framework:
			case r.stance == asking || t.closed[framework] || slices.Contains(f.guarded, r.owner) && r.owner != "" || slices.Contains(f.guarded, r.name):
				closed++
			case meantForAll.MatchString(r.name):
			case r.stance == unclear:
				clear++
			case framework != "fastapi" || r.writes:
				open = append(open, r)
			}
		}
		if framework == "fastapi" {
			t.asked = t.asked || closed > 0
			if closed == 0 && clear == 0 && len(open) > 0 {
				t.bare = append(t.bare, f)
				failed = true
				continue
			}
		}
		if !standsOut(framework, closed, len(open)) {
			continue
		}
		for _, r := range open {
			failed = true
			t.fail(f, r)
		}
	}
	return failed
}

// standsOut reports views that are the exception in their file: of Flask and Django at most a third of those that ask, at
// least three of which there are; of FastAPI, of which only those that write are open, one that asks is enough.
func standsOut(framework string, closed, open int) bool {
	if framework == "fastapi" {
		return closed > 0
	}
	return closed >= 3 && open*3 <= closed
}

var viewFixes = map[string]string{
	"flask":   "Add the decorator that the other routes have below @route, such as @login_required. Undo: remove it.",
	"django":  "Add the decorator or mixin that the other views have, such as @login_required or LoginRequiredMixin. Undo: remove it.",
	"fastapi": "Add the same Depends(...) or Security(...) parameter, or dependencies=[...] on the router. Undo: remove it.",
}

func (t *viewTree) fail(f *viewFacts, r *view) {
	message := "This view asks for no login, while the others of the file do"
	if r.framework == "fastapi" {
		message = "This route writes and asks for no login, while others of the file do"
	}
	t.pass.Fail(checks.Finding{Rule: "route-without-login", Subject: f.subject, Place: r.place, Attribute: r.name, Expected: "what the other views ask with",
		Actual: "nothing asks", Message: message, Fix: viewFixes[r.framework]})
}

// routers reports the FastAPI routers that write and ask for nothing: each where others of the tree ask, and once where
// none does, which may be what a service behind a gateway is meant to be.
func (t *viewTree) routers() {
	slices.SortFunc(t.bare, func(a, b *viewFacts) int { return strings.Compare(a.path, b.path) })
	for i, f := range t.bare {
		if i > 0 && !t.asked {
			t.pass.Examined(f.subject)
			continue
		}
		at := slices.IndexFunc(f.routes, func(r view) bool {
			return r.framework == "fastapi" && r.writes && r.stance == silent && !meantForAll.MatchString(r.name)
		})
		message := "Its routes write and ask for no login, while other routers of the application do"
		if !t.asked {
			message = "Nothing in this tree asks for a login before routes that write"
			if more := len(t.bare) - 1; more > 0 {
				message += fmt.Sprintf(": this file and %d more", more)
			}
		}
		t.pass.Fail(checks.Finding{Rule: "router-without-login", Subject: f.subject, Place: f.routes[at].place, Attribute: f.routes[at].name, Expected: "dependencies=[Depends(...)] on the router or the application",
			Actual: "no dependency that asks", Message: message, Fix: "APIRouter(dependencies=[Depends(get_current_user)]), or dependencies= where it is included. Undo: remove it."})
	}
}
