package secrets

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// TestOnlyTheSecretChanges keeps everything around a secret from one version to the next, so that a delta holds nothing
// but the secret itself: what tells that it is one stands in the bytes that the delta copies.
func TestOnlyTheSecretChanges(t *testing.T) {
	std := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	keyOf := func(int) string { text, _ := pemKey(t); return text }
	for name, test := range map[string]struct {
		file string
		make func(n int) string
	}{
		"key":           {"tls.key", keyOf},
		"key in YAML":   {"a.yaml", func(n int) string { return "tls.key: |\n  " + strings.ReplaceAll(keyOf(n), "\n", "\n  ") + "\n" }},
		"block scalar":  {"a.yaml", func(n int) string { return fmt.Sprintf("password: |\n  q7Zx!0VbN%dmKf\n", n) }},
		"property list": {"a.plist", func(n int) string { return fmt.Sprintf("<key>password</key>\n<string>q7Zx!0VbN%dmKf</string>\n", n) }},
		"Kubernetes Secret": {"a.yaml", func(n int) string {
			return "apiVersion: v1\nkind: Secret\ndata:\n  password: " + std(fmt.Sprintf("q7Zx!0VbN%dmKf", n)) + "\n"
		}},
		"netrc": {".netrc", func(n int) string {
			return fmt.Sprintf("machine shop.example\nlogin ann\npassword q7Zx!0VbN%dmKf\n", n)
		}},
		"Secret of many values": {"a.yaml", func(n int) string {
			return "apiVersion: v1\nkind: Secret\ndata:\n" + strings.Repeat("  name: "+std("a value that is no secret at all")+"\n", 40) + "  password: " + std(fmt.Sprintf("q7Zx!0VbN%dmKf", n)) + "\n"
		}},
		"wrapped base64": {"a.txt", func(n int) string {
			return wrapped(std("first line of a configuration file\ntoken = "+token(40000+n)+"\n"), 40) + "\n"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			const versions = 4
			for n := range versions {
				r.put(test.file, around(test.make(n)))
			}
			r.drop(test.file)
			r.pack()
			found, _ := auditTree(t, r.dir, target.TreeOptions{})
			var commits []string
			for _, f := range found["secrets/history"] {
				commits = append(commits, f.Place.Date[:10])
			}
			slices.Sort(commits)
			want := []string{"2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"}
			if !slices.Equal(slices.Compact(commits), want) {
				t.Errorf("found in commits of %v, expected %v", commits, want)
			}
		})
	}
}

// around puts many lines of comments around a text.
func around(text string) string {
	comments := strings.ReplaceAll("\n"+lines(7, ""), "\n", "\n# ")
	return comments + "\n" + text + comments + "\n"
}

// historyPlaces are what the history's findings say: path, line, and the day of the commit.
func historyPlaces(t *testing.T, dir string, options target.TreeOptions) ([]string, engine.Result) {
	t.Helper()
	found, result := auditTree(t, dir, options)
	var out []string
	for _, f := range found["secrets/history"] {
		out = append(out, fmt.Sprintf("%s:%d %.10s", f.Place.Path, f.Place.Line, f.Place.Date))
	}
	slices.Sort(out)
	return out, result
}

func wantPlaces(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("found %q, expected %q", got, want)
	}
}

func TestHistoryOfPartsAndRanges(t *testing.T) {
	r := newRepo(t)
	line := func(n int) string { return "t = '" + token(50000+n) + "'\n" }
	r.put("shop/a.py", line(1))
	r.put("other/b.py", line(2))
	middle := r.put("keep.txt", "1\n")
	r.put("shop/c.py", "\n"+line(3))
	r.git("rm", "-q", "-r", "shop", "other")
	r.commit("Remove")
	r.put("shop/d.txt", "1\n")

	got, _ := historyPlaces(t, r.dir, target.TreeOptions{})
	wantPlaces(t, got, "other/b.py:1 2026-03-02", "shop/a.py:1 2026-03-01", "shop/c.py:2 2026-03-04")
	got, _ = historyPlaces(t, filepath.Join(r.dir, "shop"), target.TreeOptions{})
	wantPlaces(t, got, "a.py:1 2026-03-01", "c.py:2 2026-03-04")
	got, _ = historyPlaces(t, r.dir, target.TreeOptions{Since: middle})
	wantPlaces(t, got, "shop/c.py:2 2026-03-04")
	got, _ = historyPlaces(t, r.dir, target.TreeOptions{Exclude: []string{"other"}})
	wantPlaces(t, got, "shop/a.py:1 2026-03-01", "shop/c.py:2 2026-03-04")

	bare := newRepo(t, "--bare")
	bare.git("fetch", "-q", r.dir, "main:main")
	got, _ = historyPlaces(t, bare.dir, target.TreeOptions{Rev: "main"})
	wantPlaces(t, got, "other/b.py:1 2026-03-02", "shop/a.py:1 2026-03-01", "shop/c.py:2 2026-03-04")
	got, _ = historyPlaces(t, r.dir, target.TreeOptions{Rev: middle})
	wantPlaces(t, got)

	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", "--detach", linked)
	got, _ = historyPlaces(t, linked, target.TreeOptions{})
	wantPlaces(t, got, "other/b.py:1 2026-03-02", "shop/a.py:1 2026-03-01", "shop/c.py:2 2026-03-04")
}

// TestSinceLooksAtWhatIsNew changes a file in the range whose secret an older commit brought, and removes it there.
func TestSinceLooksAtWhatIsNew(t *testing.T) {
	r := newRepo(t)
	old := lines(1, "t = '"+token(51000)+"'\n")
	since := r.put("a.py", old)
	r.put("a.py", "# changed\n"+old)
	r.put("a.py", "# changed\nu = '"+token(51001)+"'\n"+old)
	r.put("a.py", "# clean\n")
	got, _ := historyPlaces(t, r.dir, target.TreeOptions{Since: since})
	wantPlaces(t, got, "a.py:2 2026-03-03")
}

// TestKeyIsReplacedInAChange replaces a key's body between the same lines.
func TestKeyIsReplacedInAChange(t *testing.T) {
	r := newRepo(t)
	key, _ := pemKey(t)
	base := r.put("tls.key", key)
	key, _ = pemKey(t)
	r.write("tls.key", key)
	r.git("add", "-A")
	wantPlaces(t, changePlaces(t, r, target.TreeOptions{Staged: true}), "tls.key:1")
	r.commit("Replace")
	wantPlaces(t, changePlaces(t, r, target.TreeOptions{Base: base}), "tls.key:1")
	r.drop("tls.key")
	got, _ := historyPlaces(t, r.dir, target.TreeOptions{Since: base})
	wantPlaces(t, got, "tls.key:1 2026-03-02")
}

func TestSHA256Repository(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	secret := token(52000)
	c := r.put("app.py", lines(1, "t = '"+secret+"'\n"))
	r.put("app.py", lines(1, ""))
	r.pack()
	dig(t, r, secret, target.TreeOptions{}, buried{"app.py", 62, c, 1, ""})
}

// blindness are the problems of the history's check, and whether one of them leaves it without a verdict.
func blindness(result engine.Result) (text string, blind bool) {
	i := slices.IndexFunc(Checks(), func(c *checks.Check) bool { return c.ID == "secrets/history" })
	for _, p := range result.Observations[i].Problems {
		text += p.Error() + "\n"
		blind = blind || p.Blind
	}
	return text, blind
}

func TestWhatHistoryCannotShowIsTold(t *testing.T) {
	source := newRepo(t)
	source.git("config", "uploadpack.allowFilter", "true")
	source.put("a.py", "t = '"+token(53000)+"'\n")
	source.put("a.py", "t = 1\n")
	source.put("b.py", "1\n")
	clone := func(args ...string) string {
		dir := filepath.Join(t.TempDir(), "clone")
		source.git(append([]string{"clone", "-q", "file://" + source.dir, dir}, args...)...)
		return dir
	}
	packOf := func(dir string) string {
		list, _ := filepath.Glob(filepath.Join(dir, ".git/objects/pack/*.pack"))
		if len(list) != 1 {
			t.Fatalf("%d packs", len(list))
		}
		os.Chmod(list[0], 0o644)
		return list[0]
	}
	for name, test := range map[string]struct {
		make  func() string
		words string
		blind bool
	}{
		"shallow": {func() string { return clone("--depth=1") }, "shallow", false},
		"partial": {func() string { return clone("--filter=blob:none") }, "partial", false},
		"cut pack": {func() string {
			dir := clone()
			if err := os.Truncate(packOf(dir), 100); err != nil {
				t.Fatal(err)
			}
			return dir
		}, "pack", true},
		"damaged pack": {func() string {
			dir := clone()
			file := packOf(dir)
			data, _ := os.ReadFile(file)
			for i := 40; i < 120; i++ {
				data[i] ^= 0x5a
			}
			os.WriteFile(file, data, 0o644)
			return dir
		}, "", true},
		"missing pack": {func() string {
			dir := clone()
			os.Remove(packOf(dir))
			return dir
		}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, result := auditTree(t, test.make(), target.TreeOptions{})
			text, blind := blindness(result)
			if !strings.Contains(text, test.words) || text == "" || blind != test.blind {
				t.Errorf("blind is %v, expected %v; told: %q", blind, test.blind, text)
			}
		})
	}
}

// changePlaces are what an audit of a change finds: path and line.
func changePlaces(t *testing.T, r *repo, options target.TreeOptions) []string {
	t.Helper()
	found, _ := auditTree(t, r.dir, options)
	var out []string
	for _, list := range found {
		for _, f := range list {
			out = append(out, f.Place.Path+fmt.Sprintf(":%d", f.Place.Line))
		}
	}
	slices.Sort(out)
	return out
}

func TestStagedChanges(t *testing.T) {
	line := func(n int) string { return "t = '" + token(54000+n) + "'\n" }
	staged := target.TreeOptions{Staged: true}
	r := newRepo(t)
	r.write("first.py", "\n"+line(1)+lines(1, ""))
	r.git("add", "-A")
	wantPlaces(t, changePlaces(t, r, staged), "first.py:2")
	r.git("commit", "-q", "-m", "First")
	wantPlaces(t, changePlaces(t, r, staged))

	r.write("first.py", "\n"+line(1)+line(2)+lines(1, ""))
	r.write("intended.py", line(3))
	r.git("add", "first.py")
	r.git("add", "-N", "intended.py")
	wantPlaces(t, changePlaces(t, r, staged), "first.py:3")
	r.git("reset", "-q", "--hard")
	os.Remove(filepath.Join(r.dir, "intended.py"))

	r.git("mv", "first.py", "moved.py")
	wantPlaces(t, changePlaces(t, r, staged))
	r.commit("Move")
	r.write("moved.py", "\n"+line(1)+"\n"+line(4)+lines(1, ""))
	r.git("add", "-A")
	wantPlaces(t, changePlaces(t, r, staged), "moved.py:4")
	r.git("rm", "-q", "-f", "moved.py")
	wantPlaces(t, changePlaces(t, r, staged))
	r.git("reset", "-q", "--hard")

	r.write("a.bin", "\x00\x01"+line(5))
	r.write("a.zip", zipped(t, packed{"x.conf", line(6)}))
	r.git("add", "-A")
	wantPlaces(t, changePlaces(t, r, staged), "a.bin:1", "a.zip:1")
	r.commit("Binary")

	r.git("checkout", "-q", "-b", "side")
	r.put("both.py", line(7))
	r.git("checkout", "-q", "main")
	r.put("both.py", "other\n"+line(8))
	r.mayFail("merge", "-q", "side")
	wantPlaces(t, changePlaces(t, r, staged), "both.py:1")
}

func TestPullRequest(t *testing.T) {
	line := func(n int) string { return "t = '" + token(55000+n) + "'\n" }
	r := newRepo(t)
	r.put("old.py", lines(1, line(1)))
	r.put("gone.py", line(2))
	r.git("checkout", "-q", "-b", "feature")
	r.git("mv", "old.py", "new.py")
	r.commit("Rename")
	r.put("new.py", lines(1, line(1))+line(3))
	r.drop("gone.py")
	r.put("tmp.py", line(4))
	r.drop("tmp.py")
	r.put("a.bin", "\x00\x01"+line(5))
	r.write("x", "1")
	r.commit("Message with " + token(55006))
	r.git("checkout", "-q", "main")
	r.put("main.py", line(7))
	r.git("checkout", "-q", "feature")
	r.git("merge", "-q", "--no-ff", "--no-commit", "main")
	r.write("evil.py", line(8))
	r.commit("Merge")
	wantPlaces(t, changePlaces(t, r, target.TreeOptions{Base: "main"}), ".git/messages/"+r.git("rev-parse", "HEAD~1^{/Message}")+":4", "a.bin:1", "evil.py:1", "new.py:122", "tmp.py:1")
}

// TestLargeContainerOfARevision reads a container of a revision that is too large to be read whole.
func TestLargeContainerOfARevision(t *testing.T) {
	r := newRepo(t)
	secret := token(56000)
	noise := make([]byte, 9<<20)
	rand.Read(noise)
	r.put("a.zip", zipped(t, packed{"noise", string(noise)}, packed{"a.conf", "t = '" + secret + "'\n"}))
	found, _ := auditTree(t, r.dir, target.TreeOptions{Rev: "HEAD"})
	compareSecrets(t, map[string]string{secret: "a.zip:1 (a.conf)"}, map[string][]checks.Finding{"": found["secrets/provider-tokens"]})
}

// TestDamagedRepositoryIsNotNone takes away what git knows a repository by.
func TestDamagedRepositoryIsNotNone(t *testing.T) {
	r := newRepo(t)
	r.put("a", "1\n")
	if err := os.Remove(filepath.Join(r.dir, ".git", "HEAD")); err != nil {
		t.Fatal(err)
	}
	if tree, err := target.OpenTree(context.Background(), r.dir, target.TreeOptions{}); err == nil {
		tree.Close()
		t.Error("a repository without HEAD is opened as a directory without history")
	}
}

func (r *repo) mayFail(args ...string) {
	r.t.Helper()
	r.git("-c", "alias.try=!git "+strings.Join(args, " ")+" || true", "try")
}
