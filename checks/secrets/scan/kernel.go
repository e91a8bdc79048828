package scan

// The kernels read 64 bytes at a time and answer in bitmaps: bit i of word w stands for byte 64*w+i. Each exists as
// a vector version, chosen at run time, and as a portable twin that gives the same bits.

// blockSize is the number of bytes that one word of a bitmap stands for.
const blockSize = 64

// fingerprint is the number of bytes by which literals are told apart before they are compared.
const fingerprint = 4

// banks is the number of groups of buckets in one filter.
const banks = 3

// buckets is the number of groups of fingerprints in a bank: one bit each.
const buckets = 8

// nibbles says, by bucket, which low and which high halves of a byte a fingerprint may have at one position: the
// set of bytes is approximated by the product of both (the "Teddy" filter of Hyperscan: Wang et al., "Hyperscan: A
// Fast Multi-pattern Regex Matcher for Modern CPUs", NSDI 2019). Each table stands twice, once for each half of a
// vector register.
type nibbles struct{ low, high [32]uint8 }

// fingerprintTables say which bytes the fingerprints may have.
type fingerprintTables struct {
	nibbles [fingerprint][banks]nibbles
	// portable holds, by byte and bank, the buckets that allow it at position i in bits 8*i up.
	portable [256][banks]uint32
}

// allow gives a bucket of a bank its nibbles.
func (t *fingerprintTables) allow(bank, bucket int, b *bucket) {
	for position := range fingerprint {
		n := &t.nibbles[position][bank]
		for i := range n.low {
			n.low[i] |= uint8(b.low[position]>>(i%16)&1) << bucket
			n.high[i] |= uint8(b.high[position]>>(i%16)&1) << bucket
		}
	}
}

// derive fills the portable table once the nibbles are complete.
func (t *fingerprintTables) derive() {
	for c := range t.portable {
		for bank := range banks {
			t.portable[c][bank] = 0
			for position := range fingerprint {
				n := &t.nibbles[position][bank]
				t.portable[c][bank] |= uint32(n.low[c&15]&n.high[c>>4]) << (8 * position)
			}
		}
	}
}

// matchKernel sets in the bitmap the positions of the first 64*blocks bytes at which some bucket allows all four bytes.
// data goes at least three bytes on.
type matchKernel func(t *fingerprintTables, data []byte, out []uint64, blocks int)

// match is the fastest kernel.
var match = matchKernels[0]

// matchPortable is a Shift-And automaton with a bit for each bucket.
func matchPortable(t *fingerprintTables, data []byte, out []uint64, blocks int) {
	var first, second, third uint32
	for _, c := range data[:fingerprint-1] {
		p := &t.portable[c]
		first, second, third = (first<<8|0xff)&p[0], (second<<8|0xff)&p[1], (third<<8|0xff)&p[2]
	}
	for w := range blocks {
		var found uint64
		for i, c := range data[w*blockSize+fingerprint-1:][:blockSize] {
			p := &t.portable[c]
			first, second, third = (first<<8|0xff)&p[0], (second<<8|0xff)&p[1], (third<<8|0xff)&p[2]
			found |= uint64((first|second|third)>>24+0xff) >> 8 << i // 1 where any bucket is left
		}
		out[w] = found
	}
}

// classes is the number of sets of bytes that one pass tells.
const classes = 6

// classTables hold sets of ASCII bytes: low[s][l] has bit h where set s has the byte h<<4|l.
type classTables struct {
	low      [classes][32]uint8
	portable [256]uint8 // the byte's sets, one bit each
}

func newClassTables(sets ...*Set) *classTables {
	t := &classTables{}
	for s, set := range sets {
		for c := range 128 {
			if set[c] {
				t.low[s][c&15] |= 1 << (c >> 4)
				t.low[s][c&15+16] |= 1 << (c >> 4)
				t.portable[c] |= 1 << s
			}
		}
	}
	return t
}

// classifyPortable sets in each set's bitmap the positions of the first 64*blocks bytes that are of the set.
func classifyPortable(t *classTables, data []byte, out *[classes][]uint64, blocks int) {
	const lowBits, gather = 0x0101010101010101, 0x0102040810204080 // lowBits*gather collects a bit of each byte at the top
	for w := range blocks {
		var sets [classes]uint64
		for i := 0; i < blockSize; i += 8 {
			d := data[w*blockSize+i:][:8]
			all := uint64(t.portable[d[0]]) | uint64(t.portable[d[1]])<<8 | uint64(t.portable[d[2]])<<16 | uint64(t.portable[d[3]])<<24 |
				uint64(t.portable[d[4]])<<32 | uint64(t.portable[d[5]])<<40 | uint64(t.portable[d[6]])<<48 | uint64(t.portable[d[7]])<<56
			for s := range sets {
				sets[s] |= all >> s & lowBits * gather >> 56 << i
			}
		}
		for s := range sets {
			out[s][w] = sets[s]
		}
	}
}
