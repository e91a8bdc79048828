package scan

import "encoding/binary"

// A word of the text before a value, as keyword rules see it: text is read as parts of names, so that "mailgun" is
// found in api.mailgun.net, MAILGUN_API_KEY, mailgunApiKey and X-Mailgun-Token, and "new relic" in NEW_RELIC_KEY.

// The kinds of bytes that parts of names are made of.
const (
	noPart = iota
	lowerPart
	upperPart
	digitPart
)

var partKinds = kinds()

func kinds() *[256]uint8 {
	t := &[256]uint8{}
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = lowerPart
		case c >= 'A' && c <= 'Z':
			t[c] = upperPart
		case c >= '0' && c <= '9':
			t[c] = digitPart
		}
	}
	return t
}

// partEnd returns the end of the part of a name that begins at text[at:]: a capital and what follows it in lower
// case, an abbreviation in capitals, or digits.
func partEnd(text []byte, at int) int {
	kind, end := partKinds[text[at]], at+1
	for end < len(text) && partKinds[text[end]] == kind {
		end++
	}
	if kind != upperPart || end == len(text) || partKinds[text[end]] != lowerPart {
		return end
	}
	if end-at > 1 {
		return end - 1 // the last capital begins the next part: HTTPServer
	}
	for end < len(text) && partKinds[text[end]] == lowerPart {
		end++
	}
	return end
}

// isJoiner reports whether the byte may stand between the parts of one word.
func isJoiner(c byte) bool { return c == '_' || c == '-' || c == '.' || c == ' ' }

// wordTable finds a set of words in text. A word's parts may be joined by one byte, by a capital, or by nothing.
type wordTable struct {
	ids map[string]int // by the word's letters and digits in lower case
	// prefixes has a bit for the hash of each beginning of a word, so that most text is left at its second byte; whole
	// has one for each word.
	prefixes, whole [1 << (wordBits - 6)]uint64
	// threes has one for each three bytes that words begin with, and fours for the hash of each four. Few parts of text
	// pass them. short has those of words that are no longer than three bytes.
	threes, short [1 << (15 - 6)]uint64
	fours         [1 << (wordBits - 6)]uint64
}

const wordBits = 16

func newWordTable() *wordTable { return &wordTable{ids: map[string]int{}} }

// wordHash is the hash of a text that the byte continues (FNV-1a, with the high bits folded into those that count).
func wordHash(hash uint32, c byte) uint32 { return (hash ^ uint32(c)) * 16777619 }

const wordSeed = 2166136261

func wordSlot(hash uint32) (word, bit uint32) {
	slot := (hash ^ hash>>wordBits) & (1<<wordBits - 1)
	return slot / 64, slot % 64
}

// maxWord bounds the length of a word, in bytes without joiners.
const maxWord = 40

// add enters the word under id and returns the id it has; a word longer than maxWord or shorter than two bytes has
// none.
func (t *wordTable) add(word string, id int) (int, bool) {
	normal := NormalName(word)
	if len(normal) < 2 || len(normal) > maxWord {
		return 0, false
	}
	if known, ok := t.ids[normal]; ok {
		return known, true
	}
	t.ids[normal] = id
	t.addStart(normal)
	hash := uint32(wordSeed)
	for i := range len(normal) {
		hash = wordHash(hash, normal[i])
		word, bit := wordSlot(hash)
		t.prefixes[word] |= 1 << bit
		if i == len(normal)-1 {
			t.whole[word] |= 1 << bit
		}
	}
	return id, true
}

// addStart enters the beginning of a word where mayBegin looks for it.
func (t *wordTable) addStart(normal string) {
	switch len(normal) {
	case 2:
		for third := range 32 {
			three := startOfThree([]byte{normal[0], normal[1], byte(third)})
			t.short[three/64] |= 1 << (three % 64)
		}
		return
	case 3:
		three := startOfThree([]byte(normal))
		t.short[three/64] |= 1 << (three % 64)
	default:
		four := startOfFour([]byte(normal))
		t.fours[four/64] |= 1 << (four % 64)
	}
	three := startOfThree([]byte(normal))
	t.threes[three/64] |= 1 << (three % 64)
}

// startOfThree is the same for three letters and digits in either case.
func startOfThree(text []byte) int {
	return int(text[0]&31)<<10 | int(text[1]&31)<<5 | int(text[2]&31)
}

// startOfFour is a hash that is the same for four letters and digits in either case.
func startOfFour(text []byte) int {
	return int((binary.LittleEndian.Uint32(text) & 0x1f1f1f1f) * 0x9e3779b1 >> (32 - wordBits))
}

// mayBegin reports whether a word may begin at text[at:], by the letters and digits there that nothing separates.
func (t *wordTable) mayBegin(text []byte, at int) bool {
	if at+4 > len(text) || partKinds[text[at+1]] == noPart || partKinds[text[at+2]] == noPart {
		return true
	}
	three := startOfThree(text[at:])
	set := t.short[three/64]
	if partKinds[text[at+3]] == noPart {
		set |= t.threes[three/64]
	} else if four := startOfFour(text[at:]); t.fours[four/64]>>(four%64)&1 == 1 {
		return true
	}
	return set>>(three%64)&1 == 1
}

// find calls visit(id, start, end) for each of the words that begin in text[from:to], by start, then by end.
func (t *wordTable) find(text []byte, from, to int, visit func(id, start, end int)) {
	for at := from; at < to; {
		if partKinds[text[at]] == noPart {
			at++
			continue
		}
		end := partEnd(text, at)
		if t.mayBegin(text, at) {
			t.at(text, at, end, visit)
		}
		at = end
	}
}

// at looks up the words that begin with the part text[start:end].
func (t *wordTable) at(text []byte, start, end int, visit func(id, start, end int)) {
	var normal [maxWord]byte
	size, hash := 0, uint32(wordSeed)
	for at := start; ; end = partEnd(text, at) {
		for _, c := range text[at:end] {
			if partKinds[c] == upperPart {
				c |= 0x20
			}
			hash = wordHash(hash, c)
			if word, bit := wordSlot(hash); size == maxWord || t.prefixes[word]>>bit&1 == 0 {
				return
			}
			normal[size] = c
			size++
		}
		if word, bit := wordSlot(hash); t.whole[word]>>bit&1 == 1 {
			if id, ok := t.ids[string(normal[:size])]; ok {
				visit(id, start, end)
			}
		}
		if at = end; at < len(text) && isJoiner(text[at]) {
			at++
		}
		if at >= len(text) || partKinds[text[at]] == noPart {
			return
		}
	}
}
