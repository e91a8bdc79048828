package settings

// waitress is https://docs.pylonsproject.org/projects/waitress/en/latest/runner.html; the sizes are those of
// waitress/adjustments.py in bytes.
var waitress = server{
	layer: "waitress",
	flags: flagTable(map[flagKind]string{
		flagText: "host --host, port --port, --unix-socket, --url-prefix, --trusted-proxy",
		flagInt: `--threads, --backlog, --recv-bytes, --connection-limit, --channel-timeout, --max-request-header-size, --max-request-body-size,
			--inbuf-overflow, --cleanup-interval`,
		flagList: "listen --listen",
		flagOn:   "--expose-tracebacks, --call, --log-socket-errors, --asyncore-use-poll",
	}),
	defaults: []serverDefault{{"max_request_body_size", int64(1 << 30)}, {"max_request_header_size", int64(256 << 10)}},
}

// daphne is https://github.com/django/daphne: it has no limit on bodies.
var daphne = server{
	layer: "daphne",
	flags: flagTable(map[flagKind]string{
		flagText: "bind -b --bind, unix_socket -u --unix-socket, endpoint -e --endpoint, --access-log",
		flagInt:  "port -p --port, --fd, --http-timeout, --request-buffer-size, --websocket_timeout, verbosity -v --verbosity",
	}),
}

// puma is https://github.com/puma/puma: its command line has no limit on bodies; a configuration file may set one.
var puma = server{
	layer: "puma",
	flags: flagTable(map[flagKind]string{
		flagText: "bind -b --bind, config -C --config, environment -e --environment, port -p --port, threads -t --threads",
		flagInt:  "workers -w --workers",
	}),
}
