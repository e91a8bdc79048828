package headers

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// serverMistakes finds directives that do something else than they seem to, whatever the header is that they send.
func serverMistakes() *checks.Check {
	return &checks.Check{
		ID:    "headers/server-mistakes",
		Title: "Server directives do what they seem to",
		Why: "A header that never reaches the browser, or that a visitor can write into, protects nobody, and the " +
			"configuration looks as if it did.",
		Fix:        "Write the value on one line and from fixed text, and attach what is defined.",
		Expected:   "Every header directive is in force, on one line, and takes nothing from the request that a visitor can break lines with.",
		Rollback:   "Restore the directive; the answers are those from before.",
		Absent:     "No web server's configuration was found",
		References: []string{"RFC 9112 section 5 (obsolete line folding)", "CWE-113", "CWE-22"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "multi-line", Title: "The value spans lines", Severity: checks.Low,
				Fix: "Write the value on one line; put a long policy together with `set $csp \"${csp} ...\";`."},
			{ID: "content-type-added", Title: "add_header adds a second Content-Type", Severity: checks.Low,
				Fix: "Use default_type or types, which set the one Content-Type."},
			{ID: "response-splitting", Title: "A decoded part of the request is written into a header or a request",
				Fix: "Use $request_uri, which stays encoded, instead of $uri or $document_uri; let a pattern capture only what belongs there, such as [a-z0-9-]+."},
			{ID: "alias-traversal", Title: "A location without a closing slash has an alias with one",
				Fix: "End both the location and its alias with a slash."},
			{ID: "in-trailer", Title: "The header is sent behind the body, where no browser reads it", Severity: checks.Medium, Fix: "Use add_header."},
			{ID: "unattached", Title: "No router uses the middleware", Severity: checks.Medium, Fix: "Name the middleware in the router, or remove it."},
		},
		Entry: seeEnabled,
		Tree:  judgeServerMistakes,
	}
}

func judgeServerMistakes(p *checks.Pass) error {
	in := audited(p)
	seen := map[checks.Place]bool{}
	for _, s := range p.Scopes("nginx", "traefik", "ingress-nginx") {
		if !in(s.Place.Path) {
			continue
		}
		found := false
		for _, set := range s.Settings {
			rule, message := mistakeOf(s, set)
			if found = found || rule != ""; rule == "" || seen[set.Place] {
				continue
			}
			seen[set.Place] = true
			p.Fail(checks.Finding{Rule: rule, Subject: s.Subject(), Place: set.Place, Attribute: set.Name, Expected: "a directive that does what it seems to",
				Actual: oneLine(set.Name + " " + set.Raw), Message: message})
		}
		if !found {
			p.OK(s.Subject())
		}
	}
	return nil
}

// mistakeOf names the rule that a setting breaks in its own scope, and what comes of it.
func mistakeOf(s *checks.Scope, set checks.Setting) (rule, message string) {
	added := strings.HasPrefix(set.Name, "add_header ")
	switch {
	case set.Has("unattached"):
		return "unattached", s.Name + " is named by no router, so " + set.Header + " is not sent"
	case set.Inherited:
		return "", ""
	case strings.HasPrefix(set.Name, "add_trailer ") && slices.Contains(trailerless, set.Header):
		return "in-trailer", set.Header + " is sent behind the body: browsers take it from the head alone"
	case (added || strings.HasPrefix(set.Name, "more_set_headers ")) && strings.ContainsAny(set.Raw, "\r\n"):
		return "multi-line", "The value of " + set.Header + " has line breaks: HTTP/2 clients refuse the whole answer and proxies may cut the header, or nginx writes spaces in their place, by version"
	case added && set.Header == "Content-Type":
		return "content-type-added", "The answer gets a second Content-Type: browsers take the last they understand and proxies the first, so a file can be shown as what it is not"
	case set.Name == "proxy_pass" && decoded.MatchString(set.Raw) && !strings.Contains(s.Name, "location = "):
		return "response-splitting", "A visitor writes %20HTTP/1.1%0d%0a into the path: nginx decodes it in this variable and he writes a request of his own to the server behind"
	case splits(set) && captured(s, set):
		return "response-splitting", "A visitor writes %0d%0a into the part of the path that the location's pattern captures: it is decoded, and he adds header lines, such as cookies, to the answer of whoever follows his link"
	case splits(set) && decoded.MatchString(set.Raw) && !strings.Contains(s.Name, "location = "):
		return "response-splitting", "A visitor writes %0d%0a into the path: nginx decodes it in this variable and he adds header lines, such as cookies, to the answer of whoever follows his link"
	case set.Name == "alias" && traverses(s, set):
		return "alias-traversal", "A request for the location's path followed by ../ leaves the alias: anyone reads the files beside it"
	}
	return "", ""
}

// trailerless are headers that mean nothing in a trailer.
var trailerless = []string{stsHeader, cspHeader, xfoHeader, nosniffHeader, referrerHeader, permissionsHeader, coopHeader}

// decoded are nginx's variables that hold the path without its percent signs.
var decoded = regexp.MustCompile(`\$\{?(uri|document_uri)\b`)

// splits reports whether what the setting takes goes into a header: its value, or a redirect's target.
func splits(set checks.Setting) bool {
	if set.Name == "return" {
		code, target, _ := strings.Cut(set.Raw, " ")
		return target == "" || strings.HasPrefix(code, "30")
	}
	return strings.HasPrefix(set.Name, "add_header ") || strings.HasPrefix(set.Name, "more_set_headers ")
}

// captured reports whether the setting takes a group of the location's own pattern that line breaks fit into: one with a
// class of all but some characters ("[^/]*"), since "." is no line break in PCRE.
func captured(s *checks.Scope, set checks.Setting) bool {
	modifier, pattern := locationPattern(s)
	if s.Kind != "location" || !strings.HasPrefix(modifier, "~") || !strings.Contains(set.Raw, "$") {
		return false
	}
	re, err := syntax.Parse(pattern, syntax.Perl&^syntax.DotNL)
	if err != nil {
		return false // of a kind that Go does not know, such as one that looks ahead
	}
	return slices.ContainsFunc(groups(re), func(group *syntax.Regexp) bool {
		used := regexp.MustCompile(`\$\{?(` + strconv.Itoa(group.Cap) + `|` + cmp.Or(regexp.QuoteMeta(group.Name), "0") + `)([^0-9A-Za-z_]|$)`)
		return used.MatchString(set.Raw) && breaksLines(group)
	})
}

func groups(re *syntax.Regexp) (out []*syntax.Regexp) {
	if re.Op == syntax.OpCapture {
		out = append(out, re)
	}
	for _, sub := range re.Sub {
		out = append(out, groups(sub)...)
	}
	return out
}

// breaksLines reports whether a part of the pattern matches a line feed.
func breaksLines(re *syntax.Regexp) bool {
	if re.Op == syntax.OpAnyChar || (re.Op == syntax.OpCharClass || re.Op == syntax.OpLiteral) && slices.Contains(re.Rune, '\n') {
		return true
	}
	for i := 0; re.Op == syntax.OpCharClass && i+1 < len(re.Rune); i += 2 {
		if re.Rune[i] <= '\n' && '\n' <= re.Rune[i+1] {
			return true
		}
	}
	return slices.ContainsFunc(re.Sub, breaksLines)
}

// traverses reports whether "location /files { alias /srv/files/; }" lets /files../ out of the directory.
func traverses(s *checks.Scope, alias checks.Setting) bool {
	if s.Kind != "location" || !strings.HasSuffix(alias.Raw, "/") {
		return false
	}
	words := strings.Fields(s.Name[strings.LastIndex(s.Name, "location ")+len("location "):])
	prefix := words[len(words)-1]
	return (len(words) == 1 || words[0] == "^~") && strings.HasPrefix(prefix, "/") && !strings.HasSuffix(prefix, "/")
}
