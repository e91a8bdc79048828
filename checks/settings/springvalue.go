package settings

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
	"hardcheck/checks/internal/parse/yamldoc"
)

// String writes the header as Spring Security does.
func (h *springHSTS) String() string {
	out := fmt.Sprintf("max-age=%d", h.age)
	if h.subdomains {
		out += " ; includeSubDomains"
	}
	if h.preload {
		out += " ; preload"
	}
	return out
}

// text is the value of an expression: a literal, a sum of them, a constant of the file, or the last word of an
// enumeration's member. Duration.ofDays(365) is 31536000.
func (d *springDoc) text(x *clike.Expr, depth int) (string, bool) {
	if x == nil || depth > 20 {
		return "", false
	}
	switch x.Kind {
	case clike.String:
		return x.Text, true
	case clike.Number:
		return strings.TrimRight(strings.ReplaceAll(x.Text, "_", ""), "lL"), true
	case clike.Name:
		if v, ok := d.constants[x.Text]; ok {
			return d.text(v, depth+1)
		}
		return x.Text, x.Text == "true" || x.Text == "false" || strings.ToUpper(x.Text) == x.Text
	case clike.Member:
		if v, ok := d.constants[x.Text]; ok {
			return d.text(v, depth+1)
		}
		return x.Text, strings.ToUpper(x.Text) == x.Text
	case clike.Binary:
		a, ok := d.text(x.X, depth+1)
		b, also := d.text(x.Y, depth+1)
		switch {
		case !ok || !also || len(a)+len(b) > maxJSText:
			return "", false
		case x.Text == "+" && x.X.Kind != clike.Number:
			return a + b, true
		case x.Text == "*":
			n, err := strconv.ParseInt(a, 10, 32)
			m, err2 := strconv.ParseInt(b, 10, 32)
			return strconv.FormatInt(n*m, 10), err == nil && err2 == nil
		}
	case clike.Call:
		if x.X.Kind == clike.Member && x.X.X.Text == "Duration" && len(x.List) == 1 {
			n, ok := d.text(x.List[0], depth+1)
			unit := map[string]int64{"ofDays": 86400, "ofHours": 3600, "ofMinutes": 60, "ofSeconds": 1}[x.X.Text]
			count, err := strconv.ParseInt(n, 10, 32)
			return strconv.FormatInt(count*unit, 10), ok && err == nil && unit > 0
		}
		if x.X.Kind == clike.Member && x.X.Text == "trimIndent" || x.X.Kind == clike.Member && x.X.Text == "trim" {
			return d.text(x.X.X, depth+1)
		}
	}
	return "", false
}

func seconds(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0
}

// springProperty is one key of application.properties or .yml.
type springProperty struct {
	key, value string
	place      checks.Place
}

// springPrefixes begin the keys that matter.
var springPrefixes = []string{"server.servlet.session.", "server.reactive.session.", "server.error.", "server.ssl.", "server.server-header", "server.forward-headers-strategy",
	"management.endpoints.web.", "management.endpoint.", "management.server.", "springdoc.", "spring.h2.console.", "spring.security.", "spring.mvc.", "spring.web.", "server.port",
	"spring.servlet.multipart.", "spring.http.multipart.", "multipart.", "server.tomcat.max-", "spring.codec."}

// maxSpringProperties bounds the keys of one file.
const maxSpringProperties = 2000

func springPropertiesOf(f *checks.File) []springProperty {
	var out []springProperty
	add := func(key, value string, place checks.Place) {
		key = relaxed(key)
		for _, p := range springPrefixes {
			if strings.HasPrefix(key, p) && len(out) < maxSpringProperties {
				out = append(out, springProperty{key, value, place})
				return
			}
		}
	}
	if f.Ext() != ".properties" {
		for _, doc := range yamldoc.Of(f).Docs {
			if yamlScalar(yamldoc.Get(doc, "spring", "config", "activate", "on-profile")) == "" && yamlScalar(yamldoc.Get(doc, "spring", "profiles")) == "" {
				yamlKeys(doc, "", 0, func(key string, n *yaml.Node) {
					add(key, n.Value, checks.Place{Path: f.Path, Line: n.Line, Column: n.Column})
				})
			}
		}
		return out
	}
	line, active := 0, true
	for text := range strings.Lines(f.Text()) {
		line++
		text = strings.TrimSpace(text)
		switch {
		case text == "#---" || text == "!---":
			active = true
			continue
		case text == "" || text[0] == '#' || text[0] == '!':
			continue
		}
		i := strings.IndexAny(text, "=:")
		if i < 0 {
			continue
		}
		key, value := strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+1:])
		if key == "spring.config.activate.on-profile" {
			active = strings.Contains(value, "prod")
		}
		if active {
			add(key, value, checks.Place{Path: f.Path, Line: line})
		}
	}
	return out
}

func yamlScalar(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || strings.Contains(n.Value, "prod") {
		return ""
	}
	return n.Value
}

// yamlKeys shows every scalar below a mapping with its dotted key; a list is joined by commas.
func yamlKeys(n *yaml.Node, prefix string, depth int, visit func(string, *yaml.Node)) {
	if depth > 12 {
		return
	}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		name := strings.TrimPrefix(prefix+"."+key.Value, ".")
		switch value = yamldoc.Deref(value); {
		case value == nil:
		case value.Kind == yaml.ScalarNode:
			visit(name, value)
		case value.Kind == yaml.SequenceNode:
			joined := *value
			var items []string
			for _, item := range value.Content[:min(len(value.Content), 100)] {
				items = append(items, item.Value)
			}
			joined.Value = strings.Join(items, ",")
			visit(name, &joined)
		default:
			yamlKeys(value, name, depth+1, visit)
		}
	})
}

// relaxed writes a key as Spring's relaxed binding compares them: small letters, words joined by hyphens.
func relaxed(key string) string {
	var b strings.Builder
	for i, r := range key {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ReplaceAll(strings.ToLower(b.String()), "_", "-")
}

// settings are the properties, and the session cookie that they make.
func (d *springDoc) settings() []checks.Setting {
	var out []checks.Setting
	c := jsCookie{name: "JSESSIONID", path: "/", httpOnly: true, secure: true}
	var written checks.Place
	for _, p := range d.properties {
		set := checks.Setting{Layer: "spring", Name: p.key, Value: redacted(p.key, p.value), Raw: redacted(p.key, p.value), Origin: checks.OriginSet, Place: p.place}
		switch p.value {
		case "true", "false":
			set.Value = p.value == "true"
		}
		if strings.Contains(p.value, "${") {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
		out = append(out, set)
		if part, ok := strings.CutPrefix(p.key, "server.servlet.session.cookie."); ok {
			written = p.place
			if set.Dynamic() {
				continue
			}
			switch part {
			case "name":
				c.name = p.value
			case "http-only":
				c.httpOnly = p.value != "false"
			case "secure":
				c.secure = p.value != "false"
			case "same-site":
				c.sameSite = p.value
			case "domain":
				c.domain = p.value
			case "path":
				c.path = p.value
			}
		}
	}
	if written.Path != "" {
		out = append(out, checks.Setting{Layer: "spring", Name: "server.servlet.session.cookie", Header: "Set-Cookie", Value: c.line(), Raw: c.line(), Origin: checks.OriginSet,
			Place: written, Flags: []string{"append", "session"}})
	}
	return out
}
