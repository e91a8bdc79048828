package target

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"

	"hardcheck/checks"
)

// TestReach: hosts of the site's own domain are reached without the user's credentials, others not at all.
func TestReach(t *testing.T) {
	var mu sync.Mutex
	cookies := map[string]string{}
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		cookies[r.Host] = r.Header.Get("Cookie") + r.Header.Get("Authorization")
	})
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	var resolve []string
	for _, host := range []string{"shop.co.uk", "www.shop.co.uk", "other.co.uk"} {
		resolve = append(resolve, fmt.Sprintf("%s:%s:127.0.0.1", host, u.Port()))
	}
	base := "http://shop.co.uk:" + u.Port()
	s := openTest(t, base, SiteOptions{Headers: []string{"Cookie: sid=1"}, User: "ada", Password: "x", Resolve: resolve})
	for _, host := range []string{"shop.co.uk", "www.shop.co.uk"} {
		x, err := s.Reach(t.Context(), "http://"+host+":"+u.Port()+"/a?b#c")
		if err != nil || x.Status != 200 {
			t.Errorf("%s: %v", host, err)
		}
		if got := cookies[host+":"+u.Port()]; got != "" && host != "shop.co.uk" {
			t.Errorf("%s got the credentials %q", host, got)
		}
	}
	for _, refused := range []string{"http://other.co.uk:" + u.Port(), "http://co.uk/", "http://127.0.0.1/", "ftp://shop.co.uk/", "http://shop.co.uk.evil.test/", "http://evilshop.co.uk/", "http://[", ""} {
		if _, err := s.Reach(t.Context(), refused); err == nil {
			t.Errorf("%q was reached", refused)
		} else if p := (&checks.Problem{}); !errors.As(err, &p) || p.Op != "reach" {
			t.Errorf("%q: %v", refused, err)
		}
	}
	if len(cookies) != 2 {
		t.Errorf("requests to %v", cookies)
	}
}

// TestNoWayInside: a site on the public internet leads nobody to a private address by another name of its domain.
func TestNoWayInside(t *testing.T) {
	srv := serve(t, func(http.ResponseWriter, *http.Request) {})
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := openTest(t, "http://shop.example", SiteOptions{})
	w := s.wire.(*liveWire)
	for public, reached := range map[bool]bool{false: true, true: false} {
		w.public.Store(public)
		conn, err := w.dial(t.Context(), "tcp", u.Host)
		if (err == nil) != reached {
			t.Errorf("base at a public address %v: %v", public, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}
