package settings

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// traefikReader reads Traefik's routers with the middlewares that are attached to them, from files (YAML, TOML),
// container labels and Kubernetes resources. A middleware counts for a router that names it, or whose entry point does;
// one that nothing names is reported as a scope of its own, with the flag "unattached", and is not in force.
func traefikReader() reader {
	return reader{layer: "traefik", hints: []string{"traefik"}, wants: wantsTraefik, read: readTraefik, resolve: resolveTraefik}
}

// traefikFact is one leaf of the configuration: "http.middlewares.secure.headers.stsseconds" and its value. Names are in
// lower case, as Traefik does not tell case apart, but for those of headers.
type traefikFact struct {
	path     []string
	values   []string
	provider string // "file", "docker", "kubernetescrd"
	dynamic  bool
	place    checks.Place
}

func (f *traefikFact) text() string {
	if len(f.values) == 0 {
		return ""
	}
	return f.values[0]
}

// traefikPart is a middleware, a router or an entry point.
type traefikPart struct {
	name  string // with "@provider"
	place checks.Place
	facts []traefikFact // paths begin behind the name
	used  bool
}

// get returns the fact of that path.
func (p *traefikPart) get(names ...string) *traefikFact {
	for i := range p.facts {
		if slices.Equal(p.facts[i].path, names) {
			return &p.facts[i]
		}
	}
	return nil
}

func (p *traefikPart) list(names ...string) []string {
	f := p.get(names...)
	if f == nil {
		return nil
	}
	var out []string
	for _, v := range f.values {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" {
				out = append(out, name)
			}
		}
	}
	return out
}

// has reports whether anything is written below that name.
func (p *traefikPart) has(name string) bool {
	return slices.ContainsFunc(p.facts, func(f traefikFact) bool { return f.path[0] == name && f.text() != "false" })
}

// traefikTree joins the files of a tree.
type traefikTree struct {
	middlewares, routers, entries map[string]*traefikPart
	order                         []*traefikPart // routers and middlewares as they are found
	bounds
	scopes []*checks.Scope
}

func resolveTraefik(docs []document) ([]*checks.Scope, []checks.Problem) {
	byRoot := map[string]*traefikTree{}
	var trees []*traefikTree
	for _, d := range docs {
		root := traefikRoot(d.path)
		if byRoot[root] == nil {
			byRoot[root] = &traefikTree{middlewares: map[string]*traefikPart{}, routers: map[string]*traefikPart{}, entries: map[string]*traefikPart{}}
			trees = append(trees, byRoot[root])
		}
		byRoot[root].learn(d.value.([]traefikFact))
	}
	var all []*checks.Scope
	var problems []checks.Problem
	for _, t := range trees {
		t.report()
		all = append(all, t.scopes...)
		problems = append(problems, t.problem("Traefik")...)
	}
	return all, problems
}

// traefikRoot tells configurations apart: the files of a tree work together, but for those of examples and tests, which
// do so by directory.
func traefikRoot(p string) string {
	if root, _, deeper := strings.Cut(p, "/"); deeper && slices.Contains([]string{"examples", "example", "samples", "test", "tests", "docs"}, root) {
		return path.Dir(p)
	}
	return ""
}

func (t *traefikTree) learn(facts []traefikFact) {
	for _, f := range facts {
		if !t.spend() {
			return
		}
		switch {
		case len(f.path) > 3 && f.path[0] == "http" && f.path[1] == "middlewares":
			t.part(t.middlewares, f.path[2]+"@"+f.provider, f, 3)
		case len(f.path) > 3 && f.path[0] == "http" && f.path[1] == "routers":
			t.part(t.routers, f.path[2]+"@"+f.provider, f, 3)
		case len(f.path) > 2 && f.path[0] == "entrypoints":
			t.part(t.entries, f.path[1], f, 2)
		}
	}
}

func (t *traefikTree) part(in map[string]*traefikPart, name string, f traefikFact, depth int) {
	p := in[name]
	if p == nil {
		p = &traefikPart{name: name, place: f.place}
		in[name] = p
		t.order = append(t.order, p)
	}
	f.path = f.path[depth:]
	p.facts = append(p.facts, f)
}

func (t *traefikTree) report() {
	slices.SortStableFunc(t.order, func(a, b *traefikPart) int {
		return cmp.Or(cmp.Compare(a.place.Path, b.place.Path), cmp.Compare(a.place.Line, b.place.Line))
	})
	for _, p := range t.order {
		if t.routers[p.name] == p {
			t.router(p)
		}
	}
	for _, p := range t.order {
		if list := traefikRedirections(p); t.entries[p.name] == p && len(list) > 0 {
			t.scope("entrypoint", "entrypoint "+p.name, p.place, list)
		}
	}
	for _, p := range t.order {
		if list := traefikHeaders(p); t.middlewares[p.name] == p && !p.used && len(list) > 0 {
			for i := range list {
				list[i].Flags = append(list[i].Flags, "unattached")
			}
			t.scope("middleware", "middleware "+p.name, p.place, list)
		}
	}
}

// router reports a router: what its last middleware does first, what its entry point's do last.
func (t *traefikTree) router(p *traefikPart) {
	_, provider, _ := strings.Cut(p.name, "@")
	var list []checks.Setting
	names := p.list("middlewares")
	entries := p.list("entrypoints")
	secure := p.has("tls")
	for _, name := range slices.Sorted(maps.Keys(t.entries)) {
		e := t.entries[name]
		if len(entries) > 0 && !slices.Contains(entries, name) {
			continue
		}
		list = append(list, traefikReadTimeout(e)...)
		names = append(append([]string(nil), e.list("http", "middlewares")...), names...)
		secure = secure || slices.ContainsFunc(e.facts, func(f traefikFact) bool { return len(f.path) > 1 && f.path[0] == "http" && f.path[1] == "tls" })
	}
	for _, name := range []string{"rule", "service", "entrypoints", "middlewares"} {
		if f := p.get(name); f != nil {
			s := checks.Setting{Name: name, Value: strings.Join(f.values, ","), Raw: strings.Join(f.values, ","), Origin: checks.OriginSet, Place: f.place}
			if f.dynamic {
				s.Value, s.Origin = nil, checks.OriginDynamic
			}
			list = append(list, s)
		}
	}
	if plain := t.plain(p, entries); len(plain) > 0 {
		list = append(list, checks.Setting{Name: "plain entrypoints", Value: strings.Join(plain, ","), Raw: strings.Join(plain, ","), Origin: checks.OriginSet, Place: p.place})
	}
	list = append(list, checks.Setting{Name: "tls", Value: secure || slices.Contains(entries, "websecure"), Raw: "", Origin: checks.OriginSet, Place: p.place})
	for _, name := range slices.Backward(names) {
		list = append(list, t.attached(name, provider, p.place, 0)...)
	}
	t.scope("router", "router "+p.name, p.place, list)
}

// attached is what a middleware does that something names, or those of a chain; what is not in the tree may do anything.
func (t *traefikTree) attached(name, provider string, from checks.Place, depth int) []checks.Setting {
	if !strings.Contains(name, "@") {
		name += "@" + provider
	}
	m := t.middlewares[name]
	if m == nil || depth > maxIncludeDepth || !t.spend() || !t.merge(len(m.facts)) {
		return []checks.Setting{{Name: "import", Raw: "middleware " + name, Origin: checks.OriginDynamic, Place: from}}
	}
	m.used = true
	_, provider, _ = strings.Cut(name, "@")
	var out []checks.Setting
	for _, inner := range slices.Backward(m.list("chain", "middlewares")) {
		out = append(out, t.attached(inner, provider, m.place, depth+1)...)
	}
	out = append(out, traefikRedirects(m)...)
	out = append(out, traefikBuffering(m)...)
	return append(out, inherited(traefikHeaders(m))...)
}

func (t *traefikTree) scope(kind, name string, place checks.Place, list []checks.Setting) {
	s := &checks.Scope{Layer: "traefik", Kind: kind, Name: name, Place: place, Settings: t.own(list)}
	for i := range s.Settings {
		s.Settings[i].Layer, s.Settings[i].Scope = "traefik", name
	}
	if t.room(len(s.Settings)) {
		t.scopes = append(t.scopes, s)
	}
}
