package workflows

import (
	"strings"
	"testing"
)

func TestParseExpr(t *testing.T) {
	for source, valid := range map[string]bool{
		"github.event.issue.title": true, "a && b || !c": true, "fromJSON('{}')[0].x": true, "matrix.os[*]": true, "a.*.b": true, "-1.5e3 < 0x1F": true,
		"format('it''s {0}', a)": true, "(a || b).c": true, "x == 'y'": true, "null": true, "hashFiles('**/go.sum')": true, "steps.a-b.outputs.c_d": true, ".5 < 1": true,
		"": false, "a b": false, "a.": false, "'open": false, "f(": false, "f(a,)": false, "a ? b : c": false, `"double"`: false, "a[": false, "a &&": false, "1x": false,
	} {
		if _, err := ParseExpr(source); (err == nil) != valid {
			t.Errorf("%s: error %v, expected valid %v", source, err, valid)
		}
	}
}

func TestDeepExpressionsAreRefused(t *testing.T) {
	for _, source := range []string{strings.Repeat("(", 5000), strings.Repeat("!", 5000) + "a", strings.Repeat("f(", 5000), strings.Repeat("a[", 5000), strings.Repeat("a", maxExpression+1)} {
		if _, err := ParseExpr(source); err == nil {
			t.Errorf("%.20s... of %d bytes is accepted", source, len(source))
		}
	}
}

func TestPath(t *testing.T) {
	for source, want := range map[string]string{
		"GitHub.Event['Issue'].title": "github.event.issue.title", "a.*.b": "a.*.b", "a[0].b": "a.0.b", "a[x].b": "a.*.b", "fromJSON(a).b": "", "(a || b).c": "",
	} {
		e, err := ParseExpr(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got := e.(*Access).Path(); got != want {
			t.Errorf("%s: path %q, expected %q", source, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string][]string{
		"a ${{ b }} c ${{d}}": {"${{ b }}", "${{d}}"}, "${{ '}}' }}": {"${{ '}}' }}"}, "${{ open": nil, "{{ x }} $ {{y}}": nil, "${{ it's }} ${{ a }}": nil, "${{ it's": nil, "${{ ${{ a }}": {"${{ ${{ a }}"},
	} {
		var got []string
		for _, e := range Find(text) {
			got = append(got, e.Raw)
			if text[e.Start:e.End] != e.Raw {
				t.Errorf("%q: the range of %q is wrong", text, e.Raw)
			}
		}
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("%q: found %q, expected %q", text, got, want)
		}
	}
}

// known answers a few contexts.
func known(path string) Value {
	switch path {
	case "github.ref":
		return StringValue("refs/heads/Main")
	case "list":
		return ListValue([]Value{StringValue("a"), NumberValue(1)})
	case "nothing":
		return NullValue()
	}
	return Unknown()
}

func TestEval(t *testing.T) {
	for source, want := range map[string]string{
		"github.ref == 'refs/heads/main'": "true", "startsWith(github.ref, 'REFS/heads')": "true", "endsWith(github.ref, 'x')": "false", "contains(list, 'A')": "true", "contains(list, 2)": "false",
		"contains(github.ref, 'heads')": "true", "x && false": "false", "x || true": "true", "x && true": "?", "false || x": "?", "!x": "?", "!nothing": "true", "nothing == 0": "true", "'' == 0": "true",
		"'a' < 1": "false", "'a' != 1": "true", "1 >= 1.0": "true", "contains(fromJSON('[\"a\"]'), 'b')": "false", "fromJSON('{')": "?", "true && 'x' || 'y'": "x", "false && 'x' || 'y'": "y",
		"true && '' || 'y'": "y", "x == x": "?", "success()": "?", "'1' == 1": "true", "null == null": "true",
	} {
		e, err := ParseExpr(source)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		v := Eval(e, known)
		got := v.Text()
		if !v.Known() {
			got = "?"
		}
		if got != want {
			t.Errorf("%s is %s, expected %s", source, got, want)
		}
	}
}

func TestCondition(t *testing.T) {
	for text, literal := range map[string]bool{"${{ a }}": false, "a == b": false, "${{ a }}\n": true, "${{ a }} && b": true, "x ${{ a }} ${{ b }}": true, "a\n": false} {
		if _, got := Condition(text); got != literal {
			t.Errorf("%q: literal %v, expected %v", text, got, literal)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"a.b['c'] && !(d || 'e''f') == 0x1f", "contains(fromJSON('[1]'), a[*].b)", "${{ a }}${{ '}}' }}", "-.5e-1", "((((", "a.*.b[c]", "'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		for _, found := range Find(source) {
			if source[found.Start:found.End] != found.Raw {
				t.Fatalf("the range of %q is wrong", found.Raw)
			}
		}
		e, err := ParseExpr(source)
		if err != nil {
			return
		}
		Eval(e, known)
		Constant(e)
		w := &Workflow{Env: Pairs{{"a", Scalar{Text: "${{ env.a }}"}}}}
		w.Taint(&Job{}, nil, e)
	})
}
