package headers

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"hardcheck/checks"
)

func mixedContent() *checks.Check {
	h := headerCheck{judge: judgeMixed}
	return &checks.Check{
		ID:    "headers/mixed-content",
		Title: "Pages over https load and send nothing over http",
		Why: "Everyone on the way reads what a page sends over http, passwords included, and can replace what it loads over http. " +
			"Today's browsers block most of these loads, so the page is broken as well.",
		Fix:        "Write https addresses, and send `Content-Security-Policy: upgrade-insecure-requests` for what is stored in old content.",
		Expected:   "No form, frame, script, style or image of an https page has an http address.",
		Rollback:   "None is needed: browsers block or upgrade the http address already.",
		Absent:     "No HTML page over https was audited",
		References: []string{"Mixed Content (W3C)", "Upgrade Insecure Requests (W3C)", "CWE-311", "CWE-319"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "form-over-http", Title: "A form sends what visitors type over http"},
			{ID: "blocked", Title: "A script, style, frame or set of images has an http address", Severity: checks.Medium},
			{ID: "upgraded", Title: "An image, sound or video has an http address", Severity: checks.Low},
		},
		Site: h.site,
	}
}

// load is an attribute that makes the browser fetch or send something (Mixed Content, 3: upgradable is what browsers
// fetch over https instead, anything else they block).
type load struct {
	tag, attr, rule string
	rels            string // of a link: the relations by which it is loaded
}

var loads = []load{
	{"script", "src", "blocked", ""}, {"iframe", "src", "blocked", ""}, {"frame", "src", "blocked", ""}, {"object", "data", "blocked", ""},
	{"embed", "src", "blocked", ""}, {"track", "src", "blocked", ""}, {"link", "href", "blocked", "stylesheet preload modulepreload manifest prefetch"},
	{"link", "href", "upgraded", "icon"}, {"img", "src", "upgraded", ""}, {"input", "src", "upgraded", ""}, {"audio", "src", "upgraded", ""},
	{"img", "srcset", "blocked", ""}, {"source", "srcset", "blocked", ""}, {"video", "src", "upgraded", ""}, {"video", "poster", "upgraded", ""}, {"source", "src", "upgraded", ""},
	{"form", "action", "form-over-http", ""}, {"button", "formaction", "form-over-http", ""}, {"input", "formaction", "form-over-http", ""},
}

var mixedHarm = map[string]string{
	"form-over-http": "everyone on the way reads and changes what visitors send with this form, and their cookies without Secure",
	"blocked":        "someone on the way puts content of his own in its place in old browsers; today's block it and the page is broken",
	"upgraded":       "someone on the way sees and replaces it in old browsers; today's ask for it over https and show nothing where that fails",
}

func judgeMixed(_ *checks.Pass, r *response) (j judgement) {
	d := r.document()
	switch {
	case d == nil:
		j.skip = "only HTML pages load anything; found: " + string(r.class)
		return j
	case !r.https:
		j.skip = "the page itself came over http; headers/https-redirect judges that"
		return j
	case r.upgrades():
		return j
	}
	seen := map[string]bool{}
	for _, e := range d.elements {
		for _, l := range loads {
			if l.tag != e.tag || e.attrs[l.attr] == "" || !fetches(e, l) {
				continue
			}
			for _, address := range addresses(e, l) {
				u := d.resolve(address)
				if u == nil || u.Scheme != "http" || trustworthy(u) || len(j.issues) == maxLoads {
					continue
				}
				at := "http://" + u.Host + u.Path
				if where := e.tag + " " + at; !seen[where] {
					seen[where] = true
					j.fail(issue{rule: l.rule, attribute: where, expected: "an https address", actual: at, message: mixedHarm[l.rule]})
				}
			}
		}
	}
	return j
}

// addresses are those in an attribute: one, or the candidates of a srcset, in which words that are no address are widths.
func addresses(e element, l load) []string {
	if l.attr != "srcset" {
		return []string{e.attrs[l.attr]}
	}
	return strings.FieldsFunc(e.attrs[l.attr], func(c rune) bool { return c == ',' || c <= ' ' })
}

// maxLoads bounds the findings about what one page loads.
const maxLoads = 50

// fetches reports whether the browser really loads what the attribute names.
func fetches(e element, l load) bool {
	switch {
	case e.tag == "link":
		words := strings.Fields(asciiLower(e.attrs["rel"]))
		return slices.ContainsFunc(words, func(w string) bool {
			return slices.Contains(strings.Fields(l.rels), w)
		})
	case e.tag == "input" && l.attr == "src":
		return equalASCII(e.attrs["type"], "image")
	case e.tag == "form":
		return !equalASCII(e.attrs["method"], "dialog")
	case e.tag == "script":
		return e.runs()
	}
	return true
}

// upgrades reports whether a policy has the browser ask for every http address over https instead. The old
// block-all-mixed-content does nothing in today's browsers.
func (r *response) upgrades() bool {
	return slices.ContainsFunc(r.policies(), func(p csPolicy) bool {
		_, ok := p.get("upgrade-insecure-requests")
		return ok
	})
}

// trustworthy reports whether the host is this machine, which is no network to listen on (Secure Contexts, 3.1).
func trustworthy(u *url.URL) bool {
	host := asciiLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
