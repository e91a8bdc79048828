package settings

import (
	"maps"
	"slices"
	"strings"

	"hardcheck/checks"
)

// nginxLevel is one block with what is in effect in it, by slot (see nginxDirective).
type nginxLevel struct {
	kind, name string
	scope      *checks.Scope // nil where the block is not reported
	own        map[string][]checks.Setting
	effective  map[string][]checks.Setting
	first      checks.Place   // of the first setting
	around     nginxVariables // in effect when the block's own begin to be set
	vars       nginxVariables
	merged     bool // add_header adds to what is around the block
	complete   bool // everything around the block is known, so that nginx's defaults hold where nothing is set
}

// level computes what is in effect in a block and reports it as a scope, unless place is nil. A block without an
// outer one is a fragment; nginx's defaults hold in it only if it stands for http.
func (t *nginxTree) level(outer *nginxLevel, kind, name string, items []nginxItem, place *checks.Place) *nginxLevel {
	l := &nginxLevel{kind: kind, name: name, own: map[string][]checks.Setting{}, effective: map[string][]checks.Setting{}}
	l.complete = kind == "main" || kind == "http" || outer != nil && outer.complete
	if outer != nil {
		l.around = outer.vars
	}
	if kind == "location" && outer != nil && outer.kind == "location" {
		l.around = outer.around // the outer location's own rewrites do not run
	}
	l.vars = l.around.within(items)
	var order []string
	count := 0
	for _, it := range items {
		spec, known := nginxDirectives[it.Name]
		if !known || it.Block {
			continue
		}
		slot := spec.slotOf(it.Name)
		if _, seen := l.own[slot]; !seen {
			order = append(order, slot)
			l.own[slot] = nil // an empty add_header sets nothing and still ends the inheritance
		}
		if count++; count > maxOwn {
			t.cut = true
			break
		}
		for _, s := range nginxSettings(it.Directive, l.vars) {
			if l.first.Line == 0 {
				l.first = s.Place
			}
			l.own[slot] = append(l.own[slot], s)
		}
	}
	l.inherit(outer, slices.Sorted(maps.Keys(l.own)))
	if place == nil {
		return l
	}
	l.scope = &checks.Scope{Layer: "nginx", Kind: kind, Name: name, Place: *place}
	if outer != nil {
		l.scope.Parent = outer.scope
	}
	l.fill(order)
	if t.room(len(l.scope.Settings)) {
		t.scopes = append(t.scopes, l.scope)
	}
	return l
}

// inherit computes what is in effect.
func (l *nginxLevel) inherit(outer *nginxLevel, own []string) {
	for _, slot := range own {
		l.effective[slot] = l.own[slot]
	}
	if outer == nil {
		return
	}
	mode := "on"
	for _, level := range []*nginxLevel{outer, l} {
		if list := level.effective["add_header_inherit"]; len(list) > 0 {
			mode = list[len(list)-1].Raw
		}
	}
	for slot, list := range outer.effective {
		list = l.revalued(outer, list)
		how := nginxDirectives[slot].inherit
		if slot == "headers_more" {
			how = inheritAccumulate
		}
		if slot == "add_header" && mode == "off" {
			continue
		}
		_, has := l.own[slot]
		if slot == "add_header" && mode == "merge" { // the block's own come first, as ngx_http_headers_merge_conf has it
			l.effective[slot] = slices.Concat(l.own[slot], inherited(list))
			l.merged = true
			continue
		}
		switch {
		case how == inheritAccumulate,
			how == inheritOverride && !has,
			how == inheritReturn && !has && outer.kind == "server",
			how == inheritHandler && !has && l.kind == "if":
			l.effective[slot] = slices.Concat(inherited(list), l.own[slot])
		}
	}
}

// revalued are outer settings with the values that their variables have in this block: what the outer block sets in
// its own rewrites may not run here.
func (l *nginxLevel) revalued(outer *nginxLevel, list []checks.Setting) []checks.Setting {
	out := list
	for i, s := range list {
		if s.Header == "" || !strings.Contains(s.Raw, "$") || s.Has("remove") || s.Has("pass") {
			continue
		}
		if _, known := outer.vars.fill(s.Raw, "", ""); known && s.Dynamic() {
			continue // for a reason of its own, such as a template's condition
		}
		if len(out) > 0 && &out[0] == &list[0] {
			out = slices.Clone(list)
		}
		out[i].Value, out[i].Origin = l.vars.text(s.Raw)
		out[i].Choices = nil
		if out[i].Dynamic() {
			out[i].Choices = l.vars.choices(s.Raw)
		}
	}
	return out
}

func inherited(list []checks.Setting) []checks.Setting {
	out := slices.Clone(list)
	for i := range out {
		out[i].Inherited = true
	}
	return out
}

// fill writes the scope's settings: what is inherited, the block's own in order, the defaults of what is unset.
func (l *nginxLevel) fill(order []string) {
	for _, slot := range slices.Sorted(maps.Keys(l.effective)) {
		if slot != "add_header" || !l.merged {
			l.addInherited(slot)
		}
	}
	for _, slot := range order {
		for _, s := range l.own[slot] {
			l.add(s)
		}
	}
	if l.merged {
		l.addInherited("add_header")
	}
	if !l.complete {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(nginxDirectives)) {
		spec := nginxDirectives[name]
		if spec.def == nil || len(l.effective[spec.slotOf(name)]) > 0 {
			continue
		}
		l.add(checks.Setting{Layer: "nginx", Name: name, Value: spec.def, Origin: checks.OriginDefault, Place: l.scope.Place})
	}
}

func (l *nginxLevel) addInherited(slot string) {
	for _, s := range l.effective[slot] {
		if s.Inherited {
			l.add(s)
		}
	}
}

func (l *nginxLevel) add(s checks.Setting) {
	s.Scope = l.name
	l.scope.Settings = append(l.scope.Settings, s)
}
