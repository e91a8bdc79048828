package engine

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// joining is a check that compares the names of the tree's files with a site's header.
func joining(name string) *checks.Check {
	return &checks.Check{ID: "headers/" + name,
		Entry: func(p *checks.Pass, e *checks.Entry) { p.Keep(e.Path, e.Path) },
		Joint: func(p *checks.Pass) error {
			x, err := p.Site().Page(p.Context(), "/")
			if err != nil {
				return err
			}
			for _, kept := range p.Kept() {
				p.OK(checks.Subject{Kind: "file", Name: kept.(string) + " " + x.Header.Get("X-Name")})
			}
			for _, s := range p.Scopes("nginx") {
				p.OK(s.Subject())
			}
			return nil
		}}
}

func TestJointPass(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte("http { server { listen 80; } }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Name", "live") }))
	defer srv.Close()
	site, err := target.OpenSite(srv.URL, target.SiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	beside := &checks.Check{ID: "headers/beside", Site: func(p *checks.Pass) error {
		for _, tree := range p.Trees() {
			tree.OK(checks.Subject{Kind: "nothing", Name: "goes nowhere"})
			for _, s := range tree.Scopes("nginx") {
				p.OK(s.Subject())
			}
		}
		return nil
	}}
	jobs := []Job{{Check: joining("joint")}, {Check: joining("left-out"), Skip: "left out"}, {Check: beside}}
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	seen := RunTree(t.Context(), tree, jobs, Options{})
	for i, want := range []string{"needs a directory and a URL in one run", "left out", "needs a URL"} {
		if o := seen.Observations[i]; !o.Skipped || o.Reason != want || o.Examined != 0 {
			t.Errorf("%s on the tree: %+v, want it skipped: %s", jobs[i].Check.ID, o, want)
		}
	}
	live := RunSite(t.Context(), site, jobs, Options{Trees: []Result{seen}})
	if o := live.Observations[2]; o.Examined != 2 || o.Kinds["nothing"] != 0 {
		t.Errorf("the site's pass sees %v of the tree, want its 2 scopes", o.Names)
	}
	joint := RunJoint(t.Context(), seen, site, srv.URL, jobs, Options{})
	if want := (checks.Target{Kind: checks.TargetJoint, Locator: dir + " + " + srv.URL, Tree: dir}); joint.Target != want {
		t.Errorf("target %+v, want %+v", joint.Target, want)
	}
	if o := joint.Observations[0]; o.Kinds["file"] != 2 || o.Kinds["nginx server"] != 1 || o.Names[0] != ". live" {
		t.Errorf("the joint pass sees %v", o.Names)
	}
	if o := joint.Observations[1]; !o.Skipped || o.Examined != 0 {
		t.Errorf("a check that is left out ran: %+v", o)
	}
	if o := joint.Observations[2]; !o.Skipped {
		t.Errorf("a check of sites ran on the pair: %+v", o)
	}
}

// TestNothingToJoin: a tree of which only a part was seen cannot be compared with a site.
func TestNothingToJoin(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tree, err := target.OpenTree(ctx, t.TempDir(), target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	cancel()
	jobs := []Job{{Check: joining("joint")}}
	if RunTree(ctx, tree, jobs, Options{}).Joins() {
		t.Error("a run that was cut short joins")
	}
	if !Joins(jobs) || Joins([]Job{{Check: joining("joint"), Skip: "off"}}) {
		t.Error("Joins does not tell whether a job compares")
	}
}
