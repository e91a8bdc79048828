package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/validate"
)

// standIn answers in the providers' place, and keeps what it was asked.
type standIn struct {
	answer func(checks.OutboundRequest) (*checks.OutboundResponse, error)

	mu        sync.Mutex
	announced []checks.Intent
	calls     int // of Announce
	asked     []checks.OutboundRequest
}

func (s *standIn) Announce(plan []checks.Intent) {
	s.announced = append(s.announced, plan...)
	s.calls++
}

func (s *standIn) Send(_ context.Context, r checks.OutboundRequest) (*checks.OutboundResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls == 0 {
		return nil, fmt.Errorf("sent before it was announced")
	}
	s.asked = append(s.asked, r)
	return s.answer(r)
}

func (s *standIn) hosts() []string {
	var out []string
	for _, r := range s.asked {
		u, _ := url.Parse(r.URL)
		out = append(out, u.Host)
	}
	return out
}

func says(status int, body string) func(checks.OutboundRequest) (*checks.OutboundResponse, error) {
	return func(checks.OutboundRequest) (*checks.OutboundResponse, error) {
		return &checks.OutboundResponse{Status: status, Header: http.Header{}, Body: []byte(body)}, nil
	}
}

// validateFiles runs provider-tokens over files, with their providers answering through the stand-in; nil for none.
func validateFiles(t *testing.T, s *standIn, files ...string) checks.Observation {
	t.Helper()
	check := providerTokens()
	world := &checks.World{}
	if s != nil {
		world.Outbound = s
	}
	p := checks.NewPass(t.Context(), check, world, check.Defaults())
	for i, data := range files {
		data = strings.ReplaceAll(data, "<+>", "")
		f := &checks.File{Entry: &checks.Entry{Path: fmt.Sprintf("app%d.env", i), Size: int64(len(data))}, Data: []byte(data), Line: 1, Whole: true}
		if err := check.File(p, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := check.Tree(p); err != nil {
		t.Fatal(err)
	}
	return p.Observation()
}

const (
	githubLine = "TOKEN=gh<+>p_hojEH0pRtTexWmYgJkBCeiwUSZihev4CHKMp\n"
	gitlabLine = "GL=glp<+>at-q7Zx0VbN2mKf8RtY4LpW\n"
)

func TestVerdictsChangeFindings(t *testing.T) {
	for name, c := range map[string]struct {
		line      string
		answer    func(checks.OutboundRequest) (*checks.OutboundResponse, error)
		severity  checks.Severity
		precision checks.Precision
		message   string // its end
	}{
		"active":  {githubLine, says(200, `{"login":"octo\u001b[31m"}`), checks.Critical, checks.PrecisionVeryHigh, "; the provider accepts it (account octo?[31m)"},
		"revoked": {githubLine, says(401, ``), checks.Low, checks.PrecisionVeryHigh, "; the provider no longer accepts it (api.github.com)"},
		"unknown": {githubLine, says(500, ``), checks.Critical, checks.PrecisionVeryHigh, "of its owner"},
		"doubt":   {gitlabLine, says(401, ``), checks.Critical, checks.PrecisionHigh, "; gitlab.com does not accept it, but a GitLab server of its owner may"},
		"nobody":  {githubLine, func(checks.OutboundRequest) (*checks.OutboundResponse, error) { return nil, fmt.Errorf("no net") }, checks.Critical, checks.PrecisionVeryHigh, "of its owner"},
		"proven":  {gitlabLine, says(200, `{}`), checks.Critical, checks.PrecisionVeryHigh, "; the provider accepts it"},
		"long":    {githubLine, says(200, `{"login":"`+strings.Repeat("o", 500)+`"}`), checks.Critical, checks.PrecisionVeryHigh, "account " + strings.Repeat("o", maxShown) + ")"},
	} {
		o := validateFiles(t, &standIn{answer: c.answer}, c.line)
		if len(o.Findings) != 1 {
			t.Fatalf("%s: %+v", name, o.Findings)
		}
		f := o.Findings[0]
		if f.Severity != c.severity || f.Precision != c.precision || !strings.HasSuffix(f.Message, c.message) {
			t.Errorf("%s: %v %v %q, want %v %v %q", name, f.Severity, f.Precision, f.Message, c.severity, c.precision, c.message)
		}
		if (len(o.Problems) > 0) != (name == "nobody") || len(o.Problems) > 0 && o.Problems[0].Blind {
			t.Errorf("%s: problems %+v", name, o.Problems)
		}
		if o.Examined != 1 {
			t.Errorf("%s: %d files examined, want 1", name, o.Examined)
		}
	}
}

// TestNothingIsAskedWithoutOptIn compares with what is found when providers are asked and say nothing.
func TestNothingIsAskedWithoutOptIn(t *testing.T) {
	s := &standIn{answer: says(500, "")}
	files := []string{githubLine + gitlabLine, "# nothing here\n", githubLine}
	without, with := validateFiles(t, nil, files...), validateFiles(t, s, files...)
	if len(without.Findings) != 3 || !slices.Equal(without.Findings, with.Findings) || without.Examined != with.Examined {
		t.Errorf("%+v\nwant %+v", with, without)
	}
	if len(s.asked) != 2 {
		t.Errorf("asked %d times, want once for each token", len(s.asked))
	}
	want := []checks.Intent{{What: "GitHub personal access token", Host: "api.github.com", Count: 1}, {What: "GitLab personal, project or group access token", Host: "gitlab.com", Count: 1}}
	if s.calls != 1 || !slices.Equal(s.announced, want) {
		t.Errorf("announced %v in %d parts, want %v", s.announced, s.calls, want)
	}
}

func TestWhatIsNotSent(t *testing.T) {
	s := &standIn{answer: says(200, "{}")}
	o := validateFiles(t, s,
		strings.Replace(githubLine, "\n", " # hardcheck:allow github-personal-token made up\n", 1),
		"TOKEN=gh<+>p_hojEH0pRtTexWmYgJkBCeiwUSZihev4CHKMq\n", // its checksum does not fit
		"HOOK=https://hooks.sla<+>ck.com/services/T0AB1CD2E/B0FG3HI4J/q7Zx0VbN2mKf8RtY4LpWcD6s\n")
	if len(o.Findings) != 3 || len(s.asked) != 0 || s.calls != 1 || len(s.announced) != 0 {
		t.Errorf("%d findings, sent to %v, announced %v", len(o.Findings), s.hosts(), s.announced)
	}
}

// TestHalvesOfACredential signs with both halves of a key, and with its session where it is temporary.
func TestHalvesOfACredential(t *testing.T) {
	const secret = "aws_secret_access_key=kV7Zx0VbN2mKf8RtY4Lp<+>WcD6sHjGu1EaOi9TBvQn\n"
	session := "aws_session_token=IQoJ<+>b3JpZ2luX2Vj" + strings.Repeat("q7Zx0VbN2mKf8RtY4LpWcD6sHjGu1EaO", 12) + "\n"
	for name, c := range map[string]struct {
		file string
		want string // of the signature, "" for nothing that is sent
	}{
		"enduring":                  {"aws_access_key_id=AKIA<+>QYLPMN5HFIQR7XYA\n" + secret, "host;x-amz-date,"},
		"temporary":                 {"aws_access_key_id=ASIA<+>QYLPMN5HFIQR7XYA\n" + secret + session, "host;x-amz-date;x-amz-security-token,"},
		"temporary without session": {"aws_access_key_id=ASIA<+>QYLPMN5HFIQR7XYA\n" + secret, ""},
		"one half":                  {secret, ""},
	} {
		s := &standIn{answer: says(200, `{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"arn:aws:iam::123456789012:user/ana"}}}`)}
		o := validateFiles(t, s, c.file)
		if c.want == "" {
			if len(s.asked) != 0 {
				t.Errorf("%s: asked %v", name, s.hosts())
			}
			continue
		}
		if len(s.asked) != 1 || !strings.Contains(s.asked[0].Header.Get("Authorization"), c.want) {
			t.Fatalf("%s: asked %v", name, s.asked)
		}
		if !slices.ContainsFunc(o.Findings, func(f checks.Finding) bool {
			return f.Rule == "aws-secret-access-key" && strings.HasSuffix(f.Message, "(account arn:aws:iam::123456789012:user/ana)")
		}) {
			t.Errorf("%s: %+v", name, o.Findings)
		}
	}
}

// TestHostsTakeTurns keeps a flood of one provider's tokens from using up the others' budget.
func TestHostsTakeTurns(t *testing.T) {
	var findings []checks.Finding
	for i := range 50 {
		findings = append(findings, checks.Finding{Rule: "github-personal-token", ContentKey: fmt.Sprint("made up ", i)})
	}
	findings = append(findings, checks.Finding{Rule: "gitlab-personal-token", ContentKey: "made up"}, checks.Finding{Rule: "github-personal-token", ContentKey: "made up 7"})
	questions := questionsOf(providerTokens(), findings)
	if len(questions) != 51 || questions[1].host != "gitlab.com" || !slices.Equal(questions[8].findings, []int{7, 51}) {
		t.Errorf("%d questions, the second to %s", len(questions), questions[1].host)
	}
}

// TestNoSecretIsShown reads every printed part of the findings of every rule's examples, while each provider repeats what it was sent.
func TestNoSecretIsShown(t *testing.T) {
	s := &standIn{answer: func(r checks.OutboundRequest) (*checks.OutboundResponse, error) {
		echo := strings.Trim(fmt.Sprintf("%q", r.URL+fmt.Sprint(r.Header)), `"`)
		body := `{"ok":true,"login":"` + echo + `","name":"` + echo + `","email":"` + echo + `","data":{"email":"` + echo + `"}}`
		return &checks.OutboundResponse{Status: 200, Header: http.Header{"X-Oauth-Scopes": {echo}}, Body: []byte(body)}, nil
	}}
	var files []string
	for _, r := range providers.Rules() {
		files = append(files, r.Examples...)
	}
	o := validateFiles(t, s, files...)
	if len(s.asked) < 100 {
		t.Fatalf("asked %d times", len(s.asked))
	}
	for _, f := range o.Findings {
		if !validate.Asks(f.Rule) || len(f.ContentKey) < 16 {
			continue
		}
		printed := fmt.Sprint(f.Rule, f.Subject, f.Place, f.Attribute, f.Expected, f.Actual, f.Message, f.Fix)
		if strings.Contains(printed, f.ContentKey) || f.Companion != "" && strings.Contains(printed, f.Companion) {
			t.Errorf("%s: a finding shows its secret", f.Rule)
		}
	}
	for _, p := range o.Problems {
		t.Errorf("%+v", p)
	}
}

func TestManyTokensAreBounded(t *testing.T) {
	s := &standIn{answer: says(500, "")}
	files := make([]string, 3)
	for i := range checks.MaxFindings + 500 {
		sum := sha256.Sum256([]byte{byte(i), byte(i >> 8)})
		files[i%len(files)] += fmt.Sprintf("k%d=glp<+>at-%s\n", i, base64.RawURLEncoding.EncodeToString(sum[:15]))
	}
	o := validateFiles(t, s, files...)
	if len(s.asked) != checks.MaxFindings || len(o.Findings) != checks.MaxFindings || o.Dropped == 0 {
		t.Errorf("asked %d times, %d findings and %d dropped", len(s.asked), len(o.Findings), o.Dropped)
	}
}
