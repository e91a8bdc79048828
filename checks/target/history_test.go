package target

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// past is a repository in which one file's history is made.
type past struct {
	t   *testing.T
	dir string
}

func newPast(t *testing.T) *past {
	p := &past{t, t.TempDir()}
	p.git("init", "-q", "-b", "main")
	return p
}

func (p *past) git(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *past) write(name, text string) {
	p.t.Helper()
	name = filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// commit records everything and returns the commit's name.
func (p *past) commit() string {
	p.t.Helper()
	p.git("add", "-A")
	p.git("commit", "-q", "--allow-empty", "-m", "change")
	return p.git("rev-parse", "HEAD")
}

func (p *past) open(prefix string, leftOut ...string) *history {
	p.t.Helper()
	store, err := objects.Open(filepath.Join(p.dir, ".git"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { store.Close() })
	excluded := func(path string) bool {
		for _, dir := range leftOut {
			if path == dir || strings.HasPrefix(path, dir+"/") {
				return true
			}
		}
		return false
	}
	return &history{store: store, prefix: prefix, excluded: excluded, inside: map[string]bool{}}
}

// shown are the paths at which each text is shown.
func shown(t *testing.T, h *history) map[string]string {
	t.Helper()
	var mu sync.Mutex
	out := map[string]string{}
	err := h.Each(context.Background(), func(v *checks.Version) {
		if v.Kind == "file" {
			mu.Lock()
			defer mu.Unlock()
			out[string(v.Data)] = v.Path
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	filler = "one\ntwo\nthree\nfour\nfive\n"
	value  = "the value that is sought"
)

func TestSourcesNameTheCommitThatBroughtTheValue(t *testing.T) {
	type step func(p *past)
	write := func(name, text string) step { return func(p *past) { p.write(name, text) } }
	move := func(from, to string) step {
		return func(p *past) {
			if err := os.MkdirAll(filepath.Dir(filepath.Join(p.dir, to)), 0o755); err != nil {
				p.t.Fatal(err)
			}
			p.git("mv", from, to)
		}
	}
	remove := func(name string) step { return func(p *past) { p.git("rm", "-rq", name) } }
	cases := map[string]struct {
		commits [][]step
		brought int // the commit
		path    string
		line    int
	}{
		"at once":                  {[][]step{{write("a", value)}, {write("a", value+"\nmore")}, {remove("a")}}, 0, "a", 1},
		"in a later version":       {[][]step{{write("a", filler)}, {write("a", filler+value)}, {write("a", filler)}}, 1, "a", 6},
		"moved as it is":           {[][]step{{write("a", value)}, {move("a", "b/c")}, {remove("b")}}, 0, "a", 1},
		"moved and changed":        {[][]step{{write("a/x", filler+value)}, {move("a/x", "b/x"), write("b/x", "zero\n"+filler+value)}, {remove("b")}}, 0, "a/x", 6},
		"moved with its directory": {[][]step{{write("a/x", value), write("a/y", filler)}, {move("a", "b")}, {write("b/x", value+"\nmore")}, {remove("b")}}, 0, "a/x", 1},
		"moved twice":              {[][]step{{write("a/x", filler+value)}, {move("a/x", "b/x"), write("b/x", filler+value+"1")}, {move("b/x", "c/x"), write("c/x", filler+value+"2")}, {remove("c")}}, 0, "a/x", 6},
		"copied":                   {[][]step{{write("z", value)}, {write("a", value)}, {remove("z")}, {remove("a")}}, 0, "z", 1},
		"moved, then brought":      {[][]step{{write("a", filler)}, {move("a", "b")}, {write("b", filler+value)}, {remove("b")}}, 2, "b", 6},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPast(t)
			p.write("other", "a file that stays\n")
			p.commit()
			var ids []string
			for _, steps := range c.commits {
				for _, s := range steps {
					s(p)
				}
				ids = append(ids, p.commit())
			}
			for _, repack := range []bool{false, true} {
				if repack {
					p.git("repack", "-adfq")
				}
				h := p.open("")
				asked := 0
				for text, path := range shown(t, h) {
					if !strings.Contains(text, value) {
						continue
					}
					asked++
					got, err := h.Sources(context.Background(), []checks.Sought{{Blob: p.hash(text), Path: path, Value: value}})
					if err != nil {
						t.Fatal(err)
					}
					if s := got[0]; s.Commit != ids[c.brought] || s.Path != c.path || s.Line != c.line || s.Author != "A" || s.Date == "" || s.Reach != "" {
						t.Errorf("%q at %s came with %+v, want %s:%d of %s", text, path, s, c.path, c.line, ids[c.brought])
					}
				}
				if asked == 0 {
					t.Error("no version with the value was shown")
				}
			}
		})
	}
}

// hash is the name of a blob.
func (p *past) hash(text string) string {
	p.t.Helper()
	p.write(".git/text", text)
	return p.git("hash-object", ".git/text")
}

func TestEachShowsWhatIsNotLeftOut(t *testing.T) {
	p := newPast(t)
	p.write("vendor/lib/a", "in both\n")
	p.write("src/a", "in both\n")
	p.write("vendor/lib/b", "left out\n")
	p.write("sub/deep/c", "below\n")
	p.commit()
	p.git("rm", "-rq", ".")
	p.write("z", "last\n")
	p.commit()
	for _, c := range []struct {
		prefix  string
		leftOut []string
		want    map[string]string
	}{
		{"", []string{"vendor"}, map[string]string{"in both\n": "src/a", "below\n": "sub/deep/c", "last\n": "z"}},
		{"", []string{"vendor", "sub/deep"}, map[string]string{"in both\n": "src/a", "last\n": "z"}},
		{"", []string{"src/a", "vendor/lib/b", "sub"}, map[string]string{"in both\n": "vendor/lib/a", "last\n": "z"}},
		{"sub/", nil, map[string]string{"below\n": "deep/c"}},
		{"sub/deep/", nil, map[string]string{"below\n": "c"}},
		{"vendor/", []string{"lib/b"}, map[string]string{"in both\n": "lib/a"}},
	} {
		if diff := cmp.Diff(c.want, shown(t, p.open(c.prefix, c.leftOut...))); diff != "" {
			t.Errorf("below %q without %q:\n%s", c.prefix, c.leftOut, diff)
		}
	}
}
