package target

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"hardcheck/checks"
)

// raw serves every connection with f and closes it.
func serveRaw(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				f(conn)
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/"
}

func TestHostileServers(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	const ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
	for name, tt := range map[string]struct {
		serve func(net.Conn)
		want  string // in Actual
	}{
		"silent":       {func(c net.Conn) { <-release }, "silence"},
		"slow header":  {func(c net.Conn) { readHead(c); io.WriteString(c, ok); <-release }, "silence"},
		"slow body":    {func(c net.Conn) { readHead(c); io.WriteString(c, ok+"Content-Length: 9\r\n\r\nhalf"); <-release }, "did not end in time"},
		"header flood": {func(c net.Conn) { readHead(c); flood(c, ok, "X-A: "+strings.Repeat("a", 100)+"\r\n") }, "longer"},
		"1xx flood":    {func(c net.Conn) { readHead(c); flood(c, "", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n") }, ""},
		"not HTTP":     {func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n") }, ""},
		"closes":       {func(c net.Conn) {}, "closed"},
		"short body":   {func(c net.Conn) { readHead(c); io.WriteString(c, ok+"Content-Length: 9\r\n\r\nhalf") }, "broke off"},
		"bad gzip":     {func(c net.Conn) { readHead(c); io.WriteString(c, ok+"Content-Encoding: gzip\r\n\r\nnot gzip") }, "broke off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := openTest(t, serveRaw(t, tt.serve), SiteOptions{}).Page(t.Context(), "/")
			if p := problemOf(t, err); !strings.Contains(p.Actual, tt.want) || !p.Blind {
				t.Errorf("%v, want %q", p, tt.want)
			}
		})
	}
}

func flood(w io.Writer, head, line string) {
	if _, err := io.WriteString(w, head); err != nil {
		return
	}
	for {
		if _, err := io.WriteString(w, line); err != nil {
			return
		}
	}
}

func readHead(c net.Conn) {
	buf := make([]byte, 4096)
	var head []byte
	for !bytes.Contains(head, []byte("\r\n\r\n")) {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		head = append(head, buf[:n]...)
	}
}

func TestEndlessBodiesAreCut(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 32<<20))
	z.Close()
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
			return
		}
		w.(http.Flusher).Flush()
		flood(w, "", strings.Repeat("x", 4096))
	})
	s := openTest(t, srv.URL, SiteOptions{})
	for _, path := range []string{"/", "/bomb"} {
		x, err := s.Do(t.Context(), checks.Request{Path: path})
		if err != nil || !x.Cut || len(x.Body) != quick.Body {
			t.Errorf("%s: %v; want a cut body of %d bytes", path, err, quick.Body)
		}
	}
}

func TestRedirects(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		switch _, err := fmt.Sscanf(r.URL.Path, "/long/%d", &n); {
		case err == nil:
			http.Redirect(w, r, fmt.Sprintf("/long/%d", n+1), http.StatusFound)
		case r.URL.Path == "/loop":
			http.Redirect(w, r, "/loop2", http.StatusFound)
		case r.URL.Path == "/loop2":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case r.URL.Path == "/ok":
			http.Redirect(w, r, "/end#fragment", http.StatusMovedPermanently)
		case r.URL.Path == "/script":
			w.Header().Set("Location", "javascript:alert(1)")
			w.WriteHeader(302)
		case r.URL.Path == "/broken":
			w.Header().Set("Location", "http://[::1/\u202e")
			w.WriteHeader(302)
		}
	})
	s := openTest(t, srv.URL, SiteOptions{})
	x, err := s.Page(t.Context(), "/ok")
	if err != nil || x.Doubt != nil || len(x.Chain) != 1 || x.Chain[0].Status != 301 || x.Chain[0].Location != "/end#fragment" || x.URL != srv.URL+"/end" {
		t.Errorf("one redirect: %+v, %v", x, err)
	}
	for path, want := range map[string]string{"/long/1": "another redirect", "/loop": "loop", "/script": "javascript", "/broken": "Location"} {
		x, err := s.Page(t.Context(), path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if x.Doubt == nil || !strings.Contains(x.Doubt.Actual, want) || strings.ContainsRune(x.Doubt.Actual, '\u202e') {
			t.Errorf("%s: doubt %v, want one with %q, escaped", path, x.Doubt, want)
		}
	}
}

func TestRetryOnlyWhereSafe(t *testing.T) {
	var count atomic.Int32
	url := serveRaw(t, func(c net.Conn) {
		readHead(c)
		if count.Add(1) == 1 {
			return // lost before an answer
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
	})
	s := openTest(t, url, SiteOptions{})
	if x, err := s.Do(t.Context(), checks.Request{}); err != nil || string(x.Body) != "ok" || s.Requests() != 2 {
		t.Errorf("GET: %v after %d requests, want an answer on the second", err, s.Requests())
	}
	count.Store(0)
	if _, err := s.Do(t.Context(), checks.Request{Method: "POST", Body: "x"}); err == nil || count.Load() != 1 {
		t.Errorf("POST was sent %d times with %v, want once and an error", count.Load(), err)
	}
}
