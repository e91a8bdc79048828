package decode

// blockSize is how many bytes one block's masks describe.
const blockSize = 64

// block holds one bit per byte of 64 bytes for each class of bytes that the detectors start from; bit i is byte i.
// The vector kernel writes the masks in this order.
type block struct {
	word   uint64 // [A-Za-z0-9+/_-], the alphabets of base64 (RFC 4648, sections 4 and 5)
	mark   uint64 // \ % &
	quote  uint64 // " ' `
	glue   uint64 // blanks, line ends, quotes, and + . & | < \, which may follow a quote in a concatenation
	nul    uint64
	digit  uint64
	equals uint64
	soft   uint64 // line ends and 3, which follow the = of quoted-printable's commonest escapes
}

// Lanes of classOf, in the order of block's fields.
const (
	laneWord = iota
	laneMark
	laneQuote
	laneGlue
	laneNul
	laneDigit
	laneEquals
	laneSoft
)

var laneMembers = [8]string{
	laneWord:   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_",
	laneMark:   `\%&`,
	laneQuote:  "\"'`",
	laneGlue:   " \t\r\n\"'`+.&|<\\",
	laneNul:    "\x00",
	laneDigit:  "0123456789",
	laneEquals: "=",
	laneSoft:   "\r\n3",
}

// classOf maps a byte to its classes, the lowest bit of one byte per lane: eight of them, shifted by their place and
// or-ed together, are eight bytes' masks.
var classOf = func() (classes [256]uint64) {
	for lane, members := range laneMembers {
		for _, c := range []byte(members) {
			classes[c] |= 1 << (8 * lane)
		}
	}
	return classes
}()

func isWord(c byte) bool { return classOf[c]&(1<<(8*laneWord)) != 0 }

func isQuote(c byte) bool { return classOf[c]&(1<<(8*laneQuote)) != 0 }

func isDigit(c byte) bool { return classOf[c]&(1<<(8*laneDigit)) != 0 }

// classifyPortable fills blocks with the masks of data, which holds len(blocks)*blockSize bytes.
func classifyPortable(blocks []block, data []byte) {
	for i := range blocks {
		b := &blocks[i]
		*b = block{}
		for j := 0; j < blockSize; j += 8 {
			d := (*[8]byte)(data[i*blockSize+j:])
			lanes := classOf[d[0]] | classOf[d[1]]<<1 | classOf[d[2]]<<2 | classOf[d[3]]<<3 |
				classOf[d[4]]<<4 | classOf[d[5]]<<5 | classOf[d[6]]<<6 | classOf[d[7]]<<7
			b.word |= lanes >> (8 * laneWord) & 0xff << j
			b.mark |= lanes >> (8 * laneMark) & 0xff << j
			b.quote |= lanes >> (8 * laneQuote) & 0xff << j
			b.glue |= lanes >> (8 * laneGlue) & 0xff << j
			b.nul |= lanes >> (8 * laneNul) & 0xff << j
			b.digit |= lanes >> (8 * laneDigit) & 0xff << j
			b.equals |= lanes >> (8 * laneEquals) & 0xff << j
			b.soft |= lanes >> (8 * laneSoft) & 0xff << j
		}
	}
}
