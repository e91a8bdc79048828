package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

func openTree(t *testing.T, files map[string]string) *target.Tree {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func run(t *testing.T, files map[string]string, o engine.Options, list ...*checks.Check) engine.Result {
	t.Helper()
	var jobs []engine.Job
	for _, c := range list {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	return engine.RunTree(context.Background(), openTree(t, files), jobs, o)
}

// needle fails for every occurrence of a word, in windows too.
func needle(word string) *checks.Check {
	return &checks.Check{ID: "secrets/needle", Stream: true, File: func(p *checks.Pass, f *checks.File) error {
		text := string(f.Data)
		for at := 0; ; {
			i := strings.Index(text[at:], word)
			if i < 0 {
				break
			}
			at += i
			if at+len(word) > f.Overlap {
				p.Fail(checks.Finding{Rule: "word", Place: f.Place(at, at), Subject: checks.Subject{Kind: "file", Name: f.Path}})
			}
			at++
		}
		return nil
	}}
}

func TestStreamFindsEachOccurrenceOnce(t *testing.T) {
	var b strings.Builder
	var lines []int
	for i := 1; b.Len() < 50_000; i++ {
		if i%7 == 0 {
			lines = append(lines, i)
			b.WriteString("here is a NEEDLE in the hay\n")
			continue
		}
		b.WriteString("hay hay hay hay\n")
	}
	for _, o := range []engine.Options{{}, {WholeFile: 100, Window: 1000, Overlap: 64}, {WholeFile: 100, Window: 97, Overlap: 32}} {
		result := run(t, map[string]string{"big.txt": b.String()}, o, needle("NEEDLE"))
		var got []int
		for _, f := range result.Observations[0].Findings {
			got = append(got, f.Place.Line)
		}
		if diff := cmp.Diff(lines, got); diff != "" {
			t.Errorf("window %d: lines differ (-want +got):\n%s", o.Window, diff)
		}
	}
}

func TestEachFileIsReadOnceForAll(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]*checks.File{}
	look := func(id string) *checks.Check {
		return &checks.Check{ID: id, File: func(p *checks.Pass, f *checks.File) error {
			mu.Lock()
			defer mu.Unlock()
			if other := seen[f.Path]; other != nil && other != f {
				t.Errorf("%s was read twice", f.Path)
			}
			seen[f.Path] = f
			p.OK(f.Subject())
			return nil
		}}
	}
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("d%d/f%d.txt", i%7, i)] = "x"
	}
	result := run(t, files, engine.Options{}, look("secrets/one"), look("secrets/two"))
	if result.Files != 40 || result.Bytes != 40 {
		t.Errorf("read %d files and %d bytes, want 40 and 40", result.Files, result.Bytes)
	}
	for _, o := range result.Observations {
		if o.Examined != 40 {
			t.Errorf("examined %d, want 40", o.Examined)
		}
	}
}

func TestPanicAndErrorStayWithTheirCheck(t *testing.T) {
	bad := &checks.Check{ID: "secrets/bad", File: func(*checks.Pass, *checks.File) error { panic("boom") }}
	failing := &checks.Check{ID: "secrets/failing", Tree: func(*checks.Pass) error { return errors.New("no luck") }}
	problem := &checks.Check{ID: "secrets/problem", Tree: func(*checks.Pass) error {
		return &checks.Problem{Op: "ask", Expected: "an answer", Actual: "silence", Retry: checks.RetrySafe}
	}}
	good := &checks.Check{ID: "secrets/good", File: func(p *checks.Pass, f *checks.File) error { p.OK(f.Subject()); return nil }}
	var log bytes.Buffer
	result := run(t, map[string]string{"a": "x"}, engine.Options{Debug: &log}, bad, failing, problem, good)
	for i, want := range []string{"a fault in hardcheck: boom", "no luck", "silence", ""} {
		problems := result.Observations[i].Problems
		if want == "" {
			if len(problems) > 0 || result.Observations[i].Examined != 1 {
				t.Errorf("the good check was disturbed: %+v", result.Observations[i])
			}
			continue
		}
		if len(problems) != 1 || problems[0].Actual != want || !problems[0].Blind {
			t.Errorf("check %d: problems %v, want one blind %q", i, problems, want)
		}
	}
	if !strings.Contains(log.String(), "engine_test.go") {
		t.Errorf("the debug log has no stack: %q", log.String())
	}
}

func TestTooLargeIsReported(t *testing.T) {
	whole := &checks.Check{ID: "secrets/whole", File: func(p *checks.Pass, f *checks.File) error { p.OK(f.Subject()); return nil }}
	result := run(t, map[string]string{"big": strings.Repeat("x", 200), "small": "x"}, engine.Options{WholeFile: 100}, whole)
	o := result.Observations[0]
	if o.Examined != 1 || len(o.Problems) != 1 || o.Problems[0].Where != "big" || o.Problems[0].Blind {
		t.Errorf("got %+v, want one file examined and one problem on big", o)
	}
	if !slices.ContainsFunc(result.Problems, func(p checks.Problem) bool { return strings.Contains(p.Actual, "1 larger, the first big") }) {
		t.Errorf("the run does not report the bound: %v", result.Problems)
	}
}

func TestInterruptedRunSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	stop := &checks.Check{ID: "secrets/stop", File: func(p *checks.Pass, f *checks.File) error { cancel(); return nil },
		Tree: func(*checks.Pass) error { t.Error("Tree ran after the interruption"); return nil }}
	result := engine.RunTree(ctx, openTree(t, map[string]string{"a": "x", "b": "y", "c/d": "z"}), []engine.Job{{Check: stop}}, engine.Options{})
	if !result.Cut {
		t.Error("the result does not say that it was cut")
	}
}

func TestIgnoredFilesReachOnlyTheChecksThatAskForThem(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{".gitignore": "/var/\n", "var/key": "x", "app": "y"} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "-C", root, "init", "-q").CombinedOutput(); err != nil {
		t.Fatalf("git init: %v: %s", err, out)
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	see := func(p *checks.Pass, f *checks.File) error { p.OK(f.Subject()); return nil }
	jobs := []engine.Job{{Check: &checks.Check{ID: "secrets/content", File: see}}, {Check: &checks.Check{ID: "permissions/machine", File: see, Ignored: true}}}
	result := engine.RunTree(context.Background(), tree, jobs, engine.Options{})
	for i, want := range [][]string{{".gitignore", "app"}, {".gitignore", "app", "var/key"}} {
		if diff := cmp.Diff(want, result.Observations[i].Names); diff != "" {
			t.Errorf("%s saw (-want +got):\n%s", jobs[i].Check.ID, diff)
		}
	}
}

func TestWalkThatBreaksOffBlindsEveryCheck(t *testing.T) {
	root := t.TempDir()
	for _, args := range [][]string{{"init", "-q"}, {"-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "--allow-empty", "-m", "First"}} {
		if out, err := exec.Command("git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{Rev: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if err := os.RemoveAll(filepath.Join(root, ".git")); err != nil {
		t.Fatal(err)
	}
	good := &checks.Check{ID: "secrets/good", Entry: func(p *checks.Pass, e *checks.Entry) { p.OK(e.Subject()) }}
	o := engine.RunTree(context.Background(), tree, []engine.Job{{Check: good}}, engine.Options{}).Observations[0]
	if len(o.Problems) == 0 || !o.Problems[0].Blind {
		t.Errorf("the check was not told that the walk broke off: %+v", o)
	}
}

// TestUnreadConfigurationIsNoPass takes a configuration file's bytes away: what asks for its layer could not tell,
// what asks for another one is not disturbed.
func TestUnreadConfigurationIsNoPass(t *testing.T) {
	root := t.TempDir()
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", root, "-c", "user.name=T", "-c", "user.email=t@example.org"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.WriteFile(filepath.Join(root, "nginx.conf"), []byte("http { server { listen 80; } }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-q", "-m", "First")
	blob := git("rev-parse", "HEAD:nginx.conf")
	if err := os.Remove(filepath.Join(root, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{Rev: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	ask := func(layers ...string) engine.Job {
		return engine.Job{Check: &checks.Check{ID: "headers/ask", Tree: func(p *checks.Pass) error {
			p.Scopes(layers...)
			p.OK(checks.Subject{Kind: "tree", Name: "all"})
			return nil
		}}}
	}
	result := engine.RunTree(context.Background(), tree, []engine.Job{ask("nginx"), ask(), ask("django")}, engine.Options{})
	for i, blind := range []bool{true, true, false} {
		problems := result.Observations[i].Problems
		if got := slices.ContainsFunc(problems, func(p checks.Problem) bool { return p.Blind && p.Where == "nginx.conf" }); got != blind {
			t.Errorf("job %d: problems %v, want a blind one: %v", i, problems, blind)
		}
	}
}

// TestUnreadFileOfAnyKindBlindsNobody takes away a YAML file whose name says nothing, as any could be Traefik's: it counts
// only where the tree has Traefik.
func TestUnreadFileOfAnyKindBlindsNobody(t *testing.T) {
	for _, test := range []struct {
		name, lost, beside, text string
		layer                    string
		foreign                  bool
		blind                    bool
	}{
		{name: "no Traefik", lost: "values.yaml", layer: "traefik"},
		{name: "Traefik beside it", lost: "values.yaml", beside: "traefik.yml", layer: "traefik", blind: true,
			text: "http:\n  routers:\n    a:\n      rule: Host(`a.example`)\n      service: a\n      entryPoints: [web]\n"},
		{name: "its name tells", lost: "deploy/traefik.yml", layer: "traefik", blind: true},
		{name: "any .conf", lost: "redis.conf", layer: "nginx"},
		{name: "of nginx", lost: "nginx/shop.conf", layer: "nginx", blind: true},
		{name: "somebody else's", lost: "tests/nginx/shop.conf", layer: "nginx", foreign: true},
		{name: "the service's own", lost: "nginx/shop.conf", layer: "nginx", foreign: true, blind: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree := treeWithout(t, test.lost, test.beside, test.text)
			check := &checks.Check{ID: "headers/ask", Tree: func(p *checks.Pass) error {
				p.Scopes(test.layer)
				p.OK(checks.Subject{Kind: "tree", Name: "all"})
				return nil
			}}
			if test.foreign {
				check.Foreign = func(path string) bool { return strings.HasPrefix(path, "tests/") }
			}
			result := engine.RunTree(context.Background(), tree, []engine.Job{{Check: check}}, engine.Options{})
			isBlind := func(p checks.Problem) bool { return p.Blind }
			if got := slices.ContainsFunc(result.Observations[0].Problems, isBlind); got != test.blind {
				t.Errorf("problems %v, want a blind one: %v", result.Observations[0].Problems, test.blind)
			}
			if len(result.Problems) == 0 || slices.ContainsFunc(result.Problems, isBlind) {
				t.Errorf("the run tells %v, want the unread file, which blinds checks and not the run", result.Problems)
			}
		})
	}
}

// treeWithout opens a revision of which one file's bytes are gone.
func treeWithout(t *testing.T, lost, beside, text string) *target.Tree {
	t.Helper()
	root := t.TempDir()
	git := func(args ...string) string {
		out, err := exec.Command("git", append([]string{"-C", root, "-c", "user.name=T", "-c", "user.email=t@example.org"}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for name, content := range map[string]string{lost: "lost: " + lost + "\n", beside: text} {
		if name == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	git("add", "-A")
	git("commit", "-q", "-m", "First")
	blob := git("rev-parse", "HEAD:"+lost)
	if err := os.Remove(filepath.Join(root, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{Rev: "HEAD"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}
