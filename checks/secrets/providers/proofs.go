package providers

import (
	"encoding/base64"
	"strings"

	"hardcheck/checks/secrets/scan"
)

// workOSKey checks a WorkOS API key: base64 of the key's ID, a comma and its secret.
func workOSKey(token string) scan.Proof {
	body := token[strings.LastIndexByte(token, '_')+1:]
	raw, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return scan.Refuted
	}
	id, secret, ok := strings.Cut(string(raw), ",")
	if !ok || !strings.HasPrefix(id, "key_") || len(secret) < 16 {
		return scan.Refuted
	}
	return scan.Proven
}
