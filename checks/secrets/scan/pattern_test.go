package scan

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// oracle compares a pattern with the regular expression of the same text on every part of data.
func oracle(t *testing.T, pattern string, data string) {
	t.Helper()
	p, err := CompilePattern(pattern)
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile("^(?:" + pattern + ")$")
	if strings.HasPrefix(pattern, "(?i)") {
		whole = regexp.MustCompile("(?i)^(?:" + pattern[4:] + ")$")
	}
	for end := range len(data) + 1 {
		longest := -1
		for start := range end + 1 {
			want := whole.MatchString(data[start:end])
			if got := p.whole([]byte(data[start:end])); got != want {
				t.Fatalf("%q on %q: %v, the regular expression says %v", pattern, data[start:end], got, want)
			}
			if want && longest < 0 {
				longest = start
			}
		}
		if got := p.back([]byte(data), end); got != longest {
			t.Fatalf("%q backwards from %d in %q: %d, the regular expression says %d", pattern, end, data, got, longest)
		}
	}
	for start := range len(data) + 1 {
		if got := p.Match([]byte(data), start); got >= 0 && !whole.MatchString(data[start:got]) {
			t.Fatalf("%q at %d in %q ends at %d, where the regular expression does not", pattern, start, data, got)
		} else if got < 0 && whole.MatchString(data[start:]) {
			t.Fatalf("%q does not match all of %q", pattern, data[start:])
		}
	}
}

var oraclePatterns = []string{
	"[0-9a-f]{8}", `[\w-]{3,5}`, `\d{2}-[A-Z]{2,3}`, "[A-Z]{2}|[a-z]{4}", "[0-9A-Za-z+/]{4,8}={0,2}", `[\w-]{2,6}\.[\w-]{2}`, `a\$b{1}`, "x+", "a*b?c",
	"[a-z]{2,4}[a-f]{2}", `\w{2,9}_ak|[0-9A-F]{4}`, "a(?:b|cd)?e", "(?:[0-9a-f]{2}:){2,3}[0-9a-f]{2}", "(?i)ab(?:C|d{2})", "(?i)[a-c]{2}x", "[^a-y]{2}b", ".{2}a", `[\w-.]b`,
	`[\s\]\-x]{2}`, "a{0}b", "(?:a|b){2}c", "(?:ab?){0,2}c", "", "a|", "(a|b)(c|d)", "[-a]{2}", "[a-]{2}", `[+-\-a]{2}`, `[\t-.]{2}`, `[ \n-\r]a`, `[\d-.]b`, "(?:a{1,2}b){2}a{0,3}", "[ab]{1,9}b[ab]{2,4}",
}

func TestPatternEqualsTheRegularExpression(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	texts := []string{
		"", "deadbeef0", "12-ABCD", "AAAA==", "ab.cd.", "a$b", "xxxy", "abcd\"", "q7_akz_ak", "abe acde ade ae", "0a:1b:2c:3d:4e", "ABC abdD", "\n\taa", "ab-c]x-", "abababbbaab",
	}
	for range 40 {
		text := make([]byte, random.IntN(14))
		for i := range text {
			text[i] = "aabbccdxz019AB-_.:=+/ $\n"[random.IntN(24)]
		}
		texts = append(texts, string(text))
	}
	for _, pattern := range oraclePatterns {
		for _, text := range texts {
			oracle(t, pattern, text)
		}
	}
}

func TestPatternRefuses(t *testing.T) {
	for _, text := range []string{
		"[a-", "a{x}", "a{3", "(a", "a)", `\`, "a{5,2}", "a{1,9999}", "a**", "a+?", "a{2}{3}", "*a", "^a", "a$", `\pL`, "[[:alpha:]]", "é", "[é]", "(?P<x>a)", "(a*)*", "[z-a]", "[]", "[^]", "a{02}", "a{+1}", "a{-1}", `[0-\0]`,
		"(?:a|b){9}", "[a-z]+[a-f]{2}", strings.Repeat("(", 30) + "a" + strings.Repeat(")", 30), "(?:" + strings.Repeat("a", 400) + "){2}",
	} {
		if _, err := CompilePattern(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestMatchNeedsAnEnd(t *testing.T) {
	cases := []struct {
		pattern, text string
		want          int
	}{
		{"[0-9a-f]{8}", "deadbeef", 8},
		{"[0-9a-f]{8}", "deadbeef!", 8},
		{"[0-9a-f]{8}", "deadbeefx", -1},
		{"[0-9a-f]{8}", "deadbeef_", -1},
		{"[0-9a-f]{8}", "deadbeef0", -1},
		{"[0-9a-f]{8}", "deadbee", -1},
		{`\w{4,20}_ak`, "q7Zx_ak_ak ", 10},
		{`\w{4,20}_ak`, "q7Zx_ak_al ", -1},
		{"[a-z]{4}|[a-z]{2}-[a-z]{4}", "abcd-efgh", 4},
		{"[a-z]{2}|[a-z]{2}-[a-z]{4}", "ab-efgh", 7},
		{"[0-9A-Z]{4}={0,2}", "ABCD==", 6},
		{"[0-9A-Z]{4}={0,2}", "ABCD===", -1},
	}
	for _, c := range cases {
		p, err := CompilePattern(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match([]byte(c.text), 0); got != c.want {
			t.Errorf("%q on %q: %d, expected %d", c.pattern, c.text, got, c.want)
		}
	}
}

func TestFactsOfPatterns(t *testing.T) {
	p, err := CompilePattern(`[0-9a-f]{2}-\d+x|[A-F]{3}y{1,2}z`)
	if err != nil {
		t.Fatal(err)
	}
	if least, most := p.lengths(); least != 5 || most != 2+1+maxRun+1 {
		t.Errorf("lengths %d to %d", least, most)
	}
	leading, trailing := p.leading(), p.trailing()
	if len(leading) != 4 || !leading[0]['0'] || !leading[0]['A'] || leading[0]['y'] || !leading[2]['-'] || !leading[2]['F'] {
		t.Errorf("leading sets %d", len(leading))
	}
	if len(trailing) != 2 || !trailing[1]['x'] || !trailing[1]['z'] || !trailing[0]['5'] || !trailing[0]['y'] {
		t.Errorf("trailing sets %d", len(trailing))
	}
}

func FuzzPattern(f *testing.F) {
	for _, p := range oraclePatterns {
		f.Add(p, "ab.0f== abab12-AB")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		_, err := CompilePattern(pattern)
		if err != nil || len(text) > 40 || strings.ContainsFunc(text+pattern, func(r rune) bool { return r >= 0x80 }) {
			return
		}
		if _, err := regexp.Compile("(?:" + pattern + ")"); err != nil && strings.Contains(err.Error(), "repeat count") {
			return // the regular expressions of the standard library count to 1000 only
		}
		oracle(t, pattern, text)
	})
}
