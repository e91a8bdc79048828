package headers

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/target"
)

// TestManyCookies: of thousands of cookies the last ones are judged, which are those that a browser keeps.
func TestManyCookies(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for n := range 2000 {
			w.Header().Add("Set-Cookie", "sessionid"+strconv.Itoa(n)+"=x; HttpOnly")
		}
	}))
	t.Cleanup(srv.Close)
	o := probetest.Audit(t, cookies(), srv.URL, target.SiteOptions{Insecure: true})
	if len(o.Findings) != maxCookies || len(o.Problems) > 0 {
		t.Fatalf("%d findings, problems %v, want %d findings", len(o.Findings), o.Problems, maxCookies)
	}
	for _, f := range o.Findings {
		if n, err := strconv.Atoi(f.Attribute[len("sessionid"):]); err != nil || n < 2000-maxCookies || f.Rule != "session-not-secure" {
			t.Fatalf("%s of %s is told, want those of the last cookies", f.Rule, f.Attribute)
		}
	}
}
