package scan

import "strings"

// commonPairs are the pairs of letters that make up nine tenths of the words in program texts. Random text has one
// third of its pairs here, identifiers and words nearly all.
const commonPairs = "" +
	"ab ac ad ag ai ak al am an ap ar as at au av ba be bi bl bo bu by ca cc ce ch ci ck cl co cr cs ct cu da dd " +
	"de di dl do dr ds du ea ec ed ee ef eg ei el em en ep eq er es et ev ew ex fa fe ff fi fl fo fr fu ge gh gi " +
	"gn go gr gs ha he hi ho ht ia ib ic id ie if ig il im in io ip ir is it iv iz ka ke ki la ld le li ll lo ls " +
	"lt lu ly ma mb me mi mm mo mp ms mu na nc nd ne nf ng ni nl nn no ns nt nu nv oa ob oc od of oi ol om on oo " +
	"op or os ot ou ov ow pa pe pi pl po pp pr ps pt pu py qu ra rc rd re rf rg ri rm rn ro rr rs rt ru rv ry sa " +
	"sc se sh si sl so sp ss st su sy ta tc te tf th ti tl to tp tr ts tt tu ty ub uc ue ui ul um un up ur us ut " +
	"va ve vi wa we wh wi wr xp xt yp ys yt ze"

var commonPair = pairTable(commonPairs)

func pairTable(text string) *[26 * 26]bool {
	var t [26 * 26]bool
	for pair := range strings.FieldsSeq(text) {
		t[int(pair[0]-'a')*26+int(pair[1]-'a')] = true
	}
	return &t
}

// Shape is what a value is made of.
type Shape struct {
	Length                       int
	Lower, Upper, Digits, Others int
	Changes                      int     // between lower case, upper case, digits and others
	Words                        float64 // share of the pairs of letters that are common in words
	pairs                        int
}

// ShapeOf measures the value.
func ShapeOf(value string) Shape {
	s := Shape{Length: len(value)}
	common, last := 0, byte(0)
	for i := range len(value) {
		kind := byte('o')
		switch c := value[i]; {
		case c >= 'a' && c <= 'z':
			kind = 'l'
			s.Lower++
		case c >= 'A' && c <= 'Z':
			kind = 'u'
			s.Upper++
		case c >= '0' && c <= '9':
			kind = 'd'
			s.Digits++
		default:
			s.Others++
		}
		if i > 0 && kind != last {
			s.Changes++
		}
		if i > 0 && isLetter(value[i]) && isLetter(value[i-1]) {
			s.pairs++
			if commonPair[int(value[i-1]|0x20-'a')*26+int(value[i]|0x20-'a')] {
				common++
			}
		}
		last = kind
	}
	if s.pairs > 0 {
		s.Words = float64(common) / float64(s.pairs)
	}
	return s
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// Random reports whether the value looks machine-made: no words, mixed classes, enough entropy for its length.
func Random(value string) bool {
	return machineMade(value) && !Placeholder(value)
}

// leastRandom is the length below which nothing can be told of a value.
const leastRandom = 12

func machineMade(value string) bool {
	s := ShapeOf(value)
	if s.Length < leastRandom || s.Digits == s.Length {
		return false
	}
	if isHexText(value) {
		return s.Length >= 16 && s.Digits > 0 && s.Digits < s.Length && s.Changes*5 >= s.Length && Entropy([]byte(value)) > 2.7
	}
	if s.Changes < 4 || s.Changes*6 < s.Length || s.Digits == 0 && (s.Upper == 0 || s.Lower == 0) {
		return false
	}
	limit := 0.65
	if s.Digits == 0 || slug(value) {
		limit = 0.5
	}
	if s.pairs*2 >= s.Length && s.Words > limit {
		return false
	}
	return Entropy([]byte(value)) >= min(3.6, 2.9+float64(s.Length-12)*0.05)
}

// ofWords reports a long name of words alone, as tests have: "test_" may begin a token and a function.
func ofWords(value string) bool {
	const least, most = 24, 0.65
	if len(value) < least || strings.IndexFunc(value, func(r rune) bool { return r >= 0x80 || r != '_' && r != '-' && !isLetter(byte(r)) }) >= 0 {
		return false
	}
	s := ShapeOf(value)
	return s.pairs*2 >= s.Length && s.Words > most
}

// slug reports a name of several words with a number behind some of them, as "php-redis5-session-handler" has.
func slug(value string) bool {
	const leastWords, leastLetters, mostDigits = 3, 2, 3
	words := 0
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		letters := strings.TrimRight(part, "0123456789")
		if len(part)-len(letters) > mostDigits || len(letters) < leastLetters {
			return false
		}
		for i := range len(letters) {
			if letters[i] < 'a' || letters[i] > 'z' {
				return false
			}
		}
		words++
	}
	return words >= leastWords
}

func isHexText(value string) bool {
	for i := range len(value) {
		if !isHex(value[i]) && value[i] != '-' {
			return false
		}
	}
	return true
}
