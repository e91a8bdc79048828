package target

import (
	"context"
	"crypto/sha256"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hardcheck/checks"
)

// resolve turns a path into a URL of the site, and refuses what leads off it.
func (s *Site) resolve(path string) (*url.URL, error) {
	ref, err := url.Parse(path)
	if err == nil && !ref.IsAbs() && ref.Host == "" && ref.User == nil {
		u := s.base.ResolveReference(ref)
		u.Fragment, u.RawFragment = "", ""
		return u, nil
	}
	return nil, &checks.Problem{Op: "resolve the path", Expected: "a path on the site", Actual: strconv.Quote(path),
		Where: s.base.String(), Retry: checks.RetryUseless, Blind: true}
}

// Do sends one request to the site and follows nothing. Doubt is set for answers that are not the application's
// (401, 403, 407, 429, 5xx, a wall); a check that asks for errors heeds it as it sees fit.
func (s *Site) Do(ctx context.Context, r checks.Request) (*checks.Exchange, error) {
	u, err := s.resolve(r.Path)
	if err != nil {
		return nil, err
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	x, err := s.fetch(ctx, message{method: method, url: u, header: r.Header, body: r.Body, signedIn: r.Role.SignedIn()})
	if err != nil {
		return nil, err
	}
	out := *x
	out.Doubt = doubtStatus(x, false)
	if out.Doubt == nil {
		out.Doubt = doubtContent(x, s.facts(x))
	}
	return &out, nil
}

// Plain fetches the first path over http and follows nothing.
func (s *Site) Plain(ctx context.Context) (*checks.Exchange, error) {
	x, err := s.fetch(ctx, message{method: http.MethodGet, url: s.plain})
	if err != nil {
		return nil, err
	}
	out := *x
	if out.Doubt = doubtStatus(x, false); out.Doubt == nil {
		out.Doubt = doubtContent(x, s.facts(x))
	}
	return &out, nil
}

// Reach fetches a URL of the site's registrable domain and follows nothing.
func (s *Site) Reach(ctx context.Context, rawURL string) (*checks.Exchange, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !s.sibling(u.Hostname()) {
		return nil, &checks.Problem{Op: "reach", Expected: "a URL of the site's own domain", Actual: strconv.QuoteToASCII(clip(rawURL, 200)),
			Where: s.base.String(), Retry: checks.RetryUseless, Blind: true}
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	return s.fetch(ctx, message{method: http.MethodGet, url: u})
}

// sibling reports whether a host is the site's, or shares its registrable domain (the Public Suffix List).
func (s *Site) sibling(host string) bool {
	own := s.base.Hostname()
	if strings.EqualFold(host, own) {
		return true
	}
	if net.ParseIP(own) != nil || net.ParseIP(host) != nil {
		return false
	}
	mine, err1 := publicsuffix.EffectiveTLDPlusOne(own)
	theirs, err2 := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host))
	return err1 == nil && err2 == nil && mine == theirs
}

// followed is the answer at the end of the redirects that stay on the host. Doubt is set where they do not end there.
func (s *Site) followed(ctx context.Context, m message) (*checks.Exchange, error) {
	seen, chain := map[string]bool{}, []checks.Hop(nil)
	for {
		seen[m.url.String()] = true
		x, err := s.fetch(ctx, m)
		if err != nil {
			return nil, err
		}
		out := *x
		out.Chain = chain
		next, doubt := s.follow(x, m.url)
		switch {
		case doubt != nil:
			out.Doubt = doubt
			return &out, nil
		case next == nil:
			return &out, nil
		case seen[next.String()]:
			out.Doubt = doubtful(x, "redirects that come to an end", "a redirect loop through "+clip(next.String(), 200))
			return &out, nil
		case len(chain) >= s.bounds.Redirects:
			out.Doubt = doubtful(x, "at most "+strconv.Itoa(s.bounds.Redirects)+" redirects", "another redirect to "+clip(next.String(), 200))
			return &out, nil
		}
		chain = append(chain, checks.Hop{URL: x.URL, Status: x.Status, Location: x.Header.Get("Location"), Header: x.Header})
		m.url = next
	}
}

// follow returns where the answer redirects to, nil where it does not, or why the redirect is not followed.
func (s *Site) follow(x *checks.Exchange, from *url.URL) (*url.URL, *checks.Problem) {
	switch x.Status {
	case 301, 302, 303, 307, 308:
	default:
		return nil, nil
	}
	location := x.Header.Get("Location")
	if location == "" {
		return nil, nil
	}
	next, err := from.Parse(location)
	if err != nil || next.Hostname() == "" || next.Scheme != "http" && next.Scheme != "https" {
		return nil, doubtful(x, "a redirect to an http or https URL", "Location: "+strconv.QuoteToASCII(clip(location, 200)))
	}
	next.User, next.Fragment, next.RawFragment = nil, "", ""
	if next.Path == "" {
		next.Path = "/"
	}
	if s.known(next) {
		return next, nil
	}
	return nil, doubtful(x, "an answer from "+s.base.Host, "a redirect to "+
		clip((&url.URL{Scheme: next.Scheme, Host: next.Host}).String(), 200)+", which is not followed: audit that URL instead")
}

// known reports whether a URL is on the site: its own origin, the one that Plain asks, or the https side of an
// http site.
func (s *Site) known(u *url.URL) bool {
	if sameOrigin(u, s.base) || sameOrigin(u, s.plain) {
		return true
	}
	return s.base.Scheme == "http" && u.Scheme == "https" && strings.EqualFold(u.Hostname(), s.base.Hostname())
}

// fetch sends a message unless its answer is known. Callers that ask the same thing at once share one request.
func (s *Site) fetch(ctx context.Context, m message) (*checks.Exchange, error) {
	key := m.key()
	s.mu.Lock()
	a, known := s.memo[key]
	if !known {
		a = &answer{done: make(chan struct{})}
		s.memo[key] = a
	}
	s.mu.Unlock()
	if known {
		select {
		case <-a.done:
			return a.exchange, a.err
		case <-ctx.Done():
			return nil, interrupted(m.url.String())
		}
	}
	if a.exchange, a.err = s.wire.exchange(ctx, m); a.err == nil {
		s.shareBody(a.exchange)
	}
	if ctx.Err() != nil {
		s.mu.Lock()
		delete(s.memo, key) // an interrupted request has no answer to remember
		s.mu.Unlock()
	}
	close(a.done)
	return a.exchange, a.err
}

// shareBody keeps one copy of bodies that are alike, as those of paths that a site does not have mostly are, so that they
// are held and read once.
func (s *Site) shareBody(x *checks.Exchange) {
	if len(x.Body) > 0 {
		x.Body = s.Remember(sha256.Sum256(x.Body), func() any { return x.Body }).([]byte)
	}
}

// Raw writes bytes to a connection of its own. It is for the active probes that the user opted into.
func (s *Site) Raw(ctx context.Context, r checks.RawRequest) (*checks.RawExchange, error) {
	return s.wire.raw(ctx, r)
}

func clip(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return strings.ToValidUTF8(text[:size], "") + "..."
}
