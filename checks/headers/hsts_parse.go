package headers

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// sts is what a browser takes from one Strict-Transport-Security header (RFC 6797, 6.1).
type sts struct {
	maxAge     time.Duration
	subDomains bool
	preload    bool     // a directive of the preload lists, unknown to RFC 6797
	unknown    []string // other directives, which browsers ignore, as written
	slips      []string // what browsers put up with, and the preload list's checker does not
}

// maxSTS bounds max-age: longer than any browser keeps it, and what a time.Duration holds.
const maxSTS = 100 * 365 * 24 * time.Hour

// maxUnknown bounds the unknown directives that are kept of one header.
const maxUnknown = 10

var stsDirectives = []string{"max-age", "includesubdomains", "preload"}

// parseHSTS reads the header as RFC 6797, 6.1 has it: directives are case-insensitive and appear at most once, values
// are tokens or quoted strings, unknown directives are ignored, repeated ones too. why is what makes a browser ignore the whole header.
func parseHSTS(value string) (s sts, why string) {
	if strings.Trim(value, " \t") == "" {
		return sts{}, "the value is empty"
	}
	seen := map[string]bool{}
	for d := (stsDirective{tail: value, more: true}); d.more; {
		if d, why = nextDirective(d.tail); why != "" {
			return sts{}, why
		}
		name := strings.ToLower(d.name)
		switch {
		case name == "":
			s.slip("an empty directive")
			continue
		case seen[name] && slices.Contains(stsDirectives[:2], name):
			return sts{}, d.name + " is given twice"
		case seen[name]: // Chromium and Firefox count those that RFC 6797 defines
			if name == "preload" {
				s.slip("preload is given twice")
			}
			continue
		}
		seen[name] = true
		if why = s.take(name, d); why != "" {
			return sts{}, why
		}
	}
	if !seen["max-age"] {
		for _, name := range s.unknown {
			if closest(strings.ToLower(name), stsDirectives[:1]) != "" {
				return sts{}, "max-age is missing, and " + name + " means nothing"
			}
		}
		return sts{}, "max-age is missing"
	}
	return s, ""
}

// take applies one directive.
func (s *sts) take(name string, d stsDirective) (why string) {
	switch name {
	case "max-age":
		if !digits(d.arg) {
			return "max-age is not a whole number of seconds"
		}
		if len(d.arg) > 1 && d.arg[0] == '0' {
			s.slip("max-age begins with a zero")
		}
		age, err := strconv.ParseUint(d.arg, 10, 63)
		s.maxAge = time.Duration(min(age, uint64(maxSTS/time.Second))) * time.Second
		if err != nil { // too large for a number: the range is all that ParseUint can complain of here
			s.maxAge = maxSTS
		}
	case "includesubdomains":
		if d.hasArg {
			return "includeSubDomains takes no value"
		}
		s.subDomains = true
	case "preload":
		if s.preload = !d.hasArg; d.hasArg {
			s.slip("preload takes no value")
		}
	default:
		if len(s.unknown) < maxUnknown {
			s.unknown = append(s.unknown, d.name)
		}
	}
	return ""
}

func (s *sts) slip(what string) {
	if !slices.Contains(s.slips, what) {
		s.slips = append(s.slips, what)
	}
}

// stsDirective is one directive, which may be empty, and what follows it.
type stsDirective struct {
	name, arg string
	hasArg    bool
	tail      string
	more      bool // a ";" followed
}

// nextDirective takes one directive from the front of text. why is what breaks the grammar.
func nextDirective(text string) (d stsDirective, why string) {
	d.name, text = token(trimLeft(text))
	text = trimLeft(text)
	if after, ok := strings.CutPrefix(text, "="); ok && d.name != "" {
		d.hasArg, text = true, trimLeft(after)
		if strings.HasPrefix(text, `"`) {
			d.arg, text, ok = quoted(text)
		} else {
			d.arg, text = token(text)
			ok = d.arg != ""
		}
		if !ok {
			return d, "the value of " + d.name + " is malformed" + curly(text)
		}
		text = trimLeft(text)
	}
	if text == "" {
		return d, ""
	}
	if d.tail, d.more = strings.CutPrefix(text, ";"); d.more {
		return d, ""
	}
	switch {
	case text[0] == ',':
		return d, "a comma stands where directives are separated by semicolons, as where two servers send the header and a proxy joins the lines"
	case text[0] == '"' && d.name == "":
		return d, "quotes stand around the header's own text"
	}
	_, size := utf8.DecodeRuneInString(text)
	return d, "unexpected " + strconv.Quote(text[:size]) + " between directives" + curly(text)
}

// curly explains quotation marks that a word processor made of straight ones.
func curly(text string) string {
	if strings.HasPrefix(text, "“") || strings.HasPrefix(text, "”") || strings.HasPrefix(text, "‘") || strings.HasPrefix(text, "’") {
		return ": a curly quote is no quote"
	}
	return ""
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
