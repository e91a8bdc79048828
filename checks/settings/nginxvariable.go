package settings

import (
	"maps"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// nginxVariables are the variables that "set" gives a text of its own, without their "$". Long policies are often
// put together that way.
type nginxVariables map[string]string

const maxVariable = 16 << 10 // bytes; a variable made of itself again and again doubles each time

// within are the variables in a block with the given content: those of the outer block and its own. One that any
// "if" sets is not known before a request.
func (v nginxVariables) within(items []nginxItem) nginxVariables {
	out := maps.Clone(v)
	if out == nil {
		out = nginxVariables{}
	}
	for _, it := range items {
		if it.Name != "set" || len(it.Args) != 2 {
			continue
		}
		name := strings.TrimPrefix(it.Arg(0), "$")
		text, origin := out.text(it.Arg(1))
		if origin != checks.OriginSet || it.Conditional || it.Template() {
			delete(out, name)
			continue
		}
		out[name] = text.(string)
	}
	for _, it := range items {
		if it.Name == "if" {
			out.forget(it.Body)
		}
	}
	return out
}

func (v nginxVariables) forget(body []*nginx.Directive) {
	for _, d := range body {
		if d.Name == "set" {
			delete(v, strings.TrimPrefix(d.Arg(0), "$"))
		}
	}
}

// text fills in the variables of a value. It is dynamic where one is not known.
func (v nginxVariables) text(text string) (any, checks.Origin) {
	if !strings.Contains(text, "$") {
		return text, checks.OriginSet
	}
	var b strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String(), checks.OriginSet
		}
		after, braces := strings.CutPrefix(after, "{")
		n := len(after) - len(strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
		value, known := v[after[:n]]
		if !known || b.Len()+len(value) > maxVariable {
			return nil, checks.OriginDynamic
		}
		b.WriteString(value)
		rest = after[n:]
		if braces {
			rest = strings.TrimPrefix(rest, "}")
		}
	}
}
