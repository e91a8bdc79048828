package headers

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// hostileCase is an answer that scanners which look at presence and not at effect judge wrongly.
type hostileCase struct {
	name, check string
	head        string // header lines; text/html is the type where none is given
	body        string
	want        string // "rule attribute" of every finding, in order of the alphabet
}

// TestHostileAnswers serves each answer by TLS and audits it with one check.
func TestHostileAnswers(t *testing.T) {
	cert, key, ca := certificate(t)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	if err != nil {
		t.Fatal(err)
	}
	cases := slices.Concat(hostilePolicies, hostileTransport, hostileCookies, hostileFields, hostilePages)
	byName := map[string]*checks.Check{}
	for _, c := range Checks() {
		byName[strings.TrimPrefix(c.ID, "headers/")] = c
	}
	var current hostileCase
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.serve(w, r) }))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	srv.StartTLS()
	defer srv.Close()
	port := srv.Listener.Addr().String()[strings.LastIndexByte(srv.Listener.Addr().String(), ':')+1:]
	for _, c := range cases {
		current = c
		site, err := target.OpenSite("https://example.com:"+port+"/", target.SiteOptions{CAFile: ca, Resolve: []string{"example.com:" + port + ":127.0.0.1"}})
		if err != nil {
			t.Fatal(err)
		}
		check := byName[c.check]
		if check == nil {
			t.Fatalf("no check %q", c.check)
		}
		o := engine.RunSite(t.Context(), site, one(check), engine.Options{}).Observations[0]
		site.Close()
		var got []string
		for _, f := range o.Findings {
			got = append(got, strings.TrimSpace(f.Rule+" "+f.Attribute))
		}
		slices.Sort(got)
		if g := strings.Join(slices.Compact(got), ", "); g != c.want || len(o.Problems) > 0 {
			t.Errorf("%s %s: got %q, want %q %v", c.check, c.name, g, c.want, o.Problems)
		}
	}
}

func (c hostileCase) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	status := http.StatusOK
	for i, line := range strings.Split(strings.TrimSpace(c.head), "\n") {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ": ")
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !ok:
		case name == "Status":
			_, _ = fmt.Sscan(value, &status)
		case name == "Content-Type" || i == 0 && name == "":
			w.Header().Set(name, value)
		default:
			w.Header().Add(name, strings.ReplaceAll(value, "{origin}", r.Header.Get("Origin")))
		}
	}
	w.WriteHeader(status)
	fmt.Fprint(w, c.body)
}
