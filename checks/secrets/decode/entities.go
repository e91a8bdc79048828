package decode

import "unicode/utf8"

// entityNames are the characters of ASCII that HTML names (HTML Standard, section 13.5), and the blank that most
// texts write for one.
var entityNames = map[string]byte{
	"amp": '&', "AMP": '&', "lt": '<', "LT": '<', "gt": '>', "GT": '>', "quot": '"', "QUOT": '"', "apos": '\'', "nbsp": ' ',
	"Tab": '\t', "NewLine": '\n', "excl": '!', "num": '#', "dollar": '$', "percnt": '%', "lpar": '(', "rpar": ')',
	"ast": '*', "midast": '*', "plus": '+', "comma": ',', "period": '.', "sol": '/', "colon": ':', "semi": ';',
	"equals": '=', "quest": '?', "commat": '@', "lsqb": '[', "lbrack": '[', "bsol": '\\', "rsqb": ']', "rbrack": ']',
	"Hat": '^', "lowbar": '_', "UnderBar": '_', "grave": '`', "DiacriticalGrave": '`', "lcub": '{', "lbrace": '{',
	"verbar": '|', "vert": '|', "VerticalLine": '|', "rcub": '}', "rbrace": '}', "hyphen": '-', "dash": '-',
}

const maxEntity = len("&DiacriticalGrave;")

// appendEntity decodes the character reference that data begins with.
func appendEntity(out, data []byte) ([]byte, int) {
	end := 1
	for end < len(data) && end < maxEntity && data[end] != ';' && isEntityByte(data[end]) {
		end++
	}
	if end >= len(data) || data[end] != ';' {
		return out, 0
	}
	name := data[1:end]
	if len(name) > 1 && name[0] == '#' {
		r, ok := entityCode(name[1:])
		if !ok {
			return out, 0
		}
		return utf8.AppendRune(out, r), end + 1
	}
	c, ok := entityNames[string(name)]
	if !ok {
		return out, 0
	}
	return append(out, c), end + 1
}

func isEntityByte(c byte) bool { return c == '#' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

// entityCode reads the digits of a numeric reference, decimal or, after x, hexadecimal.
func entityCode(digits []byte) (rune, bool) {
	base := rune(10)
	if digits[0]|0x20 == 'x' {
		base, digits = 16, digits[1:]
	}
	code := rune(0)
	for _, c := range digits {
		v := rune(unhex[c])
		if v >= base {
			return 0, false
		}
		if code = code*base + v; code > utf8.MaxRune {
			return 0, false
		}
	}
	return code, len(digits) > 0
}
