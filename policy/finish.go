package policy

import "hardcheck/checks"

// finish turns a draft into an item: what no layer said comes from the check and the defaults, and every field
// knows where it came from. An item without an owner, an expected state or a way back has no meaning and is refused.
func (r *resolver) finish(d *draft) *Item {
	from := "checks: " + d.check.ID
	d.fallBack(from)
	if !d.owner.set() {
		d.owner = r.settings.owner
	}
	item := &Item{
		ID: d.id.value, Check: d.check, Severity: d.severity.value, Owner: d.owner.value, Rationale: d.rationale.value,
		References: d.references.value, Off: d.off.value, Values: d.check.Defaults(),
	}
	for name, value := range d.expect {
		item.Values[name] = value.value
	}
	item.Expected = d.check.Expand(d.expected.value, item.Values)
	item.Rollback = d.check.Expand(d.rollback.value, item.Values)
	for _, f := range []struct{ name, value string }{
		{"owner", item.Owner}, {"expected", item.Expected}, {"rollback", item.Rollback},
	} {
		if f.value == "" {
			hint := ""
			if f.name == "owner" {
				hint = ", or defaults.owner"
			}
			r.found.add(d.declared, d.path, "needs %q%s", f.name, hint)
		}
	}
	item.fields = d.fields(item, from)
	return item
}

// fallBack puts the check's own values beneath what the layers said.
func (d *draft) fallBack(from string) {
	beneath(&d.severity, d.check.Severity, d.check.Severity.String(), from)
	beneath(&d.expected, d.check.Expected, d.check.Expected, from)
	beneath(&d.rollback, d.check.Rollback, d.check.Rollback, from)
	beneath(&d.references, d.check.References, checks.FormatValue(d.check.References), from)
	if d.rationale.set() || d.check.Why != "" {
		beneath(&d.rationale, d.check.Why, d.check.Why, from)
	}
}

// beneath makes a value the oldest of a field.
func beneath[T any](t *traced[T], value T, shown, where string) {
	if !t.set() {
		t.value = value
	}
	t.trail = append([]Origin{{shown, where}}, t.trail...)
}

// fields lists an item's effective fields in the order a reader wants them.
func (d *draft) fields(item *Item, from string) []Field {
	shown := func(f Field, value string) Field {
		f.Value = value
		return f
	}
	out := []Field{
		{Name: "check", Origin: Origin{d.check.ID, d.id.trail[0].Where}},
		d.id.field("id"),
		d.severity.field("severity"),
		d.owner.field("owner"),
		shown(d.expected.field("expected"), item.Expected),
		shown(d.rollback.field("rollback"), item.Rollback),
		d.rationale.field("rationale"),
		d.references.field("references"),
	}
	for _, p := range d.check.Params {
		t := d.expect[p.Name]
		if t == nil {
			t = &traced[any]{}
		}
		beneath(t, p.Default, shownParam(&p, p.Default), from)
		out = append(out, t.field("expect."+p.Name))
	}
	if d.off.set() {
		out = append(out, d.off.field("off"))
	}
	return out
}

// consistent checks what only the whole policy shows.
func (r *resolver) consistent(chain []*document) {
	top := chain[len(chain)-1]
	if len(r.byCheck) == 0 && len(r.found.list) == 0 {
		r.found.add(top.mark.at, "", `the policy has no items; add "extends: baseline" or items`)
	}
	s := &r.settings
	if s.reportFrom.value > s.failOn.value {
		r.found.add(top.mark.at, "", "report_from %s (%s) is above fail_on %s (%s): findings that fail the gate would not be shown",
			s.reportFrom.value, s.reportFrom.field("").Where, s.failOn.value, s.failOn.field("").Where)
	}
}
