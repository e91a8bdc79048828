package render

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/mattn/go-runewidth"

	"hardcheck/checks"
	"hardcheck/policy"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample has every status, every part of the table, and hostile text from targets.
func sample() policy.Report {
	return policy.Report{
		Schema: policy.Schema, Tool: policy.Tool{Name: "hardcheck", Version: "0.0.0"},
		Policy:  policy.PolicyRef{Profile: "baseline", File: "hardcheck.yaml", Digest: "sha256:00"},
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), TookMS: 12,
		Targets: []policy.TargetResult{{Kind: checks.TargetDir, Locator: "shop", Files: 12, Bytes: 3456}, {Kind: checks.TargetURL, Locator: "https://shop.example", Requests: 7}},
		Verdicts: []policy.Verdict{
			{Item: "permissions/world-writable", Check: "permissions/world-writable", Module: checks.Permissions, Title: "Nothing is world-writable", Severity: checks.High,
				Owner: "team-platform-and-operations", Target: "shop", Status: checks.StatusPass, Examined: 1204, Unit: "files and directories"},
			{Item: "permissions/setuid", Check: "permissions/setuid", Module: checks.Permissions, Title: "Setuid programs come from packages", Severity: checks.High,
				Owner: "ops", Target: "https://shop.example", Status: checks.StatusSkipped, Reason: "needs a directory or a git revision"},
			{Item: "secrets/provider-tokens", Check: "secrets/provider-tokens", Module: checks.Secrets, Title: "No credential of a provider stands in a file that can be read", Severity: checks.Critical,
				Owner: "security", Target: "shop", Status: checks.StatusFail, Examined: 12, Unit: "files", Findings: []policy.Finding{
					{Rule: "bare-key", Severity: checks.High, Precision: checks.PrecisionLow, Path: "app/a.py", Line: 2, Expected: "no key", Actual: "a value of 12 characters", Message: "What may be a key", Fix: "Change it.\ndef key():\n    return environ[\"A_VERY_LONG_NAME_OF_A_KEY_THAT_IS_NOT_WRAPPED\"] # \x1b[31m\n", New: true},
					{Rule: "stripe-live-key", Severity: checks.Critical, Path: "app/\x1b[31mred\u202e.py", Line: 7, Column: 3, Attribute: "KEY", Expected: "no secret", Actual: "sk_l… (32 characters)",
						Message: "A live key of the payment provider: whoever reads it can take payments", Fix: "Revoke it and read it from the environment.", New: true, Blocks: true},
					{Rule: "stripe-live-key", Severity: checks.Critical, Path: "app/b.py", Line: 1, Expected: "no secret", Actual: "sk_l…", Message: "Another", Fix: "Revoke it and read it from the environment.",
						Waiver: &policy.WaiverUse{Item: "secrets/provider-tokens", Reason: "a canary", Owner: "ana@example.org", Expires: "2027-01-01"}},
				}},
			{Item: "headers/csp", Check: "headers/csp", Module: checks.Headers, Title: "A policy limits what pages load", Severity: checks.Medium, Owner: "web", Target: "https://shop.example",
				Status: checks.StatusError, Reason: "fetch https://shop.example/: expected the application's own page, found status 503"},
			{Item: "uploads/body-limit", Check: "uploads/body-limit", Module: checks.Uploads, Title: "Bodies are bounded", Severity: checks.Medium, Owner: "web", Target: "shop",
				Status: checks.StatusNotApplicable, Reason: "No server or framework configuration was found."},
			{Item: "logging/debug-mode", Check: "logging/debug-mode", Module: checks.Logging, Title: "Debug mode is off", Severity: checks.High, Owner: "web", Target: "shop",
				Status: checks.StatusWaived, Reason: "1 finding waived", Examined: 1, Unit: "file", Findings: []policy.Finding{
					{Rule: "django-debug", Severity: checks.High, Path: "settings.py", Line: 2, Attribute: "DEBUG", Expected: "False", Actual: "True", Message: "Errors show source and settings",
						Waiver: &policy.WaiverUse{Reason: "until the move", Owner: "ana@example.org", Expires: "2027-01-01"}}}},
		},
		Problems:     []checks.Problem{{Op: "read file", Expected: "permission to read it", Actual: "permission denied", Retry: checks.RetrySafe, Where: "var/secret"}},
		StaleWaivers: []policy.StaleWaiver{{Item: "headers/hsts", Owner: "ana@example.org", Expires: "2026-01-01", Why: "expired", Where: "hardcheck.yaml:9:3"}},
		Gate:         policy.Gate{Outcome: policy.GateFail, Reason: "1 finding of severity high or above in 1 item", Score: 61, Exit: 1},
	}
}

func TestTable(t *testing.T) {
	for _, tt := range []struct {
		name  string
		style Style
	}{
		{"60", Style{Width: 60}},
		{"80", Style{Width: 80}},
		{"120", Style{Width: 120}},
		{"ascii", Style{Width: 80, ASCII: true, MaxFindings: 1}},
		{"color", Style{Width: 100, Color: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Table(&b, sample(), tt.style); err != nil {
				t.Fatal(err)
			}
			golden(t, "table-"+tt.name+".txt", b.Bytes())
			if tt.style.Color {
				return
			}
			for _, line := range strings.Split(b.String(), "\n") {
				if w := runewidth.StringWidth(line); w > tt.style.Width && !strings.Contains(line, "NOT_WRAPPED") {
					t.Errorf("a line is %d columns wide: %q", w, line)
				}
				if strings.ContainsAny(line, "\x1b\u202e\r") {
					t.Errorf("a control character came through: %q", line)
				}
				if tt.style.ASCII && strings.ContainsFunc(line, func(r rune) bool { return r > 127 }) {
					t.Errorf("a character outside ASCII: %q", line)
				}
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

func TestJSONHasNoNullLists(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, policy.Report{Verdicts: []policy.Verdict{{}}}); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"targets", "verdicts", "problems", "stale_waivers"} {
		if _, ok := got[name].([]any); !ok {
			t.Errorf("%s is %v, want a list", name, got[name])
		}
	}
	if _, ok := got["verdicts"].([]any)[0].(map[string]any)["findings"].([]any); !ok {
		t.Error("findings is not a list")
	}
}

func TestJSONEscapesWhatATerminalObeys(t *testing.T) {
	const hostile = "\x1b]0;x\x07 \u009b31m \u202e \u200b \U000e0041 \x7f é 日本 \\u0041"
	var b bytes.Buffer
	if err := JSON(&b, policy.Report{Gate: policy.Gate{Reason: hostile}}); err != nil {
		t.Fatal(err)
	}
	for _, r := range b.String() {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) {
			t.Errorf("%U came through", r)
		}
	}
	var got policy.Report
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Gate.Reason != hostile {
		t.Errorf("read back %q, %v; want %q", got.Gate.Reason, err, hostile)
	}
}

func TestTableBoundsProblems(t *testing.T) {
	r := sample()
	for i := range 50 {
		r.Problems = append(r.Problems, checks.Problem{Op: "read file", Actual: "permission denied", Where: fmt.Sprintf("f%d", i), Blind: true},
			checks.Problem{Op: "unpack", Actual: "unexpected EOF", Where: fmt.Sprintf("z%d", i)})
	}
	var b bytes.Buffer
	if err := Table(&b, r, Style{Width: 80, MaxFindings: 10}); err != nil {
		t.Fatal(err)
	}
	for op, listed := range map[string]int{"read file": 10, "unpack": 3} { // those that blind no verdict need examples only
		if n := strings.Count(b.String(), "! "+op+" "); n != listed && n != listed+1 || !strings.Contains(b.String(), "! "+op+": ") {
			t.Errorf("%d problems to %s are listed, want %d and the number of the others:\n%s", n, op, listed, b.String())
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 9, []string{"one two", "three"}},
		{"abcdefghijklmnop", 10, []string{"abcdefghij", "klmnop"}},
		{"日本語日本語", 8, []string{"日本語日", "本語"}},
		{"x abcdefghijklmnop", 10, []string{"x", "abcdefghij", "klmnop"}},
	} {
		if diff := cmp.Diff(tt.want, wrap(tt.text, tt.width)); diff != "" {
			t.Errorf("wrap(%q, %d) (-want +got):\n%s", tt.text, tt.width, diff)
		}
	}
}

func TestSettingsTable(t *testing.T) {
	place := checks.Place{Path: "nginx.conf", Line: 3}
	scopes := []*checks.Scope{{Layer: "nginx", Kind: "server", Name: "server shop.example", Place: place, Settings: []checks.Setting{
		{Layer: "nginx", Name: "server_tokens", Value: true, Raw: "on", Origin: checks.OriginDefault, Place: place},
		{Layer: "nginx", Name: "client_max_body_size", Value: int64(1 << 20), Raw: "1m", Origin: checks.OriginSet, Place: checks.Place{Path: "nginx.conf", Line: 5}},
		{Layer: "nginx", Name: "add_header X-Frame-Options", Raw: "$frame\x1b[0m", Origin: checks.OriginDynamic, Place: place, Flags: []string{"always"}},
	}}}
	var b bytes.Buffer
	if err := SettingsTable(&b, scopes, nil, Style{Width: 80}, false); err != nil {
		t.Fatal(err)
	}
	golden(t, "settings.txt", b.Bytes())
}

// TestTablePastesOnce: findings of one item that are mended by the same lines show them once.
func TestTablePastesOnce(t *testing.T) {
	r := sample()
	r.Verdicts = r.Verdicts[2:3]
	for i := range r.Verdicts[0].Findings {
		r.Verdicts[0].Findings[i].Fix = fmt.Sprintf("Mend %d.\nHeader set A B", i)
	}
	r.Verdicts[0].Findings[1].Fix = "Mend 1.\nHeader set C D"
	var b bytes.Buffer
	if err := Table(&b, r, Style{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{"Mend ": 3, "Header set A B": 1, "Header set C D": 1} {
		if n := strings.Count(b.String(), text); n != want {
			t.Errorf("%q is written %d times, want %d:\n%s", text, n, want, b.String())
		}
	}
}

// TestTableSaysOnceWhyItIsBlind: a site that does not answer keeps every check from judging, and that is told once.
func TestTableSaysOnceWhyItIsBlind(t *testing.T) {
	r := sample()
	blind := r.Verdicts[3]
	other := blind
	other.Reason = "another reason"
	r.Verdicts = []policy.Verdict{blind, blind, blind, other, blind}
	var b bytes.Buffer
	if err := Table(&b, r, Style{Width: 200}); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int{blind.Reason: 2, "for the same reason": 2, other.Reason: 1} {
		if n := strings.Count(b.String(), text); n != want {
			t.Errorf("%q is written %d times, want %d:\n%s", text, n, want, b.String())
		}
	}
}
