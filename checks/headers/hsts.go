package headers

import (
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
)

const stsHeader = "Strict-Transport-Security"

func hsts() *checks.Check {
	h := headerCheck{[]string{stsHeader}, judgeHSTS}
	return &checks.Check{
		ID:    "headers/hsts",
		Title: "HTTPS responses carry a long-lived HSTS header",
		Why: "Without HSTS a browser still tries plain http first. Someone on the network path answers that request, " +
			"keeps the victim on http and reads or changes everything, session cookies included.",
		Fix:        "Send `Strict-Transport-Security: max-age=31536000; includeSubDomains` on every https response, once, from the server that ends TLS.",
		Expected:   "Every https response carries HSTS with max-age of at least {min_age} (includeSubDomains: {include_subdomains}).",
		Rollback:   "Send max-age=0 over https for one release: browsers forget the host on their next visit.",
		Absent:     "No https response and no server that ends TLS was found",
		References: []string{"RFC 6797", "CWE-319", "CWE-523"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "missing", Title: "No Strict-Transport-Security on an https response"},
			{ID: "only-over-http", Title: "The header is sent over plain http only, where browsers ignore it"},
			{ID: "invalid", Title: "The header breaks the grammar, so browsers ignore it"},
			{ID: "disabled", Title: "max-age=0 switches HSTS off"},
			{ID: "too-short", Title: "max-age is shorter than required", Severity: checks.Medium},
			{ID: "no-subdomains", Title: "includeSubDomains is missing", Severity: checks.Medium},
			ruleLost, ruleNotAlways,
		},
		Params: []checks.Param{
			{Name: "min_age", Kind: checks.ParamDuration, Default: 180 * 24 * time.Hour, Doc: "The shortest max-age that passes."},
			{Name: "include_subdomains", Kind: checks.ParamBool, Default: false, Doc: "Whether includeSubDomains is required."},
		},
		Site:  hstsOfSite,
		Entry: seeEnabled,
		Tree:  h.tree,
	}
}

// hstsOfSite also looks at what http answers: the header is often set there and forgotten on https.
func hstsOfSite(p *checks.Pass) error {
	return eachPage(p, func(p *checks.Pass, r *response) {
		if r.https && len(r.all(stsHeader)) == 0 {
			if x, err := p.Site().Plain(p.Context()); err == nil && x.Header.Get(stsHeader) != "" {
				r.overHTTP = x.URL
			}
		}
		headerCheck{[]string{stsHeader}, judgeHSTS}.report(p, r)
	})
}

// judgeHSTS judges what a browser remembers. Every class of response counts: a browser takes the header from
// redirects, scripts and error pages alike. Only the first line of the header is processed (RFC 6797, 8.1).
func judgeHSTS(p *checks.Pass, r *response) (j judgement) {
	lines := r.all(stsHeader)
	if !r.https && (r.live || len(lines) == 0) {
		j.skip = r.plain // a configuration that sends it without TLS has the TLS in front of it
		return j
	}
	if r.live && byAddress(r.place.URL) {
		j.skip = "browsers keep HSTS for names, never for addresses (RFC 6797, 8.3)"
		return j
	}
	least := p.Duration("min_age")
	expected := "max-age=" + strconv.FormatInt(int64(least/time.Second), 10) + " or more"
	if r.overHTTP != "" {
		j.fail(issue{rule: "only-over-http", attribute: stsHeader, expected: expected + " over https", actual: "only on " + r.overHTTP,
			message: "browsers ignore the header over http, and https does not send it: anyone on the path keeps the visitor on http"})
		return j
	}
	if len(lines) == 0 {
		j.fail(r.missing(stsHeader, expected, "the first request goes out over http, where anyone on the path can answer it"))
		return j
	}
	value := lines[0].value
	s, why := parseHSTS(value)
	i := issue{attribute: stsHeader, expected: expected, actual: value, place: lines[0].place}
	switch {
	case why != "":
		i.rule, i.message = "invalid", "browsers ignore the whole header: "+why
	case s.maxAge == 0:
		i.rule, i.message = "disabled", "max-age=0 makes browsers forget that the host is https only"
	case s.maxAge < least:
		i.rule, i.message = "too-short", "the protection ends "+checks.FormatDuration(s.maxAge)+" after the last visit, "+checks.FormatDuration(least)+" is required"
	case p.Bool("include_subdomains") && !s.subDomains:
		i.rule, i.expected = "no-subdomains", "includeSubDomains"
		i.message = "an attacker uses any subdomain over http to set or steal cookies of this host"
	default:
		return j
	}
	j.fail(i)
	return j
}

// byAddress reports whether the URL names its host by an IP address.
func byAddress(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && net.ParseIP(u.Hostname()) != nil
}

// sts is a valid Strict-Transport-Security header.
type sts struct {
	maxAge     time.Duration
	subDomains bool
}

// parseHSTS reads the header as RFC 6797, 6.1 has it: directives are case-insensitive and appear at most once, values
// are tokens or quoted strings, unknown directives are ignored. why is what makes a browser ignore the header.
func parseHSTS(value string) (s sts, why string) {
	seen := map[string]bool{}
	for rest := value; ; {
		name, arg, hasArg, tail, more, bad := stsDirective(rest)
		if bad != "" {
			return sts{}, bad
		}
		if name = strings.ToLower(name); name != "" {
			if seen[name] {
				return sts{}, name + " is given twice"
			}
			seen[name] = true
		}
		switch name {
		case "max-age":
			age, err := strconv.ParseUint(arg, 10, 63)
			if !hasArg || !digits(arg) {
				return sts{}, "max-age is not a whole number of seconds"
			}
			if most := uint64(100 * 365 * 24 * time.Hour / time.Second); err != nil || age > most {
				age = most // longer than any browser keeps it, and a time.Duration holds it
			}
			s.maxAge = time.Duration(age) * time.Second
		case "includesubdomains":
			if hasArg {
				return sts{}, "includeSubDomains takes no value"
			}
			s.subDomains = true
		}
		if !more {
			break
		}
		rest = tail
	}
	if !seen["max-age"] {
		return sts{}, "max-age is missing"
	}
	return s, ""
}

// stsDirective takes one directive, which may be empty, from the front of text. more says that a ";" followed it.
func stsDirective(text string) (name, arg string, hasArg bool, tail string, more bool, bad string) {
	name, text = token(trimLeft(text))
	text = trimLeft(text)
	if after, ok := strings.CutPrefix(text, "="); ok && name != "" {
		hasArg = true
		text = trimLeft(after)
		if strings.HasPrefix(text, `"`) {
			arg, text, ok = quoted(text)
		} else {
			arg, text = token(text)
			ok = arg != ""
		}
		if !ok {
			return "", "", false, "", false, "the value of " + name + " is malformed"
		}
		text = trimLeft(text)
	}
	if text == "" {
		return name, arg, hasArg, "", false, ""
	}
	tail, more = strings.CutPrefix(text, ";")
	if !more {
		return "", "", false, "", false, "unexpected " + strconv.Quote(text[:1]) + " between directives"
	}
	return name, arg, hasArg, tail, true, ""
}

func trimLeft(s string) string { return strings.TrimLeft(s, " \t") }

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// token takes a token of RFC 9110, 5.6.2 from the front of s.
func token(s string) (head, tail string) {
	i := 0
	for i < len(s) && tokenByte(s[i]) {
		i++
	}
	return s[:i], s[i:]
}

func tokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// quoted takes a quoted string of RFC 9110, 5.6.4 from the front of s.
func quoted(s string) (content, tail string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
