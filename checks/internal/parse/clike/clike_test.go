package clike

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dump writes an expression as its calls, members and values.
func dump(x *Expr) string {
	if x == nil {
		return "nil"
	}
	switch x.Kind {
	case Name, Number:
		return x.Text
	case String:
		return fmt.Sprintf("%q", x.Text)
	case Regexp:
		return "/" + x.Text + "/" + x.Flags
	case Member:
		return dump(x.X) + "." + x.Text
	case Index:
		return dump(x.X) + "[" + dump(x.Y) + "]"
	case Call:
		return dump(x.X) + "(" + dumpList(x.List) + ")"
	case New:
		out := "new " + dump(x.X) + "(" + dumpList(x.List) + ")"
		if x.Props != nil {
			out += dumpProps(x.Props)
		}
		return out
	case Array:
		return "[" + dumpList(x.List) + "]"
	case Template:
		return "`" + dumpList(x.List) + "`"
	case Object:
		return dumpProps(x.Props)
	case Function:
		if x.X != nil {
			return "fn(" + strings.Join(x.Params, ", ") + ") " + dump(x.X)
		}
		return "fn(" + strings.Join(x.Params, ", ") + ") {" + dumpAll(x.Body) + "}"
	case Binary, Assign:
		return "(" + dump(x.X) + " " + x.Text + " " + dump(x.Y) + ")"
	case Unary:
		return x.Text + " " + dump(x.X)
	case Choice:
		return "(" + dump(x.X) + " ? " + dump(x.Y) + " : " + dump(x.Z) + ")"
	case Spread:
		return "..." + dump(x.X)
	case Annotated:
		return "@" + dump(x.X)
	}
	return "?"
}

func dumpList(list []*Expr) string {
	var out []string
	for _, x := range list {
		out = append(out, dump(x))
	}
	return strings.Join(out, ", ")
}

func dumpProps(props []Prop) string {
	var out []string
	for _, p := range props {
		if p.Key == "" && p.Computed == nil {
			out = append(out, dump(p.Value))
		} else {
			out = append(out, p.Key+": "+dump(p.Value))
		}
	}
	return "{" + strings.Join(out, ", ") + "}"
}

func dumpAll(body []*Stmt) string {
	var out []string
	for _, s := range body {
		var notes string
		for _, a := range s.Annotations {
			notes += "@" + dump(a) + " "
		}
		switch s.Kind {
		case Do:
			out = append(out, dump(s.X))
		case Var:
			name := s.Name
			for _, a := range s.Names {
				name += a.Name + ":" + a.As + " "
			}
			out = append(out, notes+"var "+name+" = "+dump(s.X))
		case If:
			out = append(out, "if "+dump(s.X)+" {"+dumpAll(s.Body)+"} else {"+dumpAll(s.Else)+"}")
		case Block:
			out = append(out, fmt.Sprintf("block %t {%s}", s.Maybe, dumpAll(s.Body)))
		case Func:
			out = append(out, notes+"func "+s.Name+"("+strings.Join(s.Params, ", ")+") {"+dumpAll(s.Body)+"}")
		case Class:
			out = append(out, notes+"class "+s.Name+" {"+dumpAll(s.Body)+"}")
		case Return:
			out = append(out, "return "+dump(s.X))
		case Import:
			out = append(out, fmt.Sprintf("import %v %s", s.Names, s.Text))
		case Export:
			out = append(out, "export "+s.Name+" "+dump(s.X))
		}
	}
	return strings.Join(out, "; ")
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name string
		lang *Language
		in   string
		want string
	}{
		{"require and chain", JavaScript, "const express = require('express')\nconst app = express()\napp.use(helmet({ hsts: false, 'x-y': [1, \"a\"] }))",
			`var express = require("express"); var app = express(); app.use(helmet({hsts: false, x-y: [1, "a"]}))`},
		{"imports", JavaScript, "import a, { b as c, type D } from 'x'\nimport * as e from \"y\";\nimport 'z'\nimport f = require('g')",
			`import [{default a} {b c} {D D}] x; import [{* e}] y; import [] z; var f = require("g")`},
		{"exports", JavaScript, "export default { a: 1 }\nexport const b = 2;\nmodule.exports = b\nexport { c }\nexport async function d() { return 1 }",
			`export default {a: 1}; var b = 2; (module.exports = b); func d() {return 1}`},
		{"types", JavaScript, "const a: NextConfig<X[]> = { b: c as string, d: <e>f } satisfies G\nlet h!: (x: I) => void = (j: K, l?: M): void => { n<O>(j!.p) }\ninterface Q { r: string }\ntype S = { t: 'u' } | 'v'\nw()",
			`var a = {b: c, d: f}; var h = fn(j, l) {n(j.p)}; class Q {}; w()`},
		{"arrows", JavaScript, "app.use((req, res, next) => { res.set('A', 'b'); next() }); app.get('/', async r => r.json({}))",
			`app.use(fn(req, res, next) {res.set("A", "b"); next()}); app.get("/", fn(r) r.json({}))`},
		{"ternary with arrow", JavaScript, "x = a ? (b) : c => d", `(x = (a ? b : fn(c) d))`},
		{"regexp and division", JavaScript, "a = b / c / d; e(/x\\/[/]'/gi, f); return /g/", `(a = ((b / c) / d)); e(/x\/[/]'/gi, f); return /g/`},
		{"templates", JavaScript, "a = `x ${b ? `y ${c}` : 'z'} }`\nd`e`", "(a = `\"x \", (b ? `\"y \", c, \"\"` : \"z\"), \" }\"`); d(\"e\")"},
		{"class", JavaScript, "@Injectable()\nexport class A implements B<C> {\n  private d: E = f;\n  constructor(private readonly g: H) {}\n  async use(req: R, res: S): Promise<void> { res.header('x', 'y') }\n}",
			`@Injectable() class A {private; var d = f; func constructor(g) {}; async; func use(req, res) {res.header("x", "y")}}`},
		{"branches", JavaScript, "if (a === 'b') c(); else { d() }\nfor (const e of f) g(e)\ntry { h() } catch (i) { j() }", `if (a === "b") {c()} else {d()}; block true {g(e)}; block false {h()}; block true {j()}`},
		{"methods of objects", JavaScript, "({ async headers() { return [{ source: '/(.*)' }] }, get a() { return 1 }, ...b, [c]: d, 'e'() {} })",
			`{headers: fn() {return [{source: "/(.*)"}]}, a: fn() {return 1}, ...b, : d, e: fn() {}}`},
		{"comments and words", JavaScript, "// it's\n/* don't */ a /* b */ (c) // d\n'un\nclosed'", `a(c); closed`},
		{"java", Java, "@Bean\npublic SecurityFilterChain chain(HttpSecurity http) throws Exception {\n http.headers(h -> h.frameOptions(FrameOptionsConfig::deny).contentSecurityPolicy(c -> c.policyDirectives(\"a 'b'\")));\n List<String> x = new ArrayList<>();\n CorsConfiguration c = new CorsConfiguration();\n c.setAllowedOrigins(List.of(\"*\"));\n return http.build(); }",
			`public; SecurityFilterChain; @Bean func chain(http) {http.headers(fn(h) h.frameOptions(FrameOptionsConfig.deny).contentSecurityPolicy(fn(c) c.policyDirectives("a 'b'"))); List; (x = new ArrayList()); CorsConfiguration; (c = new CorsConfiguration()); c.setAllowedOrigins(List.of("*")); return http.build()}`},
		{"java annotation", Java, "@CrossOrigin(origins = {\"*\"}, allowCredentials = \"true\")\npublic class A { String b = \"\"\"\n  c\n  \"\"\"; }", `public; @CrossOrigin((origins = ["*"]), (allowCredentials = "true")) class A {String; (b = "c")}`},
		{"kotlin", Kotlin, "fun chain(http: HttpSecurity): SecurityFilterChain {\n  http {\n    headers {\n      frameOptions { disable() }\n    }\n    csrf { it.disable() }\n  }\n  val a = listOf(\"b\")\n  return http.build()\n}",
			`func chain(http) {http(fn() {headers(fn() {frameOptions(fn() {disable()})}); csrf(fn() {it.disable()})}); var a = listOf("b"); return http.build()}`},
		{"c#", CSharp, "builder.Services.AddCors(o => { o.AddPolicy(\"x\", p => p.WithOrigins(\"y\").AllowCredentials()); });\napp.Use(async (context, next) => { context.Response.Headers[\"A\"] = @\"b\"\"c\"; await next(); });\nvar d = new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax };",
			`builder.Services.AddCors(fn(o) {o.AddPolicy("x", fn(p) p.WithOrigins("y").AllowCredentials())}); app.Use(fn(context, next) {(context.Response.Headers["A"] = "b\"c"); await; next()}); var d = new CookieOptions(){HttpOnly: true, SameSite: SameSiteMode.Lax}`},
		{"ruby", Ruby, "Rails.application.configure do\n  config.force_ssl = true # comment\n  config.ssl_options = { hsts: { subdomains: true, 'x' => 1.year } }\n  config.content_security_policy do |policy|\n    policy.default_src :self, :https, *SOURCES,\n      \"https://a\"\n  end\n  config.session_store :cookie_store, key: '_x', secure: Rails.env.production?\n  a.b %w[c d] if e.production?\nend",
			`Rails.application.configure; do; (config.force_ssl = true); (config.ssl_options = {hsts: {subdomains: true, x: 1.year}}); config.content_security_policy; do; policy; policy.default_src("self", "https", SOURCES, "https://a"); end; config.session_store("cookie_store", (key = "_x"), (secure = Rails.env.production?)); a.b(["c", "d"]); if; e.production?; end`},
		{"php", PHP, "<h1>it's</h1>\n<?php\nnamespace A\\B; # don't\n$a = __DIR__ . '/x/' . basename($_FILES[\"f\"]['name']);\n$b = \"$a/{$c['d']}.$e\";\nif (!@move_uploaded_file($f->g?->h, X::Y . $b)) { die; }\n?> it's <?= $i ?>",
			`class A {}; ($a = ((__DIR__ + "/x/") + basename($_FILES["f"]["name"]))); ($b = ` + "`\"\", $a, \"/\", $c[\"d\"], \".\", $e, \"\"`" + `); if ! move_uploaded_file($f.g.h, (X.Y + $b)) {die} else {}; $i`},
		{"php functions", PHP, "<?php class A { public function b(Request $c, ?string &$d = null): ?string { $e = function ($f) use ($d): void { g($f); }; $h = ['i' => 1, 'j' => [2]]; return <<<X\n k $d\n X; } }",
			"class A {public; func b($c, $d) {($e = fn($f) {g($f)}); ($h = [(\"i\" = 1), (\"j\" = [2])]); return `\" k \", $d, \"\\n\"`}}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, dumpAll(Parse(tt.lang, tt.in).Body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestHostile: what is nested or repeated without end is read in part, and that is said.
func TestHostile(t *testing.T) {
	for name, unit := range map[string]string{"parentheses": "(", "braces": "{", "arrows": "a=>", "templates": "`${", "calls": "a(", "choices": "a?", "nots": "!",
		"unclosed generics": "a<b,", "blocks": "{;", "ifs": "if(a)", "lambdas": "a{b->", "types": "a:(", "arrow types": "(a):b", "casts": "a as ", "classes": "class a{", "functions": "function a(){", "casts before": "<a>", "annotations": "@", "fields": "<?\"{$a[", "heredocs": "<<<A\n", "heads": "for(a of", "closers": ")]}"} {
		t.Run(name, func(t *testing.T) {
			for _, lang := range []*Language{JavaScript, Java, Kotlin, CSharp, Ruby, PHP} {
				Parse(lang, strings.Repeat(unit, 1<<15/len(unit)))
			}
		})
	}
	if f := Parse(JavaScript, "a = "+strings.Repeat("(", 300)+"1"+strings.Repeat(")", 300)); !f.Cut {
		t.Error("a file that is not read whole does not say so")
	}
}

// TestHeads: what the parentheses of a loop bind.
func TestHeads(t *testing.T) {
	for _, tt := range []struct {
		lang     *Language
		in, want string
	}{
		{JavaScript, "for (const { a, b } of c.d) {}", "var a:a b:b  = c.d"},
		{JavaScript, "for (let i = 0; i < n; i++) {}", "var i = 0; (i < n); i"},
		{JavaScript, "while ((a = b()) !== null) {}", "((a = b()) !== null)"},
		{Java, "for (final A b : c.d()) {}", "var b:b  = c.d()"},
		{Java, "try (A in = new A(c); D e = f()) {}", "A; (in = new A(c)); D; (e = f())"},
		{CSharp, "foreach (var a in b.C) {}", "var a:a  = b.C"},
		{PHP, "<?php foreach ($a['b'] as $k => $v) {}", `var $k:$k $v:$v  = $a["b"]`},
	} {
		if got := dumpAll(Parse(tt.lang, tt.in).Body[0].Head); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(byte(0), "const a: B = `x ${c}`; app.use(helmet({ d: /e/, ...f }), async (g) => h?.i!)")
	f.Add(byte(1), "@A(b = {\"c\"}) class D { E f() throws G { return h(i -> j::k); } }")
	f.Add(byte(2), "class A : B() { fun c(d: E) = f { it -> g } }\nval h = \"$i\"")
	f.Add(byte(3), "app.Use(async (a, b) => { a[\"c\"] = @\"d\"\"\" + $\"{e}\"; new F { G = 1 }; });")
	f.Add(byte(5), "a <?php $b = \"c {$d['e']}\" . <<<F\n g $h\n F; foreach ($i as $j => $k) { l(fn($m) => $n?->o); } ?>")
	f.Add(byte(4), "a.b :c, d: %w[e f], 'g' => { h: ->(i) { j } } if k? # l\nm do |n|\n end")
	f.Fuzz(func(t *testing.T, which byte, source string) {
		langs := []*Language{JavaScript, Java, Kotlin, CSharp, Ruby, PHP}
		file := Parse(langs[int(which)%len(langs)], source)
		Each(file.Body, func(x *Expr) bool {
			if x.Start < 0 || x.End < x.Start || x.End > len(source) {
				t.Fatalf("an expression from %d to %d of %d bytes", x.Start, x.End, len(source))
			}
			if line, column := file.Position(x.Start); line < 1 || column < 1 {
				t.Fatalf("%d is line %d, column %d", x.Start, line, column)
			}
			return true
		})
	})
}
