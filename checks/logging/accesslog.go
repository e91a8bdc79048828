package logging

import (
	"strings"

	"hardcheck/checks"
)

func accessLog() *checks.Check {
	return &checks.Check{
		ID:    "logging/access-log",
		Title: "Servers write access and error logs",
		Why: "Without an access log nobody can tell what an attacker tried, what worked, and which data left: neither an alarm nor " +
			"an investigation has anything to work on.",
		Fix:        "Turn the access log on for every server that answers users, to a file or to the container's output.",
		Expected:   "Every server and proxied location writes an access log, and errors go somewhere that is kept.",
		Rollback:   "Turn the log off again; health checks and static files may go without one.",
		Absent:     "No configuration of nginx, Apache, Caddy, HAProxy, Traefik, gunicorn, hypercorn, uvicorn, Compose, supervisor or systemd was found",
		References: []string{"CWE-778", "ASVS 16.3", "PCI DSS 10.2"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "access-log-off", Title: "The access log of a server is off", Severity: checks.High},
			{ID: "access-log-off-in-location", Title: "The access log of an application's location is off", Severity: checks.Medium},
			{ID: "access-log-missing", Title: "No access log is set, and the server writes none by default", Severity: checks.Medium},
			{ID: "requests-not-logged", Title: "Connections are logged, and not what they asked for", Severity: checks.Medium,
				Fix: "HAProxy: `option httplog` in defaults or in the frontend, or a log-format with %r, %ST and %ci."},
			{ID: "delayed", Title: "Lines wait in a buffer until it is full", Severity: checks.Low,
				Fix: "nginx: add flush=5s to the access_log that has a buffer."},
			{ID: "error-log-discarded", Title: "Errors are thrown away", Severity: checks.Medium,
				Fix: "Send errors to a file or to stderr; nginx takes `error_log off` for a file of the name off."},
			{ID: "output-discarded", Title: "All a service writes is thrown away", Severity: checks.High,
				Fix: "Remove the setting, so that the output is kept."},
		},
		Tree: judgeAccessLogs,
	}
}

// verdict is what is wrong with a scope's logs: rule "" is nothing. A nil verdict makes no claim.
type verdict struct {
	rule, attribute, expected, message string
	setting                            checks.Setting
}

var judgeLogsOf = map[string]func(*checks.Scope, around) *verdict{
	"nginx": nginxAccessLog, "apache": apacheAccessLog, "caddy": caddyAccessLog,
	"gunicorn": gunicornAccessLog, "hypercorn": gunicornAccessLog, "uvicorn": uvicornAccessLog, "compose": composeOutput, "systemd": systemdOutput,
	"haproxy": haproxyAccessLog, "traefik logs": traefikAccessLog, "supervisor": supervisorOutput,
}

func judgeAccessLogs(p *checks.Pass) error {
	near, parts := lookAround(p), undeployedParts(p.Scopes())
	reported := map[string]bool{}
	for _, scope := range p.Scopes() {
		judge := judgeLogsOf[scope.Layer]
		if judge == nil {
			continue
		}
		v := judge(scope, near)
		if v == nil {
			continue
		}
		if v.rule == "" || forDevelopment(v.setting.Place.Path) || parts.has(scope) {
			p.OK(scope.Subject())
			continue
		}
		key := v.rule + v.setting.Place.String()
		if reported[key] {
			continue // one line turns off the logs of several servers
		}
		reported[key] = true
		p.Fail(checks.Finding{Rule: v.rule, Subject: scope.Subject(), Place: v.setting.Place, Attribute: v.attribute,
			Expected: v.expected, Actual: actualOf(v.setting), Message: v.message})
	}
	return nil
}

func actualOf(s checks.Setting) string {
	if s.Origin == checks.OriginDefault {
		return "not set"
	}
	return strings.TrimSpace(s.Name + " " + s.Raw)
}

// around is what the rest of the tree says about a server's log.
type around struct {
	proxied bool // a web server stands before the application and logs its requests
	// gunicorn is started in a known way, and one that starts it sets the access log
	launched, logged bool
}

func lookAround(p *checks.Pass) around {
	var a around
	for _, s := range p.Scopes("nginx", "apache", "caddy") {
		for _, name := range []string{"proxy_pass", "uwsgi_pass", "reverse_proxy", "ProxyPass", "ProxyPassMatch"} {
			_, ok := s.Get(name)
			a.proxied = a.proxied || ok
		}
	}
	for _, s := range p.Scopes("gunicorn") {
		if s.Kind == "command" {
			log, ok := s.Get("accesslog")
			a.launched = true
			a.logged = a.logged || ok && log.Origin != checks.OriginDefault
		}
	}
	return a
}
