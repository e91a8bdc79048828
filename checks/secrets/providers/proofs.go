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

// zeros is how base 64 writes bytes of zero, which tables and pictures have and random text does not.
const zeros = "AAA"

// facebookToken doubts a Facebook access token that is not in Facebook's own base 64, which writes what is no letter or
// digit as Z and one of A to D, and refutes one with zeros inside: a piece of another encoding.
func facebookToken(token string) scan.Proof {
	if strings.Contains(strings.TrimLeft(token[1:], "A"), zeros) {
		return scan.Refuted
	}
	escapes := 0
	for i := range len(token) - 1 {
		if token[i] != 'Z' {
			continue
		}
		if token[i+1] < 'A' || token[i+1] > 'D' {
			return scan.Doubtful
		}
		escapes++
	}
	if escapes == 0 {
		return scan.Doubtful
	}
	return scan.Unknown
}

// databentoKey refutes 26 capitals and digits with one letter behind them: the name of an Amazon RDS instance
// (DbiResourceId), and what follows it in a program's constants.
func databentoKey(token string) scan.Proof {
	const instance = len("db-") + 26
	if len(token) == instance+1 && strings.ToUpper(token[3:instance]) == token[3:instance] {
		return scan.Refuted
	}
	return scan.Unknown
}

// squareToken refutes a Square access token with zeros inside, which is a piece of another format in base 64.
func squareToken(token string) scan.Proof {
	if strings.Contains(strings.TrimLeft(token[1:], "A"), zeros) {
		return scan.Refuted
	}
	return scan.Unknown
}
