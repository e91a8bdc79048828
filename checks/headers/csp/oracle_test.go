package csp

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The oracle is a second reading of CSP3, written from the text of its algorithms over raw strings: no code is shared
// with the evaluator.

var (
	oracleScheme = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:$`)
	oracleHost   = regexp.MustCompile(`^(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(\*|(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)(?::([0-9]{1,5}|\*))?(/[^?#]*)?(?:[?#].*)?$`)
	oracleNonce  = regexp.MustCompile(`^'(?i:nonce)-([A-Za-z0-9+/_-]+={0,2})'$`)
	oracleHash   = regexp.MustCompile(`^'(?i:sha256|sha384|sha512)-[A-Za-z0-9+/_-]+={0,2}'$`)
	oracleIPv4   = regexp.MustCompile(`^\d{1,3}(\.\d{1,3}){3}$`)
	oraclePorts  = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443"}
)

// oraclePolicy is 2.2.1.
func oraclePolicy(text string) map[string][]string {
	set := map[string][]string{}
	for _, token := range strings.Split(text, ";") {
		words := strings.FieldsFunc(token, func(r rune) bool { return strings.ContainsRune(" \t\n\f\r", r) })
		nonASCII := strings.ContainsFunc(token, func(r rune) bool { return r > 0x7f })
		if len(words) == 0 || nonASCII {
			continue
		}
		name := strings.ToLower(words[0])
		if _, there := set[name]; !there {
			set[name] = words[1:]
		}
	}
	return set
}

func contains(list []string, word string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, word) })
}

// oracleList is the fallback of 6.8.3.
func oracleList(policy map[string][]string, chain ...string) ([]string, bool) {
	for _, name := range chain {
		if list, ok := policy[name]; ok {
			return list, true
		}
	}
	return nil, false
}

// oracleInline is 6.7.3.2.
func oracleInline(list []string, script bool) bool {
	allow := false
	for _, e := range list {
		if oracleNonce.MatchString(e) || oracleHash.MatchString(e) || script && strings.EqualFold(e, "'strict-dynamic'") {
			return false
		}
		allow = allow || strings.EqualFold(e, "'unsafe-inline'")
	}
	return allow
}

func oracleNonceMatches(list []string, nonce string) bool {
	return nonce != "" && slices.ContainsFunc(list, func(e string) bool {
		m := oracleNonce.FindStringSubmatch(e)
		return m != nil && m[1] == nonce
	})
}

func oracleSchemePart(a, b string) bool {
	a = strings.ToLower(a)
	return a == b || a == "http" && b == "https" || a == "ws" && slices.Contains([]string{"wss", "http", "https"}, b) || a == "wss" && b == "https"
}

// oracleURL is 6.7.2.7 and 6.7.2.8.
func oracleURL(list []string, u, self *url.URL, redirected bool) bool {
	if len(list) == 1 && strings.EqualFold(list[0], "'none'") {
		return false
	}
	return slices.ContainsFunc(list, func(e string) bool { return oracleExpression(e, u, self, redirected) })
}

func oracleExpression(e string, u, self *url.URL, redirected bool) bool {
	network := slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme)
	if e == "*" {
		return network || u.Scheme == self.Scheme
	}
	if oracleScheme.MatchString(e) {
		return oracleSchemePart(strings.TrimSuffix(e, ":"), u.Scheme)
	}
	port := u.Port()
	if port == "" {
		port = oraclePorts[u.Scheme]
	}
	if m := oracleHost.FindStringSubmatch(e); m != nil && !strings.HasPrefix(m[4], "//") {
		scheme, host := m[1], strings.ToLower(m[2])
		if scheme == "" {
			scheme = self.Scheme
		}
		if u.Hostname() == "" || !oracleSchemePart(scheme, u.Scheme) {
			return false
		}
		if strings.HasPrefix(host, "*") {
			if !strings.HasSuffix(u.Hostname(), host[1:]) {
				return false
			}
		} else if host != u.Hostname() || oracleIPv4.MatchString(host) && host != "127.0.0.1" {
			return false
		}
		upgrade := !strings.EqualFold(scheme, u.Scheme) && m[3] == "80" && port == "443"
		if m[3] != "*" && !(m[3] == "" && port == oraclePorts[u.Scheme]) && strings.TrimLeft(m[3], "0") != port && !upgrade {
			return false
		}
		return redirected || oraclePath(m[4], u.Path)
	}
	if strings.EqualFold(e, "'self'") && u.Hostname() == self.Hostname() && u.Hostname() != "" {
		selfPort := self.Port()
		if selfPort == "" {
			selfPort = oraclePorts[self.Scheme]
		}
		if u.Scheme == self.Scheme && port == selfPort {
			return true
		}
		ports := u.Port() == self.Port() || port == oraclePorts[u.Scheme] && selfPort == oraclePorts[self.Scheme]
		return ports && (u.Scheme == "https" || u.Scheme == "wss" || self.Scheme == "http" && (u.Scheme == "http" || u.Scheme == "ws"))
	}
	return false
}

// oraclePath is 6.7.2.12.
func oraclePath(a, b string) bool {
	if a == "" || a == "/" && b == "" {
		return true
	}
	exact := !strings.HasSuffix(a, "/")
	listA, listB := strings.Split(a, "/"), strings.Split(b, "/")
	if len(listA) > len(listB) || exact && len(listA) != len(listB) {
		return false
	}
	if !exact {
		listA = listA[:len(listA)-1]
	}
	for i := range listA {
		x, errX := url.PathUnescape(listA[i])
		y, errY := url.PathUnescape(listB[i])
		if errX != nil || errY != nil {
			x, y = listA[i], listB[i]
		}
		if x != y {
			return false
		}
	}
	return true
}

// oracleAllows asks one policy of a header.
func oracleAllows(policy map[string][]string, a attempt, u, self *url.URL) bool {
	if sandbox, ok := policy["sandbox"]; ok && (a.vector <= stringEval && !contains(sandbox, "allow-scripts") || a.vector == formURL && !contains(sandbox, "allow-forms")) {
		return false
	}
	elem := []string{"script-src-elem", "script-src", "default-src"}
	chain := map[vector][]string{inlineScript: elem, javascriptURL: elem, scriptURL: elem, insertedURL: elem,
		eventHandler: {"script-src-attr", "script-src", "default-src"}, stringEval: {"script-src", "default-src"}, baseURL: {"base-uri"},
		objectURL: {"object-src", "default-src"}, formURL: {"form-action"}, workerURL: {"worker-src", "child-src", "script-src", "default-src"},
		inlineStyle: {"style-src-elem", "style-src", "default-src"}, framedBy: {"frame-ancestors"}}[a.vector]
	list, restricted := oracleList(policy, chain...)
	if !restricted {
		return true
	}
	_, workerSrc := policy["worker-src"]
	_, childSrc := policy["child-src"]
	_, scriptSrc := policy["script-src"]
	if a.vector == workerURL && !workerSrc && !childSrc && scriptSrc {
		a.vector = insertedURL // 6.1.11.1 runs 6.7.1.1, which asks only whether the parser inserted it
	}
	switch a.vector {
	case inlineScript, inlineStyle:
		return oracleInline(list, a.vector == inlineScript) || oracleNonceMatches(list, a.nonce)
	case eventHandler, javascriptURL:
		return oracleInline(list, true)
	case stringEval:
		return contains(list, "'unsafe-eval'")
	case scriptURL, insertedURL:
		if oracleNonceMatches(list, a.nonce) {
			return true
		}
		if contains(list, "'strict-dynamic'") {
			return a.vector == insertedURL
		}
	}
	return oracleURL(list, u, self, a.redirected)
}

var (
	oracleNames = []string{"default-src", "script-src", "script-src-elem", "script-src-attr", "object-src", "base-uri", "form-action",
		"worker-src", "child-src", "style-src", "style-src-elem", "frame-ancestors", "sandbox", "img-src", "Script-Src"}
	oracleWords = []string{"*", "'none'", "'self'", "'SELF'", "'unsafe-inline'", "'Unsafe-Inline'", "'unsafe-eval'", "'strict-dynamic'", "'nonce-abc'",
		"'nonce-ABC='", "'NONCE-abc'", "'nonce-{x}'", "'nonce-a==='", "'sha256-abc'", "'sha256-a b'", "'unsafe-hashes'", "https:", "http:", "HTTPS:", "data:", "blob:",
		"wss:", "ws:", "a.example", "A.Example", "*.example", "*.a.example", "https://a.example", "http://a.example", "a.example:443", "a.example:80",
		"http://a.example:80", "https://a.example:80", "a.example:*", "a.example:8443", "a.example/x/", "a.example/x", "a.example/x/y.js", "a.example/%78/", "a.example/x?y",
		"//a.example", "https://", "127.0.0.1", "10.0.0.1", "*.*", "https://*", "https://*:*", "*.com", "*.net", "*.github.io", "cdn.jsdelivr.net", "*.jsdelivr.net", "cdnjs.cloudflare.com", "accounts.google.com/gsi/", "bit.ly", "www.googletagmanager.com", "localhost", "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "*:8443", "self", "nonce-abc", "allow-scripts", "allow-forms",
		"shop.example", "*.shop.example", "‘self’", "'self", "a_b.example", "a.example.", "a..example", "-a.example", "*a.example", "a.example:0443"}
	oracleURLs = []string{"https://a.example/x/y.js", "http://a.example/x/y.js", "https://a.example/x", "https://a.example:8443/x/y.js", "https://b.a.example/",
		"https://shop.example/x.js", "http://shop.example/x.js", "https://shop.example:8443/", "wss://a.example/", "ws://shop.example/", "data:text/javascript,1", "blob:x",
		"https://127.0.0.1/x.js", "https://10.0.0.1/x.js", "https://attacker.example/x.js", "https://a_b.example/"}
	oracleSelves = []string{"https://shop.example/", "http://shop.example/", "https://shop.example:8443/"}
)

func randomPolicy(r *rand.Rand) string {
	var parts []string
	for range r.IntN(5) {
		words := []string{oracleNames[r.IntN(len(oracleNames))]}
		for range r.IntN(5) {
			words = append(words, oracleWords[r.IntN(len(oracleWords))])
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return strings.Join(parts, ";")
}

func TestAgainstTheOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		text, address, selfText := randomPolicy(r), oracleURLs[r.IntN(len(oracleURLs))], oracleSelves[r.IntN(len(oracleSelves))]
		a := attempt{vector: vector(r.IntN(int(framedBy) + 1)), url: ParseURL(address), redirected: r.IntN(4) == 0,
			nonce: []string{"", "abc", "ABC=", "{x}"}[r.IntN(4)]}
		u, _ := url.Parse(address)
		self, _ := url.Parse(selfText)
		p := Parse(text)
		_, got := p.allows(a, ParseURL(selfText))
		if want := oracleAllows(oraclePolicy(text), a, u, self); got != want {
			t.Fatalf("%q on %s: %s allows %v, the specification says %v", text, selfText, fmt.Sprintf("%+v", a), got, want)
		}
	}
}
