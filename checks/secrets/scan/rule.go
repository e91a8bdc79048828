package scan

import "hardcheck/checks"

// Rule describes one format of secret. Rules are data: everything a reader needs to judge a finding, and everything
// the engine needs to find it.
//
// A rule is of one of three kinds. With Anchors it is structural: a token is Lead, one of the anchors, Tail, with no
// word character on either side. With Names it is contextual: the format alone says too little, so the token must be
// the value of an assignment to a name that matches. With Keywords it is found by its value, near a word.
type Rule struct {
	ID        string
	Title     string // what was found, without an article: "GitHub personal access token"
	Opens     string // what its holder can do, completing "whoever reads it ..."
	Severity  checks.Severity
	Precision checks.Precision
	Reference string
	// Revoke names the provider's page where its owner withdraws it: "GitHub: Settings > Developer settings".
	Revoke string

	Anchors []string // literal parts; any of them
	Lead    string   // pattern before the anchor, for formats whose literal part is inside
	Tail    string   // pattern after the anchor; for a contextual rule the whole value
	Names   []string // name globs over lower-case letters and digits only: "aws*secret"; * is any text
	// Keywords are lower-case words ("mailgun", "new relic"). The token is a run of word characters, hyphens and what
	// else of "./+:~" Tail may hold, that Tail matches whole and that looks machine-made (where Entropy is set, that has
	// this entropy), with one of the words on its line or the two above, at most 96 bytes before it. A word may be part
	// of a name: MAILGUN_API_KEY, newRelicKey, api.mailgun.net. Behind the value it counts on the same line; see behind.go.
	Keywords []string

	// Identifier is whether the value names its owner and opens nothing by itself: a name that ends in "id" is right for
	// it.
	Identifier bool

	// Entropy is the least Shannon entropy of what surrounds the anchor, in bits per byte.
	Entropy float64
	// Contains is a literal the token must hold after its anchor.
	Contains string
	// Near are literals that must all occur in the same unbroken text, at most nearWindow bytes away.
	Near []string
	// Doubt completes the title of a token that Check calls Doubtful: "that nobody signed".
	Doubt string
	// Check tells a real token from a look-alike beyond its shape.
	Check func(token string) Proof

	// Examples must be found and NearMisses must not. "<+>" splits a token so that none stands whole in a file.
	Examples   []string
	NearMisses []string
}

// Proof is what a rule's check says of a token of the right shape.
type Proof int

// Proofs.
const (
	Unknown  Proof = iota // nothing can be said
	Proven                // a checksum or the token's structure proves it
	Doubtful              // a checksum does not fit: made up, or altered
	Invented              // counted up, repeated, or saying itself that it is none
	Refuted               // not such a token
)

// Match is a token found. Start and End bound the secret in the data.
type Match struct {
	Rule       *Rule
	Start, End int
	Proof      Proof
}

// Severity is the rule's, or low where the token is doubtful.
func (m Match) Severity() checks.Severity {
	if m.Proof == Doubtful || m.Proof == Invented {
		return checks.Low
	}
	return m.Rule.Severity
}

// Precision is the rule's, raised or lowered by the proof.
func (m Match) Precision() checks.Precision {
	switch m.Proof {
	case Proven:
		return checks.PrecisionVeryHigh
	case Doubtful, Invented:
		return checks.PrecisionLow
	}
	return m.Rule.Precision
}
