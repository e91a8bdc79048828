package checks

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Place is where something is: a file position, or a URL. Lines and columns count from 1; zero means none.
// Columns count bytes.
type Place struct {
	Path                             string // relative to the target's root, slash-separated
	Line, Column, EndLine, EndColumn int
	URL                              string
	// Inside says where in the file it is when its own bytes do not show it: the path in an archive, and the encodings
	// it was read through ("lib/app.jar/shop.properties, base64"). Lines count in the innermost member, or are zero.
	Inside string
	// Commit, Date (RFC 3339) and Blob are set for what git's history holds.
	Commit, Date, Blob string
}

func (p Place) String() string {
	switch {
	case p.URL != "":
		return p.URL
	}
	s := p.Path
	if p.Line > 0 {
		s += ":" + strconv.Itoa(p.Line)
	}
	if p.Inside != "" {
		s += " (" + p.Inside + ")"
	}
	if p.Commit != "" {
		s += " @" + p.Commit[:min(10, len(p.Commit))]
	}
	return s
}

// Subject is one thing a check looked at: a file, a server block, a response, a cookie.
type Subject struct {
	Kind string // singular noun for "examined 12 files": "file", "server", "container", "response"
	Name string // tells this subject from the others of its kind; printed
}

// Finding is one failure.
type Finding struct {
	Rule      string // one of the check's rules
	Subject   Subject
	Place     Place
	Attribute string // what is wrong there: a directive, header, variable or key name. Part of the identity.
	Expected  string
	Actual    string // never a whole secret
	Message   string // one line: what was found and why it matters here
	Fix       string // overrides the rule's and the check's Fix
	// Snippet is what to paste, in the language of the server or framework at hand: lines that stand below the Fix.
	Snippet   string
	Severity  Severity
	Precision Precision // overrides the rule's precision unless PrecisionHigh
	// Aside is why something besides the policy's waivers sets the finding aside: a comment in the file, a baseline. It is
	// reported as waived. Not part of the identity.
	Aside string
	// ContentKey enters the fingerprint only, hashed. For a secret it is the secret itself, so that another
	// secret in the same place is another finding.
	ContentKey string
	// Companion is the other half of the credential whose secret half ContentKey is, such as the key ID beside an AWS secret
	// key; "" for none. It is not part of the identity, and never printed.
	Companion string
}

// Fingerprint identifies a finding across unrelated edits: a hash of check, rule, path or URL, attribute and
// content key. No line number, no message, no severity. occurrence tells identical findings of one file apart.
func (f *Finding) Fingerprint(check string, occurrence int) string {
	h := sha256.New()
	parts := []string{check, f.Rule, f.Place.Path, f.Place.URL, f.Attribute, f.identity(check), strconv.Itoa(occurrence)}
	if f.Place.Inside != "" {
		parts = append(parts, f.Place.Inside)
	}
	for _, part := range parts {
		h.Write([]byte(strconv.Itoa(len(part))))
		h.Write([]byte{':'})
		h.Write([]byte(part))
	}
	return "hc1:" + hex.EncodeToString(h.Sum(nil)[:16])
}

// guessable is the length in bytes below which a secret may be found by trying.
const guessable = 16

// identity is what of the content key enters the fingerprint. Of a short secret it is two bytes of a hash: enough to
// tell its successor from it, not enough to confirm a guess.
func (f *Finding) identity(check string) string {
	if !strings.HasPrefix(check, string(Secrets)+"/") || len(f.ContentKey) >= guessable || f.ContentKey == "" {
		return f.ContentKey
	}
	sum := sha256.Sum256([]byte(f.ContentKey))
	return hex.EncodeToString(sum[:2])
}

// SecretID is a keyed hash of the secret (HMAC-SHA-256, eight bytes in hex), by which reports made with one key are
// matched: the same secret has the same one wherever it is. Without a key there is none for a secret that could be
// found by trying.
func (f *Finding) SecretID(key []byte) string {
	if f.ContentKey == "" || len(key) == 0 && len(f.ContentKey) < guessable {
		return ""
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(f.ContentKey))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// CompareFindings orders findings by path, URL, line, column, rule, attribute and content.
func CompareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Place.Path, b.Place.Path),
		cmp.Compare(a.Place.URL, b.Place.URL),
		cmp.Compare(a.Place.Line, b.Place.Line),
		cmp.Compare(a.Place.Column, b.Place.Column),
		cmp.Compare(a.Place.Inside, b.Place.Inside),
		cmp.Compare(a.Place.Date, b.Place.Date),
		cmp.Compare(a.Place.Commit, b.Place.Commit),
		cmp.Compare(a.Place.Blob, b.Place.Blob),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Attribute, b.Attribute),
		cmp.Compare(a.Subject.Name, b.Subject.Name),
		cmp.Compare(a.Actual, b.Actual),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.ContentKey, b.ContentKey),
	)
}

// Retry says whether trying the same thing again is safe.
type Retry string

// Retry words.
const (
	RetrySafe     Retry = "safe"      // nothing was changed; the same call may succeed later
	RetryUseless  Retry = "useless"   // the same call gives the same answer until something is changed
	RetryWithCare Retry = "with-care" // the call may have had an effect
)

// Problem is something that could not be done. It says what failed, what was expected and found, where, and
// whether trying again is safe.
type Problem struct {
	Op       string `json:"op"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	Retry    Retry  `json:"retry"`
	Where    string `json:"where"`
	// Blind marks a problem that left something unexamined that was to be examined: a verdict that depends on
	// it is an error, not a pass.
	Blind bool `json:"-"`
}

// file is the path in Where, without a line.
func (p *Problem) file() string {
	i := strings.LastIndexByte(p.Where, ':')
	if _, err := strconv.Atoi(p.Where[i+1:]); i > 0 && err == nil {
		return p.Where[:i]
	}
	return p.Where
}

// AsBlind is the problem as one that left something unexamined.
func (p Problem) AsBlind() *Problem {
	p.Blind = true
	return &p
}

func (p *Problem) Error() string {
	s := p.Op
	if p.Where != "" {
		s += " " + p.Where
	}
	if p.Expected != "" {
		s += ": expected " + p.Expected
	}
	if p.Actual != "" {
		s += ", found " + p.Actual
	}
	switch p.Retry {
	case RetrySafe:
		s += " (trying again is safe)"
	case RetryUseless:
		s += " (trying again gives the same answer)"
	case RetryWithCare:
		s += " (try again with care)"
	}
	return s
}
