package settings

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/command"
	"hardcheck/checks/internal/parse/dockerfile"
)

// commandsReader finds gunicorn, uvicorn, hypercorn, uWSGI and development servers in the command lines that start services:
// Dockerfiles, Compose files, systemd units, programs of supervisord and Procfiles. One scope per process.
func commandsReader() reader {
	return reader{layer: "commands", gives: []string{"uvicorn", "gunicorn", "hypercorn", "uwsgi", "werkzeug", "runserver", "fastapi-cli", "waitress", "daphne", "puma"}, wants: wantsCommands, read: readCommands, resolve: resolveCommands}
}

func wantsCommands(e *checks.Entry) bool {
	return isProcfile(e) || isGunicornConfig(e) || wantsCompose(e) || wantsSystemd(e) || wantsSupervisor(e) || dockerfile.Wants(e)
}

func isProcfile(e *checks.Entry) bool {
	return e.Mode.IsRegular() && (e.Name() == "Procfile" || strings.HasPrefix(e.Name(), "Procfile."))
}

// isGunicornConfig reports a configuration file that gunicorn may read besides its command line.
func isGunicornConfig(e *checks.Entry) bool {
	ok, _ := path.Match("gunicorn*conf*.py", e.Name())
	return ok && e.Mode.IsRegular()
}

// launch is a command line that starts a service.
type launch struct {
	of        string // what it belongs to: "service web", "shop.service", "stage app (final)", "process web"
	place     checks.Place
	processes []command.Process
	env       map[string]variable // of the service itself
}

// variable is an environment variable's value, as known.
type variable struct {
	text    string
	dynamic bool
	place   checks.Place
}

// gunicornConfig stands for a configuration file: what a command line leaves unset may be set there.
type gunicornConfig struct{}

func readCommands(f *checks.File) (any, []checks.Problem) {
	var list []launch
	switch {
	case isGunicornConfig(f.Entry):
		return gunicornConfig{}, nil
	case isProcfile(f.Entry):
		list = procfileLaunches(f)
	case wantsCompose(f.Entry):
		list = composeLaunches(f)
	case wantsSystemd(f.Entry):
		unit, _ := readSystemd(f) // its problems are told by the reader of units
		return unit, nil
	case wantsSupervisor(f.Entry):
		list = supervisorLaunches(f)
	default:
		list = dockerfileLaunches(f)
	}
	kept := list[:0]
	for _, l := range list {
		for _, p := range l.processes {
			if serverOf(p) != nil {
				kept = append(kept, l)
				break
			}
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return kept, nil
}

func serverOf(p command.Process) *server {
	switch p.Name {
	case "gunicorn", "gunicorn3":
		return &gunicorn
	case "uvicorn":
		return &uvicorn
	case "hypercorn":
		return &hypercorn
	case "uwsgi":
		return &uwsgi
	case "waitress-serve", "waitress-serve3":
		return &waitress
	case "daphne":
		return &daphne
	case "puma":
		return &puma
	}
	return developmentServer(p)
}

func resolveCommands(docs []document) ([]*checks.Scope, []checks.Problem) {
	configured := false
	for _, d := range docs {
		if _, ok := d.value.(gunicornConfig); ok {
			configured = true
		}
	}
	var scopes []*checks.Scope
	for _, l := range launchesOf(docs) {
		for _, p := range l.processes {
			if s := serverOf(p); s != nil {
				scopes = append(scopes, l.scope(s, p, configured && s == &gunicorn))
			}
		}
	}
	return scopes, nil
}

// launchesOf gathers the launches of every file, those of systemd after each unit is joined with its drop-ins.
func launchesOf(docs []document) []launch {
	var units []document
	for _, d := range docs {
		if _, ok := d.value.(systemdUnit); ok {
			units = append(units, d)
		}
	}
	joined := systemdUnits(units)
	var list []launch
	for _, d := range docs {
		switch v := d.value.(type) {
		case []launch:
			list = append(list, v...)
		case systemdUnit:
			list = append(list, systemdLaunches(d.path, joined[0])...)
			joined = joined[1:]
		}
	}
	return list
}

// scope is one process. Defaults are left out where another file, or a word not known until run time, may set them.
func (l launch) scope(s *server, p command.Process, configured bool) *checks.Scope {
	scope := &checks.Scope{Layer: s.layer, Kind: "command", Name: s.layer + " in " + l.of, Place: l.place}
	for _, a := range p.Env {
		l.env = withVariable(l.env, a.Name, variable{a.Value.Text, a.Value.Dynamic, l.place})
	}
	whole := true
	if args, ok := l.env["GUNICORN_CMD_ARGS"]; ok && s == &gunicorn {
		whole = !args.dynamic
		for _, c := range command.Shell("gunicorn " + args.text) {
			more, all := s.settings(c, args.place)
			scope.Settings, whole = append(scope.Settings, more...), whole && all
			break
		}
	}
	own, all := s.settings(p, l.place)
	for _, set := range append(s.fromEnvironment(l.env), own...) {
		scope.Settings = append(withoutNamed(scope.Settings, set.Name), set)
	}
	if s.development != "" {
		scope.Settings = append(scope.Settings, checks.Setting{Layer: s.layer, Name: "development_server", Value: true, Raw: s.development,
			Origin: checks.OriginSet, Place: l.place})
	}
	_, config := scope.Get("config")
	if whole && all && !config && !configured {
		for _, d := range s.defaults {
			if _, set := scope.Get(d.setting); !set {
				scope.Settings = append(scope.Settings, checks.Setting{Layer: s.layer, Name: d.setting, Value: d.value, Origin: checks.OriginDefault, Place: l.place})
			}
		}
	}
	for i := range scope.Settings {
		scope.Settings[i].Scope = scope.Name
	}
	return scope
}

// fromEnvironment are the options set by variables such as UVICORN_RELOAD, in the order of the defaults.
func (s *server) fromEnvironment(env map[string]variable) []checks.Setting {
	if s.environment == "" {
		return nil
	}
	var list []checks.Setting
	for _, d := range s.defaults {
		v, ok := env[s.environment+strings.ToUpper(d.setting)]
		if !ok {
			continue
		}
		set := checks.Setting{Layer: s.layer, Name: d.setting, Raw: v.text, Origin: checks.OriginDynamic, Place: v.place}
		if !v.dynamic {
			set.Origin, set.Value = checks.OriginSet, environmentValue(v.text, d.value)
		}
		list = append(list, set)
	}
	return list
}

// environmentValue reads a variable as the type of the option's default, the way click does.
func environmentValue(text string, like any) any {
	switch like.(type) {
	case bool:
		switch strings.ToLower(text) {
		case "1", "true", "t", "yes", "y", "on":
			return true
		}
		return false
	case int64:
		return flagInt.value(text)
	}
	return text
}

func withVariable(env map[string]variable, name string, v variable) map[string]variable {
	out := map[string]variable{name: v}
	for k, old := range env {
		if k != name {
			out[k] = old
		}
	}
	return out
}
