package unpack

import (
	"bytes"
	"strconv"
)

const pdfSpace = " \t\r\n\f\x00"

// pdfReference reads "12 0 R".
func pdfReference(data []byte) (int, bool) {
	number, rest, ok := pdfInt(data)
	if !ok {
		return 0, false
	}
	_, rest, ok = pdfInt(rest)
	rest = bytes.TrimLeft(rest, pdfSpace)
	return number, ok && len(rest) > 0 && rest[0] == 'R'
}

// pdfInt reads a number behind space.
func pdfInt(data []byte) (int, []byte, bool) {
	data = bytes.TrimLeft(data[:min(len(data), 64)], pdfSpace)
	n := 0
	for n < len(data) && n < 9 && data[n] >= '0' && data[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(string(data[:n]))
	return v, data[n:], err == nil
}

// finder finds a word from a place on. Places only grow, so that all searches together go through the data once.
type finder struct {
	data []byte
	word []byte
	next int // where the word is, from the last place asked
}

func (f *finder) from(at int) int {
	if f.next < at {
		f.next = len(f.data)
		if i := bytes.Index(f.data[min(at, len(f.data)):], f.word); i >= 0 {
			f.next = at + i
		}
	}
	return f.next
}

// find finds the objects: "12 0 obj ... endobj", with "stream ... endstream" inside.
func (f *pdfFile) find(data []byte) {
	end := &finder{data, []byte("endobj"), -1}
	stream := &finder{data, []byte("stream"), -1}
	endStream := &finder{data, []byte("endstream"), -1}
	start := &finder{data, []byte(" obj"), -1}
	for at := 0; len(f.objects) < pdfObjects; {
		begin := start.from(at)
		if begin == len(data) {
			return
		}
		at = begin + len(" obj")
		o := pdfObject{number: numberBefore(data, begin)}
		stop := end.from(at)
		if s := stream.from(at); s < stop {
			o.body, o.data = data[at:s], true
			at = s + len("stream")
			if at < len(data) && data[at] == '\r' {
				at++
			}
			if at < len(data) && data[at] == '\n' {
				at++
			}
			stop = streamEnd(o.body, data, at, endStream)
			o.stream = data[at:stop]
		} else {
			o.body = data[at:stop]
		}
		at = max(at, stop)
		f.byID[o.number] = len(f.objects)
		f.objects = append(f.objects, o)
	}
}

// streamEnd is where a stream ends: where its dictionary says if that is so, at the next "endstream" otherwise.
func streamEnd(body, data []byte, at int, end *finder) int {
	if rest, ok := pdfValue(body, "/Length"); ok {
		if _, reference := pdfReference(rest); !reference {
			if n, _, ok := pdfInt(rest); ok && n <= len(data)-at {
				if bytes.HasPrefix(bytes.TrimLeft(data[at+n:min(len(data), at+n+32)], pdfSpace), end.word) {
					return at + n
				}
			}
		}
	}
	return end.from(at)
}

// numberBefore reads the object number in "12 0" that ends at a place.
func numberBefore(data []byte, end int) int {
	words := bytes.Fields(data[max(0, end-24):end])
	if len(words) < 2 {
		return -1
	}
	digits := words[len(words)-2]
	for len(digits) > 0 && (digits[0] < '0' || digits[0] > '9') {
		digits = digits[1:]
	}
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

// pdfValue is what follows a key in a dictionary.
func pdfValue(body []byte, key string) ([]byte, bool) {
	for rest := body; ; {
		at := bytes.Index(rest, []byte(key))
		if at < 0 {
			return nil, false
		}
		rest = rest[at+len(key):]
		if len(rest) > 0 && !pdfNameByte(rest[0]) {
			return rest, true
		}
	}
}

// pdfNameByte reports whether a byte goes on with a name.
func pdfNameByte(b byte) bool {
	return bytes.IndexByte([]byte(pdfSpace+"()<>[]{}/%"), b) < 0
}

// pdfIs reports whether a dictionary gives a key a name.
func pdfIs(body []byte, key, name string) bool {
	rest, ok := pdfValue(body, key)
	if !ok {
		return false
	}
	rest = bytes.TrimLeft(rest, pdfSpace)
	return bytes.HasPrefix(rest, []byte(name)) && (len(rest) == len(name) || !pdfNameByte(rest[len(name)]))
}
