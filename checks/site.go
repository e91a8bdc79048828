package checks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Role is what a page of a site is for. It decides how the page is asked for and what its answer should be.
type Role string

// Roles, in the order in which pages are asked for. Pages of RoleAuthenticated and RoleLogout are asked for with the
// credentials that were given for them, all others without.
const (
	RolePublic        Role = "public"
	RoleLogin         Role = "login"         // where visitors sign in
	RoleAuthenticated Role = "authenticated" // what a signed-in user sees
	RoleNotFound      Role = "not-found"     // a path that the site does not have
	RoleError         Role = "error"         // a path that answers with an error
	RoleLogout        Role = "logout"        // ends the session, so it is asked for last
)

// Roles lists the roles in the order in which pages are asked for.
func Roles() []Role {
	return []Role{RolePublic, RoleLogin, RoleAuthenticated, RoleNotFound, RoleError, RoleLogout}
}

// SignedIn reports whether pages of the role are asked for with the credentials of a signed-in user.
func (r Role) SignedIn() bool { return r == RoleAuthenticated || r == RoleLogout }

// Page is a page of a site: a path, asked for in a role.
type Page struct {
	Role Role
	Path string // begins with "/"; with its query
}

// String is the page as a user writes it: "/pricing", "login=/login".
func (p Page) String() string {
	if p.Role == RolePublic {
		return p.Path
	}
	return string(p.Role) + "=" + p.Path
}

// ParsePage reads a page as a user writes it.
func ParsePage(text string) (Page, error) {
	role, path, named := strings.Cut(text, "=")
	if !named || strings.HasPrefix(text, "/") {
		role, path = string(RolePublic), text
	}
	p := Page{Role(role), path}
	switch {
	case !slices.Contains(Roles(), p.Role):
		return Page{}, fmt.Errorf("%q: expected a path, or a role of %v and a path, such as login=/login", text, Roles())
	case !strings.HasPrefix(path, "/"):
		return Page{}, fmt.Errorf("%q: expected a path that begins with \"/\"", text)
	}
	return p, nil
}

// Site is a live target. It is the only way a check sends anything, and it bounds time, bytes and requests.
// Every answer is remembered, so checks that ask the same thing cost one request.
type Site interface {
	// URL is the base that was given.
	URL() *url.URL
	// Pages are the pages to audit in the order of their roles: at least one public page, and one that the site does
	// not have.
	Pages() []Page
	// Visit fetches a page as its role asks. Redirects on the same host are followed, but for a page that does not
	// exist, an error and a logout, whose own answer counts. The error is a *Problem when nothing could be fetched.
	// A check visits a logout in Pass.Last only, after which the credentials may be worth nothing.
	Visit(ctx context.Context, page Page) (*Exchange, error)
	// Paths are the paths of the public pages and the logins, at least one.
	Paths() []string
	// Page visits the page of Paths with that path.
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
	// Remember returns what make returned for the key before, and calls it the first time. What checks read of an answer
	// is remembered so, until the audit of the site ends.
	Remember(key any, make func() any) any
	// Active reports whether the user opted into that kind of active probe, such as "declare".
	Active(probe string) bool
}

// Request is one request to the site.
type Request struct {
	Method string      // "" means GET
	Path   string      // with its query; resolved against the site's URL
	Header http.Header // added to the site's own
	Body   string
	Role   Role // whose credentials go along; "" means none
}

// Exchange is a request and its answer.
type Exchange struct {
	Role   Role // of the page that was visited; "" for other requests
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
	Version string // "TLS 1.3"
	// NotBefore and NotAfter are the certificate's; zero where they are not known.
	NotBefore time.Time `json:",omitzero"`
	NotAfter  time.Time
	// Faults are why a browser would refuse the certificate. Only a user who asks for that gets answers behind such one.
	Faults []CertificateFault `json:",omitempty"`
}

// CertificateFault is one thing wrong with a certificate.
type CertificateFault struct {
	Kind   string // "expired", "not-yet-valid", "wrong-name", "self-signed", "unknown-authority" or "invalid"
	Detail string // what was found: "a certificate that expired on 2026-01-31"
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
	// Body is written after Data while the answer is read. What is left of it is not written once a final answer begins.
	// First then counts from its end.
	Body []RawPiece
}

// RawPiece is a part of a body that is written at once.
type RawPiece struct {
	Data string
	Wait time.Duration // for an answer, before the next piece
}

// RawExchange is what came back on a raw connection.
type RawExchange struct {
	Data   []byte // at most 64 KiB
	Closed bool   // the peer closed or reset the connection
	Sent   int    // bytes written
	Pieces int    // pieces of the body whose writing began
	Body   int    // bytes of them that were written, which Sent counts too
}

// SeenPage is what a page answered, for a table of pages and headers.
type SeenPage struct {
	Role    Role                `json:"role"`
	Path    string              `json:"path"`
	URL     string              `json:"url,omitempty"` // of the answer, after redirects
	Status  int                 `json:"status,omitempty"`
	Proto   string              `json:"proto,omitempty"`
	Class   string              `json:"class,omitempty"`   // what a browser does with the answer: "HTML page", "redirect", ...
	Headers map[string][]string `json:"headers,omitempty"` // the security headers, shortened, in order of arrival
	Missing []string            `json:"missing,omitempty"` // those that other pages have and that would matter here
	Problem string              `json:"problem,omitempty"` // why the page could not be judged
}
