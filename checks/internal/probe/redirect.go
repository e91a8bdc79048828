package probe

import (
	"cmp"
	"net/url"
	"strings"

	"hardcheck/checks"
)

// answer asks the site, and once more where it sends every path from http to https: what is served stands there.
func answer(p *checks.Pass, r checks.Request) (*checks.Exchange, error) {
	x, err := p.Site().Do(p.Context(), r)
	if err != nil || !toOtherScheme(x) {
		return x, err
	}
	_, to, _ := redirect(x)
	return p.Site().Reach(p.Context(), to.String())
}

// toOtherScheme reports whether a redirect leads to the same file of the same host, such as from http to https.
func toOtherScheme(x *checks.Exchange) bool {
	from, to, ok := redirect(x)
	return ok && strings.EqualFold(from.Hostname(), to.Hostname()) && from.Path == to.Path && from.Scheme != to.Scheme
}

// Elsewhere is the origin that an answer redirects to where that is another host or port, so that nothing is served
// here; "" where the answer is no redirect or stays.
func Elsewhere(x *checks.Exchange) string {
	from, to, ok := redirect(x)
	if !ok || strings.EqualFold(from.Hostname(), to.Hostname()) && (from.Port() == to.Port() || from.Scheme != to.Scheme) {
		return ""
	}
	return (&url.URL{Scheme: to.Scheme, Host: to.Host}).String()
}

// redirect is where an answer comes from and where it leads.
func redirect(x *checks.Exchange) (from, to *url.URL, ok bool) {
	if x.Status < 300 || x.Status > 399 || x.Header.Get("Location") == "" {
		return nil, nil, false
	}
	from, err := url.Parse(x.URL)
	if err != nil {
		return nil, nil, false
	}
	to, err = from.Parse(x.Header.Get("Location"))
	return from, to, err == nil && to.Hostname() != "" && (to.Scheme == "http" || to.Scheme == "https")
}

// EveryPath says why an answer that leads to another host is not judged where every path leads there; "" where it does not.
func EveryPath(p *checks.Pass, x *checks.Exchange) string {
	to := Elsewhere(x)
	if to == "" {
		return ""
	}
	if missing, err := Missing(p); err != nil || Elsewhere(missing) != to {
		return ""
	}
	return "every path redirects to " + to + ": audit that URL"
}

// Away says why an answer that leads to another host is not judged; "" for one that stays.
func Away(p *checks.Pass, x *checks.Exchange) string {
	to := Elsewhere(x)
	if to == "" {
		return ""
	}
	return cmp.Or(EveryPath(p, x), x.URL+" redirects to "+to+": audit that URL")
}
