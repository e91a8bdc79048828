// Package rawhttp reads what a server of HTTP/1 sent on a raw connection, whatever it is.
package rawhttp

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strconv"
)

// maxFields bounds the header fields that are kept of an answer, and maxInterim the 1xx answers that are read over.
const (
	maxFields  = 200
	maxInterim = 100
)

// Answer is what was read so far. The zero value is silence.
type Answer struct {
	Continued bool        // 100 Continue came: the server asks for the body
	Status    int         // of the final answer; 0 where none came
	Header    http.Header // of the final answer
	Body      []byte      // what came of it, without the framing of chunks
	Whole     bool        // the answer is complete by its own framing
	Partial   bool        // the last bytes are the beginning of a status line
	Garbage   bool        // the bytes are no HTTP/1
}

// Final reports whether the server is done with the request: a final answer began, or bytes that are none.
func (a *Answer) Final() bool { return a.Status != 0 || a.Garbage }

// Read reads the bytes of an answer, of which more may come. 101 is final: what follows is another protocol.
func Read(data []byte) (a Answer) {
	for range maxInterim {
		status, ok := statusOf(data)
		if !ok {
			a.Garbage, a.Partial = !mayBegin(data), len(data) > 0 && mayBegin(data)
			return a
		}
		head, rest, whole := cutHead(data)
		if status < 200 && status != http.StatusSwitchingProtocols {
			a.Continued = a.Continued || status == http.StatusContinue
			if !whole {
				return a
			}
			data = rest
			continue
		}
		a.Status, a.Header = status, fields(head)
		if whole {
			a.readBody(rest)
		}
		return a
	}
	a.Garbage = true // a server that never comes to the point
	return a
}

// mayBegin reports whether the bytes can be the beginning of a status line.
func mayBegin(data []byte) bool {
	const begin = "HTTP/1."
	n := min(len(data), len(begin))
	return string(data[:n]) == begin[:n] && len(data) < len("HTTP/1.1 100")
}

// statusOf reads the code of a status line: "HTTP/1.1 100 Continue".
func statusOf(data []byte) (int, bool) {
	if len(data) < 12 || !bytes.HasPrefix(data, []byte("HTTP/1.")) || data[8] != ' ' {
		return 0, false
	}
	n, err := strconv.Atoi(string(data[9:12]))
	return n, err == nil && n >= 100 && n <= 599
}

// cutHead splits the head of an answer from what follows. Bare line feeds are taken too (RFC 9112, 2.2).
func cutHead(data []byte) (head, rest []byte, whole bool) {
	crlf, lf := bytes.Index(data, []byte("\r\n\r\n")), bytes.Index(data, []byte("\n\n"))
	switch {
	case crlf >= 0 && (lf < 0 || crlf < lf):
		return data[:crlf], data[crlf+4:], true
	case lf >= 0:
		return data[:lf], data[lf+2:], true
	}
	return data, nil, false
}

func fields(head []byte) http.Header {
	h := http.Header{}
	for n := 0; n < maxFields && len(head) > 0; n++ {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte("\n"))
		name, value, ok := bytes.Cut(line, []byte(":"))
		if ok {
			h.Add(textproto.CanonicalMIMEHeaderKey(string(name)), string(bytes.TrimSpace(value)))
		}
	}
	return h
}

// readBody takes the body as the header frames it. A body that ends with the connection is never whole.
func (a *Answer) readBody(data []byte) {
	a.Body = data
	switch length := a.Header.Get("Content-Length"); {
	case a.Status == http.StatusNoContent || a.Status == http.StatusNotModified:
		a.Whole = true
	case a.Header.Get("Transfer-Encoding") != "":
		a.Body, a.Whole = unchunk(data)
	case length != "":
		n, err := strconv.Atoi(length)
		a.Whole = err == nil && n >= 0 && len(data) >= n
	}
}

// unchunk joins chunks (RFC 9112, 7.1) as far as they came.
func unchunk(data []byte) (body []byte, whole bool) {
	for {
		line, rest, ok := bytes.Cut(data, []byte("\n"))
		digits, _, _ := bytes.Cut(bytes.TrimSpace(line), []byte(";"))
		n, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 32)
		if !ok || err != nil || n < 0 || int(n) > len(rest) {
			return append(body, rest...), false
		}
		if n == 0 {
			return body, true
		}
		body = append(body, rest[:n]...)
		if data = bytes.TrimPrefix(bytes.TrimPrefix(rest[n:], []byte("\r")), []byte("\n")); len(data) == 0 {
			return body, false
		}
	}
}
