package scan

import (
	"bytes"
	"slices"
)

// bucket is the product of nibbles that the windows of one bucket have at each position.
type bucket struct {
	low, high [fingerprint]uint16 // sets of nibbles
	share     float64             // of the positions of text that pass
}

// rowShares tells the share of bytes with a given high half and one of a set of low halves, by the set's two bytes.
type rowShares [16][2][256]float64

func newRowShares() *rowShares {
	r := &rowShares{}
	for high := range r {
		for half := range r[high] {
			for set := 1; set < 256; set++ {
				rest := set & (set - 1)
				low := half * 8
				for b := set; b&1 == 0; b >>= 1 {
					low++
				}
				r[high][half][set] = r[high][half][rest] + frequency[high<<4|low]
			}
		}
	}
	return r
}

func (r *rowShares) of(low, high uint16) float64 {
	sum := 0.0
	for h := range r {
		if high>>h&1 == 1 {
			sum += r[h][0][low&0xff] + r[h][1][low>>8]
		}
	}
	return sum
}

// with is the bucket that also has the windows of another.
func (b bucket) with(w *bucket, rows *rowShares) bucket {
	b.share = 1
	for i := range b.low {
		b.low[i] |= w.low[i]
		b.high[i] |= w.high[i]
		b.share *= rows.of(b.low[i], b.high[i])
	}
	return b
}

// fillBuckets shares the windows out to the buckets, those of the runs to the first bank's, so that few positions of
// usual text pass.
func fillBuckets(t *fingerprintTables, windows []window) {
	rows := newRowShares()
	for _, run := range []bool{true, false} {
		all := make([]bucket, buckets*(banks-1))
		first := bankFree
		if run {
			all, first = all[:buckets], bankRun
		}
		for _, w := range inOrder(windows, run) {
			own := bucketOf(&w)
			best, least := 0, 0.0
			for i, b := range all {
				if growth := b.with(&own, rows).share - b.share; i == 0 || growth < least {
					best, least = i, growth
				}
			}
			all[best] = all[best].with(&own, rows)
			for i, s := range w.sets {
				for c, ok := range s {
					if ok {
						t.allow(i, first+best/buckets, best%buckets, byte(c))
					}
				}
			}
		}
	}
}

func bucketOf(w *window) bucket {
	b := bucket{}
	for i, s := range w.sets {
		for c, ok := range s {
			if ok {
				b.low[i] |= 1 << (c & 15)
				b.high[i] |= 1 << (c >> 4)
			}
		}
	}
	return b
}

// inOrder returns the windows of the runs or the others, those alike next to each other.
func inOrder(windows []window, run bool) []window {
	type keyed struct {
		window
		first [fingerprint]byte
	}
	var own []keyed
	for _, w := range windows {
		if w.run == run {
			k := keyed{window: w}
			for i, s := range w.sets {
				k.first[i] = byte(slices.Index(s[:], true))
			}
			own = append(own, k)
		}
	}
	slices.SortStableFunc(own, func(a, b keyed) int { return bytes.Compare(a.first[:], b.first[:]) })
	sorted := make([]window, len(own))
	for i := range own {
		sorted[i] = own[i].window
	}
	return sorted
}
