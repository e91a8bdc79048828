package scan

import (
	"cmp"
	"math/bits"
	"slices"
)

// bucket is the product of nibbles that the windows of one bucket have at each position.
type bucket struct {
	low, high [fingerprint]uint16 // sets of nibbles
	// shares are those of the bytes that pass at each position, by kind of text; share is that of the positions of text.
	shares [fingerprint][kindsOfText]float64
	share  float64
}

// rowShares tells, by kind of text, the share of bytes with a given high half and one of a set of low halves, by the
// set's two bytes.
type rowShares [16][2][256][kindsOfText]float64

func newRowShares() *rowShares {
	r := &rowShares{}
	for high := range r {
		for half := range r[high] {
			for set := 1; set < 256; set++ {
				low := half*8 + bits.TrailingZeros(uint(set))
				for kind := range kindsOfText {
					r[high][half][set][kind] = r[high][half][set&(set-1)][kind] + frequency[kind][high<<4|low]
				}
			}
		}
	}
	return r
}

func (r *rowShares) of(low, high uint16) (sum [kindsOfText]float64) {
	for ; high != 0; high &= high - 1 {
		row := &r[bits.TrailingZeros16(high)]
		first, second := &row[0][low&0xff], &row[1][low>>8]
		for kind := range sum {
			sum[kind] += first[kind] + second[kind]
		}
	}
	return sum
}

// with is the bucket that also has the windows of another.
func (b bucket) with(w *bucket, rows *rowShares) bucket {
	share := mixture
	for i := range b.low {
		low, high := b.low[i]|w.low[i], b.high[i]|w.high[i]
		if low != b.low[i] || high != b.high[i] {
			b.low[i], b.high[i], b.shares[i] = low, high, rows.of(low, high)
		}
		for kind := range share {
			share[kind] *= min(b.shares[i][kind], 1)
		}
	}
	b.share = share[0] + share[1] + share[2] + share[3]
	return b
}

// refinements is how often every window is given the choice of a bucket again.
const refinements = 1

// fillBuckets shares windows out to the buckets so that few positions of usual text pass: the most frequent first, each
// to the bucket that grows least, and then each once more, now that all are known.
func fillBuckets(t *fingerprintTables, windows []window) {
	rows := newRowShares()
	own := make([]bucket, len(windows))
	for i := range windows {
		own[i] = bucket{}.with(bucketOf(&windows[i]), rows)
	}
	slices.SortStableFunc(own, func(a, b bucket) int { return cmp.Compare(b.share, a.share) })
	var all [buckets * banks]bucket
	home := make([]int, len(own))
	for i := range own {
		home[i] = leastGrowth(&all, &own[i], rows)
		all[home[i]] = all[home[i]].with(&own[i], rows)
	}
	for range refinements {
		for i, from := range home {
			all[from] = united(own, home, from, i, rows)
			home[i] = leastGrowth(&all, &own[i], rows)
			all[home[i]] = all[home[i]].with(&own[i], rows)
		}
	}
	for i := range all {
		t.allow(i/buckets, i%buckets, &all[i])
	}
	t.derive()
}

// leastGrowth is the bucket that lets the fewest more positions pass with a window's.
func leastGrowth(all *[buckets * banks]bucket, own *bucket, rows *rowShares) int {
	best, least := 0, 0.0
	for i := range all {
		if growth := all[i].with(own, rows).share - all[i].share; i == 0 || growth < least {
			best, least = i, growth
		}
	}
	return best
}

// united is the bucket of the windows whose home it is, but for one.
func united(own []bucket, home []int, at, without int, rows *rowShares) bucket {
	var all bucket
	for i := range own {
		if home[i] == at && i != without {
			for p := range all.low {
				all.low[p] |= own[i].low[p]
				all.high[p] |= own[i].high[p]
			}
		}
	}
	return bucket{}.with(&all, rows)
}

func bucketOf(w *window) *bucket {
	b := &bucket{}
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
