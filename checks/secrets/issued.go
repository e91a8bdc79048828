package secrets

import (
	"slices"
	"strings"
	"sync"

	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/scan"
)

// known is what the rules know of providers: the words that name them, and how their tokens begin.
type known struct {
	words    map[string]bool // scan.NormalName of each
	prefixes []string        // sorted
}

// knownProviders is made at the first credential that needs it.
var knownProviders = sync.OnceValue(func() *known {
	const leastWord, leastPrefix = 4, 3
	k := &known{words: map[string]bool{}}
	for _, r := range providers.Rules() {
		for _, w := range r.Keywords {
			k.words[scan.NormalName(w)] = true
		}
		if name, _, ok := strings.Cut(r.ID, "-"); ok && len(name) >= leastWord && len(r.Anchors) > 0 {
			k.words[name] = true
		}
		for _, a := range r.Anchors {
			if len(a) >= leastPrefix && r.Lead == "" && strings.ContainsAny(a[len(a)-1:], "_-.") {
				k.prefixes = append(k.prefixes, a)
			}
		}
	}
	slices.Sort(k.prefixes)
	return k
})

// issuedNouns end the names of what a provider issues, in its own format. A password, or the secret of a webhook, its
// owner may choose.
var issuedNouns = []string{"token", "apikey", "accesskey", "secretkey", "clientsecret", "apisecret", "appsecret"}

// foreign reports a value that is none of the formats of the provider that its name or its own beginning names: an old
// one, an altered one, or something else. No rule has taken it, or it would be a token.
func foreign(c credential, value string) bool {
	return altered(c, value) || c.class == secretName && slices.ContainsFunc(issuedNouns, func(noun string) bool { return strings.HasSuffix(c.normal, noun) }) && knownProviders().names(partsOf(c.name))
}

// altered reports a value that begins as the tokens of a provider do, and goes on otherwise.
func altered(c credential, value string) bool {
	return c.class == secretName && knownProviders().begins(value)
}

// begins reports whether the value begins as the tokens of a rule do.
func (k *known) begins(value string) bool {
	i, exact := slices.BinarySearch(k.prefixes, value)
	if exact {
		return true
	}
	for ; i > 0 && k.prefixes[i-1][0] == value[0]; i-- {
		if strings.HasPrefix(value, k.prefixes[i-1]) {
			return true
		}
	}
	return false
}

// names reports whether some parts in a row are the name of a provider.
func (k *known) names(parts []string) bool {
	const mostParts = 3
	for i := range parts {
		name := ""
		for _, part := range parts[i:min(len(parts), i+mostParts)] {
			if name += part; k.words[name] {
				return true
			}
		}
	}
	return false
}
