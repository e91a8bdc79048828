package target

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// pagesOf lists the pages to audit, by role: the base's own, those given, and one that the site does not have.
func (s *Site) pagesOf(given []string) ([]checks.Page, error) {
	pages := []checks.Page{{Role: checks.RolePublic, Path: s.base.RequestURI()}}
	missing := false
	for _, text := range given {
		page, err := checks.ParsePage(text)
		if err == nil {
			_, err = s.resolve(page.Path)
		}
		if err != nil {
			return nil, &checks.Problem{Op: "read the path", Expected: `a path on the site that begins with "/", or a role and such a path (login=/login)`,
				Actual: text, Retry: checks.RetryUseless}
		}
		missing = missing || page.Role == checks.RoleNotFound
		if page.Role == checks.RoleLogin && page.Path == pages[0].Path {
			pages[0].Role = checks.RoleLogin // the URL itself is the login
		}
		if !slices.Contains(pages, page) {
			pages = append(pages, page)
		}
	}
	if !missing {
		pages = append(pages, checks.Page{Role: checks.RoleNotFound, Path: probe.MissingPath(s.base)})
	}
	roles := checks.Roles()
	slices.SortStableFunc(pages[1:], func(a, b checks.Page) int {
		return cmp.Compare(slices.Index(roles, a.Role), slices.Index(roles, b.Role))
	})
	return pages, nil
}

// Pages are the pages to audit: the URL's own first, then the others by role.
func (s *Site) Pages() []checks.Page { return slices.Clone(s.pages) }

// Paths are the paths of the public pages and the logins.
func (s *Site) Paths() (out []string) {
	for _, page := range s.pages {
		if (page.Role == checks.RolePublic || page.Role == checks.RoleLogin) && !slices.Contains(out, page.Path) {
			out = append(out, page.Path)
		}
	}
	return out
}

// Page visits a page without credentials: the login where there is one of that path, else a public page.
func (s *Site) Page(ctx context.Context, path string) (*checks.Exchange, error) {
	page := checks.Page{Role: checks.RoleLogin, Path: path}
	if !slices.Contains(s.pages, page) {
		page.Role = checks.RolePublic
	}
	return s.Visit(ctx, page)
}

// Visit fetches a page as its role asks and says where the answer is not what the role promises.
func (s *Site) Visit(ctx context.Context, page checks.Page) (*checks.Exchange, error) {
	asked, err := s.resolve(page.Path)
	if err != nil {
		return nil, err
	}
	m := message{method: http.MethodGet, url: asked, signedIn: page.Role.SignedIn()}
	var x *checks.Exchange
	switch page.Role {
	case checks.RoleNotFound, checks.RoleError, checks.RoleLogout: // another page's headers say nothing of this one
		x, err = s.first(ctx, m)
	default:
		x, err = s.followed(ctx, m)
	}
	if err != nil {
		return nil, err
	}
	x.Role = page.Role
	if x.Doubt == nil {
		x.Doubt = doubtVisit(x, asked, s.facts(x), page == s.pages[0])
	}
	return x, nil
}

// Visited are the answers of the pages that were asked for so far, in their order. A page whose answer is missing or
// in doubt has the problem in place of headers. Nothing is sent.
func (s *Site) Visited(ctx context.Context, see func(checks.Page, *checks.Exchange, error)) {
	for _, page := range s.pages {
		u, err := s.resolve(page.Path)
		if err != nil {
			continue
		}
		s.mu.Lock()
		_, known := s.memo[message{method: http.MethodGet, url: u, signedIn: page.Role.SignedIn()}.key()]
		s.mu.Unlock()
		if known {
			x, err := s.Visit(ctx, page) // from memory, as are the redirects that were followed
			see(page, x, err)
		}
	}
}

// Remember returns what make returned for the key before. Two that ask at once may both call it; one value is kept.
func (s *Site) Remember(key any, make func() any) any {
	if v, ok := s.read.Load(key); ok {
		return v
	}
	v, _ := s.read.LoadOrStore(key, make())
	return v
}

// first is the answer to one message.
func (s *Site) first(ctx context.Context, m message) (*checks.Exchange, error) {
	x, err := s.fetch(ctx, m)
	if err != nil {
		return nil, err
	}
	out := *x
	return &out, nil
}

// credentialsMissing is a page of a signed-in role that nothing was given for.
func credentialsMissing(where, variable string) *checks.Problem {
	return &checks.Problem{Op: "sign in to", Where: where, Expected: "credentials for authenticated and logout pages",
		Actual: "none: set " + variable + "='Cookie: NAME=VALUE' in the environment, or pass --auth-header", Retry: checks.RetryUseless, Blind: true}
}
