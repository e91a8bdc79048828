package all

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// TestSiteBudget holds a passive audit of a site to 12 requests for its path and 30 for well-known addresses, and to what
// the headers chapter asks for each further path.
func TestSiteBudget(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" && r.URL.Path != "/login" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>Shop</title>"))
	}))
	t.Cleanup(srv.Close)
	var jobs []engine.Job
	for _, c := range All() {
		if c.OnSite() {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	for _, tt := range []struct {
		paths []string
		most  int64
	}{{nil, 42}, {[]string{"/login"}, 48}} {
		site, err := target.OpenSite(srv.URL, target.SiteOptions{Paths: tt.paths})
		if err != nil {
			t.Fatal(err)
		}
		result := engine.RunSite(t.Context(), site, jobs, engine.Options{})
		for i, o := range result.Observations {
			for _, p := range o.Problems {
				t.Errorf("%s could not tell: %v", jobs[i].Check.ID, &p)
			}
		}
		if n := site.Requests(); n > tt.most {
			t.Errorf("%d checks sent %d requests for %v, want at most %d", len(jobs), n, site.Paths(), tt.most)
		} else {
			t.Logf("%d checks sent %d requests for %v", len(jobs), n, site.Paths())
		}
	}
}
