package validate

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
)

// TestWhereTheTokenStands compares whole requests, one for each way to carry a token.
func TestWhereTheTokenStands(t *testing.T) {
	for name, c := range map[string]struct {
		credential Credential
		want       string // method, URL, headers by name, body
	}{
		"bearer": {Credential{Rule: "mistral-key", Secret: "S3"}, "GET https://api.mistral.ai/v1/models [Authorization: Bearer S3]"},
		"scheme": {Credential{Rule: "pulumi-token", Secret: "S3"}, "GET https://api.pulumi.com/api/user [Authorization: token S3]"},
		"bare":   {Credential{Rule: "clickup-token", Secret: "S3"}, "GET https://api.clickup.com/api/v2/user [Authorization: S3]"},
		"header": {Credential{Rule: "anthropic-key", Secret: "sk-ant-api03-S3"},
			"GET https://api.anthropic.com/v1/models?limit=1 [Anthropic-Version: 2023-06-01 X-Api-Key: sk-ant-api03-S3]"},
		"other kind of the rule": {Credential{Rule: "anthropic-key", Secret: "sk-ant-admin01-S3"},
			"GET https://api.anthropic.com/v1/organizations/me [Anthropic-Version: 2023-06-01 X-Api-Key: sk-ant-admin01-S3]"},
		"basic, as user":     {Credential{Rule: "dropboxsign-key", Secret: "S3"}, "GET https://api.hellosign.com/v3/account [Authorization: Basic UzM6]"},
		"basic, as password": {Credential{Rule: "mailgun-key", Secret: "S3"}, "GET https://api.mailgun.net/v3/domains?limit=1 [Authorization: Basic YXBpOlMz]"},
		"basic, alone":       {Credential{Rule: "wakatime-key", Secret: "S3"}, "GET https://api.wakatime.com/api/v1/users/current [Authorization: Basic UzM=]"},
		"path":               {Credential{Rule: "telegram-bot-token", Secret: "1:A/?#S3"}, "GET https://api.telegram.org/bot1:A%2F%3F%23S3/getMe []"},
		"query":              {Credential{Rule: "mapbox-secret-token", Secret: "sk.a&b=c#"}, "GET https://api.mapbox.com/tokens/v2?access_token=sk.a%26b%3Dc%23 []"},
		"body": {Credential{Rule: "new-relic-user-key", Secret: "S3"},
			`POST https://api.newrelic.com/graphql [Api-Key: S3 Content-Type: application/json]{"query":"{ actor { user { name email } } }"}`},
	} {
		request := CallOf(c.credential).Request(c.credential, time.Unix(0, 0))
		if got := written(request); got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

func written(r checks.OutboundRequest) string {
	var headers []string
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		headers = append(headers, name+": "+strings.Join(r.Header[name], ","))
	}
	return fmt.Sprintf("%s %s %v%s", r.Method, r.URL, headers, r.Body)
}

// TestSignatures holds the published test suite of AWS Signature Version 4 (aws-sig-v4-test-suite): its POST requests without a query,
// for the example credentials of the documentation.
func TestSignatures(t *testing.T) {
	s := signature{keyID: "AKID" + "EXAMPLE", secret: "wJalrX" + "UtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", region: "us-east-1", service: "service",
		at: time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)}
	session := s
	session.session = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/" +
		"qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+" +
		"xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
	for name, c := range map[string]struct {
		s          signature
		method     string
		header     [2]string
		body, want string
	}{
		"get-vanilla":          {s, "GET", [2]string{}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
		"post-vanilla":         {s, "POST", [2]string{}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
		"post-header-key-sort": {s, "POST", [2]string{"My-Header1", "value1"}, "", "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
		"post-x-www-form-urlencoded": {s, "POST", [2]string{"Content-Type", "application/x-www-form-urlencoded"}, "Param1=value1",
			"ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
		"post-sts-header-before": {session, "POST", [2]string{}, "", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"},
	} {
		r := checks.OutboundRequest{Method: c.method, URL: "https://example.amazonaws.com/", Header: http.Header{}, Body: c.body}
		if c.header[0] != "" {
			r.Header.Set(c.header[0], c.header[1])
		}
		sign(&r, c.s)
		if got := r.Header.Get("Authorization"); !strings.HasSuffix(got, "Signature="+c.want) {
			t.Errorf("%s: %s, want the signature %s", name, got, c.want)
		}
	}
}

func TestSignedCall(t *testing.T) {
	c := Credential{Rule: "aws-secret-access-key", Secret: "wJalrX" + "UtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", Companion: "ASIA" + "QYLPMN5HFIQR7XYA", Session: "IQoJ"}
	r := CallOf(c).Request(c, time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC))
	auth := r.Header.Get("Authorization")
	const want = "AWS4-HMAC-SHA256 Credential=ASIA" + "QYLPMN5HFIQR7XYA/20150830/us-east-1/sts/aws4_request, SignedHeaders=accept;content-type;host;x-amz-date;x-amz-security-token, Signature="
	if !strings.HasPrefix(auth, want) || r.Header.Get("X-Amz-Security-Token") != "IQoJ" || r.Header.Get("X-Amz-Date") != "20150830T123600Z" {
		t.Errorf("%v", r.Header)
	}
	if strings.Contains(fmt.Sprint(r), c.Secret) {
		t.Error("the secret key itself is sent")
	}
}
