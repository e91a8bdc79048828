package checks

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParamKind is the type of a parameter's value.
type ParamKind int

// Parameter kinds with the Go type of their values.
const (
	ParamBool     ParamKind = iota + 1 // bool
	ParamInt                           // int64
	ParamSize                          // int64, bytes; written 10MiB, 512KB, 1048576
	ParamDuration                      // time.Duration; written 365d, 12h, 30s
	ParamText                          // string
	ParamList                          // []string
)

func (k ParamKind) String() string {
	return [...]string{"", "bool", "int", "size", "duration", "text", "list"}[k]
}

// Param is a typed expectation that a policy may set under an item's "expect".
type Param struct {
	Name    string // lower_case_words
	Kind    ParamKind
	Default any // of the Go type of Kind
	Doc     string
	Words   []string // for ParamText and ParamList: the words allowed; empty means any
}

// Values are the effective parameters of one item.
type Values map[string]any

// Defaults returns the check's parameters with nothing set by a policy.
func (c *Check) Defaults() Values {
	v := make(Values, len(c.Params))
	for _, p := range c.Params {
		v[p.Name] = p.Default
	}
	return v
}

// Parse reads a scalar's text as this parameter's kind. Lists are read element by element by the caller.
func (p *Param) Parse(text string) (any, error) {
	switch p.Kind {
	case ParamBool:
		switch text {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
		return nil, fmt.Errorf("%s: expected true or false, found %q", p.Name, text)
	case ParamInt:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: expected a whole number, found %q", p.Name, text)
		}
		return n, nil
	case ParamSize:
		return namedValue(p.Name)(ParseSize(text))
	case ParamDuration:
		return namedValue(p.Name)(ParseDuration(text))
	}
	if len(p.Words) > 0 {
		for _, w := range p.Words {
			if w == text {
				return text, nil
			}
		}
		return nil, fmt.Errorf("%s: expected one of %s, found %q", p.Name, strings.Join(p.Words, ", "), text)
	}
	return text, nil
}

func namedValue(name string) func(v any, err error) (any, error) {
	return func(v any, err error) (any, error) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return v, nil
	}
}

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1}, {"", 1},
}

// ParseSize reads a policy's size: a whole number with an optional unit (B, KB, MB, GB, TB; KiB, MiB, GiB, TiB).
// The value is an int64 of bytes.
func ParseSize(text string) (any, error) {
	for _, u := range sizeUnits {
		digits, ok := strings.CutSuffix(text, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > (1<<62)/u.bytes {
			break
		}
		return n * u.bytes, nil
	}
	return nil, fmt.Errorf("expected a size such as 10MiB, 512KB or 1048576, found %q", text)
}

// FormatSize writes bytes with the largest binary unit that divides them, else as plain bytes.
func FormatSize(n int64) string {
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + " " + u.suffix
		}
	}
	return strconv.FormatInt(n, 10) + " B"
}

// ParseDuration reads a policy's duration: Go's syntax, and whole days written 365d.
// The value is a time.Duration.
func ParseDuration(text string) (any, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		if err == nil && n >= 0 && n <= 100000 {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	} else if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return d, nil
	}
	return nil, fmt.Errorf("expected a duration such as 365d, 12h or 30s, found %q", text)
}

// FormatDuration writes whole days as 365d and anything else as Go does, without zero minutes and seconds at the end.
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	text := d.String()
	for _, zero := range []struct{ tail, unit string }{{"m0s", "m"}, {"h0m", "h"}} {
		if head, ok := strings.CutSuffix(text, zero.tail); ok {
			text = head + zero.unit
		}
	}
	return text
}

// FormatValue writes a parameter's value as a policy file would.
func FormatValue(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Duration:
		return FormatDuration(v)
	case []string:
		return strings.Join(v, ", ")
	}
	return fmt.Sprint(v)
}

// Expand replaces every {name} in text by the value of that parameter.
func (c *Check) Expand(text string, values Values) string {
	for _, p := range c.Params {
		shown := FormatValue(values[p.Name])
		if n, ok := values[p.Name].(int64); ok && p.Kind == ParamSize {
			shown = FormatSize(n)
		}
		text = strings.ReplaceAll(text, "{"+p.Name+"}", shown)
	}
	return text
}
