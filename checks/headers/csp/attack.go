package csp

import (
	"slices"
	"strconv"
	"strings"
)

// foreign is an address of an attacker that no policy has a reason to name.
var foreign = URL{Scheme: "https", Host: "attacker.example", Path: "/x.js"}

// tryInline tries an injected element and an injected event handler.
func tryInline(t *trial) {
	if !t.try(attempt{vector: inlineScript}) {
		t.try(attempt{vector: eventHandler})
	}
}

func tryData(v vector) func(*trial) {
	return func(t *trial) { t.try(attempt{vector: v, url: URL{Scheme: "data"}}) }
}

// tryForeign tries hosts of an attacker: any, and a name that he registers below a registry's suffix.
func tryForeign(v vector) func(*trial) {
	return func(t *trial) {
		t.try(attempt{vector: v, url: foreign})
		t.e.sources(v, func(s *Source) {
			if host, registry := s.attackerBelow(); registry {
				t.try(attempt{vector: v, url: URL{Scheme: "https", Host: host, Path: foreign.Path}})
			}
		})
	}
}

// tryShared tries what anyone puts on a host that policies allow: a file, or a name below a provider's suffix.
func tryShared(t *trial) {
	tryRented(t, scriptURL)
	tryGadgets(published, rented)(t)
}

// tryRented tries names that an attacker gets from a hosting provider below a suffix of the public list.
func tryRented(t *trial, v vector) {
	t.e.sources(v, func(s *Source) {
		if host, registry := s.attackerBelow(); host != "" && !registry {
			t.try(attempt{vector: v, url: URL{Scheme: "https", Host: host, Path: foreign.Path}})
		}
	})
}

// tryGadgets tries the known script of those classes.
func tryGadgets(classes ...gadgetClass) func(*trial) {
	return func(t *trial) {
		for _, at := range t.e.reached() {
			if slices.Contains(classes, at.class) && (at.class != container || t.e.compiles()) {
				t.try(attempt{vector: scriptURL, url: at.url(at.name)})
			}
		}
	}
}

// tryAngular tries AngularJS where the path of a source names it, on whatever host and in whatever version.
func tryAngular(t *trial) {
	t.e.sources(scriptURL, func(s *Source) {
		if path := angularPath(s.path); path != "" && s.Kind == Host {
			u := s.example("https")
			u.Path = path
			t.try(attempt{vector: scriptURL, url: u})
		}
	})
}

// angularPath is where AngularJS is, if the path of a source is that of AngularJS 1; Angular 2 and later has other names.
func angularPath(path string) string {
	lower := strings.ToLower(path)
	switch file := lower[strings.LastIndexByte(lower, '/')+1:]; {
	case file == "angular.js", file == "angular.min.js":
		return path
	case file != "":
		return ""
	}
	for _, part := range []string{"/angularjs/", "/angular.js/", "/angular/1.", "/angular@1.", "/angular@1/"} {
		if strings.Contains(lower, part) {
			return path + "angular.min.js"
		}
	}
	return ""
}

// compiles reports whether any string may be compiled.
func (e *evaluation) compiles() bool {
	return e.open(attempt{vector: stringEval}) && !e.trustedTypes()
}

// maxReached bounds the gadgets that are tried on a page.
const maxReached = 300

// reached are the gadgets on hosts that sources of scripts name, whatever the paths. They are gathered once.
func (e *evaluation) reached() []reached {
	if e.gathered {
		return e.reach
	}
	e.gathered = true
	e.sources(scriptURL, func(s *Source) {
		if s.Kind == Host && len(e.reach) < maxReached {
			e.reach = s.gadgets(e.reach)
		}
	})
	return e.reach
}

// tryRedirects tries known script outside the path of a source, through another allowed host that redirects there: after
// a redirect a path does not count (CSP3, 7.6).
func tryRedirects(t *trial) {
	var via bool
	for i := range redirectors {
		if via = t.e.open(attempt{vector: scriptURL, url: redirectors[i]}); via {
			break
		}
	}
	if !via {
		return
	}
	for _, at := range t.e.reached() {
		if at.class != container {
			t.try(attempt{vector: scriptURL, url: at.url(at.name), redirected: true})
		}
	}
}

// tryPlain tries script that comes over plain http from a host which a source names with http.
func tryPlain(t *trial) {
	t.e.sources(scriptURL, func(s *Source) {
		if s.Kind == Host && (foldEqual(s.scheme, "http") || foldEqual(s.scheme, "ftp")) {
			t.try(attempt{vector: scriptURL, url: s.example(s.scheme)})
		}
	})
}

// tryLocal tries script from a program on the visitor's own machine.
func tryLocal(t *trial) {
	t.e.sources(scriptURL, func(s *Source) {
		if s.Kind == Host && s.host == "localhost" || s.host == "127.0.0.1" {
			scheme := s.scheme
			if scheme == "" {
				scheme = t.e.self.Scheme
			}
			t.try(attempt{vector: scriptURL, url: s.example(scheme)})
		}
	})
}

// example is an address that the host source allows.
func (s *Source) example(scheme string) URL {
	u := URL{Scheme: scheme, Host: s.host, Path: s.path}
	if rest, wildcard := s.wildcard(); wildcard {
		u.Host = "www" + rest
	}
	if u.Path == "" || u.Path[len(u.Path)-1] == '/' {
		u.Path += "x.js"
	}
	if u.Path[0] != '/' {
		u.Path = "/" + u.Path
	}
	u.Port, _ = strconv.Atoi(s.port)
	return u
}

// tryNonces tries an injected element with a nonce that the attacker has; known says how he comes by it.
func tryNonces(known func(e *evaluation, nonce string) (how string, ok bool)) func(*trial) {
	return func(t *trial) {
		for _, nonce := range t.e.nonces {
			how, ok := known(t.e, nonce)
			if ok && (t.try(attempt{vector: inlineScript, nonce: nonce}) || t.try(attempt{vector: scriptURL, url: foreign, nonce: nonce})) {
				t.why = how
			}
		}
	}
}

// tryBase tries to move the page's own trusted scripts to another host: one with a nonce, or one that a hashed script
// adds where 'strict-dynamic' trusts it.
func tryBase(t *trial) {
	if t.e.open(attempt{vector: baseURL, url: foreign}) && t.e.trustsMoved(foreign) {
		t.try(attempt{vector: baseURL, url: foreign})
	}
	t.e.sources(baseURL, func(s *Source) {
		if host, _ := s.attackerBelow(); host != "" {
			if u := (URL{Scheme: "https", Host: host, Path: "/"}); t.e.trustsMoved(u) {
				t.try(attempt{vector: baseURL, url: u})
			}
		}
	})
}

// trustsMoved reports whether a script of the page that moved to that address runs, one that needs the page's trust.
func (e *evaluation) trustsMoved(to URL) bool {
	for _, nonce := range e.nonces {
		if e.open(attempt{vector: scriptURL, url: to, nonce: nonce}) {
			return true
		}
	}
	return e.any(func(p *Policy) bool {
		d := p.effective(insertedURL)
		full := func(s Source) bool { return s.Kind == Hash && s.fullHash() }
		return d != nil && d.words&strictDynamic != 0 && slices.ContainsFunc(d.Sources, full)
	}) && e.open(attempt{vector: insertedURL, url: to})
}
