package decode

import "bytes"

const (
	maxPiece  = 1024 // bytes of one literal
	maxGlue   = 256  // bytes between two literals
	minJoined = 16   // bytes of key-like text that joined literals must give
	maxPrefix = 160  // bytes of the line before them that are kept
)

// quote looks at the quote at data[at:], which a blank, an operator or another quote follows: it may end a literal
// that another one continues, or be an empty literal that a list is joined with.
func (f *finder) quote(at int) {
	data := f.data
	if at+1 >= len(data) || at < f.done[joinedPieces] {
		return
	}
	for _, c := range f.wrapped {
		if at > c.start && at < c.end {
			return
		}
	}
	if data[at+1] == data[at] && f.joinCall(at) {
		return
	}
	next, plain := glueEnd(data, at+1)
	if next < 0 {
		return
	}
	start := pieceStart(data, at, max(f.done[joinedPieces], at-maxPiece), plain)
	if start < 0 {
		return
	}
	var key keyLike
	pieces := 0
	end := eachPiece(data, start, func(piece []byte) {
		key.add(piece, plain)
		if len(piece) > 0 {
			pieces++
		}
	})
	f.done[joinedPieces] = max(at+1, end)
	if pieces > 1 && key.found {
		f.add(start, end, joinedPieces)
	}
}

// glueEnd is the index of the quote that begins the next literal, where data[at:], behind a literal, continues it:
// by an operator, or plainly, on the next line or at once. It is -1 where it does not.
func glueEnd(data []byte, at int) (next int, plain bool) {
	i := skipBlanks(data, at)
	size, ok := operator(data[i:], data[at-1])
	if !ok {
		return -1, false
	}
	i = skipLines(data, i+size)
	if size == 0 { // it may begin the next line
		if size, ok = operator(data[i:], data[at-1]); !ok {
			return -1, false
		}
		i = skipBlanks(data, i+size)
	}
	if i+1 < len(data) && i > at && isQuote(data[i+1]) && isPrefix(data, i) {
		i++
	}
	if i >= len(data) || i-at > maxGlue || !isQuote(data[i]) {
		return -1, false
	}
	return i, size == 0
}

var operatorByte = [256]bool{'+': true, '.': true, '&': true, '|': true, '<': true, '>': true, '^': true, '~': true}

// operator reads what joins the literal that ends with a quote to another: the operators of the main languages, or
// none, as in C, Python and shells. "||" joins in SQL, whose literals are in single quotes.
func operator(data []byte, quote byte) (size int, ok bool) {
	for size < len(data) && size < 3 && operatorByte[data[size]] {
		size++
	}
	if size <= 1 {
		return size, size == 0 || data[0] != '|' && data[0] != '<' && data[0] != '>'
	}
	switch string(data[:size]) {
	case "++", "..", "<<", "<>":
		return size, true
	case "||":
		return size, quote == '\''
	}
	return size, false
}

func skipBlanks(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}

// skipLines steps over blanks and a few line ends, and the \ or _ that continues a line before one.
func skipLines(data []byte, at int) int {
	for lines := 0; at < len(data) && lines < 4; at++ {
		switch c := data[at]; {
		case c == '\n':
			lines++
		case c == ' ' || c == '\t' || c == '\r':
		case (c == '\\' || c == '_') && at+1 < len(data) && (data[at+1] == '\n' || data[at+1] == '\r'):
		default:
			return at
		}
	}
	return at
}

// pieceStart is the index of the quote that begins the literal that data[end] ends, or -1 where it is too long, or is
// what stands between two literals. Literals without an operator may be words of a command or a list: only those
// without blanks count.
func pieceStart(data []byte, end, low int, plain bool) int {
	least := byte(' ')
	if plain {
		least++
	}
	q := data[end]
	for at := end - 1; at >= low && data[at] >= least; at-- {
		if data[at] != q {
			continue
		}
		if at > 0 && (wordAt(data, at-1) && !isPrefix(data, at-1) || data[at-1] == ')' || data[at-1] == ']') {
			return -1
		}
		return at
	}
	return -1
}

// isPrefix reports whether data[at] is what a literal may begin with before its quote, such as Python's b and C#'s @.
func isPrefix(data []byte, at int) bool {
	return bytes.IndexByte([]byte("bBrRuULf@$"), data[at]) >= 0 && (at == 0 || !wordAt(data, at-1))
}

// pieceEnd is the index of the quote that ends the literal whose quote is data[start], or -1 where it is too long.
func pieceEnd(data []byte, start int) int {
	for at := start + 1; at < len(data) && at-start <= maxPiece && data[at] >= ' '; at++ {
		switch data[at] {
		case data[start]:
			return at
		case '\\':
			at++
		}
	}
	return -1
}

// eachPiece calls each for the literals that the one with the quote data[start] begins, and returns where they end.
func eachPiece(data []byte, start int, each func(piece []byte)) (end int) {
	end = start + 1
	for at, plain := start, false; at >= 0; {
		close := pieceEnd(data, at)
		if close < 0 || plain && bytes.IndexByte(data[at:close], ' ') >= 0 {
			break
		}
		each(data[at+1 : close])
		end = close + 1
		at, plain = glueEnd(data, end)
	}
	return end
}

// keyLike finds a stretch of at least minJoined bytes of keys and of what they are joined with in URLs and connection
// strings, over the seam of two literals, in which a digit follows a letter twice. A slash ends a stretch of
// plain literals: they may be a list of paths.
type keyLike struct {
	size, mixed int
	last        byte
	seam, found bool
}

// keyBytes are those that stretches consist of.
var keyBytes = func() (t [256]bool) {
	for c := range t {
		t[c] = isWord(byte(c))
	}
	for _, c := range []byte(".=~:@!;*#^") {
		t[c] = true
	}
	return t
}()

// add reads the ends of a literal, where it may meet its neighbours.
func (k *keyLike) add(piece []byte, plain bool) {
	k.seam = k.size > 0
	head := 0
	for head < len(piece) && keyBytes[piece[head]] && !(plain && piece[head] == '/') {
		head++
	}
	k.extend(piece[:head])
	if head == len(piece) {
		return
	}
	tail := len(piece)
	for keyBytes[piece[tail-1]] && !(plain && piece[tail-1] == '/') {
		tail--
	}
	*k = keyLike{found: k.found}
	k.extend(piece[tail:])
}

func (k *keyLike) extend(stretch []byte) {
	for _, c := range stretch {
		if isDigit(c) && k.last|0x20 >= 'a' && k.last|0x20 <= 'z' {
			k.mixed++
		}
		k.last = c
	}
	k.size += len(stretch)
	k.found = k.found || k.seam && k.size >= minJoined && k.mixed >= 2
}

// appendJoined writes the text that the literals from data[start:] on give, as one literal.
func appendJoined(out, data []byte, start int) []byte {
	out = append(out, data[start])
	eachPiece(data, start, func(piece []byte) { out = append(out, piece...) })
	return append(out, data[start])
}

// appendPrefix writes the last line of what stands before literals, or the line before it where that one is blank, so
// that the name of an assignment stays readable.
func appendPrefix(out, before []byte) []byte {
	line := len(bytes.TrimRight(before, " \t\r\n("))
	from := bytes.LastIndexByte(before[:line], '\n') + 1
	if bytes.IndexByte(before[line:], '\n') >= 0 {
		return append(append(out, bytes.TrimSpace(before[from:line])...), ' ')
	}
	return append(out, before[from:]...)
}
