package decode

const minBase32 = 24 // characters, of 15 bytes

// quintet is the value of a character of base32 (RFC 4648, section 6), or 0xff.
func quintet(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= '2' && c <= '7':
		return c - '2' + 26
	}
	return 0xff
}

// base32Run judges the run at data[start:] as base32, where capitals and digits are all that it holds.
func (f *finder) base32Run(start int) bool {
	data := f.data
	if start+minBase32 > len(data) {
		return false
	}
	for i := start; i < start+minRun; i++ {
		if quintet(data[i]) == 0xff {
			return false
		}
	}
	var head [5]byte
	if first := appendBase32(head[:0], data[start:start+8]); !textByte[first[0]] || !textByte[first[1]] {
		return false
	}
	end := start + minRun
	for end < len(data) && quintet(data[end]) != 0xff {
		end++
	}
	if end-start < minBase32 || end < len(data) && isWord(data[end]) {
		return false
	}
	f.out = appendBase32(f.out[:0], data[start:end])
	if !isText(f.out) {
		return false
	}
	for i := 0; i < 6 && end < len(data) && data[end] == '='; i++ {
		end++
	}
	f.add(start, end, base32Text)
	return true
}

func appendBase32(out, data []byte) []byte {
	bits, n := uint32(0), 0
	for _, c := range data {
		v := quintet(c)
		if v == 0xff {
			break
		}
		bits = bits<<5 | uint32(v)
		if n += 5; n >= 8 {
			n -= 8
			out = append(out, byte(bits>>n))
		}
	}
	return out
}
