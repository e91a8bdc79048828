package providers

import (
	"testing"

	"hardcheck/checks/secrets/scan"
)

func TestProofs(t *testing.T) {
	const random = "GVb27Qm9Kd4sTx1RfLw8Yp5Hc3Ju6Ne0Bg"
	cases := []struct {
		name  string
		check func(string) scan.Proof
		token string
		want  scan.Proof
	}{
		{"Facebook's own base 64", facebookToken, "EAA" + random + "ZC" + random + "ZD", scan.Unknown},
		{"another base 64", facebookToken, "EAA" + random + "Zq" + random, scan.Doubtful},
		{"nothing escaped", facebookToken, "EAA" + random + random, scan.Doubtful},
		{"zeros", facebookToken, "EAA" + random + "ZCAAA" + random, scan.Refuted},
		{"zeros first", facebookToken, "EAAAAA" + random + "ZC" + random, scan.Unknown},
		{"nothing else", facebookToken, "EAA", scan.Doubtful},
		{"Square", squareToken, "EAAA" + random, scan.Unknown},
		{"Square with zeros", squareToken, "EAAA" + random + "AAA" + random, scan.Refuted},
		{"WorkOS", workOSKey, "sk_live_" + "a2V5XzAxS1BSV0FNS04wRFhNSDYsV2M5bEUxM0NLb3FGR2VhT24x", scan.Proven},
		{"no comma inside", workOSKey, "sk_live_" + "a2V5XzAxS1BSV0FNS04wRFhNSDZXYzlsRTEzQ0tvcUZHZWFPbjE", scan.Refuted},
		{"no base 64", workOSKey, "sk_live_" + "a2V5XzAx_", scan.Refuted},
	}
	for _, c := range cases {
		if got := c.check(c.token); got != c.want {
			t.Errorf("%s: %v, expected %v", c.name, got, c.want)
		}
	}
}
