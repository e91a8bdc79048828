package headers

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// caddyfiles are judged in both forms.
var caddyfiles = map[string]string{
	"good":     "shop.example {\n\theader {\n\t\tStrict-Transport-Security max-age=31536000\n\t\tContent-Security-Policy \"default-src 'self'; object-src 'none'\"\n\t\tX-Content-Type-Options nosniff\n\t\tX-Frame-Options DENY\n\t\tReferrer-Policy no-referrer\n\t\tPermissions-Policy \"camera=()\"\n\t\tCross-Origin-Opener-Policy same-origin\n\t\t-Server\n\t}\n\troot * /srv\n\tfile_server\n}\n",
	"bare":     "shop.example {\n\troot * /srv\n\tfile_server\n}\n",
	"wrong":    "shop.example {\n\theader Strict-Transport-Security max-age=60\n\theader X-Frame-Options ALLOWALL\n\theader X-Content-Type-Options no-sniff\n\treverse_proxy app:8000\n}\n",
	"deferred": "shop.example {\n\theader {\n\t\tX-Frame-Options DENY\n\t\tdefer\n\t}\n\treverse_proxy app:8000\n}\n",
	"twice":    "shop.example {\n\theader X-Frame-Options DENY\n\theader +X-Frame-Options SAMEORIGIN\n\troot * /srv\n\tfile_server\n}\n",
	"paths":    "shop.example {\n\theader /app/* X-Frame-Options DENY\n\thandle /app/* {\n\t\treverse_proxy app:8000\n\t}\n\thandle_path /files/* {\n\t\troot * /srv\n\t\tfile_server browse\n\t}\n}\n",
	"plain":    "http://shop.example {\n\troot * /srv\n\tfile_server\n}\n",
	"redirect": "http://shop.example {\n\tredir https://{host}{uri} permanent\n}\nhttps://shop.example {\n\troot * /srv\n\tfile_server\n}\n",
	"slow":     "http://shop.example {\n\tredir https://{host}{uri}\n}\nshop.example {\n\troot * /srv\n\tfile_server\n}\n",
	"leads":    "shop.example {\n\tredir http://old.example{uri} 301\n}\n",
	"cookie":   "shop.example {\n\theader Set-Cookie \"session=8f0c2ab94d17e6aa93c1d2\"\n\troot * /srv\n\tfile_server\n}\n",
	"cors":     "shop.example {\n\theader Access-Control-Allow-Origin *\n\theader Access-Control-Allow-Credentials true\n\treverse_proxy app:8000\n}\n",
	"errors":   "shop.example {\n\theader X-Frame-Options DENY\n\troot * /srv\n\tfile_server\n\thandle_errors {\n\t\theader -X-Frame-Options\n\t\trespond broken\n\t}\n}\n",
	"two":      "a.example, b.example {\n\trespond hello\n}\nc.example {\n\theader ?X-Frame-Options DENY\n\treverse_proxy app:8000\n}\n",
}

// TestCaddyForms: a Caddyfile and the JSON that Caddy makes of it are judged alike.
func TestCaddyForms(t *testing.T) {
	caddy := realserver.Require(t, "caddy")
	var jobs []engine.Job
	for _, c := range Checks() {
		if c.OnTree() {
			jobs = append(jobs, one(c)...)
		}
	}
	for name, conf := range caddyfiles {
		dir := writeTree(t, map[string]string{"Caddyfile": conf})
		adapted, err := exec.CommandContext(t.Context(), caddy, "adapt", "--config", filepath.Join(dir, "Caddyfile")).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := findingsOf(t, jobs, dir)
		if diff := cmp.Diff(want, findingsOf(t, jobs, writeTree(t, map[string]string{"caddy.json": string(adapted)}))); diff != "" {
			t.Errorf("%s (-Caddyfile +JSON):\n%s", name, diff)
		}
		if len(want) == 0 && name != "good" && name != "redirect" && name != "two" {
			t.Errorf("%s: nothing is found", name)
		}
	}
}

// findingsOf are what is found in a directory, without the places.
func findingsOf(t *testing.T, jobs []engine.Job, dir string) []string {
	t.Helper()
	var out []string
	for i, o := range auditTree(t, dir, jobs).Observations {
		for _, f := range o.Findings {
			out = append(out, strings.Join([]string{jobs[i].Check.ID, f.Rule, f.Attribute, f.Expected}, " "))
		}
		for _, p := range o.Problems {
			if p.Blind {
				t.Errorf("%s: %v", jobs[i].Check.ID, &p)
			}
		}
	}
	return out
}

func auditTree(t *testing.T, dir string, jobs []engine.Job) engine.Result {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return engine.RunTree(t.Context(), tree, jobs, engine.Options{})
}
