package target

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// serveTLS hands every connection, handshake done, to f; with protocols offered.
func serveTLS(t *testing.T, ca *authority, f func(*tls.Conn), protocols ...string) string {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{ca.issue(t, nil)}, NextProtos: protocols}
	return strings.Replace(serveRaw(t, func(c net.Conn) {
		secure := tls.Server(c, config)
		if secure.Handshake() == nil {
			f(secure)
		}
	}), "http:", "https:", 1)
}

// TestHostileHandshakes: whatever goes wrong before the first byte of HTTP is a problem, in bounded time.
func TestHostileHandshakes(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	hello := func(c net.Conn) { io.ReadFull(c, make([]byte, 5)) }
	for name, serve := range map[string]func(net.Conn){
		"stall":             func(net.Conn) { <-release },
		"stall after hello": func(c net.Conn) { hello(c); io.WriteString(c, "\x16\x03\x03\x00\x7a\x02"); <-release },
		"close":             func(net.Conn) {},
		"close after hello": func(c net.Conn) { hello(c) },
		"alert":             func(c net.Conn) { hello(c); io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28") },
		"strange alert":     func(c net.Conn) { hello(c); io.WriteString(c, "\x15\x03\x03\x00\x02\x02\xfe") },
		"garbage":           func(c net.Conn) { hello(c); io.WriteString(c, "\x16\x03\x03\xff\xff"+strings.Repeat("\x1b", 70000)) },
		"alert flood":       func(c net.Conn) { hello(c); flood(c, "", "\x15\x03\x03\x00\x02\x01\x5a") },
		"other protocol":    func(c net.Conn) { io.WriteString(c, "220 mail.example ESMTP\x1b[31m\r\n") },
	} {
		t.Run(name, func(t *testing.T) {
			url := strings.Replace(serveRaw(t, serve), "http:", "https:", 1)
			for _, insecure := range []bool{false, true} {
				bounded(t, 32<<20, func(ctx context.Context) {
					b := quick
					b.Handshake = b.Header
					_, err := openTest(t, url, SiteOptions{Insecure: insecure, Bounds: b}).Page(ctx, "/")
					if p := problemOf(t, err); !p.Blind || strings.ContainsFunc(p.Error(), unprintable) {
						t.Errorf("insecure %v: %q", insecure, p.Error())
					}
				})
			}
		})
	}
}

// TestHalfClosedTLS: a body without an end is a problem, with one it is an answer, however the connection ends.
func TestHalfClosedTLS(t *testing.T) {
	ca := newCA(t)
	for name, tt := range map[string]struct {
		answer string
		alert  bool
		ok     bool
	}{
		"length, no alert":           {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok", false, true},
		"until the end, closed":      {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\nok", true, true},
		"until the end, no alert":    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\nok", false, true}, // many servers end so, and browsers take it
		"in the header, closed":      {"HTTP/1.1 200 OK\r\nContent-Type", true, false},
		"length not reached, closed": {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\nok", true, false},
	} {
		url := serveTLS(t, ca, func(c *tls.Conn) {
			readHead(c)
			io.WriteString(c, tt.answer)
			if tt.alert {
				c.CloseWrite()
			}
		})
		x, err := openTest(t, url, SiteOptions{CAFile: ca.file}).Page(t.Context(), "/")
		if (err == nil) != tt.ok {
			t.Errorf("%s: %+v, %v; want an answer: %v", name, x, err, tt.ok)
		}
	}
}

// frames is a hostile HTTP/2 server: the preface read and settings sent, do gets the framer.
func frames(t *testing.T, ca *authority, do func(*http2.Framer, *tls.Conn)) string {
	return serveTLS(t, ca, func(c *tls.Conn) {
		if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
			return
		}
		f := http2.NewFramer(c, c)
		f.AllowIllegalWrites = true
		f.WriteSettings()
		go io.Copy(io.Discard, c) // a client whose writes block would end for another reason
		do(f, c)
	}, "h2")
}

func TestHostileHTTP2(t *testing.T) {
	ca := newCA(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	block := func(fields ...string) []byte {
		var b strings.Builder
		e := hpack.NewEncoder(&b)
		for i := 0; i < len(fields); i += 2 {
			e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
		}
		return []byte(b.String())
	}
	until := func(write func() error) {
		for write() == nil {
		}
	}
	headers := func(f *http2.Framer, endHeaders, endStream bool, fields ...string) error {
		return f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block(fields...), EndHeaders: endHeaders, EndStream: endStream})
	}
	for name, do := range map[string]func(*http2.Framer, *tls.Conn){
		"GOAWAY": func(f *http2.Framer, _ *tls.Conn) {
			f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("\x1b[31m"))
			<-release
		},
		"reset": func(f *http2.Framer, _ *tls.Conn) { f.WriteRSTStream(1, http2.ErrCodeInternal); <-release },
		"refused streams": func(f *http2.Framer, _ *tls.Conn) {
			until(func() error { return f.WriteRSTStream(1, http2.ErrCodeRefusedStream) })
		},
		"reset flood": func(f *http2.Framer, _ *tls.Conn) {
			until(func() error { return f.WriteRSTStream(1, http2.ErrCodeCancel) })
		},
		"settings storm": func(f *http2.Framer, _ *tls.Conn) {
			until(func() error { return f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}) })
		},
		"ping storm":   func(f *http2.Framer, _ *tls.Conn) { until(func() error { return f.WritePing(false, [8]byte{}) }) },
		"window flood": func(f *http2.Framer, _ *tls.Conn) { until(func() error { return f.WriteWindowUpdate(0, 1<<30) }) },
		"1xx flood": func(f *http2.Framer, _ *tls.Conn) {
			until(func() error { return headers(f, true, false, ":status", "103", "link", "</a>") })
		},
		"CONTINUATION flood": func(f *http2.Framer, _ *tls.Conn) {
			headers(f, false, false, ":status", "200")
			until(func() error { return f.WriteContinuation(1, false, block("x-a", strings.Repeat("b", 1000))) })
		},
		"empty CONTINUATION": func(f *http2.Framer, _ *tls.Conn) {
			headers(f, false, false, ":status", "200")
			until(func() error { return f.WriteContinuation(1, false, nil) })
		},
		"huge header": func(f *http2.Framer, _ *tls.Conn) {
			headers(f, false, false, ":status", "200")
			for range 100 {
				f.WriteContinuation(1, false, block("x-a", strings.Repeat("b", 10000)))
			}
			f.WriteContinuation(1, true, nil)
			<-release
		},
		"no status":        func(f *http2.Framer, _ *tls.Conn) { headers(f, true, true, "x-a", "b"); <-release },
		"malformed status": func(f *http2.Framer, _ *tls.Conn) { headers(f, true, true, ":status", "2\x1b0"); <-release },
		"push": func(f *http2.Framer, _ *tls.Conn) {
			f.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: block(":path", "/"), EndHeaders: true})
			<-release
		},
		"garbage":        func(_ *http2.Framer, c *tls.Conn) { flood(c, "", "\x00\x00\x1b\xff\xff\x80\x00\x00\x01\x1b[31m") },
		"stalled header": func(f *http2.Framer, _ *tls.Conn) { headers(f, false, false, ":status", "200"); <-release },
		"stalled body": func(f *http2.Framer, _ *tls.Conn) {
			headers(f, true, false, ":status", "200", "content-type", "text/html")
			f.WriteData(1, false, []byte("x"))
			<-release
		},
		"closes": func(*http2.Framer, *tls.Conn) {},
	} {
		t.Run(name, func(t *testing.T) {
			url := frames(t, ca, do)
			bounded(t, 256<<20, func(ctx context.Context) {
				_, err := openTest(t, url, SiteOptions{CAFile: ca.file}).Page(ctx, "/")
				if p := problemOf(t, err); !p.Blind || strings.ContainsFunc(p.Error(), unprintable) {
					t.Errorf("%q", p.Error())
				}
			})
		})
	}
}

// TestHTTP2EndlessBody is cut as that of HTTP/1.1 is.
func TestHTTP2EndlessBody(t *testing.T) {
	ca := newCA(t)
	srv := ca.serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		flood(w, "", strings.Repeat("x", 4096))
	})
	x, err := openTest(t, srv.URL, SiteOptions{CAFile: ca.file}).Page(t.Context(), "/")
	if err != nil || !x.Cut || len(x.Body) != quick.Body || x.Proto != "HTTP/2.0" {
		t.Errorf("%+v, %v; want a cut body over HTTP/2", x, err)
	}
}
