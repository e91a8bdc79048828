package unpack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
)

// planted is the line that every container is to give back.
const planted = "password = correct-horse-battery"

// seen is what a walk showed: the texts by path, with the kinds in front of those that were asked for.
type seen struct {
	texts    map[string]string
	members  []Member
	problems []checks.Problem
	bytes    int64
}

func walk(data []byte, limits Limits) seen {
	s := seen{texts: map[string]string{}}
	s.problems = Walk(context.Background(), bytes.NewReader(data), int64(len(data)), limits, func(m Member) {
		s.bytes += int64(len(m.Data))
		if s.bytes < 64<<20 {
			s.texts[m.Path] += string(m.Data)
		}
		m.Data = nil
		s.members = append(s.members, m)
	})
	return s
}

func (s seen) paths() []string {
	var out []string
	for _, m := range s.members {
		out = append(out, m.Path)
	}
	return out
}

// wantPlanted fails unless a path holds the planted line and there were no problems.
func wantPlanted(t *testing.T, data []byte, path string, kinds ...Kind) {
	t.Helper()
	s := walk(data, Limits{})
	if !strings.Contains(s.texts[path], planted) {
		t.Errorf("%q does not hold the planted line; shown: %q", path, s.paths())
	}
	for _, p := range s.problems {
		t.Errorf("problem: %v", &p)
	}
	for _, m := range s.members {
		if m.Path == path && kinds != nil && !slices.Equal(m.Kinds, kinds) {
			t.Errorf("kinds %v, want %v", m.Kinds, kinds)
		}
	}
	if len(kinds) > 0 && Sniff(data) != kinds[0] && SniffTail(data) != kinds[0] {
		t.Errorf("Sniff gives %q, want %q", Sniff(data), kinds[0])
	}
}

// wantProblem fails unless a problem's text holds the words.
func wantProblem(t *testing.T, s seen, words string) {
	t.Helper()
	for _, p := range s.problems {
		if strings.Contains(p.Error(), words) {
			return
		}
	}
	t.Errorf("no problem says %q: %v", words, s.problems)
}

type file struct{ name, text string }

func zipOf(t testing.TB, method uint16, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		entry.Write([]byte(f.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func tarOf(t testing.TB, format tar.Format, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o600, Size: int64(len(f.text)), Format: format}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(f.text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func gzipOf(t testing.TB, name string, data []byte) []byte {
	return gzipLevel(t, gzip.DefaultCompression, name, data)
}

func gzipLevel(t testing.TB, level int, name string, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		t.Fatal(err)
	}
	w.Name = name
	w.Write(data)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// tool runs a program on files in a directory of its own and gives back the file it made. Where the program is not
// installed the test is skipped, and fails in CI.
func tool(t *testing.T, made string, files []file, command ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(command[0], "is not installed")
		}
		t.Skip("NOT TESTED AGAINST THE REAL PROGRAM: ", command[0], " is not installed")
	}
	dir := t.TempDir()
	for _, f := range files {
		name := filepath.Join(dir, f.name)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", command, err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, made))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestNestedContainers(t *testing.T) {
	secret := file{"conf/app.properties", "a = 1\n" + planted + "\n"}
	inner := file{"lib/app.jar", string(zipOf(t, zip.Deflate, secret))}
	stored := file{"lib/app.jar", string(zipOf(t, zip.Store, secret))}
	tarred := file{"x.tar", string(tarOf(t, tar.FormatPAX, secret))}
	long := strings.Repeat("long/", 40) + "file"
	for name, test := range map[string]struct {
		data  []byte
		path  string
		kinds []Kind
	}{
		"no container":        {[]byte(planted), "", nil},
		"zip":                 {zipOf(t, zip.Deflate, secret), "conf/app.properties", []Kind{Zip}},
		"zip stored":          {zipOf(t, zip.Store, secret), "conf/app.properties", []Kind{Zip}},
		"zip in zip":          {zipOf(t, zip.Deflate, inner), "lib/app.jar/conf/app.properties", []Kind{Zip, Zip}},
		"stored zip in zip":   {zipOf(t, zip.Store, stored), "lib/app.jar/conf/app.properties", []Kind{Zip, Zip}},
		"zip behind a script": {append([]byte("#!/usr/bin/env python3\n"), zipOf(t, zip.Deflate, secret)...), "conf/app.properties", []Kind{Zip}},
		"tar":                 {tarOf(t, tar.FormatUSTAR, secret), "conf/app.properties", []Kind{Tar}},
		"tar long name":       {tarOf(t, tar.FormatGNU, file{long, planted}), long, []Kind{Tar}},
		"tar pax name":        {tarOf(t, tar.FormatPAX, file{long + "ü", planted}), long + "ü", []Kind{Tar}},
		"tar in zip":          {zipOf(t, zip.Deflate, tarred), "x.tar/conf/app.properties", []Kind{Zip, Tar}},
		"zip in tar":          {tarOf(t, tar.FormatGNU, inner), "lib/app.jar/conf/app.properties", []Kind{Tar, Zip}},
		"tgz":                 {gzipOf(t, "", tarOf(t, tar.FormatGNU, secret)), "conf/app.properties", []Kind{Gzip, Tar}},
		"zip in tgz":          {gzipOf(t, "", tarOf(t, tar.FormatGNU, inner)), "lib/app.jar/conf/app.properties", []Kind{Gzip, Tar, Zip}},
		"gzip":                {gzipOf(t, "", []byte(planted)), "data", []Kind{Gzip}},
		"gzip with a name":    {gzipOf(t, ".env", []byte(planted)), ".env", []Kind{Gzip}},
		"gzip in tar":         {tarOf(t, tar.FormatGNU, file{"a/dump.sql.gz", string(gzipOf(t, "", []byte(planted)))}), "a/dump.sql.gz/dump.sql", []Kind{Tar, Gzip}},
		"gzip twice":          {gzipOf(t, "", gzipOf(t, "x", []byte(planted))), "x", []Kind{Gzip, Gzip}},
		"gzip of two members": {append(gzipOf(t, "", []byte("first\n")), gzipOf(t, "", []byte(planted))...), "data", []Kind{Gzip}},
		"tgz in zip":          {zipOf(t, zip.Store, file{"b.tgz", string(gzipOf(t, "", tarOf(t, tar.FormatGNU, secret)))}), "b.tgz/conf/app.properties", []Kind{Zip, Gzip, Tar}},
	} {
		t.Run(name, func(t *testing.T) { wantPlanted(t, test.data, test.path, test.kinds...) })
	}
}

func TestToolsArchives(t *testing.T) {
	text := []file{{"in.txt", planted}}
	long := strings.Repeat("d/", 80) + "in.txt"
	for name, test := range map[string]struct {
		made, path string
		files      []file
		command    []string
		kinds      []Kind
	}{
		"tar":          {"o.tar", "in.txt", text, []string{"tar", "cf", "o.tar", "in.txt"}, []Kind{Tar}},
		"tar v7":       {"o.tar", "in.txt", text, []string{"tar", "--format=v7", "-cf", "o.tar", "in.txt"}, []Kind{Tar}},
		"tar gnu long": {"o.tar", long, []file{{long, planted}}, []string{"tar", "--format=gnu", "-cf", "o.tar", "d"}, []Kind{Tar}},
		"tar pax long": {"o.tar", long, []file{{long, planted}}, []string{"tar", "--format=pax", "-cf", "o.tar", "d"}, []Kind{Tar}},
		"tar sparse": {"o.tar", "in.txt", text, []string{"sh", "-c",
			"truncate -s 4M in.txt && echo '" + planted + "' >>in.txt && tar -S --format=gnu -cf o.tar in.txt"}, []Kind{Tar}},
		"tar pax sparse": {"o.tar", "in.txt", text, []string{"sh", "-c",
			"truncate -s 4M in.txt && echo '" + planted + "' >>in.txt && tar -S --format=pax -cf o.tar in.txt"}, []Kind{Tar}},
		"tar.bz2": {"o.tbz", "in.txt", text, []string{"tar", "cjf", "o.tbz", "in.txt"}, []Kind{Bzip2, Tar}},
		"tar.zst": {"o.tzst", "in.txt", text, []string{"tar", "--zstd", "-cf", "o.tzst", "in.txt"}, []Kind{Zstd, Tar}},
		"zstd":    {"in.txt.zst", "data", text, []string{"zstd", "-19", "in.txt"}, []Kind{Zstd}},
		"lz4":     {"in.lz4", "data", text, []string{"lz4", "in.txt", "in.lz4"}, []Kind{LZ4}},
		"bzip2":   {"in.txt.bz2", "data", text, []string{"bzip2", "in.txt"}, []Kind{Bzip2}},
		"xz":      {"in.txt.xz", "data", text, []string{"xz", "-9e", "in.txt"}, []Kind{XZ}},
		"xz in blocks": {"o.xz", "data", text, []string{"sh", "-c",
			"seq 300000 >o; cat in.txt >>o; xz -T2 --block-size=100000 o; xz in.txt; head -c 8 /dev/zero >>o.xz; cat in.txt.xz >>o.xz"}, []Kind{XZ}},
		"xz of random bytes": {"o.xz", "data", text, []string{"sh", "-c",
			"head -c 300000 /dev/urandom >o; seq 100000 >>o; cat in.txt >>o; xz o"}, []Kind{XZ}},
		"lzma":         {"in.txt.lzma", "data", text, []string{"xz", "--format=lzma", "in.txt"}, []Kind{LZMA}},
		"tar.xz":       {"o.txz", "in.txt", text, []string{"tar", "cJf", "o.txz", "in.txt"}, []Kind{XZ, Tar}},
		"zip lzma":     {"o.zip", "in.txt", text, []string{"python3", "-c", "import zipfile; zipfile.ZipFile('o.zip','w',zipfile.ZIP_LZMA).write('in.txt')"}, []Kind{Zip}},
		"zip":          {"o.zip", "in.txt", text, []string{"zip", "o.zip", "in.txt"}, []Kind{Zip}},
		"zip streamed": {"o.zip", "-", text, []string{"sh", "-c", "cat in.txt | zip - - >o.zip"}, []Kind{Zip}},
		"zip bzip2":    {"o.zip", "in.txt", text, []string{"python3", "-c", "import zipfile; zipfile.ZipFile('o.zip','w',zipfile.ZIP_BZIP2).write('in.txt')"}, []Kind{Zip}},
		"zip64":        {"o.zip", "in.txt", text, []string{"python3", "-c", "import zipfile; z=zipfile.ZipFile('o.zip','w'); f=z.open('in.txt','w',force_zip64=True); f.write(open('in.txt','rb').read()); f.close(); z.close()"}, []Kind{Zip}},
	} {
		t.Run(name, func(t *testing.T) {
			wantPlanted(t, tool(t, test.made, test.files, test.command...), test.path, test.kinds...)
		})
	}
}

func TestDamagedArchivesShowWhatIsLeft(t *testing.T) {
	files := []file{{"first", planted}, {"second", strings.Repeat("x", 4000)}, {"third", "3"}}
	whole := tarOf(t, tar.FormatGNU, files...)
	damaged := slices.Clone(whole)
	copy(damaged[1024:], "no header at all") // that of the second file
	stream := zipOf(t, zip.Deflate, files...)
	for name, test := range map[string]struct {
		data []byte
		path string
		says string
	}{
		"tar cut off":          {whole[:2000], "first", "unexpected EOF"},
		"tar damaged":          {damaged, "third", "tar headers"},
		"zip cut off":          {stream[:60+len(planted)], "first", "central directory"},
		"zip without its end":  {stream[:len(stream)-30], "third", "central directory"},
		"gzip cut off":         {gzipOf(t, "", []byte(planted+strings.Repeat("a\n", 9)))[:50], "data", "unexpected EOF"},
		"gzip and other bytes": {append(gzipOf(t, "", []byte(planted)), "other bytes"...), "data", "another gzip member"},
	} {
		t.Run(name, func(t *testing.T) {
			s := walk(test.data, Limits{})
			if s.texts[test.path] == "" {
				t.Errorf("%q is not shown: %q", test.path, s.paths())
			}
			wantProblem(t, s, test.says)
		})
	}
}

func TestEncryptedMembersAreTold(t *testing.T) {
	data := tool(t, "o.zip", []file{{"in.txt", planted}}, "zip", "-P", "x", "o.zip", "in.txt")
	s := walk(data, Limits{})
	wantProblem(t, s, "encrypted")
	if s.problems[0].Blind || s.problems[0].Where != "in.txt" {
		t.Errorf("%+v", s.problems[0])
	}
}

func TestPieces(t *testing.T) {
	text := strings.Repeat(strings.Repeat("x", 99)+"\n", PieceSize/50)
	for name, data := range map[string][]byte{"plain": []byte(text), "gzip": gzipOf(t, "", []byte(text))} {
		var got int64
		Walk(context.Background(), bytes.NewReader(data), int64(len(data)), Limits{}, func(m Member) {
			if string(m.Data) != text[m.Offset:m.Offset+int64(len(m.Data))] {
				t.Errorf("%s: other bytes at %d", name, m.Offset)
			}
			if want := strings.Count(text[:m.Offset], "\n"); m.Lines != want {
				t.Errorf("%s: %d lines before %d, want %d", name, m.Lines, m.Offset, want)
			}
			got = m.Offset + int64(len(m.Data))
		})
		if got != int64(len(text)) {
			t.Errorf("%s: %d of %d bytes shown", name, got, len(text))
		}
	}
}

func TestCancelledWalkSaysSo(t *testing.T) {
	var files []file
	for i := range 10 {
		files = append(files, file{fmt.Sprint(i), planted})
	}
	data := zipOf(t, zip.Deflate, files...)
	ctx, cancel := context.WithCancel(context.Background())
	var shown int
	problems := Walk(ctx, bytes.NewReader(data), int64(len(data)), Limits{}, func(Member) { shown++; cancel() })
	if shown != 1 || len(problems) != 1 || problems[0].Retry != checks.RetrySafe || !problems[0].Blind {
		t.Errorf("%d shown, %v", shown, problems)
	}
}
