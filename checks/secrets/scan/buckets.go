package scan

import (
	"bytes"
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
			share[kind] *= b.shares[i][kind]
		}
	}
	b.share = share[0] + share[1] + share[2] + share[3]
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
