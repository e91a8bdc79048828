package unpack

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// fuzzLimits keep one input short.
var fuzzLimits = Limits{Bytes: 1 << 22, Members: 2000}

// check walks an input and holds the walk to its bounds.
func check(t *testing.T, data []byte) {
	t.Helper()
	s := walk(data, fuzzLimits)
	if s.bytes > 2*fuzzLimits.Bytes || len(s.members) > 3*fuzzLimits.Members {
		t.Errorf("%d bytes in %d members shown", s.bytes, len(s.members))
	}
	for _, p := range s.problems {
		if p.Op == "" || p.Expected == "" || p.Actual == "" || p.Retry == "" {
			t.Errorf("a problem without its parts: %+v", p)
		}
		if strings.Contains(p.Actual, "runtime error") {
			t.Errorf("a decompressor panics: %v", &p)
		}
	}
}

// FuzzWalk walks containers of every kind.
func FuzzWalk(f *testing.F) {
	secret := file{"conf/a", planted}
	for _, data := range [][]byte{
		zipOf(f, zip.Deflate, secret, file{"b", string(zipOf(f, zip.Store, secret))}), overlapping(f, 3), nested(f, 4), hugeTar(f),
		tarOf(f, tar.FormatPAX, file{strings.Repeat("ü", 90), planted}, secret), tarOf(f, tar.FormatGNU, file{strings.Repeat("u", 200), planted}),
		gzipOf(f, "name", []byte(planted)), []byte(zlibOf(f, planted)), asarOf(secret), xzDict(),
		sevenZOf(szCopy, nil, []byte(planted), secret), append([]byte("#!/bin/sh\n"), zipOf(f, zip.Store, secret)...),
	} {
		f.Add(data)
	}
	f.Fuzz(check)
}

// FuzzSequences walks archives that are read from end to end, and pictures.
func FuzzSequences(f *testing.F) {
	secret := file{"conf/a", planted}
	for _, data := range [][]byte{
		arOf(secret, file{"#1/4", "abcdefg"}, file{"//", "x/\n"}, file{"/0", "x"}), cpioOf(secret), odcOf(secret), rpmOf(cpioOf(secret)),
		pngOf(file{"tEXt", "a\x00" + planted}, file{"zTXt", "b\x00\x00" + zlibOf(f, planted)}, file{"iTXt", "c\x00\x01\x00\x00\x00" + zlibOf(f, "x")}),
		[]byte("\xff\xd8\xff\xe1\x00\x05abc\xff\xfe\x00\x03x\xff\xda\x00\x02\x11\xff\x00\xff\xd9behind"),
		[]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xfe\x03abc\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;behind"),
		[]byte("\xc7\x71" + strings.Repeat("\x00", 18) + "\x02\x00\x00\x00\x01\x00a\x00xx"),
	} {
		f.Add(data)
	}
	f.Fuzz(check)
}

// FuzzSQLite walks databases.
func FuzzSQLite(f *testing.F) {
	for _, script := range []string{
		"x('pragma page_size=512')\nx('create table t (a integer primary key, b, c)')\nc.executemany('insert into t values (?, ?, ?)', ((i, 'v' * (i * 7), b'x' * i) for i in range(120)))",
		"x('pragma page_size=512')\nx('pragma encoding=\"UTF-16be\"')\nx('create table t (a, b, primary key (b)) without rowid')\nc.executemany('insert into t values (?, ?)', ((i, str(i) * 9) for i in range(50)))\nx('delete from t where a > 30')",
	} {
		dir := f.TempDir()
		cmd := exec.Command("python3", "-c", "import sqlite3\nc = sqlite3.connect('o.db')\nx = c.execute\n"+script+"\nc.commit()")
		cmd.Dir = dir
		if cmd.Run() != nil {
			continue // the fuzzer finds its own
		}
		if data, err := os.ReadFile(filepath.Join(dir, "o.db")); err == nil {
			f.Add(data)
		}
	}
	f.Add(append([]byte("SQLite format 3\x00\x02\x00\x01\x01\x00"), make([]byte, 600)...))
	f.Fuzz(check)
}

// FuzzPDF walks documents.
func FuzzPDF(f *testing.F) {
	f.Add(pdfOf([2]string{"<< /Filter /FlateDecode /Length 5 >>", zlibOf(f, "BT /F1 1 Tf 1 0 Td [(a) -200 <41>] TJ (b) ' ET BI ID x EI")}))
	f.Add(pdfOf([2]string{"<< /Font << /F1 2 0 R >> >>", ""}, [2]string{"<< /ToUnicode 3 0 R >>", ""},
		[2]string{"<< >>", "begincmap begincodespacerange <00> <ff> endcodespacerange beginbfrange <00> <ff> [<0041> <0042>] <00> <10> <0041> endbfrange"}))
	f.Add(pdfOf([2]string{"<< /Type /ObjStm /N 2 /First 8 >>", "4 0 5 20 << /Title (x) >>       << /Author (\\101) >>"}))
	f.Add(pdfOf([2]string{"<< /Filter [ /AHx /A85 ] >>", "3c7e>"}))
	f.Fuzz(check)
}

// FuzzOffice reads the text of XML.
func FuzzOffice(f *testing.F) {
	f.Add([]byte("<w:p><w:r><w:t xml:space='preserve'>a&#65;&lt;</w:t><w:tab/></w:r></w:p>"), false)
	f.Add([]byte("<text:p>a<text:s/>b</text:p>"), true)
	f.Fuzz(func(t *testing.T, xml []byte, all bool) {
		if got := officeText(nil, xml, all); len(got) > len(xml)+1 {
			t.Errorf("%d bytes of text from %d", len(got), len(xml))
		}
	})
}

// FuzzTableColumns reads CREATE TABLE statements.
func FuzzTableColumns(f *testing.F) {
	f.Add("CREATE TABLE t(a, [b c] int primary key, \"d\"\"e\" as (1), check (a in (')'))) without rowid -- x")
	f.Fuzz(func(t *testing.T, sql string) {
		n := 0
		for _, name := range tableColumns(sql) {
			n += len(name)
		}
		if n > 2*len(sql) {
			t.Errorf("%d bytes of names from %d", n, len(sql))
		}
	})
}

func free(int64) error { return nil }

// FuzzLZMA decodes damaged data, without what Walk does against panics.
func FuzzLZMA(f *testing.F) {
	for _, text := range []string{planted, strings.Repeat("abcdefg", 100), random(300)} {
		f.Add(lzmaOf(f, []byte(text)))
		f.Add(xzOf(f, []byte(text)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var out io.Reader = newXZ(bufio.NewReader(bytes.NewReader(data)), free)
		if len(data) > 0 && data[0] != 0xfd {
			file, err := newLZMA(bufio.NewReader(bytes.NewReader(data)), free)
			if err != nil {
				return
			}
			out = file
		}
		io.CopyN(io.Discard, out, 1<<20)
	})
}

func lzmaOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := lzma.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func xzOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := xz.WriterConfig{BlockSize: 1 << 12, DictCap: 1 << 13}.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// FuzzLZMAGivesBack holds the decoder to another's encoder.
func FuzzLZMAGivesBack(f *testing.F) {
	f.Add([]byte(planted), uint16(3))
	f.Add([]byte(random(500)), uint16(40))
	f.Fuzz(func(t *testing.T, data []byte, times uint16) {
		data = bytes.Repeat(data, int(times%200)+1)
		if len(data) > 1<<18 {
			return
		}
		file, err := newLZMA(bufio.NewReader(bytes.NewReader(lzmaOf(t, data))), free)
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{"lzma": file, "xz": newXZ(bufio.NewReader(bytes.NewReader(xzOf(t, data))), free)} {
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %d of %d bytes, %v", name, len(got), len(data), err)
			}
		}
	})
}

// FuzzSevenZ parses headers of 7z archives.
func FuzzSevenZ(f *testing.F) {
	whole := sevenZOf(szLZMA, []byte{0x5d, 0, 0, 1, 0}, []byte("packed"), file{"a", "x"}, file{"b", "yy"})
	f.Add(whole[32+6:])
	f.Fuzz(func(t *testing.T, header []byte) {
		start := make([]byte, 32)
		copy(start, "7z\xbc\xaf\x27\x1c\x00\x04")
		binary.LittleEndian.PutUint64(start[20:], uint64(len(header)))
		check(t, append(start, header...))
	})
}
