package decode

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// The text that the cases hide is made up, and joined so that it stands whole nowhere.
const hidden = "ghp" + "_q7Zx0VbN2mKf8RtY4LpWcD6sHjGu1EaOi9TB"

type found struct{ encoding, data, encoded string }

func spansOf(text string) []found {
	var all []found
	last := 0
	Each([]byte(text), func(s Span) {
		if s.Start < last || s.End <= s.Start || s.End > len(text) {
			panic(fmt.Sprintf("%q: %d-%d after %d", text, s.Start, s.End, last))
		}
		last = s.Start
		all = append(all, found{s.Encoding, string(s.Data), text[s.Start:s.End]})
	})
	return all
}

func compressed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

func wide(text string, before, after int) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString(strings.Repeat("\x00", before) + string(c) + strings.Repeat("\x00", after))
	}
	return b.String()
}

func each(text, format, separator string) string {
	var parts []string
	for _, c := range []byte(text) {
		parts = append(parts, fmt.Sprintf(format, c))
	}
	return strings.Join(parts, separator)
}

func wrapAt(text string, width int, separator string) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + separator)
		text = text[width:]
	}
	return b.String() + text
}

func TestDecodes(t *testing.T) {
	std := base64.StdEncoding.EncodeToString
	long := "export FIRST=1\nexport TOKEN=" + hidden + "\n# " + strings.Repeat("the quick brown fox ", 9) + "\n"
	b64 := std([]byte(long))
	hexText := hex.EncodeToString([]byte(hidden))
	cases := []struct{ name, text, encoding, want string }{
		{"plain", "key: " + std([]byte(hidden)) + "\n", "base64", hidden},
		{"unpadded URL alphabet", "?k=" + base64.RawURLEncoding.EncodeToString([]byte("~~~???"+hidden)) + "&b=1", "base64", "~~~???" + hidden},
		{"short", "Basic " + std([]byte("admin:passw0rd")), "base64", "admin:passw0rd"},
		{"wrapped at 76", wrapAt(b64, 76, "\n"), "base64", long},
		{"wrapped at 64 with carriage returns", wrapAt(b64, 64, "\r\n") + "\r\n", "base64", long},
		{"YAML block", "data: |\n    " + wrapAt(b64, 60, "\n    ") + "\nkind: Secret\n", "base64", long},
		{"literals with plus", "x = \"" + wrapAt(b64, 48, "\" +\n\t\t\"") + "\";", "base64", long},
		{"literals with leading dot", "$x = '" + wrapAt(b64, 40, "'\n  . '") + "';", "base64", long},
		{"escaped line ends", `{"k": "` + wrapAt(b64, 76, `\n`) + `\n"}`, "base64", long},
		{"comment", "// " + wrapAt(b64, 64, "\n// ") + "\n", "base64", long},
		{"JSON slashes", `"` + strings.ReplaceAll(std([]byte("???"+long)), "/", `\/`) + `"`, "base64", "???" + long},
		{"after a path", "/v1/secret/" + std([]byte(hidden)), "base64", hidden},
		{"data URI", "url(data:text/plain;base64," + std([]byte(hidden)) + ")", "base64", hidden},
		{"gzip", "blob: " + std([]byte(compressed(long))), "base64", compressed(long)},
		{"UTF-16", "powershell -enc " + std([]byte(wide("$t='"+hidden+"'", 0, 1))), "base64", wide("$t='"+hidden+"'", 0, 1)},
		{"base32", "x " + base32.StdEncoding.EncodeToString([]byte(hidden)) + " y", "base32", hidden},
		{"hex", "k = '" + hexText + "'", "hex", hidden},
		{"hex capitals", "0x" + strings.ToUpper(hexText) + ",", "hex", hidden},
		{"hex wrapped", wrapAt(hexText, 32, "\n"), "hex", hidden},
		{"percent", "https://a.example/?t=" + each(hidden, "%%%02X", ""), "percent-encoding", "https://a.example/?t=" + hidden},
		{"percent in part", "https://a.example/?u=1%26t%3D" + hidden, "percent-encoding", "https://a.example/?u=1&t=" + hidden},
		{"percent before", "a%20" + hidden, "percent-encoding", "a " + hidden},
		{"unicode escapes", `"t": "` + each(hidden, `\u%04x`, "") + `"`, "escapes", hidden},
		{"one unicode escape", `t = "` + strings.Replace(hidden, "_", `\u005f`, 1) + `"`, "escapes", hidden},
		{"braces", "`" + strings.Replace(hidden, "_", `\u{5f}`, 1) + "`", "escapes", hidden},
		{"long unicode escape", `"` + strings.Replace(hidden, "_", `\U0000005F`, 1) + `"`, "escapes", hidden},
		{"hex escapes", `"` + each(hidden, `\x%02x`, "") + `"`, "escapes", hidden},
		{"octal escapes", `$'` + each(hidden, `\%03o`, "") + `'`, "escapes", hidden},
		{"escaped ampersand", `"https://a.example/?a=1\u0026t=` + hidden + `"`, "escapes", "https://a.example/?a=1&t=" + hidden},
		{"escaped line end before", `"first\n` + strings.Replace(hidden, "_", "", 1) + `"`, "escapes", "first\n" + strings.Replace(hidden, "_", "", 1)},
		{"escaped slashes", `"https:\/\/user:pw@db.example\/shop"`, "escapes", "https://user:pw@db.example/shop"},
		{"continued line", "TOKEN=" + hidden[:20] + "\\\n" + hidden[20:] + "\n", "escapes", "TOKEN=" + hidden},
		{"decimal entities", "<b>" + each(hidden, "&#%d;", "") + "</b>", "HTML entities", "<b>" + hidden + "</b>"},
		{"hex entities", each(hidden, "&#x%X;", ""), "HTML entities", hidden},
		{"named entity", "'" + strings.Replace(hidden, "_", "&lowbar;", 1) + "'", "HTML entities", hidden},
		{"ampersand", "<a href='?a=1&amp;t=" + hidden + "'>", "HTML entities", "?a=1&t=" + hidden},
		{"quoted-printable escape", "token=3D" + hidden, "quoted-printable", "token=" + hidden},
		{"quoted-printable line", strings.Repeat("word ", 11) + hidden[:18] + "=\r\n" + hidden[18:], "quoted-printable", hidden},
		{"UTF-16 little endian", wide("token = "+hidden+"\r\n", 0, 1), "UTF-16", "token = " + hidden + "\r\n"},
		{"UTF-16 big endian", wide("token = "+hidden+"\r\n", 1, 0), "UTF-16", "token = " + hidden + "\r\n"},
		{"UTF-16 in a binary", "\x7fELF\x01\x02\x03\x00\x00\x00" + wide(hidden, 0, 1) + "\x00\x00\x01\xff\xff", "UTF-16", hidden},
		{"UTF-32 little endian", wide("token = "+hidden, 0, 3), "UTF-32", "token = " + hidden},
		{"UTF-32 big endian", wide("token = "+hidden, 3, 0), "UTF-32", "token = " + hidden},
		{"byte array", "var k = []byte{" + each(hidden, "0x%02x", ", ") + "}", "character codes", hidden},
		{"casts", "byte[] k = {" + each(hidden, "(byte) 0x%02X", ", ") + "};", "character codes", hidden},
		{"character codes", "String.fromCharCode(" + each(hidden, "%d", ",") + ")", "character codes", hidden},
		{"wrapped codes", "k = bytes([\n    " + wrapAt(each(hidden, "%03d,", ""), 32, "\n    ") + "\n])", "character codes", hidden},
		{"calls", "$k = " + each(hidden, "chr(%d)", " . ") + ";", "character codes", hidden},
		{"pairs", "k: " + each(hidden, "%02x", " ") + "\n", "character codes", hidden},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			all := spansOf(c.text)
			if len(all) != 1 || all[0].encoding != c.encoding || all[0].data != c.want {
				t.Errorf("%q gives %q", c.text, all)
			}
		})
	}
}

func TestJoined(t *testing.T) {
	a, b, c := hidden[:4], hidden[4:20], hidden[20:]
	cases := []struct{ name, text, want string }{
		{"plus", `token := "` + a + `" + "` + b + c + `"`, `token := "` + hidden + `"`},
		{"plus over lines", "const token = '" + a + "' +\n    '" + b + "' +\n    '" + c + "';", "const token = '" + hidden + "'"},
		{"leading plus", "String t = \"" + a + "\"\n    + \"" + b + c + "\";", `String t = "` + hidden + `"`},
		{"value on the next line", "const token =\n  \"" + a + "\" +\n  \"" + b + c + "\"", `const token = "` + hidden + `"`},
		{"Python adjacency", "token = (\n    \"" + a + "\"\n    '" + b + c + "'\n)", `token = "` + hidden + `"`},
		{"C adjacency", `char *t = "` + a + `" "` + b + c + `";`, `char *t = "` + hidden + `"`},
		{"shell adjacency", `T="` + a + `"'` + b + c + `'`, `T="` + hidden + `"`},
		{"PHP and Perl", `$t = '` + a + `' . '` + b + c + `';`, `$t = '` + hidden + `'`},
		{"Visual Basic", "t = \"" + a + "\" & _\n    \"" + b + c + "\"", `t = "` + hidden + `"`},
		{"Lua", `t = "` + a + `" .. "` + b + c + `"`, `t = "` + hidden + `"`},
		{"SQL", `SET t = '` + a + `' || '` + b + c + `'`, `SET t = '` + hidden + `'`},
		{"Ruby", "t = '" + a + "' \\\n  '" + b + c + "'", "t = '" + hidden + "'"},
		{"shovel", `t = "" << "` + a + `" << "` + b + c + `"`, `t = "` + hidden + `"`},
		{"minified", `e.t="` + a + `"+"` + b + `"+"` + c + `",f()`, `e.t="` + hidden + `"`},
		{"single characters", "t='" + strings.Join(strings.Split(hidden, ""), "'+'") + "'", "t='" + hidden + "'"},
		{"JavaScript join", `t = ["` + a + `", "` + b + `", "` + c + `"].join("")`, `t = ["` + hidden + `"`},
		{"Python join", `t = "".join(["` + a + `", "` + b + c + `"])`, `t = "".join(["` + hidden + `"`},
		{"PHP implode", `$t = implode('', array('` + a + `', '` + b + c + `'));`, `$t = implode('', array('` + hidden + `'`},
		{"Java join", `t = String.join("", "` + a + `", "` + b + c + `");`, `t = String.join("", "` + hidden + `"`},
		{"Go join", `t := strings.Join([]string{"` + a + `", "` + b + c + `"}, "")`, `t := strings.Join([]string{"` + hidden + `"`},
		{"PowerShell join", `$t = ('` + a + `', '` + b + c + `') -join ''`, `$t = ('` + hidden + `'`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			all := spansOf(c.text)
			if len(all) != 1 || all[0].encoding != "joined literals" || all[0].data != c.want {
				t.Errorf("%s\ngives %q", c.text, all)
			}
		})
	}
}
