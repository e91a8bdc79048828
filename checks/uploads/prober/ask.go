package prober

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/rawhttp"
)

const (
	pieceSize = 16 << 10               // bytes written at once
	pace      = 4 * time.Millisecond   // between two pieces
	settle    = 150 * time.Millisecond // at a stop, for an answer
	// patience is the wait for an answer. Measured: the slowest refusal of 33 idle servers took 0.3 s.
	patience = 2 * time.Second
	// afterwards is the wait for more after 100 Continue: some servers send a refusal behind it.
	afterwards = 400 * time.Millisecond
	// filler is the byte of bodies: no JSON, no form and no file begins with two of them.
	filler = "0"
)

var fill = strings.Repeat(filler, pieceSize)

// ask is one request.
type ask struct {
	level   string
	path    string
	kind    string // Content-Type
	coding  string // Content-Encoding
	chunked bool
	size    int64   // declared, or of all chunks
	send    int64   // bytes of the body that are sent
	stops   []int64 // counts of bytes after which an answer is waited for, rising
	finish  bool    // all of the body is sent, and its end
	first   int64   // of a chunked body that is not sent: the size that its first chunk declares
	packed  string  // a body in a coding, in place of filler
	expect  bool
}

// reply is how the server took it.
type reply struct {
	rawhttp.Answer
	closed   bool
	sent     int64 // bytes of the body written when the answer began: at most so many had arrived
	passed   int64 // the last stop before that: so many were taken in silence
	finished bool  // the end of the body was written
}

// name tells a declaring request from the others of a run by what it declares, for recordings; others go by their number.
func (a *ask) name() string {
	if a.level != "declare" || a.chunked {
		return ""
	}
	return "declare-" + strconv.FormatInt(a.size, 10)
}

// head is the head of the request.
func (a *ask) head() string {
	var b strings.Builder
	b.WriteString("POST " + a.path + " HTTP/1.1\r\nHost: {host}\r\n{headers}X-Hardcheck: " + a.level + "\r\nContent-Type: " + a.kind + "\r\n")
	if a.coding != "" {
		b.WriteString("Content-Encoding: " + a.coding + "\r\n")
	}
	if a.chunked {
		b.WriteString("Transfer-Encoding: chunked\r\n")
	} else {
		b.WriteString("Content-Length: " + strconv.FormatInt(a.size, 10) + "\r\n")
	}
	if a.expect {
		b.WriteString("Expect: 100-continue\r\n")
	}
	return b.String() + "Connection: close\r\n\r\n"
}

// piece is a part of the body: its bytes, and how many of the body's have been written with it.
type piece struct {
	checks.RawPiece
	total int64
	last  bool // the body ends with it
}

// pieces cuts the body into pieces that end at the stops.
func (a *ask) pieces() (out []piece) {
	switch {
	case a.packed != "":
		return []piece{{checks.RawPiece{Data: a.packed}, int64(len(a.packed)), true}}
	case a.first > 0:
		return []piece{{checks.RawPiece{Data: strconv.FormatInt(a.first, 16) + "\r\n" + filler}, 1, false}}
	}
	stops := a.stops
	for at := int64(0); at < a.send; {
		for len(stops) > 0 && stops[0] <= at {
			stops = stops[1:]
		}
		next, wait := min(at+pieceSize, a.send), pace
		if len(stops) > 0 && stops[0] <= next {
			next, wait = stops[0], settle
		}
		data := a.content(at, next)
		if a.chunked {
			data = strconv.FormatInt(next-at, 16) + "\r\n" + data + "\r\n"
		}
		out = append(out, piece{checks.RawPiece{Data: data, Wait: wait}, next, a.finish && !a.chunked && next == a.send})
		at = next
	}
	if a.finish && a.chunked {
		out = append(out, piece{checks.RawPiece{Data: "0\r\n\r\n"}, a.send, true})
	}
	return out
}

// begins is how a body of a kind begins that some parsers look into at once: a file that ends nowhere, under a name that no
// application asks for.
func begins(kind string) string {
	if kind == kinds[2] {
		return "--hardcheck\r\nContent-Disposition: form-data; name=\"hardcheck\"; filename=\"hardcheck\"\r\n\r\n"
	}
	return ""
}

// content is a part of the body, of at most pieceSize bytes.
func (a *ask) content(from, to int64) string {
	begin := begins(a.kind)
	if from >= int64(len(begin)) {
		return fill[:to-from]
	}
	return (begin[from:] + fill)[:to-from]
}

// cost is how many bytes the body takes on the wire.
func (a *ask) cost() (n int64) {
	for _, p := range a.pieces() {
		n += int64(len(p.Data))
	}
	return n
}

// do sends one request within the budget of its level.
func (p *Prober) do(a ask) (reply, error) {
	pieces := a.pieces()
	r := checks.RawRequest{Name: a.name(), Data: a.head(), First: patience, Then: afterwards}
	for _, piece := range pieces {
		r.Body = append(r.Body, piece.RawPiece)
	}
	x, err := p.raw(a.level, r)
	if err != nil {
		return reply{}, err
	}
	out := reply{Answer: rawhttp.Read(x.Data), closed: x.Closed}
	if n := min(x.Pieces, len(pieces)); n > 0 {
		out.sent, out.finished = pieces[n-1].total, pieces[n-1].last
	}
	for _, stop := range a.stops {
		if stop < out.sent {
			out.passed = stop
		}
	}
	return out, stopped(&out)
}

// raw sends a raw request within the budget of a level, and once more where no connection was made.
func (p *Prober) raw(level string, r checks.RawRequest) (*checks.RawExchange, error) {
	x, err := p.once(level, r)
	var problem *checks.Problem
	if errors.As(err, &problem) && problem.Op == checks.OpConnect && problem.Retry == checks.RetrySafe {
		return p.once(level, r)
	}
	return x, err
}

func (p *Prober) once(level string, r checks.RawRequest) (*checks.RawExchange, error) {
	b := p.budgets[level]
	size := int64(0)
	for _, piece := range r.Body {
		size += int64(len(piece.Data))
	}
	if !b.allows(int64(len(r.Data)), size) {
		return nil, errBudget
	}
	p.sent++
	if r.Name == "" || level != "declare" {
		r.Name = fmt.Sprintf("%s-%03d", level, p.sent)
	}
	ctx, cancel := context.WithTimeout(p.ctx, b.level.Time-b.used.Took)
	defer cancel()
	started := time.Now()
	x, err := p.site.Raw(ctx, r)
	took := time.Since(started)
	if err != nil {
		b.spend(int64(len(r.Data)), size, took)
		if ctx.Err() != nil && p.ctx.Err() == nil {
			return nil, errBudget
		}
		return nil, err
	}
	b.spend(int64(x.Sent-x.Body), int64(x.Body), took)
	return x, nil
}
