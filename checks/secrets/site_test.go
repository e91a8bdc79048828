package secrets

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe/probetest"
	"hardcheck/checks/target"
)

// TestRedirectsAreNoPages: a redirect to another host holds nothing to judge, and one that holds a secret is told all
// the same.
func TestRedirectsAreNoPages(t *testing.T) {
	for name, tt := range map[string]struct {
		query    string
		findings int
		reason   string
	}{
		"nothing in it": {"", 0, "every path redirects to https://www.shop.example: audit that URL"},
		"a token in it": {"?token=ghp_" + "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o2Oqmwi", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://www.shop.example"+r.URL.Path+tt.query, http.StatusFound)
			}))
			defer srv.Close()
			var check *checks.Check
			for _, c := range Checks() {
				if c.ID == "secrets/provider-tokens" {
					check = c
				}
			}
			o := probetest.Audit(t, check, srv.URL, target.SiteOptions{})
			if len(o.Problems) > 0 || min(len(o.Findings), 1) != tt.findings || tt.reason != "" && (o.Reason != tt.reason || o.Examined > 0) {
				t.Errorf("findings %v, examined %d, reason %q, problems %v", o.Findings, o.Examined, o.Reason, o.Problems)
			}
		})
	}
}
