package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHostingScopes(t *testing.T) {
	tests := []struct {
		name    string
		reader  reader
		archive string
		want    map[string][]string
	}{
		{"vercel", vercelReader(), `
-- vercel.json --
{
  "headers": [
    {"source": "/(.*)", "headers": [{"key": "X-Frame-Options", "value": "DENY"}, {"key": "x-extra", "value": "1"}]},
    {"source": "/:path*", "headers": [{"key": "X-Extra", "value": "2"}]},
    {"source": "/(.*)", "has": [{"type": "host", "value": "a"}], "headers": [{"key": "X-Frame-Options", "value": "NO"}]},
    {"source": "/embed/(.*)", "headers": [{"key": "X-Frame-Options", "value": "SAMEORIGIN"}]}
  ],
  "routes": [{"src": "/.*", "dest": "/"}]
}`, map[string][]string{
			"path /*": {"header X-Frame-Options=DENY", "header X-Extra=2", "header X-Frame-Options=NO[conditional]",
				"header Strict-Transport-Security=max-age=63072000 (default)"},
			"path /embed/(.*)": {"header X-Frame-Options=SAMEORIGIN", "header X-Extra=2 (inherited)",
				"header Strict-Transport-Security=max-age=63072000 (default) (inherited)"},
		}},
		{"firebase", firebaseReader(), `
-- firebase.json --
{"hosting": [{"target": "a", "headers": [
  {"source": "**", "headers": [{"key": "X-Frame-Options", "value": "DENY"}]},
  {"source": "**/*.@(js|css)", "headers": [{"key": "Cache-Control", "value": "max-age=1"}]}]}]}`, map[string][]string{
			"path /*": {"header X-Frame-Options=DENY", "header Strict-Transport-Security=max-age=31556926 (default)"},
			"path **/*.@(js|css)": {"header Cache-Control=max-age=1", "header X-Frame-Options=DENY (inherited)",
				"header Strict-Transport-Security=max-age=31556926 (default) (inherited)"},
		}},
		{"Azure", staticWebAppReader(), `
-- staticwebapp.config.json --
{"globalHeaders": {"X-Frame-Options": "DENY"}, "routes": [{"route": "/embed/*", "headers": {"X-Frame-Options": ""}}, {"route": "/x", "rewrite": "/y"}]}`, map[string][]string{
			"path /*":       {"header X-Frame-Options=DENY"},
			"path /embed/*": {"header X-Frame-Options=<nil>[remove]"},
		}},
		{"nothing of the kind", vercelReader(), "-- vercel.json --\n{\"headers\": 3, \"routes\": \"x\"}", map[string][]string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tell(scopesOf(t, tt.reader, tt.archive), "header")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzHosting(f *testing.F) {
	f.Add(`{"headers": [{"source": "/(.*)", "headers": [{"key": "A", "value": "b"}]}], "routes": [{"src": "x", "headers": {"A": 1}}]}`)
	f.Add(`{"hosting": {"headers": [{"glob": "**", "headers": [{"key": "A"}]}]}, "globalHeaders": {"A": ""}}`)
	f.Fuzz(func(t *testing.T, text string) {
		sound(t, vercelReader(), "vercel.json", text)
		sound(t, firebaseReader(), "firebase.json", text)
		sound(t, staticWebAppReader(), "staticwebapp.config.json", text)
	})
}

// TestNetlifyValueOfSeveralLines: what Netlify divides a value by is the comma (its headers-parser), not the line.
func TestNetlifyValueOfSeveralLines(t *testing.T) {
	r := netlifyReader()
	scopes, _ := r.resolve(docsOf(r, "-- netlify.toml --\n[[headers]]\nfor = \"/*\"\n[headers.values]\n"+
		"Content-Security-Policy = '''\n  default-src 'self';\n  object-src 'none'\n'''\nCache-Control = '''\n  no-cache,\n  no-store'''\nX-List = [\"a\", \"b\"]\n"))
	if len(scopes) != 1 {
		t.Fatalf("%d scopes", len(scopes))
	}
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'self'; object-src 'none'", "Cache-Control": "no-cache, no-store", "X-List": "a, b"} {
		if got, _ := scopes[0].Get("header " + name); got.Text() != want {
			t.Errorf("%s: %q, want %q", name, got.Text(), want)
		}
	}
}
