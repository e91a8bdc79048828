package csp

import "hardcheck/checks"

// hints are what would make a policy stronger. None of them is a hole by itself.
var hints = []weakness{
	{
		rule:     hint("self-source", "Scripts may come from the whole of the site's own host"),
		within:   wideScripts,
		expected: "nonces or hashes instead of 'self'",
		message:  "an attacker who may upload a file to the site, or finds an endpoint there that answers with script of his choice, injects `<script src>` with it",
		fix:      "Use a nonce with 'strict-dynamic', or name the path of the scripts (https://host/static/js/).",
		state:    selfSource,
	},
	{
		rule:     hint("allow-list", "Scripts are trusted by host and not by nonce or hash"),
		within:   wideScripts,
		expected: "nonces or hashes with 'strict-dynamic'",
		message:  "an attacker needs one endpoint of one allowed host that answers with script of his choice; lists of hosts mostly hold one",
		fix:      "Use a nonce for every answer with 'strict-dynamic'.",
		state:    allowList,
	},
	{
		rule:     hint("no-trusted-types", "Strings still become markup and script"),
		expected: "require-trusted-types-for 'script'",
		message:  "an attacker's string that reaches innerHTML or eval becomes markup or code; Trusted Types let only checked strings through",
		fix:      "Add `require-trusted-types-for 'script'`, in a report-only policy first.",
		state: func(e *evaluation) (Finding, bool) {
			return Finding{Directive: "require-trusted-types-for", Actual: "no require-trusted-types-for"}, !e.trustedTypes()
		},
	},
	{
		rule:     hint("no-base-uri", "An injected base element moves relative addresses"),
		within:   []string{baseRule},
		expected: "base-uri 'none' or 'self'",
		message:  "an attacker injects `<base href>` and relative links and forms of the page lead to his host",
		fix:      "Add `base-uri 'none'`, or 'self' if the page has a base element.",
		absent:   "no base-uri",
		attempts: tryForeign(baseURL),
	},
	{
		rule:     hint("open-form-action", "Forms may send to any host"),
		expected: "form-action 'self'",
		message:  "an attacker injects `<form action>` or `<button formaction>` and what the victim types, or the browser fills in, goes to his host",
		fix:      "Add `form-action 'self'` with the hosts that forms send to; it does not fall back to default-src.",
		absent:   "no form-action",
		attempts: tryForeign(formURL),
	},
	{
		rule:     hint("object-src-not-none", "Plug-in content is allowed from named hosts"),
		expected: "object-src 'none'",
		message:  "an attacker injects `<object>` with content of an allowed host inside the page",
		fix:      "Add `object-src 'none'`.",
		state:    namedObjects,
	},
	{
		rule:     hint("unsafe-inline-style", "Inline styles are allowed"),
		expected: "nonces or hashes for styles",
		message:  "an attacker injects `<style>` that covers the page, or reads values of attributes letter by letter with selectors and background images",
		fix:      "Move styles into files, or use nonces or hashes in style-src.",
		absent:   "no style-src and no default-src",
		attempts: func(t *trial) { t.try(attempt{vector: inlineStyle}) },
	},
	{
		rule:     hint("unsafe-hashes", "Event handlers run by hash"),
		expected: "event handlers in scripts",
		message:  "an attacker injects an element with one of the hashed handlers, or a javascript: URL, where the site did not mean it to run",
		fix:      "Move the handlers into scripts and remove 'unsafe-hashes'.",
		state:    unsafeHashesAllowed,
	},
	{
		rule:     hint("short-nonce", "The nonce has less than 128 bits"),
		expected: "128 random bits, such as 22 characters of base64",
		message:  "the shorter a nonce, the sooner an attacker guesses it and writes it on his own script",
		fix:      "Draw 16 bytes from the system's random source for each answer.",
		attempts: tryNonces(func(e *evaluation, nonce string) (string, bool) {
			return "", nonce != e.page.Fresh && guess(nonce) == "" && entropy(nonce) < wantedNonceBits
		}),
	},
	{
		rule:     hint("blob-source", "Scripts may come from blob: URLs"),
		within:   noScripts,
		expected: "no blob: for scripts",
		message:  "script of the page that turns text into a blob and loads it runs text of an attacker; workers need blob: in worker-src only",
		fix:      "Write blob: into worker-src instead of script-src.",
		attempts: func(t *trial) {
			for _, scheme := range []string{"blob", "filesystem"} {
				t.try(attempt{vector: scriptURL, url: URL{Scheme: scheme}})
			}
		},
	},
	{
		rule:     hint("open-worker-src", "Workers may run script from anywhere"),
		within:   []string{noScriptRule, anyHostRule, dataRule},
		expected: "worker-src 'self'",
		message:  "an attacker who steers the address of a worker runs script with the page's network access in it",
		fix:      "Add `worker-src 'self'`, or 'none'.",
		absent:   "no worker-src, child-src, script-src or default-src",
		attempts: tryWorkers,
	},
	{
		rule:     hint("ip-source", "A source is an IP address"),
		expected: "host names",
		message:  "CSP Level 3 matches no address but 127.0.0.1, and an address has no owner that TLS proves: an attacker who gets it next serves content here",
		fix:      "Write a host name.",
		state:    addressSource,
	},
	{
		rule:     hint("http-passive", "Images, media or styles may come over plain http"),
		expected: "https sources",
		message:  "someone on the network path sees and swaps what is fetched over http; on an https page browsers upgrade or block it",
		fix:      "Write https:// before the host, or https: for the scheme.",
		state:    plainSource,
	},
	{
		rule:     hint("deprecated-directive", "A directive that browsers no longer read"),
		expected: "today's directives only",
		message:  "browsers ignore it: what it was to block, an attacker uses",
		fix:      "Remove it: Referrer-Policy, Cross-Origin-Opener-Policy and Integrity-Policy are headers of their own, the rest is gone.",
		state:    retiredDirectives,
	},
	{
		rule:     hint("no-reporting", "Nobody hears what the policy blocks"),
		expected: "report-to, with report-uri beside it for older browsers",
		message:  "an attacker tries injections until one gets through, and no report tells of those that were blocked",
		fix:      "Add `report-to csp` with `Reporting-Endpoints: csp=\"https://…\"`.",
		state: func(e *evaluation) (Finding, bool) {
			reports := func(p *Policy) bool {
				return p.Get("report-to") != nil || !p.Meta && p.Get("report-uri") != nil
			}
			return Finding{Directive: "report-to", Actual: "no report-to and no report-uri"}, !e.any(reports)
		},
	},
}

func hint(id, title string) checks.Rule {
	return checks.Rule{ID: id, Title: title, Severity: checks.Info}
}
