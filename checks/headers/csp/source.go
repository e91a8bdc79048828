package csp

import "strings"

// Kind is the part of the grammar that a source expression matches (CSP3, 2.3.1).
type Kind uint8

// Kinds of source expressions.
const (
	Invalid Kind = iota // matches nothing
	Keyword
	Scheme
	Host
	Nonce
	Hash
)

// Source is one source expression.
type Source struct {
	Text string
	Kind Kind
	word keyword // of a Keyword
	// scheme, host, port and path are the parts of a Host; scheme also that of a Scheme. Empty where absent.
	scheme, host, port, path string
	// value is the base64 part of a Nonce or a Hash, algorithm that of a Hash: 256, 384 or 512.
	value     string
	algorithm int
	// query marks a path with a query or a fragment, which browsers cut off.
	query bool
}

// keyword is a set of keyword sources.
type keyword uint32

const (
	none keyword = 1 << iota
	keywordSelf
	unsafeInline
	unsafeEval
	unsafeHashes
	strictDynamic
	reportSample
	wasmUnsafeEval
	trustedTypesEval
	inlineSpeculationRules
	otherKeyword // known, and without a bearing on what is allowed
)

// keywords are the words that mean something inside single quotes: CSP3, 2.3.1, Trusted Types and Speculation Rules.
var keywords = map[string]keyword{
	"none": none, "self": keywordSelf, "unsafe-inline": unsafeInline, "unsafe-eval": unsafeEval, "unsafe-hashes": unsafeHashes,
	"strict-dynamic": strictDynamic, "report-sample": reportSample, "wasm-unsafe-eval": wasmUnsafeEval,
	"trusted-types-eval": trustedTypesEval, "inline-speculation-rules": inlineSpeculationRules,
	"unsafe-allow-redirects": otherKeyword, "report-sha256": otherKeyword, "report-sha384": otherKeyword, "report-sha512": otherKeyword,
}

// parseSource reads one word of a source list.
func parseSource(text string) Source {
	s := Source{Text: text}
	switch {
	case text[0] == '\'':
		s.quoted()
	case isScheme(text):
		s.Kind, s.scheme = Scheme, text[:len(text)-1]
	default:
		s.hostSource()
	}
	return s
}

// quoted reads a keyword, a nonce or a hash. Their names are matched in any case, the values exactly.
func (s *Source) quoted() {
	if len(s.Text) < 3 || s.Text[len(s.Text)-1] != '\'' {
		return
	}
	inner := s.Text[1 : len(s.Text)-1]
	if value, ok := cutPrefixFold(inner, "nonce-"); ok {
		if Base64Value(value) {
			s.Kind, s.value = Nonce, value
		}
		return
	}
	if value, size := hashValue(inner); size > 0 {
		if Base64Value(value) {
			s.Kind, s.value, s.algorithm = Hash, value, size
		}
		return
	}
	if word, ok := keywords[strings.ToLower(inner)]; ok {
		s.Kind, s.word = Keyword, word
	}
}

// hashValue divides "sha256-…" into its value and its size in bits, 0 where it is no hash.
func hashValue(inner string) (value string, size int) {
	for _, h := range []struct {
		prefix string
		size   int
	}{{"sha256-", 256}, {"sha384-", 384}, {"sha512-", 512}} {
		if value, ok := cutPrefixFold(inner, h.prefix); ok {
			return value, h.size
		}
	}
	return "", 0
}

// fullHash reports whether a hash has the length of its digest. One of another length matches no script.
func (s *Source) fullHash() bool {
	return len(strings.TrimRight(s.value, "=")) == (s.algorithm+5)/6
}

// hostSource reads [ scheme "://" ] host [ ":" port ] [ path ].
func (s *Source) hostSource() {
	rest := s.Text
	scheme := ""
	if i := strings.Index(rest, "://"); i >= 0 {
		if scheme, rest = rest[:i], rest[i+3:]; !isScheme(s.Text[:i+1]) {
			return
		}
	}
	host, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	host, port, hasPort := strings.Cut(host, ":")
	if !isHost(host) || hasPort && !isPort(port) || strings.HasPrefix(path, "//") {
		return
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path, s.query = path[:i], true
	}
	s.Kind, s.scheme, s.host, s.port, s.path = Host, scheme, strings.ToLower(host), port, path
}

// odd reports whether the source may be a slip: the rules about single sources look at such ones only.
func (s *Source) odd() bool {
	switch s.Kind {
	case Invalid:
		return true
	case Scheme:
		return strings.IndexByte(s.scheme, '-') >= 0
	case Host:
		return s.query || s.host != "*" && strings.IndexByte(s.host, '.') < 0
	case Hash:
		return !s.fullHash()
	}
	return false
}

// everywhere reports whether the expression is "*", which matches every network scheme and no other.
func (s *Source) everywhere() bool { return len(s.Text) == 1 && s.Text[0] == '*' }

// wildcard reports whether the host is a pattern, and what follows its "*": ".shop.example", or "" for "*".
func (s *Source) wildcard() (rest string, ok bool) { return strings.CutPrefix(s.host, "*") }

// isScheme reports whether text is a scheme and a colon.
func isScheme(text string) bool {
	if len(text) < 2 || text[len(text)-1] != ':' || !letter(text[0]) {
		return false
	}
	for i := 1; i < len(text)-1; i++ {
		if c := text[i]; !letter(c) && !digit(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// isHost reads host-part. An underscore is not in the grammar, but browsers take it.
func isHost(host string) bool {
	if host == "*" {
		return true
	}
	host = strings.TrimPrefix(host, "*.")
	label := 0
	for i := range len(host) {
		switch c := host[i]; {
		case letter(c), digit(c), c == '-', c == '_':
			label++
		case c == '.' && label > 0:
			label = 0
		default:
			return false
		}
	}
	return label > 0
}

func isPort(port string) bool {
	if port == "*" {
		return true
	}
	for i := range len(port) {
		if !digit(port[i]) {
			return false
		}
	}
	return port != "" && len(port) <= 5
}

// Base64Value reports whether s fits the grammar base64-value (CSP3, 2.3.1): also the alphabet for URLs, at most two "=".
func Base64Value(s string) bool {
	body := strings.TrimRight(s, "=")
	for i := range len(body) {
		if c := body[i]; !letter(c) && !digit(c) && c != '+' && c != '/' && c != '-' && c != '_' {
			return false
		}
	}
	return body != "" && len(s)-len(body) <= 2
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }
