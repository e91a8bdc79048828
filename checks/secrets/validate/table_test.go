package validate

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks/secrets/providers"
	"hardcheck/checks/secrets/scan"
)

func TestCallsAreComplete(t *testing.T) {
	rules := map[string]bool{}
	for _, r := range providers.Rules() {
		rules[r.ID] = true
	}
	hosts := map[string]bool{}
	for _, c := range Calls() {
		u, err := url.Parse(strings.ReplaceAll(c.URL, "{region}", "us1"))
		if err != nil || u.Scheme != "https" || u.Host == "" || strings.Contains(u.Host, "secret") || u.User != nil {
			t.Errorf("%v: the URL %s", c.Rules, c.URL)
			continue
		}
		hosts[u.Host] = true
		if strings.Contains(c.URL, "{region}") != (c.Region != nil) {
			t.Errorf("%v: the region of %s comes from nowhere", c.Rules, c.URL)
		}
		if c.Auth != signed && strings.Contains(c.URL+c.Auth, "{secret}") == false {
			t.Errorf("%v: the token is not sent", c.Rules)
		}
		if !strings.HasPrefix(c.Reference, "https://") || len(c.Rules) == 0 {
			t.Errorf("%v: no reference", c.Rules)
		}
		if c.Method != "" && c.Method != "POST" || c.Method == "" && c.Body != "" || strings.Contains(c.Body, "{secret}") {
			t.Errorf("%v: method %s with body %q", c.Rules, c.Method, c.Body)
		}
		if strings.Contains(c.URL, "hooks") {
			t.Errorf("%v: a webhook is not to be called", c.Rules)
		}
		for _, rule := range c.Rules {
			if !rules[rule] {
				t.Errorf("no rule %q", rule)
			}
		}
	}
	if len(hosts) < 100 {
		t.Errorf("%d hosts, want 100 or more", len(hosts))
	}
}

// TestExamplesCanBeAskedAbout sends no example, but makes the request for it.
func TestExamplesCanBeAskedAbout(t *testing.T) {
	scanner, err := scan.NewScanner(providers.Rules())
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, r := range providers.Rules() {
		for _, example := range r.Examples {
			data := []byte(strings.ReplaceAll(example, "<+>", ""))
			for _, m := range append(scanner.Scan(data, func(scan.Hit) {}), named(scanner, data)...) {
				c := Credential{Rule: m.Rule.ID, Secret: string(data[m.Start:m.End])}
				if slices.Contains([]string{"aws-secret-access-key", "aws-bare-secret-key"}, c.Rule) {
					c.Companion = "AKIA" + "QYLPMN5HFIQR7XYA"
				}
				call := CallOf(c)
				if call == nil {
					continue
				}
				asked[c.Rule] = true
				request := call.Request(c, time.Unix(0, 0))
				u, err := url.Parse(request.URL)
				if err != nil || u.Host != call.Host(c) || strings.ContainsAny(request.URL, "{}") {
					t.Errorf("%s: %v %v", c.Rule, u, err)
				}
				for name, values := range request.Header {
					if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(values[0]) || strings.ContainsAny(values[0], "{}") {
						t.Errorf("%s: header %s", c.Rule, name)
					}
				}
			}
		}
	}
	var silent []string
	for rule := range table() {
		if !asked[rule] {
			silent = append(silent, rule)
		}
	}
	slices.Sort(silent)
	if len(silent) > 0 {
		t.Errorf("no example of these rules can be asked about: %v", silent)
	}
}

// named are the tokens that the names of assignments give away.
func named(s *scan.Scanner, data []byte) []scan.Match {
	var out []scan.Match
	for at := range data {
		if at > 0 && data[at-1] != '\n' {
			continue
		}
		for end := at + 1; end <= len(data); end++ {
			if a, ok := scan.AssignmentAt(data, at, end); ok {
				if m, ok := s.Named(a.Name, data, a.Start, a.End); ok {
					out = append(out, m)
					break
				}
			}
		}
	}
	return out
}

func TestWhatCannotBeAskedAbout(t *testing.T) {
	const dc = "0123456789abcdef0123456789abcdef"
	for name, c := range map[string]Credential{
		"unknown rule":           {Rule: "no-such-rule", Secret: "x"},
		"webhook":                {Rule: "slack-webhook", Secret: "hooks.slack.com/services/T/B/x"},
		"agent's token":          {Rule: "buildkite-token", Secret: "bkaa_x"},
		"refresh token":          {Rule: "digitalocean-token", Secret: "dor_v1_x"},
		"admin key":              {Rule: "openai-project-key", Secret: "sk-admin-x"},
		"no data centre":         {Rule: "mailchimp-key", Secret: dc},
		"host in a data centre":  {Rule: "mailchimp-key", Secret: dc + "-us1.evil.example/"},
		"port in a data centre":  {Rule: "mailchimp-key", Secret: dc + "-us1:8443"},
		"path in a data centre":  {Rule: "mailchimp-key", Secret: dc + "-us1/x"},
		"another data centre":    {Rule: "mailchimp-key", Secret: dc + "-eu1"},
		"key without its ID":     {Rule: "aws-secret-access-key", Secret: "x"},
		"temporary key":          {Rule: "aws-secret-access-key", Secret: "x", Companion: "ASIA" + "QYLPMN5HFIQR7XYA"},
		"enduring with session":  {Rule: "aws-secret-access-key", Secret: "x", Companion: "AKIA" + "QYLPMN5HFIQR7XYA", Session: "y"},
		"an ID of another shape": {Rule: "aws-secret-access-key", Secret: "x", Companion: "AKIA"},
	} {
		if call := CallOf(c); call != nil {
			t.Errorf("%s: %s is asked", name, call.Host(c))
		}
	}
	if call := CallOf(Credential{Rule: "mailchimp-key", Secret: dc + "-us21"}); call == nil || call.Host(Credential{Secret: dc + "-us21"}) != "us21.api.mailchimp.com" {
		t.Error("a Mailchimp key is not asked about at its data centre")
	}
}
