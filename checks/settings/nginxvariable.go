package settings

import (
	"maps"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// nginxVariables are the variables, without their "$", whose value is known before a request: those that "set" gives
// a text of their own, and those that a "map" chooses from a list. Long policies are often put together that way.
type nginxVariables struct {
	texts map[string]string
	maps  map[string][]checks.Choice
}

const (
	maxVariable = 16 << 10 // bytes; a variable made of itself again and again doubles each time
	maxChoices  = 32       // of one map; a longer one is a table of data
)

// within are the variables in a block with the given content: those of the outer block and its own. One that any
// "if" sets is not known before a request.
func (v nginxVariables) within(items []nginxItem) nginxVariables {
	out := nginxVariables{maps.Clone(v.texts), maps.Clone(v.maps)}
	if out.texts == nil {
		out = nginxVariables{map[string]string{}, map[string][]checks.Choice{}}
	}
	ended := false // what follows a return or a break is not run
	for _, it := range items {
		switch {
		case it.Name == "return", it.Name == "break":
			ended = true
		case it.Name == "set" && ended:
		case it.Name == "map" && it.Block && len(it.Args) == 2:
			out.learnMap(it)
		case it.Name == "set" && len(it.Args) == 2:
			name := strings.TrimPrefix(it.Arg(0), "$")
			text, known := out.fill(it.Arg(1), "", "")
			out.forget(name)
			if known && !it.Conditional && !it.Template() {
				out.texts[name] = text
			}
		}
	}
	for _, it := range items {
		if it.Name == "if" {
			out.forgetSet(it.Body)
		}
	}
	return out
}

func (v nginxVariables) forget(name string) {
	delete(v.texts, name)
	delete(v.maps, name)
}

func (v nginxVariables) forgetSet(body []*nginx.Directive) {
	for _, d := range body {
		if d.Name == "set" {
			v.forget(strings.TrimPrefix(d.Arg(0), "$"))
		}
	}
}

// learnMap notes "map SOURCE $name { PATTERN VALUE; }" where every value is a text that is written there.
func (v nginxVariables) learnMap(it nginxItem) {
	name := strings.TrimPrefix(it.Arg(1), "$")
	v.forget(name)
	list, fallback := []checks.Choice(nil), checks.Choice{Of: it.Arg(0)}
	for _, d := range it.Body {
		text, known := v.fill(d.Arg(0), "", "")
		switch {
		case len(d.Args) == 0 && (d.Name == "hostnames" || d.Name == "volatile"):
		case d.Name == "include" || len(d.Args) != 1 || !known || d.Conditional || d.Template() || len(list) >= maxChoices:
			return
		case d.Name == "default":
			fallback.Value = text
		default:
			list = append(list, checks.Choice{Of: it.Arg(0), When: d.Name, Value: text})
		}
	}
	v.maps[name] = append(list, fallback)
}

// text fills in the variables of a value. It is dynamic where one is not known.
func (v nginxVariables) text(text string) (any, checks.Origin) {
	if filled, known := v.fill(text, "", ""); known {
		return filled, checks.OriginSet
	}
	return nil, checks.OriginDynamic
}

// choices are the values that a text takes by the one mapped variable in it, none where something else is not known.
func (v nginxVariables) choices(text string) []checks.Choice {
	for name, list := range v.maps {
		if !strings.Contains(text, "$"+name) && !strings.Contains(text, "${"+name+"}") {
			continue
		}
		var out []checks.Choice
		for _, c := range list {
			filled, known := v.fill(text, name, c.Value)
			if !known {
				break
			}
			out = append(out, checks.Choice{Of: c.Of, When: c.When, Value: filled})
		}
		if len(out) == len(list) {
			return out
		}
	}
	return nil
}

// fill puts the variables in, the given one with the given value; known is false where one is left.
func (v nginxVariables) fill(text, given, value string) (filled string, known bool) {
	if !strings.Contains(text, "$") {
		return text, true
	}
	var b strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "$")
		b.WriteString(before)
		if !found {
			return b.String(), true
		}
		after, braces := strings.CutPrefix(after, "{")
		n := len(after) - len(strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
		part, known := v.texts[after[:n]]
		if given != "" && after[:n] == given {
			part, known = value, true
		}
		if !known || b.Len()+len(part) > maxVariable {
			return "", false
		}
		b.WriteString(part)
		rest = after[n:]
		if braces {
			rest = strings.TrimPrefix(rest, "}")
		}
	}
}
