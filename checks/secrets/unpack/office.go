package unpack

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// officeSpaces are the XML namespaces of documents whose text is split into runs.
var officeSpaces = [][]byte{
	[]byte("schemas.openxmlformats.org/wordprocessingml"), []byte("schemas.openxmlformats.org/spreadsheetml"),
	[]byte("schemas.openxmlformats.org/drawingml"), []byte("purl.oclc.org/ooxml"),
}

var openDocument = []byte("urn:oasis:names:tc:opendocument")

// showOffice shows the text of a part of an office document as it is read, beside its XML.
func (w *walker) showOffice(n node, data []byte) error {
	if len(n.kinds) == 0 || n.kinds[len(n.kinds)-1] != Zip || len(data) == 0 || data[0] != '<' && data[0] != 0xef {
		return nil
	}
	head := data[:min(len(data), 4096)]
	odf := bytes.Contains(head, openDocument)
	found := odf
	for _, space := range officeSpaces {
		found = found || bytes.Contains(head, space)
	}
	if !found {
		return nil
	}
	b := buffers.Get().(*buffer)
	defer b.free()
	b.data = officeText(b.data[:0], data, odf)
	if len(bytes.TrimSpace(b.data)) == 0 {
		return nil
	}
	if err := w.charge(len(b.data)); err != nil {
		return err
	}
	w.visit(Member{Path: n.member("text").path, Kinds: n.kinds, Layer: n.layer, Size: -1, Data: b.data})
	return nil
}

// officeText appends the text of the XML: of the elements w:t, a:t, t and of deleted text and field codes, or in
// OpenDocument of all elements; a line for each paragraph or shared string.
func officeText(out, xml []byte, all bool) []byte {
	inside := false
	for len(xml) > 0 {
		at := bytes.IndexByte(xml, '<')
		if at < 0 {
			break
		}
		if inside || all {
			out = appendXMLText(out, xml[:at])
		}
		xml = xml[at+1:]
		end := bytes.IndexByte(xml, '>')
		if end < 0 {
			break
		}
		tag := xml[:end]
		xml = xml[end+1:]
		closing := len(tag) > 0 && tag[0] == '/'
		empty := len(tag) > 0 && tag[len(tag)-1] == '/'
		switch string(localName(tag)) {
		case "t", "delText", "instrText":
			inside = !closing && !empty
		case "p", "si", "h", "br", "line-break", "row", "table-row":
			if closing || empty {
				out = append(out, '\n')
			}
		case "tab", "s":
			out = append(out, ' ')
		case "tc", "table-cell":
			if closing {
				out = append(out, '\t')
			}
		}
	}
	return out
}

// localName is a tag's name without the prefix of its namespace.
func localName(tag []byte) []byte {
	tag = bytes.TrimPrefix(tag, []byte{'/'})
	if at := bytes.IndexAny(tag, " \t\r\n/"); at >= 0 {
		tag = tag[:at]
	}
	if at := bytes.IndexByte(tag, ':'); at >= 0 {
		tag = tag[at+1:]
	}
	return tag
}

var xmlEntities = map[string]byte{"lt": '<', "gt": '>', "amp": '&', "quot": '"', "apos": '\''}

// appendXMLText appends character data with its references resolved.
func appendXMLText(out, text []byte) []byte {
	for len(text) > 0 {
		at := bytes.IndexByte(text, '&')
		if at < 0 {
			break
		}
		out = append(out, text[:at]...)
		text = text[at:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			out, text = append(out, '&'), text[1:]
			continue
		}
		name := string(text[1:end])
		if b, ok := xmlEntities[name]; ok {
			out = append(out, b)
		} else if r, ok := numericReference(name); ok {
			out = utf8.AppendRune(out, r)
		} else {
			out = append(out, text[:end+1]...)
		}
		text = text[end+1:]
	}
	return append(out, text...)
}

// numericReference reads "#65" or "#x41".
func numericReference(name string) (rune, bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	base, digits := 10, name[1:]
	if digits[0] == 'x' {
		base, digits = 16, digits[1:]
	}
	v, err := strconv.ParseUint(digits, base, 21)
	return rune(v), err == nil
}
