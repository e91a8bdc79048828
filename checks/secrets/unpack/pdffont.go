package unpack

import (
	"bytes"
	"encoding/binary"
)

const pdfCodes = 1 << 16 // of one font

// readFonts finds the fonts that resources name and reads their tables from codes to text. Pages that give one name to
// different fonts share the last one.
func (f *pdfFile) readFonts() error {
	tables := map[int]*pdfFont{} // by the object of the table
	seen := map[int]bool{}       // objects that list fonts
	for i := range f.objects {
		rest, ok := pdfValue(f.objects[i].body, "/Font")
		if !ok {
			continue
		}
		if number, ok := pdfReference(rest); ok {
			at, found := f.byID[number]
			if !found || seen[number] {
				continue
			}
			seen[number] = true
			rest = f.objects[at].body
		}
		if err := f.readResources(rest, tables); err != nil {
			return err
		}
	}
	return nil
}

// readResources reads "<< /F1 5 0 R /F2 6 0 R >>".
func (f *pdfFile) readResources(data []byte, tables map[int]*pdfFont) error {
	data = bytes.TrimLeft(data, pdfSpace)
	if !bytes.HasPrefix(data, []byte("<<")) {
		return nil
	}
	l := &pdfLexer{data: data[2:]}
	for {
		t, ok := l.next()
		if !ok || t.kind != '/' {
			return nil
		}
		number, ok := pdfReference(l.data)
		if !ok {
			return nil
		}
		for range 3 {
			l.next()
		}
		font, err := f.readFont(number, tables)
		if err != nil {
			return err
		}
		if font != nil {
			f.fonts[string(t.text[1:])] = font
		}
	}
}

// readFont reads the table that a font's dictionary names.
func (f *pdfFile) readFont(number int, tables map[int]*pdfFont) (*pdfFont, error) {
	at, ok := f.byID[number]
	if !ok {
		return nil, nil
	}
	rest, ok := pdfValue(f.objects[at].body, "/ToUnicode")
	if !ok {
		return nil, nil
	}
	table, ok := pdfReference(rest)
	if !ok {
		return nil, nil
	}
	if font, done := tables[table]; done {
		return font, nil
	}
	tables[table] = nil
	at, ok = f.byID[table]
	if !ok || !f.objects[at].data {
		return nil, nil
	}
	data, err := f.decode(&f.objects[at])
	if err != nil {
		return nil, f.tell(&f.objects[at], err)
	}
	if err := f.w.charge(len(data)); err != nil {
		return nil, err
	}
	tables[table] = readCMap(data)
	return tables[table], nil
}

// readCMap reads the "bfchar" and "bfrange" lists of a ToUnicode table.
func readCMap(data []byte) *pdfFont {
	font := &pdfFont{runs: map[uint16]string{}}
	l := &pdfLexer{data: data}
	var codes [3][]byte
	count, array := 0, 0
	list := ""
	for {
		t, ok := l.next()
		if !ok || len(font.runs) >= pdfCodes {
			return font
		}
		switch t.kind {
		case 'o':
			list, count, array = string(t.text), 0, 0
		case '[':
			array = 1
		case ']':
			count, array = 0, 0
		case 's':
			if list == "begincodespacerange" {
				font.wide = len(t.text) > 1
				continue
			}
			if array > 0 && count == 2 { // a text for each code of the range
				font.put(int(pdfCode(codes[0]))+array-1, t.text, 0)
				array++
				continue
			}
			codes[count] = t.text
			count++
			switch {
			case list == "beginbfchar" && count == 2:
				font.put(int(pdfCode(codes[0])), codes[1], 0)
				count = 0
			case list == "beginbfrange" && count == 3:
				font.putRange(pdfCode(codes[0]), pdfCode(codes[1]), codes[2])
				count = 0
			case count == 3:
				count = 0
			}
		}
	}
}

func pdfCode(text []byte) uint16 {
	if len(text) == 1 {
		return uint16(text[0])
	}
	if len(text) >= 2 {
		return binary.BigEndian.Uint16(text)
	}
	return 0
}

func (f *pdfFont) putRange(from, to uint16, text []byte) {
	for code := int(from); code <= int(to) && len(f.runs) < pdfCodes; code++ {
		f.put(code, text, uint16(code-int(from)))
	}
}

// put gives a code the text, whose last unit counts on by add.
func (f *pdfFont) put(code int, text []byte, add uint16) {
	if code >= 1<<16 || len(text) == 0 || len(text) > 64 {
		return
	}
	if len(text) == 1 {
		text = []byte{0, text[0]}
	}
	text = bytes.Clone(text)
	last := text[len(text)-2:]
	binary.BigEndian.PutUint16(last, binary.BigEndian.Uint16(last)+add)
	f.runs[uint16(code)] = string(appendUTF16(nil, text))
}
