package prober

import (
	"slices"

	"hardcheck/checks"
)

// Sizes that are declared, in bytes.
const (
	controlSize = 2 // no layer refuses so little for its size
	farAbove    = 10 << 30
	wrapsBelow  = 1<<31 - 1 // the largest size that a signed 32-bit number holds: a limit that overflows refuses it
)

// usual are the limits that products have by default or people choose: in KiB, MiB, kB and MB, and by themselves.
var usual = usualSizes()

func usualSizes() []int64 {
	out := []int64{65535, 2621440 /* Django */, 30000000 /* Kestrel, IIS */, 1 << 31, 1<<32 - 1, 1 << 32}
	for unit, numbers := range map[int64][]int64{
		1 << 10: {1, 2, 4, 8, 10, 16, 20, 32, 50, 56, 64, 100, 128, 200, 250, 256, 300, 400, 500, 512, 600, 750, 768, 800, 900},
		1 << 20: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 25, 30, 32, 40, 48, 50, 60, 64, 75, 80, 96, 100, 120, 128, 150, 200,
			250, 256, 300, 400, 500, 512, 600, 750, 768, 800},
		1 << 30: {1, 2, 3, 4, 5, 6, 8, 10},
		1e3:     {10, 50, 64, 100, 128, 200, 250, 256, 300, 400, 500, 512, 750, 800},
		1e6:     {1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 25, 30, 32, 40, 50, 60, 64, 100, 128, 150, 200, 250, 256, 300, 500, 512},
		1e9:     {1, 2, 3, 4, 5, 8, 10},
		1 << 19: {3, 5, 7}, // 1.5, 2.5 and 3.5 MiB
	} {
		for _, n := range numbers {
			out = append(out, n*unit)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Bracket is what probes found: a body of AtLeast bytes is let through, one of Over bytes is refused. Over is 0 where
// none was.
type Bracket struct{ AtLeast, Over int64 }

// Exact reports whether the limit is known to the byte.
func (b Bracket) Exact() bool { return b.Over > 0 && b.Over == b.AtLeast+1 }

// slack is how wide a bracket may be, in bytes, that its budget kept from the last byte, where one usual limit is in it.
const slack = 16

// Limit is the largest body that gets through, where it is known to the byte, or where the bracket is narrow and one
// usual limit is in it.
func (b Bracket) Limit() (n int64, known bool) {
	if b.Exact() {
		return b.AtLeast, true
	}
	if b.Over == 0 || b.Over-b.AtLeast > slack {
		return 0, false
	}
	for _, u := range usual {
		if b.AtLeast <= u && u < b.Over {
			if known {
				return 0, false
			}
			n, known = u, true
		}
	}
	return n, known
}

func (b Bracket) String() string {
	n, exact := b.Limit()
	switch {
	case exact:
		return "a limit of " + checks.FormatSize(n)
	case b.Over == 0:
		return "no limit up to " + checks.FormatSize(b.AtLeast)
	case b.AtLeast <= controlSize:
		return "a limit of at most " + checks.FormatSize(b.Over-1)
	}
	return "a limit from " + checks.FormatSize(b.AtLeast) + " to " + checks.FormatSize(b.Over-1)
}

// pass and refuse narrow the bracket.
func (b *Bracket) pass(n int64) {
	if b.Over == 0 || n < b.Over {
		b.AtLeast = max(b.AtLeast, n)
	}
}

func (b *Bracket) refuse(n int64) {
	if b.Over == 0 || n < b.Over {
		b.Over = n
	}
}

// middle is the usual limit in the middle of those that the bracket leaves open and that are at most most.
func (b Bracket) middle(most int64, more ...int64) (int64, bool) {
	var open []int64
	for _, n := range append(more, usual...) {
		if b.AtLeast < n+1 && n+1 < b.Over && n+1 <= most {
			open = append(open, n)
		}
	}
	if len(open) == 0 {
		return 0, false
	}
	slices.Sort(open)
	return open[len(open)/2], true
}
