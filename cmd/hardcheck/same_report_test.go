package main

import (
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSameReport audits real trees several times: files are looked at side by side, and what one of them leaves behind,
// or the order in which they come, must not change the report.
func TestSameReport(t *testing.T) {
	for _, tree := range []string{"../../cmd", "../../checks/logging", "../../testdata/neglected", "../../checks/settings"} {
		t.Run(filepath.Base(tree), func(t *testing.T) {
			want := reportOf(t, tree)
			for range 4 {
				if diff := cmp.Diff(want, reportOf(t, tree)); diff != "" {
					t.Fatalf("two reports about one tree (-first +later):\n%s", diff)
				}
			}
		})
	}
}

// reportOf is the JSON report about a tree without what tells when it was made.
func reportOf(t *testing.T, tree string) map[string]any {
	t.Helper()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"audit", "--profile", "strict", "--format", "json", tree}, &out, io.Discard); code != exitPass && code != exitFail && code != exitIncomplete {
		t.Fatalf("exit code %d", code)
	}
	report := map[string]any{}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	delete(report, "started")
	delete(report, "took_ms")
	return report
}
