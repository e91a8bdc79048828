package decode

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// opening begins every text that a round trip encodes: text that each decoder takes for worth giving.
const opening = "b1a2d3c4f5e6h7g8j9i0"

const printable = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

const keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// textOf makes text of an alphabet from any bytes.
func textOf(b []byte, alphabet string) string {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = alphabet[int(c)%len(alphabet)]
	}
	return opening + string(out)
}

// mustGive fails where no span of encoded is the text.
func mustGive(t *testing.T, encoded, encoding, text string) {
	t.Helper()
	all := spansOf(encoded)
	for _, s := range all {
		if s.encoding == encoding && s.data == text {
			return
		}
	}
	t.Fatalf("%q\ngives %q\nnot %q", encoded, all, text)
}

func FuzzBase64(f *testing.F) {
	f.Add([]byte("user:password"), uint8(0))
	f.Add([]byte(strings.Repeat("many words ", 30)), uint8(7))
	f.Fuzz(func(t *testing.T, b []byte, form uint8) {
		text := textOf(b, printable)
		encoded := [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding}[form&3].EncodeToString([]byte(text))
		separator := [...]string{"", "\n", "\r\n", "\n    ", "\\n", "\" +\n\t\"", "'\n . '", "\n# "}[form>>2&7]
		if separator != "" {
			encoded = wrapAt(encoded, [...]int{64, 76}[form>>5&1], separator)
		}
		mustGive(t, "key = "+encoded+"\n", "base64", text)
	})
}

func FuzzHex(f *testing.F) {
	f.Add([]byte("text"), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, form uint8) {
		text := textOf(b, printable)
		encoded := hex.EncodeToString([]byte(text))
		if form&1 == 1 {
			encoded = strings.ToUpper(encoded)
		}
		if form&2 == 2 {
			encoded = wrapAt(encoded, 64, "\n  ")
		}
		mustGive(t, "key = '"+encoded+"'", "hex", text)
	})
}

func FuzzBase32(f *testing.F) {
	f.Add([]byte("text"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := textOf(b, printable)
		mustGive(t, "key: "+base32.StdEncoding.EncodeToString([]byte(text)), "base32", text)
	})
}

func FuzzPercent(f *testing.F) {
	f.Add([]byte("a=b&c"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := textOf(b, printable)
		encoded := "%41" + url.QueryEscape(text)
		if len(encoded) > lookBack {
			return // a word is read no further than that from an escape
		}
		mustGive(t, "get "+encoded+" x", "percent-encoding", "A"+strings.ReplaceAll(text, " ", "+"))
	})
}

func FuzzEscapes(f *testing.F) {
	f.Add([]byte("a\\b"), "ü\U0001f511", uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, more string, form uint8) {
		text := textOf(b, printable)
		format := [...]string{`\x%02x`, `\u%04X`, `\u{%x}`, `\U%08x`, `\%03o`}[form%5]
		mustGive(t, `k = "`+each(text, format, "")+`"`, "escapes", text)
		if valid := strings.ToValidUTF8(more, "?"); strings.IndexFunc(valid, unicode.IsControl) < 0 && form%5 == 1 && len(valid) < 80 {
			var units strings.Builder
			for _, u := range utf16.Encode([]rune(text + valid)) {
				fmt.Fprintf(&units, `\u%04x`, u)
			}
			mustGive(t, `k = "`+units.String()+`"`, "escapes", text+valid)
		}
	})
}

func FuzzEntities(f *testing.F) {
	f.Add([]byte("<a href=\"x\">"), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, form uint8) {
		text := textOf(b, printable)
		mustGive(t, each(text, [...]string{"&#%d;", "&#x%x;", "&#X%04X;"}[form%3], ""), "HTML entities", text)
	})
}

func FuzzQuotedPrintable(f *testing.F) {
	f.Add([]byte("a=b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := textOf(b, keyAlphabet+"=") + "=" + opening
		var out bytes.Buffer
		w := quotedprintable.NewWriter(&out)
		w.Write([]byte(text))
		w.Close()
		mustGive(t, out.String(), "quoted-printable", text)
	})
}

func FuzzWide(f *testing.F) {
	f.Add("schl\u00fcssel \u0441\u043b\u043e\u0432\u043e", uint8(0), 3)
	f.Fuzz(func(t *testing.T, more string, form uint8, before int) {
		var text []rune
		for _, r := range opening + more {
			if r >= 0x80 && !unicode.IsPrint(r) || r == unicode.ReplacementChar || r < ' ' || r == 0x7f {
				r = '.'
			}
			if form&2 == 2 && r > ' ' && r < 0x7f && !isWord(byte(r)) {
				r = 'x' // four bytes a character must be mostly words
			}
			if text = append(text, r); len(text) == foreign {
				break
			}
		}
		text = append(text, '!')
		data := bytes.Repeat([]byte{0xff}, 8*(before&0xff))
		var order binary.AppendByteOrder = binary.LittleEndian
		if form&1 == 1 {
			order = binary.BigEndian
		}
		encoding := "UTF-16"
		if form&2 == 2 {
			encoding = "UTF-32"
			for _, r := range text {
				data = order.AppendUint32(data, uint32(r))
			}
		} else {
			for _, u := range utf16.Encode(text) {
				data = order.AppendUint16(data, u)
			}
		}
		mustGive(t, string(data), encoding, string(text))
	})
}

func FuzzNumbers(f *testing.F) {
	f.Add([]byte("text"), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, form uint8) {
		text := opening
		for len(b) > 0 { // the opening keeps the codes from rising
			n := min(len(b), 10)
			text += textOf(b[:n], keyAlphabet)
			b = b[n:]
		}
		list := [...]string{
			"{" + each(text, "0x%02x", ", ") + "}", "[" + each(text, "%d", ",") + "]", each(text, "chr(%d)", "."), each(text, "%02X", ":"),
			"{" + each(text, "(byte)0x%02X", ",\n\t") + "}", each(text, "%03d", " "), each(text, "Chr(%d)", " & "),
		}[form%7]
		mustGive(t, "k = "+list+"\n", "character codes", text)
	})
}

func FuzzJoined(f *testing.F) {
	f.Add([]byte("rest"), uint8(3), uint64(1<<7|1<<3))
	f.Fuzz(func(t *testing.T, b []byte, form uint8, cuts uint64) {
		text := textOf(b[:min(len(b), 60)], keyAlphabet)
		forms := [...][3]string{{`"`, `" + "`, `"`}, {`'`, "' +\n  '", `'`}, {`"`, "\"\n    \"", `"`}, {`'`, `'.'`, `'`}, {`"`, "\" & _\r\n  \"", `"`},
			{`"`, `" .. "`, `"`}, {`'`, `' || '`, `'`}, {`["`, `", "`, `"].join("")`}, {`''.join(('`, "',\n '", `'))`}}
		chosen := forms[int(form)%len(forms)]
		parts := strings.Builder{}
		for i := range len(text) {
			if i > 0 && (i == len(opening)/2 || cuts>>(i&63)&1 == 1) {
				parts.WriteString(chosen[1])
			}
			parts.WriteByte(text[i])
		}
		want := strings.TrimRight("k = "+chosen[0]+text+chosen[0][len(chosen[0])-1:], "")
		mustGive(t, "k = "+chosen[0]+parts.String()+chosen[2]+";\n", "joined literals", want)
	})
}

// FuzzEach holds for any input: spans lie in it and in order, give the same text when they are decoded again, and
// hold little more than the input did.
func FuzzEach(f *testing.F) {
	for name := range adversarial {
		f.Add([]byte(strings.Repeat(adversarial[name], 40)))
	}
	f.Add([]byte(strconv.QuoteToASCII(hidden + "\u00fc")))
	f.Fuzz(func(t *testing.T, data []byte) {
		total := 0
		for _, s := range spansOf(string(data)) {
			total += len(s.data)
			if s.encoding == "" || s.data == "" {
				t.Errorf("%q", s)
			}
		}
		if total > 6*len(data)+maxPrefix {
			t.Errorf("%d bytes of %d", total, len(data))
		}
	})
}
