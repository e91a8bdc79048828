//go:build unix

package prober

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hardcheck/checks/target"
)

// hostile answers every connection in its own way, and counts what it was sent.
type hostile struct {
	url         string
	connections atomic.Int64
	bytes       atomic.Int64
}

// serve starts a server whose connections are handled by answer, after the head came. What is sent is read until the end,
// but by a server that does not read.
func serve(t *testing.T, reads bool, answer func(net.Conn)) *hostile {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	h := &hostile{url: "http://" + l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			h.connections.Add(1)
			go func() {
				defer conn.Close()
				if !reads {
					answer(conn)
					<-t.Context().Done()
					return
				}
				done := make(chan struct{})
				go func() {
					defer close(done)
					io.Copy(counter{&h.bytes}, conn)
				}()
				answer(conn)
				<-done
			}()
		}
	}()
	return h
}

type counter struct{ n *atomic.Int64 }

func (c counter) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}

// TestHostileServers is a set of servers that no limit can be measured of: each verdict says so, and what was sent stays
// within the budgets, counted by the server.
func TestHostileServers(t *testing.T) {
	t.Parallel()
	send := func(text string) func(net.Conn) { return func(c net.Conn) { io.WriteString(c, text) } }
	for name, tt := range map[string]struct {
		reads   bool
		answer  func(net.Conn)
		verdict Verdict
		why     string
	}{
		"silent":      {true, func(net.Conn) {}, Inconclusive, "silence"},
		"not reading": {false, func(net.Conn) {}, Inconclusive, "silence"},
		"closing":     {true, func(c net.Conn) { c.Close() }, Inconclusive, "closes without an answer"},
		"resetting": {false, func(c net.Conn) {
			c.Read(make([]byte, 1))
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
		}, Inconclusive, "closes without an answer"},
		"garbage":      {true, send("SSH-2.0-OpenSSH_9.2\r\n"), Inconclusive, "no HTTP/1"},
		"huge header":  {true, send("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("a", 1<<20)), NotReading, "status 200"},
		"half a head":  {true, send("HTTP/1.1 4"), Inconclusive, "in time"},
		"rate limited": {true, send("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n"), RateLimited, "rest"},
		"endless 1xx": {true, func(c net.Conn) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 102 Processing\r\n\r\n"); err != nil {
					return
				}
			}
		}, Inconclusive, "no HTTP/1"},
		"dripping": {true, func(c net.Conn) {
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for _, b := range []byte("HTTP/1.1 413 Too Large\r\nX: " + strings.Repeat("a", 4096)) {
				<-tick.C
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
			}
		}, Inconclusive, "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := serve(t, tt.reads, tt.answer)
			o, costs := measureSetup(t, h.url, Options{Path: "/upload"}, declare, drip, body)
			if o.Verdict != tt.verdict || !strings.Contains(o.Why, tt.why) {
				t.Errorf("%s, want %s with %q", o.String(), tt.verdict, tt.why)
			}
			requests, bytes := int64(2), int64(0) // the page that tells of the framework, and once more where the connection is lost
			for _, l := range Levels(0) {
				if l.Name == declare || l.Name == drip || l.Name == body {
					requests, bytes = requests+int64(l.Requests), bytes+l.Heads+l.Bodies
				}
			}
			if h.connections.Load() > requests || h.bytes.Load() > bytes+2<<10 {
				t.Errorf("the server counts %d connections and %d bytes, the budgets allow %d and %d", h.connections.Load(), h.bytes.Load(), requests, bytes)
			}
			withinBudget(t, costs, 0)
			t.Log(o.String(), spent(costs))
		})
	}
}

// TestNobodyListens retries a connection that is refused, and nothing else.
func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	o, costs := measureSetup(t, "http://"+l.Addr().String(), Options{}, declare)
	if o.Verdict != Unreachable || o.Problem() == nil || len(costs) != 1 || costs[0].Requests != 2 {
		t.Errorf("%s, %+v; want unreachable after two tries", o.String(), costs)
	}
}

// TestInterrupted ends a search in the middle of a body.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var seen atomic.Int64
	h := serve(t, true, func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		if seen.Add(1) > 4 { // the first body
			cancel()
		}
	})
	site, err := target.OpenSite(h.url, target.SiteOptions{Active: []string{declare, body}, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	p := New(ctx, site, Options{Path: "/upload"})
	o := p.Limits()[0]
	if o.Problem() == nil || !strings.Contains(o.Problem().Actual, "interrupted") {
		t.Errorf("%s, want a problem that tells of the interruption", o.String())
	}
	if n := h.bytes.Load(); n > mib {
		t.Errorf("%d bytes were sent after the interruption", n)
	}
}

// TestReplay gives the same verdict from a recording, and sends nothing.
func TestReplay(t *testing.T) {
	h := serve(t, true, func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
	})
	rec := &target.Recorder{}
	options := target.SiteOptions{Active: []string{declare, drip}, Bounds: target.SiteBounds{Gap: time.Millisecond}, Record: rec}
	live, err := target.OpenSite(h.url, options)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	want := New(t.Context(), live, Options{Path: "/upload"}).Limits()[0]
	file := filepath.Join(t.TempDir(), "site.json")
	if err := rec.Save(file); err != nil {
		t.Fatal(err)
	}
	before := h.connections.Load()
	replay, err := target.OpenReplay(file, h.url, target.SiteOptions{Active: options.Active})
	if err != nil {
		t.Fatal(err)
	}
	got := New(t.Context(), replay, Options{Path: "/upload"}).Limits()[0]
	if got.String() != want.String() || got.Evidence != want.Evidence || h.connections.Load() != before {
		t.Errorf("replay: %s, %s; live: %s, %s", got.String(), got.Evidence, want.String(), want.Evidence)
	}
}
