package secrets

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// packed is a file inside an archive.
type packed struct{ name, text string }

func zipped(t testing.TB, files ...packed) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		if m, err := w.Create(f.name); err != nil {
			t.Fatal(err)
		} else if _, err = m.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarred(t testing.TB, files ...packed) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text))}); err != nil {
			t.Fatal(err)
		} else if _, err = w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zstandard(t testing.TB, text string) string {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return string(w.EncodeAll([]byte(text), nil))
}

func xzOf(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := xz.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func deflated(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

// pngOf joins chunks of a PNG picture, whose checksums nobody reads.
func pngOf(chunks ...packed) string {
	out := "\x89PNG\r\n\x1a\n"
	for _, c := range append(chunks, packed{"IEND", ""}) {
		out += string(binary.BigEndian.AppendUint32(nil, uint32(len(c.text)))) + c.name + c.text + "CRC "
	}
	return out
}

// docker is an image as `docker save` writes it: its first layer has the text, the second removes it again.
func docker(t testing.TB, env, layer string) string {
	t.Helper()
	a, b, config := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	return tarred(t, packed{b + "/layer.tar", tarred(t, packed{"srv/.wh.app.conf", "x"})},
		packed{a + "/layer.tar", tarred(t, packed{"srv/app.conf", layer})},
		packed{config + ".json", `{"config":{"Env":["PATH=/bin","TOKEN=` + env + `"]}}`},
		packed{"manifest.json", fmt.Sprintf(`[{"Config":"%s.json","RepoTags":["shop:1"],"Layers":["%s/layer.tar","%s/layer.tar"]}]`, config, a, b)})
}

// oci is the same as an OCI layout in a compressed tar file.
func oci(t testing.TB, layer string) string {
	t.Helper()
	a, config, manifest := strings.Repeat("a", 64), strings.Repeat("c", 64), strings.Repeat("d", 64)
	return tarred(t, packed{"oci-layout", `{"imageLayoutVersion":"1.0.0"}`},
		packed{"index.json", `{"manifests":[{"digest":"sha256:` + manifest + `"}]}`},
		packed{"blobs/sha256/" + manifest, fmt.Sprintf(`{"config":{"digest":"sha256:%s"},"layers":[{"digest":"sha256:%s"}]}`, config, a)},
		packed{"blobs/sha256/" + config, `{"config":{}}`},
		packed{"blobs/sha256/" + a, string(gzipped(tarred(t, packed{"srv/app.conf", layer})))})
}

func TestPackedTokens(t *testing.T) {
	n := 1000
	plants := map[string]plant{}
	add := func(name, file string, line int, inside string, write func(token string) string) {
		n++
		secret := token(n)
		plants[name] = plant{name: file, data: []byte(write(secret)), secret: secret, rule: "github-personal-token", line: line, inside: inside}
	}
	config := func(s string) string { return "# shop\nurl = shop.example\ntoken = " + s + "\n" }
	member := func(s string) packed { return packed{"srv/app.conf", config(s)} }
	long := strings.Repeat("0123456789abcde\n", 1<<19) // 8 MiB

	add("zip", "a.zip", 3, "srv/app.conf", func(s string) string { return zipped(t, member(s)) })
	add("zip without extension", "backup", 3, "srv/app.conf", func(s string) string { return zipped(t, member(s)) })
	add("zip named as a picture", "a.png", 3, "srv/app.conf", func(s string) string { return zipped(t, member(s)) })
	add("zip behind a script", "install.sh", 3, "srv/app.conf", func(s string) string { return "#!/bin/sh\nexec unzip $0\n" + zipped(t, member(s)) })
	add("zip with lying sizes", "a.zip", 3, "srv/app.conf", func(s string) string {
		data := []byte(zipped(t, member(s)))
		at := bytes.Index(data, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(data[at+24:], 1<<20) // the size unpacked, in the directory
		return string(data)
	})
	add("zip without directory", "a.zip", 3, "srv/app.conf", func(s string) string {
		data := zipped(t, member(s))
		return data[:strings.Index(data, "PK\x01\x02")]
	})
	add("member behind names that climb", "a.zip", 3, "../../etc/shop?[31m.conf", func(s string) string {
		return zipped(t, packed{"../../etc/shop\x1b[31m.conf", config(s)})
	})
	add("jar", "shop.jar", 3, "application.properties", func(s string) string {
		return zipped(t, packed{"META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"}, packed{"application.properties", config(s)})
	})
	add("jar in war in tar.zst in zip", "all.zip", 3, "up.tar.zst/shop.war/WEB-INF/lib/a.jar/srv/app.conf", func(s string) string {
		return zipped(t, packed{"up.tar.zst", zstandard(t, tarred(t, packed{"shop.war", zipped(t, packed{"WEB-INF/lib/a.jar", zipped(t, member(s))})}))})
	})
	add("tar", "a.tar", 3, "srv/app.conf", func(s string) string { return tarred(t, member(s)) })
	add("tgz", "a.tgz", 3, "srv/app.conf", func(s string) string { return string(gzipped(tarred(t, member(s)))) })
	add("npm package", "shop-1.0.0.tgz", 1, "package/.npmrc", func(s string) string {
		return string(gzipped(tarred(t, packed{"package/package.json", "{}"}, packed{"package/.npmrc", "//npm.pkg.github.com/:_authToken=" + s})))
	})
	add("xz", "a.xz", 3, "a", func(s string) string { return xzOf(t, config(s)) })
	add("gzip", "app.log.gz", 3, "app.log", func(s string) string { return string(gzipped(config(s))) })
	add("zstd", "a.zst", 3, "a", func(s string) string { return zstandard(t, config(s)) })
	add("zlib", "object", 3, "data", func(s string) string { return deflated(config(s)) })
	add("gzip cut off", "a.gz", 3, "a", func(s string) string {
		data := gzipped(config(s) + each("%08b\n", long[:500]))
		return string(data[:len(data)-12])
	})
	add("tar cut off", "a.tar", 3, "srv/app.conf", func(s string) string {
		data := tarred(t, packed{"srv/app.conf", config(s) + strings.Repeat("filler\n", 1000)})
		return data[:2000]
	})
	add("gzip of one whole piece", "a.gz", 1<<19-1, "a", func(s string) string { return string(gzipped(long[:8<<20-len(s)-1] + "\n" + s)) })
	add("gzip of a piece and a byte", "a.gz", 1<<19-1, "a", func(s string) string { return string(gzipped(long[:8<<20-len(s)] + "\n" + s)) })
	add("gzip of more pieces", "a.gz", 1<<19+1, "a", func(s string) string { return string(gzipped(long + s + "\n" + long[:3<<20])) })
	add("docx with split runs", "a.docx", 1, "word/document.xml/text", func(s string) string {
		runs := ""
		for _, piece := range pieces("use "+s+" now", 4) {
			runs += fmt.Sprintf(`<w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">%s</w:t></w:r>`, piece)
		}
		return zipped(t, packed{"[Content_Types].xml", "<Types/>"}, packed{"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>` + runs + `</w:p></w:body></w:document>`})
	})
	add("spreadsheet", "a.xlsx", 1, "xl/sharedStrings.xml", func(s string) string {
		return zipped(t, packed{"[Content_Types].xml", "<Types/>"}, packed{"xl/sharedStrings.xml", `<sst><si><t>name</t></si><si><t>` + s + `</t></si></sst>`})
	})
	add("PDF", "a.pdf", 1, "stream 1", func(s string) string {
		stream := deflated("BT /F1 12 Tf 72 700 Td [(use " + s[:9] + ") 20 (" + s[9:] + ")] TJ ET")
		return fmt.Sprintf("%%PDF-1.7\n1 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\r\n%s\nendstream\nendobj\ntrailer << >>\n%%%%EOF\n", len(stream), stream)
	})
	add("PNG text", "a.png", 1, "tEXt Comment", func(s string) string { return pngOf(packed{"tEXt", "Comment\x00" + s}) })
	add("PNG packed text", "a.png", 1, "zTXt Comment/data", func(s string) string { return pngOf(packed{"zTXt", "Comment\x00\x00" + deflated(s)}) })
	add("behind a picture's end", "a.png", 1, "behind the picture", func(s string) string { return pngOf(packed{"IDAT", "x"}) + s })
	add("base64 of zip", "a.yaml", 1, "base64 of zip, srv/app.conf", func(s string) string {
		return "chart: " + base64.StdEncoding.EncodeToString([]byte(zipped(t, member(s))))
	})
	add("base64 in a member", "a.zip", 1, "a.txt, base64", func(s string) string {
		return zipped(t, packed{"a.txt", "x: " + base64.StdEncoding.EncodeToString([]byte(config(s)))})
	})
	add("Helm release", "release.yaml", 1, "base64, base64 of gzip", func(s string) string {
		return "release: " + base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(gzipped(`{"config":{"v":"`+s+`"}}`))))
	})
	layer := strings.Repeat("a", 64)
	add("layer of a saved image", "shop.tar", 3, layer+"/layer.tar/srv/app.conf", func(s string) string { return docker(t, "x", config(s)) })
	add("environment of a saved image", "shop.tar", 1, strings.Repeat("c", 64)+".json", func(s string) string { return docker(t, s, "x") })
	add("OCI image", "shop.oci", 3, "blobs/sha256/"+layer+"/srv/app.conf", func(s string) string { return string(gzipped(oci(t, config(s)))) })
	hunt(t, plants)
}
