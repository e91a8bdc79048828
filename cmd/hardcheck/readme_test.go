package main

import (
	"context"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the README's excerpt of the demo anew")

// excerpts are the parts of the demo's output that the README shows: a line that holds the text, and how many
// lines from there; 0 means to the end.
var excerpts = []struct {
	from  string
	lines int
}{
	{"hardcheck " + version, 3},
	{"UPLOADS", 3},
	{"app/main.py:13:7 request body", 5},
	{"No credential is written to a log", 7},
	{" blocking findings; score ", 0},
}

var loopbackPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func TestReadmeShowsWhatTheDemoPrints(t *testing.T) {
	t.Setenv("LC_ALL", "C.UTF-8")
	var out, errs strings.Builder
	if code := run(context.Background(), []string{"demo", "--width", "100", "--color", "never", "--max-findings", "0"}, &out, &errs); code != exitFail {
		t.Fatalf("exit %d, want %d: %s", code, exitFail, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(loopbackPort.ReplaceAllString(out.String(), "127.0.0.1:8080")), "\n")
	var shown []string
	for _, e := range excerpts {
		i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, e.from) })
		if i < 0 {
			t.Fatalf("the demo prints no line with %q", e.from)
		}
		end := i + e.lines
		if e.lines == 0 {
			end = len(lines)
		}
		if len(shown) > 0 {
			shown = append(shown, "...")
		}
		shown = append(shown, lines[i:end]...)
	}
	compareReadme(t, "```\n"+strings.Join(shown, "\n")+"\n```")
}

func compareReadme(t *testing.T, want string) {
	t.Helper()
	const path = "../../README.md"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	start := strings.Index(readme, "```\n")
	end := start + 4 + strings.Index(readme[start+4:], "```") + 3
	if readme[start:end] == want {
		return
	}
	if !*update {
		t.Error("the README shows another output than the demo's: run go test ./cmd/hardcheck -run Readme -update")
		return
	}
	if err := os.WriteFile(path, []byte(readme[:start]+want+readme[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}
