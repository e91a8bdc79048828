package compat

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// expressions are of the kinds that configurations have: bounded and not, with literals and without, with assertions.
var expressions = []string{
	`tok_[a-z0-9]{4,8}`, `\btok_\w{4}\b`, `(?i)[\w.-]{0,9}?(?:slack)(?:[ \t\w.-]{0,5})[\s'"]{0,3}(?:=|:)['"\s=]{0,5}([a-z0-9]{4})(?:['"\s;]|$)`,
	`(?m)^key=\w+$`, `\Akey=\w+`, `key=\w+\z`, `abc|abd|xyz_\d`, `-----BEGIN[\s\S]+?END`, `(?i)kiss_\w{2}`, `[A-F0-9]{8}`,
	`tok_|_tok`, `.{0,3}tok.{0,3}`, `(?:tok){2,3}`, `(one|two|three)_\d`, `é\w{3}tok`, `tok.*`, `(?s).tok.`, `\Btok`, `x?tok|y`,
}

// naive is a search of the whole text.
func naive(r *Rule, data []byte) (list []string) {
	for _, at := range r.regex.compiled().FindAllIndex(data, -1) {
		text := strings.Trim(string(data[at[0]:at[1]]), "\n")
		if text != "" {
			list = append(list, fmt.Sprintf("%d:%s", at[0]+strings.Index(string(data[at[0]:]), text), text))
		}
	}
	return list
}

func planned(c *Config, index int, data []byte) (list []string) {
	s := &scan{config: c, data: data, hits: c.plan.find(data)}
	for _, f := range s.rule(index) {
		list = append(list, fmt.Sprintf("%d:%s", f.start, data[f.start:f.end]))
	}
	return list
}

func ofExpressions(t testing.TB) *Config {
	c := &Config{}
	for i, e := range expressions {
		p, err := newPattern(e)
		if err != nil {
			t.Fatal(err)
		}
		c.rules = append(c.rules, &Rule{ID: fmt.Sprint(i), regex: p})
	}
	c.plan = newPlan(c.rules)
	return c
}

func TestPlanIsWholeSearch(t *testing.T) {
	c := ofExpressions(t)
	words := []string{"tok_", "tok", "abcd", "12345678", "slack", " = ", "'", "\n", "key=", "xyz_1", "-----BEGIN", "END", "KISS_ab", "ſ", "K",
		"é", "one_1", "_", "ABCDEF00", " ", "y", "x", "\xff", strings.Repeat("filler ", 20)}
	random := rand.New(rand.NewPCG(3, 3))
	found := 0
	for range 3000 {
		var b strings.Builder
		for range random.IntN(60) {
			b.WriteString(words[random.IntN(len(words))])
		}
		found += compare(t, c, []byte(b.String()))
	}
	if found < 10000 {
		t.Errorf("only %d matches were compared", found)
	}
}

func compare(t *testing.T, c *Config, data []byte) (found int) {
	for i, r := range c.rules {
		want, got := naive(r, data), planned(c, i, data)
		if !slices.Equal(got, want) {
			t.Fatalf("%s in %q:\nfound %q\nwant  %q", r.regex.source, data, got, want)
		}
		found += len(want)
	}
	return found
}

// TestFragments holds that a match is found wherever it is in a large text, across the borders of fragments.
func TestFragments(t *testing.T) {
	p, err := newPattern(`q[0-9]+z`)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{rules: []*Rule{{ID: "a", regex: p}}}
	c.plan = newPlan(c.rules)
	for _, filler := range []string{"-", "\n"} {
		for at := fragmentSize - overlap - 30; at < fragmentSize+30; at += 31 {
			data := []byte(strings.Repeat(filler, 2*fragmentSize))
			copy(data[at:], "q1234567890z")
			if got := planned(c, 0, data); len(got) != 1 {
				t.Fatalf("at %d of %q: %q", at, filler, got)
			}
		}
	}
}

func TestCut(t *testing.T) {
	c := load(t, "[[rules]]\nid = \"a\"\nregex = '''x'''\n")
	count := 0
	cut := c.Scan(Source{}, []byte(strings.Repeat("x ", 2*maxMatches)), func(Match) { count++ })
	if count != maxMatches || len(cut) != 1 || cut[0].ID != "a" {
		t.Errorf("%d matches, cut %v", count, cut)
	}
}

func TestPattern(t *testing.T) {
	cases := []struct {
		source   string
		longest  int
		literals string
	}{
		{`abc`, 3, "abc"},
		{`(?i)key`, 9, "key"},
		{`a`, 1, ""},
		{`ab`, 2, "ab"},
		{`[a-z]{3}def`, 6, "def"},
		{`x{2,4}token`, 9, "token"},
		{`token+`, 0, "toke"},
		{`(?:alpha|beta)?gamma`, 10, "gamma"},
		{`(?:alpha|beta)x`, 6, "beta alpha"},
		{`(?:alpha|\d{9})`, 9, ""},
		{`\bfoo.bar$`, 10, "foo"},
		{`(?:secret){0,2}`, 12, ""},
		{`éclair`, 7, "clair"},
	}
	for _, k := range cases {
		p, err := newPattern(k.source)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(p.literals, func(a, b string) int { return len(a) - len(b) })
		if got := strings.Join(p.literals, " "); p.longest != k.longest || got != k.literals {
			t.Errorf("%s: at most %d bytes, with %q; want %d, %q", k.source, p.longest, got, k.longest, k.literals)
		}
	}
}

func TestKeywords(t *testing.T) {
	c := load(t, "[[rules]]\nid = \"a\"\nregex = '''\\d{4}'''\nkeywords = [\"Shop\", \"é\", \"z\"]\n")
	for text, want := range map[string]string{"1234": "", "sHOP 1234": "a:1234", "É 1234": "a:1234", "Z 1234": "a:1234", "shot 1234": "", "\u212a 1234": ""} {
		if got := scanned(c, "", text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzPlan(f *testing.F) {
	c := ofExpressions(f)
	f.Add([]byte("tok_abcd slack = 'abcd'\nkey=1\nxyz_1 -----BEGIN xEND KISS_ab"))
	f.Add([]byte("ſ Kiſſ_ab toktoktok"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) <= fragmentSize {
			compare(t, c, data)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	c := ofExpressions(b)
	c.rules = slices.DeleteFunc(c.rules, func(r *Rule) bool { return r.regex.literals == nil || shortest(r.regex.literals) < 3 })
	c.plan = newPlan(c.rules)
	data := []byte(strings.Repeat("func main() { fmt.Println(\"hello, world\") } // nothing to see\n", 4000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		c.Scan(Source{Path: "main.go"}, data, func(Match) {})
	}
}

// BenchmarkAllAnchors is the worst case of the literals: each position begins one.
func BenchmarkAllAnchors(b *testing.B) {
	p, _ := newPattern(`aaa[0-9]{30}`)
	c := &Config{rules: []*Rule{{ID: "a", regex: p}}}
	c.plan = newPlan(c.rules)
	data := []byte(strings.Repeat("a", 256<<10))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		c.Scan(Source{}, data, func(Match) {})
	}
}
