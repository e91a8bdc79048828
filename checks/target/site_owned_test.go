package target

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hardcheck/checks"
)

func TestProbesThatLeaveSomethingStayOffPublicHosts(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	const permission = "--i-own-this-target"
	for name, tt := range map[string]struct {
		url     string
		options SiteOptions
		refused bool
	}{
		"loopback":       {srv.URL, SiteOptions{Active: []string{"canary"}}, false},
		"public":         {"http://shop.example:81", SiteOptions{Active: []string{"canary"}, Resolve: []string{"shop.example:81:8.8.8.8"}}, true},
		"public address": {"http://8.8.8.8:81", SiteOptions{Active: []string{"canary"}}, true},
		"another owned":  {"http://shop.example:81", SiteOptions{Active: []string{"canary"}, Owned: []string{"example"}, Resolve: []string{"shop.example:81:8.8.8.8"}}, true},
		"owned": {"http://shop.example:81", SiteOptions{Active: []string{"canary"}, Owned: []string{"SHOP.example"},
			Resolve: []string{"shop.example:81:" + strings.TrimPrefix(srv.URL, "http://")}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := OpenSite(tt.url, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, asked := s.Do(t.Context(), checks.Request{Path: "/"})
			_, raw := s.Raw(t.Context(), checks.RawRequest{Data: "GET / HTTP/1.0\r\n\r\n", First: 1 << 30, Then: 1 << 28})
			for _, err := range []error{asked, raw} {
				if refused := err != nil && strings.Contains(err.Error(), permission); refused != tt.refused || err != nil && !refused {
					t.Errorf("%v, refused is %v", err, tt.refused)
				}
			}
		})
	}
	for _, probe := range ActiveProbes {
		if !guarded(SiteOptions{Active: []string{probe}}, "shop.example") {
			t.Errorf("%s is sent to a public host that nobody owns", probe)
		}
	}
	if guarded(SiteOptions{}, "shop.example") {
		t.Error("a passive audit is kept off a public host")
	}
}

func TestRawKeepsItsOwnHeaders(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s, err := OpenSite("http://"+listener.Addr().String(), SiteOptions{Headers: []string{"X-Team: red", "Cookie: a=b"}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := s.wire.(*liveWire).fill("GET / HTTP/1.1\r\nHost: {host}\r\n{headers}User-Agent: own\r\nCookie: c=d\r\n\r\n")
	if want := "GET / HTTP/1.1\r\nHost: " + listener.Addr().String() + "\r\nX-Team: red\r\nUser-Agent: own\r\nCookie: c=d\r\n\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
