package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"a = b = 1_000", "a, b = 1_000"},
		{"x: int = 5; y: str", "x: int = 5; y: str = _"},
		{"a, *b = f(*c, k=1, **d)", "(a, (* b)) = f((* c), k=1, (** d))"},
		{"a.b['c'][1:2, ::3] += 2 << 20", `a.b["c"][(1:2:_, _:_:3)] += (2 << 20)`},
		{"x = -a ** -b + c * (d - e) // 2", "x = ((- (a ** (- b))) + ((c * (d - e)) // 2))"},
		{"x = not a == b and c or d is not None and e not in f", "x = (((not (a == b)) and c) or ((d is not None) and (e not in f)))"},
		{"x = a if b else c if d else e", "x = (a if b else (c if d else e))"},
		{"f = lambda a, *b, c=1, **d: a", "f = (lambda a, *b, c=1, **d: a)"},
		{"x = [i for i in a if i if j for k in b]", "x = [i for i in a if i if j for k in b;"},
		{"x = {k: v async for k, v in a()}", "x = {k: v for (k, v) in a();"},
		{"f(x for x in y)", "f((x for x in y;)"},
		{"x = {1, 2}; y = {}; z = {'a': 1, **b,}; w = ()", `x = {1, 2}; y = {}; z = {"a": 1, _: b}; w = ()`},
		{"if (n := len(a)) > 10: pass", "if ((n := len(a)) > 10) {pass}"},
		{"x = 'a' \"b\" r'\\c' '\\x41\\u00e9\\101\\n\\q\\\n'", `x = "ab\\cAéA\n\\q"`},
		{"x = b'\\xff' + rb'\\d'", `x = (b"ÿ" + b"\\d")`},
		{"x = '''a'\n\"b'''", "x = \"a'\\n\\\"b\""},
		{"x = 1if y else 0x1f", "x = (1 if y else 0x1f)"},
		{"x = 1e-3 + .5j + 0o17", "x = ((1e-3 + .5j) + 0o17)"},
		{"x = a \\\n  + b", "x = (a + b)"},
		{"print 'a', b", `print("a", b)`},
		{"from ..a.b import (c as d,\n e)", "from ..a.b import c/d e/"},
		{"from . import *", "from . import */"},
		{"import a.b as c, d", "from  import a.b/c d/"},
		{"global a, b; return", "global; return"},
		{"raise E('x') from e", `raise E("x"), e`},
		{"x = yield from f(); await g()", "x = (yield from f()); (await g())"},
		{"type X[T] = list[T]; type = 3", "type X = list[T]; type = 3"},
		{"match = 1; match.group(); match[0]: int = 2", "match = 1; match.group(); match[0]: int = 2"},
		{"print(match, case, type)", "print(match, case, type)"},
	} {
		if diff := cmp.Diff(c.want, parsed(c.src)); diff != "" {
			t.Errorf("%s\n%s", c.src, diff)
		}
	}
}

// parsed dumps a module without the braces.
func parsed(src string) string {
	s := dumpBody(Parse(src).Body)
	return strings.TrimSuffix(strings.TrimPrefix(s, " {"), "}")
}

func TestFormatStrings(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`f"a{b}c"`, `f<"a"{b}"c">`},
		{`f"{{{x!r:>{w}.2f}}}"`, `f<"{"{x!r:">"{w}".2f"}"}">`},
		{`f"{x = }{y=!s}"`, `f<{x}{y!s}>`},
		{`f"{d["k"]}{f"{'n' + f'{1}'}"}"`, `f<{d["k"]}{f<{("n" + f<{1}>)}>}>`},
		{`f'{a:%H:%M}{lambda_}{ {1: 2}[1] }'`, `f<{a:"%H:%M"}{lambda_}{{1: 2}[1]}>`},
		{"f'''{\n  a, # comment }\n  b\n}'''", "f<{(a, b)}>"},
		{`"a" f"{b}" 'c'`, `f<"a"{b}"c">`},
		{`f"plain" f""`, `"plain"`},
		{`rf"\d{x}\{y}"`, `f<"\\d"{x}"\\"{y}>`},
		{`f"\N{DIGIT ONE}{x}"`, `f<"\\N{DIGIT ONE}"{x}>`},
		{`f"{a != b}{(c := 1)}{'\n'.join(d)}"`, `f<{(a != b)}{(c := 1)}{"\n".join(d)}>`},
		{`t"{x}"`, `f<{x}>`},
	} {
		if diff := cmp.Diff(c.want, parsed(c.src)); diff != "" {
			t.Errorf("%s\n%s", c.src, diff)
		}
	}
}

func TestBlocks(t *testing.T) {
	src := `
@app.get("/", response_model=X)
async def f[T: int = str](a, /, b: int = 1, *, c, **kw) -> str:
    """doc"""
    try:
        g()
    except (A, B) as e:
        pass
    except* C:
        raise
    except:
	continue
    else: h()
    finally:
        i()
    with (open(a) as b, c): pass
    with a as b, c() as (d, e):
        pass
class A[T](B, metaclass=M):

    x = 1
    # comment
  # comment to the left
    def m(self): return self.x
if a:
    b
elif c: d
else:
    e
for i, (j, *k) in x: y
else:
    z
while True:
  break
match command.split():
    case [x, *rest] if rest: one()
    case {"k": v, **kw} | Point(x=0, y=1 as z) as p:
        two()
    case _:
        pass
done()
`
	want := []string{
		`@app.get("/", response_model=X) async def f(a, b: int=1, c, **kw) -> str {"doc"; ` +
			`try {g()}except (A, B) as e {pass}except C as  {raise}except _ as  {continue} else {h()} else {i()}; ` +
			`with open(a) as b c as _ {pass}; with a as b c() as (d, e) {pass}}`,
		`class A(B, metaclass=M) {x = 1; def m(self) {return self.x}}`,
		`if a {b}if c {d}if _ {e}`,
		`for (i, (j, (* k))) in x {y} else {z}`,
		`while True {break}`,
		`match command.split() case [x, (* rest)] if rest {one()}` +
			`case (p := ({"k": v, _: kw} | Point(x=0, y=(z := 1)))) if _ {two()}case _ if _ {pass}`,
		`done()`,
	}
	m := Parse(src)
	var got []string
	for _, s := range m.Body {
		got = append(got, dump(s))
	}
	if diff := cmp.Diff(want, got); diff != "" || m.Bad > 0 {
		t.Errorf("bad lines: %d\n%s", m.Bad, diff)
	}
}

func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"line that is not Python":   {"a = 1\n$ what ?\nb = 2\n", "a = 1; BAD; b = 2"},
		"template":                  {"{% if x %}\na = {{ value }}\n{% endif %}\nb = 2\n", "{BAD}; BAD; a = {{value}}; {BAD}; BAD; b = 2"},
		"bracket never closed":      {"x = f(1,\ndef g():\n    return 1\ny = 2\n", "x = f(1, BAD); BAD; def g() {return 1}; y = 2"},
		"bracket open to the end":   {"x = f(1,\ny = 2\nz = 3\n", "x = f(1, BAD); BAD; y = 2; z = 3"},
		"string never closed":       {"x = 'abc\ny = 2\n", "x = \"abc\"; y = 2"},
		"triple quotes to the end":  {"x = '''abc\ny = 2\n", "x = BAD; BAD; y = 2"},
		"header without a colon":    {"if a\n    b = 1\nc = 2\n", "if a {b = 1}; c = 2"},
		"else without if":           {"else:\n    a\nb", "BAD else {a}; b"},
		"decorator without def":     {"@x\ny = 1", "BAD; y = 1"},
		"indented without a reason": {"a\n    b\nc", "a; b; c"},
		"dedent to nowhere":         {"if a:\n        b\n    c\nd", "if a {b}; c; d"},
		"Python 2 except":           {"try:\n  a\nexcept X, e:\n  b", "try {a}except (X, e) as  {b}"},
		"lines end with CR LF":      {"if a:\r\n    b = '''\r\n'''\r\nc\\\r\n = 1\r\n", "if a {b = \"\\r\\n\"}; c = 1"},
		"null byte":                 {"a = 1\x00\nb = 2", "a = 1; BAD; b = 2"},
		"nothing":                   {" \n# only a comment", ""},
	} {
		if diff := cmp.Diff(c.want, parsed(c.src)); diff != "" {
			t.Errorf("%s\n%s", name, diff)
		}
	}
}

func TestDeepAndLong(t *testing.T) {
	const n = 100_000
	for _, src := range []string{
		strings.Repeat("(", n), strings.Repeat("[", n) + strings.Repeat("]", n), strings.Repeat("{a:", n),
		"x = " + strings.Repeat("-", n) + "1", "x = " + strings.Repeat("not ", n) + "1", "x = 1" + strings.Repeat("+1", n),
		"x = a" + strings.Repeat(".b", n), "x = a" + strings.Repeat("()", n), "x = " + strings.Repeat("lambda: ", n),
		"x = " + strings.Repeat("2**", n) + "1", "x = " + strings.Repeat("a if b else ", n) + "c",
		"x = " + strings.Repeat(`f"{`, n), "x = " + strings.Repeat(`f'{x:{`, n), "x = " + strings.Repeat("'a' ", n),
		strings.Repeat("x = (\n", n), strings.Repeat("x = '''\n", n|1), strings.Repeat("if a:\n", n), "x = " + strings.Repeat("a,", n),
		nested(2000), strings.Repeat("@a\n", n), strings.Repeat("match x:\n case (", n), strings.Repeat("yield ", n),
	} {
		m := Parse(src + "\nlast = 1\n")
		WalkAll(m.Body, func(Node) bool { return true })
	}
}

// nested is n blocks inside each other.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "if a:\n")
	}
	return b.String()
}

func TestPlaces(t *testing.T) {
	f := &checks.File{Entry: &checks.Entry{Path: "a.py"}, Data: []byte("\xef\xbb\xbfx = 1\ny = f(\n  'é', key=g(1))\n"), Whole: true}
	m := Of(f)
	var got []string
	WalkAll(m.Body, func(n Node) bool {
		if _, ok := n.(*Call); ok {
			p := f.Place(n.Span())
			got = append(got, p.String()+" "+m.Text(n))
			if p.EndLine != 3 {
				t.Errorf("%s ends on line %d", m.Text(n), p.EndLine)
			}
		}
		return true
	})
	if diff := cmp.Diff([]string{"a.py:2 f(\n  'é', key=g(1))", "a.py:3 g(1)"}, got); diff != "" {
		t.Error(diff)
	}
	if Of(f) != m {
		t.Error("the file was parsed twice")
	}
}

// TestSystemPackages reads whatever Python the machine has: all of it is valid, so all of it must be readable.
func TestSystemPackages(t *testing.T) {
	files, bad := 0, 0
	for _, path := range systemSources(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		files++
		if m := Parse(string(data)); m.Bad > 0 && m.Bad*200 > len(data) {
			t.Logf("%s: %d lines", path, m.Bad)
			bad++
		}
	}
	if files > 0 && bad*1000 > files {
		t.Errorf("%d of %d files could not be read", bad, files)
	}
	t.Logf("%d files, %d unreadable", files, bad)
}

func systemSources(t testing.TB) []string {
	var out []string
	for _, pattern := range []string{"/usr/lib/python3*/*.py", "/usr/lib/python3*/*/*.py", "/usr/lib/python3/dist-packages/*/*/*.py"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, list...)
	}
	return out
}

func BenchmarkParse(b *testing.B) {
	var sources []string
	size := 0
	for _, path := range systemSources(b) {
		if data, err := os.ReadFile(path); err == nil {
			sources = append(sources, string(data))
			size += len(data)
		}
	}
	if size == 0 {
		b.Skip("no Python on this machine")
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, src := range sources {
			Parse(src)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"@a.b(1)\nasync def f[T](a, /, *, b: int = 1) -> x:\n\treturn f'{a!r:>{b}}'\n",
		"match x:\n  case {'a': [1, *_]} if y: pass\n", "DEBUG = os.environ.get('DEBUG', 'True') == 'True'\n",
		"x = [i async for i in y if (z := i)]\n", "x = (\ndef f(): pass\n", "f\"{x['a\n", "try:\n a\nexcept* B as c:\n b\n",
		"x = '''\\N{DASH}\\x4\\u12\\777'''", "a\\\n\\\r\n b", "if x: y; z\nelse: w", "type A = B; type = 1", "lambda *a, b=1, **c: 0",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		m := Parse(src)
		WalkAll(m.Body, func(n Node) bool {
			if start, end := n.Span(); start < 0 || end < start || end > len(src) {
				t.Fatalf("%T has the range %d:%d of %d bytes", n, start, end, len(src))
			}
			return true
		})
		NewScope(m, nil).Each(func(s *Scope, n Node) {
			if call, ok := n.(*Call); ok {
				s.Eval(call)
			}
		})
	})
}
