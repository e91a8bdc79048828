package checks

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Site is a live target. It is the only way a check sends anything, and it bounds time, bytes and requests.
// Every answer is remembered, so checks that ask the same thing cost one request.
type Site interface {
	// URL is the base that was given.
	URL() *url.URL
	// Paths are the paths to audit, at least one, as they were given.
	Paths() []string
	// Page fetches a path of Paths over the given scheme and follows redirects on the same host.
	// The error is a *Problem when nothing could be fetched.
	Page(ctx context.Context, path string) (*Exchange, error)
	// Plain fetches the first path over http, the first hop of a visitor who typed the name, and follows nothing.
	// An error of which NotServed is true means that nothing listens there, which is an answer.
	Plain(ctx context.Context) (*Exchange, error)
	// Reach fetches a URL of the site's host, or of another host of its registrable domain, which a redirect names or a
	// visitor would type. It follows nothing, and the user's credentials go to the site's own origin only.
	Reach(ctx context.Context, rawURL string) (*Exchange, error)
	// Do sends one request and follows nothing.
	Do(ctx context.Context, r Request) (*Exchange, error)
	// Raw writes bytes to a new connection and reads what comes back. Only for active probes.
	Raw(ctx context.Context, r RawRequest) (*RawExchange, error)
	// Active reports whether the user opted into that kind of active probe, such as "declare".
	Active(probe string) bool
}

// Request is one request to the site.
type Request struct {
	Method string      // "" means GET
	Path   string      // with its query; resolved against the site's URL
	Header http.Header // added to the site's own
	Body   string
}

// Exchange is a request and its answer.
type Exchange struct {
	Method string
	URL    string
	Status int
	Proto  string
	Header http.Header // repeated fields in order of arrival
	Body   []byte
	Cut    bool // Body was longer than the bound
	Chain  []Hop
	TLS    *TLSState // nil over http
	// Doubt says why this answer is not the application's own page (403, 5xx, a login wall, a redirect off the
	// host), so that a verdict on it would be a guess; nil where it is.
	Doubt *Problem
}

// HTTPS reports whether the answer came over TLS.
func (x *Exchange) HTTPS() bool { return x.TLS != nil }

// Hop is a redirect that was followed on the way to an answer.
type Hop struct {
	URL      string
	Status   int
	Location string
	Header   http.Header
}

// TLSState is what the handshake showed.
type TLSState struct {
	Version  string // "TLS 1.3"
	NotAfter time.Time
}

// OpConnect and Refused are the Op and the Actual of the Problem of a connection that the host refused.
const (
	OpConnect = "connect to"
	Refused   = "connection refused"
)

// NotServed reports whether err says that the host refused the connection: nothing listens on that port.
func NotServed(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Op == OpConnect && p.Actual == Refused
}

// RawRequest is bytes for a connection of its own. {host} in Data is replaced by the site's Host header value and
// {headers} by the site's own header lines, each of which ends with CRLF.
type RawRequest struct {
	Name string // tells recorded answers apart
	Data string
	// First and Then bound the wait: for the first byte of an answer, and for more after a 1xx answer.
	First, Then time.Duration
}

// RawExchange is what came back on a raw connection.
type RawExchange struct {
	Data   []byte // at most 64 KiB
	Closed bool   // the peer closed or reset the connection
	Sent   int    // bytes written
}
