package policy_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/all"
	"hardcheck/policy"
)

const schemaDir = "../testdata/schema/"

func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// TestSchemasAreFresh compares the schemas in the repository with what the types and the checks say now.
func TestSchemasAreFresh(t *testing.T) {
	for name, want := range map[string][]byte{
		"policy-1.json": policy.PolicySchema(all.All()),
		"report-1.json": policy.ReportSchema(),
	} {
		if updating() {
			if err := os.WriteFile(schemaDir+name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(schemaDir + name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("testdata/schema/%s is not what the code says (%v); run: go test ./policy -run Schemas -update", name, err)
		}
	}
}

func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON turns YAML into what a JSON schema judges. Days are text, as in YAML 1.2.
func asJSON(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Load(text, &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	data = bytes.ReplaceAll(data, []byte("T00:00:00Z"), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func initial(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := policy.Init(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// uncommented turns the examples in the comments of the first policy into policy.
func uncommented(text []byte) []byte {
	out := bytes.ReplaceAll(text, []byte("\n# items:"), []byte("\nitems:"))
	out = bytes.ReplaceAll(out, []byte("\n# waivers:"), []byte("\nwaivers:"))
	return bytes.ReplaceAll(out, []byte("\n#   "), []byte("\n  "))
}

// TestPoliciesMatchTheSchema: what the loader accepts, editors accept, and the other way round.
func TestPoliciesMatchTheSchema(t *testing.T) {
	schema := compile(t, policy.PolicySchema(all.All()))
	baseline, err := os.ReadFile("profiles/baseline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	strict, err := os.ReadFile("profiles/strict.yaml")
	if err != nil {
		t.Fatal(err)
	}
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text []byte
		ok   bool
	}{
		"init":             {initial(t), true},
		"init uncommented": {uncommented(initial(t)), true},
		"baseline":         {baseline, true},
		"strict":           {strict, true},
		"full":             {full, true},
		"unknown field":    {[]byte("version: 1\nextends: baseline\nitem: []\n"), false},
		"no version":       {[]byte("extends: baseline\n"), false},
		"version 2":        {[]byte("version: 2\nextends: baseline\n"), false},
		"severity":         {[]byte("version: 1\nextends: baseline\nitems: [{check: headers/hsts, severity: hihg}]\n"), false},
		"check":            {[]byte("version: 1\nextends: baseline\nitems: [{check: headers/hst}]\n"), false},
		"parameter":        {[]byte("version: 1\nextends: baseline\nitems: [{check: headers/hsts, expect: {min_agee: 1d}}]\n"), false},
		"duration":         {[]byte("version: 1\nextends: baseline\nitems: [{check: headers/hsts, expect: {min_age: 1 year}}]\n"), false},
		"off":              {[]byte("version: 1\nextends: baseline\nitems: [{check: headers/hsts, off: true}]\n"), false},
		"waiver":           {[]byte("version: 1\nextends: baseline\nwaivers: [{item: headers/hsts}]\n"), false},
		"environments":     {[]byte("version: 1\nextends: baseline\nenvironments: {}\n"), false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "hardcheck.yaml")
			if err := os.WriteFile(path, c.text, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := policy.Load(policy.Options{Checks: all.All(), File: path, Now: time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)})
			if (err == nil) != c.ok {
				t.Errorf("loader: %v", err)
			}
			if err := schema.Validate(asJSON(t, c.text)); (err == nil) != c.ok {
				t.Errorf("schema: %v", err)
			}
		})
	}
}

func TestReportMatchesItsSchema(t *testing.T) {
	schema := compile(t, policy.ReportSchema())
	p, err := policy.Load(policy.Options{Checks: all.All(), Dir: t.TempDir(), Profile: "strict"})
	if err != nil {
		t.Fatal(err)
	}
	var seen []policy.Observed
	for _, item := range p.Items() {
		o := policy.Observed{Item: item.ID}
		o.Target = checks.Target{Kind: checks.TargetDir, Locator: "."}
		o.Examined = 1
		o.Findings = []checks.Finding{{Rule: item.Check.Rules[0].ID, Place: checks.Place{Path: "a", Line: 1}}}
		o.Problems = []checks.Problem{{Op: "read", Retry: checks.RetrySafe, Where: "b"}}
		seen = append(seen, o)
	}
	for _, in := range []policy.Input{
		{Now: time.Now(), Started: time.Now()},
		{Now: time.Now(), Started: time.Now(), Seen: seen, Targets: []policy.TargetResult{{Kind: checks.TargetDir, Locator: "."}}},
	} {
		data, err := json.Marshal(p.Judge(in))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Error(err)
		}
	}
}

// TestFullPolicy loads every field there is under every profile of the file.
func TestFullPolicy(t *testing.T) {
	for profile, want := range map[string]struct {
		failOn, severity checks.Severity
		age              time.Duration
	}{
		"":          {checks.High, checks.High, 365 * 24 * time.Hour},
		"default":   {checks.High, checks.High, 365 * 24 * time.Hour},
		"tight":     {checks.Medium, checks.Critical, 730 * 24 * time.Hour},
		"tighter":   {checks.Low, checks.Critical, 730 * 24 * time.Hour},
		"on-strict": {checks.High, checks.High, 365 * 24 * time.Hour},
		"strict":    {checks.High, checks.High, 365 * 24 * time.Hour},
	} {
		t.Run("profile "+profile, func(t *testing.T) {
			p, err := policy.Load(policy.Options{Checks: all.All(), File: "testdata/full.yaml", Profile: profile, Now: time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			e, err := p.Explain("hsts")
			if err != nil {
				t.Fatal(err)
			}
			if p.FailOn() != want.failOn || e.Item.Severity != want.severity || e.Item.Values["min_age"] != want.age || len(e.Waivers) != 2 {
				t.Errorf("fail_on %s, %+v", p.FailOn(), e)
			}
			if w := p.Walk(); !w.All || len(w.Exclude) != 2 {
				t.Errorf("%+v", w)
			}
		})
	}
}
