package target

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"hardcheck/checks"
)

// atOnce bounds the requests under way to one site.
const atOnce = 4

// maxSilent bounds the requests that a site may leave without an answer before nothing more is sent to it.
const maxSilent = 2

// liveWire sends messages to the server. It alone holds what the user gave to send along. It goes straight to the
// host, past any proxy of the environment, which would answer in the host's place.
type liveWire struct {
	site         *Site
	agent        string
	own          http.Header // the user's headers and credentials: for the base's origin only
	signedIn     http.Header // of a signed-in user: for the base's origin and for messages that ask for it
	secrets      []string    // never written to a recording
	signedInFrom string
	resolve      map[string]string
	tls          *tls.Config
	dialer       net.Dialer
	transport    *http.Transport
	slots        chan struct{}
	guarded      bool         // the base's host is not connected to at a public address
	public       atomic.Bool  // the base's host was reached at a public address
	silent       atomic.Int32 // requests to the base's host that timed out since its last answer
	kept         atomic.Int64 // bytes of bodies
	begun        sync.Once
	end          time.Time // nothing is sent after it

	rawMu   sync.Mutex
	lastRaw time.Time
}

func newLiveWire(s *Site, o SiteOptions) (*liveWire, error) {
	w := &liveWire{site: s, agent: userAgent(o.Version), signedInFrom: cmp.Or(o.SignedInFrom, "HARDCHECK_AUTH_HEADER"), slots: make(chan struct{}, atOnce),
		dialer: net.Dialer{Timeout: s.bounds.Connect}, guarded: guarded(o, s.base.Hostname())}
	var err error
	if w.own, w.signedIn, w.secrets, err = ownHeaders(o); err != nil {
		return nil, err
	}
	if w.resolve, err = parseResolve(o.Resolve); err != nil {
		return nil, err
	}
	// Old protocol versions are accepted here so that a check can see and report them.
	w.tls = &tls.Config{MinVersion: tls.VersionTLS10, InsecureSkipVerify: o.Insecure}
	if w.tls.RootCAs = o.Roots; o.CAFile != "" {
		if w.tls.RootCAs, err = TrustedRoots(o.CAFile); err != nil {
			return nil, err
		}
	}
	w.transport = &http.Transport{
		DialContext:            w.dial,
		TLSClientConfig:        w.tls,
		TLSHandshakeTimeout:    s.bounds.Handshake,
		ResponseHeaderTimeout:  s.bounds.Header,
		MaxResponseHeaderBytes: s.bounds.HeaderLen,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    atOnce,
		IdleConnTimeout:        30 * time.Second,
	}
	return w, nil
}

func userAgent(version string) string {
	if version == "" {
		version = "dev"
	}
	return "hardcheck/" + version + " (+security audit)"
}

func (w *liveWire) close() { w.transport.CloseIdleConnections() }

// dial connects to host:port, or to where the user said that it is. A site on the public internet leads nobody to a
// private address by a redirect to a sibling of its name.
func (w *liveWire) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	own := strings.EqualFold(host, w.site.base.Hostname())
	dialer := w.dialer
	if own && w.guarded {
		dialer.Control = refusePublic
	}
	if to, ok := w.resolve[strings.ToLower(addr)]; ok {
		addr = to
	} else if !own && w.public.Load() {
		dialer.Control = refusePrivate
	}
	conn, err := dialer.DialContext(ctx, network, addr)
	if err == nil && own {
		ap, _ := netip.ParseAddrPort(conn.RemoteAddr().String())
		w.public.Store(public(ap.Addr()))
	}
	return conn, err
}

// exchange sends the message, twice where the connection was lost before an answer and asking again is safe.
func (w *liveWire) exchange(ctx context.Context, m message) (*checks.Exchange, error) {
	select {
	case w.slots <- struct{}{}:
		defer func() { <-w.slots }()
	case <-ctx.Done():
		return nil, interrupted(m.url.String())
	}
	if m.signedIn && len(w.signedIn) == 0 {
		return nil, credentialsMissing(m.url.String(), w.signedInFrom)
	}
	w.begun.Do(func() { w.end = time.Now().Add(w.site.bounds.Site) })
	if time.Now().After(w.end) {
		return nil, &checks.Problem{Op: "fetch", Where: m.url.String(), Expected: "answers to all requests within " + w.site.bounds.Site.String(),
			Actual: "a site that was too slow before: it is not asked again", Retry: checks.RetrySafe, Blind: true}
	}
	if sameOrigin(m.url, w.site.base) && w.silent.Load() >= maxSilent {
		return nil, &checks.Problem{Op: "fetch", Where: m.url.String(), Expected: "an HTTP answer",
			Actual: "silence before: the site left requests unanswered, so it is not asked again", Retry: checks.RetrySafe, Blind: true}
	}
	x, err := w.once(ctx, m)
	w.heed(m, err)
	if err != nil && ctx.Err() == nil && lostConnection(err) && (m.method == http.MethodGet || m.method == http.MethodHead) {
		x, err = w.once(ctx, m)
	}
	if err != nil {
		return nil, explain(ctx, m.url.String(), err, w.site.bounds)
	}
	return x, nil
}

// heed counts the requests to the base's origin that time out, so that a silent site costs two waits and not one for
// every question.
func (w *liveWire) heed(m message, err error) {
	switch {
	case !sameOrigin(m.url, w.site.base):
	case err == nil:
		w.silent.Store(0)
	case isTimeout(err):
		w.silent.Add(1)
	}
}

func lostConnection(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE)
}

func (w *liveWire) once(ctx context.Context, m message) (*checks.Exchange, error) {
	if err := w.site.sent.spend(m.url.String()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, w.site.bounds.Total)
	defer cancel()
	var body io.Reader
	if m.body != "" {
		body = strings.NewReader(m.body)
	}
	req, err := http.NewRequestWithContext(ctx, m.method, m.url.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", w.agent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	addHeaders(req.Header, m.header)
	if sameOrigin(m.url, w.site.base) {
		addHeaders(req.Header, w.own)
		if m.signedIn {
			addHeaders(req.Header, w.signedIn)
		}
	}
	resp, err := w.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols { // its body is the connection, which never ends
		return nil, &checks.Problem{Op: "fetch", Where: m.url.String(), Expected: "an HTTP answer", Actual: "a switch to another protocol that was not asked for",
			Retry: checks.RetryUseless, Blind: true}
	}
	x := &checks.Exchange{Method: m.method, URL: m.url.String(), Status: resp.StatusCode, Proto: resp.Proto,
		Header: resp.Header, TLS: w.tlsState(resp.TLS, m.url.Hostname())}
	if err := w.readBody(x, resp.Body); err != nil {
		return nil, bodyError{err}
	}
	return x, nil
}

// leastBody is what is kept of a body, in bytes, when the bodies before it used up the bound for all.
const leastBody = 64 << 10

func (w *liveWire) readBody(x *checks.Exchange, body io.Reader) error {
	most := min(w.site.bounds.Body, max(leastBody, w.site.bounds.Bodies-int(w.kept.Load())))
	data, err := io.ReadAll(io.LimitReader(body, int64(most)+1))
	if x.Cut = len(data) > most; x.Cut {
		data, err = data[:most], nil
	}
	w.kept.Add(int64(len(data)))
	x.Body = slices.Clip(data)
	return err
}

// bodyError is a failure after the header arrived. It hides what it wraps from lostConnection: the request was
// answered, so it is not sent again.
type bodyError struct{ err error }

func (e bodyError) Error() string { return "the body broke off: " + e.err.Error() }

// Timeout keeps a slow body apart from a broken one.
func (e bodyError) Timeout() bool { return isTimeout(e.err) }

func addHeaders(to, from http.Header) {
	for name, values := range from {
		to[name] = append([]string(nil), values...)
	}
}

// TrustedRoots are the system's certificates and those of the file, or nil for the system's alone.
func TrustedRoots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, &checks.Problem{Op: "read the CA file", Expected: "PEM certificates", Actual: err.Error(), Where: file, Retry: checks.RetryUseless}
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, &checks.Problem{Op: "read the CA file", Expected: "PEM certificates", Actual: "none", Where: file, Retry: checks.RetryUseless}
	}
	return roots, nil
}

// basicAuth is the value of an Authorization header.
func basicAuth(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func validPort(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && n >= 1 && n <= 65535
}
