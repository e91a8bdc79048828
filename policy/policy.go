package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"hardcheck/checks"
)

// Walk says what of a tree is audited.
type Walk struct {
	// Exclude leaves out directories and files: a name without a slash at any depth, anything else as a glob
	// (with **) over the path from the policy file's directory (see Prefix).
	Exclude []string
	All     bool // audit what git ignores as well
}

// defaultExclude lists the directories where package managers put other people's code. The project neither writes
// nor reviews what is in them; a dependency scanner does. third_party, external and env are not in the list: they
// often hold the project's own code.
func defaultExclude() []string {
	return []string{
		"node_modules", "bower_components", "jspm_packages", // JavaScript
		"vendor",                                           // Go, PHP, Ruby
		".venv", "venv", "site-packages", "__pypackages__", // Python
		".tox", ".nox", // Python test environments
	}
}

// Walk is what of a tree is audited.
func (p *Policy) Walk() Walk {
	return Walk{Exclude: slices.Clone(p.settings.exclude.value), All: p.settings.all.value}
}

// Items lists the items in force, by module, check and id.
func (p *Policy) Items() []Item { return p.list(func(i *Item) bool { return i.Off == "" }) }

// TurnedOff lists the items that a reason under "off" keeps from being judged.
func (p *Policy) TurnedOff() []Item { return p.list(func(i *Item) bool { return i.Off != "" }) }

func (p *Policy) list(keep func(*Item) bool) []Item {
	var out []Item
	for _, item := range p.items {
		if keep(item) {
			out = append(out, *item)
		}
	}
	return out
}

// Ref names the policy as the report does.
func (p *Policy) Ref() PolicyRef { return p.ref }

// FailOn is the lowest severity of a finding that fails the gate.
func (p *Policy) FailOn() checks.Severity { return p.settings.failOn.value }

// Explanation is one effective item, where each of its fields comes from, and its waivers.
type Explanation struct {
	Item    Item
	Fields  []Field // check, id, severity, owner, expected, rollback, rationale, references, expect.*, off, blocks
	Waivers []StaleWaiver
}

// Explain finds an item by its id, a former id or its check.
func (p *Policy) Explain(name string) (Explanation, error) {
	item := p.names[name]
	if item == nil {
		return Explanation{}, fmt.Errorf("no item or check %q in the policy%s", name, didYouMean(name, p.itemNames()))
	}
	blocks := Field{Name: "blocks", Origin: p.settings.failOn.field("").Origin}
	switch {
	case item.Off != "":
		blocks = Field{Name: "blocks", Origin: Origin{"no: turned off", item.fields[len(item.fields)-1].Where}}
	case item.Severity >= p.settings.failOn.value:
		blocks.Value = fmt.Sprintf("yes: fail_on %s", p.settings.failOn.value)
	default:
		blocks.Value = fmt.Sprintf("no: below fail_on %s", p.settings.failOn.value)
	}
	e := Explanation{Item: *item, Fields: append(slices.Clone(item.fields), blocks)}
	for _, w := range p.waivers {
		if w.item == item {
			e.Waivers = append(e.Waivers, w.listed(""))
		}
	}
	return e, nil
}

// Settings lists what holds for the whole policy, with its origins.
func (p *Policy) Settings() []Field {
	s := &p.settings
	out := []Field{
		s.owner.field("defaults.owner"), s.failOn.field("defaults.fail_on"), s.reportFrom.field("defaults.report_from"),
		s.maxWaiver.field("gate.max_waiver"), s.onError.field("gate.on_error"), s.onLowPrecision.field("gate.on_low_precision"), s.onStaleWaiver.field("gate.on_stale_waiver"),
	}
	for level := checks.Critical; level >= checks.Info; level-- {
		out = append(out, s.weights[level].field("gate.score.weights."+level.String()))
	}
	out = append(out, s.minimum.field("gate.score.minimum"), s.exclude.field("walk.exclude"), s.all.field("walk.all"))
	if s.sites.set() {
		out = append(out, s.sites.field("sites"))
	}
	return append(out, s.secrets.fields()...)
}

func (p *Policy) itemNames() []string { return slices.Sorted(maps.Keys(p.names)) }

// Digest is "sha256:" and hex over what the policy says, not over how it is written: comments, order and which file
// a field stands in do not change it.
func (p *Policy) Digest() string {
	h := sha256.New()
	for _, i := range p.items {
		fmt.Fprintf(h, "item %q %#v\n", []any{i.ID, i.Check.ID, i.Severity.String(), i.Owner, i.Expected, i.Rollback, i.Rationale, i.Off, i.References},
			map[string]any(i.Values))
	}
	var waivers []string
	for _, w := range p.waivers {
		waivers = append(waivers, fmt.Sprintf("waiver %q\n", []any{w.item.ID, w.rule, w.paths, w.urls, w.fingerprint, w.use}))
	}
	slices.Sort(waivers)
	fmt.Fprint(h, waivers)
	for _, rule := range p.settings.secrets.rules.value {
		fmt.Fprintf(h, "secret rule %+q\n", fmt.Sprintf("%#v", rule))
	}
	for _, f := range p.Settings() {
		fmt.Fprintf(h, "setting %q\n", []string{f.Name, f.Value})
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}
