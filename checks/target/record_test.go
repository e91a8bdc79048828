package target

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestRecordAndReplay(t *testing.T) {
	const password = "open" + "sesame"
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/home", http.StatusFound)
		case "/home":
			w.Header().Add("Set-Cookie", "sid=0123456789; Path=/; HttpOnly")
			w.Header().Add("Set-Cookie", "old=; Max-Age=0")
			_, p, _ := r.BasicAuth()
			w.Write([]byte("you are " + p + " by " + r.Header.Get("Authorization") + " from " + r.Header.Get("Origin")))
		case "/binary":
			w.Write([]byte{0xff, 0x00, 0xfe})
		case "/forbidden":
			w.WriteHeader(403)
		}
	})
	rec := &Recorder{}
	live := openTest(t, srv.URL, SiteOptions{User: "ada", Password: password, Record: rec, Paths: []string{"/home", "/binary", "/forbidden"}})
	ask := func(s *Site) (out []*checks.Exchange) {
		for _, p := range s.Paths() {
			x, err := s.Page(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, x)
		}
		x, err := s.Do(t.Context(), checks.Request{Path: "/home", Header: http.Header{"Origin": {"https://evil.example"}}})
		if err != nil {
			t.Fatal(err)
		}
		return append(out, x)
	}
	raw := checks.RawRequest{Name: "options", Data: "GET /home HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n", First: 2 * time.Second, Then: 2 * time.Second}
	if _, err := live.Raw(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	want := ask(live)
	file := filepath.Join(t.TempDir(), "site.json")
	if err := rec.Save(file); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{password, "YWRhOm", "0123456789"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the recording holds %q:\n%s", secret, data)
		}
	}

	replay, err := OpenReplay(file, "", SiteOptions{Paths: []string{"/home", "/binary", "/forbidden"}})
	if err != nil {
		t.Fatal(err)
	}
	srv.Close()
	got := ask(replay)
	hide := strings.NewReplacer(password, "[redacted]", strings.TrimPrefix(basicAuth("ada", password), "Basic "), "[redacted]", "sid=0123456789", "sid=xxxxxxxxxx")
	for _, x := range want {
		x.Body = []byte(hide.Replace(string(x.Body)))
		if cookies := x.Header["Set-Cookie"]; cookies != nil {
			cookies[0] = hide.Replace(cookies[0])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the replay differs (-live +replay):\n%s", diff)
	}
	answer, err := replay.Raw(t.Context(), raw)
	if err != nil || !answer.Closed || !strings.Contains(string(answer.Data), "you are [redacted]") || !strings.Contains(string(answer.Data), "sid=xxxxxxxxxx;") {
		t.Errorf("raw replay: %+v, %v", answer, err)
	}
	_, err = replay.Page(t.Context(), "/unknown")
	problemOf(t, err)
	_, err = replay.Raw(t.Context(), checks.RawRequest{Name: "unknown"})
	problemOf(t, err)
}

func TestReplayKeepsProblems(t *testing.T) {
	rec := &Recorder{}
	closed := serve(t, nil)
	closed.Close()
	_, live := openTest(t, closed.URL, SiteOptions{Record: rec}).Page(t.Context(), "/")
	file := filepath.Join(t.TempDir(), "site.json")
	if err := rec.Save(file); err != nil {
		t.Fatal(err)
	}
	s, err := OpenReplay(file, closed.URL, SiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, again := s.Page(t.Context(), "/")
	if diff := cmp.Diff(problemOf(t, live), problemOf(t, again)); diff != "" || !checks.NotServed(again) {
		t.Error(diff)
	}
	for name, content := range map[string]string{"empty": "", "schema": `{"schema": 9}`, "field": `{"schema": 1, "colour": 2}`, "array": "[]"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenReplay(file, "", SiteOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			problemOf(t, err)
		}
	}
}

func TestRaw(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for name, tt := range map[string]struct {
		serve  func(net.Conn)
		want   string
		closed bool
	}{
		"continue then silence": {func(c net.Conn) { readHead(c); io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n"); <-release }, "HTTP/1.1 100 Continue\r\n\r\n", false},
		"answer and close":      {func(c net.Conn) { readHead(c); io.WriteString(c, "HTTP/1.1 413 No\r\n\r\n") }, "HTTP/1.1 413 No\r\n\r\n", true},
		"closes at once":        {func(c net.Conn) { readHead(c) }, "", true},
		"silence":               {func(c net.Conn) { <-release }, "", false},
		"endless":               {func(c net.Conn) { readHead(c); flood(c, "", strings.Repeat("y", 1<<12)) }, strings.Repeat("y", maxRaw), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openTest(t, serveRaw(t, tt.serve), SiteOptions{})
			got, err := s.Raw(t.Context(), checks.RawRequest{Name: name, Data: "GET / HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n",
				First: 300 * time.Millisecond, Then: 200 * time.Millisecond})
			if err != nil || string(got.Data) != tt.want || got.Closed != tt.closed || got.Sent == 0 {
				t.Errorf("%d bytes, closed %v, sent %d, %v; want %d bytes, closed %v", len(got.Data), got.Closed, got.Sent, err, len(tt.want), tt.closed)
			}
		})
	}
}

func TestRawFillsInHostAndHeaders(t *testing.T) {
	ca := newCA(t)
	srv := ca.serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host+"|"+r.Header.Get("X-Token")+"|"+r.UserAgent())
	})
	s := openTest(t, "https://shop.example/", SiteOptions{Version: "1", Headers: []string{"X-Token: abc"}, CAFile: ca.file,
		Resolve: []string{"shop.example:443:" + strings.TrimPrefix(srv.URL, "https://")}})
	got, err := s.Raw(t.Context(), checks.RawRequest{Data: "GET / HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n", First: 5 * time.Second, Then: 5 * time.Second})
	if err != nil || !strings.HasSuffix(string(got.Data), "shop.example|abc|hardcheck/1 (+security audit)") {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = openTest(t, srv.URL, SiteOptions{}).Raw(t.Context(), checks.RawRequest{})
	var p *checks.Problem
	if !errors.As(err, &p) || !strings.Contains(p.Actual, "--cacert") {
		t.Errorf("raw to an untrusted server: %v", err)
	}
}

func FuzzReplay(f *testing.F) {
	f.Add([]byte(`{"schema":1,"base":"https://shop.example/","exchanges":[{"method":"GET","url":"https://shop.example/","status":200,"header":{"Set-Cookie":["a=b; Path=/"]}}],"raw":[]}`))
	f.Add([]byte(`{"schema":1,"base":"https://shop.example/","exchanges":[{"method":"GET","url":"https://shop.example/account","signed_in":true,"status":302,"header":{"Location":["/login"]},"tls":{"Version":"TLS 1.3","NotAfter":"2026-01-01T00:00:00Z","Faults":[{"Kind":"expired","Detail":"x"}]}}],"raw":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(t.TempDir(), "site.json")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := OpenReplay(file, "https://shop.example/", SiteOptions{Paths: []string{"login=/login", "authenticated=/account", "error=/broken", "logout=/logout"}}); err == nil {
			for _, page := range s.Pages() {
				s.Visit(t.Context(), page)
			}
			s.Plain(t.Context())
		}
	})
}
