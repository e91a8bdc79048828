package csp

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rules are the rules of the findings, each once, in order.
func rules(found []Finding) (out []string) {
	for _, f := range found {
		if !slices.Contains(out, f.Rule) {
			out = append(out, f.Rule)
		}
	}
	return out
}

func evaluated(text string, page Page) string {
	var policies []Policy
	for _, line := range strings.Split(text, "\n") {
		policies = append(policies, ParseList(line)...)
	}
	return strings.Join(rules(Evaluate(policies, page)), " ")
}

const fresh = "'nonce-Zk3Nq9xT7vLr2WmB8sYcHg'"

func TestScripts(t *testing.T) {
	const closed = "; object-src 'none'; base-uri 'none'"
	tests := []struct{ policy, want string }{
		// Nothing restricted.
		{"img-src 'self'", "no-script-src"},
		{"script-src-attr 'none'", "no-script-src"},
		{"sandbox", ""},
		{"script-src 'self'; sandbox allow-scripts allow-same-origin", ""}, // plug-ins stay out
		{"sandbox allow-scripts", "no-script-src"},
		{"script-src-elem 'self'" + closed, "unsafe-inline unsafe-eval"},
		{"script-src-elem 'self'; script-src-attr 'none'" + closed, "unsafe-eval"},
		// Inline.
		{"script-src 'unsafe-inline'" + closed, "unsafe-inline"},
		{"script-src 'UNSAFE-inline'" + closed, "unsafe-inline"},
		{"script-src 'unsafe-inline' " + fresh + closed, ""},
		{"script-src 'unsafe-inline' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" + closed, ""},
		{"script-src 'unsafe-inline' 'nonce-a b'" + closed, "unsafe-inline unquoted-keyword invalid-source"},
		{"script-src 'unsafe-inline' 'nonce-'" + closed, "unsafe-inline broken-source"},
		{"script-src 'unsafe-inline' 'nonce-{{nonce}}'" + closed, "unsafe-inline broken-source"},
		{"script-src 'unsafe-inline' nonce-Zk3Nq9xT7vLr2WmB8sYcHg" + closed, "unsafe-inline unquoted-keyword"},
		{"script-src 'unsafe-inline' 'sha256-a=b='" + closed, "unsafe-inline broken-source"},
		{"script-src 'unsafe-inline' 'strict-dynamic'" + closed, "strict-dynamic-alone"},
		{"script-src " + fresh + "; script-src-attr 'unsafe-inline'" + closed, "unsafe-inline"},
		{"default-src 'unsafe-inline'; script-src 'self'" + closed, ""},
		{"default-src 'none'; script-src-elem 'unsafe-inline'" + closed, "unsafe-inline"},
		// Hosts and schemes.
		{"script-src *" + closed, "any-script-host"},
		{"script-src https:" + closed, "any-script-host"},
		{"script-src http:" + closed, "any-script-host"},
		{"script-src https://*" + closed, "any-script-host"},
		{"script-src *:443" + closed, "any-script-host"},
		{"script-src *:8443" + closed, ""},
		{"script-src *.com" + closed, "any-script-host"},
		{"script-src *.co.uk:*" + closed, "any-script-host"},
		{"script-src *.kawasaki.jp" + closed, "any-script-host"},
		{"script-src *.shop.co.uk *.internal" + closed, ""},
		{"script-src *.*" + closed, "invalid-source"},
		{"script-src data:" + closed, "data-source"},
		{"script-src blob:" + closed, ""},
		{"script-src ftp://a.example http://a.example" + closed, "http-source"},
		{"script-src localhost:* http://127.0.0.1:3000" + closed, "local-source http-source"},
		{"script-src " + fresh + " 'strict-dynamic' * http: data: cdn.jsdelivr.net" + closed, ""},
		{"script-src 'self'; script-src-elem *" + closed, "any-script-host"},
		{"script-src *; script-src-elem 'self'" + closed, ""},
		// Shared hosts and gadgets.
		{"script-src cdn.jsdelivr.net" + closed, "shared-host"},
		{"script-src https://cdn.jsdelivr.net/npm/" + closed, "shared-host"},
		{"script-src https://cdn.jsdelivr.net/npm/vue@3.5.0/" + closed, ""},
		{"script-src cdn.jsdelivr.net:8443" + closed, ""},
		{"script-src *.jsdelivr.net unpkg.com" + closed, "shared-host"},
		{"script-src *.github.io" + closed, "shared-host"},
		{"script-src *.amazonaws.com" + closed, "shared-host"},
		{"script-src bucket.s3.amazonaws.com shop.herokuapp.com" + closed, ""},
		{"script-src *.cloudfront.net *.appspot.com *.herokuapp.com storage.googleapis.com" + closed, "shared-host"},
		{"script-src cdnjs.cloudflare.com" + closed, "gadget-host"},
		{"script-src accounts.google.com" + closed, "jsonp-host"},
		{"script-src de.wikipedia.org app.firebaseio.com" + closed, "jsonp-host"},
		{"script-src *.google.com" + closed, "jsonp-host"},
		{"script-src www.googletagmanager.com" + closed, ""},
		{"script-src www.googletagmanager.com 'unsafe-eval'" + closed, "jsonp-host unsafe-eval"},
		{"script-src www.googletagmanager.com 'unsafe-eval'; require-trusted-types-for 'script'" + closed, ""},
		{"script-src https://ajax.googleapis.com/ajax/libs/angularjs/1.2.0/angular.min.js" + closed, "gadget-host"},
		{"script-src https://own.example/lib/angular.js" + closed, "gadget-host"},
		{"script-src cdn.jsdelivr.net/npm/angular@1.8.3/" + closed, "gadget-host"},
		{"script-src cdn.jsdelivr.net/npm/@angular/core@17/ own.example/angular/17/main.js own.example/rectangular.js" + closed, ""},
		{"script-src https: http://a.example" + closed, "any-script-host http-source"},
		{"script-src polyfill.io" + closed, "seized-host"},
		{"script-src raw.githubusercontent.com" + closed, ""},
		{"script-src accounts.google.com/gsi/client bit.ly" + closed, "redirect-bypass"},
		// eval.
		{"script-src 'unsafe-eval'" + closed, "unsafe-eval"},
		{"script-src 'self'; script-src-elem 'unsafe-eval'" + closed, ""},
		{"script-src 'wasm-unsafe-eval' 'trusted-types-eval' 'report-sample' 'inline-speculation-rules' 'report-sha256'" + closed, ""},
		// base and object.
		{"script-src " + fresh + "; object-src 'none'", "open-base-uri"},
		{"script-src " + fresh + "; object-src 'none'; base-uri *.com", "open-base-uri"},
		{"script-src " + fresh + "; object-src 'none'; base-uri 'self'", ""},
		{"script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; object-src 'none'", ""},
		{"script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'strict-dynamic'; object-src 'none'", "open-base-uri"},
		{"script-src 'self'; object-src 'none'", ""},
		{"script-src 'self'", "open-object-src"},
		{"script-src 'self'; object-src https:", "open-object-src"},
		{"default-src 'self'; object-src data:", "open-object-src"},
		{"default-src 'none'; object-src a.example", ""},
		// Several policies.
		{"script-src *.com" + closed + "\nscript-src *.net", ""},
		{"script-src 'unsafe-inline'" + closed + "\nscript-src *", ""},
		{"script-src 'unsafe-inline'" + closed + "\nscript-src-elem 'none'; script-src 'none'", ""},
		{"script-src 'unsafe-inline'" + closed + "\nscript-src-elem 'none'", "unsafe-inline"},
		{"script-src 'nonce-abc'" + closed + "\nscript-src 'unsafe-inline'", "weak-nonce"},
		{"script-src 'nonce-abc'" + closed + "\nscript-src 'self'", ""},
		{"script-src " + fresh + "; object-src 'none'\nscript-src https:", "open-base-uri"},
		{"script-src " + fresh + "; object-src 'none'\nscript-src 'self'", ""},
		{"script-src https:" + closed + "\nscript-src unpkg.com cdnjs.cloudflare.com/ajax/libs/vue/", "shared-host"},
		{"script-src https://unpkg.com/vue/" + closed + "\nscript-src unpkg.com", ""},
		{"img-src 'none'\ndefault-src 'self'", ""},
		{"upgrade-insecure-requests\nframe-ancestors 'none'", "no-script-src"},
		{"script-src 'unsafe-eval'" + closed + "\nscript-src 'self'", ""},
		{"object-src 'none'\nscript-src 'self'", ""},
	}
	for _, tt := range tests {
		if got := evaluated(tt.policy, Page{}); got != tt.want {
			t.Errorf("%.120q: %s, expected %s", tt.policy, got, tt.want)
		}
	}
}

func TestMeta(t *testing.T) {
	p := Parse("default-src 'none'; sandbox; frame-ancestors 'none'; report-uri /r")
	p.Meta = true
	if got := strings.Join(rules(Evaluate([]Policy{p}, Page{})), " "); got != "ignored-in-meta" {
		t.Error(got)
	}
	only := Parse("sandbox")
	only.Meta = true
	if got := rules(Evaluate([]Policy{only}, Page{})); got[0] != "no-script-src" {
		t.Error(got)
	}
	if inForce, _, _ := Framing([]Policy{p}, Page{}); inForce {
		t.Error("frame-ancestors holds in a meta element")
	}
}

func TestFraming(t *testing.T) {
	for text, want := range map[string][2]bool{
		"default-src 'none'": {false, false}, "frame-ancestors 'none'": {true, false}, "frame-ancestors 'self' partner.example": {true, false},
		"frame-ancestors *": {true, true}, "frame-ancestors https:": {true, true}, "frame-ancestors *.com": {true, true}, "frame-ancestors *.github.io": {true, true}, "frame-ancestors *.google.com storage.googleapis.com": {true, false},
		"frame-ancestors *.com, frame-ancestors *.net": {true, false}, "frame-ancestors *, frame-ancestors 'self'": {true, false}, "frame-ancestors": {true, false},
	} {
		inForce, _, open := Framing(ParseList(text), Page{})
		if got := [2]bool{inForce, open}; got != want {
			t.Errorf("%q: in force and open %v, expected %v", text, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	tests := []struct{ policy, want string }{
		{"default-src 'self'; scrip-src 'self'", "unknown-directive"},
		{"default-src 'self'; script-src: 'self'", "unknown-directive"},
		{"default-src 'self'; }", "unknown-directive"},
		{"Content-Security-Policy: default-src 'self'; script-src 'self'; object-src 'none'", "unknown-directive"},
		{"default-src='self'; script-src 'self'; object-src 'none'", "unknown-directive"},
		{"default-src 'self'; reflected-xss block; referrer no-referrer; block-all-mixed-content", ""},
		{"default-src 'self' script-src 'self'", "missing-semicolon"},
		{"default-src 'self' img-src: 'self'", "missing-semicolon"},
		{"default-src 'self' object-src 'none'", "missing-semicolon"}, // and not none-not-alone
		{"default-src 'self'; report-uri /r script-src 'self'", "missing-semicolon"},
		{"default-src 'self'; report-to script-src", ""},
		{"default-src sandbox", ""},
		{"default-src self", "unquoted-keyword"},
		{"default-src 'self' 'unsafe-inlin'", "invalid-source"},
		{`default-src "self"`, "unquoted-keyword"},
		{"default-src 'self", "unquoted-keyword"},
		{"default-src `self`", "unquoted-keyword"},
		{"default-src 'self'; img-src “https://a.example”", "not-ascii"},
		{"default-src 'self'; img-src ‘self’", "not-ascii"},
		{"default-src 'self'; img-src a; img-src b", "repeated-directive"},
		{"default-src 'self'; report-uri /a; report-uri /b", ""},
		{"default-src 'self' 'nonce-x!'", "broken-source"},
		{"default-src 'self' 'sha256-abc'", "broken-source"},
		{"default-src 'self' sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "unquoted-keyword"},
		{"default-src 'self' 'https://a.example'", "invalid-source"},
		{"default-src 'self' https://a.example?x", "invalid-source"},
		{"default-src 'self' [::1] https:// a..example a.example. //a.example", "invalid-source"},
		{"default-src 'none' 'self'", "none-not-alone"},
		{"default-src 'none' 'report-sample'", ""},
		{"default-src 'self'; report-uri http://reports.example/r", "http-report"},
		{"default-src 'self'; base-uri *; form-action https:", "wide-directive"},
		{"default-src 'self'; base-uri *, base-uri 'self'", ""},
		{"default-src 'self'; img-src" + strings.Repeat(" a.example", 2000), "oversized"},
		{"default-src 'self'" + strings.Repeat(";x", 2000), "unknown-directive repeated-directive oversized"},
		{"default-src 'self'; require-trusted-types-for script", "invalid-value"},
		{"default-src 'self'; upgrade-insecure-requests 1", "invalid-value"},
		{"default-src 'self'; sandbox allow-scripts allow-form", "invalid-value"},
		{"default-src 'self'; trusted-types default 'allow-duplicates'", ""},
		{"default-src 'self', https://a.example", "stray-comma"},
		{"default-src 'self'; 'unsafe-inline'", "stray-comma"},
		{"default-src 'self', script-src 'self', img-src *", "stray-comma"},
		{"default-src 'self'; img-src *, default-src 'self'; img-src *", ""},
		{"script-src 'self', object-src 'none', base-uri 'none'", ""},
	}
	for _, tt := range tests {
		if got := evaluated(tt.policy, Page{}); got != tt.want {
			t.Errorf("%.120q: %s, expected %s", tt.policy, got, tt.want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	const policy = "default-src 'self'; report-to csp"
	for want, page := range map[string]Page{"": {}, "undeclared-endpoint": {Declares: true, Endpoints: []string{"other"}}} {
		if got := evaluated(policy, page); got != want {
			t.Errorf("%+v: %s, expected %s", page, got, want)
		}
	}
	if got := evaluated(policy, Page{Declares: true, Endpoints: []string{"csp"}}); got != "" {
		t.Error(got)
	}
}

func TestNonces(t *testing.T) {
	const closed = "; object-src 'none'; base-uri 'none'"
	page := Page{Reused: []string{"Zk3Nq9xT7vLr2WmB8sYcHg"}}
	if got := evaluated("script-src "+fresh+closed, page); got != "fixed-nonce" {
		t.Error(got)
	}
	for nonce, weak := range map[string]bool{
		"abc": true, "RANDOM": true, "12345678901234567890": true, "aaaaaaaaaaaaaaaaaaaaaaaaaa": true, "r4nd0m": true, "short": true, "MTc2Mzg4NDgwMA==": true,
		"dGhpcyBpcyByYW5kb20": true, "OWY4YjJjNDc=": true, "9f8b2c47": true, "98213487123409812374098123740981": false, "cmFuZG9t": true, "EDNnf03nceIOfn39fh3e9h3sdfa": true,
		"Zk3Nq9xT7vLr2WmB8sYcHg": false, "9f8b2c47d1e05a6b": false, "550e8400-e29b-41d4-a716-446655440000": false,
		"NTUwZTg0MDAtZTI5Yi00MWQ0LWE3MTYtNDQ2NjU1NDQwMDAw": false, "p4DfK1uXeJ6oQa0iGzRtVw==": false,
	} {
		if got := evaluated("script-src 'nonce-"+nonce+"'"+closed, Page{}); (got == "weak-nonce") != weak {
			t.Errorf("%s: %q, expected weak %v", nonce, got, weak)
		}
	}
}

// TestEveryFindingIsWhole evaluates policies that fire every rule: each finding says what was found, what is expected
// and how it is used.
func TestEveryFindingIsWhole(t *testing.T) {
	declared := map[string]bool{}
	for _, r := range slices.Concat(Rules(), HintRules()) {
		if declared[r.ID] || r.Severity == 0 || r.Title == "" {
			t.Errorf("rule %+v", r)
		}
		declared[r.ID] = true
	}
	fired := map[string]bool{}
	for _, text := range []string{
		"img-src http://a.example 10.0.0.1 'none'; scrip-src x; plugin-types a/b; img-src x", "script-src 'unsafe-inline' * data: 'unsafe-eval' nonce-x 'nonce-{' 'x' blob:; img-src ’",
		"script-src 'nonce-abc' cdn.jsdelivr.net cdnjs.cloudflare.com accounts.google.com polyfill.io localhost http://a.example", "script-src 'self' accounts.google.com/gsi/ bit.ly",
		"script-src 'strict-dynamic' object-src 'none'; sandbox x; report-to csp", "default-src 'self', img-src *", "default-src 'self'; script-src-attr 'unsafe-hashes' 'sha256-x'; worker-src data:",
		"script-src 'nonce-9f8b2c47d1e05a6b'", "report-uri http://a.example; base-uri *" + strings.Repeat(";x", 300),
	} {
		policies := ParseList(text)
		page := Page{Declares: true, Reused: []string{"9f8b2c47d1e05a6b"}}
		for _, f := range slices.Concat(Evaluate(policies, page), Hints(policies, Page{})) {
			fired[f.Rule] = true
			if f.Directive == "" || f.Expected == "" || f.Actual == "" || f.Message == "" || !declared[f.Rule] || f.Policy >= len(policies) {
				t.Errorf("%.120q: unfinished %+v", text, f)
			}
		}
	}
	fired["ignored-in-meta"] = true // see TestMeta
	if diff := cmp.Diff(declared, fired); diff != "" {
		t.Errorf("rules that never fire (-declared +fired):\n%s", diff)
	}
}
