package unpack

import (
	"bytes"
	"encoding/ascii85"
	"encoding/hex"
	"errors"
	"io"
)

// errPDFSkipped is a stream that holds a picture or sound.
var errPDFSkipped = errors.New("a picture")

const pdfFilters = 4 // that are undone of one stream

// decode undoes a stream's filters (7.4). The bytes are valid until the next call.
func (f *pdfFile) decode(o *pdfObject) ([]byte, error) {
	data := o.stream
	rest, ok := pdfValue(o.body, "/Filter")
	if !ok {
		return data, nil
	}
	for i, name := range pdfNames(rest) {
		if i == pdfFilters {
			return nil, &failure{expected: "at most 4 filters of a stream", actual: "more"}
		}
		var err error
		if data, err = f.filter(name, data); err != nil {
			return data, err
		}
	}
	return data, nil
}

// pdfNames reads a name, or an array of them.
func pdfNames(data []byte) (names []string) {
	data = bytes.TrimLeft(data, pdfSpace)
	array := bytes.HasPrefix(data, []byte("["))
	data = bytes.TrimLeft(data, pdfSpace+"[")
	for len(data) > 0 && data[0] == '/' && len(names) <= pdfFilters {
		n := 1
		for n < len(data) && pdfNameByte(data[n]) {
			n++
		}
		names = append(names, string(data[1:n]))
		if !array {
			break
		}
		data = bytes.TrimLeft(data[n:], pdfSpace)
	}
	return names
}

func (f *pdfFile) filter(name string, data []byte) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		if len(data) < 3 {
			return nil, nil
		}
		if len(f.data) > 0 && &f.data[0] == &data[0] {
			data = bytes.Clone(data)
		}
		in := bytes.NewReader(data[2:])
		d := inflater(in)
		defer d.close()
		return f.readAll(&inflated{w: f.w, from: d, packed: func() int64 { return in.Size() - int64(in.Len()) }})
	case "ASCIIHexDecode", "AHx":
		return asciiHex(data), nil
	case "ASCII85Decode", "A85":
		data, _, _ = bytes.Cut(data, []byte("~>"))
		out, err := io.ReadAll(ascii85.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("<~")))))
		return out, err
	case "DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode", "DCT", "CCF":
		return nil, errPDFSkipped
	}
	return nil, &failure{expected: "a filter of Flate, ASCIIHex or ASCII85", actual: "/" + name}
}

// asciiHex decodes pairs of hex digits up to ">", whatever is between them.
func asciiHex(data []byte) []byte {
	data, _, _ = bytes.Cut(data, []byte{'>'})
	digits := make([]byte, 0, len(data)+1)
	for _, b := range data {
		if b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' {
			digits = append(digits, b)
		}
	}
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	n, _ := hex.Decode(digits, digits)
	return digits[:n]
}
