package decode

import "bytes"

// joinCall looks at the two quotes at data[at:], the empty literal that a list of literals is joined with:
// [...].join(""), "".join([...]), implode("", [...]), strings.Join([]string{...}, ""), -join "".
func (f *finder) joinCall(at int) bool {
	data := f.data
	end := at + 2
	before := bytes.TrimRight(data[max(0, at-16):at], " ")
	list := -1
	switch {
	case bytes.HasPrefix(data[end:], []byte(".join(")):
		list = end + len(".join(")
	case bytes.HasSuffix(before, []byte("].join(")):
		list = f.opening('[', at)
	case bytes.HasSuffix(before, []byte("},")):
		if list = f.opening('{', at); list < 0 || !bytes.HasSuffix(data[:list], []byte("Join([]string")) {
			return false
		}
	case hasFoldSuffix(before, ") -join"):
		list = f.opening('(', at)
	case hasFoldSuffix(before, "join("), hasFoldSuffix(before, "implode("):
		if list = skipBlanks(data, end); list < len(data) && data[list] == ',' {
			list++
		}
	}
	return list >= f.done[joinedList] && f.list(list, end)
}

// opening is the index of the last bracket before data[at:], or -1. No byte is looked at twice.
func (f *finder) opening(bracket byte, at int) int {
	low := max(f.done[joinedList], at-lookBack+blockSize)
	f.done[joinedList] = low
	i := bytes.LastIndexByte(f.data[low:at], bracket)
	if i < 0 {
		f.done[joinedList] = at
		return -1
	}
	return low + i
}

func hasFoldSuffix(data []byte, suffix string) bool {
	return len(data) >= len(suffix) && bytes.EqualFold(data[len(data)-len(suffix):], []byte(suffix))
}

// list judges the literals of the list at data[at:].
func (f *finder) list(at, end int) bool {
	var key keyLike
	start, last, pieces := listPieces(f.data, at, func(piece []byte) { key.add(piece, false) })
	f.done[joinedList] = max(f.done[joinedList], end)
	if pieces < 2 || !key.found {
		return false
	}
	f.add(start, last, joinedList)
	f.done[joinedPieces] = max(f.done[joinedPieces], end, last)
	return true
}

// listPieces calls each for the literals, separated by commas, behind the brackets at data[at:]. It returns where the
// first one begins, where the last one ends, and how many there are.
func listPieces(data []byte, at int, each func(piece []byte)) (start, end, pieces int) {
	for limit := at + maxGlue; at < len(data) && at < limit && !isQuote(data[at]); at++ {
		if bytes.IndexByte([]byte(" \t\r\n[({"), data[at]) < 0 && bytes.HasPrefix(data[at:], []byte("array")) {
			at += len("array") - 1
		} else if bytes.IndexByte([]byte(" \t\r\n[({"), data[at]) < 0 {
			return 0, 0, 0
		}
	}
	start = at
	for at < len(data) && isQuote(data[at]) {
		close := pieceEnd(data, at)
		if close < 0 {
			break
		}
		each(data[at+1 : close])
		pieces++
		end = close + 1
		if at = skipLines(data, end); at >= len(data) || data[at] != ',' {
			break
		}
		at = skipLines(data, at+1)
	}
	return start, end, pieces
}

// appendList writes the text that the literals of the list from data[start:] on give, as one literal.
func appendList(out, data []byte, start int) []byte {
	out = append(out, data[start])
	listPieces(data, start, func(piece []byte) { out = append(out, piece...) })
	return append(out, data[start])
}
