package secrets

import (
	"encoding/base64"
	"testing"
	"time"

	"hardcheck/checks/secrets/scan"
)

func TestEvidence(t *testing.T) {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	jwt := func(header, claims string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for _, c := range []struct {
		rule, token string
		want        evidence
	}{
		{"aws-access-key-id", "ASIA" + "Y34FZKBOKMUTVV7A", evidence{note: "of AWS account 609629065308"}},
		{"aws-access-key-id", "AKIA" + "IOSFODNN7EXAMPLE", evidence{}}, // issued before the account was part of it
		{"jwt", jwt(`{"alg":"HS256"}`, `{"exp":1614556800}`), evidence{"signed with HS256, expired 2021-03-01", true}},
		{"jwt", jwt(`{"alg":"RS256"}`, `{"exp":1924992000}`), evidence{"signed with RS256, valid until 2031-01-01", false}},
		{"jwt", jwt(`{"alg":"ES256"}`, `{}`), evidence{"signed with ES256, without an expiry", false}},
		{"jwt", jwt(`{"alg":"\u001b[31m"}`, `{}`), evidence{"signed with ?[31m, without an expiry", false}},
		{"jwt", "not.a.token", evidence{}},
		{"npm-token", "anything", evidence{}},
	} {
		if got := evidenceOf(c.rule, c.token, now); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.rule, got, c.want)
		}
	}
}

func TestCompanionsAreOneCredential(t *testing.T) {
	id, secret := &scan.Rule{ID: "aws-access-key-id"}, &scan.Rule{ID: "aws-secret-access-key"}
	at := func(r *scan.Rule, start int) scan.Match { return scan.Match{Rule: r, Start: start, End: start + 20} }
	for name, c := range map[string]struct {
		tokens []scan.Match
		left   int
	}{
		"side by side":        {[]scan.Match{at(id, 0), at(secret, 40)}, 1},
		"the secret first":    {[]scan.Match{at(secret, 0), at(id, 60)}, 1},
		"too far":             {[]scan.Match{at(id, 0), at(secret, 1000)}, 2},
		"two pairs":           {[]scan.Match{at(id, 0), at(secret, 40), at(id, 800), at(secret, 840)}, 2},
		"an identifier alone": {[]scan.Match{at(id, 0)}, 1},
	} {
		if left, _ := joinCompanions(c.tokens); len(left) != c.left {
			t.Errorf("%s: %d findings, expected %d", name, len(left), c.left)
		}
	}
}
