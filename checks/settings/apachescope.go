package settings

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// apacheServer is the main server or a virtual host: what holds in all of it, and its sections.
type apacheServer struct {
	scope    *checks.Scope     // nil where the main server is not reported
	base     []checks.Setting  // in effect before any section
	sections []apacheSectionOf // the main server's too
	root     string            // DocumentRoot
	whole    bool              // the main configuration is known, with what it allows .htaccess files
}

// apacheSectionOf is a Directory, Location or Files section.
type apacheSectionOf struct {
	apacheItem
	kind    string // "directory", "location", "files"
	path    string // without a trailing slash; "" for a pattern
	pattern bool
	body    []apacheItem
	own     []checks.Setting
	outer   bool   // of the main server, seen from a virtual host
	access  string // the directory of the .htaccess file that it stands for
}

// server reports one server configuration, made of its main file and what is included by its place.
func (t *apacheTree) server(files []string, base string, place checks.Place, whole bool) {
	var items []apacheItem
	for _, f := range files {
		items = append(items, t.expand(t.docs[f].conf.Directives, []string{f}, base, false)...)
	}
	main := &apacheServer{base: t.own(items), whole: whole}
	if place.Path != "" {
		main.scope = t.scope("server", "server", place, nil)
	}
	t.sections(main, items, base)
	t.finish(main, base)
	for _, it := range items {
		if it.Is("VirtualHost") {
			t.virtualHost(main, it, base)
		}
	}
}

// standalone reports fragments whose main file is not in the tree; those of one directory belong together.
func (t *apacheTree) standalone(paths []string) {
	byDir := map[string][]string{}
	for _, p := range paths {
		byDir[path.Dir(p)] = append(byDir[path.Dir(p)], p)
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		var place checks.Place
		for _, p := range byDir[dir] {
			if own := t.own(t.expand(t.docs[p].conf.Directives, []string{p}, dir, false)); len(own) > 0 && place.Path == "" {
				place = own[0].Place
			}
		}
		t.server(byDir[dir], dir, place, false)
	}
}

func (t *apacheTree) virtualHost(main *apacheServer, it apacheItem, base string) {
	items := t.expand(it.Body, it.files, base, false)
	name := "virtualhost " + strings.Join(it.args, " ")
	for _, in := range items {
		if in.Is("ServerName") && len(in.args) > 0 {
			name = "virtualhost " + in.args[0]
			break
		}
	}
	host := &apacheServer{whole: main.whole, base: mergeApache(inherited(hostSettings(main.base)), t.own(items))}
	host.scope = t.scope("virtualhost", name, it.Place, main.scope)
	for _, s := range main.sections {
		if s.outer = true; s.access == "" {
			host.sections = append(host.sections, s)
		}
	}
	t.sections(host, items, base)
	t.finish(host, base)
}

// hostSettings leaves out what belongs to the main server alone: formats are found there by their names.
func hostSettings(list []checks.Setting) []checks.Setting {
	return slices.DeleteFunc(slices.Clone(list), func(s checks.Setting) bool {
		return s.Name == "Listen" || strings.HasPrefix(s.Name, "LogFormat ")
	})
}

// own reads a level's directives, without those of its sections.
func (t *apacheTree) own(items []apacheItem) []checks.Setting {
	var out []checks.Setting
	for _, it := range items {
		if s, ok := apacheSetting(it.Directive, it.args, it.dynamic); ok {
			out = append(out, s)
		}
	}
	return mergeApache(nil, t.bounds.own(out))
}

func (t *apacheTree) scope(kind, name string, place checks.Place, parent *checks.Scope) *checks.Scope {
	return &checks.Scope{Layer: "apache", Kind: kind, Name: name, Place: place, Parent: parent}
}

var apacheSectionKinds = map[string]string{
	"directory": "directory", "directorymatch": "directory", "location": "location", "locationmatch": "location",
	"files": "files", "filesmatch": "files", "if": "if", "elseif": "if", "else": "if",
}

// sections collects the sections of a server in the order that httpd merges them: directories from the shortest
// path on, files, locations.
func (t *apacheTree) sections(s *apacheServer, items []apacheItem, base string) {
	for _, set := range s.base {
		if set.Name == "DocumentRoot" {
			s.root = strings.TrimRight(set.Text(), "/")
		}
	}
	for _, it := range items {
		kind := apacheSectionKinds[strings.ToLower(it.Name)]
		if kind == "" || !it.Section {
			continue
		}
		sec := apacheSectionOf{apacheItem: it, kind: kind, body: t.expand(it.Body, it.files, base, it.dynamic)}
		sec.own = t.withInner(t.own(sec.body), sec.body, base)
		if kind == "if" {
			sec.own = apacheIf(sec.own, it)
		}
		if len(it.args) > 0 {
			last := it.args[len(it.args)-1]
			sec.path = strings.TrimRight(last, "/")
			sec.pattern = strings.HasSuffix(strings.ToLower(it.Name), "match") || it.args[0] == "~" || hasGlob(last) && last != "*" || it.dynamic
		}
		s.sections = append(s.sections, sec)
	}
	t.accessFiles(s, base)
	slices.SortStableFunc(s.sections, func(a, b apacheSectionOf) int { return cmp.Compare(a.rank(), b.rank()) })
}

// rank orders sections as httpd merges them: directories by depth, then those by pattern, files, locations, ifs.
func (s *apacheSectionOf) rank() int {
	const deep = 1 << 20
	if s.kind == "directory" && !s.pattern {
		n := 2 * min(strings.Count(s.path, "/"), deep/2-1)
		if s.access != "" {
			n++ // after the Directory section of the same path
		}
		return n
	}
	return map[string]int{"directory": deep, "files": deep + 1, "location": deep + 2, "if": deep + 3}[s.kind]
}

// finish reports a server with what is in effect for its root path, then each of its own sections.
func (t *apacheTree) finish(s *apacheServer, base string) {
	in := indexed(s)
	if s.scope != nil {
		t.effect(s.scope, t.at(in, "", -1))
	}
	for i := range s.sections {
		sec := &s.sections[i]
		if sec.outer || t.cut {
			continue
		}
		name := strings.TrimSpace(strings.ToLower(sec.Name) + " " + strings.Join(sec.args, " "))
		if sec.access != "" {
			name = "directory " + sec.access + " (.htaccess)"
		}
		if s.scope != nil {
			name = s.scope.Name + " / " + name
		}
		location := ""
		if sec.kind == "location" && !sec.pattern {
			location = sec.path
		}
		effective := t.at(in, location, i)
		scope := s.scope
		if len(sec.own) > 0 {
			scope = t.scope(sec.kind, name, sec.Place, s.scope)
			t.effect(scope, effective)
		}
		t.inner(scope, name, effective, sec.body, base)
	}
}

// proxied reports whether requests for the location are passed on, by ProxyPass in its section or the server's first
// one that is about its path.
func (s *apacheServer) proxied(location string, sec *apacheSectionOf) bool {
	if sec != nil && slices.ContainsFunc(sec.own, func(set checks.Setting) bool { return set.Name == "ProxyPass" }) {
		return true
	}
	if sec != nil && sec.kind != "location" {
		return false
	}
	for _, set := range s.base {
		from, to, ok := strings.Cut(set.Raw, " ")
		if set.Name == "ProxyPass" && ok && strings.HasPrefix(location+"/", from) {
			return !strings.HasPrefix(to, "!")
		}
	}
	return false
}

// effect writes a scope's settings and the defaults of what is unset.
func (t *apacheTree) effect(scope *checks.Scope, list []checks.Setting) {
	if !t.room(len(list) + len(apacheDirectives)) {
		return
	}
	t.scopes = append(t.scopes, scope)
	set := map[string]bool{}
	for _, s := range list {
		set[s.Name] = true
		s.Scope = scope.Name
		scope.Settings = append(scope.Settings, s)
	}
	for _, name := range slices.Sorted(maps.Keys(apacheDirectives)) {
		if def := apacheDirectives[name].def; def != nil && !set[name] {
			scope.Settings = append(scope.Settings, checks.Setting{Layer: "apache", Name: name, Value: def,
				Origin: checks.OriginDefault, Scope: scope.Name, Place: scope.Place})
		}
	}
}
