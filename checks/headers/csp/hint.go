package csp

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

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
		within:   "open-base-uri",
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
		within:   noScriptRule,
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
		within:   wideScripts + " data-source",
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
		rule:     hint("http-passive", "Images, media, styles or reports may go over plain http"),
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

// selfSource finds 'self' among the sources of script elements where no policy is narrower.
func selfSource(e *evaluation) (Finding, bool) {
	self := e.self
	if self.Host == "" {
		self.Host = "self.invalid" // the host is not known: any name stands for it
	}
	narrow := func(p *Policy) bool {
		_, ok := p.allows(attempt{vector: scriptURL, url: URL{Scheme: self.Scheme, Host: self.Host, Port: self.Port, Path: "/x.js"}}, self)
		return !ok
	}
	if e.any(narrow) {
		return Finding{}, false
	}
	return e.with(scriptURL, func(s *Source) bool { return s.word == keywordSelf })
}

// tryWorkers tries addresses of workers, where it is not 'strict-dynamic' that leaves them to the page's own script.
func tryWorkers(t *trial) {
	left := func(p *Policy) bool {
		d := p.effective(workerURL)
		return d != nil && d.Name == "script-src" && d.words&strictDynamic != 0
	}
	if !t.e.any(left) {
		tryForeign(workerURL)(t)
		tryData(workerURL)(t)
	}
}

// allowList finds hosts by which script elements are trusted where no policy asks for a nonce or hash.
func allowList(e *evaluation) (Finding, bool) {
	strict := func(p *Policy) bool {
		d := p.effective(scriptURL)
		return d != nil && (d.nonces || d.hashes || d.words&strictDynamic != 0 || len(d.Sources) == 0)
	}
	if e.any(strict) {
		return Finding{}, false
	}
	return e.with(scriptURL, func(s *Source) bool { return s.Kind == Host })
}

// with finds the first directive that decides about the vector and has such a source.
func (e *evaluation) with(v vector, is func(s *Source) bool) (Finding, bool) {
	for n := range e.policies {
		d := e.policies[n].effective(v)
		if d == nil {
			continue
		}
		for i := range d.Sources {
			if s := &d.Sources[i]; is(s) {
				return Finding{Policy: n, Directive: d.Name, Actual: d.Name + " " + s.Text}, true
			}
		}
	}
	return Finding{}, false
}

// namedObjects finds an object-src that names sources and that no other policy closes.
func namedObjects(e *evaluation) (Finding, bool) {
	matches := func(s Source) bool { return s.Kind == Host || s.Kind == Scheme || s.word == keywordSelf }
	closed := func(p *Policy) bool {
		d := p.effective(objectURL)
		return d != nil && !slices.ContainsFunc(d.Sources, matches)
	}
	if e.any(closed) || e.open(attempt{vector: objectURL, url: foreign}) {
		return Finding{}, false
	}
	return e.with(objectURL, func(s *Source) bool { return matches(*s) })
}

// unsafeHashesAllowed finds 'unsafe-hashes' with a hash in every directive that decides about event handlers.
func unsafeHashesAllowed(e *evaluation) (Finding, bool) {
	blocks := func(p *Policy) bool {
		d := p.effective(eventHandler)
		return d != nil && (d.words&unsafeHashes == 0 || !d.hashes)
	}
	if e.any(blocks) {
		return Finding{}, false
	}
	return e.with(eventHandler, func(s *Source) bool { return s.word == unsafeHashes })
}

// everySource calls see with each source of a source list of each policy.
func (e *evaluation) everySource(see func(n int, d *Directive, s *Source)) {
	for n := range e.policies {
		for i := range e.policies[n].Directives {
			d := &e.policies[n].Directives[i]
			for j := 0; d.kind == sourceList && j < len(d.Sources); j++ {
				see(n, d, &d.Sources[j])
			}
		}
	}
}

func addressSource(e *evaluation) (f Finding, found bool) {
	e.everySource(func(n int, d *Directive, s *Source) {
		if !found && (s.Kind == Host && isIPv4(s.host) || strings.HasPrefix(s.Text, "[") || strings.Contains(s.Text, "://[")) {
			f, found = Finding{Policy: n, Directive: d.Name, Actual: d.Name + " " + s.Text}, true
		}
	})
	return f, found
}

// plainSource finds http among the sources of what is no script, and among the addresses of reports.
func plainSource(e *evaluation) (f Finding, found bool) {
	e.everySource(func(n int, d *Directive, s *Source) {
		plain := foldEqual(s.scheme, "http") || foldEqual(s.scheme, "ftp") || foldEqual(s.scheme, "ws")
		if plain && !found && !strings.HasPrefix(d.Name, "script-src") && d.Name != "frame-ancestors" {
			f, found = Finding{Policy: n, Directive: d.Name, Actual: d.Name + " " + s.Text}, true
		}
	})
	for n := range e.policies {
		if d := e.policies[n].Get("report-uri"); d != nil && !found {
			for i := range d.Sources {
				if _, plain := cutPrefixFold(d.Sources[i].Text, "http://"); plain {
					f, found = Finding{Policy: n, Directive: d.Name, Actual: d.Name + " " + d.Sources[i].Text}, true
				}
			}
		}
	}
	return f, found
}

func retiredDirectives(e *evaluation) (f Finding, found bool) {
	var names []string
	for n := range e.policies {
		for i := range e.policies[n].Directives {
			if d := &e.policies[n].Directives[i]; d.kind == retired && !slices.Contains(names, d.Name) {
				if names = append(names, d.Name); len(names) == 1 {
					f.Policy, f.Directive = n, d.Name
				}
			}
		}
	}
	f.Actual = strings.Join(names, ", ")
	return f, len(names) > 0
}
