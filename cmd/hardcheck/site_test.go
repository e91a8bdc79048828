package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/policy"
)

// command runs one command line and returns the exit code and what was printed.
func command(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// auditJSON audits and returns the report.
func auditJSON(t *testing.T, args ...string) (int, policy.Report) {
	t.Helper()
	code, out, errs := command(t, append([]string{"audit", "--format", "json"}, args...)...)
	var r policy.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: exit %d, %s", err, code, errs)
	}
	return code, r
}

func serveSite(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

// account is an application whose account page needs the session and whose logout ends it.
func account(asked *[]string) http.HandlerFunc {
	var mu sync.Mutex
	over := false
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		session := r.Header.Get("Cookie") == "sid=open"+"sesame"
		*asked = append(*asked, fmt.Sprintf("%s %v", r.URL.Path, session))
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("X-Frame-Options", "DENY")
		switch r.URL.Path {
		case "/":
			w.Write([]byte("<title>Shop</title>"))
		case "/login":
			w.Write([]byte("<title>Sign in</title><input type=password>"))
		case "/account":
			if !session || over {
				http.Redirect(w, r, "/login", http.StatusFound)
				return
			}
			w.Header().Del("X-Frame-Options")
			w.Write([]byte("<title>Account</title>"))
		case "/logout":
			over = over || session
			http.Redirect(w, r, "/", http.StatusSeeOther)
		default:
			http.NotFound(w, r)
		}
	}
}

func TestAuditByRole(t *testing.T) {
	for name, give := range map[string]func(*testing.T) []string{
		"flag": func(*testing.T) []string { return []string{"--auth-header", "Cookie: sid=open" + "sesame"} },
		"environment": func(t *testing.T) []string {
			t.Setenv("HARDCHECK_AUTH_HEADER", "Cookie: sid=open"+"sesame\n")
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			srv := serveSite(t, account(&asked))
			args := append(give(t), "--path", "logout=/logout", "--path", "login=/login", "--path", "authenticated=/account", srv.URL)
			_, r := auditJSON(t, args...)
			var pages []string
			for _, p := range r.Targets[0].Pages {
				if p.Problem != "" {
					t.Errorf("%s %s: %s", p.Role, p.Path, p.Problem)
				}
				pages = append(pages, fmt.Sprint(p.Role, " ", p.Status, " ", p.Headers["X-Frame-Options"], " ", slices.Contains(p.Missing, "X-Frame-Options")))
			}
			want := []string{"public 200 [DENY] false", "login 200 [DENY] false", "authenticated 200 [] true", "not-found 404 [DENY] false", "logout 303 [DENY] false"}
			if diff := cmp.Diff(want, pages); diff != "" {
				t.Error(diff)
			}
			logout := slices.Index(asked, "/logout true")
			if logout < 0 || slices.Contains(asked[logout+1:], "/account true") || slices.Contains(asked, "/ true") || slices.Contains(asked, "/login true") {
				t.Errorf("asked %v: want the session for the account and, last, the logout", asked)
			}
			if data, _ := json.Marshal(r); strings.Contains(string(data), "open"+"sesame") {
				t.Error("the report shows the session")
			}
			code, table, _ := command(t, append([]string{"audit"}, args...)...)
			if code != exitFail && code != exitIncomplete || !strings.Contains(table, "PAGES") || !strings.Contains(table, "X-Frame-Options") {
				t.Errorf("exit %d, no table of pages:\n%s", code, table)
			}
		})
	}
}

// TestSignedInPagesOfThePolicy: the policy names the pages and the variable, for the site that it is about.
func TestSignedInPagesOfThePolicy(t *testing.T) {
	var asked, others []string
	srv, other := serveSite(t, account(&asked)), serveSite(t, account(&others))
	file := filepath.Join(t.TempDir(), "hardcheck.yaml")
	text := "version: 1\nextends: baseline\ndefaults: {owner: shop}\nsites:\n  - url: " + srv.URL + "\n    paths: [authenticated=/account]\n    auth_header_env: SHOP_SESSION\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, r := auditJSON(t, "--policy", file, srv.URL)
	if p := r.Targets[0].Pages[1]; p.Status != 0 || !strings.Contains(p.Problem, "SHOP_SESSION") || slices.Contains(asked, "/account false") {
		t.Errorf("without credentials: %+v", p)
	}
	for _, v := range r.Verdicts {
		if v.Check == "headers/consistent-pages" && !strings.Contains(v.Reason, "SHOP_SESSION") {
			t.Errorf("without credentials: %s, %s", v.Status, v.Reason)
		}
	}
	t.Setenv("SHOP_SESSION", "Cookie: sid=open"+"sesame")
	t.Setenv("HARDCHECK_AUTH_HEADER", "Cookie: sid=open"+"sesame") // of several sites none is told
	_, r = auditJSON(t, "--policy", file, srv.URL, other.URL)
	if len(r.Targets[0].Pages) != 3 || len(r.Targets[1].Pages) != 2 || !slices.Contains(asked, "/account true") || slices.ContainsFunc(others, func(a string) bool { return strings.HasSuffix(a, "true") }) {
		t.Errorf("asked %v and %v; want the session for the named site only", asked, others)
	}
}

func TestInsecureIsAFinding(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<title>Shop</title>"))
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	if code, _ := auditJSON(t, srv.URL); code != exitIncomplete {
		t.Errorf("exit %d for a certificate that is not accepted, want %d", code, exitIncomplete)
	}
	code, r := auditJSON(t, "--insecure", srv.URL)
	if code != exitFail {
		t.Errorf("exit %d with --insecure, want %d", code, exitFail)
	}
	for _, v := range r.Verdicts {
		if v.Check != "headers/tls" {
			continue
		}
		if len(v.Findings) != 1 || v.Findings[0].Rule != "untrusted" || v.Findings[0].Severity != checks.High || !v.Findings[0].Blocks || !strings.Contains(v.Findings[0].Actual, "self-signed") {
			t.Errorf("headers/tls: %+v, want one finding of high severity that names what is wrong", v)
		}
	}
}

func TestTargetsFile(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<title>Shop</title>")) }
	a, b, gone := serveSite(t, page), serveSite(t, page), serveSite(t, page)
	gone.Close()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("nothing\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "targets.txt")
	text := "\ufeff# sites\r\n\r\n  " + b.URL + "  \r\n" + gone.URL + "\n" + dir + "\n" + a.URL + "\n# again\n" + b.URL + "\n" + filepath.Join(dir, "none")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{b.URL, gone.URL, dir, a.URL, filepath.Join(dir, "none")}
	var first policy.Report
	for _, jobs := range []string{"1", "3", "8"} {
		code, r := auditJSON(t, "--targets", file, "--jobs", jobs)
		r.TookMS, r.Started = 0, first.Started
		for _, v := range r.Verdicts {
			reached := !strings.Contains(v.Target, gone.URL) && v.Target != want[4]
			if reached && v.Status == checks.StatusError {
				t.Errorf("%s on %s: %s", v.Item, v.Target, v.Reason)
			}
			if !reached && (v.Status == checks.StatusPass || v.Status == checks.StatusFail) {
				t.Errorf("%s on %s, which was not reached: %s", v.Item, v.Target, v.Status)
			}
		}
		var got []string
		for _, target := range r.Targets {
			if target.Kind != checks.TargetJoint {
				got = append(got, target.Locator)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || code != exitFail && code != exitIncomplete {
			t.Errorf("exit %d, targets (-want +got):\n%s", code, diff)
		}
		if jobs == "1" {
			first = r
		} else if diff := cmp.Diff(first, r); diff != "" {
			t.Errorf("--jobs %s gives another report:\n%s", jobs, diff)
		}
	}
}

func TestTargetsRefused(t *testing.T) {
	file := func(text string) string {
		f := filepath.Join(t.TempDir(), "targets.txt")
		if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for name, tt := range map[string]struct {
		args []string
		want []string
	}{
		"empty":           {[]string{"--targets", file("# none\n\n")}, []string{"at least one target"}},
		"no file":         {[]string{"--targets", "/nowhere/targets"}, []string{"--targets", "no such file"}},
		"empty name":      {[]string{"--targets", ""}, []string{"--targets: expected a value"}},
		"control":         {[]string{"--targets", file("https://a.example\nhttps://b\x1b[31m.example\n\xff\n")}, []string{"targets.txt:2: expected a directory or a URL", "targets.txt:3: expected UTF-8"}},
		"urls":            {[]string{"--targets", file("https://a b.example\nftp://c.example\nhttps://u:sesame@d.example\n")}, []string{"https://a b.example", "ftp", "the URL holds a user name"}},
		"jobs":            {[]string{"--jobs", "0"}, []string{"--jobs 0: expected a number from 1 to 256"}},
		"role":            {[]string{"--path", "admin=/admin", "https://shop.example"}, []string{"login=/login"}},
		"several origins": {[]string{"--auth-header", "Cookie: sid=sesame", "https://a.example", "https://b.example"}, []string{"found 2 hosts", "sites in the policy"}},
		"bad header":      {[]string{"--auth-header", "sesame", "https://a.example"}, []string{"header of the signed-in user 1"}},
	} {
		code, out, errs := command(t, append([]string{"audit"}, tt.args...)...)
		if code != exitUsage || out != "" || strings.Contains(errs, "sesame") || strings.Contains(errs, "\x1b") {
			t.Errorf("%s: exit %d, %q, %q; want exit %d and no secret", name, code, out, errs, exitUsage)
		}
		for _, want := range tt.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: %q, want %q", name, errs, want)
			}
		}
	}
}

func FuzzReadTargets(f *testing.F) {
	for _, seed := range []string{"", "# none", "https://shop.example\r\n.\n", "\ufeffa\n\x00", "-", strings.Repeat("a", 5000), "https://\u202e.example"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		targets, err := readTargets(strings.NewReader(text), "targets")
		if (err == nil) == (len(targets) == 0) {
			t.Errorf("%q: %d targets and %v", text, len(targets), err)
		}
		for _, target := range targets {
			if strings.TrimSpace(target) != target || strings.ContainsAny(target, "\x00\x1b\r\n\u202e") || strings.HasPrefix(target, "#") {
				t.Errorf("%q gives the target %q", text, target)
			}
		}
	})
}
