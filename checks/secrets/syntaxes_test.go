package secrets

import (
	"math/rand/v2"
	"regexp"
	notation "regexp/syntax"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/scan"
)

// A form is a way in which files give a value to a service. {n}, {N} and {c} are the value's name in snake case, in
// capitals and in camel case; {w}, {W} and {t} the service's in lower case, in capitals and as a title; {v} is the value.
type form struct {
	text string
	// apart is whether the service's name is no part of the value's.
	apart bool
}

var forms = []form{
	{text: "export {N}={v}\n"},
	{text: `{n} = "{v}"` + "\n"},
	{text: `{"host": "shop", "{n}": "{v}", "retries": 3}` + "\n"},
	{text: "{w}:\n  api_key: {v}\n  retries: 3\n", apart: true},
	{text: `curl -s -H "X-{t}-Token: {v}" https://shop.de/v1/items` + "\n", apart: true},
	{text: `curl -s -H "X-Api-Key: {v}" https://api.{w}.com/v1/items` + "\n", apart: true},
	{text: "fetch('https://api.{w}.com/v1/items?limit=9&api_key={v}')\n", apart: true},
	{text: `{"key": "{v}", "url": "https://api.{w}.com/v1"}` + "\n", apart: true},
	{text: "client = {t}(region='eu', {n}='{v}')\n"},
	{text: "<settings>\n  <{c}>{v}</{c}>\n</settings>\n"},
	{text: `dsn = "Service={w};{n}={v};Timeout=9"` + "\n"},
	{text: "# {w} credentials\n{n}: \"{v}\"\n"},
	{text: "curl -u {v}: https://api.{w}.com/v1/items\n", apart: true},
	{text: "curl -H 'Authorization: Bearer {v}' \\\n  https://api.{w}.com/v1/items\n", apart: true},
	{text: "{t}.setup('{v}')\n", apart: true},
	{text: `login("{w}", "{v}")` + "\n", apart: true},
	{text: "We call {w} with this:\n\n    {v}\n", apart: true},
	{text: "https://api.{w}.com/v1/{v}\n", apart: true},
}

// manyTimes are counts above those that regular expressions have.
var manyTimes = regexp.MustCompile(`\{(\d+),\d{4,}\}`)

// sample draws a text of the pattern; the notation of rules is a subset of regular expressions.
func sample(t *testing.T, random *rand.Rand, pattern string) string {
	t.Helper()
	parsed, err := notation.Parse(manyTimes.ReplaceAllString(pattern, "{$1,1000}"), notation.Perl)
	if err != nil {
		t.Fatalf("%q: %v", pattern, err)
	}
	var b strings.Builder
	draw(&b, random, parsed)
	return b.String()
}

func draw(b *strings.Builder, random *rand.Rand, e *notation.Regexp) {
	times := func(least, most int) {
		if most < 0 || most > least+24 {
			most = least + 24
		}
		for range least + random.IntN(most-least+1) {
			draw(b, random, e.Sub[0])
		}
	}
	switch e.Op {
	case notation.OpLiteral:
		b.WriteString(string(e.Rune))
	case notation.OpCharClass, notation.OpAnyChar, notation.OpAnyCharNotNL:
		b.WriteByte(drawByte(random, e.Rune))
	case notation.OpConcat, notation.OpCapture:
		for _, sub := range e.Sub {
			draw(b, random, sub)
		}
	case notation.OpAlternate:
		draw(b, random, e.Sub[random.IntN(len(e.Sub))])
	case notation.OpRepeat:
		times(e.Min, e.Max)
	case notation.OpStar:
		times(0, -1)
	case notation.OpPlus:
		times(1, -1)
	case notation.OpQuest:
		times(0, 1)
	}
}

// drawByte draws from the ranges of a class, letters and digits first.
func drawByte(random *rand.Rand, ranges []rune) byte {
	const preferred = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	in := func(c byte) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if rune(c) >= ranges[i] && rune(c) <= ranges[i+1] {
				return true
			}
		}
		return len(ranges) == 0
	}
	var set []byte
	for _, c := range []byte(preferred) {
		if in(c) {
			set = append(set, c)
		}
	}
	for c := byte('!'); c <= '~'; c++ {
		if strings.IndexByte(preferred, c) < 0 && in(c) && strings.IndexByte(`"'<>;,&\ `, c) < 0 {
			set = append(set, c)
		}
	}
	if len(set) == 0 {
		return byte(ranges[0])
	}
	return set[random.IntN(len(set))]
}

// valueOf is a value of the rule, drawn from its pattern; where its structure is more than the pattern, that of its first
// example.
func valueOf(t *testing.T, random *rand.Rand, r *scan.Rule) (string, bool) {
	t.Helper()
	anchor := ""
	if len(r.Anchors) > 0 {
		anchor = r.Anchors[random.IntN(len(r.Anchors))]
	}
	for range 400 {
		lead, tail := sample(t, random, r.Lead), sample(t, random, r.Tail)
		value := lead + anchor + tail
		plain := scan.Placeholder(lead + tail)
		if strings.ContainsAny(value, " \"'<>\\\n") || plain || scan.Entropy([]byte(lead+tail)) < r.Entropy || !strings.Contains(lead+tail, r.Contains) || len(r.Near) > 0 {
			continue
		}
		if r.Check == nil || r.Check(value) != scan.Refuted {
			return value, true
		}
	}
	text := []byte(strings.ReplaceAll(r.Examples[0], "<+>", ""))
	for _, m := range inspect(text, code).tokens {
		if value := string(text[m.Start:m.End]); m.Rule.ID == r.ID && !strings.ContainsAny(value, " \"'<>\n") {
			return value, true
		}
	}
	return "", false
}

// names fills in the names of a rule's service and value.
func names(r *scan.Rule) *strings.Replacer {
	word, name := "shop", "shop_api_key"
	switch {
	case len(r.Keywords) > 0:
		word = r.Keywords[0]
		name = strings.ReplaceAll(word, " ", "_") + "_api_key"
	case len(r.Names) > 0:
		name = strings.ReplaceAll(r.Names[0], "*", "_")
		if class, _ := sense(name, scan.NormalName(name)); class == otherName {
			name += "_client_id"
		}
	}
	title := func(s string) string {
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' })
		for i, p := range parts {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
		return strings.Join(parts, "")
	}
	joined := strings.ReplaceAll(word, " ", "")
	camel := title(name)
	return strings.NewReplacer("{n}", name, "{N}", strings.ToUpper(name), "{c}", strings.ToLower(camel[:1])+camel[1:],
		"{w}", joined, "{W}", strings.ToUpper(joined), "{t}", title(word))
}

// finds reports whether any check finds something that overlaps the value.
func finds(path, data, value string) bool {
	f := &checks.File{Entry: &checks.Entry{Path: path, Size: int64(len(data))}, Data: []byte(data), Line: 1, Whole: true}
	own := ownText(f)
	in := inspect(own.data, own.kind)
	start := strings.Index(data, value)
	found := false
	for _, j := range judges {
		j.find(own, in, func(_ checks.Finding, at span) {
			found = found || at.start < start+len(value) && start < at.end
		})
	}
	return found
}

// TestEveryRuleInSeveralForms draws values of each rule for a third of the forms, in turn.
func TestEveryRuleInSeveralForms(t *testing.T) {
	const share = 3
	random := rand.New(rand.NewPCG(3, 12))
	paths := []string{"app.py", "settings.conf", "deploy.txt", "client.js"}
	total, misses := 0, []string{}
	for i, r := range providers.Rules() {
		replace := names(r)
		for n, form := range forms {
			if (i+n)%share != 0 || form.apart && len(r.Names) > 0 {
				continue
			}
			value, ok := valueOf(t, random, r)
			if !ok {
				continue
			}
			text := strings.ReplaceAll(replace.Replace(form.text), "{v}", value)
			path := paths[(i/share+n)%len(paths)]
			total++
			if !finds(path, text, value) {
				misses = append(misses, r.ID+" in "+path+": "+text)
			}
		}
	}
	const least = 8000
	if total < least || len(misses)*100 > total*3 {
		t.Errorf("%d of %d not found:\n%s", len(misses), total, strings.Join(misses, ""))
	}
}
