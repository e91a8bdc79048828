package target

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hardcheck/checks"
)

// ActiveProbes are the kinds of active probes that a user can opt into.
var ActiveProbes = []string{"declare", "drip", "body", "parts", "headers", "slow", "gzip", "canary"}

// SiteOptions says how a site is reached and what may be sent to it. The zero value is a passive audit of the
// URL's own path with the default bounds.
type SiteOptions struct {
	Version  string   // of this program, for the User-Agent
	Paths    []string // pages to audit besides the URL's own, as checks.ParsePage reads them
	Active   []string // the active probes that the user opted into, of ActiveProbes
	Owned    []string // public hosts that the user says are theirs, for active probes that leave something behind
	Headers  []string // "Name: value", sent to the URL's own scheme, host and port only
	SignedIn []string // "Name: value", sent where Headers are, and for pages of a signed-in role only
	User     string   // basic authentication, sent where Headers are
	Password string
	// SignedInFrom is the environment variable that SignedIn comes from, for the problem where there is nothing in it.
	SignedInFrom string
	Resolve      []string       // "host:port:address" or "host:port:address:port", instead of the name service
	CAFile       string         // PEM certificates trusted besides the system's
	Roots        *x509.CertPool // what TrustedRoots returned, in place of CAFile; nil for the system's
	Insecure     bool           // accept every certificate; what is wrong with it stands in checks.TLSState
	// PlainPort is the port that Plain asks when the URL's scheme is https; 0 means 80.
	PlainPort int
	Bounds    SiteBounds
	Record    *Recorder // keeps every exchange, or nil
}

// SiteBounds limits what a site can cost. A zero field means its default.
type SiteBounds struct {
	Connect   time.Duration // of a connection: 10 s
	Handshake time.Duration // of TLS: 10 s
	Header    time.Duration // until the answer's header is complete: 15 s
	Total     time.Duration // of one request with its body: 30 s
	Site      time.Duration // of all requests together: 5 min
	Gap       time.Duration // between two raw connections: 200 ms
	Body      int           // bytes kept of a body, after decompression: 2 MiB
	Bodies    int           // bytes kept of all bodies: 16 MiB; those that follow are kept up to 64 KiB each
	HeaderLen int64         // bytes of an answer's header: 256 KiB
	Redirects int           // followed for one page: 10
	Requests  int           // sent in all: 40, 20 for each page and 30 for each active probe
}

func (b SiteBounds) withDefaults(pages, probes int) SiteBounds {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&b.Connect, 10*time.Second)
	set(&b.Handshake, 10*time.Second)
	set(&b.Header, 15*time.Second)
	set(&b.Total, 30*time.Second)
	set(&b.Site, 5*time.Minute)
	set(&b.Gap, 200*time.Millisecond)
	if b.Body <= 0 {
		b.Body = 2 << 20
	}
	if b.Bodies <= 0 {
		b.Bodies = 16 << 20
	}
	if b.HeaderLen <= 0 {
		b.HeaderLen = 256 << 10
	}
	if b.Redirects <= 0 {
		b.Redirects = 10
	}
	if b.Requests <= 0 {
		b.Requests = 40 + 20*pages + 30*probes
	}
	return b
}

// Site is a live site, or the recording of one. It implements checks.Site and is safe for concurrent use.
type Site struct {
	base   *url.URL
	plain  *url.URL
	pages  []checks.Page
	active []string
	bounds SiteBounds
	wire   wire
	sent   *budget

	mu   sync.Mutex
	memo map[string]*answer
	read sync.Map // what was read of answers, by Remember
}

var _ checks.Site = (*Site)(nil)

// wire carries messages: to a server, or to a recording of one. Errors are *checks.Problem.
type wire interface {
	exchange(context.Context, message) (*checks.Exchange, error)
	raw(context.Context, checks.RawRequest) (*checks.RawExchange, error)
	close()
}

// message is one request without what the wire adds: the user's headers and credentials.
type message struct {
	method   string
	url      *url.URL
	header   http.Header
	body     string
	signedIn bool // with the credentials of a signed-in user
}

// key tells messages apart: method, URL, whose credentials go along, headers in alphabetical order and body.
func (m message) key() string {
	var b strings.Builder
	b.WriteString(m.method + " " + m.url.String())
	if m.signedIn {
		b.WriteString(" signed in")
	}
	names := make([]string, 0, len(m.header))
	for name := range m.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range m.header[name] {
			b.WriteString("\n" + name + ": " + v)
		}
	}
	b.WriteString("\n\n" + m.body)
	return b.String()
}

// answer is what a message brought, remembered.
type answer struct {
	done     chan struct{}
	exchange *checks.Exchange
	err      error
}

// budget counts what was sent.
type budget struct {
	used atomic.Int64
	most int64
}

// spend takes one request from the budget.
func (b *budget) spend(where string) error {
	if b.used.Add(1) <= b.most {
		return nil
	}
	b.used.Add(-1)
	return &checks.Problem{Op: "send a request to", Where: where, Blind: true, Retry: checks.RetryUseless,
		Expected: "at most " + strconv.FormatInt(b.most, 10) + " requests to one site", Actual: "the budget is used up"}
}

// OpenSite prepares the audit of a live site. Nothing is sent yet.
func OpenSite(rawURL string, o SiteOptions) (*Site, error) {
	s, err := newSite(rawURL, o)
	if err != nil {
		return nil, err
	}
	live, err := newLiveWire(s, o)
	if err != nil {
		return nil, err
	}
	s.wire = live
	if o.Record != nil {
		o.Record.start(s, live.secrets)
		s.wire = &recordingWire{live, o.Record}
	}
	return s, nil
}

// newSite is the site without its wire.
func newSite(rawURL string, o SiteOptions) (*Site, error) {
	base, err := parseBase(rawURL)
	if err != nil {
		return nil, err
	}
	for _, probe := range o.Active {
		if !slices.Contains(ActiveProbes, probe) {
			return nil, &checks.Problem{Op: "turn on the active probe", Expected: "one of " + strings.Join(ActiveProbes, ", "),
				Actual: strconv.Quote(probe), Retry: checks.RetryUseless}
		}
	}
	s := &Site{base: base, active: o.Active, memo: map[string]*answer{}}
	if s.pages, err = s.pagesOf(o.Paths); err != nil {
		return nil, err
	}
	s.bounds = o.Bounds.withDefaults(len(s.pages), len(o.Active))
	s.sent = &budget{most: int64(s.bounds.Requests)}
	s.plain = plainOf(base, o.PlainPort)
	return s, nil
}

// URL is the site's base.
func (s *Site) URL() *url.URL { u := *s.base; return &u }

// Active reports whether the user opted into that kind of active probe.
func (s *Site) Active(probe string) bool { return slices.Contains(s.active, probe) }

// Requests is how many requests were sent, redirects and raw connections among them.
func (s *Site) Requests() int64 { return s.sent.used.Load() }

// Close gives idle connections back.
func (s *Site) Close() { s.wire.close() }
