package flow

import (
	"slices"

	"hardcheck/checks/internal/parse/source"
)

// findSinks finds the places that can write or answer: by their words, and as calls of functions of this file that
// hold such places.
func (w *follower) findSinks() {
	groups := printCall | levelCall
	switch w.file.Lang {
	case source.Python:
		groups |= replying
	case source.JavaScript:
		groups |= sending
	default:
		groups |= writesAny | repliesAny
	}
	w.places = words.offsets(w.file.Source, groups)
	calls := w.facts.calls
	for grown := true; grown; {
		grown = false
		rest := calls[:0]
		for _, c := range calls {
			switch {
			case c.X == nil || w.relevant(c.Start, c.End):
			case slices.ContainsFunc(w.functions[c.X.Text], func(f *source.Function) bool { return w.relevant(f.Start, f.End) }):
				at, _ := slices.BinarySearch(w.places, c.Start)
				w.places = slices.Insert(w.places, at, c.Start)
				grown = true
			default:
				rest = append(rest, c)
			}
		}
		calls = rest
	}
}

// relevant reports a range that holds such a place.
func (w *follower) relevant(start, end int) bool {
	at, _ := slices.BinarySearch(w.places, start)
	return at < len(w.places) && w.places[at] <= end
}

// needed reports a function that can write or answer.
func (w *follower) needed(f *source.Function) bool {
	return w.relevant(f.Start, f.End) || w.table.handles(f, w.class)
}
