package decode

import "golang.org/x/sys/cpu"

// nibbleTables classify a byte by two look-ups of 16 entries: the bits that its low and its high half have in common
// (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", section 3.1.2). Each table stands twice, once for
// each half of a 256-bit register.
type nibbleTables struct{ low1, high1, low2, high2 [32]byte }

// halves is a set of bytes: every pairing of the high halves with the low ones.
type halves struct {
	bit       byte
	high, low string // hexadecimal digits
}

var firstTable = []halves{
	{0x01, "2", "bdf"},              // + - /
	{0x02, "3", "0123456789"},       // digits
	{0x04, "46", "123456789abcdef"}, // A-O a-o
	{0x08, "57", "0123456789a"},     // P-Z p-z
	{0x10, "5", "f"},                // _
	{0x20, "2", "56"},               // % &
	{0x40, "5", "c"},                // \
	{0x80, "2", "27"},               // " '
}

var secondTable = []halves{
	{0x01, "6", "0"},      // `
	{0x02, "0", "9ad"},    // tab and line ends
	{0x04, "2", "0267be"}, // blank " & ' + .
	{0x08, "357", "c"},    // < \ |
	{0x10, "3", "d"},      // =
	{0x20, "0", "ad"},     // line ends
	{0x40, "3", "3"},      // 3
	{0x80, "0", "0"},      // NUL
}

var nibbles = func() (t nibbleTables) {
	fill := func(sets []halves, low, high *[32]byte) {
		for _, s := range sets {
			for _, digit := range []byte(s.low) {
				low[unhex[digit]] |= s.bit
				low[16+unhex[digit]] |= s.bit
			}
			for _, digit := range []byte(s.high) {
				high[unhex[digit]] |= s.bit
				high[16+unhex[digit]] |= s.bit
			}
		}
	}
	fill(firstTable, &t.low1, &t.high1)
	fill(secondTable, &t.low2, &t.high2)
	return t
}()

// classifyAVX2 writes the masks of n blocks at src to dst.
//
//go:noescape
func classifyAVX2(dst *block, src *byte, n int, t *nibbleTables)

var hasAVX2 = cpu.X86.HasAVX2

// classify fills blocks with the masks of data, which holds len(blocks)*blockSize bytes.
func classify(blocks []block, data []byte) {
	if len(blocks) == 0 {
		return
	}
	if !hasAVX2 {
		classifyPortable(blocks, data)
		return
	}
	data = data[:len(blocks)*blockSize]
	classifyAVX2(&blocks[0], &data[0], len(blocks), &nibbles)
}
