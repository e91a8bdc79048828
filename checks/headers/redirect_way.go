package headers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// maxHops bounds the redirects that are followed. Browsers give up after 20 (Fetch, HTTP-redirect fetch); people sooner.
const maxHops = 10

// way is what a visitor meets who types the site's name: the answer over http and every answer that it leads to.
type way struct {
	answers []*checks.Exchange
	// next is where the last answer redirects to without being followed, "" where it is the end; stop says why.
	next, stop string
}

const (
	stopLoop    = "the redirects lead back to an address before"
	stopTooMany = "there are too many redirects"
	stopUnread  = "the Location is no http or https address"
)

// wayIn follows the redirects from what http answers, as a browser without a memory would. An error of which
// checks.NotServed is true says that http is not served.
func wayIn(p *checks.Pass) (way, error) {
	x, err := p.Site().Plain(p.Context())
	if err != nil {
		return way{}, err
	}
	if len(x.Chain) > 0 { // followed already
		hop := x.Chain[0]
		x = &checks.Exchange{URL: hop.URL, Status: hop.Status, Header: hop.Header}
	}
	w := way{answers: []*checks.Exchange{x}}
	for seen := map[string]bool{}; ; {
		x = w.last()
		seen[x.URL] = true
		if !redirects(x) {
			return w, nil
		}
		next, ok := location(x)
		switch {
		case !ok:
			w.next, w.stop = x.Header.Get("Location"), stopUnread
		case seen[next.String()]:
			w.next, w.stop = next.String(), stopLoop
		case len(w.answers) > maxHops:
			w.next, w.stop = next.String(), stopTooMany
		default:
			if x, err = p.Site().Reach(p.Context(), next.String()); err == nil {
				w.answers = append(w.answers, x)
				continue
			}
			w.next, w.stop = next.String(), err.Error()
		}
		return w, nil
	}
}

// redirects reports whether a browser follows the answer somewhere else (Fetch, "redirect status").
func redirects(x *checks.Exchange) bool {
	switch x.Status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return x.Header.Get("Location") != ""
	}
	return false
}

// location is where the answer redirects to. A browser reads a backslash as a slash and drops what stands around it.
func location(x *checks.Exchange) (*url.URL, bool) {
	from, err := url.Parse(x.URL)
	if err != nil {
		return nil, false
	}
	text := strings.Trim(x.Header.Get("Location"), " \t")
	path, query, asked := strings.Cut(text, "?")
	if text = strings.ReplaceAll(path, `\`, "/"); asked {
		text += "?" + query
	}
	to, err := from.Parse(text)
	if err != nil || to.Hostname() == "" || to.Scheme != "http" && to.Scheme != "https" {
		return nil, false
	}
	to.Fragment, to.RawFragment = "", ""
	if to.Path == "" {
		to.Path = "/"
	}
	return to, true
}

func (w way) last() *checks.Exchange { return w.answers[len(w.answers)-1] }

// String shows every hop: "http://shop.example/ (301) > https://shop.example/ (200)".
func (w way) String() string {
	var b strings.Builder
	for i, x := range w.answers {
		if i > 0 {
			b.WriteString(" > ")
		}
		b.WriteString(x.URL + " (" + strconv.Itoa(x.Status) + ")")
	}
	if w.next != "" {
		b.WriteString(" > " + w.next)
	}
	return b.String()
}

// steps are the redirects of the way: each answer with the address that it leads to.
func (w way) steps() []step {
	var out []step
	for _, x := range w.answers {
		if to, ok := location(x); ok && redirects(x) {
			out = append(out, step{x, to})
		}
	}
	return out
}

// step is one redirect.
type step struct {
	from *checks.Exchange
	to   *url.URL
}

// downgrades reports whether the redirect leads from https to http.
func (s step) downgrades() bool {
	return strings.HasPrefix(s.from.URL, "https:") && s.to.Scheme == "http"
}

// host is the host that redirects.
func (s step) host() string {
	u, err := url.Parse(s.from.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
