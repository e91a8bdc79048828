package headers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

const nginxPages = `server { listen 127.0.0.1:{port} ssl http2; server_name example.com; ssl_certificate {dir}/cert.pem; ssl_certificate_key {dir}/key.pem;
	root {dir}/www; default_type text/html;
	add_header Content-Security-Policy "default-src 'self'"%[1]s; add_header X-Frame-Options DENY%[1]s; add_header Referrer-Policy no-referrer%[1]s;
	location = /login { add_header X-Robots-Tag none; try_files /index.html =404; }
	location = /account { if ($cookie_sid != "opensesame") { return 302 /login; } try_files /index.html =404; }
	location = /logout { return 302 /; }
}`

const caddyPages = `https://example.com:{port} {
	tls {dir}/cert.pem {dir}/key.pem
	root * {dir}/www
	header Content-Security-Policy "default-src 'self'"
	header X-Frame-Options DENY
	header Referrer-Policy no-referrer
	@signedout {
		path /account
		not header Cookie *sid=opensesame*
	}
	redir @signedout /login 302
	redir /logout / 302
	rewrite /login /index.html
	rewrite /account /index.html
	file_server
	handle_errors {
		header Content-Type text/html
		respond "<title>404</title>"
	}
}
`

// TestPagesOfRealServers: nginx loses headers in a location with its own and on errors without "always", over HTTP/2;
// Caddy loses none.
func TestPagesOfRealServers(t *testing.T) {
	cert, key, ca := certificate(t)
	files := map[string]string{"cert.pem": cert, "key.pem": key, "www/index.html": "<title>Shop</title>"}
	const all = "Content-Security-Policy, X-Frame-Options, Referrer-Policy"
	for name, tt := range map[string]struct {
		product realserver.Product
		want    []string
	}{
		"nginx":        {realserver.Nginx(fmt.Sprintf(nginxPages, "")), []string{"missing-on-errors " + all, "missing-on-page " + all}},
		"nginx always": {realserver.Nginx(fmt.Sprintf(nginxPages, " always")), []string{"missing-on-page " + all}},
		"caddy":        {realserver.Caddy(caddyPages), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := openSite(t, tt.product.Start(t, files), target.SiteOptions{CAFile: ca, SignedIn: []string{"Cookie: sid=opensesame"},
				Paths: []string{"login=/login", "authenticated=/account", "logout=/logout"}}, "/")
			defer site.Close()
			o := engine.RunSite(t.Context(), site, one(consistentPages()), engine.Options{}).Observations[0]
			var got []string
			for _, f := range o.Findings {
				got = append(got, f.Rule+" "+f.Attribute)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" || len(o.Problems) > 0 || o.Examined != 4 {
				t.Errorf("problems %v, examined %d (-want +got):\n%s", o.Problems, o.Examined, diff)
			}
			rows := Matrix(func(see func(checks.Page, *checks.Exchange, error)) { site.Visited(t.Context(), see) })
			for _, row := range rows {
				if row.Problem != "" || row.Proto != "HTTP/2.0" {
					t.Errorf("%+v, want an answer over HTTP/2", row)
				}
			}
			if n := len(rows); n != 4 { // nothing asked for the logout: this check does not
				t.Errorf("%d pages in the table, want 4", n)
			}
		})
	}
}

// TestSharedIssuesAreToldOnce: what all pages have in common is one finding, what one page has is its own, and what only
// error answers lack is left to the check of consistent pages.
func TestSharedIssuesAreToldOnce(t *testing.T) {
	page := func(role checks.Role, path string) *response {
		x := &checks.Exchange{Role: role, URL: "https://shop.example" + path}
		return &response{answer: x, subject: checks.Subject{Kind: "response", Name: pageName(x)}, place: checks.Place{URL: x.URL}}
	}
	home, login, gone := page(checks.RolePublic, "/"), page(checks.RoleLogin, "/login"), page(checks.RoleNotFound, "/nothing")
	shared := issue{rule: "version", attribute: "Server", actual: "nginx/1.2.3", message: "tells the version"}
	missing := issue{rule: "missing", attribute: "X", actual: "no X", message: "no X"}
	own := issue{rule: "weak", attribute: "Y", actual: "y", message: "weak"}
	told := &tally{}
	told.add(home, judgement{issues: []issue{shared, shared}})
	told.add(login, judgement{issues: []issue{own, shared}})
	told.add(gone, judgement{issues: []issue{shared, missing}})
	p := checks.NewPass(t.Context(), informationLeak(), &checks.World{}, nil)
	told.tell(p)
	o := p.Observation()
	var got []string
	for _, f := range o.Findings {
		got = append(got, f.Rule+" "+f.Place.URL+" "+f.Message)
	}
	want := []string{"version https://shop.example/ Tells the version (the same on https://shop.example/login, https://shop.example/nothing (a page that does not exist))",
		"weak https://shop.example/login Weak"}
	if diff := cmp.Diff(want, got); diff != "" || o.Examined != 3 {
		t.Errorf("examined %d (-want +got):\n%s", o.Examined, diff)
	}
	if text := alsoOn(slices.Repeat([]*response{home}, 9)); !strings.Contains(text, "6 more") {
		t.Errorf("nine pages are named as %q", text)
	}
}

// TestLogoutComesLast: whatever checks ask, the logout is asked for when all others have been.
func TestLogoutComesLast(t *testing.T) {
	var order []string
	site := &orderedSite{order: &order}
	var jobs []engine.Job
	for _, c := range Checks() {
		if c.OnSite() {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	engine.RunSite(t.Context(), site, jobs, engine.Options{})
	first := slices.Index(order, "/logout")
	if first < 0 {
		t.Fatal("the logout was not asked for")
	}
	for _, path := range order[first:] {
		if path != "/logout" {
			t.Errorf("%s was asked for after the logout", path)
		}
	}
}
