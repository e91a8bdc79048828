package settings

import (
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/command"
)

// serverFlag is what an option of a server's command line sets.
type serverFlag struct {
	setting string
	kind    flagKind
}

type flagKind byte

const (
	flagText flagKind = iota
	flagInt
	flagList   // may be given again
	flagToggle // 0 is off, another number on
	flagOn     // a switch: takes no value
	flagOff    // a switch that turns the setting off
)

// serverDefault is what the server does where an option is not given.
type serverDefault struct {
	setting string
	value   any
}

// server is a program whose command line holds settings.
type server struct {
	layer    string
	flags    map[string]serverFlag
	defaults []serverDefault
	// environment is the prefix of the variables that set options, "" where there are none.
	environment string
	// development is the command of a server that is made for development, "" for others.
	development string
}

// flagTable reads lines of "kind: setting --option -o, ..." where the setting's name may be left out when the
// option says it: --log-level is log_level.
func flagTable(kinds map[flagKind]string) map[string]serverFlag {
	table := map[string]serverFlag{}
	for kind, text := range kinds {
		for _, entry := range strings.Split(text, ",") {
			fields := strings.Fields(entry)
			setting := fields[0]
			if strings.HasPrefix(setting, "-") {
				setting = strings.ReplaceAll(strings.TrimPrefix(strings.TrimLeft(setting, "-"), "no-"), "-", "_")
			} else {
				fields = fields[1:]
			}
			for _, option := range fields {
				table[option] = serverFlag{setting, kind}
			}
		}
	}
	return table
}

// gunicorn is https://docs.gunicorn.org/en/stable/settings.html; the options are those of gunicorn/config.py.
var gunicorn = server{
	layer: "gunicorn",
	flags: flagTable(map[flagKind]string{
		flagText: `config -c --config, worker_class -k --worker-class, --chdir, pidfile -p --pid, --worker-tmp-dir, user -u --user, group -g --group,
			umask -m --umask, --forwarded-allow-ips, accesslog --access-logfile, access_log_format --access-logformat,
			errorlog --error-logfile --log-file, loglevel --log-level, --logger-class, logconfig --log-config, logconfig_json --log-config-json,
			syslog_addr --log-syslog-to, syslog_prefix --log-syslog-prefix, syslog_facility --log-syslog-facility, --statsd-host, --dogstatsd-tags,
			--statsd-prefix, proc_name -n --name, --pythonpath, paste --paste --paster, proxy_allow_ips --proxy-allow-from, --keyfile, --certfile,
			--ssl-version, --cert-reqs, --ca-certs, --ciphers, --reload-engine, --forwarder-headers, --header-map`,
		flagInt: `--backlog, workers -w --workers, --threads, --worker-connections, --max-requests, --max-requests-jitter, timeout -t --timeout,
			--graceful-timeout, keepalive --keep-alive, --limit-request-line, --limit-request-fields,
			limit_request_field_size --limit-request-field_size`,
		flagList: `bind -b --bind, reload_extra_files --reload-extra-file, raw_env -e --env, raw_paste_global_conf --paste-global`,
		flagOn: `--reload, --spew, --check-config, --print-config, preload_app --preload, --reuse-port, daemon -D --daemon, --initgroups,
			--disable-redirect-access-to-syslog, --capture-output, syslog --log-syslog, enable_stdio_inheritance -R --enable-stdio-inheritance,
			--proxy-protocol, --suppress-ragged-eofs, --do-handshake-on-connect, --strip-header-spaces, --tolerate-dangerous-framing,
			--permit-obsolete-folding, --permit-unconventional-http-method, --permit-unconventional-http-version, --casefold-http-method`,
		flagOff: `sendfile --no-sendfile`,
	}),
	defaults: []serverDefault{
		{"bind", []any{"127.0.0.1:8000"}}, {"reload", false}, {"timeout", int64(30)}, {"limit_request_line", int64(4094)},
		{"limit_request_fields", int64(100)}, {"limit_request_field_size", int64(8190)}, {"accesslog", nil}, {"errorlog", "-"},
		{"loglevel", "info"}, {"capture_output", false}, {"forwarded_allow_ips", "127.0.0.1"}, {"proxy_protocol", false},
		{"access_log_format", `%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"`}, {"workers", int64(1)}, {"worker_class", "sync"},
	},
}

// uvicorn is https://www.uvicorn.org/settings/; the options are those of uvicorn/main.py.
var uvicorn = server{
	layer:       "uvicorn",
	environment: "UVICORN_",
	flags: flagTable(map[flagKind]string{
		flagText: `--host, --uds, --loop, --http, --ws, --lifespan, --interface, --env-file, --log-config, --log-level, --forwarded-allow-ips, --root-path,
			--ssl-keyfile, --ssl-certfile, --ssl-keyfile-password, --ssl-ca-certs, --ssl-ciphers, --app-dir, --ws-per-message-deflate`,
		flagInt: `--port, --fd, --workers, --ws-max-size, --ws-max-queue, --ws-ping-interval, --ws-ping-timeout, --limit-concurrency, --backlog,
			--limit-max-requests, --limit-max-requests-jitter, --timeout-keep-alive, --timeout-graceful-shutdown, --timeout-worker-healthcheck,
			--h11-max-incomplete-event-size, --reload-delay, --ssl-version, --ssl-cert-reqs`,
		flagList: `reload_dirs --reload-dir, reload_includes --reload-include, reload_excludes --reload-exclude, headers --header`,
		flagOn:   `--reload, --debug, --access-log, --use-colors, --proxy-headers, --server-header, --date-header, --factory, --reset-contextvars`,
		flagOff:  `--no-access-log, --no-use-colors, --no-proxy-headers, --no-server-header, --no-date-header`,
	}),
	defaults: []serverDefault{
		{"host", "127.0.0.1"}, {"port", int64(8000)}, {"reload", false}, {"log_level", "info"}, {"access_log", true}, {"proxy_headers", true},
		{"server_header", true}, {"date_header", true}, {"forwarded_allow_ips", "127.0.0.1"}, {"limit_concurrency", nil},
		{"limit_max_requests", nil}, {"timeout_keep_alive", int64(5)}, {"ws_max_size", int64(16 << 20)},
	},
}

// valued reports whether an option takes a value. One that is not known is taken for a switch.
func (s *server) valued(option string) bool {
	f, ok := s.flags[option]
	return ok && f.kind < flagOn
}

// settings are those of a command line, the last of an option winning. whole is false where a word that is not
// known until run time may hold any option.
func (s *server) settings(p command.Process, place checks.Place) (list []checks.Setting, whole bool) {
	flags, whole := command.Flags(p.Args, s.valued)
	for _, f := range flags {
		flag, ok := s.flags[f.Name]
		if !ok {
			continue
		}
		set := checks.Setting{Layer: s.layer, Name: flag.setting, Origin: checks.OriginSet, Place: place, Raw: f.Name}
		if f.Valued {
			set.Raw += " " + redacted(flag.setting, f.Value)
		}
		set.Value = flag.kind.value(redacted(flag.setting, f.Value))
		if f.Dynamic {
			set.Value, set.Origin = nil, checks.OriginDynamic
			set.Raw += "..." // a variable, or what a command prints
		}
		if flag.kind == flagList && !f.Dynamic {
			values := valuesOf(list, flag.setting)
			set.Value = append(values[:min(len(values), maxValues)], f.Value)
		}
		list = append(withoutNamed(list, flag.setting), set)
	}
	return list, whole
}

// maxValues bounds what one option given again and again adds up to.
const maxValues = 100

func valuesOf(list []checks.Setting, name string) []any {
	for _, s := range list {
		if values, ok := s.Value.([]any); ok && s.Name == name {
			return append([]any(nil), values...)
		}
	}
	return nil
}

func (k flagKind) value(text string) any {
	switch k {
	case flagOn:
		return true
	case flagOff:
		return false
	case flagToggle:
		return uwsgiToggle(text)
	case flagInt:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}
