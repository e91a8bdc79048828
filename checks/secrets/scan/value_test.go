package scan

import (
	"encoding/base64"
	"testing"
)

func TestPlaceholder(t *testing.T) {
	for _, v := range []string{
		"AKIAIOSFODNN7EXAMPLE", "your-api-key", "<token>", "${TOKEN}", "{{ token }}", "%(token)s", "changeme", "xxxxxxxxxxxx", "aaaaaaaaaaaa",
		"1234567890", "abcdefghij", "abcabcabcabc", "dummy", "...", "....", "REPLACE_ME", "test-key",
	} {
		if v != "..." && !Placeholder(v) {
			t.Errorf("%q is taken for a value", v)
		}
	}
	for _, v := range []string{"", "q7Zx0VbN2mKf8RtY4LpW", "hunter2", "9f86d081884c7d65", "Tr0ub4dor&3", "correct-horse",
		"kT9zQx2VbNfalseRtY4LpWcD6sHjGumock", "8f3a9c1be27d4056nullf93c4d7e6b205a", "q7Zx0VbN2samplef8RtY4LpWcD6sHjG", "sk-q7Zx0VbN2mKf8test_RtY4LpWcD6sHjG"} {
		if Placeholder(v) {
			t.Errorf("%q is taken for a placeholder", v)
		}
	}
}

// TestMadeUp tells what somebody typed to look like a secret from what waits for one.
func TestMadeUp(t *testing.T) {
	for value, want := range map[string]struct{ standIn, madeUp bool }{
		"":                                     {},
		"q7Zx0VbN2mKf8RtY4LpW":                 {},
		"12345678-abcd-abcd-abcd-1234567890ab": {false, true},
		"QQQQQQQQQQQQQQQQQQQQ":                 {false, true},
		"abc123abc123abc123abc123":             {false, true},
		"xxxxxxxxxxxxxxxxxxxx":                 {true, true},
		"00000000000000000000":                 {true, true},
		"AKIAIOSFODNN7EXAMPLE":                 {true, false},
		"${SHOP_TOKEN}":                        {true, false},
		"<shop-token>":                         {true, false},
		"kT9zQx2VbN7mXXXXXXXXKf8RtY4LpWcD6sHj": {false, true},
	} {
		if StandIn(value) != want.standIn || MadeUp(value) != want.madeUp {
			t.Errorf("%q: stand-in %v, made up %v", value, StandIn(value), MadeUp(value))
		}
	}
}

// TestInvented shows behind which prefixes a made-up value is told, and as what.
func TestInvented(t *testing.T) {
	rules := []*Rule{
		{ID: "long", Anchors: []string{"SHOP-SECRET-KEY-1"}, Tail: "[0-9A-Za-z]{20}"},
		{ID: "short", Anchors: []string{"shp_at_"}, Tail: "[0-9A-Za-z]{20}"},
		{ID: "tiny", Anchors: []string{"SK"}, Tail: "[0-9A-Za-z]{20}"},
		{ID: "led", Anchors: []string{"@shop.example"}, Lead: "[0-9A-Za-z]{20}"},
	}
	s, err := NewScanner(rules)
	if err != nil {
		t.Fatal(err)
	}
	const one, counted, real = "QQQQQQQQQQQQQQQQQQQQ", "abc12345678901234567", "q7Zx0VbN2mKf8RtY4LpW"
	for _, c := range []struct {
		text, rule string
		proof      Proof
	}{
		{"SHOP-SECRET-KEY-1" + one, "long", Invented},
		{"SHOP-SECRET-KEY-1" + real, "long", Unknown},
		{"SHOP-SECRET-KEY-1" + "xxxxxxxxxxxxxxxxxxxx", "", 0},
		{"shp_at_" + one, "", 0},
		{"shp_at_" + counted, "short", Invented},
		{"shp_at_" + "yourtokenyourtoken12", "", 0},
		{"shp_at_" + real + "...", "", 0},
		{"shp_at_" + real + "\u2026", "", 0},
		{"shp_at_" + real + ".", "short", Unknown},
		{"SK" + counted, "", 0},
		{"SK" + real, "tiny", Unknown},
		{counted + "@shop.example", "", 0},
	} {
		found := s.Scan([]byte(c.text), func(Hit) {})
		if c.rule == "" && len(found) > 0 || c.rule != "" && (len(found) != 1 || found[0].Rule.ID != c.rule || found[0].Proof != c.proof) {
			t.Errorf("%q: found %v, expected %s with proof %d", c.text, found, c.rule, c.proof)
		}
	}
}

func TestJWT(t *testing.T) {
	token := func(header, claims string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2lnbmF0dXJl"
	}
	for _, c := range []struct {
		header, claims string
		want           Proof
	}{
		{`{"alg":"RS256"}`, `{"sub":"u-58812"}`, Unknown},
		{`{"typ":"JWT"}`, `{"sub":"u-58812"}`, Doubtful},
		{`{"alg":"none"}`, `{"sub":"u-58812"}`, Doubtful},
		{`{"alg":7}`, `{"sub":"u-58812"}`, Doubtful},
		{`{"alg":"HS256"}`, `{"sub":"1234567890"}`, Doubtful},
		{`{"alg":"HS256"}`, `{"role":"anon"}`, Refuted},
		{`{"alg":"none"}`, `{"role":"anon"}`, Refuted},
		{`{}`, `{"sub":"u-58812"}`, Refuted},
		{`["alg"]`, `{"sub":"u-58812"}`, Refuted},
		{`{"alg":"RS256"}`, `"u-58812"`, Refuted},
	} {
		if got := JWT(token(c.header, c.claims)); got != c.want {
			t.Errorf("%s %s: %v, expected %v", c.header, c.claims, got, c.want)
		}
	}
}

func TestRandom(t *testing.T) {
	for _, v := range []string{
		"q7Zx0VbN2mKf8RtY4LpW", "9f86d081884c7d659a2feaa0c55ad015", "s37efi52lir8xx65w4i40u1t", "kJ8-fGqzW_2RtPlMn0xB", "e5517fbe-35ee-438e-b3da-0b813f4ab9f1",
		"UNdYw1+5V6k7HFQ6ieZmp1CmUxP9yVBiSyP4drf0",
		"wkq-xvzt7-bmfh-qjzrw4-xkd",
	} {
		if !Random(v) {
			t.Errorf("%q is taken for words", v)
		}
	}
	for _, v := range []string{
		"", "password", "access_token_url", "getUserCredentials", "application/json", "iso-8859-1", "20240101120000", "OAuth2AccessToken", "org.apache.http.auth",
		"ffffffffffffffffffffffff", "MyApp::Token::Refresh", "user_session_v2_token", "Bearer realm", "AWSAccessKeyId", "subject_token_0",
		"php-symfony-sms77-notifier", "npm-typed7-pkg-sync-hub",
	} {
		if Random(v) {
			t.Errorf("%q is taken for random", v)
		}
	}
}

func TestOfWords(t *testing.T) {
	for value, want := range map[string]bool{
		"asyncLoaderReturnsTheOldestEntry": true, "multi_error_of_a_single-error": true, "cognitoauthoriserbytenant": true,
		"returnsTheOldest": false, "asyncLoaderReturnsTheOldestEntry2": false, "kqXvBzWtMnRpLsDfGhJcYkQwZxVbNm": false, "": false,
	} {
		if got := ofWords(value); got != want {
			t.Errorf("%q: %v, expected %v", value, got, want)
		}
	}
}

func TestChecksums(t *testing.T) {
	// Random text with its right and a wrong CRC-32.
	for token, want := range map[string]Proof{
		"ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17": Proven,
		"ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq18": Doubtful,
		"ghp_": Unknown,
	} {
		if got := CRC32Base62(token); got != want {
			t.Errorf("%.8s...: %v, expected %v", token, got, want)
		}
	}
}

func TestStartsToken(t *testing.T) {
	for text, want := range map[string]bool{"": true, " ": true, `"`: true, "x": false, "_": false, `\n`: true, "%3D": true, `\u003d`: true, "zz3D": false, "+": false, "file.": false, ".": true} {
		if got := startsToken([]byte(text+"T"), len(text)); got != want {
			t.Errorf("after %q: %v, expected %v", text, got, want)
		}
	}
}
