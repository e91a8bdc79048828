package settings

import (
	"cmp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/apache"
)

// apacheMacro is a section <Macro NAME $parameter ...> of mod_macro.
type apacheMacro struct {
	parameters []string
	body       []*apache.Directive
}

// learnMacros notes the macros of a file, to be used in any; names ignore case.
func (t *apacheTree) learnMacros(list []*apache.Directive) {
	for _, d := range list {
		if d.Section && d.Is("Macro") && len(d.Args) > 0 && !d.Template && !d.Conditional {
			t.macros[strings.ToLower(d.Arg(0))] = apacheMacro{d.Args[1:], d.Body}
		}
		t.learnMacros(d.Body)
	}
}

// use is what "Use NAME value ..." stands for, nothing where the macro is not in the tree or takes other values.
func (t *apacheTree) use(d *apache.Directive) []*apache.Directive {
	m, ok := t.macros[strings.ToLower(d.Arg(0))]
	if !ok || len(d.Args)-1 != len(m.parameters) {
		return nil
	}
	var order []int
	for i, name := range m.parameters {
		if len(name) < 2 || len(d.Arg(i+1)) > maxMacroValue {
			return nil
		}
		order = append(order, i)
	}
	// where several names begin alike, the longest counts
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(m.parameters[b]), len(m.parameters[a])) })
	var pairs []string
	for _, i := range order {
		pairs = append(pairs, m.parameters[i], d.Arg(i+1))
	}
	return t.instance(m.body, strings.NewReplacer(pairs...), d.Place)
}

// instance copies directives with the values put in. What a value makes is written where the macro is used.
func (t *apacheTree) instance(list []*apache.Directive, values *strings.Replacer, at checks.Place) []*apache.Directive {
	var out []*apache.Directive
	for _, d := range list {
		if !t.spend() {
			break
		}
		c := *d
		c.Args = make([]string, len(d.Args))
		for i, a := range d.Args {
			c.Args[i] = a
			if len(a) < maxMacroText {
				c.Args[i] = values.Replace(a)
			}
			if c.Args[i] != a {
				c.Place = at
			}
		}
		c.Body = t.instance(d.Body, values, at)
		out = append(out, &c)
	}
	return out
}

// Bounds in bytes of the arguments that values are put into, and of values: macros inside macros could make them grow.
const (
	maxMacroText  = 1000
	maxMacroValue = 200
)
