//go:build unix

package uploads

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// join audits the files and the site together, and returns what the check saw of the pair.
func join(t *testing.T, files map[string]string, url string, active []string, options Configuration) checks.Observation {
	t.Helper()
	tree, err := target.OpenTree(t.Context(), written(t, files), target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	site, err := target.OpenSite(url, target.SiteOptions{Active: active, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	check := deployedLimit()
	jobs := []engine.Job{{Check: check, Values: check.Defaults()}, {Check: declaredLimit(), Values: declaredLimit().Defaults()}}
	engineOptions := engine.Options{Configuration: map[checks.Module]any{checks.Uploads: options}}
	seen := engine.RunTree(t.Context(), tree, jobs, engineOptions)
	engineOptions.Trees = []engine.Result{seen}
	engine.RunSite(t.Context(), site, jobs, engineOptions)
	return engine.RunJoint(t.Context(), seen, site, url, jobs, engineOptions).Observations[0]
}

// written writes files below a directory of the test's.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestDeployedLimit joins configurations with real servers that run them, or another.
func TestDeployedLimit(t *testing.T) {
	const server = "http { server { listen 80; client_max_body_size %; location / { proxy_pass http://127.0.0.1:1; } location /upload { client_max_body_size 5m; proxy_pass http://127.0.0.1:1; } } }\n"
	conf := func(size string) map[string]string {
		return map[string]string{"nginx/shop.conf": strings.ReplaceAll(server, "%", size)}
	}
	live := func(size string) realserver.Product {
		_, inner, _ := strings.Cut(strings.ReplaceAll(server, "%", size), "http { ")
		inner = strings.TrimSuffix(strings.TrimSpace(inner), "}")
		return realserver.Nginx(strings.ReplaceAll(inner, "listen 80", "listen 127.0.0.1:{port}"))
	}
	declare := []string{"declare"}
	for name, tt := range map[string]struct {
		tree    map[string]string
		product realserver.Product
		active  []string
		path    string
		rule    string
		texts   []string
	}{
		"agree":            {conf("20m"), live("20m"), declare, "", "", []string{"20 MiB at nginx/shop.conf:1"}},
		"odd size agrees":  {conf("1234567"), live("1234567"), declare, "", "", []string{"1234567 B at nginx/shop.conf:1"}},
		"location agrees":  {conf("20m"), live("20m"), declare, "/upload", "", []string{"5 MiB at nginx/shop.conf:1"}},
		"default in front": {conf("10m"), live("1m"), declare, "", "other-limit", []string{"configuration says 10 MiB at nginx/shop.conf:1", "live refuses at 1 MiB: the default of nginx"}},
		"higher":           {conf("1m"), live("20m"), declare, "", "other-limit", []string{"live refuses at 20 MiB"}},
		"not limited":      {conf("1m"), live("0"), declare, "", "not-limited", []string{"live takes more"}},
		"of another":       {conf("0"), live("100m"), declare, "", "limit-of-another", []string{"configuration sets no limit; live refuses at 100 MiB: the limit of Cloudflare"}},
		"not opted in":     {conf("1m"), live("1m"), nil, "", "", []string{"Needs --active=declare"}},
		"nothing to join":  {map[string]string{"README.md": "hello"}, live("1m"), declare, "", "", []string{"no layer"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := join(t, tt.tree, tt.product.Start(t, nil).URL, tt.active, Configuration{Path: tt.path})
			said := o.Note + o.Reason
			if tt.rule != "" {
				if len(o.Findings) != 1 || o.Findings[0].Rule != tt.rule {
					t.Fatalf("findings %+v, %q; want %s", o.Findings, said, tt.rule)
				}
				said = o.Findings[0].Message
				if !strings.Contains(o.Findings[0].Snippet, "curl ") {
					t.Errorf("no command to see it again: %+v", o.Findings[0])
				}
			} else if len(o.Findings)+len(o.Problems) > 0 {
				t.Errorf("findings %+v, problems %+v", o.Findings, o.Problems)
			}
			for _, text := range tt.texts {
				if !strings.Contains(said, text) {
					t.Errorf("says %q, want %q", said, text)
				}
			}
		})
	}
}

// TestFits ranks routes as nginx does.
func TestFits(t *testing.T) {
	for _, tt := range []struct {
		route, path string
		want        int
	}{
		{"", "/a", 0}, {"/", "/a", 1}, {"/upload", "/upload/x", 7}, {"/upload", "/up", -1}, {"/api/*", "/api/x", 6},
		{"= /a", "/a", 2 * regexRank}, {"= /a", "/a/b", -1}, {"^~ /a", "/a/b", 2 * regexRank},
		{`~ \.php$`, "/a.php", regexRank}, {`~ \.php$`, "/a.PHP", -1}, {`~* \.php$`, "/a.PHP", regexRank}, {"~ (", "/(", -1},
	} {
		if got := fits(tt.route, tt.path); got != tt.want {
			t.Errorf("fits(%q, %q) = %d, want %d", tt.route, tt.path, got, tt.want)
		}
	}
}
