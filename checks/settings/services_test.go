package settings

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

// lines writes scopes as "layer name @place" with their settings below, defaults left out unless asked for.
func lines(scopes []*checks.Scope, defaults bool) string {
	var b strings.Builder
	for _, s := range scopes {
		b.WriteString(s.Layer + " " + s.Kind + ": " + s.Name + " @" + s.Place.String() + "\n")
		for _, set := range s.Settings {
			if set.Origin == checks.OriginDefault && !defaults {
				continue
			}
			text := "  " + set.Name + "=" + set.Text()
			if set.Dynamic() {
				text = "  " + set.Name + "~" + set.Raw
			}
			if set.Inherited {
				text += " (inherited)"
			}
			b.WriteString(strings.TrimRight(text, " ") + " @" + strings.TrimPrefix(set.Place.String(), s.Place.Path+":") + "\n")
		}
	}
	return b.String()
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	if diff := cmp.Diff(strings.Split(strings.Trim(want, "\n"), "\n"), strings.Split(strings.Trim(got, "\n"), "\n")); diff != "" {
		t.Error(diff)
	}
}

const shopCompose = `-- docker-compose.yml --
x-base: &base
  privileged: true
  logging:
    driver: syslog
    options: {max-size: 10m}
services:
  web:
    <<: *base
    user: "1000"
    volumes:
      - ./data:/data
      - type: bind
        source: /var/run/docker.sock
        target: /var/run/docker.sock
        read_only: true
    ports: ["${PORT:-80}:80", {published: 443, target: 443}]
    environment:
      DEBUG: "true"
      DB_PASSWORD: VALUE1
      URL: postgres://app:VALUE1@db/x
      LEVEL: ${LEVEL}
      HOST:
    env_file: .env
    pid: ${PID_MODE}
  worker:
    extends: {service: web}
    user: app
    cap_add: [SYS_ADMIN]
    environment:
      - DEBUG=
      - NAME
      - A=b=$$c
  other:
    extends: {service: x, file: base.yml}
  broken: text
`

func TestCompose(t *testing.T) {
	scopes := scopesOf(t, composeReader(), strings.ReplaceAll(shopCompose, "VALUE1", "hunter"+"2hunter"))
	compare(t, `
compose service: service web @docker-compose.yml:7
  user=1000 @9
  volumes=./data:/data /var/run/docker.sock:/var/run/docker.sock:ro @10
  ports=${PORT:-80}:80 443:443 @16
  environment.DEBUG=true @18
  environment.DB_PASSWORD=(secret, 13 characters) @19
  environment.URL=postgres://app:(secret, 13 characters)@db/x @20
  environment.LEVEL~${LEVEL} @21
  environment.HOST~ @22
  env_file=.env @23
  pid~${PID_MODE} @24
  privileged=true @2
  logging.driver=syslog @4
  logging.options.max-size=10m @5
compose service: service worker @docker-compose.yml:25
  volumes=./data:/data /var/run/docker.sock:/var/run/docker.sock:ro (inherited) @10
  ports=${PORT:-80}:80 443:443 (inherited) @16
  environment.DB_PASSWORD=(secret, 13 characters) (inherited) @19
  environment.URL=postgres://app:(secret, 13 characters)@db/x (inherited) @20
  environment.LEVEL~${LEVEL} (inherited) @21
  environment.HOST~ (inherited) @22
  env_file=.env (inherited) @23
  pid~${PID_MODE} (inherited) @24
  privileged=true (inherited) @2
  logging.driver=syslog (inherited) @4
  logging.options.max-size=10m (inherited) @5
  user=app @27
  cap_add=SYS_ADMIN @28
  environment.DEBUG= @30
  environment.NAME~ @31
  environment.A=b=$c @32
compose service: service other @docker-compose.yml:33
  extends.file=base.yml @34
`, lines(scopes, false))
	if v, _ := scopes[2].Get("privileged"); v.Value != false || v.Origin != checks.OriginDefault {
		t.Errorf("the default of privileged: %+v", v)
	}
	fallback := scopesOf(t, composeReader(), "-- compose.yaml --\nservices: {a: {privileged: \"${P:-true}\", user: \"${U-root}\", pid: \"${X:?no}\", command: \"${A}-${B}\"}}\n")[0]
	for name, want := range map[string]any{"privileged": true, "user": "root", "pid": nil, "command": nil} {
		if v, _ := fallback.Get(name); v.Fallback != want || !v.Dynamic() {
			t.Errorf("%s falls back to %v, want %v", name, v.Fallback, want)
		}
	}
	if got := scopesOf(t, composeReader(), "-- compose.yaml --\nservices: {a: {extends: {service: b}}, b: {extends: {service: a}}}\n"); len(got) != 2 {
		t.Errorf("a cycle of extends gave %d scopes", len(got))
	}
}

func TestSystemd(t *testing.T) {
	scopes := scopesOf(t, systemdReader(), `-- etc/shop.service --
[Unit]
Description=x
[Service]
User=root
ExecStart=/bin/false
Environment="A=1" B=2 API_TOKEN=abcdefgh
-- etc/shop.service.d/10-user.conf --
[Service]
User=shop
ExecStart=
ExecStart=/usr/bin/uvicorn app:app
Environment=A=3
NoNewPrivileges=yes
-- etc/other.service.d/x.conf --
[Service]
UMask=0077
-- lib/dynamic.service --
[Service]
DynamicUser=yes
LoadCredential=a.token:/etc/x
SetCredential=key:abcdef
-- dbus/org.x.service --
[D-BUS Service]
Exec=/bin/x
-- lib/tpl@.service.in --
[Service]
ExecStart=@bindir@/x %i
`)
	compare(t, `
systemd unit: shop.service @etc/shop.service:4
  Service.Environment.B=2 @6
  Service.Environment.API_TOKEN=(secret, 8 characters) @6
  Service.User=shop (inherited) @etc/shop.service.d/10-user.conf:2
  Service.ExecStart=/usr/bin/uvicorn app:app (inherited) @etc/shop.service.d/10-user.conf:4
  Service.Environment.A=3 (inherited) @etc/shop.service.d/10-user.conf:5
  Service.NoNewPrivileges=true (inherited) @etc/shop.service.d/10-user.conf:6
systemd unit: other.service @etc/other.service.d/x.conf:2
  Service.UMask=0077 @2
systemd unit: dynamic.service @lib/dynamic.service:2
  Service.DynamicUser=true @2
  Service.LoadCredential=a.token:/etc/x @3
  Service.SetCredential=(secret, 10 characters) @4
systemd unit: tpl@.service @lib/tpl@.service.in:2
  Service.ExecStart~@bindir@/x %i @2
`, lines(scopes, false))
	if _, ok := scopes[1].Get("Service.User"); ok {
		t.Error("a drop-in alone says nothing of the user")
	}
	if _, ok := scopes[2].Get("Service.User"); ok {
		t.Error("DynamicUser=yes runs as no fixed user")
	}
	if v, _ := scopes[3].Get("Service.User"); v.Value != "root" {
		t.Error("a unit without User= runs as root")
	}
}

func TestDotenv(t *testing.T) {
	compare(t, `
dotenv file: .env @.env
  DEBUG=true @1
  LOG_LEVEL=debug @3
  UVICORN_RELOAD~${X} @4
dotenv file: prod.env @deploy/prod.env
`, lines(scopesOf(t, dotenvReader(), `-- .env --
DEBUG=True
SECRET_KEY=abc
LOG_LEVEL=debug # loud
UVICORN_RELOAD=${X}
-- .env.example --
DEBUG=True
-- deploy/prod.env --
OTHER=1
`), false))
}

func TestDockerfile(t *testing.T) {
	compare(t, `
dockerfile stage: stage build @Dockerfile:1
  FROM=python:3 @1
  USER=app @2
  ENV A=1 @3
  ENV DB_PASSWORD=(secret, 8 characters) @3
  CMD=make all @4
dockerfile stage: stage 1 (final) @Dockerfile:5
  FROM=python:3 (inherited) @1
  ENV A=1 (inherited) @3
  ENV DB_PASSWORD=(secret, 8 characters) (inherited) @3
  ENV LEVEL~debug- @6
  EXPOSE=80 @7
  EXPOSE=443/tcp @8
  USER~$WHO @9
  ENTRYPOINT=gunicorn app @10
`, lines(scopesOf(t, dockerfileReader(), `-- Dockerfile --
FROM python:3 AS build
USER app
ENV A=1 DB_PASSWORD=abcdefgh
CMD make all
FROM build
ENV LEVEL debug-$X
EXPOSE 80
EXPOSE 443/tcp
USER $WHO
ENTRYPOINT ["gunicorn", "app"]
`), false))
}

func TestCommands(t *testing.T) {
	scopes := scopesOf(t, commandsReader(), `-- Procfile --
web: gunicorn -b 0.0.0.0:$PORT --log-level debug -w4 app:app
# worker: gunicorn x
clock: python clock.py
-- docker-compose.yml --
services:
  api:
    command: sh -c "alembic upgrade head && exec uvicorn app:app --reload --no-access-log --port $${PORT}"
    environment: {UVICORN_LOG_LEVEL: debug, UVICORN_ACCESS_LOG: "1"}
  list:
    entrypoint: [tini, --]
    command: ["python", "-m", "uvicorn", "app:app", "--host=${HOST}", "--forwarded-allow-ips", "*"]
  opts:
    command: gunicorn app $OPTS
  env:
    image: shop
    environment: ["GUNICORN_CMD_ARGS=--access-logfile - --timeout=5"]
    command: /entrypoint.sh gunicorn --timeout 9 -c conf.py app
  db: {image: postgres}
-- shop.service --
[Service]
Environment=UVICORN_RELOAD=true
ExecStart=/opt/venv/bin/uvicorn app:app --uds ${SOCK}
-- Dockerfile --
FROM python AS dev
CMD uvicorn app:app --reload
FROM python
ENTRYPOINT ["/start"]
CMD ["gunicorn", "--reload", "app"]
`)
	compare(t, `
gunicorn command: gunicorn in process web @Procfile:1
  bind~-b 0.0.0.0:... @1
  loglevel=debug @1
  workers=4 @1
uvicorn command: uvicorn in service api @docker-compose.yml:3
  log_level=debug @4
  reload=true @3
  access_log=false @3
  port~--port ... @3
uvicorn command: uvicorn in service list @docker-compose.yml:7
  host~--host ... @7
  forwarded_allow_ips=* @7
gunicorn command: gunicorn in service opts @docker-compose.yml:9
gunicorn command: gunicorn in service env @docker-compose.yml:13
  accesslog=- @12
  timeout=9 @13
  config=conf.py @13
uvicorn command: uvicorn in shop.service @shop.service:3
  reload=true @2
  uds~--uds ... @3
uvicorn command: uvicorn in stage dev @Dockerfile:2
  reload=true @2
gunicorn command: gunicorn in stage 1 (final) @Dockerfile:5
  reload=true @5
`, lines(scopes, false))
	for name, want := range map[string]bool{
		"gunicorn in process web": true, "gunicorn in service opts": false, "gunicorn in service env": false, "uvicorn in shop.service": true,
	} {
		for _, s := range scopes {
			if _, got := s.Get("forwarded_allow_ips"); s.Name == name && got != want {
				t.Errorf("%s: defaults known %v, want %v", name, got, want)
			}
		}
	}
	scopes = scopesOf(t, commandsReader(), "-- Procfile --\nweb: gunicorn app\n-- gunicorn.conf.py --\ntimeout = 3\n")
	if len(scopes) != 1 || len(scopes[0].Settings) != 0 {
		t.Errorf("a configuration file may set what the command line does not: %+v", scopes)
	}
}

// TestFlagsOfInstalledServers compares the tables with what the programs say of themselves.
func TestFlagsOfInstalledServers(t *testing.T) {
	option := regexp.MustCompile(`(--?[A-Za-z][\w-]*)(?:[ =](\[[a-z|0-9]+\]|[A-Z][A-Z_]+))?`)
	for program, s := range map[string]*server{"gunicorn": &gunicorn, "uvicorn": &uvicorn} {
		help, err := exec.Command(program, "--help").Output()
		if err != nil {
			t.Skipf("%s is not installed: %v", program, err)
		}
		for _, line := range strings.Split(string(help), "\n") {
			if !regexp.MustCompile(`^  -`).MatchString(line) {
				continue
			}
			synopsis, _, _ := strings.Cut(line[2:], "  ")
			for _, m := range option.FindAllStringSubmatch(synopsis, -1) {
				if m[1] == "-h" || m[1] == "--help" || m[1] == "-v" || m[1] == "--version" {
					continue
				}
				if flag, ok := s.flags[m[1]]; !ok || s.valued(m[1]) != (m[2] != "") {
					t.Errorf("%s %s: takes a value %v; the table says %+v, known %v", program, m[1], m[2] != "", flag, ok)
				}
			}
		}
	}
}

func TestCommandsOfDropIns(t *testing.T) {
	compare(t, `
uvicorn command: uvicorn in shop.service @shop.service.d/override.conf:3
  log_level=trace @3
gunicorn command: gunicorn in kept.service @kept.service:2
  loglevel=debug @kept.service.d/a.conf:2
`, lines(scopesOf(t, commandsReader(), `-- shop.service --
[Service]
ExecStart=/usr/bin/gunicorn -b :80 shop
-- shop.service.d/override.conf --
[Service]
ExecStart=
ExecStart=/usr/bin/uvicorn shop --log-level trace
-- kept.service --
[Service]
ExecStart=/usr/bin/gunicorn shop
-- kept.service.d/a.conf --
[Service]
Environment="GUNICORN_CMD_ARGS=--log-level debug"
`), false))
}
