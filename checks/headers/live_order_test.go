package headers

import (
	"context"
	"net/http"
	"net/url"

	"hardcheck/checks"
)

// orderedSite keeps the order in which a site with a session is asked.
type orderedSite struct{ order *[]string }

func (s *orderedSite) answer(path string, role checks.Role) (*checks.Exchange, error) {
	if role.SignedIn() {
		*s.order = append(*s.order, path)
	}
	return &checks.Exchange{Role: role, Method: http.MethodGet, URL: "https://shop.example" + path, Status: http.StatusOK, Proto: "HTTP/2.0",
		Header: http.Header{"Content-Type": {"text/html"}, "Content-Security-Policy": {"script-src 'nonce-AAAAAAAAAAAAAAAAAAAAAA'"}},
		Body:   []byte("<title>Shop</title>"), TLS: &checks.TLSState{Version: "TLS 1.3"}}, nil
}

func (s *orderedSite) URL() *url.URL {
	return &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
}
func (s *orderedSite) Pages() []checks.Page {
	return []checks.Page{{Role: checks.RolePublic, Path: "/"}, {Role: checks.RoleAuthenticated, Path: "/account"}, {Role: checks.RoleNotFound, Path: "/nothing"}, {Role: checks.RoleLogout, Path: "/logout"}}
}
func (s *orderedSite) Visit(_ context.Context, p checks.Page) (*checks.Exchange, error) {
	return s.answer(p.Path, p.Role)
}
func (s *orderedSite) Paths() []string { return []string{"/"} }
func (s *orderedSite) Page(_ context.Context, path string) (*checks.Exchange, error) {
	return s.answer(path, checks.RolePublic)
}
func (s *orderedSite) Plain(context.Context) (*checks.Exchange, error) { return s.answer("/", "") }
func (s *orderedSite) Reach(context.Context, string) (*checks.Exchange, error) {
	return s.answer("/", "")
}
func (s *orderedSite) Do(_ context.Context, r checks.Request) (*checks.Exchange, error) {
	return s.answer(r.Path, r.Role)
}
func (s *orderedSite) Raw(context.Context, checks.RawRequest) (*checks.RawExchange, error) {
	return &checks.RawExchange{}, nil
}
func (s *orderedSite) Active(string) bool                  { return false }
func (s *orderedSite) Remember(_ any, make func() any) any { return make() }
