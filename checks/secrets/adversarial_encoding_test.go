package secrets

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

func utf16Of(order binary.AppendByteOrder, text string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.Bytes()
}

// each writes every byte of a text by a format.
func each(format, text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, format, text[i])
	}
	return b.String()
}

// wrapped breaks a text into lines.
func wrapped(text string, width int) string {
	var b strings.Builder
	for ; len(text) > width; text = text[width:] {
		b.WriteString(text[:width] + "\n")
	}
	return b.String() + text
}

// pieces cuts a text into that many.
func pieces(text string, n int) []any {
	var out []any
	size := (len(text) + n - 1) / n
	for ; len(text) > size; text = text[size:] {
		out = append(out, text[:size])
	}
	return append(out, text)
}

const b64 = "base64"

var leBytes = binary.LittleEndian

func TestEncodedTokens(t *testing.T) {
	n := 0
	plants := map[string]plant{}
	// add plants a new token, written by the function.
	add := func(name, file string, line int, inside string, write func(token string) string) {
		n++
		secret := token(n)
		plants[name] = plant{name: file, data: []byte(write(secret)), secret: secret, rule: "github-personal-token", line: line, inside: inside}
	}
	raw := func(format string) func(string) string {
		return func(s string) string { return strings.ReplaceAll(format, "{}", s) }
	}
	std := base64.StdEncoding.EncodeToString
	config := func(s string) string { return "[remote]\nurl = shop.example\ntoken = " + s + "\n" }

	// The bytes as they are, in files that scanners leave out.
	add("plain", "app.py", 2, "", raw("import os\nt = '{}'\n"))
	add("no extension", "deploy", 1, "", raw("{}"))
	add("dotfile", ".hidden", 1, "", raw("x={}\n"))
	add("spaces in the name", "my notes (2).txt", 1, "", raw("use {}\n"))
	add("Unicode name", "schlüssel-鍵.txt", 1, "", raw("use {}\n"))
	add("line break in the name", "a\nb.txt", 1, "", raw("use {}\n"))
	add("escape in the name", "a\x1b[31mred.txt", 1, "", raw("use {}\n"))
	add("name of 255 bytes", strings.Repeat("n", 251)+".txt", 1, "", raw("use {}\n"))
	add("lock file", "package-lock.json", 3, "", raw("{\n \"packages\": {\n  \"resolved\": \"https://npm.shop.example/a.tgz?t={}\"\n }\n}\n"))
	add("go.sum", "go.sum", 1, "", raw("shop.example/a v1.0.0 h1:{}\n"))
	add("source map", "app.js.map", 1, "", raw(`{"version":3,"sourcesContent":["const t=\"{}\";\nrun(t)"]}`))
	add("minified", "app.min.js", 1, "", raw(strings.Repeat("function a(b){return b+1};", 900)+`var t="{}";`+strings.Repeat("a(2);", 5000)))
	add("log", "app.log", 2, "", raw("2026-01-02T03:04:05Z GET /\n2026-01-02T03:04:06Z authorization: token {}\n"))
	add("CSV", "users.csv", 3, "", raw("id,name,secret\n1,ann,none\n2,bob,{}\n"))
	add("SQL dump", "dump.sql", 2, "", raw("-- MySQL dump\nINSERT INTO `t` VALUES (1,'a\\'b','{}'),(2,'c',NULL);\n"))
	add("HAR", "x.har", 1, "", raw(`{"log":{"entries":[{"request":{"headers":[{"name":"Authorization","value":"token {}"}]}}]}}`))
	add("notebook", "a.ipynb", 4, "", raw("{\n \"cells\": [{\n  \"source\": [\n   \"t = \\\"{}\\\"\\n\"\n  ]}]}\n"))
	add("notebook output", "b.ipynb", 2, "", raw("{\"cells\": [{\"outputs\": [{\"text\": [\n \"\\u001b[32m{}\\u001b[0m\"]}]}]}\n"))
	add("Python bytecode", "a.pyc", 2, "", raw("\xa7\r\r\n\x00\x00\x00\x00\x10\x20\x30\x40\x99\x00\x00\x00\xe3\x00\x00\x00\x00\xda(x){}\xe9\x01\x00\x00\x00"))
	add("program", "a.out", 1, "", raw("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00"+strings.Repeat("\x00\x01\xff\x90", 4096)+"\x00{}\x00"+strings.Repeat("\xcc", 500)))
	add("text, then binary", "a.dat", 1, "", raw("{}\x00\x01\x02\xff\xfe"+strings.Repeat("\x00", 100)))
	add("line ends of CR only", "mac.txt", 3, "", raw("one\rtwo\rtoken={}\rfour\r"))
	add("line ends of CRLF", "dos.ini", 3, "", raw("[a]\r\nb=1\r\ntoken={}\r\n"))
	add("Latin-1", "l1.txt", 2, "", raw("Schl\xfcssel\nf\xfcr: {}\xe4\n"))
	add("UTF-8 mark", "bom.txt", 1, "", raw("\xef\xbb\xbf{}\n"))
	add("one line of a megabyte", "long.txt", 1, "", raw(strings.Repeat("lorem ipsum ", 90_000)+"{} "+strings.Repeat("dolor ", 20_000)))
	add("the word false nearby", "f.txt", 1, "", raw("false = {} # false\n"))
	add("prose about comments", "p.txt", 1, "", raw("Do not write gitleaks-allow beside {} please\n"))
	add("diff", "x.patch", 3, "", raw("--- a\n+++ b\n+t = {}\n"))
	add("terminal recording", "x.cast", 2, "", raw("{\"version\": 2}\n[0.1, \"o\", \"\\u001b[1m{}\\r\\n\"]\n"))
	add("mail", "a.eml", 3, "", raw("From: a@shop.example\n\n> > {}\n"))

	// Wide characters.
	wide := func(order binary.AppendByteOrder, before string) func(string) string {
		return func(s string) string {
			return before + string(utf16Of(order, "eins, zwei und drei\r\ntoken = "+s+"\r\n"))
		}
	}
	add("UTF-16LE", "a.txt", 2, "", wide(binary.LittleEndian, "\xff\xfe"))
	add("UTF-16BE", "a.txt", 2, "", wide(binary.BigEndian, "\xfe\xff"))
	add("UTF-16LE without mark", "a.txt", 2, "UTF-16", wide(binary.LittleEndian, ""))
	add("UTF-16BE without mark", "a.txt", 2, "UTF-16", wide(binary.BigEndian, ""))
	add("UTF-16LE of odd length", "a.txt", 2, "UTF-16", func(s string) string { return wide(binary.LittleEndian, "\xff\xfe")(s) + "\n" })
	add("UTF-16LE inside a program", "a.exe", 1, "UTF-16", func(s string) string {
		return "MZ\x90\x00" + strings.Repeat("\x8b\xec\x00\x55\xff", 2000) + string(utf16Of(binary.LittleEndian, s)) + "\x00\x00\x01"
	})
	add("UTF-32", "a.txt", 1, "UTF-32", func(s string) string {
		var b []byte
		for _, r := range "token = " + s {
			b = binary.LittleEndian.AppendUint32(b, uint32(r))
		}
		return string(b)
	})

	// Encodings, and encodings of encodings.
	add("base64", "a.txt", 1, b64, func(s string) string { return "x: " + std([]byte(config(s))) })
	add("base64 of the token alone", "a.txt", 1, b64, func(s string) string { return std([]byte(s)) })
	add("base64, wrapped", "a.txt", 2, b64, func(s string) string { return "x:\n" + wrapped(std([]byte(config(s))), 40) + "\n" })
	add("base64 for URLs", "a.txt", 1, b64, func(s string) string { return "x: " + base64.RawURLEncoding.EncodeToString([]byte("~~??"+config(s))) })
	add("base64 twice", "a.txt", 1, b64+", "+b64, func(s string) string { return "x: " + std([]byte(std([]byte(config(s))))) })
	add("base64 four times", "a.txt", 1, strings.Repeat(b64+", ", 3)+b64, func(s string) string {
		for range 4 {
			s = std([]byte(s))
		}
		return s
	})
	add("base64 of gzip", "a.txt", 1, "base64 of gzip", func(s string) string { return "x: " + std(gzipped(config(s))) })
	add("base64 of UTF-16", "a.txt", 1, b64+", UTF-16", func(s string) string { return "x: " + std(utf16Of(binary.LittleEndian, config(s))) })
	add("PowerShell command", "run.cmd", 2, b64+", UTF-16", func(s string) string {
		return "@echo off\r\npowershell -EncodedCommand " + std(utf16Of(binary.LittleEndian, "$t='"+s+"'; Connect-Shop $t")) + "\r\n"
	})
	add("data URL", "a.html", 1, b64, func(s string) string {
		return `<script src="data:text/javascript;base64,` + std([]byte("t='"+s+"'")) + `"></script>`
	})
	add("base32", "a.txt", 1, "base32", func(s string) string { return "x: " + base32.StdEncoding.EncodeToString([]byte(config(s))) })
	add("hex", "a.txt", 1, "hex", func(s string) string { return "x: " + hex.EncodeToString([]byte(config(s))) })
	add("hex, upper case", "a.txt", 1, "hex", func(s string) string { return "x: " + each("%02X", config(s)) })
	add("hex with colons", "a.txt", 1, "character codes", func(s string) string { return "x: " + strings.TrimSuffix(each("%02x:", s), ":") })
	add("percent", "a.txt", 1, "percent-encoding", func(s string) string { return "x=" + each("%%%02X", s) })
	add("form", "a.txt", 1, "", func(s string) string { return "x=" + url.QueryEscape("token: "+s) + "&y=1" })
	add("underscore escaped", "a.txt", 1, "percent-encoding", func(s string) string { return "x=" + strings.Replace(s, "_", "%5f", 1) })
	add("four-digit escapes", "a.js", 1, "escapes", func(s string) string { return "x = \"" + each(`\u%04x`, s) + "\"" })
	add("one four-digit escape", "a.json", 1, "escapes", func(s string) string { return `{"x": "` + strings.Replace(s, "_", `\u005f`, 1) + `"}` })
	add("two-digit escapes", "a.py", 1, "escapes", func(s string) string { return "x = b'" + each(`\x%02x`, s) + "'" })
	add("octal escapes", "a.c", 1, "escapes", func(s string) string { return "x = \"" + each(`\%03o`, s) + "\"" })
	add("entities, decimal", "a.html", 1, "HTML entities", func(s string) string { return "<p>" + each("&#%d;", s) })
	add("entities, hex", "a.html", 1, "HTML entities", func(s string) string { return "<p>" + each("&#x%x;", s) })
	add("one entity", "a.xml", 1, "HTML entities", func(s string) string { return "<p>" + strings.Replace(s, "_", "&#95;", 1) })
	add("entity of a quote", "a.xml", 1, "", func(s string) string { return "<p v=" + html.EscapeString(`"`+s+`"`) })
	add("quoted-printable", "a.eml", 4, "quoted-printable", func(s string) string {
		return "Content-Transfer-Encoding: quoted-printable\n\nIhr Schl=C3=BCssel:\n" + strings.Repeat("dies ist ", 6) + s[:21] + "=\n" + s[21:] + "\n=C3=BC\n"
	})
	add("character codes", "a.js", 1, "character codes", func(s string) string { return "String.fromCharCode(" + each("%d,", s) + "10)" })
	add("character codes in hex", "a.c", 1, "character codes", func(s string) string { return "char k[] = {" + each("0x%02x, ", s) + "0x00};" })

	// Literals that a program joins.
	joined := func(line int, file, format string) {
		add("joined in "+file, file, line, "joined literals", func(s string) string { return fmt.Sprintf(format, pieces(s, 3)...) })
	}
	joined(2, "a.go", "package a\nconst t = \"%s\" +\n\t\"%s\" + \"%s\"\n")
	joined(1, "a.js", "const t = '%s' + '%s' +\n  '%s';\n")
	joined(1, "A.java", "String t = \"%s\"\n    + \"%s\"\n    + \"%s\";\n")
	joined(1, "a.py", "t = ('%s'\n     '%s'\n     '%s')\n")
	joined(1, "a.php", "$t = '%s' . '%s' . '%s';\n")
	joined(1, "A.cs", "var t = \"%s\" + \"%s\" + @\"%s\";\n")
	joined(1, "a.rb", "t = '%s' \\\n  '%s' \\\n  '%s'\n")
	joined(1, "a.lua", "t = '%s' .. '%s' .. '%s'\n")
	joined(1, "a.c", "char *t = \"%s\"\n  \"%s\"\n  \"%s\";\n")
	joined(1, "a.sql", "select '%s' || '%s' || '%s';\n")
	joined(1, "list.js", "t = ['%s', '%s', '%s'].join('')\n")
	joined(1, "a.ps1", "$t = '%s' + '%s' + '%s'\n")
	joined(1, "a.vb", "t = \"%s\" & \"%s\" & _\n \"%s\"\n")
	hunt(t, plants)
}
