package headers

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// large are configurations of n parts.
var large = map[string]func(n int) map[string]string{
	"nginx locations": func(n int) map[string]string {
		conf := "server {\nlisten 443 ssl;\nroot /srv;\nerror_page 404 /e.html;\nadd_header X-Frame-Options DENY always;\n"
		for i := range n {
			conf += fmt.Sprintf("location /p%d { add_header X-Content-Type-Options nosniff; }\n", i)
		}
		return map[string]string{"nginx/shop.conf": conf + "location = /e.html { internal; }\n}\n"}
	},
	"nginx before nginx": func(n int) map[string]string {
		edge, inner := "server {\nlisten 443 ssl;\n", "server {\nlisten 80;\nroot /srv;\n"
		for i := range n {
			edge += fmt.Sprintf("location /p%d { proxy_pass http://inner; }\n", i)
			inner += fmt.Sprintf("location /p%d { root /srv; }\n", i)
		}
		return map[string]string{"edge/shop.conf": edge + "}\n", "inner/shop.conf": inner + "}\n"}
	},
	"apache directories": func(n int) map[string]string {
		conf := "<VirtualHost *:443>\nServerName a.example\nSSLEngine on\nDocumentRoot /srv\n"
		for i := range n {
			conf += fmt.Sprintf("<Directory /srv/p%d>\nHeader always set X-Frame-Options DENY\n</Directory>\n", i)
		}
		return map[string]string{"apache2.conf": conf + "</VirtualHost>\n"}
	},
	"django projects": func(n int) map[string]string {
		files := map[string]string{}
		for i := range n / 4 {
			files[fmt.Sprintf("p%d/c%d/settings.py", i, i)] = fmt.Sprintf("MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']\nROOT_URLCONF = 'c%d.urls'\n", i)
			files[fmt.Sprintf("p%d/c%d/wsgi.py", i, i)] = fmt.Sprintf("import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'c%d.settings')\n", i)
		}
		return files
	},
}

// TestWorkGrowsWithTheTree: a tree of eight times the size takes about eight times the work, of which the bytes allocated
// are a measure; work that grows with the square would take 64 times as many.
func TestWorkGrowsWithTheTree(t *testing.T) {
	for name, files := range large {
		t.Run(name, func(t *testing.T) {
			small := allocated(t, files(100))
			if big := allocated(t, files(800)); big > 10*small {
				t.Errorf("%d bytes for eight times %d: %.1f times", big, small, float64(big)/float64(small))
			}
		})
	}
}

// allocated counts the bytes that the chapter's checks allocate for a tree, beyond those for none.
func allocated(t *testing.T, files map[string]string) uint64 {
	root := writeTree(t, files)
	var before, after runtime.MemStats
	for range 2 { // the first run fills the caches
		tree, err := target.OpenTree(t.Context(), root, target.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&before)
		engine.RunTree(t.Context(), tree, treeJobs(), engine.Options{})
		runtime.ReadMemStats(&after)
		tree.Close()
	}
	return after.TotalAlloc - before.TotalAlloc
}

func treeJobs() (jobs []engine.Job) {
	for _, c := range Checks() {
		if c.OnTree() {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	return jobs
}

// TestTreeEndsWithItsContext: a run that is cancelled judges nothing more.
func TestTreeEndsWithItsContext(t *testing.T) {
	pass := treePass(t, large["nginx locations"](50))
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("enough"))
	check := nosniff()
	p := checks.NewPass(ctx, check, &checks.World{Scopes: pass.Scopes("nginx"), Target: pass.Target()}, check.Defaults())
	if err := check.Tree(p); err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("%v, want the cause", err)
	}
	if o := p.Observation(); o.Examined > 0 || len(o.Findings) > 0 {
		t.Errorf("%d examined, %d found", o.Examined, len(o.Findings))
	}
}
