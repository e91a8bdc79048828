package uploads

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/uploads/prober"
)

func deployedLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/deployed-limit",
		Title: "The site holds the body limit that its configuration sets",
		Why: "A limit that stands in the repository and not in front of the application bounds nothing, and everyone who reads the " +
			"configuration believes that it does. A lower one of a layer that nobody looks at breaks uploads in production only.",
		Fix: "Deploy and reload the configuration; if that was done, look at what stands in front (a CDN, a load balancer, another server " +
			"block) and give it the same limit.",
		Expected:   "The largest body that the configuration lets through gets through, and one byte more is refused.",
		Rollback:   "Put the line back to what is deployed, so that the two agree.",
		Absent:     "Needs --active=declare, --active=drip or --active=body: the limit of the site has to be measured",
		References: []string{"CWE-770", "ASVS 5.2.1", "OWASP API4:2023"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "other-limit", Title: "The site refuses at another size than the configuration says"},
			{ID: "not-limited", Title: "The site takes more than the configuration lets through"},
			{ID: "limit-of-another", Title: "The site has a limit that the configuration does not set", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Fix: "Find the layer that refuses, and write its limit down where the others are."},
		},
		Joint: deployedOnSite,
	}
}

func deployedOnSite(p *checks.Pass) error {
	site := p.Site()
	if !slices.ContainsFunc([]string{"declare", "drip", "body"}, site.Active) {
		p.NotApplicable(p.Check.Absent)
		return nil
	}
	outcomes := measure(p).outcomes
	o := &outcomes[len(outcomes)-1]
	says := predict(p, o)
	if len(says) == 0 {
		p.NotApplicable("The tree has no layer whose limit answers " + livePlace(p, o.Path).URL)
		return nil
	}
	compare(p, o, says)
	return nil
}

// prediction is what one chain of the tree says of a path.
type prediction struct {
	limit  limit
	by     *layer  // that decides, or nil for no limit
	atMost bool    // a layer whose limit is not known until run time may hold less
	code   []limit // of the code, which may look at a path that no handler has, or not
}

// predict reads the chains that may answer the path.
func predict(p *checks.Pass, o *prober.Outcome) (out []prediction) {
	for _, c := range chainsFor(p, p.Site().URL(), o.Path) {
		says := prediction{atMost: c.atMost}
		if o.Missing {
			all := c.layers
			c.layers = nil
			for _, l := range all {
				if l.role < roleFramework {
					c.layers = append(c.layers, l)
				} else {
					says.code = append(says.code, l.limit)
				}
			}
		}
		if len(c.layers)+len(says.code) > 0 {
			says.limit, says.by = c.effective(o.Covers(), false)
			out = append(out, says)
		}
	}
	return out
}

// compare holds the measured limit against what the chains say; agreement with one of them is enough.
func compare(p *checks.Pass, o *prober.Outcome, says []prediction) {
	live := o.Limit()
	switch o.Verdict {
	case prober.AuthRequired, prober.RateLimited, prober.Unreachable:
		p.Problem(*untold(p, o, retryOf(o.Verdict)))
		return
	}
	for _, s := range says {
		if s.agrees(o) {
			p.OK(liveSubject(p, o))
			p.Note(fmt.Sprintf("%s: the tree says %s, and the site: %s. See it again: %s", o.Path, s.String(), o.String(), o.Evidence))
			return
		}
	}
	s := says[0]
	f := checks.Finding{Subject: liveSubject(p, o), Place: checks.Place{URL: livePlace(p, o.Path).URL}, Attribute: "body limit", Snippet: again(o),
		Expected: s.String(), Actual: o.String()}
	if s.by != nil {
		f.Place = s.by.set.Place
		f.Place.URL = livePlace(p, o.Path).URL
	}
	n, exact := live.Limit()
	switch {
	case live.Over == 0 && s.by == nil, live.Over > 0 && !exact && s.by != nil && live.AtLeast <= s.limit.bytes && s.limit.bytes < live.Over:
		p.NotApplicable("The measure is too rough to compare: " + o.String())
		return
	case live.Over == 0 && !o.Reached(s.limit.bytes, s.limit.late):
		p.NotApplicable("The limit of " + s.String() + " is counted as bytes arrive: it shows with --active=body, --upload-path and --max-bytes over it")
		return
	case live.Over == 0:
		f.Rule, f.Message = "not-limited", "configuration says "+s.String()+"; live takes more"
	case s.by == nil:
		f.Rule, f.Message = "limit-of-another", "configuration sets no limit; live refuses at "+checks.FormatSize(n)+guess(n, o)
	default:
		f.Rule, f.Message = "other-limit", "configuration says "+s.String()+"; live refuses at "+sizeText(live)+guess(n, o)
	}
	p.Fail(f)
}

func sizeText(b prober.Bracket) string {
	if n, ok := b.Limit(); ok {
		return checks.FormatSize(n)
	}
	return strings.TrimPrefix(b.String(), "a limit ")
}

func (s *prediction) String() string {
	if s.by == nil {
		return "no limit"
	}
	return checks.FormatSize(s.limit.bytes) + " at " + s.by.set.Place.String() + " (" + s.by.product + " " + s.by.set.Name + ", " + string(s.by.set.Origin) + ")"
}

// agrees reports whether the site does as the chain says: as large a body passes, a byte more is refused. Some products
// refuse the limit itself (aiohttp, Werkzeug), which is no drift.
func (s *prediction) agrees(o *prober.Outcome) bool {
	live := o.Limit()
	switch {
	case live.Over == 0:
		return s.by == nil
	case s.by != nil && same(live, s.limit.bytes):
		return true
	case s.by != nil && live.Over > s.limit.bytes:
		return false
	}
	return s.atMost || slices.ContainsFunc(s.code, func(l limit) bool { return l.known && !l.unlimited && same(live, l.bytes) })
}

// same reports whether the bracket is that limit, or a byte less.
func same(live prober.Bracket, n int64) bool {
	at, known := live.Limit()
	return known && (at == n || at == n-1)
}

// guess names who may hold a limit that the tree does not have.
func guess(n int64, o *prober.Outcome) string {
	text := ""
	for _, d := range edgeDefaults {
		if d.bytes == n {
			text = ": " + d.of
		}
	}
	if o.Who != "" {
		text += " (answered by " + o.Who + ")"
	}
	return text
}

// edgeDefaults are limits by which layers in front are known.
var edgeDefaults = []struct {
	bytes int64
	of    string
}{
	{1 << 20, "the default of nginx and of ingress-nginx, in front"},
	{100 << 20, "the limit of Cloudflare's smaller plans, in front"},
	{10 << 20, "the limit of Amazon API Gateway, in front"},
	{6 << 20, "the limit of AWS Lambda, in front"},
	{32 << 20, "the limit of Google Cloud Run and App Engine, in front"},
	{30000000, "the default of Kestrel and IIS"},
	{1 << 30, "the default of Apache 2.4.54 and later"},
}

// chainsFor are the chains that may answer a path of the site: those whose route fits best, and whose server listens
// there, where a server says where it listens.
func chainsFor(tree *checks.Pass, site *url.URL, path string) []chain {
	all := chainsOf(tree)
	best, out := -1, []chain(nil)
	for _, c := range all {
		n := fits(c.route, path)
		switch {
		case n < 0 || n < best:
		case n > best:
			best, out = n, []chain{c}
		default:
			out = append(out, c)
		}
	}
	port := site.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[site.Scheme]
	}
	if here := slices.DeleteFunc(slices.Clone(out), func(c chain) bool { return !listens(c.layers[0].scope, port) }); len(here) > 0 {
		return here
	}
	return out
}

// listens reports whether a scope or one around it says that it listens on a port.
func listens(s *checks.Scope, port string) bool {
	for ; s != nil; s = s.Parent {
		if listensOn(s, port) {
			return true
		}
	}
	return false
}

// regexRank is above the length of every prefix: nginx takes an expression before a prefix.
const regexRank = 1 << 16

// fits ranks how well a route fits a path; -1 where it does not.
func fits(route, path string) int {
	operator, pattern, spaced := strings.Cut(strings.TrimSpace(route), " ")
	if !spaced {
		operator, pattern = "", operator
	}
	switch {
	case operator == "~" || operator == "~*":
		if operator == "~*" {
			pattern = "(?i)" + pattern
		}
		if e, err := regexp.Compile(pattern); err == nil && e.MatchString(path) {
			return regexRank
		}
		return -1
	case operator == "=" && pattern == path, operator == "^~" && strings.HasPrefix(path, pattern):
		return 2 * regexRank
	case operator == "=" || operator == "^~":
		return -1
	case pattern == "" || strings.HasPrefix(path, strings.TrimSuffix(strings.TrimSuffix(pattern, "*"), "/")):
		return len(pattern)
	}
	return -1
}
