package headers

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// hostInPattern finds a host name in a regular expression, its dots escaped or not.
var hostInPattern = regexp.MustCompile(`[A-Za-z0-9-]+(?:\\?\.[A-Za-z0-9-]+)+`)

// maxPattern bounds the regular expressions that are tried.
const maxPattern = 1000

// lookalike is an origin that a stranger can register and that one of the patterns takes for its own host, or "".
// whole: the framework compares the whole origin (Starlette's fullmatch); else its beginning (Python's re.match).
func lookalike(patterns []string, whole bool) string {
	for _, pattern := range patterns {
		if len(pattern) > maxPattern {
			continue
		}
		re, err := regexp.Compile(`^(?:` + pattern + `)`)
		if whole {
			re, err = regexp.Compile(`^(?:` + pattern + `)$`)
		}
		hosts := hostInPattern.FindAllString(pattern, -1)
		if err != nil || len(hosts) == 0 {
			continue // Python's own syntax, or no host that is written out
		}
		for _, origin := range strangeOrigins(strings.ReplaceAll(hosts[len(hosts)-1], `\`, "")) {
			if re.MatchString(origin) {
				return origin
			}
		}
	}
	return ""
}

// strangeOrigins are origins that only look like the host or one below it.
func strangeOrigins(host string) []string {
	out := []string{"https://hardcheck-probe-" + host, "https://hardcheckprobe" + host,
		"https://" + host + ".hardcheck-probe.example", "https://www." + host + ".hardcheck-probe.example"}
	if first, rest, _ := strings.Cut(host, "."); strings.Contains(rest, ".") {
		out = append(out, "https://"+first+"x"+rest) // an unescaped dot stands for any character
	}
	return out
}

// lookalikeIssue is what a pattern does that a stranger's name matches.
func lookalikeIssue(attribute, actual string) issue {
	return issue{rule: "lookalike-origin", attribute: attribute, expected: "escaped dots and a whole host name", actual: actual,
		message: "whoever registers such a name reads answers with the visitor's cookies",
		fix:     "Begin subdomains with `([a-z0-9-]+\\.)?`, escape every dot, and anchor the pattern with ^ and $."}
}

// originGuard is nginx's condition on the Origin; its pattern may match anywhere in it.
var originGuard = regexp.MustCompile(`\$http_origin ~(\*?) (.+)\)$`)

// lookalikeGuard is a stranger's origin that the condition of an "if" lets through, or "".
func lookalikeGuard(scope string) string {
	m := originGuard.FindStringSubmatch(scope)
	if m == nil {
		return ""
	}
	pattern := strings.Trim(m[2], `"' `)
	if m[1] != "" {
		pattern = "(?i)" + pattern
	}
	return lookalike([]string{".*(?:" + pattern + ")"}, false)
}

// judgeGuards judges nginx's blocks that repeat the Origin where a condition on it holds.
func judgeGuards(p *checks.Pass) {
	in := audited(p)
	for _, s := range p.Scopes("nginx") {
		set, ok := corsSetting(s)
		if s.Kind != "if" || !ok || set.Inherited || !in(s.Place.Path) || !slices.Contains(reflected, strings.Trim(set.Raw, `"'`)) {
			continue
		}
		r := &response{subject: s.Subject(), place: set.Place, layer: s.Layer}
		nginxApply(s, r)
		if origin := lookalikeGuard(s.Name); origin != "" && slices.Equal(r.list(acacHeader), []string{"true"}) {
			r.fail(p, lookalikeIssue(set.Name, "the condition matches "+origin))
		}
	}
}

// originPatterns are the frameworks' settings that name origins by regular expressions.
var originPatterns = []struct {
	layer, patterns, credentials string
	whole                        bool
}{
	{"fastapi", "CORSMiddleware.allow_origin_regex", "CORSMiddleware.allow_credentials", true},
	{"django", "CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ALLOW_CREDENTIALS", false},
	{"django", "CORS_ORIGIN_REGEX_WHITELIST", "CORS_ALLOW_CREDENTIALS", false},
}

// anyOrigin are patterns that match every origin.
var anyOrigin = []string{".*", "^.*$", ".+", "^.+$", "https?://.*", "^https?://.*$", "https://.*", "^https://.*$"}

// judgeOriginPatterns finds patterns that let in more than the hosts they name.
func judgeOriginPatterns(p *checks.Pass, s *checks.Scope) {
	for _, c := range originPatterns {
		set, ok := s.Get(c.patterns)
		if c.layer != s.Layer || !ok || set.Origin == checks.OriginDefault {
			continue
		}
		credentials, _ := s.Get(c.credentials)
		subject := checks.Subject{Kind: "CORS setting", Name: set.Place.String() + " " + c.patterns}
		f := checks.Finding{Subject: subject, Place: set.Place, Attribute: c.patterns}
		list := set.List()
		origin := lookalike(list, c.whole)
		switch all := slices.ContainsFunc(list, func(s string) bool { return slices.Contains(anyOrigin, s) }); {
		case set.Dynamic() || credentials.Dynamic() && (all || origin != ""):
			p.NotApplicable("the origins of " + c.patterns + " are not known until run time")
			continue
		case all && isTrue(credentials):
			f.Rule, f.Expected, f.Actual = "any-origin-credentials", "a list of named origins", c.patterns+" "+set.Raw+" with credentials"
			f.Message = "The regular expression matches any Origin: any web page reads answers with the visitor's cookies"
		case origin != "" && isTrue(credentials):
			i := lookalikeIssue(c.patterns, c.patterns+" matches "+origin)
			f.Rule, f.Expected, f.Actual, f.Message, f.Fix = i.rule, i.expected, i.actual, sentence(i.message), i.fix
		default:
			p.OK(subject)
			continue
		}
		f.Snippet = paste(s, acaoHeader)
		p.Fail(f)
	}
}
