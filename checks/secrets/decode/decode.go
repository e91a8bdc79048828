// Package decode finds the texts that encodings hide: base64, hexadecimal, percent-encoding, escapes, HTML entities,
// UTF-16, lists of character codes, and literals that a program joins. One pass of a vector kernel over the bytes
// makes masks of the few classes of bytes that an encoding begins with; what they point to is looked at by hand.
// The package knows nothing about what is looked for in the texts.
package decode

import (
	"slices"
	"sync"
)

// Span is a text that an encoding hid. Data is valid during the call only.
type Span struct {
	Data       []byte
	Start, End int    // of the encoded text in the input
	Encoding   string // as a finding names it
}

// kind is an encoding. The kinds of one name differ in how they are read.
type kind uint8

const (
	base64Text kind = iota
	hexText
	base32Text
	percentText
	escapedText
	entityText
	quotedPrintable
	utf16LE
	utf16BE
	utf32LE
	utf32BE
	numberList
	joinedPieces
	joinedList
	kinds
)

var kindNames = [kinds]string{
	base64Text: "base64", hexText: "hex", base32Text: "base32", percentText: "percent-encoding", escapedText: "escapes",
	entityText: "HTML entities", quotedPrintable: "quoted-printable", utf16LE: "UTF-16", utf16BE: "UTF-16",
	utf32LE: "UTF-32", utf32BE: "UTF-32", numberList: "character codes", joinedPieces: "joined literals", joinedList: "joined literals",
}

// candidate is encoded text that was decoded once to judge it, and is decoded again when its turn comes.
type candidate struct {
	start, end int
	kind       kind
	prefix     int // where the text that is kept before joined literals begins
}

const (
	batch = 8192 // bytes that are classified at a time
	// lookBack bounds how far before a mark its encoded text may begin, so that spans can be given in order.
	lookBack = 4096
)

// finder makes one pass. Its memory is used again; its state is not.
type finder struct {
	state
	blocks  [batch / blockSize]block
	pending []candidate
	out     []byte // what was decoded last
}

type state struct {
	data  []byte
	inRun int // word bytes that the last block ended with
	// No two spans of a kind overlap: the next begins here at the earliest.
	done     [kinds]int
	joinedTo int // the end of the joined literals that were found last
	// wrapped is the base64 or hex over several lines that was found last. Its literals are not joined once more.
	wrapped [2]candidate
	// armorRead is how far encoded lines were joined without giving text; they are not joined from there again.
	armorRead int
}

var finders = sync.Pool{New: func() any { return new(finder) }}

const keptMemory = 1 << 20 // bytes of a decoded text whose memory is used again

// Each calls visit for every encoded span of data that decodes to text or to a container that is known by its first
// bytes (gzip, zip and so on), in order of Start. It looks one level deep: the caller recurses over Span.Data with
// its own depth and byte budgets. It takes time linear in len(data), and the spans' Data together stay within a
// small multiple of it.
func Each(data []byte, visit func(Span)) {
	f := finders.Get().(*finder)
	f.state = state{data: data}
	f.pending = f.pending[:0]
	for at := 0; at < len(data); at += batch {
		end := min(at+batch, len(data))
		f.batch(at, end)
		f.flush(end-lookBack, visit)
	}
	f.flush(len(data), visit)
	f.data = nil
	if cap(f.out) > keptMemory {
		f.out = nil
	}
	finders.Put(f)
}

// batch looks at data[from:to], of at most batch bytes.
func (f *finder) batch(from, to int) {
	whole := (to - from) / blockSize
	classify(f.blocks[:whole], f.data[from:])
	n := whole
	if rest := f.data[from+whole*blockSize : to]; len(rest) > 0 {
		var last [blockSize]byte
		for i := copy(last[:], rest); i < blockSize; i++ {
			last[i] = ';'
		}
		classify(f.blocks[whole:whole+1], last[:])
		n++
	}
	for i := range n {
		f.block(&f.blocks[i], from+i*blockSize)
	}
}

// flush gives the candidates that begin before limit.
func (f *finder) flush(limit int, visit func(Span)) {
	if len(f.pending) == 0 {
		return
	}
	slices.SortStableFunc(f.pending, func(a, b candidate) int { return a.start - b.start })
	n := 0
	for ; n < len(f.pending) && f.pending[n].start < limit; n++ {
		c := f.pending[n]
		f.out = f.decode(c)
		visit(Span{Data: f.out, Start: c.start, End: c.end, Encoding: kindNames[c.kind]})
	}
	f.pending = f.pending[:copy(f.pending, f.pending[n:])]
}

// add keeps a candidate, whose text is not part of another of its kind.
func (f *finder) add(start, end int, k kind) {
	c := candidate{start: start, end: end, kind: k}
	if k == joinedPieces || k == joinedList {
		c.prefix = max(0, start-maxPrefix, f.joinedTo)
		f.joinedTo = end
	}
	f.pending = append(f.pending, c)
	f.done[k] = max(f.done[k], end)
}

// decode decodes a candidate into f.out's memory.
func (f *finder) decode(c candidate) []byte {
	out, data := f.out[:0], f.data[:c.end]
	switch c.kind {
	case base64Text:
		return appendBase64(out, data, c.start)
	case hexText:
		return appendHex(out, data, c.start)
	case base32Text:
		return appendBase32(out, data[c.start:])
	case percentText, escapedText, entityText, quotedPrintable:
		return appendUnits(out, data[c.start:], c.kind)
	case numberList:
		return appendNumbers(out, data[c.start:])
	case joinedPieces:
		return appendJoined(appendPrefix(out, data[c.prefix:c.start]), data, c.start)
	case joinedList:
		return appendList(appendPrefix(out, data[c.prefix:c.start]), data, c.start)
	}
	return appendWide(out, data[c.start:], c.kind)
}
