package target

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
)

// TreeProbes are the active probes of directories and git revisions.
var TreeProbes = []string{"validate"}

// OutboundOptions says how providers are reached.
type OutboundOptions struct {
	Version string   // of this program, for the User-Agent
	Resolve []string // as in SiteOptions; an address named here may be private
	CAFile  string   // PEM certificates trusted besides the system's
	Bounds  OutboundBounds
	// Announce shows the user what is about to be sent and how many requests the run may still send.
	Announce func(plan []checks.Intent, budget int)
}

// OutboundBounds limits what all requests of a run cost. A zero field means its default.
type OutboundBounds struct {
	Total    time.Duration // of one request with its body: 10 s
	Gap      time.Duration // between two requests to one host: 200 ms
	Body     int           // bytes kept of a body, after decompression: 64 KiB
	Requests int           // sent in all: 200
	AtOnce   int           // requests under way: 2
	Silent   int           // requests in a row that a host may leave without an answer: 2
}

func (b OutboundBounds) withDefaults() OutboundBounds {
	if b.Total <= 0 {
		b.Total = 10 * time.Second
	}
	if b.Gap <= 0 {
		b.Gap = 200 * time.Millisecond
	}
	for field, value := range map[*int]int{&b.Body: 64 << 10, &b.Requests: 200, &b.AtOnce: 2, &b.Silent: 2} {
		if *field <= 0 {
			*field = value
		}
	}
	return b
}

// Outbound asks providers. It implements checks.Outbound and is safe for concurrent use. It keeps no request: answers
// are remembered by the hash of theirs.
type Outbound struct {
	agent     string
	bounds    OutboundBounds
	announce  func([]checks.Intent, int)
	transport *http.Transport
	slots     chan struct{}

	mu    sync.Mutex
	left  int // requests of the budget
	hosts map[string]*outboundHost
	memo  map[[sha256.Size]byte]*reply
}

var _ checks.Outbound = (*Outbound)(nil)

// outboundHost is what one host has been asked.
type outboundHost struct {
	next    time.Time // when it may be asked again
	silent  int       // requests without an answer since the last one
	stopped string    // why it is not asked any more
}

// reply is the answer to a request, remembered.
type reply struct {
	done     chan struct{}
	response *checks.OutboundResponse
	err      error
}

// NewOutbound prepares to ask providers. Nothing is sent yet.
func NewOutbound(options OutboundOptions) (*Outbound, error) {
	resolve, err := parseResolve(options.Resolve)
	if err != nil {
		return nil, err
	}
	roots, err := TrustedRoots(options.CAFile)
	if err != nil {
		return nil, err
	}
	o := &Outbound{agent: userAgent(options.Version), bounds: options.Bounds.withDefaults(), announce: options.Announce,
		hosts: map[string]*outboundHost{}, memo: map[[sha256.Size]byte]*reply{}}
	o.left, o.slots = o.bounds.Requests, make(chan struct{}, o.bounds.AtOnce)
	o.transport = &http.Transport{
		DialContext:            publicDial(resolve, o.bounds.Total),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    o.bounds.Total,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    o.bounds.AtOnce,
		IdleConnTimeout:        30 * time.Second,
	}
	return o, nil
}

// Close gives idle connections back.
func (o *Outbound) Close() { o.transport.CloseIdleConnections() }

// Announce shows what is about to be sent.
func (o *Outbound) Announce(plan []checks.Intent) {
	o.mu.Lock()
	left := o.left
	o.mu.Unlock()
	if o.announce != nil {
		o.announce(plan, left)
	}
}

// Send sends a request unless its answer is known, or shares the one that is under way.
func (o *Outbound) Send(ctx context.Context, r checks.OutboundRequest) (*checks.OutboundResponse, error) {
	u, err := outboundURL(r)
	if err != nil {
		return nil, err
	}
	key := digestOf(r)
	o.mu.Lock()
	a, known := o.memo[key]
	if !known {
		a = &reply{done: make(chan struct{})}
		o.memo[key] = a
	}
	o.mu.Unlock()
	if known {
		select {
		case <-a.done:
			return a.response, a.err
		case <-ctx.Done():
			return nil, unsent(u, "the run was interrupted", checks.RetrySafe)
		}
	}
	a.response, a.err = o.take(ctx, u, r)
	close(a.done)
	return a.response, a.err
}

// outboundURL refuses what must not be sent, without a word of the request in the error.
func outboundURL(r checks.OutboundRequest) (*url.URL, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, unsent(&url.URL{}, "a URL that is not https, or names no host", checks.RetryUseless)
	}
	for name, values := range r.Header {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHostHeader(u.Host) || slices.ContainsFunc(values, func(v string) bool { return !httpguts.ValidHeaderFieldValue(v) }) {
			return nil, unsent(u, "a header that HTTP cannot carry", checks.RetryUseless)
		}
	}
	return u, nil
}

// unsent is a request that was not answered. It blinds nothing: the finding stands as it is.
func unsent(u *url.URL, actual string, retry checks.Retry) *checks.Problem {
	return &checks.Problem{Op: "ask the provider", Where: u.Host, Expected: "an answer about the token", Actual: actual, Retry: retry}
}

// digestOf tells requests apart.
func digestOf(r checks.OutboundRequest) [sha256.Size]byte {
	var b bytes.Buffer
	part := func(s string) { b.WriteString(strconv.Itoa(len(s)) + ":" + s) }
	part(r.Method)
	part(r.URL)
	part(r.Body)
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		part(name)
		part(strings.Join(r.Header[name], "\n"))
	}
	return sha256.Sum256(b.Bytes())
}
