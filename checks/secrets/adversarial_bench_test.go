package secrets

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
)

// worstCases are units that fill a file with what some part of the scanner stops at.
var worstCases = map[string]string{
	"anchors":          "AKIAghp_sk_live_xoxb-AIzaeyJ",
	"key headers":      "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA7Zx0VbN2mKf8RtY4LpWcD6sHjG",
	"schemes":          "a://b:c@",
	"assignments":      "password=\"q7Zx0VbN2mKf\";",
	"quotes":           "\"'`\"+\"",
	"joined literals":  "\"q7Zx0V\" + \"bN2mKf\" + ",
	"escapes":          "\\u0061\\x41",
	"percent":          "%41%3d",
	"entities":         "&#97;&quot;",
	"base64 runs":      "QUtJQVEzRUdU" + "Vlo3WEsyTVJMSEI=\n",
	"hex":              "6162636465666768 ",
	"character codes":  "65,66,67,",
	"wide":             "a\x00b\x00",
	"names":            "token_secret_password_key_",
	"colons":           "::::////",
	"soft line breaks": "=3D=\n",
	"colours":          "\x1b[1m[0;1m",
	"structure":        "<key>password</key>\n<string>",
	"pluses":           "-----BEGIN EC PRIVATE " + "KEY-----\n+ + + + + + + +",
	"escaped secrets":  "password=\"q7%41&#65;Zx0VbN2mKf\";",
	"encoded headers":  "LS0tLS1CRUdJTi",
}

// BenchmarkWorstCases shows that the time for a file is linear in its size, whatever fills it: the rates for both
// sizes are alike.
func BenchmarkWorstCases(b *testing.B) {
	distinct := func(size int) []byte {
		var out bytes.Buffer
		for n := 0; out.Len() < size; n++ {
			out.WriteString(token(n) + "\n")
		}
		return out.Bytes()[:size]
	}
	nested := func(size int) []byte {
		text := distinct(size / 4)
		for len(text) < size {
			text = []byte(base64.StdEncoding.EncodeToString(text))
		}
		return text[:size]
	}
	for _, size := range []int{1 << 20, 8 << 20} {
		run := func(name string, data []byte) {
			b.Run(fmt.Sprintf("%s/%dMiB", name, size>>20), func(b *testing.B) {
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					p := checks.NewPass(context.Background(), providerTokens(), &checks.World{}, nil)
					discover(p, &checks.File{Entry: &checks.Entry{Path: "a.yaml", Size: int64(len(data))}, Data: data, Line: 1, Whole: true})
				}
			})
		}
		for name, unit := range worstCases {
			run(name, []byte(strings.Repeat(unit, size/len(unit))))
		}
		run("distinct tokens", distinct(size))
		run("base64 in base64", nested(size))
	}
}
