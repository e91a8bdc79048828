package headers

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/headers/csp"
)

func integrity() *checks.Check {
	h := headerCheck{judge: judgeIntegrity}
	return &checks.Check{
		ID:    "headers/subresource-integrity",
		Title: "Scripts of foreign hosts are pinned by their hash",
		Why: "Whoever takes over the foreign host, its account or its domain runs script in every visitor's session here; " +
			"it happened to large CDNs. With a hash the browser refuses what was changed.",
		Fix: "Serve the file yourself, or add `integrity=\"sha384-…\" crossorigin=\"anonymous\"` with the hash of the exact version " +
			"(`openssl dgst -sha384 -binary FILE | openssl base64 -A`).",
		Expected:   "Every script and stylesheet of another site carries a valid integrity attribute that the browser can check.",
		Rollback:   "Remove the attribute, or pin the version that the host serves now.",
		Absent:     "No HTML page was audited",
		References: []string{"Subresource Integrity (W3C)", "CWE-353", "CWE-829", "ASVS 3.6.1"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "unpinned-script", Title: "A foreign script has no integrity attribute"},
			{ID: "unpinned-style", Title: "A foreign stylesheet has no integrity attribute", Severity: checks.Low},
			{ID: "cannot-be-pinned", Title: "A foreign script changes too often to be pinned", Severity: checks.Info,
				Fix: "Decide whether the site needs the service; load it in a sandboxed frame on a host of its own where visitors sign in."},
			{ID: "ignored-value", Title: "Browsers ignore the integrity attribute", Fix: "Write sha256-, sha384- or sha512- and the base64 of the digest."},
			{ID: "never-loads", Title: "The browser refuses the file whatever it holds", Severity: checks.Low},
		},
		Site: h.site,
	}
}

const integrityHeader = "Integrity-Policy"

// livingScripts are hosts, or hosts and the beginning of a path, whose files their owners change at any time and tell
// users not to pin.
var livingScripts = []string{
	"www.googletagmanager.com", "www.google-analytics.com", "ssl.google-analytics.com", "maps.googleapis.com", "apis.google.com",
	"accounts.google.com", "www.google.com/recaptcha/", "www.gstatic.com/recaptcha/", "www.recaptcha.net/", "pay.google.com", "fonts.googleapis.com",
	"pagead2.googlesyndication.com", "securepubads.g.doubleclick.net", "translate.google.com", "js.stripe.com", "www.paypal.com/sdk/",
	"www.paypalobjects.com", "connect.facebook.net", "platform.twitter.com", "platform.linkedin.com", "snap.licdn.com", "static.ads-twitter.com",
	"hcaptcha.com", "js.hcaptcha.com", "challenges.cloudflare.com", "static.cloudflareinsights.com", "plausible.io", "js.hs-scripts.com",
	"widget.intercom.io", "static.hotjar.com", "cdn.segment.com", "use.typekit.net", "kit.fontawesome.com", "appleid.cdn-apple.com",
	"www.youtube.com/iframe_api", "player.vimeo.com/api/", "js.braintreegateway.com", "checkout.razorpay.com", "js.squareup.com",
	"cdn.cookielaw.org", "consent.cookiebot.com", "bat.bing.com", "www.clarity.ms",
}

// subresource is a script or stylesheet of a page.
type subresource struct {
	url       *url.URL
	style     bool
	module    bool // fetched with CORS whether the element says so or not
	integrity string
	cors      bool // the element has the attribute crossorigin
}

func judgeIntegrity(_ *checks.Pass, r *response) (j judgement) {
	d := r.document()
	if d == nil {
		j.skip = "only HTML pages load scripts; found: " + string(r.class)
		return j
	}
	at, err := url.Parse(r.answer.URL)
	if err != nil {
		return j
	}
	refused := r.refusedUnpinned()
	seen := map[string]bool{}
	for _, e := range d.elements {
		s, ok := d.subresourceOf(e)
		if len(j.issues) == maxLoads {
			break
		}
		if ok && r.https && s.url.Scheme == "http" && (trustworthy(s.url) || !r.upgrades()) {
			continue // it comes from the visitor's own machine, or the browser blocks it; headers/mixed-content tells
		}
		if !ok || seen[s.url.String()] || s.integrity == "" && slices.Contains(refused, s.kind()) {
			continue
		}
		if i, bad := s.judge(at); bad {
			seen[s.url.String()] = true
			i.attribute = s.url.Scheme + "://" + s.url.Host + s.url.Path
			j.fail(i)
		}
	}
	return j
}

// subresourceOf reads an element that loads a script or a stylesheet. Preloads and hints run nothing.
func (d *document) subresourceOf(e element) (s subresource, ok bool) {
	address := e.attrs["src"]
	switch e.tag {
	case "script":
		s.module = equalASCII(e.attrs["type"], "module")
		if !e.runs() {
			return s, false
		}
	case "link":
		words := strings.Fields(asciiLower(e.attrs["rel"]))
		s.style, s.module = slices.Contains(words, "stylesheet"), slices.Contains(words, "modulepreload")
		if !s.style && !s.module {
			return s, false
		}
		address = e.attrs["href"]
	default:
		return s, false
	}
	s.url = d.resolve(address)
	s.integrity = strings.TrimSpace(e.attrs["integrity"])
	_, s.cors = e.attrs["crossorigin"]
	return s, s.url != nil
}

// runs reports whether a script element is one that the browser runs, and no block of data (HTML, "prepare the script
// element").
func (e element) runs() bool {
	kind := asciiLower(strings.Trim(e.attrs["type"], " \t\n\f\r"))
	return kind == "" || kind == "module" || slices.Contains(javascriptTypes, kind)
}

// judge follows Subresource Integrity, 3.3: metadata without one known digest is as good as none, and the answer to a
// request without CORS cannot be checked, so it is refused.
func (s subresource) judge(page *url.URL) (issue, bool) {
	own := sameSite(page, s.url)
	i := issue{actual: s.integrity, expected: `integrity="sha384-…" crossorigin="anonymous"`}
	known, fits := digests(s.integrity)
	sameOrigin := page.Scheme == s.url.Scheme && page.Host == s.url.Host
	switch {
	case s.integrity != "" && !known:
		i.rule, i.message = "ignored-value", "no digest in it is one that browsers read, so a changed file runs as if nothing were pinned"
	case s.integrity != "" && !fits:
		i.rule, i.message = "never-loads", "the strongest digest has the wrong length for its algorithm, so no file matches it and the browser refuses all"
	case s.integrity != "" && !s.cors && !s.module && !sameOrigin:
		i.rule, i.expected, i.actual = "never-loads", `crossorigin="anonymous"`, "integrity without crossorigin"
		i.message = "without CORS the browser may not look into the file, cannot check the digest and refuses it"
	case s.integrity != "" || own:
		return issue{}, false
	default:
		i.rule, i.actual = "unpinned-script", "no integrity"
		i.message = "whoever takes over " + s.url.Host + " runs script in the visitors' sessions"
		switch {
		case living(s.url):
			i.rule, i.expected = "cannot-be-pinned", "no foreign script where visitors sign in"
			i.message = s.url.Host + " changes its file at any time, so it runs what it likes in the visitors' sessions"
		case s.style:
			i.rule, i.message = "unpinned-style", "whoever takes over "+s.url.Host+" repaints the page and reads what visitors type by attribute selectors"
		}
	}
	return i, true
}

func living(u *url.URL) bool {
	return slices.ContainsFunc(livingScripts, func(known string) bool {
		host, path, _ := strings.Cut(known, "/")
		return asciiLower(u.Host) == host && strings.HasPrefix(strings.TrimPrefix(u.Path, "/"), path)
	})
}

// digestSizes are the algorithms of Subresource Integrity from weak to strong, and the bytes of their digests.
var digestSizes = []struct {
	prefix string
	bytes  int
}{{"sha256-", 32}, {"sha384-", 48}, {"sha512-", 64}}

// digests reads integrity metadata. known: at least one digest that browsers read. fits: one of the strongest of them,
// which are the ones that count, has the length of its algorithm.
func digests(metadata string) (known, fits bool) {
	strongest := -1
	for _, word := range strings.Fields(metadata) {
		word, _, _ = strings.Cut(word, "?")
		for n, d := range digestSizes {
			value, ok := strings.CutPrefix(asciiLower(word[:min(len(word), len(d.prefix))]), d.prefix)
			if !ok || value != "" || len(word) == len(d.prefix) {
				continue
			}
			text := word[len(d.prefix):]
			if !csp.Base64Value(text) || n < strongest {
				continue
			}
			raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "=")))
			right := err == nil && len(raw) == d.bytes
			fits = right || n == strongest && fits
			strongest = n
		}
	}
	return strongest >= 0, fits
}

// kind is the word of Integrity-Policy for the subresource.
func (s subresource) kind() string {
	if s.style {
		return "style"
	}
	return "script"
}

// refusedUnpinned are the kinds of files that an enforced Integrity-Policy makes the browser refuse without integrity.
func (r *response) refusedUnpinned() []string {
	d, err := dictionary(r, integrityHeader)
	if err != nil || slices.Contains(d.Names(), "sources") && !slices.Contains(wordsOf(d, "sources"), "inline") {
		return nil
	}
	return wordsOf(d, "blocked-destinations")
}
