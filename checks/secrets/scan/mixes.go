package scan

// mixes reports whether the value mixes digits and letters as often as a random one does at least, and is not made of
// words, as names with a number in them are. It does not branch on its bytes: they cannot be foretold.
func mixes(value []byte) bool {
	changes, seen, last, before, pairs := 0, uint8(0), partKinds[value[0]], uint8(0), uint32(0)
	for _, c := range value {
		kind := partKinds[c]
		changes += int(kind^last+3) >> 2 // 1 where they differ: they go to 3
		last = kind
		seen |= mixtureOf[c]
		letter := letterOf[c]
		pairs += pairOf[before][letter]
		before = letter
	}
	if seen&mixDigit == 0 || seen&mixLetter == 0 {
		return false
	}
	if seen&mixBeyondHex == 0 {
		return changes*5 >= len(value)
	}
	if changes < 4 || changes*6 < len(value) {
		return false
	}
	all, common := int(pairs&(1<<pairBits-1)), int(pairs>>pairBits)
	return all*2 < len(value) || common*100 <= all*mostWords
}

// What a byte adds to a mixture.
const (
	mixDigit = 1 << iota
	mixLetter
	mixBeyondHex // a letter that is no hexadecimal digit
)

// pairBits is how many bits of pairOf count the pairs; the others count those that are common.
const pairBits = 16

// letterOf is the place of a letter of either case in the alphabet, from 1; 0 for other bytes. pairOf counts a pair.
var (
	letterOf, mixtureOf = letterTables()
	pairOf              = pairCounts()
)

func letterTables() (letters, mixture *[256]uint8) {
	letters, mixture = &[256]uint8{}, &[256]uint8{}
	for c, kind := range partKinds {
		switch kind {
		case digitPart:
			mixture[c] = mixDigit
		case lowerPart, upperPart:
			letters[c], mixture[c] = uint8(c)&31, mixLetter
			if c|0x20 > 'f' {
				mixture[c] |= mixBeyondHex
			}
		}
	}
	return letters, mixture
}

func pairCounts() *[27][32]uint32 {
	t := &[27][32]uint32{}
	for a := range 26 {
		for b := range 26 {
			t[a+1][b+1] = 1
			if commonPair[a*26+b] {
				t[a+1][b+1] |= 1 << pairBits
			}
		}
	}
	return t
}

// mostWords is the share of common pairs of letters, in percent, from which Random, too, takes a value for words.
const mostWords = 65
