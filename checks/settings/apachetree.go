package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/apache"
)

// apacheTree joins the files of a tree.
type apacheTree struct {
	docs    map[string]*apacheDoc
	index   *pathIndex
	used    map[string]bool
	defines map[string]string // Define NAME VALUE, in any file
	macros  map[string]apacheMacro
	modules map[string]bool // loaded by the configuration at hand; nil where that is not known
	access  []*apacheDoc    // .htaccess files
	claimed map[string]bool // those of a document root that is configured
	bounds
	scopes []*checks.Scope
}

// apacheItem is a directive in its place after includes and conditional sections.
type apacheItem struct {
	*apache.Directive
	args    []string // with defined variables filled in
	dynamic bool     // inside a condition that is not known until run time, or with a placeholder in it
	files   []string // the file it is in is the last
}

func resolveApache(docs []document) ([]*checks.Scope, []checks.Problem) {
	t := &apacheTree{index: newPathIndex(docs), docs: map[string]*apacheDoc{}, used: map[string]bool{}, defines: map[string]string{},
		macros: map[string]apacheMacro{}, claimed: map[string]bool{}}
	var mains []string
	for _, d := range docs {
		doc := d.value.(*apacheDoc)
		t.docs[d.path] = doc
		switch doc.role {
		case apacheMain:
			mains = append(mains, d.path)
		case apacheAccess:
			t.access = append(t.access, doc)
		}
		t.define(doc.conf.Directives)
		t.learnMacros(doc.conf.Directives)
	}
	for _, p := range t.index.paths {
		t.markUsed(t.docs[p], apacheBase(mains, p), t.docs[p].conf.Directives)
	}
	fragments := map[string][]string{}
	for _, p := range t.index.paths {
		doc := t.docs[p]
		switch {
		case doc.role == apacheAccess, t.used[p], doc.role == apacheMain, doc.role == apacheSnippet && !apacheDropIn(p):
		case pathHas(p, "mods-available"): // what of it is enabled says mods-enabled, by links
		default:
			owner := t.owner(mains, p)
			fragments[owner] = append(fragments[owner], p)
		}
	}
	for _, m := range mains {
		t.modules = t.loaded(m, path.Dir(m))
		t.server(append([]string{m}, fragments[m]...), path.Dir(m), t.docs[m].conf.Directives[0].Place, true)
	}
	t.modules = nil
	t.standalone(fragments[""])
	for _, doc := range t.access {
		if !t.claimed[doc.path] {
			t.htaccess(doc)
		}
	}
	t.cut = t.cut || t.index.cut
	return t.scopes, t.problem("Apache")
}

// apacheDropIn reports whether a file of plain directives counts by its place.
func apacheDropIn(p string) bool {
	return pathHas(p, "conf-available", "conf-enabled", "sites-available", "sites-enabled") || pathHas(p, "apache2", "httpd") && pathHas(p, "conf.d")
}

func apacheBase(mains []string, p string) string {
	best := ""
	for _, m := range mains {
		if dir := path.Dir(m); inside(p, dir) && len(dir) > len(best) {
			best = dir
		}
	}
	if best == "" {
		return path.Dir(p)
	}
	return best
}

// owner returns the main file above the path whose wildcard includes find nothing in the tree, so that a file
// nothing includes is taken for one of those (sites-enabled is filled by links), or "".
func (t *apacheTree) owner(mains []string, p string) string {
	for _, m := range mains {
		if path.Dir(m) != apacheBase(mains, p) || !inside(p, path.Dir(m)) {
			continue
		}
		for _, d := range t.docs[m].conf.Directives {
			if strings.HasPrefix(strings.ToLower(d.Name), "include") && hasGlob(d.Arg(0)) && len(t.find(d.Arg(0), path.Dir(m), m)) == 0 {
				return m
			}
		}
	}
	return ""
}

func (t *apacheTree) define(list []*apache.Directive) {
	for _, d := range list {
		if d.Is("Define") && len(d.Args) > 0 && !d.Template && !d.Conditional {
			t.defines[d.Arg(0)] = d.Arg(1)
		}
		t.define(d.Body)
	}
}

func (t *apacheTree) markUsed(doc *apacheDoc, base string, list []*apache.Directive) {
	for _, d := range list {
		if d.Is("Include") || d.Is("IncludeOptional") {
			for _, p := range t.find(d.Arg(0), base, doc.path) {
				t.used[p] = t.used[p] || p != doc.path
			}
		}
		t.markUsed(doc, base, d.Body)
	}
}

// find resolves an include. ServerRoot is the main file's directory (Debian) or the one above (conf/httpd.conf).
func (t *apacheTree) find(pattern, base, from string) []string {
	return t.index.matches([]string{base, path.Dir(base), path.Dir(from)}, pattern)
}

// expand replaces includes by what they name and conditional sections by their content, where it counts.
func (t *apacheTree) expand(list []*apache.Directive, files []string, base string, dynamic bool) []apacheItem {
	var out []apacheItem
	for _, d := range list {
		if !t.spend() {
			return out
		}
		switch lower := strings.ToLower(d.Name); lower {
		case "include", "includeoptional":
			for _, p := range t.find(d.Arg(0), base, files[len(files)-1]) {
				if len(files) < maxIncludeDepth && !slices.Contains(files, p) {
					out = append(out, t.expand(t.docs[p].conf.Directives, append(slices.Clip(files), p), base, dynamic)...)
				}
			}
		case "macro": // counts where it is used
		case "use":
			if len(files) < maxIncludeDepth {
				again := append(slices.Clip(files), files[len(files)-1]) // a level deeper in the same file
				out = append(out, t.expand(t.use(d), again, base, dynamic || d.Conditional || d.Template)...)
			}
		case "ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection":
			if in, known := t.condition(lower, d.Args); in || !known {
				out = append(out, t.expand(d.Body, files, base, dynamic || !known || d.Conditional)...)
			}
		default:
			args, filled := t.fill(d.Args)
			out = append(out, apacheItem{d, args, dynamic || d.Template || d.Conditional || !filled, files})
		}
	}
	return out
}

// condition evaluates a conditional section: modules are taken to be loaded unless the configuration lists those that
// are, and the version to be a late 2.4.
func (t *apacheTree) condition(section string, args []string) (in, known bool) {
	if len(args) == 0 {
		return false, false
	}
	name, negated := strings.CutPrefix(args[0], "!")
	switch section {
	case "ifmodule":
		return t.hasModule(name) != negated, true
	case "ifdirective", "ifsection":
		return !negated, true
	case "ifdefine":
		_, in = t.defines[name]
		return in != negated, in // what is not defined in a file may be on the command line
	case "ifversion":
		return ifVersion(args)
	}
	return false, false
}

const apacheVersion = "2.4.60"

// ifVersion compares as mod_version does: "[!]OPERATOR VERSION", or a version alone.
func ifVersion(args []string) (in, known bool) {
	operator, negated := strings.CutPrefix(args[0], "!")
	version := strings.Join(args[1:], "")
	if version == "" {
		operator, version = "=", operator
	}
	order := slices.Compare(versionParts(apacheVersion), versionParts(version))
	switch operator {
	case ">=":
		in = order >= 0
	case ">":
		in = order > 0
	case "<=":
		in = order <= 0
	case "<":
		in = order < 0
	case "=", "==":
		in = strings.HasPrefix(apacheVersion+".", version+".")
	default:
		return false, false
	}
	return in != negated, true
}

func versionParts(v string) []int {
	var out []int
	for part := range strings.SplitSeq(v, ".") {
		n := 0
		for _, c := range part {
			if c < '0' || c > '9' || n > 1<<20 {
				break
			}
			n = n*10 + int(c-'0')
		}
		out = append(out, n)
	}
	return out
}

// fill puts defined variables in; filled is false where one is left.
func (t *apacheTree) fill(args []string) (out []string, filled bool) {
	filled = true
	out = slices.Clone(args)
	for i, a := range out {
		if !strings.Contains(a, "${") {
			continue
		}
		var b strings.Builder
		for {
			before, rest, found := strings.Cut(a, "${")
			b.WriteString(before)
			if !found {
				break
			}
			name, after, closed := strings.Cut(rest, "}")
			value, defined := t.defines[name]
			if !closed || !defined {
				filled = false
				b.WriteString("${" + rest)
				break
			}
			b.WriteString(value)
			a = after
		}
		out[i] = b.String()
	}
	return out, filled
}
