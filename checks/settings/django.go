package settings

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

// djangoReader reads Django settings modules, known by their content and not by their name. A module that star-imports
// another of the tree inherits from it.
func djangoReader() reader {
	return reader{layer: "django", hints: []string{"settings"}, wants: wantsDjango, read: readDjango, resolve: resolveDjango}
}

func wantsDjango(e *checks.Entry) bool {
	return wantsPython(e) || e.Size <= maxPythonSize && (strings.HasPrefix(e.Name(), "requirements") && e.Ext() == ".txt" || e.Name() == "pyproject.toml")
}

// djangoOther are found in files that are no settings but say something about them.
var djangoOther = marks("DJANGO_SETTINGS_MODULE", "MiddlewareMixin", "get_response", "process_response", "set_cookie(")

// djangoOwn are settings that only Django has; djangoStrong are those that other frameworks have too.
var (
	djangoOwn = words(`INSTALLED_APPS MIDDLEWARE MIDDLEWARE_CLASSES ROOT_URLCONF TEMPLATES DATABASES WSGI_APPLICATION ASGI_APPLICATION
		ALLOWED_HOSTS AUTH_PASSWORD_VALIDATORS DEFAULT_AUTO_FIELD STATIC_URL STATIC_ROOT MEDIA_ROOT MEDIA_URL STATICFILES_DIRS AUTHENTICATION_BACKENDS
		LANGUAGE_CODE USE_TZ USE_I18N AUTH_USER_MODEL CSRF_COOKIE_SECURE CSRF_TRUSTED_ORIGINS SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS
		SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD SECURE_CONTENT_TYPE_NOSNIFF SECURE_PROXY_SSL_HEADER SECURE_REFERRER_POLICY
		X_FRAME_OPTIONS DATA_UPLOAD_MAX_MEMORY_SIZE FILE_UPLOAD_MAX_MEMORY_SIZE PASSWORD_HASHERS INTERNAL_IPS`)
	djangoShared = words(`DEBUG SECRET_KEY SESSION_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SESSION_COOKIE_SAMESITE LOGGING BASE_DIR TIME_ZONE`)
)

// djangoPrefixes begin the names of settings that matter to hardening, of Django and of its widespread additions.
var djangoPrefixes = []string{"DEBUG", "ALLOWED_HOSTS", "MIDDLEWARE", "INSTALLED_APPS", "ROOT_URLCONF", "WSGI_APPLICATION", "ASGI_APPLICATION",
	"SECRET_KEY", "SECURE_", "SESSION_", "CSRF_", "LANGUAGE_COOKIE_", "X_FRAME_OPTIONS", "DATA_UPLOAD_", "FILE_UPLOAD_", "LOGGING", "CORS_", "CSP_",
	"CONTENT_SECURITY_POLICY", "PERMISSIONS_POLICY", "REFERRER_POLICY", "CROSS_ORIGIN_", "MEDIA_", "STATIC_", "STATICFILES_", "USE_X_FORWARDED_", "PASSWORD_", "AUTH_PASSWORD_",
	"AUTHENTICATION_BACKENDS", "ADMINS", "MANAGERS", "INTERNAL_IPS", "DEFAULT_FILE_STORAGE", "STORAGES", "REST_FRAMEWORK", "SIMPLE_JWT", "AXES_", "SENTRY_",
	"EMAIL_USE_", "DATABASES", "DISALLOWED_", "APPEND_SLASH", "SILENCED_SYSTEM_CHECKS", "DEFAULT_EXCEPTION_REPORTER"}

// djangoDefaults are those of django/conf/global_settings.py of Django 4.0 and later; earlier ones differ in
// SECURE_CROSS_ORIGIN_OPENER_POLICY, which they do not have.
var djangoDefaults = []serverDefault{
	{"DEBUG", false}, {"ALLOWED_HOSTS", []any{}}, {"MIDDLEWARE", []any{}}, {"X_FRAME_OPTIONS", "DENY"},
	{"SECURE_SSL_REDIRECT", false}, {"SECURE_HSTS_SECONDS", int64(0)}, {"SECURE_HSTS_INCLUDE_SUBDOMAINS", false}, {"SECURE_HSTS_PRELOAD", false},
	{"SECURE_CONTENT_TYPE_NOSNIFF", true}, {"SECURE_REFERRER_POLICY", "same-origin"}, {"SECURE_CROSS_ORIGIN_OPENER_POLICY", "same-origin"},
	{"SECURE_PROXY_SSL_HEADER", nil}, {"SESSION_COOKIE_SECURE", false}, {"SESSION_COOKIE_HTTPONLY", true}, {"SESSION_COOKIE_SAMESITE", "Lax"},
	{"SESSION_COOKIE_AGE", int64(1209600)}, {"CSRF_COOKIE_SECURE", false}, {"CSRF_COOKIE_HTTPONLY", false}, {"CSRF_COOKIE_SAMESITE", "Lax"},
	{"USE_X_FORWARDED_HOST", false}, {"DATA_UPLOAD_MAX_MEMORY_SIZE", int64(2621440)}, {"FILE_UPLOAD_MAX_MEMORY_SIZE", int64(2621440)},
	{"DATA_UPLOAD_MAX_NUMBER_FIELDS", int64(1000)}, {"DATA_UPLOAD_MAX_NUMBER_FILES", int64(100)}, {"FILE_UPLOAD_PERMISSIONS", int64(0o644)},
	{"FILE_UPLOAD_DIRECTORY_PERMISSIONS", nil}, {"FILE_UPLOAD_TEMP_DIR", nil}, {"MEDIA_ROOT", ""}, {"LOGGING", []any{}},
}

var readDjangoText = readPython("DEBUG", "INSTALLED_APPS", "MIDDLEWARE", "ROOT_URLCONF", "ALLOWED_HOSTS", "SECURE_", "_COOKIE_", "DATABASES", "_UPLOAD_", "import *")

func readDjango(f *checks.File) (any, []checks.Problem) {
	if strings.HasSuffix(f.Path, "django/conf/global_settings.py") {
		return nil, nil // the defaults themselves
	}
	if !strings.HasSuffix(f.Path, ".py") {
		return djangoVersionOf(f), nil
	}
	if slices.ContainsFunc(djangoOther, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return readPython("")(f) // middleware, and what names the settings in use
	}
	doc, problems := readDjangoText(f)
	d, ok := doc.(*pythonDoc)
	if !ok {
		return nil, problems
	}
	own, all, stars := djangoNames(d.module.Body)
	inPlace := strings.Contains(path.Base(path.Dir(f.Path)), "settings") || strings.Contains(f.Name(), "settings")
	if own >= 1 && all >= 2 || stars > 0 && (all > 0 || inPlace) || all > 0 && inPlace {
		return d, nil
	}
	return nil, nil
}

// djangoNames counts the well-known settings that statements assign, and their star imports.
func djangoNames(body []python.Stmt) (own, all, stars int) {
	for _, stmt := range body {
		switch n := stmt.(type) {
		case *python.Assign:
			for _, target := range n.Targets {
				id, ok := target.(*python.Name)
				switch {
				case !ok:
				case djangoOwn[id.ID]:
					own++
					all++
				case djangoShared[id.ID]:
					all++
				}
			}
		case *python.Import:
			if len(n.Names) == 1 && n.Names[0].Name == "*" {
				stars++
			}
		case *python.If, *python.Try:
			for _, b := range python.Blocks(n) {
				o, a, s := djangoNames(b)
				own, all, stars = own+o, all+a, stars+s
			}
		}
	}
	return own, all, stars
}

// djangoTree follows settings modules and what they import.
type djangoTree struct {
	*pythonTree
	bases    map[*pythonDoc]bool // star-imported by another module
	versions []djangoVersion
}

func resolveDjango(docs []document) ([]*checks.Scope, []checks.Problem) {
	versions, docs := djangoVersions(docs)
	t := &djangoTree{newPythonTree("django", docs), map[*pythonDoc]bool{}, versions}
	for _, d := range t.docs {
		t.markBases(d, d.module.Body)
	}
	var out []*checks.Scope
	var problems []checks.Problem
	for _, d := range t.docs {
		if s := t.scope(d); s != nil {
			out = append(out, s)
			problems = append(problems, t.unread(d)...)
		}
	}
	t.named(out)
	for _, s := range out {
		s.Settings = append(s.Settings, t.cookiesOf(nil, true, "", "django")...)
	}
	return out, problems
}

func (t *djangoTree) markBases(d *pythonDoc, body []python.Stmt) {
	for _, stmt := range body {
		n, ok := stmt.(*python.Import)
		if !ok {
			for _, b := range python.Blocks(stmt) {
				t.markBases(d, b)
			}
		} else if len(n.Names) == 1 && n.Names[0].Name == "*" {
			if base := t.module(d.path, n.Level, n.Module); base != nil && base != d {
				t.bases[base] = true
			}
		}
	}
}

// scope is the settings of one module, or nil where it is none: too few well-known names, inherited ones included,
// or a base that only others build on.
func (t *djangoTree) scope(d *pythonDoc) *checks.Scope {
	s := t.follow(d)
	own, all := 0, 0
	for _, id := range s.Own() {
		if djangoOwn[id] {
			own++
		}
		if djangoOwn[id] || djangoShared[id] {
			all++
		}
	}
	if own < 2 || all < 3 || t.bases[d] && baseName(d.path) {
		return nil
	}
	place := checks.Place{Path: d.path, Line: 1}
	scope := &checks.Scope{Layer: "django", Kind: "module", Name: dottedName(d.path), Place: place}
	for _, id := range s.Own() {
		if !slices.ContainsFunc(djangoPrefixes, func(p string) bool { return strings.HasPrefix(id, p) }) {
			continue
		}
		b, _ := s.Lookup(id)
		if b.Stmt == nil {
			continue
		}
		set := t.settingOf(b.Scope, id, b.Stmt, b.Expr, b.Value)
		from := len(scope.Settings)
		scope.Settings = t.nested(scope.Settings, set, b.Value)
		for i := from; i < len(scope.Settings); i++ {
			scope.Settings[i].Inherited = scope.Settings[i].Place.Path != d.path
		}
	}
	scope.Settings = append(scope.Settings, t.middlewareHeaders(d, scope)...)
	withDefaults(scope, t.defaultsOf(d), "")
	return scope
}

// baseName reports whether a module is named as one that others build on.
func baseName(p string) bool {
	switch path.Base(moduleName(p)) {
	case "base", "common", "default", "defaults", "shared", "core", "global", "general", "_base", "settings_base", "base_settings", "common_settings", "settings_common":
		return true
	}
	return false
}

// dottedName is a path as Python names the module.
func dottedName(p string) string {
	return strings.ReplaceAll(moduleName(p), "/", ".")
}
