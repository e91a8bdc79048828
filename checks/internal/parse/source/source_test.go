package source

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		lang     *Language
		src, out string
	}{
		{JavaScript, "const { a, b: c } = req.body; f(`x ${a.b}`);", `(var a,c req.body) (do (call f ($ "x " a.b)))`},
		{JavaScript, "try { f() } catch (e) { res.send(e.stack) } finally { g() }", `(try {(do (call f))} (catch  e {(do (call res.send e.stack))}) else {(do (call g))})`},
		{JavaScript, "const f = async (a: string, b?: Map<string, X[]>): Promise<void> => a;", `(var f (fn [a:string b:Map<string, X[]>]{(return a)}))`},
		{JavaScript, `const x = <p onClick={() => log(a)}>Don't {b}</p>; g(/"/.test(y))`, `(var x (unknown (fn []{(return (call log a))}) b)) (do (call g (call /"/.test y)))`},
		{Java, `class A { @Get("/x") public String f(@Param("q") final String q, int n) throws E { log.info("a" + q); return q; } }`,
			`(class A {(def f[@(call Param "q") q:String n:int]{(do (call log.info (+ "a" q))) (return q)})})`},
		{Java, `try { f(); } catch (A | b.C e) { for (String s : xs) g(s); }`, `(try {(do (call f))} (catch A|b.C e {(loop s xs {(do (call g s))})}))`},
		{Kotlin, `fun f(a: String): Int { val x = a ?: return 1; log.debug { "v $a ${b.c}" } }`, `(def f[a:String]{(var x (?: a (return 1))) (do (call log.debug (fn [it]{(return ($ "v " a " " b.c))})))})`},
		{CSharp, `class C { public void F(string q) { _log.Info($"u {q:x} {{}}", @"a""b"); try { } catch { } } }`,
			`(class C {(def F[q:string]{(do (call _log.Info ($ "u " q " {{}}") "a\"\"b")) (try (catch   {}))})})`},
		{PHP, `<p>it's</p><?php $a = "x $b[k] {$c->d}"; foreach ($xs as $k => $v) { echo $v; }`,
			`(do (= $a ($ "x " (at $b "k") " " $c.d))) (loop $k,$v $xs {(do (call echo $v))})`},
		{Ruby, "def f(a)\n  logger.info \"x #{a}\" if a\nrescue E => e\n  render plain: e.message\nend",
			`(def f[a]{(try {(if a {(return (call logger.info ($ "x " a)))})} (catch E e {(return (call render (plain: e.message)))}))})`},
	} {
		if got := dump(Parse(c.lang, c.src).Body); !strings.EqualFold(got, c.out) {
			t.Errorf("%s %s\n got %s\nwant %s", c.lang.ID, c.src, got, c.out)
		}
	}
}

// Deep nesting is cut, and told.
func TestDeep(t *testing.T) {
	for _, lang := range []*Language{JavaScript, Java, Kotlin, CSharp, PHP, Ruby} {
		for _, open := range []string{"(", "[", "{", "f(", "a?", "!", "if(x)", "`${", "\"#{", "-> {"} {
			Parse(lang, "<?php "+strings.Repeat(open, 100_000))
		}
	}
	if !Parse(JavaScript, strings.Repeat("f(", 5000)+strings.Repeat(")", 5000)).Cut {
		t.Error("what was cut is not told")
	}
}

func fuzz(f *testing.F, lang *Language, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file := Parse(lang, src)
		Each(file.Body, func(s *Stmt) {
			Walk(s.X, func(x *Expr) bool {
				if x.Start < 0 || x.End > len(src) || x.Start > x.End {
					t.Errorf("%d..%d is outside of %d bytes", x.Start, x.End, len(src))
				}
				return true
			})
		})
	})
}

func FuzzJavaScript(f *testing.F) {
	fuzz(f, JavaScript, "const {a} = `x ${b}`; <p>{c}</p>", "/[/]/g.test(a)")
}
func FuzzJava(f *testing.F) {
	fuzz(f, Java, `class A { void f() { try { g("a"); } catch (E e) { } } }`)
}
func FuzzKotlin(f *testing.F) { fuzz(f, Kotlin, `fun f(a: B) { c { "x $a ${b}" } }`) }
func FuzzCSharp(f *testing.F) { fuzz(f, CSharp, `class A { string F() => $@"a {b} ""c"""; }`) }
func FuzzPHP(f *testing.F)    { fuzz(f, PHP, "<?php $a = <<<X\n$b\nX; echo \"{$c}\";") }
func FuzzRuby(f *testing.F)   { fuzz(f, Ruby, "def a\n  b <<~X, %w[c]\n #{d}\n X\nend") }
