package policy

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
)

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func putText(t *traced[string], v text) {
	if v.set {
		t.put(v.value, v.value, v.at.String())
	}
}

func putSeverity(t *traced[checks.Severity], v severity) {
	if v.set {
		t.put(v.value, v.value.String(), v.at.String())
	}
}

func putNumber(t *traced[int], v number) {
	if v.set {
		t.put(v.value, strconv.Itoa(v.value), v.at.String())
	}
}

// sections puts one document's sections other than items on the settings.
func (r *resolver) sections(doc *document) {
	s := &r.settings
	putText(&s.owner, doc.Defaults.Owner)
	putSeverity(&s.failOn, doc.Defaults.FailOn)
	putSeverity(&s.failOn, doc.Gate.FailOn)
	if doc.Defaults.FailOn.set && doc.Gate.FailOn.set {
		r.found.add(doc.Gate.FailOn.at, "gate.fail_on", "defaults.fail_on on line %d says the same thing; set one of them", doc.Defaults.FailOn.at.line)
	}
	putSeverity(&s.reportFrom, doc.Defaults.ReportFrom)
	if v := doc.Gate.MaxWaiver; v.set {
		s.maxWaiver.put(v.value, checks.FormatDuration(v.value), v.at.String())
	}
	putText(&s.onError, doc.Gate.OnError)
	putText(&s.onLowPrecision, doc.Gate.OnLowPrecision)
	putText(&s.onStaleWaiver, doc.Gate.OnStaleWaiver)
	putNumber(&s.minimum, doc.Gate.Score.Minimum)
	w := doc.Gate.Score.Weights
	for i, v := range []number{{}, w.Info, w.Low, w.Medium, w.High, w.Critical} {
		putNumber(&s.weights[i], v)
	}
	if v := doc.Walk.Exclude; v.set {
		for i, pattern := range v.list {
			r.pattern(pattern, indexed("walk.exclude", i))
		}
		s.exclude.put(v.values(), strings.Join(v.values(), ", "), v.at.String())
	}
	if v := doc.Walk.All; v.set {
		s.all.put(v.value, strconv.FormatBool(v.value), v.at.String())
	}
}

// pattern refuses a glob that is malformed or can match nothing.
func (r *resolver) pattern(p text, path string) {
	switch {
	case !p.set:
	case !doublestar.ValidatePattern(p.value):
		r.found.add(p.at, path, "expected a glob such as services/**, found %q", p.value)
	case strings.HasPrefix(p.value, "/") || strings.HasPrefix(p.value, "../"):
		r.found.add(p.at, path, "expected a path relative to the target, found %q", p.value)
	}
}

// apply puts one entry's fields on its draft.
func (r *resolver) apply(doc *document, d *draft, at position, path string, f *ItemFields) {
	d.declared, d.path = at, path
	putSeverity(&d.severity, f.Severity)
	putText(&d.owner, f.Owner)
	putText(&d.expected, f.Expected)
	putText(&d.rollback, f.Rollback)
	putText(&d.rationale, f.Rationale)
	if f.References.set {
		d.references.put(f.References.values(), strings.Join(f.References.values(), ", "), f.References.at.String())
	}
	if f.Off.set {
		d.off.put(f.Off.reason, f.Off.reason, f.Off.at.String())
	}
	if f.Expect.set {
		r.expect(doc.reads, d, f.Expect.node, path+".expect")
	}
}

// expect reads an item's parameters by the check's own table.
func (r *resolver) expect(reads *decoder, d *draft, n *yaml.Node, path string) {
	var names []string
	for _, p := range d.check.Params {
		names = append(names, p.Name)
	}
	for _, pair := range reads.pairs(n, path) {
		param := paramNamed(d.check, pair.key.Value)
		if param == nil {
			text := "%s has no parameter %q%s"
			if len(names) == 0 {
				text = "%s takes no parameters, found %q%s"
			}
			r.found.add(reads.at(pair.key), path, text, d.check.ID, pair.key.Value, orOneOf(pair.key.Value, names))
			continue
		}
		value, err := reads.param(param, pair.value)
		if err != nil {
			r.found.add(reads.at(pair.value), path, "%v", err)
			continue
		}
		if d.expect[param.Name] == nil {
			d.expect[param.Name] = &traced[any]{}
		}
		d.expect[param.Name].put(value, shownParam(param, value), reads.at(pair.value).String())
	}
}

func paramNamed(c *checks.Check, name string) *checks.Param {
	for i := range c.Params {
		if c.Params[i].Name == name {
			return &c.Params[i]
		}
	}
	return nil
}

func shownParam(p *checks.Param, value any) string {
	if n, ok := value.(int64); ok && p.Kind == checks.ParamSize {
		return checks.FormatSize(n)
	}
	return checks.FormatValue(value)
}

var kindWords = map[checks.ParamKind]string{
	checks.ParamBool: "true or false", checks.ParamInt: "a whole number", checks.ParamSize: "a size such as 10MiB",
	checks.ParamDuration: "a duration such as 365d", checks.ParamText: "text",
}

// param reads a parameter's value.
func (d *decoder) param(p *checks.Param, n *yaml.Node) (any, error) {
	n = d.follow(n)
	if p.Kind == checks.ParamList {
		if n.Kind != yaml.SequenceNode {
			return nil, fmt.Errorf("%s: expected a list, found %s", p.Name, shown(n))
		}
		list := make([]string, 0, len(n.Content))
		for _, element := range n.Content {
			element = d.follow(element)
			if element.Kind != yaml.ScalarNode || null(element) {
				return nil, fmt.Errorf("%s: expected texts, found %s", p.Name, shown(element))
			}
			value, err := p.Parse(element.Value)
			if err != nil {
				return nil, fmt.Errorf("%w%s", err, didYouMean(element.Value, p.Words))
			}
			list = append(list, value.(string))
		}
		return list, nil
	}
	if n.Kind != yaml.ScalarNode || null(n) {
		return nil, fmt.Errorf("%s: expected %s, found %s", p.Name, kindWords[p.Kind], shown(n))
	}
	value, err := p.Parse(n.Value)
	if err != nil && len(p.Words) > 0 {
		return nil, fmt.Errorf("%w%s", err, didYouMean(n.Value, p.Words))
	}
	return value, err
}
