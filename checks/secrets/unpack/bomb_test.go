package unpack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"runtime"
	"strings"
	"testing"
)

// zeros is a gzip file of n zero bytes.
func zeros(t testing.TB, n int) []byte { return gzipOf(t, "", make([]byte, n)) }

// overlapping is a zip archive whose entries all have the same data.
func overlapping(t testing.TB, entries int) []byte {
	one := zipOf(t, zip.Deflate, file{"x", strings.Repeat("0123456789", 10_000)})
	end := bytes.LastIndex(one, []byte(zipEnd))
	from := bytes.LastIndex(one[:end], []byte("PK\x01\x02"))
	directory := bytes.Repeat(one[from:end], entries)
	out := append(bytes.Clone(one[:from]), directory...)
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(entries))
	binary.LittleEndian.PutUint16(tail[10:], uint16(entries))
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(directory)))
	return append(out, tail...)
}

// nested puts a text into archives inside each other.
func nested(t testing.TB, depth int) []byte {
	data := []byte(planted)
	for i := range depth {
		if i%2 == 0 {
			data = zipOf(t, zip.Deflate, file{"z", string(data)})
		} else {
			data = tarOf(t, tar.FormatGNU, file{"t", string(data)})
		}
	}
	return data
}

// hugeTar states a size that it does not have.
func hugeTar(t testing.TB) []byte {
	data := tarOf(t, tar.FormatGNU, file{"x", planted})
	copy(data[124:136], "77777777777 ")
	sum := 0
	copy(data[148:156], "        ")
	for _, b := range data[:512] {
		sum += int(b)
	}
	copy(data[148:156], fmt.Sprintf("%06o\x00 ", sum))
	return data
}

// xzDict is an xz file whose block wants a dictionary of 4 GiB less a byte.
func xzDict() []byte {
	head := []byte{2, 0, 0x21, 1, 40, 0, 0, 0}
	head = binary.LittleEndian.AppendUint32(head, crc32.ChecksumIEEE(head))
	out := append([]byte("\xfd7zXZ\x00\x00\x01"), binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte{0, 1}))...)
	return append(append(out, head...), "\x01\x00\x00x\x00"...)
}

func TestBombsEndWithAProblem(t *testing.T) {
	manyMembers := make([]file, 300)
	for i := range manyMembers {
		manyMembers[i] = file{fmt.Sprint(i), "x"}
	}
	for name, test := range map[string]struct {
		data   []byte
		limits Limits
		says   string
	}{
		"zeros":             {zeros(t, 8<<20), Limits{}, "unpacked bytes for each packed"},
		"zeros in a zip":    {zipOf(t, zip.Deflate, file{"x", strings.Repeat("\x00", 8<<20)}), Limits{}, "unpacked bytes for each packed"},
		"all bytes":         {gzipOf(t, "", bytes.Repeat([]byte("0123456789abcdef\n"), 1<<18)), Limits{Bytes: 1 << 20}, "unpacked in all"},
		"stored bytes":      {zipOf(t, zip.Store, file{"x", strings.Repeat("x", 1<<20)}), Limits{Bytes: 1 << 19}, "unpacked in all"},
		"one member":        {gzipOf(t, "", bytes.Repeat([]byte("0123456789abcdef\n"), 1<<20)), Limits{Member: 1 << 20}, "a member of at most"},
		"overlapping":       {overlapping(t, 5000), Limits{}, "overlap"},
		"members":           {zipOf(t, zip.Deflate, manyMembers...), Limits{Members: 100}, "at most 100 members"},
		"members of a tar":  {tarOf(t, tar.FormatGNU, manyMembers...), Limits{Members: 100}, "at most 100 members"},
		"depth":             {nested(t, 8), Limits{}, "at most 5 archives"},
		"huge tar":          {hugeTar(t), Limits{}, "unexpected EOF"},
		"huge tar in gzip":  {gzipOf(t, "", hugeTar(t)), Limits{}, "unexpected EOF"},
		"xz dictionary":     {xzDict(), Limits{}, "dictionary"},
		"zstd window":       {[]byte("\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00"), Limits{}, "window"},
		"object streams":    {pdfOf([2]string{"<< /Filter [ /FlateDecode /FlateDecode ] >>", zlibOf(t, zlibOf(t, strings.Repeat("\x00", 8<<20)))}), Limits{}, "unpacked bytes for each packed"},
		"more than is held": {gzipLevel(t, gzip.NoCompression, "", zipOf(t, zip.Store, file{"x", random(maxMemory)})), Limits{}, "nested containers"},
	} {
		t.Run(name, func(t *testing.T) {
			s := walk(test.data, test.limits)
			wantProblem(t, s, test.says)
			if limit := test.limits.withDefaults().Bytes; s.bytes > limit {
				t.Errorf("%d bytes shown", s.bytes)
			}
		})
	}
}

// random is text that does not compress.
func random(n int) string {
	out, x := make([]byte, n), uint64(1)
	for i := range out {
		x = x*6364136223846793005 + 1442695040888963407
		out[i] = byte(x >> 56)
	}
	return string(out)
}

// TestArchivesInsideEachOther walks an archive that holds itself twice, forty deep: as deep as may be, not for ever.
func TestArchivesInsideEachOther(t *testing.T) {
	inner := zipOf(t, zip.Store, file{"r", planted})
	for range 40 {
		inner = zipOf(t, zip.Deflate, file{"a", string(inner)}, file{"b", string(inner)})
	}
	s := walk(inner, Limits{})
	wantProblem(t, s, "archives inside each other")
}

// TestMemory keeps what a walk holds at once within bounds: nested containers and dictionaries together.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("needs much memory itself")
	}
	two := []byte(random(40 << 20))
	for range 2 {
		two = gzipLevel(t, gzip.NoCompression, "", zipOf(t, zip.Store, file{"x", string(two)}))
	}
	runtime.GC()
	var most uint64
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	problems := Walk(t.Context(), bytes.NewReader(two), int64(len(two)), Limits{}, func(Member) {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		most = max(most, now.HeapInuse-min(before.HeapInuse, now.HeapInuse))
	})
	if most > 100<<20 {
		t.Errorf("%d bytes of heap in use: %v", most, problems)
	}
	if len(problems) == 0 {
		t.Error("two archives of 40 MiB inside each other were held")
	}
}

func TestHeadersOfSevenZAllocateNothing(t *testing.T) {
	header := []byte{szHeaderID, szMainStreams, szUnpackInfo, szFolderID, 0xf0, 0xff, 0xff, 0xff, 0xff, 0}
	data := sevenZOf(szCopy, nil, nil, file{"x", "x"})[:32]
	binary.LittleEndian.PutUint64(data[12:], 0)
	binary.LittleEndian.PutUint64(data[20:], uint64(len(header)))
	wantProblem(t, walk(append(data, header...), Limits{}), "damaged")
}

func BenchmarkWalk(b *testing.B) {
	text, err := os.ReadFile("zip.go")
	if err != nil {
		b.Fatal(err)
	}
	var files []file
	for i := range 200 {
		files = append(files, file{fmt.Sprintf("dir/file%d.go", i), string(text)})
	}
	for name, data := range map[string][]byte{
		"zip": zipOf(b, zip.Deflate, files...), "stored": zipOf(b, zip.Store, files...),
		"tar": tarOf(b, tar.FormatGNU, files...), "tgz": gzipOf(b, "", tarOf(b, tar.FormatGNU, files...)),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(200 * len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Walk(b.Context(), bytes.NewReader(data), int64(len(data)), Limits{}, func(Member) {})
			}
		})
	}
}

func BenchmarkSniff(b *testing.B) {
	for name, text := range map[string]string{"text": "package unpack\n", "first letter": "Package x\n", "binary": "\x7fELF\x02\x01\x01\x00\x00\x00"} {
		head := []byte(text + strings.Repeat("x", headSize))[:headSize]
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Sniff(head)
			}
		})
	}
}
