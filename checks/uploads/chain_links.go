package uploads

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Bounds of what is linked: trees of ordinary size have a handful.
const (
	maxChains     = 500
	maxChainDepth = 6
)

// chainsOf are the ways of requests through the layers found in the tree: each route of each proxy that no other proxy
// passes on to, with what is behind it, and each application that no proxy leads to. Layers in tests and examples are
// left out.
func chainsOf(p *checks.Pass) []chain {
	t := chainTree{contexts: map[string]string{}}
	scopes := p.Scopes(append(limitedProducts(), "compose")...)
	for _, s := range scopes {
		if s.Layer == "compose" {
			t.service(s)
		}
	}
	for _, table := range limiters() {
		for i := range table {
			for _, s := range scopes {
				if l, ok := table[i].layer(s); ok && !notDeployed(s.Place.Path) {
					t.add(l)
				}
			}
		}
	}
	return t.chains()
}

// chainTree links the layers of one tree.
type chainTree struct {
	proxies, servers, frameworks, routes []layer
	contexts                             map[string]string // the directory that a Compose service is built from, by its name
	stacks                               []stack
	reached                              map[*checks.Scope]bool // proxies that another passes on to
	fronted                              map[int]bool           // stacks that a proxy passes on to
	out                                  []chain
}

// stack is an application with what runs it, from the outside to the code.
type stack struct {
	layers  []layer
	runtime string
	dir     string // of the application
	unsure  bool   // which of several configurations is in use cannot be told
}

func (t *chainTree) add(l layer) {
	switch l.role {
	case roleProxy:
		t.proxies = append(t.proxies, l)
	case roleServer:
		t.servers = append(t.servers, l)
	case roleFramework:
		t.frameworks = append(t.frameworks, l)
	default:
		t.routes = append(t.routes, l)
	}
}

func (t *chainTree) service(s *checks.Scope) {
	name := strings.TrimPrefix(s.Name, "service ")
	if build, ok := s.Get("build.context"); ok && !build.Dynamic() {
		t.contexts[name] = path.Join(path.Dir(s.Place.Path), build.Text())
	}
}

func (t *chainTree) chains() []chain {
	t.reached, t.fronted = map[*checks.Scope]bool{}, map[int]bool{}
	t.stack()
	var entries []layer
	for _, l := range t.proxies {
		for _, next := range t.proxiesBehind(l) {
			if next.product != l.product { // a location of nginx is reached from outside too
				t.reached[next.scope] = true
			}
		}
	}
	for _, l := range t.proxies {
		if !t.reached[l.scope] && !strings.HasPrefix(l.route, "@") {
			entries = append(entries, l)
		}
	}
	for _, l := range entries {
		t.follow([]layer{l}, "")
	}
	for i, s := range t.stacks {
		if !t.fronted[i] {
			t.emit(s.layers, "", false)
		}
	}
	return t.out
}

// follow goes on from the last layer, a proxy.
func (t *chainTree) follow(way []layer, route string) {
	last := way[len(way)-1]
	route = cmp.Or(last.route, route)
	if !last.forwards || len(way) >= maxChainDepth {
		t.emit(way, route, false)
		return
	}
	if next := t.proxiesBehind(last); len(next) > 0 {
		for _, l := range next {
			t.follow(append(slices.Clip(way), l), route)
		}
		return
	}
	behind := t.stacksBehind(last)
	for _, i := range behind {
		t.fronted[i] = true
		t.emit(append(slices.Clip(way), t.stacks[i].layers...), route, len(behind) > 1 || t.stacks[i].unsure)
	}
	if len(behind) == 0 {
		t.emit(way, route, false)
	}
}

// emit reports a chain, and one for each route of its application that has a limit of its own.
func (t *chainTree) emit(layers []layer, route string, unsure bool) {
	if len(t.out) >= maxChains {
		return
	}
	c := chain{route: route, layers: layers, unsure: unsure, decides: -1}
	limit, by := c.effective("", false)
	c.limit = limit
	for i := range layers {
		if by == &layers[i] {
			c.decides = i
		}
		c.atMost = c.atMost || !layers[i].limit.known
	}
	t.out = append(t.out, c)
	last := layers[len(layers)-1]
	if last.role != roleFramework {
		return
	}
	for _, r := range t.routes {
		if r.runtime == last.runtime && inDir(path.Dir(r.scope.Place.Path), path.Dir(last.scope.Place.Path)) {
			t.emit(append(slices.Clip(layers), r), cmp.Or(r.route, route), unsure)
		}
	}
}

// stack joins each framework with the servers that run it: those of its runtime, where there are several those in
// the nearest directory around it.
func (t *chainTree) stack() {
	used := map[*checks.Scope]bool{}
	for _, f := range t.applications() {
		s := stack{runtime: f.runtime, dir: path.Dir(f.scope.Place.Path)}
		for _, server := range t.serversOf(f.runtime, path.Dir(f.scope.Place.Path)) {
			used[server.scope] = true
			s.layers = append(s.layers, server)
		}
		s.layers = append(s.layers, f)
		t.stacks = append(t.stacks, s)
	}
	var runtimes []string // of servers without a framework
	for _, server := range t.servers {
		if !used[server.scope] && !t.hasFramework(server.runtime) && !slices.Contains(runtimes, server.runtime) {
			runtimes = append(runtimes, server.runtime)
		}
	}
	for _, runtime := range runtimes {
		layers := t.serversOf(runtime, "")
		s := stack{layers: layers, runtime: runtime, dir: path.Dir(layers[0].scope.Place.Path)}
		s.unsure = t.differ(layers)
		t.stacks = append(t.stacks, s)
	}
}

func (t *chainTree) hasFramework(runtime string) bool {
	return slices.ContainsFunc(t.frameworks, func(f layer) bool { return f.runtime == runtime })
}

// differ reports whether another server of the same kind says something else: which of them is in use cannot be told.
func (t *chainTree) differ(chosen []layer) bool {
	return slices.ContainsFunc(t.servers, func(s layer) bool {
		return slices.ContainsFunc(chosen, func(c layer) bool {
			return c.product == s.product && c.limit.covers == s.limit.covers && s.deployed() == c.deployed() && s.limit.size != c.limit.size
		})
	})
}

// applications are the frameworks; of several settings of one product in one directory, which are those of
// development, tests and production, that whose name tells of production or else the one that is set.
func (t *chainTree) applications() []layer {
	var out []layer
	for _, f := range t.frameworks {
		i := slices.IndexFunc(out, func(o layer) bool {
			return o.product == f.product && path.Dir(o.scope.Place.Path) == path.Dir(f.scope.Place.Path)
		})
		switch {
		case i < 0:
			out = append(out, f)
		case f.deployed() > out[i].deployed():
			out[i] = f
		}
	}
	return out
}

// deployed ranks the configurations of one product by how surely they are the one in use.
func (l *layer) deployed() int {
	n := 0
	if strings.Contains(strings.ToLower(path.Base(l.scope.Place.Path)), "prod") {
		n += 2
	}
	if l.set.Origin == checks.OriginSet {
		n++
	}
	if l.scope.Kind == "pool" { // says more than php.ini
		n += 2
	}
	return n
}

// serversOf are the servers of a runtime that are around a directory, or anywhere for "": one of each product, and of each
// kind of body that a product tells apart.
func (t *chainTree) serversOf(runtime, dir string) []layer {
	var out []layer
	for _, s := range t.servers {
		if s.runtime != runtime || dir != "" && !inDir(dir, path.Dir(s.scope.Place.Path)) && t.several(runtime) {
			continue
		}
		i := slices.IndexFunc(out, func(o layer) bool { return o.product == s.product && o.limit.covers == s.limit.covers })
		switch {
		case i < 0:
			out = append(out, s)
		case s.deployed() > out[i].deployed():
			out[i] = s
		}
	}
	return out
}

func (t *chainTree) several(runtime string) bool {
	n := 0
	for _, f := range t.frameworks {
		if f.runtime == runtime {
			n++
		}
	}
	return n > 1
}

// inDir reports whether dir is outer or below it.
func inDir(dir, outer string) bool {
	return outer == "." || dir == outer || strings.HasPrefix(dir, outer+"/")
}

// upstream is where a proxy passes requests on to.
type upstream struct {
	protocol   string // "http", "fcgi", "uwsgi", ...
	host, port string // "" where a socket or a variable
}

var upstreamText = regexp.MustCompile(`(?:\b(\w+)://)?([\w-][\w.-]*)(?::(\d+))?`)

// upstreamOf reads "http://app:8000/", "unix:/run/app.sock", "app:9000", "server s1 10.0.0.1:80 check".
func upstreamOf(set checks.Setting) upstream {
	t := upstream{protocol: "http"}
	switch set.Name {
	case "fastcgi_pass", "php_fastcgi":
		t.protocol = "fcgi"
	case "uwsgi_pass":
		t.protocol = "uwsgi"
	}
	for _, word := range strings.Fields(set.Text()) {
		m := upstreamText.FindStringSubmatch(word)
		if m == nil || m[1] == "" && m[3] == "" && !strings.HasSuffix(set.Name, "_pass") || strings.HasPrefix(word, "/") {
			continue
		}
		if m[1] != "" && m[1] != "unix" {
			t.protocol = strings.TrimSuffix(m[1], "s")
		}
		if !strings.HasPrefix(word, "unix:") {
			t.host, t.port = m[2], m[3]
		}
		return t
	}
	return t
}

// proxiesBehind are the routes of other proxies on this host that listen on the port a proxy passes on to.
func (t *chainTree) proxiesBehind(l layer) []layer {
	var out []layer
	for _, set := range l.passes {
		if set.Name == "try_files" {
			out = append(out, t.locationBehind(l, set)...)
			continue
		}
		to := upstreamOf(set)
		if to.port == "" || to.host != "localhost" && !strings.HasPrefix(to.host, "127.") {
			continue
		}
		for _, next := range t.proxies {
			if next.scope != l.scope && next.product != l.product && listensOn(next.scope, to.port) {
				out = append(out, next)
			}
		}
	}
	return out
}

// locationBehind is the location of the same server that try_files goes on to: a named one, or the expression for scripts.
func (t *chainTree) locationBehind(l layer, set checks.Setting) []layer {
	words := strings.Fields(set.Text())
	target := words[len(words)-1]
	for _, next := range t.proxies {
		if next.product != l.product || next.scope.Parent != l.scope.Parent || next.scope == l.scope {
			continue
		}
		if next.route == target || target[0] != '@' && strings.HasPrefix(next.route, "~") && strings.Contains(next.route, "php") {
			return []layer{next}
		}
	}
	return nil
}

// listenNames are the settings that tell where a proxy listens.
var listenNames = []string{"listen", "bind", "address", "Listen"}

func listensOn(s *checks.Scope, port string) bool {
	for _, set := range s.Settings {
		if !slices.Contains(listenNames, set.Name) {
			continue
		}
		for _, word := range strings.Fields(set.Text()) {
			if _, p, _ := cutLast(":"+word, ":"); p == port {
				return true
			}
		}
	}
	return false
}

// stacksBehind are the indexes of the applications that a proxy may pass on to: one where the target tells it or the
// tree has only one of its protocol.
func (t *chainTree) stacksBehind(l layer) []int {
	var all []int
	passes := l.passes
	if len(passes) == 0 {
		passes = []checks.Setting{{}}
	}
	for _, set := range passes {
		if set.Name == "try_files" {
			continue
		}
		to := upstreamOf(set)
		var found []int
		for i, s := range t.stacks {
			if speaks(s.runtime, to.protocol) && (l.product != "iis" || s.runtime == "dotnet") && !slices.Contains(all, i) {
				found = append(found, i)
			}
		}
		if dir, ok := t.contexts[to.host]; ok {
			if inside := slices.DeleteFunc(slices.Clone(found), func(i int) bool { return !inDir(t.stacks[i].dir, dir) }); len(inside) > 0 {
				found = inside
			}
		}
		all = append(all, found...)
	}
	return all
}

// speaks reports whether applications of a runtime are reached by that protocol.
func speaks(runtime, protocol string) bool {
	switch protocol {
	case "fcgi":
		return runtime == "php"
	case "uwsgi":
		return runtime == "python"
	}
	return runtime != "php"
}
