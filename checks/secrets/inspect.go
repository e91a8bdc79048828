package secrets

import (
	"sync"

	"hardcheck/checks/secrets/formats"
	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/scan"
)

// Classes of literals that the checks other than provider-tokens start from.
const (
	classWord       = iota // part of the name of a credential
	classKey               // begins a private key
	classScheme            // "://"
	classAuth              // an authentication scheme of HTTP
	classCommand           // a program or statement that takes a password
	classDataSource        // ends the password in a MySQL data source name of Go
	classEncodedKey        // begins a private key in base64
	classFramework         // the name of a framework's signing key
	classHash              // begins the hash of a password
	classCall              // a call one of whose arguments is a password or a key
	classNoun              // a short word of such names with what follows it in an assignment
	classManifest          // in every manifest of Kubernetes
)

// scanner is compiled at the first file, so that a run that scans nothing does not pay for it.
var scanner = sync.OnceValue(func() *scan.Scanner {
	s, err := scan.NewScanner(providers.Rules(), scan.CredentialWords(), keyAnchors, []string{"://"}, authSchemes, commandAnchors(), []string{"@tcp("},
		[]string{encodedAnchor}, frameworkNames, formats.HashPrefixes(), callAnchors(), scan.CredentialNouns(), []string{"apiVersion:"})
	if err != nil {
		panic(err) // a rule's pattern is malformed; the tests of providers compile every one
	}
	return s
})

// inspection is what one pass over a text found, for every check of the module.
type inspection struct {
	tokens []scan.Match
	keys   []keyBlock
	urls   []urlCredential
	named  []credential // values of credential names that may be literals
	hashes []span       // of passwords
	// framework is whether the name of a framework's signing key occurs.
	framework bool
	manifest  bool // of Kubernetes, it may be
}

// inspect finds everything in the text. What lies inside a token is the token's.
func inspect(data []byte, kind syntax) *inspection {
	s := scanner()
	in := &inspection{}
	var contextual []scan.Match
	in.tokens = s.Scan(data, func(h scan.Hit) {
		switch h.Class {
		case classKey:
			if k, ok := keyAt(data, h.Start, h.End); ok {
				in.keys = append(in.keys, k)
			}
		case classEncodedKey:
			if k, ok := encodedKeyAt(data, h.Start, h.End); ok {
				in.keys = append(in.keys, k)
			}
		case classScheme:
			if u, ok := urlAt(data, h.Start); ok {
				in.urls = append(in.urls, u)
			}
		case classAuth:
			if n, ok := authorizationAt(data, h.End); ok {
				in.named = append(in.named, n)
			}
		case classCommand:
			if n, ok := commandAt(data, h.Start, h.End, kind); ok {
				in.named = append(in.named, n)
			}
		case classDataSource:
			if n, ok := dataSourceAt(data, h.Start); ok {
				in.named = append(in.named, n)
			}
		case classHash:
			if end, ok := formats.HashAt(data, h.Start); ok {
				in.hashes = append(in.hashes, span{h.Start, end})
			}
		case classCall:
			if n, ok := callAt(data, h.Start, h.End); ok {
				in.named = append(in.named, n)
			}
		case classFramework:
			in.framework = true
		case classManifest:
			in.manifest = true
		case classWord, classNoun:
			if h.Class == classNoun {
				h.End = scan.NounEnd(data, h.Start, h.End)
			}
			if a, ok := scan.AssignmentAt(data, h.Start, h.End); ok && literal(data, a, kind) {
				contextual = in.assigned(contextual, data, a, kind)
			}
		}
	})
	in.tokens = scan.Distinct(append(in.tokens, contextual...))
	in.named = withoutTokens(distinct(in.named), in.tokens)
	in.urls = withoutTokens(distinct(in.urls), in.tokens)
	in.keys = distinct(in.keys)
	in.hashes = distinct(in.hashes)
	return in
}

// assigned judges one literal value: as a token that its name gives away, else as that of a credential's name.
func (in *inspection) assigned(contextual []scan.Match, data []byte, a scan.Assignment, kind syntax) []scan.Match {
	if m, ok := scanner().Named(a.Name, data, a.Start, a.End); ok {
		return append(contextual, m)
	}
	n, ok := named(data, a, kind)
	if !ok {
		return contextual
	}
	value := string(data[n.start:n.end])
	n.value = classify(value, n.normal, n.quoted)
	if n.value == noValue && n.normal == clearTextPassword && len(value) >= leastValue && !scan.StandIn(value) && !masked(value) {
		n.value = wordValue
	}
	if n.worthKeeping() {
		in.named = append(in.named, n)
	}
	return contextual
}
