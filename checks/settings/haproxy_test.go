package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func TestHaproxyScopes(t *testing.T) {
	got := tell(scopesOf(t, haproxyReader(), `
-- haproxy/haproxy.cfg --
global
    maxconn 100
defaults base
    mode http
    http-response set-header X-Base "100%%"
frontend www from base
    bind :80
    bind :443 ssl crt /etc/a.pem
    acl api path_beg /api
    acl secure ssl_fc
    http-request redirect scheme https code 301 unless secure
    http-response set-header Strict-Transport-Security "max-age=31536000; includeSubDomains" if secure
    http-response del-header Server
    http-response add-header X-Id %[uuid()]
    http-after-response set-header X-Frame-Options DENY
    use_backend api if api
    default_backend site
backend api from base
    http-response replace-header Cache-Control .* no-store
    server a 127.0.0.1:1
backend site
    rspadd X-Old:\ yes
    rspidel ^X-Powered-By:.*
    server a 127.0.0.1:2
listen teapot
    mode http
    bind :8080
    http-request return status 418 content-type text/plain string short hdr X-Tea "${KIND}" if { path / }
-- app.cfg --
[section]
frontend = 1
`), "http-response", "http-after-response", "http-request", "rspadd", "rspidel", "mode", "use_backend")
	www := []string{
		`http-response set-header X-Base=100% (inherited)`,
		`http-request redirect=scheme https code 301 unless secure[conditional unless={ ssl_fc }]`,
		`http-response set-header Strict-Transport-Security=max-age=31536000; includeSubDomains[conditional if={ ssl_fc }]`,
		`http-response del-header Server=<nil>[remove]`,
		`http-response add-header X-Id~%[uuid()][append]`,
		`use_backend=api if api`,
		`http-after-response set-header X-Frame-Options=DENY[always]`,
		`mode=http`,
	}
	behind := func(own ...string) []string {
		for _, line := range www[1:] {
			if !strings.HasPrefix(line, "mode") {
				line += " (inherited)"
			}
			own = append(own, line)
		}
		return own
	}
	want := map[string][]string{
		"frontend www": www,
		"frontend www / backend api": behind(`http-response set-header X-Base=100% (inherited)`,
			`http-response replace-header Cache-Control=[.* no-store][edit]`, `http-response set-header X-Base=100% (inherited)`),
		"frontend www / backend site": behind(`http-response set-header X-Base=100% (inherited)`, `rspadd X-Old=yes[append]`, `rspidel X-Powered-By=<nil>[remove]`,
			`http-response set-header X-Base=100% (inherited)`),
		"listen teapot": {
			`http-response set-header X-Base=100% (inherited)`,
			`http-request return=status 418 content-type text/plain string short hdr X-Tea ${KIND} if { path / }[conditional if={ path / }]`,
			`http-request return hdr X-Tea~${KIND}[conditional if={ path / }]`, `mode=http`,
		},
	}
	for _, list := range want {
		for i, line := range list {
			if strings.HasPrefix(line, "http-request return=") {
				list[i] = strings.Replace(line, "http-request return=", "http-request return~", 1)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzHaproxy(f *testing.F) {
	f.Add("defaults a\nmode http\nfrontend x from a\nbind :1 ssl\nhttp-response set-header A b if c\nacl c ssl_fc\nuse_backend y\nbackend y\nrspadd A:\\ b\n")
	f.Add("listen x\nhttp-request return hdr a\nhttp-response replace-header a (\nrspirep ^a:b c unless\n")
	f.Fuzz(func(t *testing.T, text string) {
		sound(t, haproxyReader(), "haproxy.cfg", text)
	})
}

// sound reads one text as a file of that name and requires what every setting has.
func sound(t *testing.T, r reader, name, text string) {
	t.Helper()
	a := txtar.Archive{Files: []txtar.File{{Name: name, Data: []byte(text)}}}
	scopes, _ := r.resolve(docsOf(r, string(txtar.Format(&a))))
	for _, s := range scopes {
		for _, set := range s.Settings {
			if set.Dynamic() && set.Value != nil || set.Name == "" || set.Layer != s.Layer {
				t.Fatalf("%s: bad setting %+v", s.Name, set)
			}
		}
	}
}
