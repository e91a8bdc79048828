package decode

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

type sample struct{ name, text, encoding, want string }

func samples() []sample {
	std := base64.StdEncoding.EncodeToString
	long := "export FIRST=1\nexport TOKEN=" + hidden + "\n# " + strings.Repeat("the quick brown fox ", 9) + "\n"
	b64 := std([]byte(long))
	hexText := hex.EncodeToString([]byte(hidden))
	return []sample{
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
		{"quoted-printable line before an escape", strings.Repeat("word ", 12) + hidden[:12] + "=\n=3D" + hidden, "quoted-printable", hidden[:12] + "=" + hidden},
		{"UTF-16 little endian", wide("token = "+hidden+"\r\n", 0, 1), "UTF-16", "token = " + hidden + "\r\n"},
		{"UTF-16 big endian", wide("token = "+hidden+"\r\n", 1, 0), "UTF-16", "token = " + hidden + "\r\n"},
		{"UTF-16 in a binary", "\x7fELF\x01\x02\x03\x00\x00\x00" + wide(hidden, 0, 1) + "\x00\x00\x01\xff\xff", "UTF-16", hidden},
		{"UTF-16 with blanks", wide(hidden[:20]+strings.Repeat(" ", 40)+"!", 0, 1), "UTF-16", hidden[:20] + strings.Repeat(" ", 40) + "!"},
		{"UTF-32 little endian", wide("token = "+hidden, 0, 3), "UTF-32", "token = " + hidden},
		{"UTF-32 big endian", wide("token = "+hidden, 3, 0), "UTF-32", "token = " + hidden},
		{"byte array", "var k = []byte{" + each(hidden, "0x%02x", ", ") + "}", "character codes", hidden},
		{"casts", "byte[] k = {" + each(hidden, "(byte) 0x%02X", ", ") + "};", "character codes", hidden},
		{"character codes", "String.fromCharCode(" + each(hidden, "%d", ",") + ")", "character codes", hidden},
		{"wrapped codes", "k = bytes([\n    " + wrapAt(each(hidden, "%03d,", ""), 32, "\n    ") + "\n])", "character codes", hidden},
		{"calls", "$k = " + each(hidden, "chr(%d)", " . ") + ";", "character codes", hidden},
		{"casts on lines of their own", "k = {" + each(hidden, "(byte) 0x%02X", ",\n    ") + "};", "character codes", hidden},
		{"late letters", "k: " + each("b1a2d3c4f5e6h7g8j9", "%02x", ":") + "\n", "character codes", "b1a2d3c4f5e6h7g8j9"},
		{"pairs", "k: " + each(hidden, "%02x", " ") + "\n", "character codes", hidden},
	}
}

func TestDecodes(t *testing.T) {
	for _, c := range samples() {
		t.Run(c.name, func(t *testing.T) {
			all := spansOf(c.text)
			if len(all) != 1 || all[0].encoding != c.encoding || all[0].data != c.want {
				t.Errorf("%q gives %q", c.text, all)
			}
		})
	}
}

// TestEveryPlace moves each sample over the borders of blocks and batches. UTF-16 keeps its alignment.
func TestEveryPlace(t *testing.T) {
	for _, c := range samples() {
		step := 1
		if strings.HasPrefix(c.encoding, "UTF") {
			step = 4
		}
		for _, base := range []int{0, batch - 3*blockSize} {
			for shift := 0; shift < 4*blockSize; shift += step {
				text := strings.Repeat(";", base+shift) + "\n\n\n " + c.text + "\n;"
				n := 0
				for _, s := range spansOf(text) {
					if s.encoding == c.encoding && s.data == c.want {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s at %d: found %d times", c.name, base+shift, n)
				}
			}
		}
	}
}

// TestOrder decodes all samples from one text that is longer than what is held back to keep the order.
func TestOrder(t *testing.T) {
	var text strings.Builder
	var want []string
	for range 40 {
		for _, c := range samples() {
			if !strings.HasPrefix(c.encoding, "UTF") && c.encoding != "quoted-printable" {
				text.WriteString("\n\n;\n " + c.text + "\n\n;\n")
				want = append(want, c.want)
			}
		}
	}
	var got []string
	for _, s := range spansOf(text.String()) {
		got = append(got, s.data)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
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
		{"beside base64", `t = 'b1a2d3c4f5' || 'e6h7g8j9i0-Yyw3Yyxwx4xwYywwww'`, `t = 'b1a2d3c4f5e6h7g8j9i0-Yyw3Yyxwx4xwYywwww'`},
		{"after other words", `h = "Authorization: Bearer ` + a + `" + "` + b + c + ` and more"`, `h = "Authorization: Bearer ` + hidden + ` and more"`},
		{"URL", `u = "postgres://app:" + "s3cr3tPw9" + "@db.example/shop"`, `u = "postgres://app:s3cr3tPw9@db.example/shop"`},
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

// TestLeaves holds look-alikes: text that is not encoded, and encodings of what is neither text nor a known container.
func TestLeaves(t *testing.T) {
	der := make([]byte, 0, 600)
	for i := range 600 {
		der = append(der, byte(i*i>>3^i*7))
	}
	binary := base64.StdEncoding.EncodeToString(der)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(hidden)))
	cases := map[string]string{
		"SHA-256 sum":         sum + "  file.tar.gz\n" + sum[:40] + " commit\n",
		"UUID":                "id: 6f1c2b7e-3d4a-4f5b-9c8d-7e6f5a4b3c2d\n",
		"integrity":           `integrity="sha512-` + base64.StdEncoding.EncodeToString(der[:64]) + `"`,
		"go.sum":              "example.org/mod v1.2.3/go.mod h1:" + base64.StdEncoding.EncodeToString(der[:32]) + "\n",
		"PNG data URI":        "url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA" + binary[:200] + ")",
		"certificate":         "-----BEGIN CERTIFICATE-----\n" + wrapAt(binary, 64, "\n") + "\n-----END CERTIFICATE-----\n",
		"SSH key":             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + binary[:43] + " me@host\n",
		"identifiers":         "var internationalizationConfigurationProvider = newAbstractSingletonProxyFactoryBean();",
		"constants":           "MAXIMUM_TRANSMISSION_UNIT_SIZE = DEFAULTMAXIMUMTRANSMISSIONUNIT",
		"paths":               "/usr/lib/python3/dist-packages/setuptools/_vendor/importlib_metadata/__init__.py",
		"URL":                 "https://www.example.org/2024/01/some-long-article-title-about-nothing/index.html?page=12",
		"percent in formats":  `fmt.Printf("%d%d%08x%5.2f%%20d and 100%de", a, b)`,
		"percent in Chinese":  "/wiki/%E4%B8%AD%E5%9B%BD%E6%96%87%E5%AD%97%E4%B8%AD%E5%9B%BD",
		"modulus":             "h = (h*31 + uint32(buffer[i]))%16777619",
		"hex constants":       "const prime64, offset64 = 0x100000001b3, 0xcbf29ce484222325ffffffffffffffff",
		"decimal digits":      "pi = 3.14159265358979323846264338327950288419716939937510",
		"thirds":              "x = 0.333333333333333333333333333333333333333333333333333333",
		"hexdump of zeros":    "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n",
		"random bytes":        "{" + each(string(der[:64]), "0x%02x", ", ") + "}",
		"fingerprint":         each(string(der[100:120]), "%02X", ":"),
		"squares":             "[1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225, 256, 289, 324]",
		"rising numbers":      "[48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67]",
		"ports":               "['37', '42', '43', '53', '69', '77', '79', '87', '95', '101', '102', '103', '104', '109']",
		"regex ranges":        `/^[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+$/`,
		"Unicode tables":      `"\u4e00-\u9fff\u3040-\u309f\uac00-\ud7af\uf900-\ufaff"`,
		"control escapes":     `"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12"`,
		"escaped line ends":   `"usage: tool [options]\n\toptions are\n\t\t-h help\n"`,
		"back references":     `s/([a-z]+)([0-9]+)/\1\2/g`,
		"Windows path":        `C:\Users\user\AppData\Local\Programs`,
		"entities in prose":   "Tom &amp; Jerry &lt;tom@a.org&gt; &copy; 2024 &nbsp; R&D",
		"addresses in C":      "f(&first, &second); if (a&b && c&&d) x = &amplifier;",
		"prose in literals":   `log("the file " + name + " could not be read: " + "try again with 2 files")`,
		"words in literals":   `x = "application/" + "octet-stream" + ";charset=utf-8"`,
		"variables between":   `u = "https://" + host + ":8080" + "/" + path + "?a=1"`,
		"literals in lists":   `["alpha1beta2", "gamma3delta4", "epsilon5zeta6"].forEach(f)`,
		"keys in literals":    `say("the key a1b2c3d4e5f6a7b8c9 is " + "not " + "the key f1e2d3c4b5a6f7e8")`,
		"join by commas":      `["alpha1beta2", "gamma3delta4", "epsilon5zeta6"].join(",")`,
		"imports":             "import (\n\t\"crypto/sha256\"\n\t\"encoding/base64\"\n\t\"hash/crc32\"\n\t\"unicode/utf8\"\n)\n",
		"empty strings":       `{"a1b2c3":"","d4e5f6":"","g7h8i9":"","j0k1l2":""}`,
		"minified":            `e.exports=function(t){return"k1l2"+t+"+"+t.x9y8z7+"+"+n("q5w4e3r2")}`,
		"arguments":           `cmd "--first=a1" , "--second=b2"`,
		"assignments":         "first = \nsecond =\nthird= 3Dimensional\n",
		"lock file":           strings.Repeat("a", 20) + ".example v1.2.3 h1:" + base64.StdEncoding.EncodeToString(der[:32]) + "\nb.example/c v1\n",
		"list of structs":     `{{"v2.3", "76a00fb249b7f93091bc2c89a789dab1fc1bc26f"}, ""},`,
		"PEM padding":         strings.Repeat("QUJD+/xy", 8)[:63] + "=\n-----END X-----\n",
		"NUL table":           "\x01\x00\x02\x00\x03\x00" + strings.Repeat("\x00", 80) + "\x41\x00\x00\x00\x42\x00\x00\x00",
		"names in a binary":   strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), "x\x00\x00"),
		"capitals at the end": `\nABCDEFGHIJKLMNOPQ`,
		"alphabet":            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	}
	for name, text := range cases {
		if all := spansOf(text); len(all) > 0 {
			t.Errorf("%s: %q gives %q", name, text, all)
		}
	}
}

func TestLicenseIsLeft(t *testing.T) {
	text, err := os.ReadFile("../../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	if all := spansOf(string(text)); len(all) > 0 {
		t.Errorf("%q", all)
	}
}
