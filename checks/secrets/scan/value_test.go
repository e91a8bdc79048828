package scan

import "testing"

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

func TestRandom(t *testing.T) {
	for _, v := range []string{
		"q7Zx0VbN2mKf8RtY4LpW", "9f86d081884c7d659a2feaa0c55ad015", "s37efi52lir8xx65w4i40u1t", "kJ8-fGqzW_2RtPlMn0xB", "e5517fbe-35ee-438e-b3da-0b813f4ab9f1",
		"UNdYw1+5V6k7HFQ6ieZmp1CmUxP9yVBiSyP4drf0",
	} {
		if !Random(v) {
			t.Errorf("%q is taken for words", v)
		}
	}
	for _, v := range []string{
		"", "password", "access_token_url", "getUserCredentials", "application/json", "iso-8859-1", "20240101120000", "OAuth2AccessToken", "org.apache.http.auth",
		"ffffffffffffffffffffffff", "MyApp::Token::Refresh", "user_session_v2_token", "Bearer realm", "AWSAccessKeyId", "subject_token_0",
	} {
		if Random(v) {
			t.Errorf("%q is taken for random", v)
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
