package settings

import (
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// nginxTree joins the files of a tree.
type nginxTree struct {
	docs   map[string]*nginxDoc
	index  *pathIndex
	used   map[string]bool
	partOf map[string]bool // by another whole configuration
	bounds
	scopes []*checks.Scope
	seen   map[checks.Place]bool // servers already reported, under another nginx.conf
}

// nginxItem is a directive in its place after includes, with the files it was included through.
type nginxItem struct {
	*nginx.Directive
	files []string // the file it is in is the last
}

func resolveNginx(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := &nginxTree{index: newPathIndex(docs), docs: map[string]*nginxDoc{}, used: map[string]bool{}, partOf: map[string]bool{}, seen: map[checks.Place]bool{}}
	var mains []*nginxDoc
	for _, d := range docs {
		doc := d.value.(*nginxDoc)
		t.docs[d.path] = doc
		if doc.role == nginxMain {
			mains = append(mains, doc)
		}
	}
	for _, p := range t.index.paths {
		t.markUsed(t.docs[p], nearestMain(mains, p), t.docs[p].conf.Directives)
	}
	adopted := t.orphans(mains)
	for _, m := range mains {
		if !t.partOf[m.path] {
			t.main(m, adopted[m.path])
		}
	}
	t.fragments(adopted[""])
	t.cut = t.cut || t.index.cut
	return t.scopes, t.problem("nginx")
}

// nearestMain returns the directory of the nginx.conf nearest above the path, else the path's own directory.
func nearestMain(mains []*nginxDoc, p string) string {
	best := ""
	for _, m := range mains {
		if dir := path.Dir(m.path); inside(p, dir) && len(dir) > len(best) {
			best = dir
		}
	}
	if best == "" {
		return path.Dir(p)
	}
	return best
}

// markUsed notes the files that any include names, so that they are not taken for fragments.
func (t *nginxTree) markUsed(doc *nginxDoc, base string, list []*nginx.Directive) {
	for _, d := range list {
		if d.Name == "include" && !d.Template() {
			for _, p := range t.index.matches([]string{base, path.Dir(doc.path)}, d.Arg(0)) {
				t.used[p] = t.used[p] || p != doc.path
				// of two whole configurations that include each other, both are reported
				t.partOf[p] = t.partOf[p] || p != doc.path && doc.role == nginxMain && !t.partOf[doc.path]
			}
		}
		t.markUsed(doc, base, d.Body)
	}
}

// orphans assigns the files that nothing includes to the nginx.conf above them whose wildcard include found
// nothing in the tree (conf.d filled by a Dockerfile, sites-enabled by links); the rest goes to "".
func (t *nginxTree) orphans(mains []*nginxDoc) map[string][]*nginxDoc {
	out := map[string][]*nginxDoc{}
	for _, p := range t.index.paths {
		doc := t.docs[p]
		if t.used[p] || doc.role == nginxMain || doc.role == nginxSnippet && path.Base(path.Dir(p)) != "conf.d" {
			continue
		}
		owner := ""
		for _, m := range mains {
			if doc.role != nginxInServer && path.Dir(m.path) == nearestMain(mains, p) && inside(p, path.Dir(m.path)) && t.wantsMore(m) {
				owner = m.path
			}
		}
		out[owner] = append(out[owner], doc)
	}
	return out
}

// wantsMore reports whether a wildcard include of the file's http block finds nothing.
func (t *nginxTree) wantsMore(m *nginxDoc) bool {
	for _, d := range m.conf.Directives {
		if d.Name != "http" {
			continue
		}
		for _, in := range d.Body {
			if in.Name == "include" && hasGlob(in.Arg(0)) && len(t.index.matches([]string{path.Dir(m.path)}, in.Arg(0))) == 0 {
				return true
			}
		}
	}
	return false
}

// main reports a whole configuration.
func (t *nginxTree) main(doc *nginxDoc, adopted []*nginxDoc) {
	base := path.Dir(doc.path)
	items := t.expand(doc.conf.Directives, []string{doc.path}, base)
	root := t.level(nil, "main", "", items, nil)
	for _, it := range items {
		if it.Name != "http" || !it.Block {
			continue
		}
		body := t.expand(it.Body, it.files, base)
		for _, a := range adopted {
			body = append(body, t.expand(a.conf.Directives, []string{a.path}, base)...)
		}
		http := t.level(root, "http", "http", body, &it.Place)
		t.servers(http, body, base, doc.path)
	}
}

// fragments reports files whose nginx.conf is not in the tree. Those of one directory are included together.
func (t *nginxTree) fragments(docs []*nginxDoc) {
	byDir := map[string][]nginxItem{}
	for _, doc := range docs {
		dir := path.Dir(doc.path)
		items := t.expand(doc.conf.Directives, []string{doc.path}, dir)
		if doc.role == nginxInServer {
			t.locations(nil, items, dir)
			continue
		}
		byDir[dir] = append(byDir[dir], items...)
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		items := byDir[dir]
		http := t.level(nil, "http", "http", items, nil)
		if len(http.own) > 0 {
			first := http.first
			http = t.level(nil, "http", "http", items, &first)
		}
		t.servers(http, items, dir, "")
	}
}

// servers reports the server blocks of an http block. One that another nginx.conf includes too is told apart by name.
func (t *nginxTree) servers(http *nginxLevel, items []nginxItem, base, root string) {
	for _, it := range items {
		if it.Name != "server" || !it.Block || len(it.Args) > 0 {
			continue
		}
		body := t.expand(it.Body, it.files, base)
		name := nginxServerName(body)
		if t.seen[it.Place] {
			name += " in " + root
		}
		t.seen[it.Place] = true
		server := t.level(http, "server", name, body, &it.Place)
		t.locations(server, body, base)
	}
}

func nginxServerName(body []nginxItem) string {
	name, listen := "", ""
	for _, it := range body {
		switch {
		case it.Name == "server_name" && name == "":
			name = it.Arg(0)
		case it.Name == "listen" && listen == "":
			listen = it.Arg(0)
		}
	}
	if name == "" || name == "_" {
		name = strings.TrimSpace(name + " " + listen)
	}
	return strings.TrimSpace("server " + name)
}

// writtenBlanks keeps a name in one line, and a pattern's blanks what they are.
var writtenBlanks = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

// locations reports the locations and ifs of a block, and theirs.
func (t *nginxTree) locations(outer *nginxLevel, items []nginxItem, base string) {
	for _, it := range items {
		if it.Name != "location" && it.Name != "if" || !it.Block || t.cut {
			continue
		}
		name := it.Name + " " + writtenBlanks.Replace(it.Text())
		if outer != nil {
			name = outer.name + " / " + name
		}
		body := t.expand(it.Body, it.files, base)
		t.locations(t.level(outer, it.Name, name, body, &it.Place), body, base)
	}
}

// expand replaces the includes of a block's body by what they name. An include of one file that is not in the
// tree stays, unless it is of a file that comes with nginx and sets nothing we know.
func (t *nginxTree) expand(list []*nginx.Directive, files []string, base string) []nginxItem {
	var out []nginxItem
	for _, d := range list {
		if !t.spend() {
			return out
		}
		if d.Name != "include" {
			out = append(out, nginxItem{d, files})
			continue
		}
		found := t.index.matches([]string{base, path.Dir(files[len(files)-1])}, d.Arg(0))
		if len(found) == 0 && !hasGlob(d.Arg(0)) && !harmlessInclude(d.Arg(0)) {
			out = append(out, nginxItem{d, files})
		}
		for _, p := range found {
			if len(files) < maxIncludeDepth && !slices.Contains(files, p) {
				out = append(out, t.expand(t.docs[p].conf.Directives, append(slices.Clip(files), p), base)...)
			}
		}
	}
	return out
}

func harmlessInclude(p string) bool {
	switch path.Base(p) {
	case "mime.types", "fastcgi_params", "fastcgi.conf", "fastcgi-php.conf", "uwsgi_params", "scgi_params", "proxy_params",
		"koi-utf", "koi-win", "win-utf", "options-ssl-nginx.conf", "snakeoil.conf":
		return true
	}
	return false
}
