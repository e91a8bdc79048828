package checks

import "testing"

func TestSecretsAreNotConfirmedByTheirHashes(t *testing.T) {
	short, long := Finding{Rule: "password", ContentKey: "hunter22"}, Finding{Rule: "key", ContentKey: "q7Zx0VbN" + "2mKf8RtY4LpW"}
	if id := short.SecretID(nil); id != "" {
		t.Errorf("a short secret has the id %s without a key", id)
	}
	if short.SecretID([]byte("a")) == short.SecretID([]byte("b")) || short.SecretID([]byte("a")) == "" {
		t.Error("the key makes no difference")
	}
	if len(long.SecretID(nil)) != 16 || long.SecretID(nil) == long.SecretID([]byte("a")) {
		t.Errorf("a long secret has the id %q", long.SecretID(nil))
	}
	// Two bytes of a hash: among a few hundred values some share a fingerprint, so that none confirms a guess.
	same := map[string]string{}
	collided := false
	for i := range 2000 {
		f := Finding{Rule: "password", ContentKey: "pass" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676))}
		print := f.Fingerprint("secrets/generic-credentials", 0)
		_, taken := same[print]
		collided = collided || taken
		same[print] = f.ContentKey
	}
	if !collided || len(same) < 1900 {
		t.Errorf("2,000 short secrets have %d fingerprints", len(same))
	}
	if a, b := (&Finding{ContentKey: "aaaa"}), (&Finding{ContentKey: "bbbb"}); a.Fingerprint("logging/x", 0) == b.Fingerprint("logging/x", 0) {
		t.Error("another chapter's content does not count")
	}
}
