package decode

import "math/bits"

const (
	minRun = 18 // word bytes that base64 of 13 bytes has, without padding

	// Among 64 bytes of a list of character codes are at least
	minItems  = 8  // words and numbers, and
	minRows   = 8  // rows of digits, or
	fewRows   = 5  // fewer of them with
	minDigits = 14 // digits
)

// block looks at what the masks of the 64 bytes at data[at:] point to.
func (f *finder) block(b *block, at int) {
	if b.nul != 0 {
		f.wide(b.nul, at)
	}
	f.runs(b.word, at)
	// Quotes that end a literal without blanks, or an empty one.
	for m := b.quote & (b.glue>>1 | 1<<63) & (^(b.glue << 1) | b.quote>>1 | b.quote<<1); m != 0; m &= m - 1 {
		f.quote(at + bits.TrailingZeros64(m))
	}
	for m := b.mark; m != 0; m &= m - 1 {
		f.mark(at + bits.TrailingZeros64(m))
	}
	for m := b.equals & (b.soft>>1 | 1<<63); m != 0; m &= m - 1 {
		f.soft(at + bits.TrailingZeros64(m))
	}
	if n := starts(b.digit); n >= fewRows && (n >= minRows || bits.OnesCount64(b.digit) >= minDigits) && starts(b.word) >= minItems {
		f.numbers(at)
	}
}

// starts counts the runs of set bits.
func starts(mask uint64) int { return bits.OnesCount64(mask &^ (mask << 1)) }

// runs reports the runs of at least minRun word bytes that reach that length in this block.
func (f *finder) runs(word uint64, at int) {
	lead := bits.TrailingZeros64(^word)
	if f.inRun > 0 {
		if f.inRun < minRun && f.inRun+lead >= minRun {
			f.run(at - f.inRun)
		}
		if lead == blockSize {
			f.inRun += blockSize
			return
		}
		word &^= 1<<lead - 1
	}
	f.inRun = bits.LeadingZeros64(^word)
	if f.inRun == blockSize {
		f.run(at)
		return
	}
	long := word & (word >> 1) // starts of 2, 4, 8, 16 and 18 word bytes
	long &= long >> 2
	long &= long >> 4
	long &= long >> 8
	long &= long >> 2
	for long &^= long << 1; long != 0; long &= long - 1 {
		f.run(at + bits.TrailingZeros64(long))
	}
}
