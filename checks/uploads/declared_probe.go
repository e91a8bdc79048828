package uploads

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

const (
	controlSize = 2 // bytes declared by the control: no layer refuses so little for its size
	nearAbove   = 100 << 20
	farAbove    = 10 << 30
	mostProbes  = 16
)

// rungs are the limits that products have by default or people choose, in bytes. A probe declares one byte more.
var rungs = []int64{64 << 10, 100 << 10, 1 << 20, 2 << 20, 2621440, 8 << 20, 10 << 20, 16 << 20, 30 << 20, 50 << 20,
	nearAbove, 1 << 30, 2 << 30, 4 << 30, farAbove}

// bracket is what the probes found: a declared body of atLeast bytes is let through, one of over bytes is refused.
// over is 0 where none was.
type bracket struct {
	atLeast, over int64
	wraps         bool // a size above one that is refused is let through
	last          reaction
}

func (b bracket) String() string {
	switch {
	case b.over == b.atLeast+1:
		return "a limit of " + checks.FormatSize(b.atLeast)
	case b.atLeast == controlSize:
		return "a limit of at most " + checks.FormatSize(b.over-1)
	}
	return "a limit from " + checks.FormatSize(b.atLeast) + " to " + checks.FormatSize(b.over-1)
}

// declarer asks the site with declared sizes and sends no body.
type declarer struct {
	ctx     context.Context
	site    checks.Site
	path    string // one that does not exist, so that no handler runs
	where   string
	probes  int
	control reaction
}

func newDeclarer(p *checks.Pass) *declarer {
	u, path := p.Site().URL(), probe.MissingPath(p.Site().URL())
	return &declarer{ctx: p.Context(), site: p.Site(), path: path, where: u.Scheme + "://" + u.Host + path}
}

// find brackets the limit: the control, the two sizes far apart, the rungs between them by halving, and one byte
// below the refusal. most is a rung of its own.
func (d *declarer) find(most int64) (bracket, error) {
	b := bracket{atLeast: controlSize}
	if err := d.calibrate(); err != nil {
		return b, err
	}
	for _, size := range []int64{nearAbove, farAbove} {
		if err := d.try(size+1, &b); err != nil || b.wraps {
			return b, err
		}
	}
	if b.over == 0 {
		return b, nil
	}
	for {
		var open []int64
		for _, r := range append([]int64{most}, rungs...) {
			if b.atLeast < r+1 && r+1 < b.over {
				open = append(open, r+1)
			}
		}
		if len(open) == 0 {
			break
		}
		slices.Sort(open)
		if err := d.try(open[len(open)/2], &b); err != nil {
			return b, err
		}
	}
	if b.over-1 > b.atLeast {
		return b, d.try(b.over-1, &b)
	}
	return b, nil
}

// try narrows the bracket by one probe.
func (d *declarer) try(size int64, b *bracket) error {
	r, err := d.declare(size)
	if err != nil {
		return err
	}
	b.last = r
	switch {
	case d.refuses(r) && (b.over == 0 || size < b.over):
		b.over = size
	case d.refuses(r):
	case b.over != 0 && size > b.over:
		b.wraps = true
	default:
		b.atLeast = max(b.atLeast, size)
	}
	return nil
}

// refuses reports whether the reaction is a refusal by size: 413, or another word for it that the control did not
// get (Django and Tornado say 400), or a closed connection.
func (d *declarer) refuses(r reaction) bool {
	switch r.status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusBadGateway:
		return r.status != d.control.status
	}
	return r.status == 0 && r.closed
}

// calibrate asks with a harmless size. Where that is not let through, nothing can be told.
func (d *declarer) calibrate() error {
	r, err := d.declare(controlSize)
	if err != nil {
		return err
	}
	d.control = r
	switch s := r.status; {
	case r.closed && s == 0:
		return d.unknown("a connection that closes without an answer, even for 2 bytes", checks.RetrySafe)
	case s == 0 && !r.continued:
		return d.unknown("silence, even for 2 bytes: to this server it means nothing", checks.RetrySafe)
	case s == http.StatusNotFound, s == http.StatusMethodNotAllowed, s == http.StatusUnsupportedMediaType, s == 0:
		return nil
	case s < 400:
		return d.unknown(r.String()+" for 2 bytes: every path is answered before any limit is looked at", checks.RetryUseless)
	}
	return d.unknown(r.String()+", even for 2 bytes", checks.RetryUseless)
}

// countsBytes names a server in front that has limits but does not look at the declared size, or is "". Caddy
// before 2.7 is one: its request_body max_size acts while the body is read.
func (d *declarer) countsBytes() string {
	x, err := d.site.Page(d.ctx, d.site.Paths()[0]) // other checks asked for it: no request more
	if err != nil {
		return ""
	}
	for _, v := range slices.Concat(x.Header["Server"], x.Header["Via"]) {
		if strings.Contains(v, "Caddy") {
			return "Caddy"
		}
	}
	return ""
}

func (d *declarer) unknown(actual string, retry checks.Retry) error {
	return &checks.Problem{Op: "find the limit on declared bodies of", Where: d.where, Blind: true, Retry: retry,
		Expected: "an answer that depends on the size", Actual: actual}
}

// declare sends one request that declares a body of size bytes and waits to see whether it is let through. It
// stops the search where the site wants credentials or rest.
func (d *declarer) declare(size int64) (reaction, error) {
	if d.probes++; d.probes > mostProbes {
		return reaction{}, d.unknown("no end after "+strconv.Itoa(mostProbes)+" requests", checks.RetryUseless)
	}
	n := strconv.FormatInt(size, 10)
	x, err := d.site.Raw(d.ctx, checks.RawRequest{
		Name: "declare-" + n,
		Data: "POST " + d.path + " HTTP/1.1\r\nHost: {host}\r\n{headers}X-Hardcheck: declare\r\n" +
			"Content-Type: application/octet-stream\r\nContent-Length: " + n + "\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
		First: 2 * time.Second,        // measured: the slowest refusal of 33 servers took 0.3 s; a busy server takes longer
		Then:  400 * time.Millisecond, // some send 100 and the refusal after it
	})
	if err != nil {
		return reaction{}, err
	}
	r := readReaction(x)
	switch r.status {
	case 401, 403, 407:
		return r, d.unknown(r.String()+": the site refuses this client", checks.RetryUseless)
	case 429, 503:
		return r, d.unknown(r.String()+": the site asks for rest", checks.RetryWithCare)
	}
	return r, nil
}

// reaction is how a server takes a declared body before any of it is sent.
type reaction struct {
	continued bool // it asked for the body: 100 Continue
	status    int  // its final answer, or 0
	closed    bool
}

func (r reaction) String() string {
	switch {
	case r.status != 0 && r.continued:
		return fmt.Sprintf("100 Continue, then status %d", r.status)
	case r.status != 0:
		return fmt.Sprintf("status %d", r.status)
	case r.continued:
		return "100 Continue"
	case r.closed:
		return "a closed connection"
	}
	return "silence"
}

// readReaction reads the status lines of a raw answer.
func readReaction(x *checks.RawExchange) reaction {
	r := reaction{closed: x.Closed}
	rest := x.Data
	for {
		status, ok := statusOf(rest)
		if !ok {
			return r
		}
		if status >= 200 || status == http.StatusSwitchingProtocols {
			r.status = status
			return r
		}
		r.continued = r.continued || status == http.StatusContinue
		_, after, ok := bytes.Cut(rest, []byte("\r\n\r\n"))
		if !ok {
			return r
		}
		rest = after
	}
}

// statusOf reads the code of a status line: "HTTP/1.1 100 Continue".
func statusOf(data []byte) (int, bool) {
	if len(data) < 12 || !bytes.HasPrefix(data, []byte("HTTP/1.")) || data[8] != ' ' {
		return 0, false
	}
	n, err := strconv.Atoi(string(data[9:12]))
	return n, err == nil && n >= 100 && n <= 599
}
