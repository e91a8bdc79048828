package rawhttp

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		data   string
		status int
		body   string
		want   Answer // its truth values
	}{
		"silence":         {"", 0, "", Answer{}},
		"a beginning":     {"HTTP/1.1 4", 0, "", Answer{}},
		"interim":         {"HTTP/1.1 100 Continue\r\n\r\n", 0, "", Answer{Continued: true}},
		"half an interim": {"HTTP/1.1 100 Continue\r\nX: ", 0, "", Answer{Continued: true}},
		"after interims":  {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 413 Big\r\nContent-Length: 2\r\n\r\nno", 413, "no", Answer{Continued: true, Whole: true}},
		"only a head":     {"HTTP/1.0 413 Big\r\nContent-Length: 9\r\n\r\nno", 413, "no", Answer{}},
		"until it closes": {"HTTP/1.1 200 OK\r\n\r\nbody", 200, "body", Answer{}},
		"chunks":          {"HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n1\r\nd\r\n0\r\n\r\n", 400, "abcd", Answer{Whole: true}},
		"half a chunk":    {"HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc", 400, "abc", Answer{}},
		"negative chunk":  {"HTTP/1.1 400 x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", 400, "abc", Answer{}},
		"line feeds":      {"HTTP/1.1 413 x\nContent-Length: 0\n\n", 413, "", Answer{Whole: true}},
		"another speech":  {"SSH-2.0-OpenSSH_9\r\n", 0, "", Answer{Garbage: true}},
		"no status":       {"HTTP/1.1 abc nonsense\r\n\r\n", 0, "", Answer{Garbage: true}},
		"HTTP/2":          {"HTTP/2 413\r\n\r\n", 0, "", Answer{Garbage: true}},
		"no end":          {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 200), 0, "", Answer{Garbage: true}},
	} {
		a := Read([]byte(tt.data))
		if a.Status != tt.status || string(a.Body) != tt.body || a.Continued != tt.want.Continued || a.Whole != tt.want.Whole || a.Garbage != tt.want.Garbage {
			t.Errorf("%s: %+v, want %+v with status %d and body %q", name, a, tt.want, tt.status, tt.body)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 3\r\n\r\nabc"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a := Read(data)
		if a.Status != 0 && (a.Status < 101 || a.Status > 599) || len(a.Body) > len(data) || a.Whole && a.Status == 0 {
			t.Errorf("%+v", a)
		}
		if more := Read(append(data[:len(data):len(data)], "HTTP/1.1 200 OK\r\n"...)); a.Status != 0 && len(data) > 0 && more.Status != a.Status {
			t.Errorf("status %d becomes %d as more comes", a.Status, more.Status)
		}
	})
}
