package settings

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/template"
	"hardcheck/checks/internal/parse/toml"
)

// hypercornReader reads hypercorn's TOML files; its command lines are read by commandsReader.
func hypercornReader() reader {
	return reader{layer: "hypercorn", wants: wantsHypercorn, read: readHypercorn, resolve: standalone}
}

func wantsHypercorn(e *checks.Entry) bool {
	ok, _ := path.Match("*hypercorn*.toml", strings.ToLower(e.Name()))
	return ok && e.Mode.IsRegular()
}

// hypercorn is https://hypercorn.readthedocs.io/en/latest/how_to_guides/configuring.html; the options are those of
// hypercorn/__main__.py, the defaults those of hypercorn/config.py.
var hypercorn = server{
	layer: "hypercorn",
	flags: flagTable(map[flagKind]string{
		flagText: `accesslog --access-logfile --access-log, access_log_format --access-logformat, errorlog --error-logfile --log-file --error-log,
			loglevel --log-level, logconfig --log-config, config -c --config, user -u --user, group -g --group, umask -m --umask, pid_path -p --pid,
			worker_class -k --worker-class, --root-path, --ca-certs, --certfile, --keyfile, --keyfile-password, --ciphers, --cert-reqs, --verify-mode,
			--statsd-host, --statsd-prefix`,
		flagInt: `--backlog, workers -w --workers, --graceful-timeout, keep_alive_timeout --keep-alive, --read-timeout, --max-requests,
			--max-requests-jitter, --websocket-ping-interval`,
		flagList: `bind -b --bind, --insecure-bind, --quic-bind, server_names --server-name`,
		flagOn:   `--debug, use_reloader --reload`,
	}),
	defaults: []serverDefault{
		{"bind", []any{"127.0.0.1:8000"}}, {"accesslog", nil}, {"errorlog", "-"}, {"loglevel", "INFO"}, {"debug", false}, {"use_reloader", false},
		{"include_server_header", true},
	},
}

func readHypercorn(f *checks.File) (any, []checks.Problem) {
	known := map[string]bool{}
	for _, d := range hypercorn.defaults {
		known[d.setting] = true
	}
	for _, flag := range hypercorn.flags {
		known[flag.setting] = true
	}
	scope := &checks.Scope{Layer: "hypercorn", Kind: "file", Name: f.Name(), Place: checks.Place{Path: f.Path, Line: 1}}
	doc := toml.Of(f)
	for _, p := range doc.Pairs {
		if known[p.Path] {
			scope.Settings = append(withoutNamed(scope.Settings, p.Path), tomlSetting("hypercorn", p))
		}
	}
	if len(scope.Settings) == 0 || doc.Err != nil {
		return nil, nil // another file of that name, or one that hypercorn would refuse
	}
	withDefaults(scope, hypercorn.defaults, "")
	return []*checks.Scope{scope}, nil
}

// tomlSetting is a pair as a setting; a placeholder of a template is not known until it is filled in.
func tomlSetting(layer string, p toml.Pair) checks.Setting {
	set := checks.Setting{Layer: layer, Name: p.Path, Value: p.Value, Origin: checks.OriginSet, Place: p.Place}
	text := set.Text()
	if set.Raw = redacted(p.Path, text); set.Raw != text {
		set.Value = set.Raw
	}
	if template.Has(text) {
		set.Value, set.Origin = nil, checks.OriginDynamic
	}
	return set
}
