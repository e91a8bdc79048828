package secrets

import (
	"cmp"
	"slices"

	"hardcheck/checks/secrets/scan"
)

// companion is a pair of tokens that are one credential: the identifier says whose, the secret opens it.
type companion struct{ identifier, secret string }

var companions = []companion{
	{"aws-access-key-id", "aws-secret-access-key"},
	{"aws-access-key-id", "aws-bare-secret-key"},
	{"aws-access-key-id", "aws-session-token"},
	{"alibaba-access-key-id", "alibaba-secret-key"},
	{"tencent-secret-id", "tencent-secret-key"},
	{"twilio-account-sid", "twilio-auth-token"},
	{"twilio-api-key", "twilio-api-secret"},
	{"google-oauth-client-id", "google-oauth-client-secret"},
	{"shopify-shared-secret", "shopify-access-token"},
}

// companionReach is how far the halves of one credential stand apart, in bytes: neighbouring lines of a file.
const companionReach = 512

// joinCompanions takes the identifiers out of the tokens that stand near their secret, and returns which identifier
// belongs to the secret that begins at an offset.
func joinCompanions(tokens []scan.Match) (left []scan.Match, identifiers map[int]scan.Match) {
	identifiers = map[int]scan.Match{}
	joined := map[int]bool{}
	for _, m := range tokens {
		for _, c := range companions {
			if c.secret != m.Rule.ID {
				continue
			}
			if id, ok := nearest(tokens, c.identifier, m); ok {
				identifiers[m.Start] = id
				joined[id.Start] = true
			}
		}
	}
	if len(joined) == 0 {
		return tokens, nil
	}
	return slices.DeleteFunc(slices.Clone(tokens), func(m scan.Match) bool {
		return joined[m.Start] && slices.ContainsFunc(companions, func(c companion) bool { return c.identifier == m.Rule.ID })
	}), identifiers
}

// nearest is the token of that rule that stands closest to m, within reach.
func nearest(tokens []scan.Match, rule string, m scan.Match) (scan.Match, bool) {
	i, _ := slices.BinarySearchFunc(tokens, m.Start, func(t scan.Match, at int) int { return cmp.Compare(t.Start, at) })
	best, found := scan.Match{}, false
	look := func(t scan.Match) bool {
		if gap := distance(t, m); t.Rule.ID == rule && (!found || gap < distance(best, m)) {
			best, found = t, true
		}
		return distance(t, m) <= companionReach
	}
	for j := i - 1; j >= 0 && look(tokens[j]); j-- {
	}
	for j := i + 1; j < len(tokens) && look(tokens[j]); j++ {
	}
	return best, found && distance(best, m) <= companionReach
}

// distance is the number of bytes between two tokens.
func distance(a, b scan.Match) int { return max(a.Start-b.End, b.Start-a.End, 0) }
