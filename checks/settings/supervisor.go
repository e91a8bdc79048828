package settings

import (
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/command"
	"hardcheck/checks/internal/parse/ini"
	"hardcheck/checks/internal/parse/systemd"
)

// supervisorReader reads the programs of supervisord (https://supervisord.org/configuration.html): one scope per
// program. What a program's command sets is of the layer of that program, see commandsReader.
func supervisorReader() reader {
	return reader{layer: "supervisor", wants: wantsSupervisor, read: readSupervisor, resolve: standalone}
}

func wantsSupervisor(e *checks.Entry) bool {
	name := withoutTemplateSuffix(e.Name())
	return e.Mode.IsRegular() && (strings.HasSuffix(name, ".conf") || strings.HasSuffix(name, ".ini"))
}

// supervisorEntries are those of a file with a program, in any directory: nothing else has such a section.
func supervisorEntries(f *checks.File) []ini.Entry {
	if f.Binary() || !strings.Contains(f.Text(), "program:") {
		return nil
	}
	return ini.Of(f, ini.Supervisor).Entries
}

// supervisorProgram is the name of the program that a section is about, or "".
func supervisorProgram(section string) string {
	kind, name, _ := strings.Cut(section, ":")
	if kind != "program" && kind != "fcgi-program" {
		return ""
	}
	return strings.TrimSpace(name)
}

// supervisorKnown are the options that are kept, with what holds where they are not set.
var supervisorKnown = []struct {
	name  string
	unset any
}{
	{"command", nil}, {"directory", nil}, {"user", nil}, {"umask", nil}, {"stdout_logfile", "AUTO"}, {"stderr_logfile", "AUTO"}, {"redirect_stderr", false},
}

func readSupervisor(f *checks.File) (any, []checks.Problem) {
	var scopes []*checks.Scope
	for i, group := range sectionsOf(supervisorEntries(f)) {
		if i >= maxLaunches {
			return scopes, []checks.Problem{tooLarge("read programs", f.Path)}
		}
		if program := supervisorProgram(group[0].Section); program != "" {
			scopes = append(scopes, supervisorScope("program "+program, group))
		}
	}
	if scopes == nil {
		return nil, nil
	}
	return scopes, nil
}

// sectionsOf divides entries where the section changes.
func sectionsOf(entries []ini.Entry) [][]ini.Entry {
	var out [][]ini.Entry
	for i, e := range entries {
		if i == 0 || e.Section != entries[i-1].Section {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], e)
	}
	return out
}

func supervisorScope(name string, entries []ini.Entry) *checks.Scope {
	s := &checks.Scope{Layer: "supervisor", Kind: "program", Name: name, Place: entries[0].Place}
	for _, known := range supervisorKnown {
		set := checks.Setting{Layer: "supervisor", Name: known.name, Value: known.unset, Origin: checks.OriginDefault, Place: s.Place}
		for _, e := range entries {
			if e.Key == known.name {
				set.Raw, set.Place = redacted("", strings.ReplaceAll(e.Value, "\n", " ")), e.Place
				set.Value, set.Origin = supervisorValue(e, set.Raw)
			}
		}
		if set.Origin != checks.OriginDefault || known.unset != nil {
			s.Settings = append(s.Settings, set)
		}
	}
	for _, e := range entries {
		if e.Key == "environment" {
			s.Settings = append(s.Settings, supervisorVariables(e)...)
		}
	}
	for i := range s.Settings {
		s.Settings[i].Scope = name
	}
	return s
}

func supervisorValue(e ini.Entry, text string) (any, checks.Origin) {
	switch lower := strings.ToLower(text); {
	case e.Dynamic:
		return nil, checks.OriginDynamic
	case e.Key != "redirect_stderr":
		return text, checks.OriginSet
	default: // supervisor/datatypes.py
		return lower == "true" || lower == "yes" || lower == "on" || lower == "1", checks.OriginSet
	}
}

// supervisorVariables reads KEY="value",KEY2=value.
func supervisorVariables(e ini.Entry) []checks.Setting {
	var list []checks.Setting
	for _, word := range systemd.Words(commasOutsideQuotes.ReplaceAllStringFunc(e.Value, func(match string) string {
		if match == "," {
			return " "
		}
		return match
	})) {
		if len(list) < maxValues {
			list = append(list, variableSetting("supervisor", word, supervisorExpansion.MatchString(word), e.Place)...)
		}
	}
	return list
}

var (
	commasOutsideQuotes = regexp.MustCompile(`"[^"]*"|'[^']*'|,`)
	// supervisorExpansion is %(ENV_PORT)s or %(program_name)s.
	supervisorExpansion = regexp.MustCompile(`%\([^)]*\)[a-z0-9]*[sd]`)
)

// supervisorLaunches are the commands of the programs.
func supervisorLaunches(f *checks.File) []launch {
	var list []launch
	for _, group := range sectionsOf(supervisorEntries(f)) {
		program := supervisorProgram(group[0].Section)
		if program == "" || len(list) >= maxLaunches {
			continue
		}
		l := launch{of: "program " + program, env: map[string]variable{}}
		text := ""
		for _, e := range group {
			switch e.Key {
			case "environment":
				for _, v := range supervisorVariables(e) {
					l.env[strings.TrimPrefix(v.Name, "environment.")] = variable{v.Raw, v.Dynamic(), v.Place}
				}
			case "command":
				text, l.place = supervisorExpansion.ReplaceAllString(e.Value, "$${_}"), e.Place
			}
		}
		l.processes = command.Words(runTime(systemd.Words(strings.ReplaceAll(text, "%%", "%"))))
		list = append(list, l)
	}
	return list
}
