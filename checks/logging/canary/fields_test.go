package canary

import (
	"strings"
	"testing"
	"time"
)

// TestFields reads the fields of lines of many products.
func TestFields(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 5, 0, time.UTC)
	r := &Result{Run: "audittest", Spoofed: "2001:db8:1111:2222:3333:4444:5555:6666", Port: "8080"}
	q := &Request{Method: "GET", Path: "/audittestx", Status: 404}
	for line, want := range map[string]string{
		`127.0.0.1 - - [23/Nov/2026:10:00:05 +0000] "GET /audittestx HTTP/1.1" 404 9 "-" "x"`:                                                                                                                                                     "127.0.0.1",
		`::1 - - [23/Nov/2026:11:00:05 +0100] "GET /audittestx HTTP/1.1" 404 9 "-" "x" "2001:db8:1111:2222:3333:4444:5555:6666"`:                                                                                                                  "::1",
		`2001:db8:1111:2222:3333:4444:5555:6666 - - [23/Nov/2026:10:00:05 +0000] "GET /audittestx HTTP/1.1" 404 9`:                                                                                                                                "spoofed 2001:db8:1111:2222:3333:4444:5555:6666",
		`INFO:     2001:db8:1111:2222:3333:4444:5555:6666:0 - "GET /audittestx HTTP/1.1" 404 Not Found`:                                                                                                                                           "time, time zone; spoofed 2001:db8:1111:2222:3333:4444:5555:6666",
		`INFO:     127.0.0.1:40000 - "GET /audittestx HTTP/1.1" 404 Not Found`:                                                                                                                                                                    "time, time zone; 127.0.0.1",
		`2026/11/23 10:00:05 [error] 1#1: *5 open() "/srv/audittestx" failed, client: 127.0.0.1, server: , request: "GET /audittestx HTTP/1.1"`:                                                                                                   "time zone, status; 127.0.0.1",
		`[Mon Nov 23 10:00:05.123 2026] [core:info] [pid 7] [client 10.1.2.3:999] AH00128: File does not exist: /srv/audittestx`:                                                                                                                  "time zone, method, status; 10.1.2.3",
		`[23/Nov/2026 10:00:05] "GET /audittestx HTTP/1.1" 404 179`:                                                                                                                                                                               "time zone, client; ",
		`Nov 23 10:00:05 web haproxy[7]: 10.0.0.9:1 [23/Nov/2026:10:00:05.001] web web/<NOSRV> 0/-1/-1/-1/0 404 83 - - "GET /audittestx"`:                                                                                                         "time zone; 10.0.0.9",
		`{"level":30,"time":1795428005000,"req":{"method":"GET","url":"/audittestx","headers":{"host":"127.0.0.1:8080","x-forwarded-for":"2001:db8:1111:2222:3333:4444:5555:6666"},"remoteAddress":"::ffff:127.0.0.1"},"res":{"statusCode":404}}`: "127.0.0.1",
		`{"meta":{"req":{"url":"/audittestx","method":"GET","headers":{"host":"127.0.0.1:8080","x-forwarded-for":"2001:db8:1111:2222:3333:4444:5555:6666"}},"res":{"statusCode":404}}}`:                                                           "time, time zone, client; ",
		`{"ts":1795428005.25,"request":{"remote_ip":"192.0.2.7","method":"GET","uri":"/audittestx"},"status":404}`:                                                                                                                                "192.0.2.7",
		`{"@timestamp":"2026-11-23T10:00:05,123Z","clientip":"192.0.2.7","request":"GET /audittestx","status":404}`:                                                                                                                               "192.0.2.7",
		`{"timestamp":"2026-11-23T10:00:05.000+01:00","client":"192.0.2.7","request":"GET /audittestx","status":404}`:                                                                                                                             "192.0.2.7",
		"\x1b[0mGET /audittestx \x1b[33m404\x1b[0m 2.7 ms - 163\x1b[0m":                                                                                                                                                                           "time, time zone, client; ",
		`time=2026-11-23T10:00:05.000Z level=INFO msg=request from=10.0.0.1:5 method=GET path=/audittestx status=404`:                                                                                                                             "10.0.0.1",
		`2026-11-23 10:00:05 +0000 1.2.3 GET /audittestx 404`:                                                                                                                                                                                     "client; ",
		`GET /audittestx`: "time, time zone, client, status; ",
		`1999-01-01T00:00:00Z GET /audittestx 404 10.0.0.1`: "time, time zone; 10.0.0.1", // a time, but not of this line
		``: "time, time zone, client, method, path, status; ",
	} {
		f := r.read(&Line{Text: line, At: now}, q, &SinkResult{})
		got := strings.Join(f.Missing(), ", ") + "; "
		if f.Spoofed {
			got += "spoofed "
		}
		if got = strings.TrimPrefix(got+f.Client, "; "); got != want {
			t.Errorf("%s\ngives %q, want %q", line, got, want)
		}
		if !f.Time.IsZero() && f.Zone && f.Time.Sub(now).Abs() > 2*time.Hour {
			t.Errorf("%s\nis of %s", line, f.Time)
		}
	}
}

// TestSkewIsSeen reads times that are off.
func TestSkewIsSeen(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 5, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"2026-11-23T10:00:05Z":         0,
		"2026-11-23T12:00:05Z":         2 * time.Hour,
		"[23/Nov/2026:09:50:05 +0000]": -10 * time.Minute,
		"2026-11-23 09:50:05":          -10 * time.Minute,
	} {
		at, _ := timeIn(text, now)
		if got := at.Sub(now); got != want {
			t.Errorf("%s is %s off, want %s", text, got, want)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add(`127.0.0.1 - - [23/Nov/2026:10:00:05 +0000] "GET /audittestx HTTP/1.1" 404 9`)
	f.Add(`{"time":1795428005000,"reqId":"req-1","req":{"headers":{"host":"127.0.0.1:8080"}}}`)
	f.Add("::::%%..1.2.3.4:99999 \x1b[31;1m\xff\xfe")
	r := &Result{Spoofed: "2001:db8::1", Port: "80", Server: "nginx"}
	f.Fuzz(func(t *testing.T, text string) {
		fields := r.read(&Line{Text: text, At: time.Now()}, &Request{Method: "GET", Path: "/x", Status: 200}, &SinkResult{})
		if n := fields.score() + len(fields.Missing()); n != maxScore {
			t.Errorf("%d fields", n)
		}
		r.Writer(text)
		identifier([]byte(text))
	})
}
