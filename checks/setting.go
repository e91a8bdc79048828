package checks

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// Origin says how a setting came by its value.
type Origin string

// Origins.
const (
	OriginSet     Origin = "set"     // written in the file
	OriginDefault Origin = "default" // what the product does when nothing is written
	OriginDynamic Origin = "dynamic" // not known until run time: a variable, a template, a call
)

// Setting is a security-relevant fact read from a file or seen on a site.
type Setting struct {
	Layer string // the product: "nginx", "apache", "caddy", "django", "flask", "fastapi", "gunicorn", "compose", ...
	// Name is the product's own spelling: "client_max_body_size", "DEBUG", "CORSMiddleware.allow_origins".
	// A setting of a response header is named by directive and header: "add_header X-Frame-Options".
	Name string
	// Value is a string, int64, float64, bool, nil or []any of these; sizes are int64 bytes and durations int64
	// seconds where the product defines the unit. It is nil for OriginDynamic, or for a list then the items that are
	// certain.
	Value any
	// Fallback is what holds, for OriginDynamic, while the variables that decide are not set, where the file says.
	Fallback any
	// Choices are the values that a dynamic setting can take, where the file lists every one of them (nginx's map).
	Choices []Choice
	Raw     string // as written, joined by single spaces; for OriginDynamic the expression. Never a whole secret.
	Origin  Origin
	Scope   string // the scope's name
	Place   Place
	// Header is the canonical name of the response header that this setting adds, changes or removes, else "".
	Header string
	// Flags are the product's switches that change what the setting does: "always" (nginx, Apache), "append",
	// "remove", "if-missing" (Caddy's ?), "edit". "conditional" may be followed by the condition in the product's words:
	// "status=404 500" (headers-more), "expr=..." (Apache), "path=/static/*" (Caddy), "if=..." (HAProxy).
	Flags []string
	// Inherited marks a setting that an outer scope or an included file set; Place still says where.
	Inherited bool
}

// Choice is one value that a setting takes, and when.
type Choice struct {
	Of    string // what decides, in the product's words: "$sent_http_content_type"
	When  string // the pattern it has to match; "" is what holds where no other does
	Value string
}

// Has reports whether the setting carries that flag.
func (s *Setting) Has(flag string) bool {
	for _, f := range s.Flags {
		if f == flag {
			return true
		}
	}
	return false
}

// Dynamic reports whether the value is not known until run time.
func (s *Setting) Dynamic() bool { return s.Origin == OriginDynamic }

// Text is the value as one string; lists are joined by spaces.
func (s *Setting) Text() string { return valueText(s.Value) }

func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = valueText(e)
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

// Int is the value as a whole number, and whether it is one.
func (s *Setting) Int() (int64, bool) {
	switch v := s.Value.(type) {
	case int64:
		return v, true
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Bool is the value as a truth value, and whether it is one.
func (s *Setting) Bool() (value, ok bool) {
	value, ok = s.Value.(bool)
	return value, ok
}

// List is the value's elements as strings. A scalar is a list of one; nil is empty.
func (s *Setting) List() []string {
	switch v := s.Value.(type) {
	case nil:
		return nil
	case []any:
		out := make([]string, len(v))
		for i, e := range v {
			out[i] = valueText(e)
		}
		return out
	}
	return []string{s.Text()}
}

// Scope is one place of a configuration where settings hold: a server block, a location, an application, a
// settings file, a compose service, a unit. Settings lists what is in effect there: its own, what it inherits,
// and the product's defaults, in the order of the configuration.
type Scope struct {
	Layer    string
	Kind     string // "http", "server", "location", "site", "app", "module", "service", "unit", "stage", "file", ...
	Name     string // "server shop.example / location /upload"; unique with Layer and Place
	Place    Place
	Parent   *Scope // the scope that this one is inside of, or nil
	Settings []Setting
}

// Subject names the scope as a thing that was looked at.
func (s *Scope) Subject() Subject {
	name := s.Name
	if s.Place.Path != "" {
		name = s.Place.String() + " " + name
	}
	return Subject{Kind: s.Layer + " " + s.Kind, Name: strings.TrimSpace(name)}
}

// Get returns the last setting of that name in effect.
func (s *Scope) Get(name string) (Setting, bool) {
	for i := len(s.Settings) - 1; i >= 0; i-- {
		if s.Settings[i].Name == name {
			return s.Settings[i], true
		}
	}
	return Setting{}, false
}

// All returns every setting of that name in effect, in order.
func (s *Scope) All(name string) []Setting {
	var out []Setting
	for _, set := range s.Settings {
		if set.Name == name {
			out = append(out, set)
		}
	}
	return out
}

// Repository is the git side of a tree.
type Repository interface {
	// Revision is the commit audited, or "" for a working tree.
	Revision() string
	// Prefix is where the target's root lies in the repository, with a slash behind it; "" for the top.
	Prefix() string
	// Tracked reports whether git tracks the path.
	Tracked(path string) bool
	// Ignores reports whether git would ignore the path, which need not exist.
	Ignores(path string) (bool, error)
	// History opens what the repository keeps besides the files. The error is a *Problem.
	History(ctx context.Context) (History, error)
}
