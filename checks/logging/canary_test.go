package logging

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/logging/canary"
	"hardcheck/checks/target"
)

// canaryChecks are the checks that share a run.
func canaryChecks() []*checks.Check {
	return []*checks.Check{canaryLeak(), canaryForging(), canaryCoverage()}
}

// auditLogs runs the canary over a site that writes each request to a log in its own way.
func auditLogs(t *testing.T, write func(log *os.File, r *http.Request), plan canary.Plan, paths ...string) []checks.Observation {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "shop.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/boom":
			w.WriteHeader(http.StatusInternalServerError)
		case "/", "/login": // which answers a failed login with its form
		default:
			w.WriteHeader(http.StatusNotFound)
		}
		write(log, r)
		fmt.Fprint(w, r.FormValue("password"))
	}))
	t.Cleanup(server.Close)
	site, err := target.OpenSite(server.URL, target.SiteOptions{Active: []string{"canary"}, Paths: paths, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Close)
	plan.Wait = time.Second
	if plan.Sinks == nil {
		plan.Sinks = []canary.Sink{{Kind: canary.SinkFile, Value: log.Name()}}
	}
	var jobs []engine.Job
	for _, c := range canaryChecks() {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	result := engine.RunSite(t.Context(), site, jobs, engine.Options{Configuration: map[checks.Module]any{checks.Logging: &Configuration{Canary: &plan}}})
	if n := site.Requests(); n > 12 {
		t.Errorf("%d requests were sent, want at most 12", n)
	}
	return result.Observations
}

// rules are the rules of an observation's findings, each once.
func rules(o checks.Observation) string {
	var out []string
	for _, f := range o.Findings {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}

func TestCanaryVerdicts(t *testing.T) {
	full := func(log *os.File, r *http.Request) {
		fmt.Fprintf(log, "%s %s %q %q %d\n", time.Now().Format(time.RFC3339), r.RemoteAddr, r.Method, r.URL.Path, 200)
	}
	for name, tt := range map[string]struct {
		write                   func(log *os.File, r *http.Request)
		plan                    canary.Plan
		leak, forging, coverage string // the rules of each check's findings
		blind                   bool
	}{
		"nothing logged":      {write: func(*os.File, *http.Request) {}, blind: true},
		"log of another site": {write: func(log *os.File, r *http.Request) { fmt.Fprintln(log, "127.0.0.1 GET / 200") }, blind: true},
		"one log is missing":  {write: full, plan: canary.Plan{Sinks: []canary.Sink{{Kind: canary.SinkFile, Value: "/no/such/file"}}}, blind: true},
		"everything dumped": {write: func(log *os.File, r *http.Request) {
			r.ParseForm()
			fmt.Fprintf(log, "%s %v %v %v %s\n", r.Header.Get("X-Forwarded-For"), r.Form, r.Header, r.Method, r.URL.Path)
		}, leak: "header-logged password-echoed password-logged query-token-logged referer-token-logged", forging: "forged-line raw-unicode-control",
			coverage: "failure-not-told malformed-not-logged no-action no-time spoofed-client"},
		"user names taken for text": {write: func(log *os.File, r *http.Request) {
			user, _, _ := r.BasicAuth()
			full(log, r)
			fmt.Fprintf(log, "%s user %s failed\n", time.Now().Format(time.RFC3339), user)
		}, leak: "password-echoed", forging: "forged-line", coverage: "malformed-not-logged no-action"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := auditLogs(t, tt.write, tt.plan, "login=/login")
			for i, want := range []string{tt.leak, tt.forging, tt.coverage} {
				if got := rules(o[i]); got != want {
					t.Errorf("%s finds %q, want %q", canaryChecks()[i].ID, got, want)
				}
				if blind := slices.ContainsFunc(o[i].Problems, func(p checks.Problem) bool { return p.Blind }); blind != tt.blind {
					t.Errorf("%s is blind: %v, want %v: %v", canaryChecks()[i].ID, blind, tt.blind, o[i].Problems)
				}
				for _, f := range o[i].Findings {
					if f.Place.URL == "" || f.Message == "" || f.Actual == "" || strings.ContainsAny(f.Actual+f.Message, "\n\r\x1b") {
						t.Errorf("the finding %+v is not well formed", f)
					}
				}
			}
		})
	}
}

// TestCanaryIsOptedIn sends nothing where the user did not ask for it, and needs a log.
func TestCanaryIsOptedIn(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	t.Cleanup(server.Close)
	for name, tt := range map[string]struct {
		active []string
		status checks.Status
	}{"not opted in": {nil, checks.StatusNotApplicable}, "without a log": {[]string{"canary"}, checks.StatusError}} {
		site, err := target.OpenSite(server.URL, target.SiteOptions{Active: tt.active})
		if err != nil {
			t.Fatal(err)
		}
		defer site.Close()
		for _, c := range canaryChecks() {
			o := engine.RunSite(t.Context(), site, []engine.Job{{Check: c, Values: c.Defaults()}}, engine.Options{}).Observations[0]
			blind := len(o.Problems) > 0
			if o.Examined > 0 || blind != (tt.status == checks.StatusError) || !blind && o.Reason == "" {
				t.Errorf("%s, %s: examined %d, reason %q, problems %v", name, c.ID, o.Examined, o.Reason, o.Problems)
			}
		}
	}
	if requests > 0 {
		t.Errorf("%d requests were sent", requests)
	}
}
