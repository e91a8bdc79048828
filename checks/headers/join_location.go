package headers

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// nginxLocation finds the location that answers the path: an exact one, else the first pattern that matches unless the
// longest prefix says ^~, else the longest prefix, else the block itself. Locations inside of it are searched alike.
// nil means that a pattern could not be followed.
func nginxLocation(scopes []*checks.Scope, block *checks.Scope, p string) *checks.Scope {
	var longest *checks.Scope
	length, final := -1, false
	var patterns []*checks.Scope
	for _, s := range scopes {
		if s.Kind != "location" || s.Parent != block {
			continue
		}
		modifier, text := locationPattern(s)
		switch {
		case modifier == "=" && text == p:
			return s
		case modifier == "~" || modifier == "~*":
			patterns = append(patterns, s)
		case modifier != "=" && modifier != "@" && strings.HasPrefix(p, text) && len(text) > length:
			longest, length, final = s, len(text), modifier == "^~"
		}
	}
	if longest != nil {
		inside := nginxLocation(scopes, longest, p)
		if inside == nil || inside != longest {
			return inside
		}
	}
	if !final {
		if s, known := firstPattern(patterns, p); s != nil || !known {
			if s == nil {
				return nil
			}
			return nginxLocation(scopes, s, p)
		}
	}
	if longest != nil {
		return longest
	}
	return block
}

// firstPattern is the first location whose pattern matches. The order across included files is not that of the lines,
// and a few of PCRE's constructs are not Go's: then it is not known.
func firstPattern(patterns []*checks.Scope, p string) (s *checks.Scope, known bool) {
	for _, at := range patterns {
		modifier, text := locationPattern(at)
		if modifier == "~*" {
			text = "(?i)" + text
		}
		re, err := regexp.Compile(text)
		switch {
		case err != nil:
			return nil, s != nil && s.Place.Path == at.Place.Path
		case re.MatchString(p) && s == nil:
			s = at
		case re.MatchString(p) && s.Place.Path != at.Place.Path:
			return nil, false
		}
	}
	return s, true
}

// locationPattern divides "server shop.example / location ~* \.css$" into "~*" and "\.css$".
func locationPattern(s *checks.Scope) (modifier, text string) {
	name := s.Name
	if s.Parent != nil { // a file of locations alone has no server around it
		name = strings.TrimPrefix(name, s.Parent.Name+" / ")
	}
	name, _, _ = strings.Cut(name, " in ") // of a server that two configurations share
	words := strings.Fields(strings.TrimPrefix(name, "location "))
	switch {
	case len(words) == 0:
		return "", "/"
	case len(words) == 1 && strings.HasPrefix(words[0], "@"):
		return "@", words[0]
	case len(words) == 1:
		for _, m := range []string{"^~", "~*", "~", "="} {
			if rest, ok := strings.CutPrefix(words[0], m); ok && rest != "" {
				return m, strings.Trim(rest, `"'`)
			}
		}
		return "", strings.Trim(words[0], `"'`)
	}
	return words[0], strings.Trim(strings.Join(words[1:], " "), `"'`)
}

// nginxRewritten finds a rewrite of the server, the location or an if in them that may send the request to another
// location without the visitor seeing it.
func nginxRewritten(scopes []*checks.Scope, server, chosen *checks.Scope, p string) (checks.Setting, bool) {
	for _, s := range scopes {
		if s != server && s != chosen && (s.Kind != "if" || s.Parent != server && s.Parent != chosen) {
			continue
		}
		for _, set := range s.All("rewrite") {
			words := strings.Fields(set.Raw)
			if len(words) < 2 || slices.Contains([]string{"redirect", "permanent", "break"}, words[len(words)-1]) || strings.HasPrefix(words[1], "http") {
				continue
			}
			if re, err := regexp.Compile(strings.Trim(words[0], `"'`)); err != nil || re.MatchString(p) {
				return set, true
			}
		}
	}
	return checks.Setting{}, false
}

// nginxRedirected are the other locations that may answer: an error page, a directory's index and the fall-back of
// try_files are searched anew. Which file there is, the tree does not tell.
func nginxRedirected(scopes []*checks.Scope, server, chosen *checks.Scope, at asked) (out []*checks.Scope) {
	for _, file := range nginxElsewhere(chosen, at) {
		for _, s := range scopes {
			if s.Kind != "location" || s.Parent != server {
				continue
			}
			if modifier, name := locationPattern(s); modifier == "@" && name == file {
				out = append(out, s)
			}
		}
		if !strings.HasPrefix(file, "/") {
			continue
		}
		if s := nginxLocation(scopes, server, path.Clean(file)); s != nil && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// nginxElsewhere are the paths and named locations to which a location may lead internally.
func nginxElsewhere(chosen *checks.Scope, at asked) (next []string) {
	for _, set := range chosen.All("error_page") {
		if words := strings.Fields(set.Raw); len(words) > 1 && slices.Contains(words, strconv.Itoa(at.status)) {
			next = append(next, words[len(words)-1])
		}
	}
	if _, returns := chosen.Get("return"); returns || nginxProxies(chosen) {
		return next
	}
	if strings.HasSuffix(at.path, "/") {
		set, _ := chosen.Get("index")
		for _, file := range append(strings.Fields(set.Raw), "index.html") {
			next = append(next, at.path+strings.TrimPrefix(file, "/"))
		}
	}
	for _, set := range chosen.All("try_files") {
		for _, file := range strings.Fields(set.Raw) {
			file, _, _ = strings.Cut(strings.ReplaceAll(file, "$uri", strings.TrimSuffix(at.path, "/")), "?")
			next = append(next, strings.TrimSuffix(file, "$is_args$args"))
		}
	}
	return next
}
