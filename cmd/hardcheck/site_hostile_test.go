package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode"
)

// evil is text that a terminal, a reader of logs or a browser would obey. HTTP clients refuse control characters in a
// header, so those stand in the body, in the status line and in a cookie's name only where they are let through.
const evil = "\u202e\u2066evil\u200b\x9b31m"

// hostileAnswers are answers of a whole server; each is given to every request.
var hostileAnswers = map[string]string{
	"direction in every header": "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + everywhere(evil) + "\r\n<title>" + evil + "\x1b[2J\x07</title><script src='http://" + evil + "'></script>",
	"escape in a header":        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Frame-Options: \x1b]0;owned\x07\r\n\r\n",
	"escape in the status":      "HTTP/1.1 2\x1b[31m OK\r\n\r\n",
	"NUL":                       "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: a\x00b\r\n\r\n",
	"10,000 headers":            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + strings.Repeat("Set-Cookie: sid"+evil+"=1\r\n", 5000) + strings.Repeat("Content-Security-Policy: x\r\n", 5000) + "\r\n",
	"long lines":                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: " + strings.Repeat("nginx/1.2.3 ", 8000) + "\r\nContent-Security-Policy: " + strings.Repeat("script-src *; ", 8000) + "\r\n\r\n",
	"folded":                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Frame-Options: DENY,\r\n " + evil + "\r\n\tx\r\n\r\n",
	"redirect":                  "HTTP/1.1 302 Found\r\nLocation: http://" + evil + ".example/" + evil + "\r\n\r\n",
	"error with a title":        "HTTP/1.1 503 " + evil + "\r\nContent-Type: text/html\r\n\r\n<title>Just a moment...</title>",
	"markup and commands":       "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nServer: nginx/1.2.3 ::error::owned %0A <script>alert(1)</script> =cmd|' /C calc'!A0 ``` | x |\r\n\r\n",
}

// everywhere gives the headers that checks read a value with that text.
func everywhere(text string) string {
	var b strings.Builder
	for _, name := range []string{"Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
		"Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin", "Cache-Control", "Server", "X-Powered-By",
		"Clear-Site-Data", "Reporting-Endpoints", "Integrity-Policy", "Origin-Agent-Cluster", "Expect-Ct", "X-" + text} {
		fmt.Fprintf(&b, "%s: %s/1.2.3 %s\r\n", name, text, text)
	}
	fmt.Fprintf(&b, "Set-Cookie: sid%s=%s; Path=/%s; SameSite=%s\r\n", text, text, text, text)
	return b.String()
}

// TestNothingRaw: whatever a server answers, every writer prints text that a terminal shows and does not obey, and no
// check passes that saw no answer.
func TestNothingRaw(t *testing.T) {
	for name, answer := range hostileAnswers {
		t.Run(name, func(t *testing.T) {
			url := serveBytes(t, answer)
			for format := range formats {
				code, out, errs := command(t, "audit", "--format", format, "--max-findings", "0", "--profile", "strict", url)
				if code != exitFail && code != exitIncomplete {
					t.Errorf("%s: exit %d", format, code)
				}
				if i := strings.IndexFunc(out+errs, obeyed); i >= 0 {
					t.Errorf("%s prints %q", format, (out + errs)[max(0, i-80):min(len(out+errs), i+20)])
				}
				if len(out) > 1<<20 {
					t.Errorf("%s prints %d bytes", format, len(out))
				}
			}
		})
	}
}

// obeyed are the characters that a terminal obeys or does not show.
func obeyed(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf)
}

// serveBytes answers every request with the same bytes.
func serveBytes(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				buf := make([]byte, 64<<10)
				if n, err := c.Read(buf); err != nil || n == 0 {
					return
				}
				io.WriteString(c, answer)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestManySitesLeaveNothingOpen: connections and goroutines of a site end with its audit.
func TestManySitesLeaveNothingOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("counts /proc/self/fd")
	}
	var urls []string
	var servers []*httptest.Server
	for range 60 {
		srv := serveSite(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<title>Shop</title>")) })
		servers, urls = append(servers, srv), append(urls, srv.URL)
	}
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	auditJSON(t, urls[0]) // what is opened once for the program
	before := open()
	auditJSON(t, append([]string{"--jobs", "4"}, urls...)...)
	for _, srv := range servers {
		srv.Close() // waits for its ends of the connections
	}
	if after := open(); after > before-len(servers) {
		t.Errorf("%d descriptors are open after %d sites, %d before with their listeners", after, len(urls), before)
	}
}
