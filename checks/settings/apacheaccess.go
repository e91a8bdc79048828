package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/apache"
)

// htaccess reports a .htaccess file. The server around it is not known, so no default is claimed.
func (t *apacheTree) htaccess(doc *apacheDoc) {
	own := t.accessSettings(doc)
	if len(own) == 0 || !t.room(len(own)) {
		return
	}
	scope := t.scope("directory", "directory "+path.Dir(doc.path)+" (.htaccess)", own[0].Place, nil)
	for _, s := range own {
		s.Scope = scope.Name
		scope.Settings = append(scope.Settings, s)
	}
	t.scopes = append(t.scopes, scope)
}

func (t *apacheTree) accessSettings(doc *apacheDoc) []checks.Setting {
	items := t.expand(doc.conf.Directives, []string{doc.path}, path.Dir(doc.path), false)
	return t.withInner(t.own(items), items, path.Dir(doc.path))
}

// accessFiles adds the .htaccess files below the document root as what they are: sections that the directory merges
// last. One that AllowOverride shuts out counts for nothing.
func (t *apacheTree) accessFiles(s *apacheServer, base string) {
	if s.root == "" {
		return
	}
	for _, doc := range t.access {
		dir, ok := deployedAt(path.Dir(doc.path), s.root)
		if !ok {
			continue
		}
		t.claimed[doc.path] = true
		if !s.overrides(dir) {
			continue
		}
		own := t.accessSettings(doc)
		if len(own) == 0 {
			continue
		}
		it := apacheItem{Directive: &apache.Directive{Name: "Directory", Section: true, Place: own[0].Place}, files: []string{doc.path}}
		s.sections = append(s.sections, apacheSectionOf{apacheItem: it, kind: "directory", path: dir, own: own, access: path.Dir(doc.path)})
	}
}

// deployedAt is the directory on the server that a directory of the tree stands for, where its path, or one above it,
// ends as the document root does: public/admin is /var/www/shop/public/admin for the root /var/www/shop/public.
func deployedAt(dir, root string) (string, bool) {
	elements := strings.Split(dir, "/")
	for n := len(elements); n > 0; n-- {
		if elements[n-1] != "." && elements[n-1] == path.Base(root) {
			return path.Join(append([]string{root}, elements[n:]...)...), true
		}
	}
	return "", false
}

// overrides reports whether headers of a .htaccess file in that directory are in force: AllowOverride has to name
// FileInfo or All, and is None where a whole configuration says nothing.
func (s *apacheServer) overrides(dir string) bool {
	allowed, said := "none", false
	sections := slices.Clone(s.sections)
	slices.SortStableFunc(sections, func(a, b apacheSectionOf) int { return a.rank() - b.rank() })
	for _, sec := range sections {
		if !sec.covers("directory", dir) {
			continue
		}
		for _, set := range sec.own {
			if set.Name == "AllowOverride" {
				allowed, said = strings.ToLower(set.Raw), true
				if set.Dynamic() {
					return true
				}
			}
		}
	}
	if !said {
		return !s.whole
	}
	words := strings.Fields(allowed)
	return slices.Contains(words, "all") || slices.Contains(words, "fileinfo")
}
