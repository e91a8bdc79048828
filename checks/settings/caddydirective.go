package settings

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/caddyfile"
)

// caddySettings is what one directive of a site or route sets. paths are the named matchers that are about paths alone;
// a setting for certain paths has the flag "path=" with the patterns.
func caddySettings(d *caddyfile.Directive, paths map[string]string) []checks.Setting {
	matcher, args := caddyMatcher(d)
	s := checks.Setting{Layer: "caddy", Name: d.Name, Raw: d.Text(), Origin: checks.OriginSet, Place: d.Place}
	if matcher != "" && matcher != "*" && d.Name != "import" {
		s.Flags = []string{"conditional"}
		if matcher[0] == '/' {
			s.Flags = append(s.Flags, "path="+matcher)
		} else if patterns := paths[matcher]; patterns != "" {
			s.Flags = append(s.Flags, "path="+patterns)
		}
	}
	var out []checks.Setting
	switch d.Name {
	case "header":
		out = caddyHeaders(s, d, args)
	case "request_body":
		out = caddySub(s, d, "max_size")
	case "log":
		s.Value = true
		out = append([]checks.Setting{s}, caddySub(s, d, "output", "format", "level")...)
	case "log_skip", "skip_log", "redir", "tls", "root", "respond", "php_fastcgi", "basicauth", "basic_auth", "forward_auth", "rewrite":
		s.Value = s.Raw
		out = []checks.Setting{s}
	case "file_server":
		s.Value = s.Raw
		browse := s
		browse.Name, browse.Value = "file_server.browse", len(args) > 0 && args[0].Text == "browse" || hasCaddySub(d, "browse")
		out = []checks.Setting{s, browse}
	case "reverse_proxy":
		s.Value = caddyfile.Join(args)
		out = append([]checks.Setting{s}, caddyHeaderDown(s, d)...)
	case "import": // of something that is not in the tree: it may set anything
		s.Origin = checks.OriginDynamic
		out = []checks.Setting{s}
	}
	return caddyDynamic(out, d.Conditional || d.Dynamic())
}

func caddyDynamic(list []checks.Setting, dynamic bool) []checks.Setting {
	for i := range list {
		if dynamic {
			list[i].Origin = checks.OriginDynamic
		}
		if list[i].Dynamic() {
			list[i].Value = nil
		}
	}
	return list
}

// caddyMatcher takes the matcher off the arguments: "*", a path, or the name of one. respond, redir, root and
// rewrite take a path as their argument too; there it is no matcher unless more follows.
func caddyMatcher(d *caddyfile.Directive) (string, []caddyfile.Token) {
	if len(d.Args) == 0 || d.Args[0].Quoted {
		return "", d.Args
	}
	first := d.Args[0].Text
	lone := len(d.Args) == 1 && (d.Name == "redir" || d.Name == "root" || d.Name == "rewrite")
	if first == "*" || strings.HasPrefix(first, "@") || strings.HasPrefix(first, "/") && !lone {
		return first, d.Args[1:]
	}
	return "", d.Args
}

// caddySub reads lines of a directive's block as settings "directive.line".
func caddySub(s checks.Setting, d *caddyfile.Directive, names ...string) []checks.Setting {
	var out []checks.Setting
	for _, line := range d.Body {
		for _, name := range names {
			if line.Name != name {
				continue
			}
			sub := s
			sub.Name, sub.Raw, sub.Place = s.Name+"."+name, line.Text(), line.Place
			sub.Value = sub.Raw
			if name == "max_size" || name == "max_header_size" {
				n, ok := caddySize(line.Text())
				sub.Value = n
				if !ok {
					sub.Origin = checks.OriginDynamic
				}
			}
			out = append(out, caddyDynamic([]checks.Setting{sub}, line.Conditional || line.Dynamic())...)
		}
	}
	return out
}

func hasCaddySub(d *caddyfile.Directive, name string) bool {
	for _, line := range d.Body {
		if line.Name == name {
			return true
		}
	}
	return false
}

// caddyHeaders reads "header [matcher] FIELD [VALUE|FIND [REPLACEMENT]]" or a block of such lines. One deletion or ">"
// in a directive makes all of it work when the response is written ("defer"). The value of an edit is its pattern and
// what replaces it.
func caddyHeaders(s checks.Setting, d *caddyfile.Directive, args []caddyfile.Token) []checks.Setting {
	var out []checks.Setting
	deferred := false
	if hasCaddySub(d, "match") { // says what the answer must be like
		s.Flags = []string{"conditional"}
	}
	add := func(place checks.Place, field string, values []caddyfile.Token, dynamic bool) {
		h, later := caddyHeader(s, field, values)
		h.Place = place
		deferred = deferred || later
		out = append(out, caddyDynamic([]checks.Setting{h}, dynamic)...)
	}
	if len(args) > 0 {
		add(d.Place, args[0].Text, args[1:], false)
	}
	for _, line := range d.Body {
		if line.Name == "defer" && len(line.Args) == 0 {
			deferred = true
			continue
		}
		if line.Name == "match" {
			continue
		}
		add(line.Place, line.Name, line.Args, line.Conditional || line.Dynamic())
	}
	for i := range out {
		if deferred && !out[i].Has("defer") && !out[i].Has("if-missing") {
			out[i].Flags = append(out[i].Flags, "defer")
		}
	}
	slices.SortStableFunc(out, func(a, b checks.Setting) int { return caddyRank(&a) - caddyRank(&b) })
	return out
}

// caddyRank is the order in which the lines of one directive work, whatever theirs is (HeaderOps.ApplyTo).
func caddyRank(s *checks.Setting) int {
	return slices.IndexFunc([]string{"append", "", "remove", "edit"}, func(flag string) bool {
		return s.Has(flag) || flag == "" && !s.Has("remove") && !s.Has("edit")
	})
}

// caddyPaths are the named matchers of a body that look at paths alone, with their patterns.
func caddyPaths(body []*caddyfile.Directive) map[string]string {
	out := map[string]string{}
	for _, d := range body {
		switch {
		case !strings.HasPrefix(d.Name, "@"):
		case len(d.Args) > 1 && d.Arg(0) == "path" && len(d.Body) == 0 && !d.Dynamic():
			out[d.Name] = caddyfile.Join(d.Args[1:])
		case len(d.Args) == 0 && len(d.Body) == 1 && d.Body[0].Name == "path" && !d.Body[0].Dynamic():
			out[d.Name] = d.Body[0].Text()
		}
	}
	return out
}

// caddyHeader reads one field. deferred reports whether it makes its whole directive work at the end.
func caddyHeader(s checks.Setting, field string, values []caddyfile.Token) (h checks.Setting, deferred bool) {
	h = s
	h.Flags = append([]string(nil), s.Flags...)
	for field != "" {
		flag, known := map[byte]string{'+': "append", '-': "remove", '?': "if-missing", '>': "defer"}[field[0]]
		if !known {
			break
		}
		h.Flags = append(h.Flags, flag)
		deferred = deferred || flag == "remove" || flag == "defer"
		field = field[1:]
	}
	if len(values) > 1 {
		h.Flags = append(h.Flags, "edit")
	}
	h.Header = http.CanonicalHeaderKey(strings.TrimSuffix(field, ":"))
	h.Name = s.Name + " " + h.Header
	h.Raw = caddyfile.Join(values)
	h.Value = h.Raw
	if len(values) == 2 {
		h.Value = []any{values[0].Text, values[1].Text}
	}
	switch {
	case h.Has("remove"):
		h.Value = nil
	case hasCaddyPlaceholder(h.Raw):
		h.Origin = checks.OriginDynamic
	}
	return h, deferred
}

// hasCaddyPlaceholder reports whether the text holds a {placeholder}.
func hasCaddyPlaceholder(text string) bool {
	_, rest, found := strings.Cut(text, "{")
	return found && strings.Contains(rest, "}") && !strings.HasPrefix(rest, "\"") && !strings.HasPrefix(rest, "}")
}

// caddyHeaderDown reads what a proxy changes in the answers that come through it.
func caddyHeaderDown(s checks.Setting, d *caddyfile.Directive) []checks.Setting {
	var out []checks.Setting
	s.Name = "header_down"
	for _, line := range d.Body {
		if line.Name != "header_down" || len(line.Args) == 0 {
			continue
		}
		h, _ := caddyHeader(s, line.Arg(0), line.Args[1:])
		h.Place = line.Place
		out = append(out, caddyDynamic([]checks.Setting{h}, line.Conditional || line.Dynamic())...)
	}
	return out
}

// caddySize reads a size as go-humanize does: "10MB" is 10,000,000 bytes, "10MiB" 10,485,760.
func caddySize(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	n := len(text) - len(strings.TrimLeft(text, "0123456789.,"))
	v, err := strconv.ParseFloat(strings.ReplaceAll(text[:n], ",", ""), 64)
	if err != nil {
		return 0, false
	}
	unit, known := caddyUnits[strings.ToLower(strings.TrimSpace(text[n:]))]
	if !known || v*unit >= math.MaxInt64 {
		return 0, false
	}
	return int64(v * unit), true
}

var caddyUnits = map[string]float64{"": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12, "tb": 1e12,
	"ki": 1 << 10, "kib": 1 << 10, "mi": 1 << 20, "mib": 1 << 20, "gi": 1 << 30, "gib": 1 << 30, "ti": 1 << 40, "tib": 1 << 40}
