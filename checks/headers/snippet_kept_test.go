package headers

import (
	"strings"
	"testing"
)

// TestSnippetKeepsWhatIsThere: what is pasted repeats a header that a block drops, and never replaces a policy for one
// mistake in it.
func TestSnippetKeepsWhatIsThere(t *testing.T) {
	const policy = "default-src 'self'; script-src 'self' https://cdn.example"
	for name, test := range map[string]struct {
		r    response
		i    issue
		want string // "" for no snippet
	}{
		"a mistake in a policy": {r: response{headers: []field{{name: cspHeader, value: policy + " 'unsafe-inline'"}}},
			i: issue{rule: "unsafe-inline", attribute: "script-src", header: cspHeader}},
		"no policy":       {i: issue{rule: "missing", attribute: cspHeader}, want: `add_header Content-Security-Policy "` + recommended[cspHeader] + `" always;`},
		"a policy lost":   {r: response{lost: []field{{name: cspHeader, value: policy}}}, i: issue{rule: ruleLost.ID, attribute: cspHeader}, want: `add_header Content-Security-Policy "` + policy + `" always;`},
		"HSTS lost":       {r: response{lost: []field{{name: xfoHeader, value: "DENY"}, {name: stsHeader, value: "max-age=63072000"}}}, i: issue{rule: ruleLost.ID, attribute: stsHeader}, want: `add_header Strict-Transport-Security "max-age=63072000" always;`},
		"lost, not known": {r: response{lost: []field{{name: stsHeader, dynamic: true}}}, i: issue{rule: ruleLost.ID, attribute: stsHeader}, want: `add_header Strict-Transport-Security "` + recommended[stsHeader] + `" always;`},
		"not on errors":   {r: response{headers: []field{{name: cspHeader, value: policy}}}, i: issue{rule: ruleNotAlways.ID, attribute: cspHeader}, want: `add_header Content-Security-Policy "` + policy + `" always;`},
		"framing by the policy": {r: response{headers: []field{{name: cspHeader, value: policy}}}, i: issue{rule: "missing", attribute: "frame-ancestors", header: cspHeader},
			want: `add_header Content-Security-Policy "frame-ancestors 'self'" always;`},
	} {
		t.Run(name, func(t *testing.T) {
			test.r.layer = "nginx"
			got := snippet(nil, &test.r, test.i)
			last := got[strings.LastIndexByte(got, '\n')+1:]
			if last != test.want {
				t.Errorf("%q, want the line %q", got, test.want)
			}
		})
	}
}
