package headers

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// maxVariants bounds the answers that one scope gives by values chosen from lists.
const maxVariants = 64

// variants are the scopes that stand for s when each value that is chosen from a list (nginx's map) is one of the
// list: those that this scope's pages can get. A choice that nothing here tells is left open, so all are judged.
func (f front) variants(s *checks.Scope, names []string) []*checks.Scope {
	var open []checks.Choice // what tells the variants apart
	for _, set := range s.Settings {
		if !slices.Contains(names, set.Header) || len(set.Choices) == 0 {
			continue
		}
		for _, c := range f.reachable(s, set.Choices) {
			if !slices.ContainsFunc(open, func(o checks.Choice) bool { return o.Of == c.Of && o.When == c.When }) {
				open = append(open, c)
			}
		}
	}
	if len(open) == 0 || len(open) > maxVariants {
		return []*checks.Scope{s}
	}
	var out []*checks.Scope
	for _, by := range open {
		one := *s
		one.Settings = slices.Clone(s.Settings)
		for i, set := range one.Settings {
			if slices.Contains(names, set.Header) && len(set.Choices) > 0 {
				one.Settings[i] = chosen(set, f.reachable(s, set.Choices), by)
			}
		}
		out = append(out, &one)
	}
	return out
}

// chosen is the setting with the value that it has when "by" is chosen.
func chosen(set checks.Setting, choices []checks.Choice, by checks.Choice) checks.Setting {
	pick := choices[len(choices)-1] // what holds where no other does comes last
	for _, c := range choices {
		if c.Of == by.Of && c.When == by.When {
			pick = c
		}
	}
	set.Value, set.Origin = pick.Value, checks.OriginSet
	return set
}

// reachable are the choices that pages of the scope can get. Exceptions that leave a header out are meant so.
func (f front) reachable(s *checks.Scope, choices []checks.Choice) []checks.Choice {
	if input, known := f.input(s, choices[0].Of); known {
		return []checks.Choice{matching(choices, input)}
	}
	var out []checks.Choice
	for _, c := range choices {
		if c.Value != "" || c.When == "" {
			out = append(out, c)
		}
	}
	return out
}

// input is what a variable holds while a page of the scope is answered, where the configuration tells.
func (f front) input(s *checks.Scope, variable string) (string, bool) {
	tls := f.tls(s)
	switch strings.Trim(variable, "${}") {
	case "scheme":
		if tls {
			return "https", true
		}
		return "http", true
	case "https":
		if tls {
			return "on", true
		}
		return "", true
	case "sent_http_content_type":
		return "text/html", f.class(s) == htmlPage
	case "status":
		return "200", true
	}
	return "", false
}

// matching is the choice that nginx's map makes: a text without regard to case, then the first pattern, then the
// default, which comes last in the list.
func matching(choices []checks.Choice, input string) checks.Choice {
	for _, c := range choices {
		if c.When != "" && strings.EqualFold(strings.TrimPrefix(c.When, `\`), input) {
			return c
		}
	}
	for _, c := range choices {
		pattern, ok := strings.CutPrefix(c.When, "~")
		if insensitive, cut := strings.CutPrefix(pattern, "*"); cut {
			pattern = "(?i)" + insensitive
		}
		if re, err := regexp.Compile(pattern); ok && err == nil && re.MatchString(input) {
			return c
		}
	}
	return choices[len(choices)-1]
}
