package scan

import (
	"regexp"
	"strings"
	"testing"
)

func TestPatternEqualsTheRegularExpression(t *testing.T) {
	patterns := []string{
		"[0-9a-f]{8}", `[\w-]{3,5}`, `\d{2}-[A-Z]{2,3}`, "[A-Z]{2}|[a-z]{4}", "[0-9A-Za-z+/]{4,8}={0,2}", `[\w-]{2,6}\.[\w-]{2}`, `a\$b{1}`, "x+",
	}
	texts := []string{
		"deadbeef", "deadbeef0", "deadbee", "ab", "abcd", "abcdef", "12-AB", "12-ABC", "12-ABCD", "AB", "abcd ", "AAAA==", "AAAA=", "AAAAAAAAA=", "ab.cd", "ab.cde", "a$b", "xxxx", "xxxy", "", "-", "a-b-c",
		"ab.cd.", "deadbeef\n", "abcd\"",
	}
	for _, text := range patterns {
		p, err := CompilePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		whole := regexp.MustCompile("^(?:" + text + ")$")
		for _, s := range texts {
			matched := p.Match([]byte(s), 0) == len(s)
			if want := whole.MatchString(s); matched != want && !(s == "" && !want) {
				t.Errorf("%q on %q: %v, the regular expression says %v", text, s, matched, want)
			}
		}
	}
}

func TestPatternRefuses(t *testing.T) {
	for _, text := range []string{"[a-z]{2,4}[a-f]", "[a-", "a{x}", "a{3", "(a)", "a*", "a{5,2}", `\`, "a{1,9999}"} {
		if _, err := CompilePattern(text); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

func TestMatchNeedsAnEnd(t *testing.T) {
	p, err := CompilePattern("[0-9a-f]{8}")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"deadbeef": 8, "deadbeef!": 8, "deadbeefx": -1, "deadbeef_": -1, "deadbeef0": -1, "deadbee": -1} {
		if got := p.Match([]byte(text), 0); got != want {
			t.Errorf("%q: %d, expected %d", text, got, want)
		}
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`[\w-]{2,6}\.[0-9a-f]{2,}={0,2}`, "ab.0f==")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := CompilePattern(pattern)
		if err != nil || len(text) > 1<<12 {
			return
		}
		for at := range len(text) + 1 {
			if end := p.Match([]byte(text), at); end > len(text) {
				t.Fatalf("the match ends at %d of %d", end, len(text))
			}
			if start := p.back([]byte(text), at); start > at {
				t.Fatalf("the lead starts at %d, after %d", start, at)
			}
		}
		if strings.ContainsAny(pattern, "[]\\{}|+") {
			return
		}
		if got := p.Match([]byte(pattern), 0); pattern != "" && got != len(pattern) {
			t.Errorf("the literal %q does not match itself", pattern)
		}
	})
}
