package settings

import (
	"path"
	"slices"
	"strings"
)

// maxCompared bounds the paths compared with include patterns, per tree and product.
const maxCompared = 5e6

// pathIndex holds the paths of a product's files, tree-relative and sorted, to be found by include patterns.
type pathIndex struct {
	paths    []string
	byName   map[string][]string // by their last element
	found    map[string][]string // what matches found, by its arguments
	compared int
	cut      bool // a pattern was not compared because of the bound
}

func newPathIndex(docs []document) *pathIndex {
	ix := &pathIndex{byName: map[string][]string{}, found: map[string][]string{}}
	for _, d := range docs {
		ix.paths = append(ix.paths, d.path)
		ix.byName[path.Base(d.path)] = append(ix.byName[path.Base(d.path)], d.path)
	}
	return ix
}

// candidates are the paths that may match a pattern whose last element is name.
func (ix *pathIndex) candidates(name string) []string {
	list := ix.paths
	if !hasGlob(name) {
		list = ix.byName[name]
	}
	ix.compared += len(list)
	if ix.compared > maxCompared {
		ix.cut = true
		return nil
	}
	return list
}

// matches returns the paths that an include pattern names, in alphabetical order. bases are directories that a
// relative pattern may be relative to, the first match counts. The tree
// is seldom mounted at /, so an absolute pattern is matched by its longest suffix that names something:
// /etc/nginx/conf.d/*.conf finds deploy/nginx/conf.d/site.conf, the nearest to the first base where several fit, and
// never what lies beside the base.
func (ix *pathIndex) matches(bases []string, pattern string) []string {
	key := strings.Join(bases, "\x00") + "\x00" + pattern
	found, known := ix.found[key]
	if !known {
		found = ix.search(bases, pattern)
		ix.found[key] = found
	}
	return found
}

func (ix *pathIndex) search(bases []string, pattern string) []string {
	pattern = strings.TrimPrefix(pattern, "./")
	if !strings.HasPrefix(pattern, "/") {
		for _, base := range bases {
			if found := ix.below(path.Join(base, pattern)); len(found) > 0 {
				return found
			}
		}
	}
	parts := strings.Split(strings.Trim(path.Clean("/"+pattern), "/"), "/")
	for len(parts) > 0 {
		if len(parts) == 1 && hasGlob(parts[0]) {
			return nil // "*.conf" alone says nothing about where
		}
		if found := ix.nearest(bases[0], parts); len(found) > 0 {
			return found
		}
		parts = parts[1:]
	}
	return nil
}

func hasGlob(s string) bool { return strings.ContainsAny(s, "*?[") }

// below matches a pattern that is relative to the tree's root.
func (ix *pathIndex) below(pattern string) []string {
	var out []string
	parts := strings.Split(pattern, "/")
	for _, p := range ix.candidates(path.Base(pattern)) {
		if matchPath(strings.Split(p, "/"), parts) {
			out = append(out, p)
		}
	}
	return out
}

// matchPath matches path elements one by one as glob(3) does: a leading dot is never matched by a wildcard.
func matchPath(elements, pattern []string) bool {
	if len(elements) != len(pattern) {
		return false
	}
	for i, e := range elements {
		if strings.HasPrefix(e, ".") && !strings.HasPrefix(pattern[i], ".") {
			return false
		}
		if ok, err := path.Match(pattern[i], e); err != nil || !ok {
			return false
		}
	}
	return true
}

// nearest returns the paths that end in the pattern's elements below the directory that shares most with base.
func (ix *pathIndex) nearest(base string, parts []string) []string {
	best := -1
	var bestDir string
	var out []string
	for _, p := range ix.candidates(parts[len(parts)-1]) {
		elements := strings.Split(p, "/")
		n := len(elements) - len(parts)
		if n < 0 || !matchPath(elements[n:], parts) {
			continue
		}
		dir := strings.Join(elements[:n], "/")
		if !inside(base, dir) && !inside(dir, base) && dir != "" {
			continue // of another configuration beside this one
		}
		common := commonElements(strings.Split(base, "/"), elements[:n])
		switch {
		case common > best:
			best, bestDir, out = common, dir, []string{p}
		case common == best && dir == bestDir:
			out = append(out, p)
		}
	}
	return out
}

func commonElements(a, b []string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// inside reports whether the path is the directory or below it; "." holds everything.
func inside(p, dir string) bool {
	return dir == "." || p == dir || strings.HasPrefix(p, dir+"/")
}

var templateSuffixes = []string{".template", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2", ".erb", ".in"}

// withoutTemplateSuffix takes the suffix of a template language off a file name: nginx.conf.j2 is nginx.conf.
func withoutTemplateSuffix(name string) string {
	for _, s := range templateSuffixes {
		if cut, ok := strings.CutSuffix(name, s); ok && cut != "" {
			return cut
		}
	}
	return name
}

// pathHas reports whether any directory of the path has one of the names.
func pathHas(p string, names ...string) bool {
	elements := strings.Split(p, "/")
	for _, e := range elements[:len(elements)-1] {
		if slices.Contains(names, e) {
			return true
		}
	}
	return false
}
