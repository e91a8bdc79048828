package unpack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

func zlibOf(t testing.TB, data string) string {
	t.Helper()
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write([]byte(data))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestOfficeText(t *testing.T) {
	word := `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>` +
		`<w:r><w:t>password = corr</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">ect-horse-</w:t></w:r><w:r><w:t>battery</w:t></w:r></w:p>` +
		`<w:p><w:t>a &lt; b &#x26; c&unknown;</w:t></w:p></w:body></w:document>`
	sheet := `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>password = </t></r><r><t>correct-horse-battery</t></r></si><si><t>b</t></si></sst>`
	slide := `<p:sld xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:p><a:r><a:t>password = correct-</a:t></a:r><a:r><a:t>horse-battery</a:t></a:r></a:p></p:sld>`
	odt := `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><text:p>password<text:s/>= <text:span>correct-</text:span>horse-battery</text:p></office:document-content>`
	for name, xml := range map[string]string{"word/document.xml": word, "xl/sharedStrings.xml": sheet, "ppt/slides/slide1.xml": slide, "content.xml": odt} {
		data := zipOf(t, zip.Deflate, file{name, xml})
		wantPlanted(t, data, name+"/text", Zip)
		if got := walk(data, Limits{}).texts[name]; got != xml {
			t.Errorf("%s: the XML is not shown as it is", name)
		}
	}
	if got := string(officeText(nil, []byte(word), false)); got != planted+"\na < b & c&unknown;\n" {
		t.Errorf("%q", got)
	}
	if s := walk(zipOf(t, zip.Deflate, file{"a.svg", "<?xml version=\"1.0\"?><svg><t>x</t></svg>"}), Limits{}); len(s.members) != 1 {
		t.Errorf("other XML has a text of its own: %q", s.paths())
	}
}

// sevenZOf makes an archive of one folder with the coder's properties and packed data, and files of the given sizes.
func sevenZOf(method string, properties []byte, packed []byte, files ...file) []byte {
	var h, total bytes.Buffer
	for _, f := range files {
		total.WriteString(f.text)
	}
	number := func(n int) { h.Write([]byte{0xc0 | byte(n>>16), byte(n), byte(n >> 8)}) }
	h.Write([]byte{szHeaderID, szMainStreams, szPackInfo, 0, 1, szSize})
	number(len(packed))
	h.Write([]byte{szEnd, szUnpackInfo, szFolderID, 1, 0, 1, byte(len(method)) | 0x20})
	h.WriteString(method)
	h.WriteByte(byte(len(properties)))
	h.Write(properties)
	h.WriteByte(szUnpackSize)
	number(total.Len())
	h.Write([]byte{szEnd, szSubStreams, szNumUnpackStream, byte(len(files)), szSize})
	for _, f := range files[:len(files)-1] {
		number(len(f.text))
	}
	h.Write([]byte{szEnd, szEnd, szFilesInfo, byte(len(files)), szNamesID})
	var names bytes.Buffer
	names.WriteByte(0)
	for _, f := range files {
		for _, r := range f.name {
			binary.Write(&names, binary.LittleEndian, uint16(r))
		}
		names.Write([]byte{0, 0})
	}
	number(names.Len())
	h.Write(names.Bytes())
	h.Write([]byte{szEnd, szEnd})
	start := binary.LittleEndian.AppendUint64(nil, uint64(len(packed)))
	start = binary.LittleEndian.AppendUint64(start, uint64(h.Len()))
	start = binary.LittleEndian.AppendUint32(start, crc32.ChecksumIEEE(h.Bytes()))
	out := append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(start))...)
	return slices.Concat(out, start, packed, h.Bytes())
}

func TestSevenZ(t *testing.T) {
	files := []file{{"a.txt", "first\n"}, {"conf/ü.env", planted}, {"z", "last"}}
	plain := []byte("first\n" + planted + "last")
	lzma := tool(t, "in.lzma", []file{{"in", string(plain)}}, "xz", "--format=lzma", "in")
	bzip := tool(t, "in.bz2", []file{{"in", string(plain)}}, "bzip2", "in")
	deflated := zlibOf(t, string(plain))
	delta := slices.Clone(plain)
	for i := len(delta) - 1; i > 0; i-- {
		delta[i] -= delta[i-1]
	}
	for name, data := range map[string][]byte{
		"copy":    sevenZOf(szCopy, nil, plain, files...),
		"filter":  sevenZOf("\x03\x03\x01\x03", nil, plain, files...),
		"delta":   sevenZOf(szDelta, []byte{0}, delta, files...),
		"lzma":    sevenZOf(szLZMA, lzma[:5], lzma[13:], files...),
		"bzip2":   sevenZOf(szBzip2, nil, bzip, files...),
		"deflate": sevenZOf(szDeflate, nil, []byte(deflated[2:]), files...),
	} {
		t.Run(name, func(t *testing.T) {
			wantPlanted(t, data, "conf/ü.env", SevenZ)
			if got := walk(data, Limits{}).texts["z"]; got != "last" {
				t.Errorf("the last file is %q", got)
			}
		})
	}
	s := walk(sevenZOf(szAES, []byte{0}, plain, files...), Limits{})
	wantProblem(t, s, "encrypted")
	if s.problems[0].Blind || s.problems[0].Where != "a.txt" {
		t.Errorf("%+v", s.problems)
	}
	wantProblem(t, walk(sevenZOf("\x03\x04\x01", nil, plain, files...), Limits{}), "030401")
	wantProblem(t, walk(sevenZOf("", nil, plain, files...), Limits{}), "found method")
}

func cpioOf(files ...file) []byte {
	var out bytes.Buffer
	for i, f := range append(files, file{"TRAILER!!!", ""}) {
		fmt.Fprintf(&out, "070701%08x%08x%s%08x%s%08x%08x%s\x00", i, 0o100644, strings.Repeat("0", 32), len(f.text), strings.Repeat("0", 32), len(f.name)+1, 0, f.name)
		out.Write(make([]byte, -out.Len()&3))
		out.WriteString(f.text)
		out.Write(make([]byte, -out.Len()&3))
	}
	return out.Bytes()
}

func odcOf(files ...file) []byte {
	var out bytes.Buffer
	for _, f := range append(files, file{"TRAILER!!!", ""}) {
		fmt.Fprintf(&out, "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o%s\x00%s", 0, 0, 0o100644, 0, 0, 1, 0, 0, len(f.name)+1, len(f.text), f.name, f.text)
	}
	return out.Bytes()
}

func rpmOf(payload []byte) []byte {
	header := func(store string) []byte {
		out := append([]byte("\x8e\xad\xe8\x01\x00\x00\x00\x00\x00\x00\x00\x00"), 0, 0, 0, byte(len(store)))
		return append(out, store...)
	}
	lead := append([]byte("\xed\xab\xee\xdb"), make([]byte, 92)...)
	return slices.Concat(lead, header("sig"), make([]byte, 5), header("postin: echo "+planted), payload)
}

func asarOf(files ...file) []byte {
	index, data := "", ""
	for _, f := range files {
		index += fmt.Sprintf(`%q:{"size":%d,"offset":"%d"},`, f.name, len(f.text), len(data))
		data += f.text
	}
	json := `{"files":{"lib":{"files":{` + strings.TrimSuffix(index, ",") + `}}}}`
	padded := json + strings.Repeat("\x00", -len(json)&3)
	var out []byte
	for _, n := range []int{4, 8 + len(padded), 4 + len(padded), len(json)} {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	return append(out, padded+data...)
}

func arOf(files ...file) []byte {
	out := "!<arch>\n"
	for _, f := range files {
		out += fmt.Sprintf("%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", f.name, 0, 0, 0, "100644", len(f.text), f.text)
		if len(out)%2 == 1 {
			out += "\n"
		}
	}
	return []byte(out)
}

func TestSequences(t *testing.T) {
	secret := []file{{"first", "odd"}, {"etc/app.conf", planted}}
	long := "a-rather-long-name-of-a-file"
	for name, test := range map[string]struct {
		data  []byte
		path  string
		kinds []Kind
	}{
		"ar":               {arOf(file{"x/", "odd"}, file{"conf/", planted}), "conf", []Kind{Ar}},
		"ar with a table":  {arOf(file{"//", "x.o/\n" + long + "/\n"}, file{"/5", planted}), long, []Kind{Ar}},
		"ar of BSD":        {arOf(file{"#1/28", long + planted}), long, []Kind{Ar}},
		"deb":              {arOf(file{"debian-binary", "2.0\n"}, file{"data.tar.gz", string(gzipOf(t, "", tarOf(t, tar.FormatGNU, secret...)))}), "data.tar.gz/etc/app.conf", []Kind{Ar, Gzip, Tar}},
		"cpio":             {cpioOf(secret...), "etc/app.conf", []Kind{Cpio}},
		"cpio odc":         {odcOf(secret...), "etc/app.conf", []Kind{Cpio}},
		"initial RAM disk": {append(cpioOf(file{"microcode", "x"}), append(make([]byte, 100), gzipOf(t, "", cpioOf(secret...))...)...), "etc/app.conf", []Kind{Cpio, Gzip, Cpio}},
		"rpm":              {rpmOf(gzipOf(t, "", cpioOf(secret...))), "etc/app.conf", []Kind{RPM, Gzip, Cpio}},
		"rpm script":       {rpmOf(gzipOf(t, "", cpioOf(secret...))), "header", []Kind{RPM}},
		"asar":             {asarOf(secret...), "lib/etc/app.conf", []Kind{Asar}},
		"zlib":             {[]byte(zlibOf(t, planted)), "data", []Kind{Zlib}},
	} {
		t.Run(name, func(t *testing.T) { wantPlanted(t, test.data, test.path, test.kinds...) })
	}
	for name, data := range map[string][]byte{"ar": arOf(secret...), "cpio": cpioOf(secret...), "rpm": rpmOf(cpioOf(secret...))} {
		s := walk(data[:bytes.LastIndex(data, []byte(planted))+4], Limits{})
		if len(s.problems) == 0 {
			t.Errorf("%s: that it is cut off is not told", name)
		}
	}
}

func TestDebianPackageOfTools(t *testing.T) {
	data := tool(t, "o.deb", []file{{"p/DEBIAN/control", "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n"}, {"p/etc/x", planted}},
		"dpkg-deb", "--build", "p", "o.deb")
	s := walk(data, Limits{})
	found := false
	for path, text := range s.texts {
		found = found || strings.HasSuffix(path, "/etc/x") && text == planted
	}
	if !found || len(s.problems) > 0 {
		t.Errorf("%q, %v", s.paths(), s.problems)
	}
}

func pngOf(chunks ...file) []byte {
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range append(chunks, file{"IEND", ""}) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.text)))
		out = append(out, c.name+c.text+"CRC "...)
	}
	return out
}

func TestPictures(t *testing.T) {
	gif := "GIF89a\x01\x00\x01\x00\x80\x00\x00" + "\x00\x00\x00\xff\xff\xff"
	image := ",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
	comment := "!\xfe" + string(rune(len(planted))) + planted + "\x00"
	jpeg := "\xff\xd8\xff\xe0\x00\x04JF" + "\xff\xfe\x00" + string(rune(len(planted)+2)) + planted + "\xff\xda\x00\x02da\xff\x00ta\xff\xd9"
	exif := "\xff\xd8\xff\xe1\x00" + string(rune(len(planted)+2)) + planted + "\xff\xd9"
	for name, test := range map[string]struct {
		data, path string
		kinds      []Kind
	}{
		"png tEXt":           {string(pngOf(file{"IHDR", "x"}, file{"tEXt", "Comment\x00" + planted})), "tEXt Comment", []Kind{PNG}},
		"png zTXt":           {string(pngOf(file{"zTXt", "Comment\x00\x00" + zlibOf(t, planted)})), "zTXt Comment/data", []Kind{PNG}},
		"png iTXt":           {string(pngOf(file{"iTXt", "XMP\x00\x00\x00en\x00translated\x00" + planted})), "iTXt XMP", []Kind{PNG}},
		"png iTXt packed":    {string(pngOf(file{"iTXt", "XMP\x00\x01\x00\x00\x00" + zlibOf(t, planted)})), "iTXt XMP/data", []Kind{PNG}},
		"behind a png":       {string(pngOf()) + planted, "behind the picture", []Kind{PNG}},
		"zip behind a png":   {string(pngOf()) + string(zipOf(t, zip.Deflate, file{"x", planted})), "behind the picture/x", []Kind{PNG, Zip}},
		"jpeg comment":       {jpeg, "comment", []Kind{JPEG}},
		"jpeg EXIF":          {exif, "metadata", []Kind{JPEG}},
		"behind a jpeg":      {jpeg + planted, "behind the picture", []Kind{JPEG}},
		"gif comment":        {gif + comment + image + ";", "comment", []Kind{GIF}},
		"gif comment behind": {gif + image + comment + ";", "comment", []Kind{GIF}},
	} {
		t.Run(name, func(t *testing.T) { wantPlanted(t, []byte(test.data), test.path, test.kinds...) })
	}
}

// pdfOf joins objects: number and body, with a stream where there is one.
func pdfOf(objects ...[2]string) []byte {
	out := "%PDF-1.7\n"
	for i, o := range objects {
		out += fmt.Sprintf("%d 0 obj\n%s\n", i+1, o[0])
		if o[1] != "" {
			out += "stream\r\n" + o[1] + "\nendstream\n"
		}
		out += "endobj\n"
	}
	return []byte(out + "trailer << /Root 1 0 R >>\n%%EOF\n")
}

func TestPDF(t *testing.T) {
	content := "BT /F1 12 Tf 72 700 Td (password = ) Tj [(corr) 20 (ect-\\150orse) -10 <2d62>] TJ (attery) Tj ET"
	flate := "<< /Filter /FlateDecode >>"
	object := "4 0 5 20 << /Title (x) >>" + strings.Repeat(" ", 6) + "<< /Author (" + planted + ") >>"
	font := [][2]string{
		{"<< /Font << /F1 2 0 R >> >>", ""},
		{"<< /Type /Font /ToUnicode 3 0 R >>", ""},
		{"<< >>", "1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfrange <0001> <005f> <0020> endbfrange 1 beginbfchar <0060> <00fc> endbfchar"},
		{"<< >>", "BT /F1 1 Tf <" + glyphs(planted) + "> Tj ET"},
	}
	var eighty bytes.Buffer
	w := ascii85.NewEncoder(&eighty)
	w.Write([]byte(zlibOf(t, content)))
	w.Close()
	for name, test := range map[string]struct {
		data []byte
		path string
	}{
		"plain":             {pdfOf([2]string{"<< >>", content}), "stream 1"},
		"flate":             {pdfOf([2]string{"<< >>", "x"}, [2]string{flate, zlibOf(t, content)}), "stream 2"},
		"length":            {pdfOf([2]string{fmt.Sprintf("<< /Length %d >>", len(content)), content}), "stream 1"},
		"hex":               {pdfOf([2]string{"<< /Filter [/ASCIIHexDecode] >>", hex.EncodeToString([]byte(content)) + ">"}), "stream 1"},
		"ascii85 and flate": {pdfOf([2]string{"<< /Filter [ /ASCII85Decode /FlateDecode ] >>", eighty.String() + "~>"}), "stream 1"},
		"title":             {pdfOf([2]string{"<< /Title (" + planted + ") >>", ""}), "objects"},
		"title in UTF-16":   {pdfOf([2]string{"<< /Title <feff" + glyphs16(planted) + "> >>", ""}), "objects"},
		"object stream":     {pdfOf([2]string{"<< /Type /ObjStm /N 2 /First 8 >>", object}), "objects"},
		"font with a table": {pdfOf(font...), "stream 4"},
		"metadata":          {pdfOf([2]string{"<< /Type /Metadata /Subtype /XML >>", "<x>" + planted + "</x>"}), "stream 1"},
		"attached zip": {pdfOf([2]string{"<< /Type /EmbeddedFile /Filter /FlateDecode >>", zlibOf(t, string(zipOf(t, zip.Deflate, file{"x", planted})))}),
			"stream 1/x"},
	} {
		t.Run(name, func(t *testing.T) { wantPlanted(t, test.data, test.path) })
	}
	s := walk(append(pdfOf([2]string{"<< >>", content}), "trailer << /Encrypt 9 0 R >>"...), Limits{})
	wantProblem(t, s, "encrypted")
	wantProblem(t, walk(pdfOf([2]string{"<< /Filter /LZWDecode >>", "x"}), Limits{}), "LZWDecode")
	wantProblem(t, walk(pdfOf([2]string{"<< /Filter / >>", "x"}), Limits{}), "found /")
}

// glyphs writes a text in the codes of the test's font, and glyphs16 in UTF-16, both in hex.
func glyphs(text string) string {
	out := ""
	for _, r := range text {
		out += fmt.Sprintf("%04x", r-' '+1)
	}
	return out
}

func glyphs16(text string) string {
	out := ""
	for _, r := range text {
		out += fmt.Sprintf("%04x", r)
	}
	return out
}

func TestPDFLines(t *testing.T) {
	for content, want := range map[string]string{
		"BT 1 0 0 1 10 700 Tm (a b) Tj ET BT 1 0 0 1 30 700 Tm (c) Tj ET": "a bc",
		"BT 1 0 0 1 10 700 Tm (a) Tj 1 0 0 1 10 680 Tm (b) Tj ET":         "a\nb",
		"BT 10 700 Td (a) Tj 50 0 Td (b) Tj 0 -12 Td (c) Tj ET":           "a b\nc",
		"BT (a) Tj (b) ' (c) ' ET":                                        "a\nb\nc",
		"BT [(a) -300 (b) -20 (c)] TJ T* (d) Tj ET":                       "a bc\nd",
		"BT (a(b)\\)\\\nc\\061) Tj ET":                                    "a(b))c1",
		"BI /W 1 ID (not shown) EI BT (a) Tj ET":                          "a",
	} {
		f := &pdfFile{}
		if got := strings.TrimRight(string(f.text(nil, []byte(content))), "\n"); got != want {
			t.Errorf("%s: %q, want %q", content, got, want)
		}
	}
}
