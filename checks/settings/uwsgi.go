package settings

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/ini"
)

// uwsgiReader reads the [uwsgi] section of INI files (https://uwsgi-docs.readthedocs.io/en/latest/Options.html): one
// scope per file. Command lines are read by commandsReader.
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
	{"py-autoreload py-auto-reload python-autoreload python-auto-reload", uwsgiToggle, false}, // seconds; 0 is never
}

func (o uwsgiOption) name() string {
	name, _, _ := strings.Cut(o.spellings, " ")
	return name
}

// uwsgiElsewhere are options that read more of the configuration from another place.
var uwsgiElsewhere = words("ini include inherit import-config yaml json xml")

// uwsgi is its command line. It has no defaults here: a word that is no option may be a configuration file.
var uwsgi = server{layer: "uwsgi", flags: flagTable(map[flagKind]string{
	flagText: "uid --uid, gid --gid, chmod-socket -C --chmod-socket", flagInt: "limit-post --limit-post",
	flagToggle: "py-autoreload --py-autoreload --py-auto-reload --python-autoreload --python-auto-reload",
	flagOn:     "disable-logging -L --disable-logging",
})}

func readUWSGI(f *checks.File) (any, []checks.Problem) {
	if f.Binary() || !strings.Contains(f.Text(), "[uwsgi]") {
		return nil, nil
	}
	scope := &checks.Scope{Layer: "uwsgi", Kind: "file", Name: f.Name(), Place: checks.Place{Path: f.Path, Line: 1}}
	found, whole, conditional := false, true, false
	for _, e := range ini.Of(f, ini.UWSGI).Entries {
		if e.Section != "uwsgi" {
			continue
		}
		switch {
		case strings.HasPrefix(e.Key, "if-"):
			conditional = true
		case e.Key == "endif":
			conditional = false
		}
		found, whole = true, whole && !uwsgiElsewhere[e.Key] && !conditional
		if e.Key == "env" && len(scope.Settings) < maxValues {
			scope.Settings = append(scope.Settings, variableSetting("uwsgi", e.Value, e.Dynamic || conditional, e.Place)...)
		}
		i := slices.IndexFunc(uwsgiOptions, func(o uwsgiOption) bool { return slices.Contains(strings.Fields(o.spellings), e.Key) })
		if i < 0 {
			continue
		}
		set := checks.Setting{Layer: "uwsgi", Name: uwsgiOptions[i].name(), Raw: e.Value, Origin: checks.OriginDynamic, Place: e.Place}
		if !e.Dynamic && !conditional {
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

// uwsgiNumber reads the digits that a value begins with, as strtoul does: what follows may be meant as a comment.
func uwsgiNumber(text string) any {
	if n, err := strconv.ParseInt(text[:len(text)-len(strings.TrimLeft(text, "0123456789"))], 10, 64); err == nil {
		return n
	}
	return text
}

// uwsgiToggle reads a number of seconds as on, and 0 as off.
func uwsgiToggle(text string) any {
	first, _, _ := strings.Cut(text, " ")
	return uwsgiBool(first)
}

// variableSetting is NAME=value of a service's environment.
func variableSetting(layer, pair string, dynamic bool, place checks.Place) []checks.Setting {
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return nil
	}
	text := redacted(name, value)
	set := checks.Setting{Layer: layer, Name: "environment." + name, Value: text, Raw: text, Origin: checks.OriginSet, Place: place}
	if dynamic {
		set.Value, set.Origin = nil, checks.OriginDynamic
	}
	return []checks.Setting{set}
}
