package settings

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/ini"
)

// uwsgiReader reads the [uwsgi] section of INI files (https://uwsgi-docs.readthedocs.io/en/latest/Options.html): one
// scope per file.
func uwsgiReader() reader {
	return reader{layer: "uwsgi", wants: wantsUWSGI, read: readUWSGI, resolve: standalone}
}

func wantsUWSGI(e *checks.Entry) bool {
	return e.Mode.IsRegular() && strings.HasSuffix(withoutTemplateSuffix(e.Name()), ".ini")
}

// uwsgiOption is an option that is kept under the first of its spellings, with what holds where a file does not set
// it; nil where that is up to something else.
type uwsgiOption struct {
	spellings string
	read      func(string) any
	unset     any
}

var uwsgiOptions = []uwsgiOption{
	{"uid", phpText, nil},
	{"gid", phpText, nil},
	{"chmod-socket chmod", phpText, nil},
	{"disable-logging", uwsgiBool, false},
	{"limit-post", uwsgiNumber, int64(0)}, // bytes; 0 is no limit
	{"py-autoreload py-auto-reload python-autoreload python-auto-reload", uwsgiBool, false}, // seconds; 0 is never
}

func (o uwsgiOption) name() string {
	name, _, _ := strings.Cut(o.spellings, " ")
	return name
}

// uwsgiElsewhere are options that read more of the configuration from another place, or make it conditional.
var uwsgiElsewhere = words("ini include inherit import-config yaml json xml if-env if-not-env if-file if-exists if-dir if-opt for")

func readUWSGI(f *checks.File) (any, []checks.Problem) {
	if f.Binary() || !strings.Contains(f.Text(), "[uwsgi]") {
		return nil, nil
	}
	scope := &checks.Scope{Layer: "uwsgi", Kind: "file", Name: f.Name(), Place: checks.Place{Path: f.Path, Line: 1}}
	found, whole := false, true
	for _, e := range ini.Of(f, ini.UWSGI).Entries {
		if e.Section != "uwsgi" {
			continue
		}
		found, whole = true, whole && !uwsgiElsewhere[e.Key]
		i := slices.IndexFunc(uwsgiOptions, func(o uwsgiOption) bool { return slices.Contains(strings.Fields(o.spellings), e.Key) })
		if i < 0 {
			continue
		}
		set := checks.Setting{Layer: "uwsgi", Name: uwsgiOptions[i].name(), Raw: e.Value, Origin: checks.OriginDynamic, Place: e.Place}
		if !e.Dynamic {
			set.Value, set.Origin = uwsgiOptions[i].read(e.Value), checks.OriginSet
		}
		scope.Settings = append(withoutNamed(scope.Settings, set.Name), set)
	}
	if !found {
		return nil, nil
	}
	var defaults []serverDefault
	for _, o := range uwsgiOptions {
		if whole && o.unset != nil {
			defaults = append(defaults, serverDefault{o.name(), o.unset})
		}
	}
	withDefaults(scope, defaults, "")
	return []*checks.Scope{scope}, nil
}

// uwsgiBool: an option is on unless its value says off (uwsgi_opt_true, core/uwsgi.c).
func uwsgiBool(text string) any {
	switch strings.ToLower(text) {
	case "false", "no", "off", "0":
		return false
	}
	return true
}

func uwsgiNumber(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	return text
}
