package objects

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// repo is a repository made with the git program, to hold the reader against.
type repo struct {
	t     testing.TB
	dir   string
	clock int
}

func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("the git program is needed to hold the reader against")
	}
	r := &repo{t: t, dir: t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return r
}

// gitDir is the .git, or the repository itself if it is bare.
func (r *repo) gitDir() string {
	return strings.TrimSpace(r.git("rev-parse", "--absolute-git-dir"))
}

func (r *repo) git(args ...string) string { return r.gitIn("", args...) }

func (r *repo) gitIn(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	r.clock += 60
	date := strconv.Itoa(1700000000+r.clock) + " +0100"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.dir, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Ada Author", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=Cy Committer", "GIT_COMMITTER_EMAIL=cy@example.org", "GIT_COMMITTER_DATE=" + date}
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return string(out)
}

func (r *repo) id(args ...string) ID {
	r.t.Helper()
	text := strings.TrimSpace(r.git(append([]string{"rev-parse"}, args...)...))
	id, ok := ParseID(text)
	if !ok {
		r.t.Fatalf("%q is no object's name", text)
	}
	return id
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit writes files, given as name and text in turn, and commits everything.
func (r *repo) commit(message string, files ...string) ID {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		r.write(files[i], files[i+1])
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.id("HEAD")
}

// prose is text of many lines that differs by seed.
func prose(seed, lines int) string {
	var b strings.Builder
	x := uint32(seed)*2654435761 + 1
	for i := range lines {
		fmt.Fprintf(&b, "line %d of the text says", i)
		for range 8 {
			x = x*1664525 + 1013904223
			fmt.Fprintf(&b, " word%d", x>>20)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// revise makes a history of a few files that change often, so that packs hold deltas.
func (r *repo) revise(commits int) {
	texts := make([][]string, 5)
	for i := range texts {
		texts[i] = strings.SplitAfter(prose(i, 120), "\n")
	}
	var b strings.Builder
	for c := range commits {
		i := c % len(texts)
		at := c * 7 % len(texts[i])
		texts[i] = append(texts[i][:at:at], append([]string{prose(1000+c, 1)}, texts[i][min(at+c%3, len(texts[i])):]...)...)
		r.clock += 60
		message, text := fmt.Sprintf("revise %d\n", c), strings.Join(texts[i], "")
		fmt.Fprintf(&b, "commit refs/heads/main\nauthor Ada Author <ada@example.org> %d +0100\ncommitter Cy Committer <cy@example.org> %[1]d +0100\ndata %d\n%s", 1700000000+r.clock, len(message), message)
		if c == 0 && exec.Command("git", "-C", r.dir, "rev-parse", "-q", "--verify", "HEAD").Run() == nil {
			b.WriteString("from refs/heads/main^0\n")
		}
		fmt.Fprintf(&b, "M 100644 inline dir%d/file%d.txt\ndata %d\n%s\n", i%3, i, len(text), text)
	}
	r.gitIn(b.String(), "-c", "fastimport.unpackLimit=100000", "fast-import", "--quiet")
	r.git("reset", "-q", "--hard")
}

func (r *repo) open() *Store {
	r.t.Helper()
	s, err := Open(r.gitDir())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { s.Close() })
	return s
}

type object struct {
	kind Kind
	data string
}

// catFile reads all objects with the git program.
func (r *repo) catFile() map[ID]object {
	r.t.Helper()
	out := map[ID]object{}
	in := bufio.NewReader(strings.NewReader(r.git("cat-file", "--batch-all-objects", "--unordered", "--batch")))
	for {
		head, err := in.ReadString('\n')
		if err == io.EOF {
			return out
		}
		f := strings.Fields(head)
		if len(f) != 3 {
			r.t.Fatalf("git cat-file gave %q", head)
		}
		size, _ := strconv.Atoi(f[2])
		data := make([]byte, size+1)
		if _, err := io.ReadFull(in, data); err != nil {
			r.t.Fatal(err)
		}
		id, _ := ParseID(f[0])
		out[id] = object{kindNamed([]byte(f[1])), string(data[:size])}
	}
}

func allKinds(Kind) bool { return true }

// sweepAll reads all objects with the reader, and fails for one that comes twice.
func sweepAll(t testing.TB, s *Store, opt Options) map[ID]object {
	t.Helper()
	var mu sync.Mutex
	out := map[ID]object{}
	err := s.sweep(context.Background(), opt, allKinds, func(p *Piece) {
		mu.Lock()
		defer mu.Unlock()
		if _, twice := out[p.ID]; twice {
			t.Errorf("%s %s came twice", p.Kind, p.ID)
		}
		out[p.ID] = object{p.Kind, string(p.Data)}
		last := -1
		for _, n := range p.New {
			if n.Start <= last || n.End < n.Start || n.End > len(p.Data) {
				t.Errorf("%s: the spans %v of %d bytes", p.ID, p.New, len(p.Data))
			}
			last = n.End
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkAll compares all objects with git's, in a sweep and one by one.
func (r *repo) checkAll(s *Store) {
	r.t.Helper()
	want := r.catFile()
	got := sweepAll(r.t, s, Options{Workers: 3})
	for id, w := range want {
		if g, ok := got[id]; !ok || g != w {
			r.t.Errorf("sweep: %s %s of %d bytes came as %s of %d", w.kind, id, len(w.data), g.kind, len(g.data))
		}
		kind, data, err := s.Read(id)
		if err != nil || kind != w.kind || string(data) != w.data {
			r.t.Errorf("read: %s %s of %d bytes came as %s of %d: %v", w.kind, id, len(w.data), kind, len(data), err)
		}
	}
	for id, g := range got {
		if _, ok := want[id]; !ok {
			r.t.Errorf("sweep: git does not have the %s %s", g.kind, id)
		}
	}
}

func (r *repo) noProblems(s *Store) {
	r.t.Helper()
	for _, p := range s.Problems() {
		r.t.Errorf("told: %v", p.Error())
	}
}
