package target

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

const sessionHeader = "Cookie: sid=open" + "sesame; theme=dark"

// shop answers as an application with a login does, and keeps the cookies that each path was asked with.
type shop struct {
	mu      sync.Mutex
	cookies map[string][]string
	over    bool // the session ended
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cookies == nil {
		s.cookies = map[string][]string{}
	}
	s.cookies[r.URL.Path] = append(s.cookies[r.URL.Path], r.Header.Get("Cookie"))
	sid, _ := r.Cookie("sid")
	signedIn := sid != nil && sid.Value == "open"+"sesame" && !s.over
	w.Header().Set("Content-Type", "text/html")
	switch r.URL.Path {
	case "/":
		w.Write([]byte("<title>Shop</title>"))
	case "/login":
		w.WriteHeader(http.StatusUnauthorized)
		w.Write([]byte("<title>Sign in</title><input type=password>"))
	case "/account", "/moved":
		switch {
		case !signedIn:
			http.Redirect(w, r, "/login", http.StatusFound)
		case r.URL.Path == "/moved":
			http.Redirect(w, r, "/account", http.StatusFound)
		default:
			w.Write([]byte("<title>Account</title>"))
		}
	case "/logout":
		s.over = true
		w.Header().Set("Clear-Site-Data", `"*"`)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	case "/broken":
		w.WriteHeader(http.StatusInternalServerError)
	default:
		w.WriteHeader(http.StatusNotFound)
		w.Write([]byte("<title>Sign in to see this</title><input type=password>"))
	}
}

func TestVisitByRole(t *testing.T) {
	application := &shop{}
	s := openTest(t, serve(t, application.ServeHTTP).URL, SiteOptions{SignedIn: []string{sessionHeader},
		Paths: []string{"logout=/logout", "authenticated=/account", "authenticated=/moved", "login=/login", "error=/broken", "authenticated=/", "/"}})
	want := []checks.Page{{Role: checks.RolePublic, Path: "/"}, {Role: checks.RoleLogin, Path: "/login"}, {Role: checks.RoleAuthenticated, Path: "/account"},
		{Role: checks.RoleAuthenticated, Path: "/moved"}, {Role: checks.RoleAuthenticated, Path: "/"},
		{Role: checks.RoleNotFound, Path: probe.MissingPath(s.URL())}, {Role: checks.RoleError, Path: "/broken"}, {Role: checks.RoleLogout, Path: "/logout"}}
	if diff := cmp.Diff(want, s.Pages()); diff != "" {
		t.Fatal(diff)
	}
	if diff := cmp.Diff([]string{"/", "/login"}, s.Paths()); diff != "" {
		t.Error(diff)
	}
	status := map[checks.Page]int{{Role: checks.RoleLogin, Path: "/login"}: 401, {Role: checks.RoleError, Path: "/broken"}: 500, {Role: checks.RoleLogout, Path: "/logout"}: 303}
	status[want[5]] = 404
	for _, page := range s.Pages() {
		x, err := s.Visit(t.Context(), page)
		if err != nil || x.Doubt != nil || x.Role != page.Role {
			t.Errorf("%s: %+v, %v; want an answer without doubt", page, x, err)
			continue
		}
		if code := max(200, status[page]); x.Status != code {
			t.Errorf("%s: status %d, want %d", page, x.Status, code)
		}
	}
	session := strings.TrimPrefix(sessionHeader, "Cookie: ")
	for path, cookies := range map[string][]string{"/": {"", session}, "/login": {""}, "/account": {session}, "/broken": {""}, want[5].Path: {""}, "/logout": {session}} {
		if diff := cmp.Diff(cookies, application.cookies[path]); diff != "" {
			t.Errorf("cookies sent to %s:\n%s", path, diff)
		}
	}
	x, err := s.Do(t.Context(), checks.Request{Path: "/account", Role: checks.RoleAuthenticated, Header: http.Header{"Origin": {"https://evil.example"}}})
	if err != nil || x.Status != http.StatusFound {
		t.Errorf("a request of the role after the logout: %+v, %v; want the login", x, err)
	}
}

func TestRolesInDoubt(t *testing.T) {
	s := openTest(t, serve(t, (&shop{}).ServeHTTP).URL, SiteOptions{SignedIn: []string{"Cookie: sid=wrong"}, Paths: []string{"authenticated=/account", "error=/", "logout=/nothing", "login=/nothing"}})
	for page, want := range map[checks.Page]string{
		{Role: checks.RoleAuthenticated, Path: "/account"}: "not accepted",
		{Role: checks.RolePublic, Path: "/account"}:        "--path authenticated=/account",
		{Role: checks.RoleError, Path: "/"}:                "status 200",
		{Role: checks.RoleLogout, Path: "/nothing"}:        "status 404",
	} {
		x, err := s.Visit(t.Context(), page)
		if err != nil || x.Doubt == nil || !strings.Contains(x.Doubt.Actual, want) {
			t.Errorf("%s: %+v, %v; want doubt with %q", page, x, err, want)
		}
	}
	s = openTest(t, serve(t, (&shop{}).ServeHTTP).URL, SiteOptions{Paths: []string{"authenticated=/account"}})
	if _, err := s.Visit(t.Context(), checks.Page{Role: checks.RoleAuthenticated, Path: "/account"}); err == nil || !strings.Contains(err.Error(), "HARDCHECK_AUTH_HEADER") {
		t.Errorf("without credentials: %v", err)
	}
	if s.Requests() != 0 {
		t.Error("asked without credentials for a page of a signed-in user")
	}
}

// TestStatusOfRoles: a wall, a gateway and a refusal are told from the application's own errors.
func TestStatusOfRoles(t *testing.T) {
	for _, tt := range []struct {
		role   checks.Role
		status int
		doubt  bool
	}{
		{checks.RoleNotFound, 404, false}, {checks.RoleNotFound, 410, false}, {checks.RoleNotFound, 200, false}, {checks.RoleNotFound, 403, false}, {checks.RoleNotFound, 500, false},
		{checks.RoleNotFound, 302, false}, {checks.RoleNotFound, 429, true}, {checks.RoleNotFound, 502, true}, {checks.RoleNotFound, 503, true},
		{checks.RoleError, 500, false}, {checks.RoleError, 400, false}, {checks.RoleError, 503, true}, {checks.RoleError, 302, true},
		{checks.RolePublic, 404, true}, {checks.RolePublic, 500, true}, {checks.RoleLogin, 200, false}, {checks.RoleLogin, 401, true},
		{checks.RoleAuthenticated, 403, true}, {checks.RoleLogout, 204, false}, {checks.RoleLogout, 302, false}, {checks.RoleLogout, 405, true},
	} {
		s := openTest(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(tt.status) }).URL, SiteOptions{SignedIn: []string{sessionHeader}})
		x, err := s.Visit(t.Context(), checks.Page{Role: tt.role, Path: "/x"})
		if err != nil || (x.Doubt != nil) != tt.doubt {
			t.Errorf("%s, status %d: %v, doubt %v", tt.role, tt.status, err, x.Doubt)
		}
	}
}

// TestMissingOwnPage: the audited URL itself may be missing, as that of many an API is; a page that was asked for may not.
func TestMissingOwnPage(t *testing.T) {
	for status, doubt := range map[int]bool{200: false, 404: false, 410: false, 400: true, 401: true, 403: true, 405: true, 429: true, 500: true, 503: true} {
		s := openTest(t, serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }).URL, SiteOptions{Paths: []string{"/typo"}})
		for i, path := range []string{"/", "/typo"} {
			x, err := s.Page(t.Context(), path)
			if want := doubt || i > 0 && status != 200; err != nil || (x.Doubt != nil) != want {
				t.Errorf("%s, status %d: %v, doubt %v, want one: %v", path, status, err, x.Doubt, want)
			}
		}
	}
}

func TestSignedInStaysOnItsOrigin(t *testing.T) {
	var mu sync.Mutex
	var leaked []string
	elsewhere := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		leaked = append(leaked, r.Header.Get("Cookie"))
	})
	ca := newCA(t)
	home := ca.serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/", http.StatusFound)
	})
	s := openTest(t, home.URL, SiteOptions{CAFile: ca.file, PlainPort: portOf(t, elsewhere.URL), SignedIn: []string{sessionHeader}, Paths: []string{"authenticated=/a"}})
	if _, err := s.Visit(t.Context(), s.Pages()[1]); err != nil { // follows to the plain port of the same host
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{""}, leaked); diff != "" {
		t.Errorf("cookies of the signed-in user over plain http:\n%s", diff)
	}
}

func TestRecordingOfRoles(t *testing.T) {
	rec := &Recorder{}
	o := SiteOptions{SignedIn: []string{sessionHeader}, Paths: []string{"authenticated=/account", "authenticated=/", "logout=/logout"}, Record: rec}
	live := openTest(t, serve(t, (&shop{}).ServeHTTP).URL, o)
	answers := func(s *Site) (out []string) {
		for _, page := range s.Pages() {
			x, err := s.Visit(t.Context(), page)
			if err != nil {
				t.Fatal(page, err)
			}
			out = append(out, page.String()+" "+x.URL+" "+http.StatusText(x.Status)+" "+string(x.Body))
		}
		return out
	}
	want := answers(live)
	file := filepath.Join(t.TempDir(), "site.json")
	if err := rec.Save(file); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(file); err != nil || strings.Contains(string(data), "open"+"sesame") {
		t.Errorf("%v; the recording holds the session:\n%s", err, data)
	}
	o.Record, o.SignedIn = nil, nil // a replay needs no credentials
	replay, err := OpenReplay(file, "", o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, answers(replay)); diff != "" {
		t.Errorf("the replay differs (-live +replay):\n%s", diff)
	}
}

func TestInsecureNamesEveryFault(t *testing.T) {
	ca, stranger := newCA(t), newCA(t)
	self := selfSigned(t)
	for name, tt := range map[string]struct {
		cert tls.Certificate
		want []string
	}{
		"good":    {ca.issue(t, nil), nil},
		"expired": {ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), []string{"expired"}},
		"early":   {ca.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(30 * time.Minute) }), []string{"not-yet-valid"}},
		"host":    {ca.issue(t, func(c *x509.Certificate) { c.IPAddresses = nil }), []string{"wrong-name"}},
		"all": {stranger.issue(t, func(c *x509.Certificate) { c.IPAddresses, c.NotAfter = nil, time.Now().Add(-time.Minute) }),
			[]string{"expired", "wrong-name", "unknown-authority"}},
		"stranger": {stranger.issue(t, nil), []string{"unknown-authority"}},
		"self":     {self, []string{"self-signed"}},
	} {
		srv := ca.serveWith(t, func(http.ResponseWriter, *http.Request) {}, tt.cert)
		x, err := openTest(t, srv.URL, SiteOptions{CAFile: ca.file, Insecure: true}).Page(t.Context(), "/")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, f := range x.TLS.Faults {
			got = append(got, f.Kind)
			if f.Detail == "" {
				t.Errorf("%s: %s without a detail", name, f.Kind)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: faults %v, want %v", name, got, tt.want)
		}
	}
}

// selfSigned is what a fresh installation serves.
func selfSigned(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(3), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestOptionsOfRolesRefused(t *testing.T) {
	for name, o := range map[string]SiteOptions{
		"role":   {Paths: []string{"admin=/admin"}},
		"path":   {Paths: []string{"login=login"}},
		"host":   {Paths: []string{"login=//evil.example/"}},
		"header": {SignedIn: []string{"sesame-open"}},
	} {
		_, err := OpenSite("https://shop.example/", o)
		if p := problemOf(t, err); strings.Contains(p.Error(), "sesame-") {
			t.Errorf("%s: the problem shows the value: %v", name, p)
		}
	}
}

func FuzzParsePage(f *testing.F) {
	for _, seed := range []string{"/", "login=/login", "logout=/x?next=/login=/", "=/", "public=/a=b", "not-found=//evil.example", "authenticated=", "error=/\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		page, err := checks.ParsePage(text)
		if err != nil {
			return
		}
		if again, err := checks.ParsePage(page.String()); err != nil || again != page {
			t.Errorf("%q is read as %+v, written as %q and read as %+v, %v", text, page, page.String(), again, err)
		}
		s, err := OpenSite("https://shop.example/", SiteOptions{Paths: []string{text}})
		var problem *checks.Problem
		if err != nil {
			if !errors.As(err, &problem) {
				t.Errorf("%q: %v is no problem", text, err)
			}
			return
		}
		for _, p := range s.Pages() {
			if u, err := s.resolve(p.Path); err != nil || u.Host != "shop.example" {
				t.Errorf("%q leads to %v, %v", text, u, err)
			}
		}
	})
}
