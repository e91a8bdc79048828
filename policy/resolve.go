package policy

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"time"

	"hardcheck/checks"
)

// Policy is an effective policy: every file of the chain and the chosen profile merged, everything checked.
type Policy struct {
	ref       PolicyRef
	dir       string  // the policy file's directory, absolute and without links; "" where no file is in force
	items     []*Item // in report order, those turned off included
	names     map[string]*Item
	waivers   []*waiver
	catalogue *catalogue
	settings  settings
}

// settings are what holds for the whole policy.
type settings struct {
	owner          traced[string]
	failOn         traced[checks.Severity]
	reportFrom     traced[checks.Severity]
	maxWaiver      traced[time.Duration]
	onError        traced[string]
	onLowPrecision traced[string]
	onStaleWaiver  traced[string]
	minimum        traced[int]
	weights        [checks.Critical + 1]traced[int]
	exclude        traced[[]string]
	all            traced[bool]
	secrets        secretSettings
	sites          traced[[]Site]
}

const builtIn = "hardcheck"

func defaultSettings() settings {
	var s settings
	s.failOn.put(checks.High, "high", builtIn)
	s.reportFrom.put(checks.Low, "low", builtIn)
	s.maxWaiver.put(180*24*time.Hour, "180d", builtIn)
	s.onError.put("fail", "fail", builtIn)
	s.onLowPrecision.put("report", "report", builtIn)
	s.onStaleWaiver.put("warn", "warn", builtIn)
	s.minimum.put(0, "0", builtIn)
	for i, weight := range []int{0, 0, 1, 2, 5, 10} {
		s.weights[i].put(weight, checks.FormatValue(int64(weight)), builtIn)
	}
	s.exclude.put(defaultExclude(), checks.FormatValue(defaultExclude()), builtIn)
	s.all.put(false, "false", builtIn)
	s.secrets.ignoreComments.put(true, "true", builtIn)
	s.secrets.places = map[string]position{}
	return s
}

// draft is an item while layers are put on it.
type draft struct {
	check      *checks.Check
	id         traced[string]
	severity   traced[checks.Severity]
	owner      traced[string]
	expected   traced[string]
	rollback   traced[string]
	rationale  traced[string]
	references traced[[]string]
	off        traced[string]
	expect     map[string]*traced[any]
	declared   position // the newest layer's
	path       string   // of that layer's entry
}

// resolver merges layers into drafts: one per check, found by any name it ever had.
type resolver struct {
	*loader
	byCheck  map[string]*draft
	names    map[string]*draft
	settings settings
}

// resolve merges the chain, base first, then the chosen profiles.
func (l *loader) resolve(chain []*document, chosen []profile) *Policy {
	r := &resolver{loader: l, byCheck: map[string]*draft{}, names: map[string]*draft{}, settings: defaultSettings()}
	for _, doc := range chain {
		r.sections(doc)
		r.secretInputs(doc)
		r.sites(doc)
		r.items(doc)
	}
	for _, p := range profilesOf(chain) {
		if !slices.Contains(chosen, p) {
			r.copy().profile(p) // for its mistakes
		}
	}
	for _, p := range chosen {
		r.profile(p)
		putSeverity(&r.settings.failOn, p.value.FailOn)
	}
	p := &Policy{names: map[string]*Item{}, catalogue: l.catalogue, settings: r.settings, dir: directoryOf(chain)}
	for _, id := range slices.Sorted(maps.Keys(r.byCheck)) {
		p.items = append(p.items, r.finish(r.byCheck[id]))
	}
	slices.SortFunc(p.items, compareItems)
	r.name(p)
	r.consistent(chain)
	p.waivers = r.waivers(chain, p)
	p.ref = reference(chain, chosen)
	p.ref.Digest = p.Digest()
	return p
}

// name makes the index from every name an item ever had, and its check's ID, to the item.
func (r *resolver) name(p *Policy) {
	for _, item := range p.items {
		p.names[item.Check.ID] = item
	}
	for name, d := range r.names {
		p.names[name] = p.names[d.check.ID]
	}
}

// items puts one document's items on the drafts. A check that two items of one document ask is refused: it would
// be judged twice.
func (r *resolver) items(doc *document) {
	asked := map[*draft]int{}
	for i := range doc.Items {
		e := &doc.Items[i]
		if !e.mark.set {
			continue // not a mapping; reported
		}
		path := indexed("items", i)
		d := r.locate(e.mark.at, path, e.ID, &e.ItemFields)
		if d == nil {
			continue
		}
		if j, twice := asked[d]; twice {
			r.found.add(e.mark.at, path, "check %q is asked by %s already; one item asks one check", d.check.ID, indexed("items", j))
			continue
		}
		asked[d] = i
		r.apply(doc, d, e.mark.at, path, &e.ItemFields)
	}
}

// profile puts one profile's items on the drafts.
func (r *resolver) profile(p profile) {
	if p.name == "default" {
		r.found.add(p.at, "profiles.default", "the name is taken: default is the policy without a profile")
	}
	if slices.Contains(Profiles(), p.name) && p.value.Extends.value != p.name {
		r.found.add(p.at, "profiles."+p.name, "the name is an embedded profile's; refine that one with \"extends: %s\", or choose another name", p.name)
	}
	for i := range p.value.Items.list {
		item := &p.value.Items.list[i]
		path := "profiles." + p.name + ".items." + item.name
		id := text{mark: mark{item.at, true}, value: item.name}
		if d := r.locate(item.at, path, id, &item.value.ItemFields); d != nil {
			r.apply(p.doc, d, item.at, path, &item.value.ItemFields)
		}
	}
}

// copy returns a resolver whose drafts can be written without effect on this one's.
func (r *resolver) copy() *resolver {
	c := *r
	c.byCheck, c.names = map[string]*draft{}, map[string]*draft{}
	for id, d := range r.byCheck {
		clone := *d
		clone.expect = map[string]*traced[any]{}
		c.byCheck[id] = &clone
	}
	for name, d := range r.names {
		c.names[name] = c.byCheck[d.check.ID]
	}
	return &c
}

var itemID = regexp.MustCompile(`^[a-zA-Z0-9]+([-_./][a-zA-Z0-9]+)*$`)

// locate finds the draft that an entry refines, by id and then by check, or begins a new one.
func (r *resolver) locate(at position, path string, id text, f *ItemFields) *draft {
	if id.set && !itemID.MatchString(id.value) {
		r.found.add(id.at, path, "id %q: expected letters, digits and - _ . / between them", id.value)
		return nil
	}
	named := r.names[id.value]
	checkID, checkAt := f.Check.value, f.Check.at
	if !f.Check.set && named != nil {
		checkID = named.check.ID
	} else if !f.Check.set && id.set {
		checkID, checkAt = id.value, id.at
	}
	check := r.catalogue.byID[checkID]
	switch {
	case checkID == "":
		r.found.add(at, path, "needs %q", "check")
		return nil
	case check == nil && !f.Check.set:
		hint := didYouMean(checkID, slices.Concat(slices.Sorted(maps.Keys(r.names)), r.catalogue.ids()))
		r.found.add(checkAt, path, "%q is neither an inherited item nor a check%s", checkID, cmp.Or(hint, `; add "check"`))
		return nil
	case check == nil:
		r.found.add(checkAt, path+".check", "%s", r.catalogue.unknown(checkID))
		return nil
	case named != nil && named.check != check:
		r.found.add(at, path, "item %q asks %s; give the item for %s another id", id.value, named.check.ID, check.ID)
		return nil
	}
	d := r.byCheck[check.ID]
	if d == nil {
		d = &draft{check: check, expect: map[string]*traced[any]{}}
		r.byCheck[check.ID] = d
	}
	switch {
	case id.set:
		d.id.put(id.value, id.value, id.at.String())
	case !d.id.set():
		d.id.put(check.ID, check.ID, at.String())
	}
	r.names[d.id.value] = d
	return d
}

// reference names the policy for the report: the chosen profile, else the embedded one it stands on.
func reference(chain []*document, chosen []profile) PolicyRef {
	var ref PolicyRef
	for _, doc := range chain {
		if doc.source.embedded != "" {
			ref.Profile = doc.source.embedded
		} else {
			ref.File = doc.source.name()
		}
	}
	if len(chosen) > 0 {
		ref.Profile = chosen[len(chosen)-1].name
	}
	return ref
}
