package validate

import (
	"net/http"
	"strings"
	"testing"

	"hardcheck/checks"
)

func TestVerdicts(t *testing.T) {
	scopes := http.Header{"X-Oauth-Scopes": {"repo, read:org"}}
	for _, c := range []struct {
		rule   string
		status int
		header http.Header
		body   string
		want   Verdict
	}{
		{"github-personal-token", 200, scopes, `{"login":"octo","id":1}`, Verdict{State: Active, Account: "octo", Scopes: "repo read:org"}},
		{"github-personal-token", 200, nil, `no JSON`, Verdict{State: Active}},
		{"github-personal-token", 401, nil, `{"message":"Bad credentials"}`, Verdict{State: Revoked}},
		{"github-personal-token", 302, nil, ``, Verdict{State: Unknown}},
		{"github-personal-token", 403, nil, `{"message":"API rate limit exceeded"}`, Verdict{State: Unknown}},
		{"github-personal-token", 500, nil, ``, Verdict{State: Unknown}},
		{"gitlab-personal-token", 200, nil, `{"name":"ci","user_id":7,"scopes":["api","read_user"]}`, Verdict{State: Active, Account: "ci 7", Scopes: "api read_user"}},
		{"gitlab-personal-token", 401, nil, ``, Verdict{State: Unknown, Refused: true}},
		{"gitlab-personal-token", 403, nil, `{"error":"insufficient_scope"}`, Verdict{State: Active}},
		{"slack-bot-token", 200, scopes, `{"ok":true,"team":"Shop","user":"bot"}`, Verdict{State: Active, Account: "Shop bot", Scopes: "repo read:org"}},
		{"slack-bot-token", 200, nil, `{"ok":false,"error":"token_revoked"}`, Verdict{State: Revoked}},
		{"slack-bot-token", 200, nil, `{"ok":false,"error":"ratelimited"}`, Verdict{State: Unknown}},
		{"slack-bot-token", 200, nil, ``, Verdict{State: Unknown}},
		{"slack-bot-token", 401, nil, ``, Verdict{State: Unknown}},
		{"stripe-secret-key", 403, nil, `{"error":{"message":"The provided key 'rk_live_*' does not have the required permissions for this endpoint"}}`, Verdict{State: Active}},
		{"stripe-secret-key", 403, nil, `{}`, Verdict{State: Unknown}},
		{"openai-project-key", 401, nil, `{"error":{"code":"invalid_api_key"}}`, Verdict{State: Revoked}},
		{"openai-project-key", 401, nil, `{"error":{"code":"ip_not_authorized"}}`, Verdict{State: Unknown}},
		{"openai-project-key", 403, nil, `{"error":{"message":"You have insufficient permissions. Missing scopes: api.model.read."}}`, Verdict{State: Active}},
		{"elevenlabs-key", 401, nil, `{"detail":{"status":"missing_permissions"}}`, Verdict{State: Active}},
		{"elevenlabs-key", 401, nil, `{"detail":{"status":"invalid_api_key"}}`, Verdict{State: Revoked}},
		{"dropbox-token", 401, nil, `{"error_summary":"missing_scope/..","error":{".tag":"missing_scope"}}`, Verdict{State: Active}},
		{"dropbox-token", 401, nil, `{"error_summary":"expired_access_token/."}`, Verdict{State: Revoked}},
		{"xai-key", 200, nil, `{"name":"k","acls":["api-key:model:*"],"api_key_blocked":false,"api_key_disabled":false}`, Verdict{State: Active, Account: "k", Scopes: "api-key:model:*"}},
		{"xai-key", 200, nil, `{"name":"k","api_key_blocked":true,"api_key_disabled":false}`, Verdict{State: Revoked}},
		{"resend-key", 401, nil, `{"name":"restricted_api_key"}`, Verdict{State: Active}},
		{"resend-key", 403, nil, `{"name":"invalid_api_key"}`, Verdict{State: Revoked}},
		{"resend-key", 401, nil, `{"name":"missing_api_key"}`, Verdict{State: Unknown}},
		{"crates-io-token", 403, nil, `{"errors":[{"detail":"this action can only be performed on the crates.io website"}]}`, Verdict{State: Active}},
		{"crates-io-token", 403, nil, `{"errors":[{"detail":"authentication failed"}]}`, Verdict{State: Revoked}},
		{"crates-io-token", 403, nil, `{"errors":[{"detail":"account locked"}]}`, Verdict{State: Unknown}},
		{"mapbox-secret-token", 200, nil, `{"code":"TokenValid","token":{"user":"ana"}}`, Verdict{State: Active, Account: "ana"}},
		{"mapbox-secret-token", 200, nil, `{"code":"TokenRevoked"}`, Verdict{State: Revoked}},
		{"mapbox-secret-token", 200, nil, `{"code":"TokenMalformed"}`, Verdict{State: Unknown}},
		{"linear-api-key", 200, nil, `{"data":{"viewer":{"name":"Ana","email":"ana@shop.example","organization":{"name":"Shop"}}}}`, Verdict{State: Active, Account: "ana@shop.example Shop"}},
		{"linear-api-key", 400, nil, `{"errors":[{"extensions":{"code":"AUTHENTICATION_ERROR"}}]}`, Verdict{State: Revoked}},
		{"linear-api-key", 200, nil, `{"data":{"viewer":{"name":null}}}`, Verdict{State: Unknown}},
		{"cloudflare-api-token", 200, nil, `{"result":{"status":"active"}}`, Verdict{State: Active}},
		{"cloudflare-api-token", 401, nil, `{"success":false}`, Verdict{State: Unknown, Refused: true}},
		{"cloudflare-prefixed-token", 200, nil, `{"result":{"status":"expired"}}`, Verdict{State: Revoked}},
		{"aws-secret-access-key", 200, nil, `{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"123456789012","Arn":"arn:aws:iam::123456789012:user/ana"}}}`,
			Verdict{State: Active, Account: "arn:aws:iam::123456789012:user/ana"}},
		{"aws-secret-access-key", 403, nil, `{"Error":{"Code":"InvalidClientTokenId"}}`, Verdict{State: Revoked}},
		{"aws-secret-access-key", 403, nil, `{"Error":{"Code":"SignatureDoesNotMatch"}}`, Verdict{State: Unknown}},
		{"datadog-api-key", 403, nil, ``, Verdict{State: Unknown, Refused: true}},
		{"deepl-key", 403, nil, ``, Verdict{State: Revoked}},
	} {
		secret := map[string]string{"cloudflare-prefixed-token": "cfut_", "slack-bot-token": "xoxb-", "stripe-secret-key": "rk_live_",
			"openai-project-key": "sk-proj-"}[c.rule] + "q7Zx0VbN2mKf8RtY"
		credential := Credential{Rule: c.rule, Secret: secret}
		if c.rule == "aws-secret-access-key" {
			credential.Companion = "AKIA" + "QYLPMN5HFIQR7XYA"
		}
		if c.header == nil {
			c.header = http.Header{}
		}
		got := CallOf(credential).Read(&checks.OutboundResponse{Status: c.status, Header: c.header, Body: []byte(c.body)}, credential)
		if got != c.want {
			t.Errorf("%s, status %d, %s: %+v, want %+v", c.rule, c.status, c.body, got, c.want)
		}
	}
}

// TestAnswersThatRepeatTheSecret shows none of it, whole or in part.
func TestAnswersThatRepeatTheSecret(t *testing.T) {
	const secret = "ghp_" + "q7Zx0VbN2mKf8RtYq7Zx0VbN2mKf8RtYq7Zx"
	c := Credential{Rule: "github-personal-token", Secret: secret}
	for _, text := range []string{secret, "it is " + secret + "!", secret[4:20], secret[24:]} {
		v := CallOf(c).Read(&checks.OutboundResponse{Status: 200, Header: http.Header{"X-Oauth-Scopes": {text}}, Body: []byte(`{"login":"` + text + `"}`)}, c)
		if v != (Verdict{State: Active}) {
			t.Errorf("%+v", v)
		}
	}
	short := Credential{Secret: "short"}
	if !short.within("a short one") || short.within("another") || (Credential{}).within("anything") {
		t.Error("short secrets are not told apart")
	}
}

func TestValueAt(t *testing.T) {
	const document = `{"a":{"b":"text","n":12.50,"t":true,"z":null,"o":{}},"list":[{"k":"0"},[1,[2]],"two"],"words":["x",1,{"y":"z"},["w"],"v"],"a.b":"dot","":"empty"}`
	for path, want := range map[string]string{
		"a.b": "text", "a.n": "12.50", "a.t": "true", "a.z": "", "a.o": "", "a": "", "a.b.c": "", "a.x": "", "x": "",
		"list.0.k": "0", "list.1.0": "1", "list.1.1.0": "2", "list.2": "two", "list.3": "", "list.-1": "", "list.x": "", "list.1": "1",
		"words": "x 1 v", "": "empty",
	} {
		if got := valueAt([]byte(document), path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
	for body, want := range map[string]string{
		`{"a":{"b":"x"},"cut":"of`: "x", `{"a":{"b":"x"`: "x", `{"cut":[1,2`: "", `{"a":`: "", `"a"`: "", ``: "", `[`: "", `{`: "", `}`: "", `{"a" "b"}`: "",
		`{"a":1,"a":{"b":"second"}}`: "", strings.Repeat("[", 60<<10): "", `{"a":{"b":["` + strings.Repeat(`x","`, 100) + `"]}}`: strings.TrimSpace(strings.Repeat("x ", 16)),
	} {
		if got := valueAt([]byte(body), "a.b"); got != want {
			t.Errorf("%.40q: %q, want %q", body, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(200, []byte(`{"ok":true,"team":"Shop"}`), "a.0.b")
	f.Add(401, []byte(`{"error":{"code":"invalid_api_key"}}`), "error.code")
	f.Add(200, []byte(`{"data":[{"x":{"y":["a","b",{}]}}]}`), "data.0.x.y")
	f.Add(403, []byte(`[[[[{"a":`), "0.0.0.0.a")
	calls := Calls()
	f.Fuzz(func(t *testing.T, status int, body []byte, path string) {
		const secret = "xoxb" + "-123456789012-secret"
		r := &checks.OutboundResponse{Status: status, Header: http.Header{"X-Oauth-Scopes": {string(body)}}, Body: body}
		for i := range calls {
			v := calls[i].Read(r, Credential{Secret: secret})
			if v.State == Active && status != 200 && calls[i].Active == nil || strings.Contains(v.Account+v.Scopes, secret) {
				t.Fatalf("%v: %+v", calls[i].Rules, v)
			}
		}
		if len(valueAt(body, path)) > 3*len(body) { // bytes that are not UTF-8 become three
			t.Fatalf("%q at %q is longer than the document", valueAt(body, path), path)
		}
	})
}
