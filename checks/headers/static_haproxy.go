package headers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

func haproxyFront() front {
	return front{layer: "haproxy", outer: []string{"frontend", "listen"}, serves: haproxyServes, proxies: haproxyProxies,
		tls: haproxyTLS, class: haproxyClass, apply: haproxyApply}
}

// haproxyServes reports whether a frontend with one of its backends, or a listen section, answers over HTTP.
func haproxyServes(s *checks.Scope) bool {
	mode, _ := s.Get("mode")
	rules := slices.ContainsFunc(s.Settings, func(set checks.Setting) bool { return set.Header != "" })
	if mode.Text() != "http" && (mode.Origin != checks.OriginDefault || !rules) || haproxyAway(s) {
		return false
	}
	if _, stats := s.Get("stats"); stats {
		return false
	}
	if s.Kind == "frontend" {
		return haproxyReturns(s)
	}
	return haproxyProxies(s) || haproxyReturns(s)
}

// haproxyAway reports whether every request is redirected.
func haproxyAway(s *checks.Scope) bool {
	return slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return (set.Name == "http-request redirect" || set.Name == "redirect" && !strings.Contains(set.Raw, " if ") && !strings.Contains(set.Raw, " unless ")) &&
			haproxyAlways(set, &response{https: haproxyTLS(s)})
	})
}

func haproxyAlways(set checks.Setting, r *response) bool {
	holds, known := haproxyHolds(set, r)
	return holds && known
}

// haproxyReturns reports whether HAProxy itself answers every request with content.
func haproxyReturns(s *checks.Scope) bool {
	return slices.ContainsFunc(s.All("http-request return"), func(set checks.Setting) bool {
		return haproxyAlways(set, &response{https: haproxyTLS(s)}) && (!strings.Contains(set.Raw, "status ") || strings.Contains(set.Raw, "status 200"))
	})
}

func haproxyProxies(s *checks.Scope) bool { _, ok := s.Get("server"); return ok }

func haproxyTLS(s *checks.Scope) bool {
	return slices.ContainsFunc(s.All("bind"), func(set checks.Setting) bool {
		words := strings.Fields(set.Raw)
		return slices.Contains(words, "ssl") || len(words) > 0 && strings.HasPrefix(words[0], "quic")
	})
}

// haproxyClass guesses from a backend's name what it serves.
func haproxyClass(s *checks.Scope) class {
	if !haproxyProxies(s) {
		return fixed
	}
	name := s.Name[strings.LastIndex(s.Name, " ")+1:]
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if c := classOfPath("/" + word + "/"); c != htmlPage {
			return c
		}
	}
	return htmlPage
}

// haproxyApply runs the rules in order: on the application's answers all of them, on HAProxy's own those of
// http-after-response.
func haproxyApply(s *checks.Scope, r *response) {
	own := r.made || !haproxyProxies(s)
	if r.made && r.code() != 301 && r.code() != 308 {
		r.add(field{name: "Cache-Control", value: "no-cache", errorsToo: true, place: s.Place})
	}
	for _, set := range s.Settings {
		after := set.Has("always")
		if set.Header == "" || own && !after && !strings.HasPrefix(set.Name, "http-request return hdr ") {
			continue
		}
		holds, known := haproxyHolds(set, r)
		f := fieldOf(set)
		f.errorsToo = true // on those of the application
		switch {
		case !known:
			f.dynamic = true
			r.add(f)
		case holds && strings.HasPrefix(set.Name, "http-request return hdr "):
			if own {
				r.add(f)
			}
		case holds:
			haproxyEdit(set, f, r)
		}
	}
}

func haproxyEdit(set checks.Setting, f field, r *response) {
	switch {
	case set.Has("remove"):
		r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return haproxyNames(set, h.name) })
	case set.Has("append"):
		r.add(f)
	case set.Has("edit"):
		haproxyReplace(set, f.name, r.headers)
	default:
		r.set(f)
	}
}

// haproxyNames reports whether del-header is about that name: "-m" compares its start, its end, a part or a pattern.
func haproxyNames(set checks.Setting, name string) bool {
	a, b := strings.ToLower(name), strings.ToLower(set.Header)
	switch {
	case set.Has("match=beg"):
		return strings.HasPrefix(a, b)
	case set.Has("match=end"):
		return strings.HasSuffix(a, b)
	case set.Has("match=sub"):
		return strings.Contains(a, b)
	case set.Has("match=reg"):
		re, err := regexp.Compile("(?i)" + set.Header)
		return err == nil && re.MatchString(name)
	}
	return a == b
}

// haproxyReplace is replace-header, whose pattern meets the whole line, and replace-value, which goes through the
// elements between commas. Where it matches, what it makes is the whole new value.
func haproxyReplace(set checks.Setting, name string, lines []field) {
	args := set.List()
	var re *regexp.Regexp
	if len(args) == 2 && !set.Dynamic() && !set.Has("every") {
		re, _ = regexp.Compile(args[0])
	}
	for i, h := range lines {
		switch {
		case h.name != name || h.dynamic:
		case re == nil:
			lines[i].value, lines[i].dynamic = "", true
		default:
			if at := re.FindStringSubmatchIndex(h.value); at != nil {
				with := haproxyGroup.ReplaceAllString(args[1], "$${$1}")
				lines[i].value = string(re.ExpandString(nil, with, h.value, at))
			}
		}
	}
}

var (
	haproxyGroup  = regexp.MustCompile(`\\(\d)`)
	haproxyStatus = regexp.MustCompile(`^status (?:(ge|gt|le|lt|eq) )?(\d{3})(?::(\d{3}))?$`)
	haproxyType   = regexp.MustCompile(`^(?:res\.hdr|res\.fhdr|capture\.res\.hdr)\([Cc]ontent-[Tt]ype\) (?:-i )?-m (beg|sub|str|end|found)(?: -i)? ?(\S*)$`)
	haproxyFound  = regexp.MustCompile(`^res\.f?hdr\(([\w-]+)\) -m found$`)
	haproxyTerm   = regexp.MustCompile(`(!?)\s*\{ ([^{}]*) \}|(!?)(TRUE|FALSE)\b`)
)

// haproxyHolds reports whether a rule's condition is met, where it is one of TLS, the status, the type of a page or
// the presence of a header. Several terms have to be met all; those after "or" are not followed.
func haproxyHolds(set checks.Setting, r *response) (holds, known bool) {
	at := slices.IndexFunc(set.Flags, func(f string) bool { return strings.HasPrefix(f, "if=") || strings.HasPrefix(f, "unless=") })
	if at < 0 {
		return true, true
	}
	word, condition, _ := strings.Cut(set.Flags[at], "=")
	terms := haproxyTerm.FindAllStringSubmatch(condition, -1)
	if rest := haproxyTerm.ReplaceAllString(condition, ""); strings.TrimSpace(rest) != "" || len(terms) == 0 {
		return false, false
	}
	holds, known = true, true
	for _, m := range terms {
		met, sure := haproxyMet(m[2]+m[4], r)
		if met = met != (m[1]+m[3] == "!"); sure && !met {
			holds, known = false, true
			break
		}
		known = known && sure
	}
	return holds == (word == "if"), known
}

func haproxyMet(term string, r *response) (met, known bool) {
	term = strings.Join(strings.Fields(term), " ")
	switch term {
	case "ssl_fc", "ssl_fc -m bool 1", "ssl_fc 1":
		return r.https, true
	case "TRUE", "always_true":
		return true, true
	case "FALSE", "always_false":
		return false, true
	}
	if m := haproxyStatus.FindStringSubmatch(term); m != nil {
		return haproxyCode(m, r.code()), true
	}
	if m := haproxyType.FindStringSubmatch(term); m != nil && r.class == htmlPage {
		return m[1] == "found" || strings.Contains("text/html", m[2]), true
	}
	if m := haproxyFound.FindStringSubmatch(term); m != nil {
		return len(r.all(canonical(m[1]))) > 0, true
	}
	return false, false
}

func haproxyCode(m []string, code int) bool {
	low, _ := strconv.Atoi(m[2])
	high, err := strconv.Atoi(m[3])
	if err != nil {
		high = low
	}
	switch m[1] {
	case "ge":
		return code >= low
	case "gt":
		return code > low
	case "le":
		return code <= low
	case "lt":
		return code < low
	}
	return code >= low && code <= high
}
