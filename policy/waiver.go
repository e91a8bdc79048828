package policy

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"hardcheck/checks"
)

// waiver accepts findings of one item until the end of a day.
type waiver struct {
	item        *Item
	rule        string
	paths, urls []string
	fingerprint string
	use         WaiverUse
	expires     time.Time // the first moment at which it no longer holds
	where       position
}

var fingerprintForm = regexp.MustCompile(`^hc1:[0-9a-f]{32}$`)

// waivers checks the waivers of every document against the effective policy. Those of a base stay in force.
func (r *resolver) waivers(chain []*document, p *Policy) []*waiver {
	var out []*waiver
	for _, doc := range chain {
		for i := range doc.Waivers {
			if w := r.waiver(&doc.Waivers[i], indexed("waivers", i), p); w != nil {
				out = append(out, w)
			}
		}
	}
	return out
}

func (r *resolver) waiver(e *waiverEntry, path string, p *Policy) *waiver {
	for i, glob := range e.Paths.list {
		r.pattern(glob, indexed(path+".paths", i))
	}
	for i, glob := range e.URLs.list {
		r.pattern(glob, indexed(path+".urls", i))
	}
	if e.Paths.set && len(e.Paths.list) == 0 {
		r.found.add(e.Paths.at, path+".paths", "the list is empty; leave it out to cover the whole item")
	}
	if e.Fingerprint.set && !fingerprintForm.MatchString(e.Fingerprint.value) {
		r.found.add(e.Fingerprint.at, path+".fingerprint", "expected hc1: and 32 hexadecimal digits, as the JSON report shows it")
	}
	r.lasting(e, path)
	if !e.Item.set { // reported
		return nil
	}
	item := p.names[e.Item.value]
	if item == nil {
		r.found.add(e.Item.at, path+".item", "unknown item %q%s", e.Item.value, didYouMean(e.Item.value, p.itemNames()))
		return nil
	}
	if e.Rule.set && item.Check.Rule(e.Rule.value) == nil {
		var rules []string
		for _, rule := range item.Check.Rules {
			rules = append(rules, rule.ID)
		}
		r.found.add(e.Rule.at, path+".rule", "%s has no rule %q%s", item.Check.ID, e.Rule.value, orOneOf(e.Rule.value, rules))
	}
	return &waiver{
		item: item, rule: e.Rule.value, paths: e.Paths.values(), urls: e.URLs.values(), fingerprint: e.Fingerprint.value,
		expires: e.Expires.value.AddDate(0, 0, 1), where: e.mark.at,
		use: WaiverUse{Item: item.ID, Reason: e.Reason.value, Owner: e.Owner.value, Ticket: e.Ticket.value,
			Expires: e.Expires.value.Format(time.DateOnly)},
	}
}

// lasting refuses a waiver that ends further away than gate.max_waiver.
func (r *resolver) lasting(e *waiverEntry, path string) {
	if !e.Expires.set {
		return
	}
	longest := r.settings.maxWaiver.value
	today := r.options.Now.UTC().Truncate(24 * time.Hour)
	if last := today.Add(longest); e.Expires.value.After(last) {
		r.found.add(e.Expires.at, path+".expires", "expected at most %s from today, %s; found %s",
			checks.FormatDuration(longest), last.Format(time.DateOnly), e.Expires.value.Format(time.DateOnly))
	}
}

// covers reports whether the waiver is about the finding of a target that lies at prefix, whatever the day.
func (w *waiver) covers(f *Finding, prefix string) bool {
	if w.rule != "" && w.rule != f.Rule || w.fingerprint != "" && w.fingerprint != f.Fingerprint {
		return false
	}
	if len(w.paths) == 0 && len(w.urls) == 0 {
		return true
	}
	return f.Path != "" && matchesAny(w.paths, path.Join(prefix, f.Path)) || f.URL != "" && matchesAny(w.urls, f.URL)
}

// matchesAny reports whether a glob matches the name or a directory above it.
func matchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
		return doublestar.MatchUnvalidated(glob, name) || doublestar.MatchUnvalidated(glob+"/**", name)
	})
}

// judges reports whether a target can have all the findings that the waiver is about: a directory below the
// policy's own has a part of them only.
func (w *waiver) judges(t judgedTarget) bool {
	switch {
	case len(w.paths) > 0 && len(w.urls) == 0:
		return t.kind != checks.TargetURL && t.prefix == ""
	case len(w.urls) > 0 && len(w.paths) == 0:
		return t.kind == checks.TargetURL || t.kind == checks.TargetJoint
	}
	return true
}
