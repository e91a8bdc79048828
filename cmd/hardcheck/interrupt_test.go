package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/policy"
)

// TestInterruptedAuditReportsWhatItSaw interrupts an audit while its second target keeps it waiting.
func TestInterruptedAuditReportsWhatItSaw(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	release := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		interrupt()
		select {
		case <-r.Context().Done():
		case <-release:
		}
	}))
	defer site.Close()
	defer close(release)
	dir := t.TempDir()
	var out, errs strings.Builder
	code := run(ctx, []string{"audit", "--format", "json", dir, site.URL}, &out, &errs)
	if code != exitInterrupted {
		t.Errorf("exit %d, want %d; stderr %q", code, exitInterrupted, errs.String())
	}
	var r policy.Report
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatalf("the report is not JSON: %v\n%s", err, out.String())
	}
	if r.Gate.Outcome != policy.GateIncomplete || r.Gate.Exit != exitInterrupted || !strings.Contains(r.Gate.Reason, "interrupted") {
		t.Errorf("gate is %+v", r.Gate)
	}
	for _, v := range r.Verdicts {
		if v.Target == site.URL && v.Status == checks.StatusPass {
			t.Errorf("%s passes on a target that was cut short", v.Item)
		}
	}
}
