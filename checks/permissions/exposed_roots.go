package permissions

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// hiddenNames are files and directories that must not lie below a served directory, and the rule that each breaks.
var hiddenNames = map[string]string{".env": "dotenv", ".git": "git-directory", ".svn": "version-control", ".hg": "version-control", ".htpasswd": "password-file"}

// hiddenEntry is one of them in the tree.
type hiddenEntry struct{ path, dir, name string }

// seeHidden keeps them for the servers of the same tree.
func seeHidden(p *checks.Pass, e *checks.Entry) {
	name := e.Name()
	if hiddenNames[name] == "" || besideService.MatchString(e.Path) || e.Mode.IsDir() != (name == ".git" || name == ".svn" || name == ".hg") {
		return
	}
	p.Keep(e.Path, hiddenEntry{e.Path, path.Dir(e.Path), name})
}

// servedByRoot finds servers of nginx whose root is, by its name, a directory of the tree with such a file in it, and no
// location that refuses it. Where the root lies on the machine is a guess, so the finding is of low precision.
func servedByRoot(p *checks.Pass) {
	for _, s := range p.Scopes("nginx") {
		root, ok := s.Get("root")
		if !ok || root.Name != "root" || root.Dynamic() || s.Kind != "server" || besideService.MatchString(s.Place.Path) {
			continue
		}
		for _, kept := range p.Kept() {
			if h, ok := kept.(hiddenEntry); ok && h.dir != "." && path.Base(h.dir) == path.Base(strings.TrimRight(root.Text(), "/")) {
				judgeHidden(p, s, root, h)
			}
		}
	}
}

func judgeHidden(p *checks.Pass, server *checks.Scope, root checks.Setting, h hiddenEntry) {
	request := "/" + h.name
	if h.name == ".git" {
		request += "/HEAD"
	}
	if refuses(p, server, request) {
		p.OK(server.Subject())
		return
	}
	p.Fail(checks.Finding{Rule: hiddenNames[h.name], Subject: server.Subject(), Place: root.Place, Attribute: h.name, Precision: checks.PrecisionLow,
		Expected: "a location that refuses names that begin with a dot", Actual: "root " + root.Raw + ", and " + h.path + " in the tree",
		Message: "Nothing in the server refuses /" + h.name + ", and the directory of that name in the tree holds it",
		Fix:     "Write `location ~ /\\. { return 404; }`, and deploy without " + h.name + ". Undo: remove the location."})
}

// refuses reports whether the server answers the path otherwise than with the file: it refuses it, or an application
// answers. What cannot be told counts as that.
func refuses(p *checks.Pass, server *checks.Scope, request string) bool {
	at := server
	longest, final := -1, false
	var patterns []*checks.Scope
	for _, s := range p.Scopes("nginx") {
		if s.Parent != server || s.Kind != "location" {
			continue
		}
		words := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(s.Name, server.Name+" / "), "location "))
		modifier, pattern := "", ""
		if len(words) > 0 {
			modifier, pattern = words[0], words[len(words)-1]
		}
		switch {
		case modifier == "~" || modifier == "~*":
			patterns = append(patterns, s)
		case modifier == "=" && pattern == request:
			return !serves(s)
		case modifier != "=" && strings.HasPrefix(request, pattern) && len(pattern) > longest:
			at, longest, final = s, len(pattern), modifier == "^~"
		}
	}
	for _, s := range patterns {
		_, pattern, _ := strings.Cut(s.Name[strings.LastIndex(s.Name, "location ~")+len("location "):], " ")
		match, err := regexp.Compile(strings.Trim(pattern, `"'`))
		if err != nil {
			return true
		}
		if !final && match.MatchString(request) {
			return !serves(s)
		}
	}
	return !serves(at)
}

// serves reports whether a scope answers with files of its root.
func serves(s *checks.Scope) bool {
	return !slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		switch set.Name {
		case "return", "internal", "alias", "include":
			return true
		case "deny":
			return set.Text() == "all"
		}
		return strings.HasSuffix(set.Name, "_pass")
	})
}
