package settings

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// djangoVersion is the version of Django that a project asks for.
type djangoVersion struct {
	dir    string
	number int // 402 for 4.2
}

// djangoPinned is Django's line in requirements.txt or pyproject.toml.
var djangoPinned = regexp.MustCompile(`(?im)^[\s"']*django\s*(?:\[[^\]]*\])?\s*(?:=\s*"[\^~]?|[=~>]=\s*)(\d{1,2})\.(\d{1,2})`)

func djangoVersionOf(f *checks.File) any {
	m := djangoPinned.FindSubmatch(f.Data)
	if m == nil || !f.Whole {
		return nil
	}
	major, _ := strconv.Atoi(string(m[1]))
	minor, _ := strconv.Atoi(string(m[2]))
	return djangoVersion{path.Dir(f.Path), major*100 + minor}
}

func djangoVersions(docs []document) (versions []djangoVersion, modules []document) {
	for _, d := range docs {
		if v, ok := d.value.(djangoVersion); ok {
			versions = append(versions, v)
		} else {
			modules = append(modules, d)
		}
	}
	return versions, modules
}

// versionOf is the version that the nearest file above a module asks for; 0 where none does.
func (t *djangoTree) versionOf(p string) int {
	best, number := -1, 0
	for _, v := range t.versions {
		if inside := v.dir == "." || strings.HasPrefix(p, v.dir+"/"); inside && len(v.dir) > best {
			best, number = len(v.dir), v.number
		}
		if parent := path.Dir(v.dir); number == 0 && path.Base(v.dir) == "requirements" && (parent == "." || strings.HasPrefix(p, parent+"/")) {
			number = v.number
		}
	}
	return number
}

// djangoSince are the versions since when defaults are what djangoDefaults says, and what they were before
// (the release notes of 3.0, 3.1 and 4.0).
var djangoSince = map[string]struct {
	version int
	before  any
}{
	"SECURE_CROSS_ORIGIN_OPENER_POLICY": {400, nil}, "SECURE_REFERRER_POLICY": {301, nil},
	"X_FRAME_OPTIONS": {300, "SAMEORIGIN"}, "SECURE_CONTENT_TYPE_NOSNIFF": {300, false},
}

func (t *djangoTree) defaultsOf(d *pythonDoc) []serverDefault {
	version := t.versionOf(d.path)
	if version == 0 {
		return djangoDefaults
	}
	out := slices.Clone(djangoDefaults)
	for i := range out {
		if since, ok := djangoSince[out[i].setting]; ok && version < since.version {
			out[i].value = since.before
		}
	}
	return out
}

// named notes on settings modules that wsgi.py, asgi.py or manage.py names them: the first two run in production.
func (t *djangoTree) named(scopes []*checks.Scope) {
	for _, d := range t.docs {
		if !strings.Contains(d.module.Source, "DJANGO_SETTINGS_MODULE") {
			continue
		}
		t.follow(d).Each(func(s *python.Scope, n python.Node) {
			name, at := settingsModule(s, n)
			for _, scope := range scopes {
				if name != "" && (scope.Name == name || strings.HasSuffix(scope.Name, "."+name)) {
					scope.Settings = append(scope.Settings, checks.Setting{Layer: "django", Name: "DJANGO_SETTINGS_MODULE", Value: name, Raw: name, Origin: checks.OriginSet,
						Scope: scope.Name, Place: t.place(d.module, at), Flags: []string{path.Base(d.path)}})
				}
			}
		})
	}
}

// settingsModule is the module that os.environ.setdefault("DJANGO_SETTINGS_MODULE", name) or an assignment names.
func settingsModule(s *python.Scope, n python.Node) (string, python.Node) {
	var key, value python.Expr
	switch n := n.(type) {
	case *python.Call:
		if method, ok := n.Func.(*python.Attribute); !ok || method.Name != "setdefault" || len(n.Args) != 2 {
			return "", n
		}
		key, value = n.Args[0].Value, n.Args[1].Value
	case *python.Assign:
		item, ok := n.Targets[0].(*python.Subscript)
		if !ok || n.Value == nil {
			return "", n
		}
		key, value = item.Index, n.Value
	default:
		return "", n
	}
	if text, ok := key.(*python.String); !ok || text.Text != "DJANGO_SETTINGS_MODULE" {
		return "", n
	}
	name, _ := s.Eval(value).V.(string)
	return name, n
}

// knownMiddleware begin the names of middleware that sets no security header, or whose headers are read from settings.
var knownMiddleware = []string{"django.", "corsheaders.", "csp.", "django_permissions_policy.", "whitenoise.", "debug_toolbar.", "allauth.", "axes.", "simple_history.",
	"django_prometheus.", "django_htmx.", "wagtail.", "cms.", "rest_framework.", "reversion.", "django_otp.", "silk.", "waffle.", "impersonate."}

// middlewareHeaders are the headers that middleware of the tree sets, in the order in which it runs: the last of the list
// is the innermost. What sounds like security and is not in the tree may set any.
func (t *djangoTree) middlewareHeaders(d *pythonDoc, scope *checks.Scope) []checks.Setting {
	list, _ := scope.Get("MIDDLEWARE")
	names := list.List()
	slices.Reverse(names)
	var out []checks.Setting
	for _, name := range names {
		module, class := "", name
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			module, class = name[:i], name[i+1:]
		}
		if other := t.module(d.path, 0, module); other != nil && module != "" {
			for _, set := range t.setIn(other, class) {
				set.Flags = append(set.Flags, "in "+name)
				out = append(out, set)
			}
			continue
		}
		if slices.ContainsFunc(knownMiddleware, func(p string) bool { return strings.HasPrefix(name, p) }) {
			continue
		}
		lower := strings.ToLower(name)
		if slices.ContainsFunc([]string{"secur", "header", "csp", "policy", "hsts", "frame"}, func(w string) bool { return strings.Contains(lower, w) }) {
			out = append(out, checks.Setting{Layer: "django", Name: "use " + name, Raw: name, Origin: checks.OriginDynamic, Place: list.Place, Flags: []string{"unknown"}})
		}
	}
	return out
}

// setIn are the headers that a middleware class or function sets.
func (t *djangoTree) setIn(d *pythonDoc, name string) []checks.Setting {
	s := t.follow(d)
	if s == nil {
		return nil
	}
	c := headerCollector{t: t.pythonTree, items: true}
	b, _ := s.Lookup(name)
	switch n := b.Stmt.(type) {
	case *python.Class:
		c.block(s.Class(n), n.Body, false)
	case *python.Function:
		c.block(s.Function(n), n.Body, false)
	}
	return c.list
}
