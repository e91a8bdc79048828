package decode

// unhex maps hexadecimal digits to their values, and others to 0xff.
var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		t[c] = byte(i)
	}
	for i, c := range []byte("ABCDEF") {
		t[c] = byte(10 + i)
	}
	return t
}()

func isHex(c byte) bool { return unhex[c] != 0xff }

var hexArmor = armor{isHex, 2, false}

const minHex = 2 * shortest

// hexRun judges the run of hexadecimal digits that begins at data[start:], after "0x" or not, and the lines that
// follow it.
func (f *finder) hexRun(start int) {
	data := f.data
	if data[start+1]|0x20 == 'x' {
		start += 2
	}
	var head [3]byte
	appendHex(head[:0], data[start:start+6], 0)
	if x, y, z := head[0], head[1], head[2]; !(mayBeText(x) && mayBeText(y) && mayBeText(z)) && !startsContainer(x, y, z) && !startsWide(x, y) {
		return
	}
	end := hexArmor.runEnd(data, start)
	if end < len(data) && isWord(data[end]) {
		return
	}
	if start >= f.armorRead {
		if last := hexArmor.wrapped(data, start, end); last > end {
			if f.hexLines(start, last) {
				f.wrapped = [2]candidate{f.wrapped[1], {start: start, end: last}}
				return
			}
			f.armorRead = last
		}
	}
	f.hexLines(start, end)
}

func (f *finder) hexLines(start, end int) bool {
	if end-start < minHex || onlyDigits(f.data[start:end]) {
		return false
	}
	f.out = appendHex(f.out[:0], f.data[:end], start)
	if !plausible(f.out) {
		return false
	}
	f.add(start, end, hexText)
	return true
}

// onlyDigits reports whether a run of hexadecimal is rather a decimal number. Text that holds a secret also has
// letters whose codes do.
func onlyDigits(data []byte) bool {
	for _, c := range data {
		if c > '9' {
			return false
		}
	}
	return true
}

// appendHex decodes the hexadecimal digits at data[at:], over the gaps between lines.
func appendHex(out, data []byte, at int) []byte {
	for at < len(data) {
		if at+1 < len(data) && isHex(data[at]) && isHex(data[at+1]) {
			out = append(out, unhex[data[at]]<<4|unhex[data[at+1]])
			at += 2
			continue
		}
		if isHex(data[at]) {
			return out
		}
		if at = gap(data, at); at < 0 {
			return out
		}
	}
	return out
}
