package settings

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/ini"
)

// phpReader reads php.ini, the files beside it in conf.d, .user.ini, and the pools of PHP-FPM: one scope per file and
// per pool. Files of the command line's PHP are left out: no request reaches it.
func phpReader() reader {
	return reader{layer: "php", wants: wantsPHP, read: readPHP, resolve: resolvePHP}
}

func wantsPHP(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	if !e.Mode.IsRegular() || pathHas(e.Path, "cli") || name == "php-cli.ini" {
		return false
	}
	switch path.Ext(name) {
	case ".ini":
		return name == ".user.ini" || strings.Contains(strings.ToLower(e.Path), "php")
	case ".conf":
		return isPool(e.Path)
	}
	return false
}

func isPool(p string) bool {
	return path.Ext(withoutTemplateSuffix(p)) == ".conf" && (pathHas(p, "pool.d", "php-fpm.d") || strings.Contains(path.Base(p), "fpm"))
}

// phpDirective is a directive with what PHP 8.2 does where no file sets it (main/main.c, main/rfc1867.c,
// ext/session/session.c).
type phpDirective struct {
	name  string
	read  func(text string) any
	unset any
}

var phpDirectives = []phpDirective{
	{"post_max_size", phpSize, int64(8 << 20)},
	{"upload_max_filesize", phpSize, int64(2 << 20)},
	{"memory_limit", phpSize, int64(128 << 20)},
	{"max_file_uploads", phpSize, int64(20)},
	{"max_input_vars", phpSize, int64(1000)},
	{"max_input_time", phpSize, int64(-1)},
	{"file_uploads", phpBool, true},
	{"display_errors", phpDisplay, true},
	{"expose_php", phpBool, true},
	{"log_errors", phpBool, true},
	{"allow_url_include", phpBool, false},
	{"open_basedir", phpText, nil},
	{"session.cookie_secure", phpBool, false},
	{"session.cookie_httponly", phpBool, false},
	{"session.cookie_samesite", phpText, ""},
}

// phpValue reads the value of a directive that another server's configuration sets.
func phpValue(name, text string) any {
	for _, d := range phpDirectives {
		if d.name == name {
			return d.read(text)
		}
	}
	return text
}

// maxPools bounds the scopes of one file.
const maxPools = 500

func readPHP(f *checks.File) (any, []checks.Problem) {
	if f.Binary() {
		return nil, nil
	}
	var scopes []*checks.Scope
	pool := isPool(f.Path)
	for _, e := range ini.Of(f, ini.PHP).Entries {
		name, admin, ok := e.Key, false, !strings.ContainsAny(e.Section, "=") // [PATH=] and [HOST=] hold for some requests only
		if pool {
			name, admin, ok = poolDirective(e.Key)
		}
		i := slices.IndexFunc(phpDirectives, func(d phpDirective) bool { return d.name == name })
		if !ok || i < 0 {
			continue
		}
		s := phpScope(&scopes, f, e, pool)
		if s == nil {
			return scopes, []checks.Problem{tooLarge("read PHP pools", f.Path)}
		}
		set := checks.Setting{Layer: "php", Name: name, Raw: e.Value, Origin: checks.OriginDynamic, Scope: s.Name, Place: e.Place}
		if !e.Dynamic {
			set.Value, set.Origin = phpDirectives[i].read(e.Value), checks.OriginSet
		}
		if before, ok := s.Get(name); ok && before.Has("admin") && !admin {
			continue // php_value cannot change what php_admin_value says
		}
		if admin {
			set.Flags = []string{"admin"}
		}
		s.Settings = append(withoutNamed(s.Settings, name), set)
	}
	if scopes == nil {
		return nil, nil
	}
	return scopes, nil
}

// phpScope is the scope that an entry belongs to, made where it is the first; nil over the bound.
func phpScope(scopes *[]*checks.Scope, f *checks.File, e ini.Entry, pool bool) *checks.Scope {
	s := &checks.Scope{Layer: "php", Kind: "file", Name: f.Name(), Place: checks.Place{Path: f.Path, Line: 1}}
	if pool {
		s.Kind, s.Name, s.Place = "pool", "pool "+e.Section, e.Place
	}
	n := len(*scopes)
	switch {
	case n > 0 && (*scopes)[n-1].Name == s.Name:
		return (*scopes)[n-1]
	case n >= maxPools:
		return nil
	}
	*scopes = append(*scopes, s)
	return s
}

// poolDirective reads php_value[name], php_flag[name] and their php_admin_ forms.
func poolDirective(key string) (name string, admin, ok bool) {
	word, rest, _ := strings.Cut(key, "[")
	name, ok = strings.CutSuffix(rest, "]")
	word, admin = strings.CutPrefix(word, "php_admin_")
	if !admin {
		word = strings.TrimPrefix(word, "php_")
	}
	return name, admin, ok && (word == "value" || word == "flag")
}

// resolvePHP adds to each php.ini what the files of the conf.d beside it set after it, and the defaults.
func resolvePHP(docs []document) ([]*checks.Scope, []checks.Problem) {
	scanned := map[string][]*checks.Scope{} // by the directory above conf.d
	for _, d := range docs {
		if dir := path.Dir(d.path); path.Base(dir) == "conf.d" || path.Base(dir) == "php.d" {
			scanned[path.Dir(dir)] = append(scanned[path.Dir(dir)], d.value.([]*checks.Scope)...)
		}
	}
	out, _ := standalone(docs)
	for _, s := range out {
		if s.Name != "php.ini" {
			continue
		}
		for _, more := range scanned[path.Dir(s.Place.Path)] {
			for _, set := range more.Settings {
				set.Inherited, set.Scope = true, s.Name
				s.Settings = append(withoutNamed(s.Settings, set.Name), set)
			}
		}
		for _, d := range phpDirectives {
			if _, ok := s.Get(d.name); !ok {
				s.Settings = append(s.Settings, checks.Setting{Layer: "php", Name: d.name, Value: d.unset,
					Origin: checks.OriginDefault, Scope: s.Name, Place: s.Place})
			}
		}
	}
	return out, nil
}
