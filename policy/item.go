package policy

import (
	"cmp"
	"slices"

	"hardcheck/checks"
)

// Item is a line of the effective policy.
type Item struct {
	ID         string
	Check      *checks.Check
	Values     checks.Values
	Severity   checks.Severity
	Owner      string
	Expected   string // with parameters replaced by their values
	Rollback   string
	Rationale  string
	References []string
	Off        string // the reason why the item is not judged; "" for an item in force

	fields []Field
}

// Origin is a value somebody gave a field, and where.
type Origin struct {
	Value string
	Where string // "hardcheck.yaml:13:15", "profile baseline:7:5", "checks: headers/hsts", or "hardcheck" for a built-in default
}

// Field is an effective value with its history.
type Field struct {
	Name string // "severity", "expect.min_age"
	Origin
	Over []Origin // what it replaced, nearest first
}

// traced is a value that remembers what it replaced.
type traced[T any] struct {
	value T
	trail []Origin // oldest first; empty where nothing was set
}

func (t *traced[T]) put(value T, shown, where string) {
	t.value = value
	t.trail = append(t.trail, Origin{shown, where})
}

func (t *traced[T]) set() bool { return len(t.trail) > 0 }

func (t *traced[T]) field(name string) Field {
	f := Field{Name: name}
	if n := len(t.trail); n > 0 {
		f.Origin = t.trail[n-1]
		f.Over = slices.Clone(t.trail[:n-1])
		slices.Reverse(f.Over)
	}
	return f
}

// compareItems orders items by module, check and id.
func compareItems(a, b *Item) int {
	return cmp.Or(
		cmp.Compare(moduleOrder(a.Check.Module()), moduleOrder(b.Check.Module())),
		cmp.Compare(a.Check.ID, b.Check.ID),
		cmp.Compare(a.ID, b.ID),
	)
}

func moduleOrder(m checks.Module) int { return slices.Index(checks.Modules(), m) }
