package csp

import (
	"slices"

	"hardcheck/checks"
)

// Rules of which one implies another.
const (
	noScriptRule   = "no-script-src"
	anyHostRule    = "any-script-host"
	dataRule       = "data-source"
	sharedRule     = "shared-host"
	seizedRule     = "seized-host"
	gadgetRule     = "gadget-host"
	jsonpRule      = "jsonp-host"
	baseRule       = "open-base-uri"
	fixedNonceRule = "fixed-nonce"
)

// Wider rules of several.
var (
	noScripts   = []string{noScriptRule}
	wideScripts = []string{noScriptRule, anyHostRule}
)

// weaknesses are the holes through which script runs, the widest first.
var weaknesses = []weakness{
	{
		rule:     checks.Rule{ID: noScriptRule, Title: "The policy does not restrict scripts", Severity: checks.Medium},
		expected: "script-src or default-src",
		message:  "there is neither script-src nor default-src: an attacker injects script of any kind and it runs",
		fix:      "Add `script-src` with a nonce for every answer, or with the hosts of the site's own scripts.",
		state:    unrestricted,
	},
	{
		rule:     checks.Rule{ID: "unsafe-inline", Title: "Inline scripts are allowed", Severity: checks.Medium},
		within:   noScripts,
		expected: "nonces or hashes",
		message:  "an attacker injects `<script>…</script>` or `<img src=x onerror=…>` and it runs: the policy does not stop XSS",
		fix:      "Put a nonce that differs in every answer into script-src and on each script element; a browser that knows nonces then ignores 'unsafe-inline'. Move event handlers into scripts.",
		absent:   "no script-src-attr, no script-src and no default-src for event handlers",
		attempts: tryInline,
	},
	{
		rule:     checks.Rule{ID: anyHostRule, Title: "Scripts may come from any host", Severity: checks.Medium},
		within:   noScripts,
		expected: "the hosts that serve the site's scripts, or nonces",
		message:  "an attacker injects `<script src>` with a host of his own and it runs",
		fix:      "Name the hosts of the site's own scripts, or use nonces with 'strict-dynamic'.",
		attempts: tryForeign(scriptURL),
	},
	{
		rule:     checks.Rule{ID: dataRule, Title: "Scripts may come from data: URLs", Severity: checks.Medium},
		within:   noScripts,
		expected: "no data: for scripts",
		message:  "an attacker injects `<script src=data:,…>` with the script in the address itself: as open as 'unsafe-inline'",
		fix:      "Remove data: from script-src; keep it for img-src or font-src if they need it.",
		attempts: tryData(scriptURL),
	},
	{
		rule:     checks.Rule{ID: sharedRule, Title: "Scripts may come from a host where anyone publishes", Severity: checks.Medium},
		within:   wideScripts,
		expected: "the path of the script used there, or a hash",
		message:  "an attacker publishes script on that host, which anyone may, and injects `<script src>` with its address",
		fix:      "Name the file or the directory with its version that is used there, or use nonces or hashes instead of the host.",
		attempts: tryShared,
	},
	{
		rule:     checks.Rule{ID: seizedRule, Title: "Scripts may come from a host that served malicious script", Severity: checks.Medium},
		within:   wideScripts,
		expected: "another source of the same library",
		message:  "the name was taken over in 2024 and served malware to sites that load script from it: whoever holds it runs script here",
		fix:      "Serve the library from the site's own host, or drop it.",
		attempts: tryGadgets(seized),
	},
	{
		rule:     checks.Rule{ID: gadgetRule, Title: "An allowed host serves AngularJS or its like", Severity: checks.Medium},
		within:   wideScripts,
		expected: "the path of the script used there, or a hash",
		message:  "an attacker needs no inline script: he injects markup whose attributes AngularJS runs as expressions (`ng-focus`), and `<script src>` with that library from the host",
		fix:      "Name the file that is used there instead of the host, or use nonces or hashes.",
		attempts: func(t *trial) {
			tryGadgets(library)(t)
			tryAngular(t)
		},
	},
	{
		rule:     checks.Rule{ID: jsonpRule, Title: "An allowed host answers with script that the caller chooses", Severity: checks.Medium, Precision: checks.PrecisionMedium},
		within:   wideScripts,
		expected: "the path of the script used there, or a nonce",
		message:  "an attacker injects `<script src>` with an endpoint of that host which calls the function he names (JSONP, a callback parameter) or runs a container of his own",
		fix:      "Name the file that is used there instead of the host, or use nonces or hashes.",
		attempts: tryGadgets(callback, container),
	},
	{
		rule:     checks.Rule{ID: "redirect-bypass", Title: "A redirect undoes the path of an allowed host", Severity: checks.Low, Precision: checks.PrecisionLow},
		within:   []string{noScriptRule, anyHostRule, sharedRule, seizedRule, gadgetRule, jsonpRule},
		expected: "no allowed host that redirects anywhere",
		message:  "after a redirect browsers ignore the path of a source: an attacker goes through an allowed redirector to script elsewhere on the host",
		fix:      "Remove the redirecting host from script-src, or use nonces or hashes.",
		attempts: tryRedirects,
	},
	{
		rule:     checks.Rule{ID: "local-source", Title: "Scripts may come from the visitor's own machine", Severity: checks.Low},
		within:   wideScripts,
		expected: "no localhost in production",
		message:  "a program on the visitor's machine, of another user or a package under development, serves script to the page; it is left over from development",
		fix:      "Remove localhost and 127.0.0.1 from the policy of the deployed site.",
		attempts: tryLocal,
	},
	{
		rule:     checks.Rule{ID: "http-source", Title: "Scripts may come over plain http", Severity: checks.Low},
		within:   noScripts,
		expected: "https sources",
		message:  "over http someone on the network path swaps the script; on an https page browsers block it as mixed content, and the script is missing",
		fix:      "Write https:// before the host.",
		attempts: tryPlain,
	},
	{
		rule:     checks.Rule{ID: "unsafe-eval", Title: "eval and its kin are allowed", Severity: checks.Low},
		within:   noScripts,
		expected: "no 'unsafe-eval', or require-trusted-types-for 'script'",
		message:  "a string that an attacker controls becomes code wherever the site or a library calls eval, Function or setTimeout with it",
		fix:      "Remove 'unsafe-eval'; WebAssembly alone needs only 'wasm-unsafe-eval'.",
		absent:   "no script-src and no default-src, which decide about eval",
		attempts: func(t *trial) {
			if !t.e.trustedTypes() {
				t.try(attempt{vector: stringEval})
			}
		},
	},
	{
		rule:     checks.Rule{ID: baseRule, Title: "base-uri is open while scripts are trusted by nonce", Severity: checks.Medium},
		within:   noScripts,
		expected: "base-uri 'none' or 'self'",
		message:  "an attacker injects `<base href>` and every trusted script with a relative address loads from his host",
		fix:      "Add `base-uri 'none'`, or 'self' if the page has a base element.",
		absent:   "no base-uri",
		attempts: tryBase,
	},
	{
		rule:     checks.Rule{ID: fixedNonceRule, Title: "The nonce is the same in every answer", Severity: checks.Medium},
		expected: "a fresh random nonce for every answer",
		message:  "an attacker reads the nonce in one answer and writes it on his own script in another",
		fix:      "Draw 16 random bytes for each answer and write them into the header and the script elements; keep such pages out of shared caches.",
		attempts: tryNonces(func(e *evaluation, nonce string) (string, bool) { return "", slices.Contains(e.page.Reused, nonce) }),
	},
	{
		rule:     checks.Rule{ID: "weak-nonce", Title: "The nonce can be guessed", Severity: checks.Medium},
		within:   []string{fixedNonceRule},
		expected: "128 random bits, such as 22 characters of base64",
		message:  "an attacker guesses the nonce and writes it on his own script: ",
		fix:      "Draw 16 bytes from the system's random source for each answer and encode them in base64.",
		attempts: tryNonces(func(e *evaluation, nonce string) (string, bool) {
			why := guess(nonce)
			return why, why != "" && nonce != e.page.Fresh
		}),
	},
	{
		rule:     checks.Rule{ID: "open-object-src", Title: "object-src is open", Severity: checks.Low},
		within:   noScripts,
		expected: "object-src 'none'",
		message:  "an attacker injects `<object>` or `<embed>` with content of his own inside the page; a plug-in that is installed runs it",
		fix:      "Add `object-src 'none'`.",
		absent:   "no object-src and no default-src",
		attempts: func(t *trial) {
			if t.e.any(func(p *Policy) bool { return p.sandboxed("") }) {
				return // no permission lets plug-ins run in a sandbox (HTML, "sandboxed plugins browsing context flag")
			}
			tryForeign(objectURL)(t)
			tryData(objectURL)(t)
		},
	},
}

// unrestricted finds policies of which none decides about script elements.
func unrestricted(e *evaluation) (Finding, bool) {
	restricts := func(p *Policy) bool { return p.effective(inlineScript) != nil || p.sandboxed("allow-scripts") }
	if e.any(restricts) {
		return Finding{}, false
	}
	return Finding{Directive: "script-src", Actual: "no script-src and no default-src"}, true
}

// Rules are the rules of Evaluate.
func Rules() []checks.Rule {
	var out []checks.Rule
	for i := range weaknesses {
		out = append(out, weaknesses[i].rule)
	}
	for i := range mistakes {
		out = append(out, mistakes[i].rule)
	}
	return out
}

// HintRules are the rules of Hints.
func HintRules() []checks.Rule {
	var out []checks.Rule
	for i := range hints {
		out = append(out, hints[i].rule)
	}
	return out
}
