package logging

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

func debugMode() *checks.Check {
	return &checks.Check{
		ID:    "logging/debug-mode",
		Title: "Debug modes are off outside development",
		Why: "A debug page shows source code, local variables, settings and queries to whoever causes an error, and the " +
			"Werkzeug debugger runs commands. Verbose logs hold headers and bodies with credentials.",
		Fix:        "Turn the switch off in what is deployed, and keep it in a file that only development uses; let a missing variable mean off.",
		Expected:   "Debug, reload, debug-level logging and development servers are off in every file that may reach production.",
		Rollback:   "Turn the switch on again in a development settings file or an override that is not deployed.",
		Absent:     "No debug switch of a known framework, server or environment file was found",
		References: []string{"CWE-489", "CWE-215", "ASVS 13.4.2"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "debug-on", Title: "The framework's debug mode is on", Severity: checks.High},
			{ID: "debug-by-default", Title: "Debug mode is on unless a variable turns it off", Severity: checks.High},
			{ID: "debug-environment", Title: "A variable turns debug mode on", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "development-server", Title: "A server made for development is what a deployment starts", Severity: checks.Medium,
				Precision: checks.PrecisionMedium},
			{ID: "errors-shown", Title: "Errors are shown in the answer", Severity: checks.Medium},
			{ID: "reloader", Title: "The server watches the code and reloads it, as for development", Severity: checks.Medium},
			{ID: "verbose-log", Title: "The log level shows internals of requests", Severity: checks.Medium},
		},
		Tree: judgeDebug,
	}
}

// debugSwitch is a setting that makes a service talk too much.
type debugSwitch struct {
	layers string // separated by spaces
	name   string
	rule   string
	// values that are bad, in lower case; none means any true value
	values []string
	off    string // how to turn it off
	words  bool   // the bad values are words of the value: "/var/log/error.log debug", "warn rewrite:trace3"
}

var debugSwitches = []debugSwitch{
	{layers: "django flask", name: "DEBUG", rule: "debug-on", off: "DEBUG = False"},
	{layers: "flask", name: "run.debug", rule: "debug-on", off: "app.run() without debug=True"},
	{layers: "fastapi starlette", name: "debug", rule: "debug-on", off: "debug=False"},
	{layers: "uvicorn", name: "debug", rule: "debug-on", off: "start without --debug"},
	{layers: "uvicorn gunicorn", name: "reload", rule: "reloader", off: "start without reload"},
	{layers: "uvicorn", name: "log_level", rule: "verbose-log", values: []string{"debug", "trace"}, off: "log_level info"},
	{layers: "gunicorn", name: "loglevel", rule: "verbose-log", values: []string{"debug"}, off: "loglevel info"},
	{layers: "gunicorn", name: "spew", rule: "verbose-log", off: "start without spew"},
	{layers: "werkzeug", name: "debug", rule: "debug-on", off: "flask run without --debug"},
	{layers: "hypercorn", name: "debug", rule: "verbose-log", off: "start without debug"},
	{layers: "hypercorn", name: "use_reloader", rule: "reloader", off: "start without use_reloader"},
	{layers: "hypercorn", name: "loglevel", rule: "verbose-log", values: []string{"debug"}, off: "loglevel info"},
	{layers: "uwsgi", name: "py-autoreload", rule: "reloader", off: "no py-autoreload"},
	{layers: "werkzeug runserver fastapi-cli", name: "development_server", rule: "development-server", off: "gunicorn, uvicorn, hypercorn or uWSGI"},
	{layers: "php", name: "display_errors", rule: "errors-shown", off: "display_errors = Off"},
	{layers: "caddy", name: "debug", rule: "verbose-log", off: "no debug in the global options"},
	{layers: "nginx", name: "error_log", rule: "verbose-log", values: []string{"debug"}, off: "error_log PATH warn", words: true},
	{layers: "apache", name: "LogLevel", rule: "verbose-log", off: "LogLevel warn", words: true,
		values: strings.Fields("debug trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8")},
}

// debugHarm says what each rule's finding means.
var debugHarm = map[string]string{
	"debug-on":           "Whoever causes an error sees source code, variables and settings",
	"debug-by-default":   "On unless the environment turns it off: a forgotten variable shows internals to everybody",
	"debug-environment":  "While this variable is set, errors show internals to whoever causes them",
	"development-server": "The framework's own server is not built to face attackers: no limits, no hardening, debug aids",
	"errors-shown":       "Whoever causes an error sees paths, queries and code in the answer",
	"reloader":           "The server watches its code and restarts on every change, as for development",
	"verbose-log":        "The log shows internals of every request, credentials among them",
}

// debugVariables turn debug modes on in whatever reads them; a truth value where no values are given.
var debugVariables = []debugSwitch{
	{name: "DJANGO_DEBUG", off: "DJANGO_DEBUG=False"},
	{name: "FLASK_DEBUG", off: "FLASK_DEBUG=0"},
	{name: "FLASK_ENV", values: []string{"development"}, off: "no FLASK_ENV"},
	{name: "DEBUG", values: []string{"true", "1", "yes", "on"}, off: "DEBUG=False"},
	{name: "APP_DEBUG", off: "APP_DEBUG=false"},
	{name: "UVICORN_RELOAD", off: "no UVICORN_RELOAD"},
	{name: "UVICORN_LOG_LEVEL", values: []string{"debug", "trace"}, off: "UVICORN_LOG_LEVEL=info"},
	{name: "NODE_ENV", values: []string{"development"}, off: "NODE_ENV=production"},
	{name: "RAILS_ENV", values: []string{"development"}, off: "RAILS_ENV=production"},
	{name: "ASPNETCORE_ENVIRONMENT", values: []string{"development"}, off: "ASPNETCORE_ENVIRONMENT=Production"},
}

// variablePrefixes are how the layers name an environment variable's setting.
var variablePrefixes = map[string]string{"dotenv": "", "compose": "environment.", "dockerfile": "ENV ", "systemd": "Service.Environment.",
	"supervisor": "environment.", "uwsgi": "environment."}

// innerKinds are parts of a server, examined with it unless they set a level of their own.
var innerKinds = wordSet("location if directory files handle")

func judgeDebug(p *checks.Pass) error {
	type key struct {
		place checks.Place
		name  string
	}
	parts := undeployedParts(p.Scopes())
	reported := map[key]bool{} // what several scopes inherit or include is one finding
	for _, scope := range p.Scopes() {
		seen, bad := false, false
		for i := range scope.Settings {
			s := &scope.Settings[i]
			f, known := debugFinding(scope, s)
			seen = seen || known && (s.Origin == checks.OriginSet && !s.Inherited || !innerKinds[scope.Kind])
			if f == nil || forDevelopment(s.Place.Path) || parts.has(scope) {
				continue
			}
			bad = true
			if at := (key{s.Place, s.Name}); !reported[at] {
				reported[at] = true
				p.Fail(*f)
			}
		}
		if seen && !bad {
			p.OK(scope.Subject())
		}
	}
	return nil
}

// debugFinding judges one setting. known reports whether it is a debug switch whose value is known.
func debugFinding(scope *checks.Scope, s *checks.Setting) (f *checks.Finding, known bool) {
	d := switchOf(scope.Layer, s.Name)
	if d == nil {
		return nil, false
	}
	rule, value := d.rule, s.Value
	if s.Dynamic() {
		if s.Fallback == nil {
			return nil, false
		}
		value = s.Fallback
		if rule == "debug-on" {
			rule = "debug-by-default"
		}
	}
	if !d.bad(value) {
		return nil, true
	}
	if s.Origin == checks.OriginDefault {
		return nil, false // another file, of the image for one, may set it
	}
	actual := strings.TrimPrefix(s.Name, variablePrefixes[scope.Layer])
	if s.Raw != "" {
		actual += " = " + s.Raw
	}
	if strings.HasPrefix(s.Raw, "-") || rule == "development-server" {
		actual = s.Raw // an option of a command line names itself, and so does a command
	}
	return &checks.Finding{
		Rule: rule, Subject: scope.Subject(), Place: s.Place, Attribute: s.Name,
		Expected: d.off, Actual: actual, Message: debugHarm[rule], Fix: "In what is deployed: " + d.off + ".",
	}, true
}

func switchOf(layer, name string) *debugSwitch {
	for i := range debugSwitches {
		if d := &debugSwitches[i]; d.name == name && slices.Contains(strings.Fields(d.layers), layer) {
			return d
		}
	}
	prefix, ok := variablePrefixes[layer]
	variable, found := strings.CutPrefix(name, prefix)
	if !ok || !found {
		return nil
	}
	for i := range debugVariables {
		if d := debugVariables[i]; d.name == variable {
			d.rule = "debug-environment"
			return &d
		}
	}
	return nil
}

// bad reports whether the value turns the switch on.
func (d *debugSwitch) bad(value any) bool {
	if v, ok := value.(bool); ok {
		return v && (d.values == nil || slices.Contains(d.values, "true"))
	}
	single := checks.Setting{Value: value}
	text := strings.ToLower(strings.TrimSpace(single.Text()))
	if d.words {
		return slices.ContainsFunc(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' }),
			func(word string) bool { return slices.Contains(d.values, word) })
	}
	if d.values != nil {
		return slices.Contains(d.values, text)
	}
	return slices.Contains([]string{"true", "1", "yes", "on", "t", "y"}, text)
}
