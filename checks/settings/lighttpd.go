package settings

import (
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// lighttpdReader reads the response headers that lighttpd's mod_setenv adds: setenv.add-response-header and
// setenv.set-response-header. What is set for some paths is a scope of its own; conditions that tell TLS or the host
// are about the site's pages. An assignment with "=" under a condition replaces the list of that directive outside.
func lighttpdReader() reader {
	return reader{layer: "lighttpd", read: readLighttpd, resolve: standalone, wants: func(e *checks.Entry) bool {
		name := withoutTemplateSuffix(e.Name())
		return e.Mode.IsRegular() && e.Size <= maxConfigSize && path.Ext(name) == ".conf" && (strings.Contains(name, "lighttpd") || pathHas(e.Path, "lighttpd"))
	}}
}

var (
	lighttpdBlock  = regexp.MustCompile(`^(?:else\s+)?\$(SERVER|HTTP|REQUEST|PHYSICAL)\["(\w[\w-]*)"\]\s*(==|=~|!=|!~|=\^|=\$)\s*"((?:[^"\\]|\\.)*)"\s*\{`)
	lighttpdHeader = regexp.MustCompile(`^(setenv\.(?:add|set)-response-header)\s*(\+?=)\s*\(`)
	lighttpdTLS    = regexp.MustCompile(`(?m)^[^#\n]*ssl\.(engine|pemfile)\s*=`)
	lighttpdPair   = regexp.MustCompile(`^\s*,?\s*"([^"]*)"\s*=>\s*"((?:[^"\\]|\\.)*)"`)
)

// lighttpdFile walks a file statement by statement: blocks, and the assignments it knows.
type lighttpdFile struct {
	file  *checks.File
	text  string
	at    int
	open  []string // the path of each open block, "" where it is none
	rules []hostingRule
}

func readLighttpd(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() || !strings.Contains(f.Text(), "setenv.") {
		return nil, nil
	}
	r := lighttpdFile{file: f, text: f.Text()}
	for r.at < len(r.text) && len(r.rules) < maxHeaderRules {
		r.statement()
	}
	if len(r.rules) == 0 {
		return nil, nil
	}
	scopes := hostingScopes("lighttpd", r.rules)
	for _, s := range scopes {
		own := map[string]bool{} // directives that the scope assigns itself
		for _, set := range s.Settings {
			own[firstWord(set.Name)] = own[firstWord(set.Name)] || !set.Inherited
		}
		s.Settings = slices.DeleteFunc(s.Settings, func(set checks.Setting) bool { return set.Inherited && own[firstWord(set.Name)] })
		s.Settings = append(s.Settings, checks.Setting{Layer: "lighttpd", Name: "tls", Value: lighttpdTLS.MatchString(r.text), Origin: checks.OriginSet, Scope: s.Name, Place: s.Place})
	}
	return scopes, nil
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

func (r *lighttpdFile) statement() {
	rest := r.text[r.at:]
	switch c := rest[0]; {
	case c == '#':
		r.at += max(1, len(firstLine(rest)))
	case c == '"':
		r.at += lighttpdString(rest)
	case c == '{':
		r.open = append(r.open, "")
		r.at++
	case c == '}':
		if len(r.open) > 0 {
			r.open = r.open[:len(r.open)-1]
		}
		r.at++
	case c == '$' || strings.HasPrefix(rest, "else"):
		if m := lighttpdBlock.FindStringSubmatch(rest[:min(len(rest), maxLighttpdLine)]); m != nil && len(r.open) < maxXMLDepth {
			r.open = append(r.open, lighttpdPath(m))
			r.at += len(m[0])
			return
		}
		r.at++
	default:
		if m := lighttpdHeader.FindStringSubmatch(rest[:min(len(rest), maxLighttpdLine)]); m != nil && (r.at == 0 || strings.ContainsRune(" \t\n;}{", rune(r.text[r.at-1]))) {
			r.at += len(m[0])
			r.headers(m[1], m[2] == "=" && len(r.open) > 0)
			return
		}
		r.at++
	}
}

const maxLighttpdLine = 4096

func firstLine(text string) string {
	before, _, _ := strings.Cut(text, "\n")
	return before
}

// lighttpdString is the length of the string that text begins with.
func lighttpdString(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// lighttpdPath is the path that a condition is about: every page's for TLS and hosts.
func lighttpdPath(m []string) string {
	switch m[1] + " " + m[2] {
	case "HTTP scheme", "HTTP host", "SERVER socket":
		return ""
	case "HTTP url":
		if m[3][0] == '=' {
			return m[4]
		}
	}
	return "(" + m[1] + " " + m[2] + " " + m[3] + " " + m[4] + ")"
}

func (r *lighttpdFile) headers(directive string, replaces bool) {
	at := "/*"
	for _, p := range r.open {
		if p != "" {
			at = p
		}
	}
	for i := range r.rules {
		if replaces && r.rules[i].path == at {
			r.rules[i].settings = slices.DeleteFunc(r.rules[i].settings, func(s checks.Setting) bool { return firstWord(s.Name) == directive })
		}
	}
	rule := hostingRule{path: at, place: r.file.Place(r.at-1, r.at)}
	for len(rule.settings) < maxOwn {
		m := lighttpdPair.FindStringSubmatchIndex(r.text[r.at:])
		if m == nil {
			break
		}
		name, value := r.text[r.at+m[2]:r.at+m[3]], r.text[r.at+m[4]:r.at+m[5]]
		h := http.CanonicalHeaderKey(name)
		value = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(value)
		s := checks.Setting{Name: directive + " " + h, Header: h, Value: value, Raw: value, Origin: checks.OriginSet, Place: r.file.Place(r.at+m[2]-1, r.at+m[1])}
		if strings.HasPrefix(directive, "setenv.add") {
			s.Flags = []string{"append"}
		}
		rule.settings = append(rule.settings, s)
		r.at += m[1]
	}
	r.rules = append(r.rules, rule)
}
