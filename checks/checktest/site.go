package checktest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"hardcheck/checks"
)

// site answers from a fixture's sections.
type site struct {
	base    *url.URL
	pages   []checks.Page
	active  []string
	answers []answer
	tls     checks.TLSState
}

// fixtureCredentials is what requests of a signed-in role carry.
const fixtureCredentials = "fixture"

// answer is one recorded response and the request it belongs to.
type answer struct {
	method, url string
	when        http.Header // fields that the request must carry
	refused     bool
	response    checks.Exchange
}

func newSite(t *testing.T, f *fixture) *site {
	t.Helper()
	base, err := url.Parse(f.url)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{base: base, pages: f.pages, active: f.active, tls: f.tls}
	for _, section := range f.files {
		if !strings.Contains(section.Name, "://") {
			continue
		}
		a, err := parseAnswer(section)
		if err != nil {
			t.Fatalf("section %q: %v", section.Name, err)
		}
		s.answers = append(s.answers, a)
	}
	// The answer that asks for most is tried first.
	slices.SortStableFunc(s.answers, func(a, b answer) int { return len(b.when) - len(a.when) })
	return s
}

func parseAnswer(section txtar.File) (answer, error) {
	method, rest, _ := strings.Cut(section.Name, " ")
	address, fields, _ := strings.Cut(rest, " ")
	a := answer{method: method, url: address, when: http.Header{}}
	if fields == "refused" {
		a.refused = true
		return a, nil
	}
	if name, value, ok := strings.Cut(fields, ":"); ok {
		a.when.Set(name, strings.TrimSpace(value))
	}
	head, body, _ := bytes.Cut(bytes.ReplaceAll(section.Data, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	r := textproto.NewReader(bufio.NewReader(io.MultiReader(bytes.NewReader(head), strings.NewReader("\n\n"))))
	line, err := r.ReadLine()
	if err != nil {
		return a, err
	}
	if _, err := fmt.Sscanf(line, "%s %d", &a.response.Proto, &a.response.Status); err != nil {
		return a, fmt.Errorf("status line %q: %w", line, err)
	}
	header, err := r.ReadMIMEHeader()
	if err != nil {
		return a, err
	}
	a.response.Method, a.response.URL = method, address
	a.response.Header, a.response.Body = http.Header(header), body
	return a, nil
}

func (s *site) URL() *url.URL        { return s.base }
func (s *site) Pages() []checks.Page { return s.pages }

// Remember forgets: each check reads for itself.
func (s *site) Remember(_ any, make func() any) any { return make() }

func (s *site) Active(probe string) bool  { return slices.Contains(s.active, probe) }
func (s *site) resolve(ref string) string { return resolve(s.base, ref).String() }

func resolve(base *url.URL, ref string) *url.URL {
	u, err := base.Parse(ref)
	if err != nil {
		return base
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u
}

func (s *site) Paths() (out []string) {
	for _, page := range s.pages {
		if page.Role == checks.RolePublic || page.Role == checks.RoleLogin {
			out = append(out, page.Path)
		}
	}
	return out
}

// secured adds the TLS that an https address has.
func (s *site) secured(x *checks.Exchange) *checks.Exchange {
	if strings.HasPrefix(x.URL, "https:") {
		state := s.tls
		x.TLS = &state
	}
	return x
}

func (s *site) ask(method, address string, header http.Header, role checks.Role) (*checks.Exchange, error) {
	if role.SignedIn() {
		header = header.Clone()
		if header == nil {
			header = http.Header{}
		}
		header.Set("Authorization", fixtureCredentials)
	}
	for _, a := range s.answers {
		if a.method != method || resolve(s.base, a.url).String() != address || !carries(header, a.when) {
			continue
		}
		if a.refused {
			return nil, &checks.Problem{Op: checks.OpConnect, Expected: "an answer", Actual: checks.Refused, Retry: checks.RetrySafe, Where: address, Blind: true}
		}
		x := a.response
		return s.secured(&x), nil
	}
	x := &checks.Exchange{Method: method, URL: address, Status: http.StatusNotFound, Proto: "HTTP/1.1",
		Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("not found\n")}
	return s.secured(x), nil
}

func carries(header, when http.Header) bool {
	for name := range when {
		if header.Get(name) != when.Get(name) {
			return false
		}
	}
	return true
}

// Page visits a page without credentials.
func (s *site) Page(_ context.Context, path string) (*checks.Exchange, error) {
	return s.follow(s.resolve(path), "")
}

// Visit follows redirects on the same host where the role asks for that, and tells where the answer is in doubt, as
// the real client does.
func (s *site) Visit(_ context.Context, page checks.Page) (x *checks.Exchange, err error) {
	switch page.Role {
	case checks.RoleNotFound, checks.RoleError, checks.RoleLogout:
		x, err = s.ask(http.MethodGet, s.resolve(page.Path), nil, page.Role)
	default:
		x, err = s.follow(s.resolve(page.Path), page.Role)
	}
	if x != nil {
		x.Role = page.Role
	}
	return x, err
}

// Plain asks the first path over http.
func (s *site) Plain(context.Context) (*checks.Exchange, error) {
	u := resolve(s.base, s.pages[0].Path)
	u.Scheme = "http"
	return s.follow(u.String(), "")
}

func (s *site) follow(address string, role checks.Role) (*checks.Exchange, error) {
	var chain []checks.Hop
	for {
		x, err := s.ask(http.MethodGet, address, nil, role)
		if err != nil {
			return nil, err
		}
		x.Chain = chain
		location := x.Header.Get("Location")
		if x.Status < 300 || x.Status > 399 || location == "" || len(chain) > 10 {
			return doubted(x), nil
		}
		here, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		next := resolve(here, location)
		if next.Hostname() != s.base.Hostname() {
			x.Doubt = &checks.Problem{Op: "fetch", Expected: "the application's own page", Actual: "a redirect to " + next.Host, Retry: checks.RetryUseless, Where: address, Blind: true}
			return x, nil
		}
		chain = append(chain, checks.Hop{URL: address, Status: x.Status, Location: location, Header: x.Header})
		address = next.String()
	}
}

func doubted(x *checks.Exchange) *checks.Exchange {
	if x.Status == 401 || x.Status == 403 || x.Status == 429 || x.Status >= 500 {
		x.Doubt = &checks.Problem{Op: "fetch", Expected: "the application's own page", Actual: fmt.Sprintf("status %d", x.Status), Retry: checks.RetrySafe, Where: x.URL, Blind: true}
	}
	return x
}

// Reach asks for a URL as it is. A host that no section names cannot be reached.
func (s *site) Reach(_ context.Context, rawURL string) (*checks.Exchange, error) {
	u := resolve(s.base, rawURL)
	known := slices.ContainsFunc(s.answers, func(a answer) bool { return resolve(s.base, a.url).Host == u.Host })
	if u.Host != s.base.Host && !known {
		return nil, &checks.Problem{Op: "look up", Expected: "an address of the host", Actual: "the name service says: no such host", Retry: checks.RetryUseless, Where: rawURL, Blind: true}
	}
	return s.ask(http.MethodGet, u.String(), nil, "")
}

// Do sends one request and follows nothing.
func (s *site) Do(_ context.Context, r checks.Request) (*checks.Exchange, error) {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	return s.ask(method, s.resolve(r.Path), r.Header, r.Role)
}

// Raw answers from the section "RAW NAME://probe" whose name is the request's, or else from the section "RAW NAME-N+://probe"
// with the largest N that the number at the end of the request's name reaches.
func (s *site) Raw(_ context.Context, r checks.RawRequest) (*checks.RawExchange, error) {
	best, from := (*answer)(nil), int64(-1)
	for i, a := range s.answers {
		name := strings.TrimSuffix(a.url, "://probe")
		if n := reached(name, r.Name); a.method == "RAW" && n > from {
			best, from = &s.answers[i], n
		}
	}
	if best == nil {
		return &checks.RawExchange{Sent: len(r.Data)}, nil
	}
	head := fmt.Sprintf("%s %d \r\n", best.response.Proto, best.response.Status)
	return &checks.RawExchange{Data: append([]byte(head+"\r\n"), best.response.Body...), Sent: len(r.Data)}, nil
}

// reached is how well a section fits a raw request: best by the same name, else by its number. -1 where it does not.
func reached(section, request string) int64 {
	if section == request {
		return math.MaxInt64
	}
	from, open := strings.CutSuffix(section, "+")
	cut := strings.LastIndexByte(from, '-') + 1
	least, err := strconv.ParseInt(from[cut:], 10, 64)
	number, ok := strings.CutPrefix(request, from[:cut])
	n, notNumber := strconv.ParseInt(number, 10, 64)
	if !open || !ok || err != nil || notNumber != nil || n < least {
		return -1
	}
	return least
}
