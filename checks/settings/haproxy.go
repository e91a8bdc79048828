package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/haproxy"
)

// haproxyReader reads HAProxy configurations. A scope is a frontend with one of the backends that it passes requests
// to, or a listen section: header rules of the backend work first, then the frontend's, then those of
// http-after-response, which work on HAProxy's own answers too.
func haproxyReader() reader {
	return reader{layer: "haproxy", wants: wantsHaproxy, read: readHaproxy, resolve: resolveHaproxy}
}

func wantsHaproxy(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	return e.Size <= maxConfigSize && (path.Ext(name) == ".cfg" && (strings.Contains(name, "haproxy") || pathHas(e.Path, "haproxy")) ||
		strings.HasPrefix(name, "haproxy") && path.Ext(name) == ".conf" || pathHas(e.Path, "haproxy") && path.Ext(name) == "")
}

func readHaproxy(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	conf := haproxy.Of(f)
	if !slices.ContainsFunc(conf.Sections, func(s *haproxy.Section) bool {
		return s.Kind == "frontend" || s.Kind == "listen" || s.Kind == "backend"
	}) {
		return nil, nil
	}
	return conf, nil
}

// haproxyTree joins the files of one directory, which HAProxy loads together.
type haproxyTree struct {
	defaults map[string]*haproxyProxy // by name
	backends map[string]*haproxyProxy
	bounds
	scopes []*checks.Scope
}

// haproxyProxy is a section with the defaults that hold in it.
type haproxyProxy struct {
	*haproxy.Section
	from     *haproxyProxy
	settings []checks.Setting
	mode     string // "" where nothing says
}

func resolveHaproxy(docs []document) ([]*checks.Scope, []checks.Problem) {
	byDir := map[string][]*haproxy.Config{}
	var dirs []string
	for _, d := range docs {
		dir := path.Dir(d.path)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], d.value.(*haproxy.Config))
	}
	t := &haproxyTree{}
	for _, dir := range dirs {
		t.defaults, t.backends = map[string]*haproxyProxy{}, map[string]*haproxyProxy{}
		t.directory(byDir[dir])
	}
	return t.scopes, t.problem("HAProxy")
}

func (t *haproxyTree) directory(configs []*haproxy.Config) {
	var fronts []*haproxyProxy
	for _, c := range configs {
		var last *haproxyProxy // the defaults above
		for _, s := range c.Sections {
			switch p := t.proxy(s, last); s.Kind {
			case "defaults":
				last, t.defaults[s.Name()] = p, p
			case "backend":
				t.backends[s.Name()] = p
			case "frontend", "listen":
				fronts = append(fronts, p)
			}
		}
	}
	for _, f := range fronts {
		t.front(f)
	}
}

// proxy reads a section. "from NAME" says which defaults hold in it.
func (t *haproxyTree) proxy(s *haproxy.Section, last *haproxyProxy) *haproxyProxy {
	p := &haproxyProxy{Section: s, from: last}
	if s.Kind == "defaults" {
		p.from = nil
	}
	for i := 0; i+1 < len(s.Args); i++ {
		if named := t.defaults[s.Args[i+1].Text]; s.Args[i].Text == "from" && named != nil {
			p.from = named
		}
	}
	if p.from != nil {
		p.mode = p.from.mode
	}
	acls := haproxyACLs(s)
	for _, l := range s.Lines {
		if l.Is("mode") {
			p.mode = l.Text(1)
		}
		if t.spend() {
			p.settings = append(p.settings, haproxySettings(s, l, acls)...)
		}
	}
	p.settings = t.own(p.settings)
	return p
}

// front reports a frontend once for each backend that it uses, or a listen section.
func (t *haproxyTree) front(f *haproxyProxy) {
	name := f.Kind + " " + f.Name()
	var used []*haproxyProxy
	for _, set := range f.settings {
		if set.Name != "use_backend" && set.Name != "default_backend" {
			continue
		}
		to, _, _ := strings.Cut(set.Raw, " ")
		if b := t.backends[to]; b != nil && !slices.Contains(used, b) {
			used = append(used, b)
		}
	}
	front := t.report(f.Kind, name, f.Place, nil, haproxyEffect(f))
	for _, b := range used {
		if !t.cut {
			t.report("backend", name+" / backend "+b.Name(), f.Place, front, haproxyEffect(b, f))
		}
	}
}

func (t *haproxyTree) report(kind, name string, place checks.Place, parent *checks.Scope, list []checks.Setting) *checks.Scope {
	s := &checks.Scope{Layer: "haproxy", Kind: kind, Name: name, Place: place, Parent: parent}
	for _, set := range list {
		set.Scope, set.Layer = name, "haproxy"
		s.Settings = append(s.Settings, set)
	}
	if t.room(len(s.Settings)) {
		t.scopes = append(t.scopes, s)
	}
	return s
}

// haproxyEffect lists the settings of sections that answer together, the one nearest to the application first: what
// works on its answers, then what works on all. The mode is that of the last.
func haproxyEffect(sections ...*haproxyProxy) []checks.Setting {
	var first, after []checks.Setting
	for i, p := range sections {
		var list []checks.Setting
		if p.from != nil {
			list = inherited(p.from.settings)
		}
		for _, set := range append(list, p.settings...) {
			set.Inherited = set.Inherited || i > 0
			if set.Has("always") {
				after = append(after, set)
			} else {
				first = append(first, set)
			}
		}
	}
	last := sections[len(sections)-1]
	mode := checks.Setting{Name: "mode", Value: last.mode, Raw: last.mode, Origin: checks.OriginSet, Place: last.Place}
	if last.mode == "" {
		mode.Value, mode.Raw, mode.Origin = "tcp", "tcp", checks.OriginDefault
	}
	return slices.Concat(first, after, []checks.Setting{mode})
}
