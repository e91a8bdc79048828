package csp

import (
	"slices"
	"strings"
)

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

// plainSource finds http among the sources of what is no script.
func plainSource(e *evaluation) (f Finding, found bool) {
	e.everySource(func(n int, d *Directive, s *Source) {
		plain := foldEqual(s.scheme, "http") || foldEqual(s.scheme, "ftp") || foldEqual(s.scheme, "ws")
		if plain && !found && !strings.HasPrefix(d.Name, "script-src") && d.Name != "frame-ancestors" {
			f, found = Finding{Policy: n, Directive: d.Name, Actual: d.Name + " " + s.Text}, true
		}
	})
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
