package scan

import (
	"strings"
	"testing"
)

func keywordRules() []*Rule {
	return []*Rule{
		{ID: "a-hex", Tail: "[0-9a-f]{32}", Keywords: []string{"mailgun", "new relic"}},
		{ID: "b-mixed", Tail: "[0-9A-Za-z]{24}", Keywords: []string{"auth0", "launchdarkly"}},
		{ID: "c-dotted", Tail: `[0-9A-Za-z]{12}\.[0-9A-Za-z]{12}`, Keywords: []string{"mailgun"}},
		{ID: "d-base64", Tail: "[0-9A-Za-z+/]{43}=", Keywords: []string{"azure"}},
	}
}

func TestKeywordRules(t *testing.T) {
	s, err := NewScanner(keywordRules())
	if err != nil {
		t.Fatal(err)
	}
	const hex, mixed, dotted, base64 = "3bea48b8b6ed6a36" + "105e06c9c5d56081", "q7Zx0VbN2mKf" + "8RtY4LpW1aXe", "q7Zx0VbN2mKf" + ".8RtY4LpW1aXe", "q7Zx0VbN2mKf+8RtY4LpW1aXe/" + "kJ8fGqzW2RtPlMn0x="
	cases := []struct{ text, want string }{
		{"MAILGUN_API_KEY=" + hex, "a-hex"},
		{`mailgunApiKey: "` + hex + `"`, "a-hex"},
		{"X-Mailgun-Token: " + hex, "a-hex"},
		{"curl https://api.mailgun.net -u api:" + hex, "a-hex"},
		{"mailgun:\n  domain: shop.de\n  key: " + hex, "a-hex"},
		{"new_relic: " + hex, "a-hex"},
		{"NewRelicKey=" + hex, "a-hex"},
		{"newrelic.key=" + hex, "a-hex"},
		{"NEW-RELIC " + hex, "a-hex"},
		{"auth0: " + mixed, "b-mixed"},
		{"AUTH0_SECRET=" + mixed, "b-mixed"},
		{"LaunchDarkly('" + mixed + "')", "b-mixed"},
		{"mailgun = " + dotted, "c-dotted"},
		{"AZURE=" + base64 + ";", "d-base64"},
		// the keyword stands behind the value
		{`curl -H "X-Api-Key: ` + hex + `" https://api.mailgun.net/v3`, "a-hex"},
		{"curl -u " + hex + ": \\\n  https://api.mailgun.net/v3", "a-hex"},
		{`{"key": "` + hex + `", "url": "https://api.mailgun.net"}`, "a-hex"},
		{`{"api_key": "` + hex + `", "service": "mailgun"}`, "a-hex"},
		{`token = "` + hex + `"  # Mailgun`, "a-hex"},
		{`Authorization: Bearer ` + hex + ` (api.newrelic.com)`, "a-hex"},
		// too far behind it, on the next line, no host, or the value is called nothing or something else
		{`{"api_key": "` + hex + `", "u": "` + strings.Repeat("a ", 48) + `mailgun"}`, ""},
		{`api_key = "` + hex + `"` + "\nmailgun = 1", ""},
		{`{"key": "` + hex + `", "service": "mailgun"}`, ""},
		{`{"value": "` + hex + `", "url": "https://api.mailgun.net"}`, ""},
		{`{"key_id": "` + hex + `", "url": "https://api.mailgun.net"}`, ""},
		{`{"token_sha256": "` + hex + `", "url": "https://api.mailgun.net"}`, ""},
		{"curl https://x.de/?v=" + hex + " https://api.mailgun.net", ""},
		// the keyword is no word of its own, too far away, or missing
		{"mailgunner = " + hex, ""},
		{"blackmailgun = " + hex, ""},
		{"renew relic = " + hex, ""},
		{"mailgun" + strings.Repeat(" ", 90) + hex, ""},
		{"mailgun:\n\n\n\nkey: " + hex, ""},
		{"key = " + hex, ""},
		{hex + " mailgun", ""},
		// the value is longer, shorter, of words, or a stand-in
		{"mailgun = " + hex + "0", ""},
		{"mailgun = " + hex[1:], ""},
		{"mailgun = " + hex + "_", ""},
		{"auth0 = getTheAccessTokenNow2345", ""},
		{"mailgun = " + strings.Repeat("ab12", 8), ""},
		// it is called, or is part of, something else
		{"mailgun sha256: " + hex, ""},
		{"mailgun_id = " + hex, ""},
		{`"mailgun_id": label.Value("` + hex, ""},
		{`mailgun_id = shop; key = ("` + hex, "a-hex"},
		{`mailgun_id(mode, key("` + hex, "a-hex"},
		{"https://app.mailgun.net/badge/" + hex, ""},
		{`"mailgun": {"shasum": "` + hex, ""},
		{`"mailgun": {"gitHead": "` + hex, ""},
		{`"mailgun": {"ConstantInitializationVector": "` + hex, ""},
		{`"i": "sha512-bVXKIXUqBR6acZ8dg0ZSnBkjhkwU4Ddxi4Zd9HPJBp7q/0AutH0+BTlyZo/v7XuoR8Dx3thLx9u+byXg==", "key": "` + mixed, ""},
		{"/hooks/3bea48b8b6ed6a36/auth0/105e06c9c5d5/?key=" + mixed, "b-mixed"},
		{"mailgun-token\n" + hex + ":lib/mail.go:12\n", ""},
		{"http://www.mailgun.net/forum?p=1\nhttp://shop.de/q.nsf/" + hex + "!open\n", ""},
		{"http://www.mailgun.net/ " + hex, "a-hex"},
		{"mailgun: http://shop.de/hook?key=" + hex, "a-hex"},
		{"http://www.mailgun.net/hook?key=" + hex, "a-hex"},
		{"mailgun-1.0.tgz --hash=md5:" + hex, ""},
		{"uses: mailgun/action@" + hex, ""},
		{"https://cdn.mailgun.net/" + hex + ".js", ""},
		{"mailgun " + hex + "/a", ""},
		{"mailgun a+" + hex, ""},
		{hex + "  lib/mailgun.py\n" + hex + "  lib/main.py\n", ""},
		{"mailgun:\n" + hex + "\n", "a-hex"},
		{"data: x7Qp2vTz9Wk4LmAuth0Rs8Yb5Nc3Df6Gh1Jk\n  " + mixed, ""},
		{"MY_NEW_AUTH0_SECRET_OF_2024_V2=" + mixed, "b-mixed"},
	}
	for _, c := range cases {
		var got []string
		for _, m := range s.Scan([]byte(c.text), nil) {
			got = append(got, m.Rule.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: found %v, expected %q", c.text, got, c.want)
		}
	}
}

func TestBesideJudgesAValueByAnotherContext(t *testing.T) {
	s, err := NewScanner(keywordRules())
	if err != nil {
		t.Fatal(err)
	}
	value := []byte("3bea48b8b6ed6a36" + "105e06c9c5d56081")
	if m, ok := s.Beside([]byte("services.mailgun.key"), value, 0, len(value)); !ok || m.Rule.ID != "a-hex" {
		t.Errorf("found %v %v", m, ok)
	}
	if m, ok := s.Beside([]byte("services.mailgun.id"), value, 0, len(value)); ok {
		t.Errorf("an identifier is found as %v", m)
	}
}

func TestDistinct(t *testing.T) {
	structural, contextual, keyword := &Rule{ID: "s", Anchors: []string{"a"}}, &Rule{ID: "c", Names: []string{"a"}}, &Rule{ID: "k", Keywords: []string{"a"}}
	cases := []struct {
		name       string
		have, want []Match
	}{
		{"apart", []Match{{keyword, 9, 12, Unknown}, {structural, 0, 5, Unknown}}, []Match{{structural, 0, 5, Unknown}, {keyword, 9, 12, Unknown}}},
		{"kinds", []Match{{keyword, 0, 20, Unknown}, {contextual, 1, 15, Unknown}, {structural, 2, 9, Unknown}}, []Match{{structural, 2, 9, Unknown}}},
		{"proven", []Match{{structural, 0, 20, Unknown}, {keyword, 2, 9, Proven}}, []Match{{keyword, 2, 9, Proven}}},
		{"longest", []Match{{structural, 0, 5, Unknown}, {structural, 0, 9, Unknown}}, []Match{{structural, 0, 9, Unknown}}},
		{"what the dropped one covered stays", []Match{{keyword, 0, 10, Unknown}, {keyword, 8, 30, Unknown}, {structural, 25, 40, Unknown}}, []Match{{keyword, 0, 10, Unknown}, {structural, 25, 40, Unknown}}},
		{"long", []Match{{structural, 0, 200, Unknown}, {contextual, 100, 400, Unknown}, {keyword, 200, 300, Unknown}}, []Match{{structural, 0, 200, Unknown}, {keyword, 200, 300, Unknown}}},
	}
	for _, c := range cases {
		for _, reversed := range []bool{false, true} {
			have := append([]Match{}, c.have...)
			if reversed {
				for i, j := 0, len(have)-1; i < j; i, j = i+1, j-1 {
					have[i], have[j] = have[j], have[i]
				}
			}
			if got := Distinct(have); len(got) != len(c.want) {
				t.Errorf("%s: %v", c.name, got)
			} else {
				for i := range got {
					if got[i] != c.want[i] {
						t.Errorf("%s: %v, expected %v", c.name, got[i], c.want[i])
					}
				}
			}
		}
	}
}
