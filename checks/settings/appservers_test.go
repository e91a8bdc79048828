package settings

import (
	"strings"
	"testing"

	"hardcheck/checks"
)

var serverFiles = []string{"php/php.ini", "php/conf.d/a.ini", "pool.d/www.conf", "supervisord.conf", "uwsgi.ini", "hypercorn.toml", "netlify.toml",
	"_headers"}

func serverReaders() []reader {
	return []reader{phpReader(), supervisorReader(), uwsgiReader(), hypercornReader(), netlifyReader(), commandsReader()}
}

// TestHostileServers reads files built to multiply: it ends, and keeps little.
func TestHostileServers(t *testing.T) {
	ini, toml, headers := serverFiles[:5], serverFiles[5:7], serverFiles[7:]
	for unit, names := range map[string][]string{
		"[a]\nphp_flag[log_errors] = 1\n[b]\n": ini, "[program:a]\ncommand = gunicorn -b 1\nenvironment = A=1,B=2\n[x]\n": ini,
		"[uwsgi]\nuid = a\n": ini, "post_max_size = 1\n": ini, "a=1,": ini, "[program:a]\n environment = A=1,\n": ini,
		"[[headers]]\nfor = '/'\nvalues.a = 'b'\n": toml, "/*\n a: b\n": headers, "/a\n": headers, "a: b\n": headers,
	} {
		for _, name := range names {
			f := fileOf(name, []byte(strings.Repeat(unit, 5000)))
			for _, r := range serverReaders() {
				if total := keptOf(r, f); total > 50000 {
					t.Errorf("%s keeps %d settings of %s", r.layer, total, name)
				}
			}
		}
	}
}

func FuzzServers(f *testing.F) {
	f.Add(byte(0), "[PHP]\npost_max_size = 8M\ndisplay_errors = ${X}\n")
	f.Add(byte(2), "[www]\nphp_admin_value[memory_limit] = 0x10G\nphp_flag[expose_php] = on\n")
	f.Add(byte(3), "[program:a]\ncommand = sh -c 'exec gunicorn %(x)s'\nenvironment = A=\"1,2\",B='c'\n")
	f.Add(byte(4), "[uwsgi]\nlimit-post = 1\nini = x\n")
	f.Add(byte(5), "accesslog = '-'\ndebug = true\n")
	f.Add(byte(6), "[[headers]]\nfor = '/*'\n[headers.values]\nA = ['b', 1]\n")
	f.Add(byte(7), "# x\n/*\n  A: b\n\n/c\n D:e")
	f.Fuzz(func(t *testing.T, which byte, text string) {
		for _, r := range serverReaders() {
			scopes, _ := r.resolve(docsOf(r, "-- "+serverFiles[int(which)%len(serverFiles)]+" --\n"+text))
			for _, s := range scopes {
				for _, set := range s.Settings {
					if set.Dynamic() && set.Value != nil || set.Name == "" || set.Origin == checks.OriginSet && set.Place.Line == 0 {
						t.Fatalf("%s: bad setting %+v", s.Name, set)
					}
				}
			}
		}
	})
}

func TestHypercorn(t *testing.T) {
	compare(t, `
hypercorn file: hypercorn.toml @deploy/hypercorn.toml:1
  bind=0.0.0.0:8000 @1
  accesslog=- @2
  loglevel~{{ level }} @3
  debug=true @4
  keyfile_password=(secret, 6 characters) @5
`, lines(scopesOf(t, hypercornReader(), `-- deploy/hypercorn.toml --
bind = ["0.0.0.0:8000"]
accesslog = "-"
loglevel = "{{ level }}"
debug = true
keyfile_password = "abc`+`def"
[extra]
debug = false
-- pyproject.toml --
debug = true
-- hypercorn-plugin/hypercorn_plugin.toml --
[project]
name = "x"
`), false))
}

func TestNetlify(t *testing.T) {
	scopes := scopesOf(t, netlifyReader(), `-- netlify.toml --
[build]
publish = "dist"
[[headers]]
for = "/*"
  [headers.values]
  X-Frame-Options = "DENY"
  x-content-type-options = "nosniff"
  cache-control = '''
  max-age=0,
  no-cache'''
[[headers]]
  for = "/assets/*"
  values = { Link = ["<a>; rel=preload", "<b>"] }
[[headers]]
  for = "/*"
  values = { X-Frame-Options = "SAMEORIGIN" }
[[redirects]]
from = "/a"
headers = {X-From = "x"}
-- public/_headers --
# of the same site
/*
  X-Frame-Options: ALLOWALL
  Referrer-Policy: no-referrer
`)
	compare(t, `
netlify path: path /* @public/_headers:2
  header Referrer-Policy=no-referrer @4
  header x-content-type-options=nosniff (inherited) @netlify.toml:7
  header cache-control=max-age=0, no-cache (inherited) @netlify.toml:8
  header X-Frame-Options=SAMEORIGIN (inherited) @netlify.toml:16
  header Link~set for /assets/* (inherited) @netlify.toml:13
netlify path: path /assets/* @netlify.toml:12
  header Link=<a>; rel=preload, <b> @13
`, lines(scopes, false))
	if set := scopes[0].Settings[1]; set.Header != "X-Content-Type-Options" || set.Scope != "path /*" {
		t.Errorf("header: %+v", set)
	}
	if hsts, ok := scopes[0].Get("header Strict-Transport-Security"); !ok || hsts.Origin != checks.OriginDefault || hsts.Text() == "" {
		t.Errorf("HSTS: %+v", hsts)
	}
}

func TestHeadersFile(t *testing.T) {
	compare(t, `
netlify path: path /* @site/_headers:1
  header X-Frame-Options=DENY @2
  header X-Twice=a, b @4
  header Strict-Transport-Security~what the host sends by itself @1
`, lines(scopesOf(t, netlifyReader(), `-- site/_headers --
/*
  X-Frame-Options: DENY
  X-Twice: a
  X-Twice: b
  ! X-Detached
-- notes/_headers --
Headers: the list
/ and more
`), false))
}

func TestUWSGI(t *testing.T) {
	scopes := scopesOf(t, uwsgiReader(), `-- etc/uwsgi/shop.ini --
[uwsgi]
; the application
module = shop.wsgi
uid = shop
chmod-socket = 660
limit-post = 1048576
py-auto-reload = 2
disable-logging = true
env = DEBUG=1
-- app.ini --
[app:main]
uid = x
[uwsgi]
ini = common.ini
gid = $(GROUP)
-- linkding.ini --
[uwsgi]
if-env = LIMIT
limit-post = %(_)
disable-logging = true
endif =
py-autoreload = 0 # never
limit-post = 10 # bytes
-- tox.ini --
[tox]
uid = x
`)
	compare(t, `
uwsgi file: shop.ini @etc/uwsgi/shop.ini:1
  uid=shop @4
  chmod-socket=660 @5
  limit-post=1048576 @6
  py-autoreload=true @7
  disable-logging=true @8
  environment.DEBUG=1 @9
uwsgi file: app.ini @app.ini:1
  gid~$(GROUP) @5
uwsgi file: linkding.ini @linkding.ini:1
  disable-logging~true @4
  py-autoreload=false @6
  limit-post=10 @7
`, lines(scopes, false))
	if len(scopes[1].Settings) != 1 {
		t.Errorf("defaults of a file that includes another: %+v", scopes[1].Settings)
	}
}
