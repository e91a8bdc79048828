package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"hardcheck/policy"
	"hardcheck/testdata"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"hardcheck": main})
}

// TestScripts runs the end-to-end scripts. Beside testscript's own commands they have:
//
//	join FILE...           take the marker "<+>" out of files
//	sample NAME DIR        write a sample service
//	site NAME              start its site; $SITE is its URL and, for the hardened one, $CA its certificate;
//	                       the site "silent" takes requests and never answers
//	asked                  wait until the silent site has been asked for something
//	providers              start a stand-in for the hosts of token providers; $PROVIDERS is its address, $CA its certificate
//	requests FILE          write what the providers were asked into a file
//	hidden SECRETS FILE... none of the files shows a part of a word of the first
//	findings FILE WANT     compare "check rule place" of a JSON report's findings with the lines of WANT
//	statuses FILE STATUS   every verdict of the report has one of the comma-separated statuses
//	schema NAME FILE       validate a JSON file against testdata/schema/NAME
func TestScripts(t *testing.T) {
	schemas, err := filepath.Abs("../../testdata/schema")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("SCHEMAS", schemas)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"join":      joinSecrets,
			"sample":    writeSample,
			"site":      startSite,
			"asked":     waitAsked,
			"providers": startProviders,
			"requests":  writeAsked,
			"hidden":    checkHidden,
			"findings":  compareFindings,
			"statuses":  checkStatuses,
			"schema":    validateSchema,
		},
	})
}

// joinSecrets takes the marker out that splits a secret in a script.
func joinSecrets(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(strings.ReplaceAll(ts.ReadFile(name), "<+>", "")), 0o600))
	}
}

func writeSample(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(testdata.Write(dir, args[0]))
}

func startSite(ts *testscript.TestScript, _ bool, args []string) {
	handler := testdata.Site(args[0])
	if args[0] == "silent" {
		handler = silentSite(ts)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate is part of a test
	if args[0] == "hardened" {
		server.StartTLS()
		ca := ts.MkAbs("ca.pem")
		ts.Check(os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
		ts.Setenv("CA", ca)
	} else {
		server.Start()
	}
	ts.Defer(server.Close)
	ts.Setenv("SITE", server.URL)
}

// silentSites holds, by a script's working directory, the channel that its silent site closes on the first request.
var silentSites sync.Map

func waitAsked(ts *testscript.TestScript, _ bool, _ []string) {
	asked, _ := silentSites.Load(ts.Getenv("WORK"))
	<-asked.(chan struct{})
}

func silentSite(ts *testscript.TestScript) http.Handler {
	asked, over := make(chan struct{}), make(chan struct{})
	var once sync.Once
	ts.Defer(func() { close(over) })
	silentSites.Store(ts.Getenv("WORK"), asked)
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		select {
		case <-r.Context().Done():
		case <-over:
		}
	})
}

func readReport(ts *testscript.TestScript, file string) policy.Report {
	var r policy.Report
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &r))
	return r
}

// missingPage is the name of a page that does not exist; it depends on the site's port.
var missingPage = regexp.MustCompile(`/hardcheck-[0-9a-f]{12}`)

func compareFindings(ts *testscript.TestScript, _ bool, args []string) {
	r := readReport(ts, args[0])
	var got []string
	for _, v := range r.Verdicts {
		for _, f := range v.Findings {
			place := f.Path
			if place == "" {
				place = missingPage.ReplaceAllString(strings.Replace(f.URL, ts.Getenv("SITE"), "$SITE", 1), "/MISSING")
			} else if f.Line > 0 {
				place = fmt.Sprintf("%s:%d", place, f.Line)
			}
			got = append(got, v.Check+" "+f.Rule+" "+place)
		}
	}
	slices.Sort(got)
	want := slices.DeleteFunc(strings.Split(ts.ReadFile(args[1]), "\n"), func(line string) bool { return line == "" })
	slices.Sort(want)
	for _, line := range want {
		if !slices.Contains(got, line) {
			ts.Logf("missing: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			ts.Logf("unexpected: %s", line)
		}
	}
	if !slices.Equal(got, want) {
		ts.Fatalf("the findings differ from %s", args[1])
	}
}

func checkStatuses(ts *testscript.TestScript, _ bool, args []string) {
	allowed := strings.Split(args[1], ",")
	for _, v := range readReport(ts, args[0]).Verdicts {
		if !slices.Contains(allowed, string(v.Status)) {
			ts.Fatalf("%s on %s is %s (%s), want one of %v: %+v", v.Item, v.Target, v.Status, v.Reason, allowed, v.Findings)
		}
	}
}

func validateSchema(ts *testscript.TestScript, _ bool, args []string) {
	compiler := jsonschema.NewCompiler()
	schema, err := compiler.Compile(filepath.Join(ts.Getenv("SCHEMAS"), args[0]))
	ts.Check(err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(schema.Validate(document))
}

// TestEveryCheckFiresOnTheNeglectedSample makes sure that no check is left out of the sample.
func TestEveryCheckFiresOnTheNeglectedSample(t *testing.T) {
	report := filepath.Join(t.TempDir(), "report.json")
	var out, errs strings.Builder
	code := run(context.Background(), []string{"demo", "--format", "json", "-o", "json=" + report}, &out, &errs)
	if code != exitFail {
		t.Fatalf("exit %d, want %d: %s", code, exitFail, errs.String())
	}
	data, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r policy.Report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	fired := map[string]bool{}
	for _, v := range r.Verdicts {
		fired[v.Check] = fired[v.Check] || len(v.Findings) > 0
	}
	for check, ok := range fired {
		if !ok && !elsewhere[check] {
			t.Errorf("%s finds nothing in the neglected sample", check)
		}
	}
}

// elsewhere are checks that need a flag, TLS, a stricter profile, or a repository, to find something.
var elsewhere = map[string]bool{"permissions/umask": true, "permissions/image-content": true, "headers/tls": true, "headers/csp-hardening": true, "headers/mixed-content": true, "uploads/declared-limit": true, "uploads/slow-requests": true, "uploads/header-limits": true, "uploads/enforced-limit": true, "uploads/request-bounds": true, "uploads/deployed-limit": true, "uploads/layer-chain": true, "logging/canary-leak": true, "logging/canary-forging": true, "logging/canary-coverage": true, "secrets/history": true, "secrets/project-rules": true,
	// The root of a system is needed for these.
	"permissions/root-executes": true, "permissions/system-files": true, "permissions/file-capabilities-and-acls": true, "permissions/ownership": true,
	"permissions/home-directories": true, "permissions/accounts": true, "permissions/special-files": true}
