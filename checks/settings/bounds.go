package settings

import "hardcheck/checks"

// Bounds of one product's files in one tree: includes that loop or multiply, and settings inherited by very many
// scopes, end there and are reported.
const (
	maxIncludeDepth = 16
	maxExpanded     = 50000  // directives after includes
	maxSettings     = 200000 // in all scopes
	maxOwn          = 1000   // settings that one block makes itself
	maxMerged       = 1e6    // settings gone through to merge sections
)

// bounds counts what was used of them.
type bounds struct {
	expanded, settings, merged int
	cut                        bool // a bound was met
}

// spend takes one directive; false where none is left.
func (b *bounds) spend() bool {
	b.expanded++
	b.cut = b.cut || b.expanded > maxExpanded
	return b.expanded <= maxExpanded
}

// own keeps what one block may set.
func (b *bounds) own(list []checks.Setting) []checks.Setting {
	if len(list) > maxOwn {
		b.cut = true
		return list[:maxOwn]
	}
	return list
}

// room reports whether a scope with n settings may be reported.
func (b *bounds) room(n int) bool {
	b.settings += n
	b.cut = b.cut || b.settings > maxSettings
	return b.settings <= maxSettings
}

// merge reports whether a section may be merged into n settings.
func (b *bounds) merge(n int) bool {
	b.merged += n
	b.cut = b.cut || b.merged > maxMerged
	return b.merged <= maxMerged
}

// problem says that a bound was met, or nothing.
func (b *bounds) problem(product string) []checks.Problem {
	if !b.cut {
		return nil
	}
	return []checks.Problem{{Op: "join the configuration of " + product, Expected: "at most tens of thousands of directives after includes",
		Actual: "more; the rest was left out", Retry: checks.RetryUseless, Blind: true}}
}
