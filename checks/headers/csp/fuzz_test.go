package csp

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
)

func seeds(f *testing.F) {
	for _, s := range []string{
		"default-src 'self'; script-src 'nonce-Zk3Nq9xT7vLr2WmB8sYcHg' 'strict-dynamic' https: 'unsafe-inline'; base-uri 'none'",
		"script-src https://*.co.uk:*/a/%2e/ 'sha256-abc' 'nonce-{x}', object-src *", "script-src self; script-src: x; ’ ; sandbox", ";,;", "a\x00 b'\xff",
	} {
		f.Add(s, "script-src cdn.jsdelivr.net 'unsafe-inline'")
	}
}

// FuzzParse reads any text: what is kept has lower-case names, each once, and reads the same once more.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text, _ string) {
		for _, p := range ParseList(text) {
			names := map[string]bool{}
			for i := range p.Directives {
				d := &p.Directives[i]
				if d.Name != strings.ToLower(d.Name) || names[d.Name] || !ascii(d.Text) {
					t.Errorf("%q keeps %q", text, d.Text)
				}
				names[d.Name] = true
				if again := Parse(d.Text); len(again.Directives) != 1 || len(again.Directives[0].Sources) != len(d.Sources) {
					t.Errorf("%q: %q does not read the same twice", text, d.Text)
				}
			}
		}
	})
}

// worst is the severity of the widest hole, mistakes left out.
func worst(policies []Policy, page Page) checks.Severity {
	var out checks.Severity
	e := newEvaluation(policies, page)
	for _, f := range e.judge(weaknesses, nil) {
		i := slices.IndexFunc(weaknesses, func(w weakness) bool { return w.rule.ID == f.Rule })
		out = max(out, weaknesses[i].rule.Severity)
	}
	return out
}

// FuzzEvaluate judges any two header lines.
func FuzzEvaluate(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, first, second string) { holds(t, first, second) })
}

// TestInvariants judges random policies of the words that matter.
func TestInvariants(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		holds(t, randomPolicy(r), randomPolicy(r))
	}
}

// holds checks what is true of any two header lines: a policy more never makes the page weaker, the order of policies
// and of directives does not matter, and every finding is whole.
func holds(t *testing.T, first, second string) {
	t.Helper()
	page := Page{Self: ParseURL("https://shop.example/"), Reused: []string{"abc"}, Declares: true}
	a, b := ParseList(first), ParseList(second)
	both := slices.Concat(a, b)
	if len(a) > 0 && worst(both, page) > worst(a, page) {
		t.Errorf("%q is weaker with %q", first, second)
	}
	e := newEvaluation(both, page)
	for v := inlineScript; v <= framedBy; v++ {
		for _, u := range []URL{foreign, {Scheme: "data"}, {Scheme: "https", Host: "shop.example", Path: "/x.js"}} {
			at := attempt{vector: v, url: u, nonce: "abc"}
			if e.open(at) && !newEvaluation(a, page).open(at) {
				t.Errorf("%q with %q allows %+v", first, second, at)
			}
		}
	}
	if x, y := sortedRules(both, page), sortedRules(slices.Concat(b, a), page); len(a) == 1 && len(b) == 1 && x != y {
		t.Errorf("%q and %q in the other order: %s, not %s", first, second, y, x)
	}
	if len(a) == 1 && len(a[0].Dropped) == 0 {
		turned := a[0]
		turned.Directives = slices.Clone(turned.Directives)
		slices.Reverse(turned.Directives)
		if x, y := sortedRules(a, page), sortedRules([]Policy{turned}, page); x != y {
			t.Errorf("%q in the other order of directives: %s, not %s", first, y, x)
		}
	}
	for _, found := range slices.Concat(Evaluate(both, page), Hints(both, page)) {
		if found.Actual == "" || found.Expected == "" || found.Message == "" || found.Directive == "" || found.Policy >= len(both) {
			t.Errorf("%q, %q: unfinished %+v", first, second, found)
		}
	}
}

func sortedRules(policies []Policy, page Page) string {
	names := rules(Evaluate(policies, page))
	slices.Sort(names)
	return strings.Join(names, " ")
}
