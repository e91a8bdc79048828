package settings

import (
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/command"
)

// The development servers of frameworks, which a command starts and no deployment should. A scope of one has the
// setting development_server, its Raw the command.
var (
	// werkzeug is flask run (flask/cli.py).
	werkzeug = server{layer: "werkzeug", development: "flask run", flags: flagTable(map[flagKind]string{
		flagText: `app -A --app, env_file -e --env-file, host -h --host, --cert, --key`, flagInt: `port -p --port`,
		flagOn: `--debug, --reload, --debugger`, flagOff: `debug --no-debug, reload --no-reload, debugger --no-debugger`,
	})}
	// runserver is Django's (django/core/management/commands/runserver.py), and that of django-extensions.
	runserver = server{layer: "runserver", development: "manage.py runserver", flags: flagTable(map[flagKind]string{
		flagText: `--settings, --pythonpath`, flagOff: `reload --noreload`,
	})}
	// fastapiCLI is fastapi dev (fastapi_cli/cli.py): uvicorn with the reloader on.
	fastapiCLI = server{layer: "fastapi-cli", development: "fastapi dev", flags: flagTable(map[flagKind]string{
		flagText: `--host, --root-path, --app, entrypoint -e --entrypoint`, flagInt: `--port`, flagOff: `reload --no-reload`,
	})}
)

// developmentServers are the subcommands of programs that start one.
var developmentServers = []struct {
	program, subcommands string
	server               *server
}{
	{"flask", "run", &werkzeug},
	{"manage.py", "runserver runserver_plus", &runserver},
	{"django-admin", "runserver runserver_plus", &runserver},
	{"fastapi", "dev", &fastapiCLI},
}

// developmentServer returns the development server that a process is, or nil. The subcommand is the first word that
// is no option.
func developmentServer(p command.Process) *server {
	for _, d := range developmentServers {
		if p.Name != d.program {
			continue
		}
		i := 0
		for i < len(p.Args) && strings.HasPrefix(p.Args[i].Text, "-") && !p.Args[i].Dynamic {
			if !strings.Contains(p.Args[i].Text, "=") && d.server.valued(p.Args[i].Text) {
				i++
			}
			i++
		}
		if i < len(p.Args) && !p.Args[i].Dynamic && slices.Contains(strings.Fields(d.subcommands), p.Args[i].Text) {
			return d.server
		}
	}
	return nil
}
