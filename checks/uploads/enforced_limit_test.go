//go:build unix

package uploads

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// live runs a check over a site with the user's options.
func live(t *testing.T, check *checks.Check, url string, active []string, options Configuration, values checks.Values) checks.Observation {
	t.Helper()
	site, err := target.OpenSite(url, target.SiteOptions{Active: active, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	all := check.Defaults()
	for name, v := range values {
		all[name] = v
	}
	return engine.RunSite(t.Context(), site, []engine.Job{{Check: check, Values: all}},
		engine.Options{Configuration: map[checks.Module]any{checks.Uploads: options}}).Observations[0]
}

// TestEnforcedLimit turns verdicts into what a report says.
func TestEnforcedLimit(t *testing.T) {
	const limit = 200_000
	read := func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		}
	}
	declared := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > limit {
				http.Error(w, "no", status)
				return
			}
			read(w, r)
		}
	}
	both := func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		declared(http.StatusRequestEntityTooLarge)(w, r)
	}
	upload := Configuration{Path: "/upload"}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		active  []string
		options Configuration
		rule    string // "" for none
		text    string
	}{
		"holds":          {both, []string{"body"}, upload, "", "enforced: a limit of 200000 B; a body in chunks is refused too"},
		"chunked passes": {declared(413), []string{"body"}, upload, "chunked-passes", "a body in chunks passes the limit"},
		"wrong status":   {declared(500), []string{"drip"}, upload, "wrong-status", "status 500"},
		"bad request":    {declared(400), []string{"drip"}, upload, "", "status 400"},
		"no limit":       {read, []string{"body"}, Configuration{Path: "/upload", MaxBytes: 600_000}, "no-limit", "no limit up to"},
		"not reading":    {func(http.ResponseWriter, *http.Request) {}, []string{"drip"}, upload, "", "answered before the body is read"},
		"refused":        {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }, []string{"body"}, upload, "error", "authentication required"},
		"declare alone":  {read, []string{"declare"}, upload, "", "Needs --active=drip"},
		"without path":   {read, []string{"body"}, Configuration{}, "", "--upload-path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(tt.handler)
			defer srv.Close()
			o := live(t, enforcedLimit(), srv.URL, tt.active, tt.options, nil)
			said := o.Note + o.Reason
			switch {
			case tt.rule == "error":
				if len(o.Problems) != 1 || !o.Problems[0].Blind || len(o.Findings) > 0 {
					t.Fatalf("%+v", o)
				}
				said = o.Problems[0].Actual
			case tt.rule != "":
				if len(o.Findings) != 1 || o.Findings[0].Rule != tt.rule || !strings.Contains(o.Findings[0].Snippet, "curl ") {
					t.Fatalf("%+v, want %s with a command", o, tt.rule)
				}
				said = o.Findings[0].Actual
			case len(o.Findings)+len(o.Problems) > 0:
				t.Fatalf("%+v", o)
			}
			if !strings.Contains(said, tt.text) {
				t.Errorf("says %q, want %q", said, tt.text)
			}
			if o.Examined > 0 && tt.rule == "" && !strings.Contains(o.Note, "curl ") {
				t.Errorf("a pass without a command to see it again: %q", o.Note)
			}
		})
	}
}

// TestRequestBounds reports what Go's net/http takes by default, and what a server with bounds does not.
func TestRequestBounds(t *testing.T) {
	start := func(change func(*http.Server)) string {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		change(srv.Config)
		srv.Start()
		t.Cleanup(srv.Close)
		return srv.URL
	}
	values := checks.Values{"stall": 2 * time.Second}
	o := live(t, requestBounds(), start(func(*http.Server) {}), []string{"headers", "slow"}, Configuration{}, values)
	var rules []string
	for _, f := range o.Findings {
		rules = append(rules, f.Rule)
	}
	if got, want := strings.Join(rules, " "), "long-address long-header many-headers slow-body slow-head"; got != want {
		t.Errorf("rules %s, want %s", got, want)
	}
	bounded := start(func(s *http.Server) { s.MaxHeaderBytes, s.ReadTimeout = 4<<10, time.Second })
	o = live(t, requestBounds(), bounded, []string{"headers", "slow"}, Configuration{}, values)
	if len(o.Findings)+len(o.Problems) > 0 || o.Examined == 0 || !strings.Contains(o.Note, "curl ") {
		t.Errorf("%+v, want a pass", o)
	}
	if o = live(t, requestBounds(), bounded, nil, Configuration{}, nil); o.Examined > 0 || !strings.Contains(o.Reason, "--active=headers") {
		t.Errorf("%+v, want not applicable", o)
	}
}
