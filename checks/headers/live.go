package headers

import (
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// eachExchange hands on the answer of every page but the one that the site does not have. A page that could not be
// judged (nothing fetched, a 403, a login wall) becomes a blind problem, so that the verdict is "could not tell" and the
// others count.
func eachExchange(p *checks.Pass, see func(*checks.Exchange) error) error {
	return eachVisit(p, func(page checks.Page) bool { return page.Role != checks.RoleNotFound }, see)
}

// eachPage hands on the response of every page. What is wrong with several of them in the same way is told once.
func eachPage(p *checks.Pass, see func(*checks.Pass, *response)) error {
	told := &tally{}
	err := eachVisit(p, func(checks.Page) bool { return true }, func(x *checks.Exchange) error {
		known := p.Site().Remember(pageKey{x.Role, x.URL}, func() any { return &knownPage{response: *fetched(x)} }).(*knownPage)
		r := known.copy()
		r.tally = told
		see(p, r)
		known.learn(r)
		return nil
	})
	if slices.ContainsFunc(p.Site().Pages(), isLogout) {
		p.Last(func() error { told.tell(p); return nil })
	} else {
		told.tell(p)
	}
	return err
}

// pageKey tells the responses of a site apart.
type pageKey struct {
	role checks.Role
	url  string
}

// knownPage is the response of a page as it came, read once for all checks, each of which gets a copy to work on.
type knownPage struct {
	mu sync.Mutex
	response
}

func (k *knownPage) copy() *response {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.response
	r.headers = slices.Clone(r.headers)
	return &r
}

// learn keeps the markup that a check read.
func (k *knownPage) learn(r *response) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.markup = r.markup
}

func isLogout(page checks.Page) bool { return page.Role == checks.RoleLogout }

// eachVisit hands on the answers of the wanted pages: logouts after every check saw the others.
func eachVisit(p *checks.Pass, wanted func(checks.Page) bool, see func(*checks.Exchange) error) error {
	for _, page := range p.Site().Pages() {
		visit := func() error {
			x, err := answerOf(p, page)
			if err == nil {
				err = see(x)
			}
			if err != nil {
				return probe.Blind(p, err)
			}
			return nil
		}
		switch {
		case !wanted(page):
		case isLogout(page):
			p.Last(visit)
		default:
			if err := visit(); err != nil {
				return err
			}
		}
	}
	return nil
}

// answerOf is the answer of a page, or the problem that keeps it from being judged.
func answerOf(p *checks.Pass, page checks.Page) (*checks.Exchange, error) {
	x, err := p.Site().Visit(p.Context(), page)
	if err != nil {
		return nil, err
	}
	if x.Doubt != nil && !leadsAway(x) {
		return nil, x.Doubt
	}
	return x, nil
}

// leadsAway reports whether the answer of a public page or a login redirects to another host or port. As a redirect it
// is judged like any other, and headers that matter on pages do not matter on it.
func leadsAway(x *checks.Exchange) bool {
	return (x.Role == checks.RolePublic || x.Role == checks.RoleLogin) && redirects(x) && probe.Elsewhere(x) != ""
}

// fetched turns an exchange into the response that judges see.
func fetched(x *checks.Exchange) *response {
	place := checks.Place{URL: x.URL}
	r := &response{subject: checks.Subject{Kind: "response", Name: pageName(x)}, place: place, https: x.HTTPS(),
		class: classOf(x), live: true, answer: x}
	if !r.https {
		r.plain = "the page came over http, where this is not in force; headers/https-redirect judges that"
	}
	r.headers = fieldsOf(x.Header, place)
	if r.class == htmlPage {
		r.meta = metaTags(x.Body)
	}
	return r
}

// pageName tells a page from the others: its address, and its role where that changes the answer.
func pageName(x *checks.Exchange) string {
	switch x.Role {
	case checks.RoleAuthenticated:
		return x.URL + " (signed in)"
	case checks.RoleNotFound:
		return x.URL + " (a page that does not exist)"
	}
	return x.URL
}

func fieldsOf(h http.Header, place checks.Place) []field {
	var out []field
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, v := range h[name] {
			out = append(out, field{name: canonical(name), value: strings.Trim(v, " \t"), place: place, errorsToo: true})
		}
	}
	return out
}

// classOf reads the class from status and headers. A page that the audit is about is one whatever its status says: a
// browser shows the 404 of an address, and a login that answers 401. Without a Content-Type a browser sniffs the body, for pages only
// where no nosniff is sent (MIME Sniffing, 7); a body that is empty shows nothing.
func classOf(x *checks.Exchange) class {
	switch {
	case x.Status >= 300 && x.Status < 400:
		return redirect
	case x.Status >= 400 && !slices.Contains([]checks.Role{checks.RolePublic, checks.RoleLogin}, x.Role):
		return errorDoc
	}
	if d, _, _ := mime.ParseMediaType(x.Header.Get("Content-Disposition")); d == "attachment" {
		return download
	}
	contentType := x.Header.Get("Content-Type")
	if contentType == "" {
		if len(x.Body) == 0 || strings.EqualFold(x.Header.Get(nosniffHeader), "nosniff") {
			return static
		}
		contentType = http.DetectContentType(x.Body)
	}
	return classOfType(contentType)
}

func classOfType(contentType string) class {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	switch {
	case kind == "", kind == "text/html", kind == "application/xhtml+xml":
		return htmlPage
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return jsonAnswer
	}
	return static
}
