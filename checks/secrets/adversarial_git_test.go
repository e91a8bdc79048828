package secrets

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks/target"
)

// repo is a git repository of a test. Its commits are a day apart.
type repo struct {
	t    testing.TB
	dir  string
	days int
}

func newRepo(t testing.TB, args ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Fatal("the git program is needed:", err)
	}
	r := &repo{t: t, dir: t.TempDir()}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	r.git("config", "user.name", "Tester")
	r.git("config", "user.email", "tester@shop.example")
	return r
}

func (r *repo) git(args ...string) string { return r.gitIn("", args...) }

func (r *repo) gitIn(input string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Stdin = strings.NewReader(input)
	when := fmt.Sprintf("2026-03-%02dT12:00:00+02:00", r.days+1)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_DATE="+when, "GIT_COMMITTER_DATE=2026-05-01T00:00:00Z")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits the tree as it is, and gives the commit's name.
func (r *repo) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	r.days++
	return r.git("rev-parse", "HEAD")
}

// put writes a file and commits it.
func (r *repo) put(name, text string) string {
	r.t.Helper()
	r.write(name, text)
	return r.commit("Change " + filepath.Base(name)[:1])
}

// drop removes a file and commits that.
func (r *repo) drop(name string) string {
	r.t.Helper()
	r.git("rm", "-q", "-r", name)
	return r.commit("Remove")
}

// pack packs all objects into one pack of deltas.
func (r *repo) pack() {
	r.t.Helper()
	r.git("repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=50")
	r.git("prune-packed", "-q")
}

// buried is where a secret of the history must be found.
type buried struct {
	path   string
	line   int
	commit string
	day    int // of March, the author's
	inside string
}

// lines is a file of many lines with one in the middle, so that git makes deltas of its versions.
func lines(seed int, middle string) string {
	var b strings.Builder
	for i := range 120 {
		fmt.Fprintf(&b, "line %d of %d is %x\n", i, seed, uint32(i+1)*2654435761*uint32(seed+1))
		if i == 60 {
			b.WriteString(middle)
		}
	}
	return b.String()
}

// dig audits a repository and holds that the history's one finding is the secret at its place.
func dig(t *testing.T, r *repo, secret string, options target.TreeOptions, want buried) {
	t.Helper()
	found, result := auditTree(t, r.dir, options)
	list := found["secrets/history"]
	for check, others := range found {
		if check != "secrets/history" && check != "secrets/ignore-rules" {
			t.Errorf("%s finds %s at %s", check, others[0].Rule, others[0].Place)
		}
	}
	for _, o := range result.Observations {
		for _, p := range o.Problems {
			if p.Blind {
				t.Errorf("blind: %s", p.Error())
			}
		}
	}
	if len(list) != 1 {
		for _, f := range list {
			t.Logf("  %s at %s", f.Rule, f.Place)
		}
		t.Fatalf("%d findings in the history, expected one at %s", len(list), want.path)
	}
	f := list[0]
	if !strings.HasPrefix(f.ContentKey, secret) {
		t.Errorf("another secret was found: %s", f.Rule)
	}
	date := ""
	if want.day > 0 {
		date = fmt.Sprintf("2026-03-%02dT12:00:00+02:00", want.day)
	}
	if f.Place.Path != want.path || f.Place.Line != want.line || f.Place.Inside != want.inside {
		t.Errorf("found at %q %d (%s), expected %q %d (%s)", f.Place.Path, f.Place.Line, f.Place.Inside, want.path, want.line, want.inside)
	}
	if f.Place.Commit != want.commit || f.Place.Date != date {
		t.Errorf("found in the commit %.10s of %s, expected %.10s of %s", f.Place.Commit, f.Place.Date, want.commit, date)
	}
}

func TestBuriedInHistory(t *testing.T) {
	n := 30000
	for name, build := range map[string]func(r *repo, s string) buried{
		"removed": func(r *repo, s string) buried {
			c := r.put("app.py", "import os\nt = '"+s+"'\n")
			r.drop("app.py")
			return buried{"app.py", 2, c, 1, ""}
		},
		"replaced, in deltas": func(r *repo, s string) buried {
			r.put("app.py", lines(1, ""))
			c := r.put("app.py", lines(1, "t = '"+s+"'\n"))
			for range 5 {
				r.put("app.py", lines(1, strings.Repeat("t = None\n", r.days)))
			}
			r.pack()
			return buried{"app.py", 62, c, 2, ""}
		},
		"renamed, changed, removed": func(r *repo, s string) buried {
			c := r.put("z/old.py", lines(2, "t = '"+s+"'\n"))
			r.git("mv", "z/old.py", "a.py")
			r.commit("Rename")
			r.put("a.py", "# more\n"+lines(2, "t = '"+s+"'\n"))
			r.put("a.py", lines(2, ""))
			r.pack()
			return buried{"z/old.py", 62, c, 1, ""}
		},
		"copied to a name before it": func(r *repo, s string) buried {
			c := r.put("z.py", lines(2, "t = '"+s+"'\n"))
			r.put("a.py", lines(3, "t = '"+s+"'\n"))
			r.git("rm", "-q", "z.py", "a.py")
			r.commit("Remove")
			return buried{"z.py", 62, c, 1, ""}
		},
		"without diff": func(r *repo, s string) buried {
			r.put(".gitattributes", "*.py -diff binary\n")
			c := r.put("app.py", "t = '"+s+"'\n")
			r.drop("app.py")
			return buried{"app.py", 1, c, 2, ""}
		},
		"evil merge": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("checkout", "-q", "-b", "side")
			r.put("b", "2\n")
			r.git("checkout", "-q", "main")
			r.put("c", "3\n")
			r.git("merge", "-q", "--no-ff", "--no-commit", "side")
			c := r.put("d.py", "t = '"+s+"'\n")
			r.drop("d.py")
			return buried{"d.py", 1, c, 4, ""}
		},
		"stash": func(r *repo, s string) buried {
			r.put("app.py", "t = 1\n")
			r.write("app.py", "t = '"+s+"'\n")
			r.git("stash", "-q")
			return buried{"app.py", 1, r.git("rev-parse", "stash@{0}"), 2, ""}
		},
		"stash of new files": func(r *repo, s string) buried {
			r.put("app.py", "t = 1\n")
			r.write("new.py", "t = '"+s+"'\n")
			r.git("stash", "-q", "-u")
			return buried{"new.py", 1, r.git("rev-parse", "stash@{0}^3"), 2, ""}
		},
		"binary": func(r *repo, s string) buried {
			c := r.put("a.bin", "\x00\x01\x02"+s+"\x00")
			r.drop("a.bin")
			return buried{"a.bin", 1, c, 1, ""}
		},
		"commit message": func(r *repo, s string) buried {
			r.write("a", "1\n")
			return buried{".git", 0, r.commit("Use " + s), 1, "commit message"}
		},
		"author": func(r *repo, s string) buried {
			r.write("a", "1\n")
			r.git("config", "user.name", s)
			return buried{".git", 0, r.commit("First"), 1, "commit message"}
		},
		"tag message": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("tag", "-a", "v1", "-m", "Use "+s)
			return buried{".git", 0, "", 0, "tag message"}
		},
		"tag of a blob": func(r *repo, s string) buried {
			r.put("a", "1\n")
			id := r.gitIn("t = '"+s+"'\n", "hash-object", "-w", "--stdin")
			r.git("tag", "key", id)
			return buried{".git/objects/" + id, 1, "", 0, ""}
		},
		"dangling commit": func(r *repo, s string) buried {
			r.put("a", "1\n")
			c := r.put("app.py", "t = '"+s+"'\n")
			r.git("reset", "-q", "--hard", "HEAD~1")
			r.git("reflog", "expire", "--expire=now", "--all")
			os.Remove(filepath.Join(r.dir, ".git", "ORIG_HEAD"))
			return buried{"app.py", 1, c, 2, ""}
		},
		"amended commit": func(r *repo, s string) buried {
			c := r.put("app.py", "t = '"+s+"'\n")
			r.write("app.py", "t = 1\n")
			r.git("commit", "-q", "-a", "--amend", "-m", "Better")
			return buried{"app.py", 1, c, 1, ""}
		},
		"dangling blob": func(r *repo, s string) buried {
			r.put("a", "1\n")
			id := r.gitIn("t = '"+s+"'\n", "hash-object", "-w", "--stdin")
			return buried{".git/objects/" + id, 1, "", 0, ""}
		},
		"file name": func(r *repo, s string) buried {
			c := r.put(s+".txt", "1\n")
			r.drop(s + ".txt")
			return buried{".git", 0, c, 1, "file name"}
		},
		"branch name": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("branch", "fix/"+s)
			return buried{"refs/heads/fix/" + redact(s), 0, "", 0, "reference"}
		},
		"note": func(r *repo, s string) buried {
			c := r.put("a", "1\n")
			r.git("notes", "add", "-m", "t = '"+s+"'")
			return buried{c, 1, r.git("rev-parse", "refs/notes/commits"), 2, ""}
		},
		"remote": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("remote", "add", "origin", "https://x-access-token:"+s+"@github.com/shop/shop.git")
			return buried{".git/config", 10, "", 0, "configuration"}
		},
		"replaced object": func(r *repo, s string) buried {
			c := r.put("app.py", "t = '"+s+"'\n")
			r.drop("app.py")
			clean := r.gitIn("t = 1\n", "hash-object", "-w", "--stdin")
			r.git("replace", r.git("rev-parse", c+":app.py"), clean)
			return buried{"app.py", 1, c, 1, ""}
		},
		"behind a graft": func(r *repo, s string) buried {
			c := r.put("app.py", "t = '"+s+"'\n")
			r.drop("app.py")
			r.write(".git/info/grafts", r.git("rev-parse", "HEAD")+"\n")
			return buried{"app.py", 1, c, 1, ""}
		},
		"staged, then taken back": func(r *repo, s string) buried {
			r.put("app.py", "t = 1\n")
			r.write("app.py", "t = '"+s+"'\n")
			r.git("add", "app.py")
			id := r.git("rev-parse", ":app.py")
			r.git("reset", "-q", "--hard")
			return buried{".git/objects/" + id, 1, "", 0, ""}
		},
		"link": func(r *repo, s string) buried {
			os.Symlink("https://shop.example/?t="+s, filepath.Join(r.dir, "link"))
			c := r.commit("Link")
			r.drop("link")
			return buried{"link", 1, c, 1, ""}
		},
		"hook": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.write(".git/hooks/pre-push", "#!/bin/sh\nexport T="+s+"\n")
			return buried{".git/hooks/pre-push", 2, "", 0, "file of git's directory"}
		},
		"zip": func(r *repo, s string) buried {
			c := r.put("a.zip", zipped(r.t, packed{"a.conf", "token = " + s + "\n"}))
			r.put("a.zip", zipped(r.t, packed{"a.conf", "token = " + s + "\n"}, packed{"b.conf", "x"}))
			r.drop("a.zip")
			return buried{"a.zip", 1, c, 1, "a.conf"}
		},
		"base64, in deltas": func(r *repo, s string) buried {
			encoded := "x: " + base64.StdEncoding.EncodeToString([]byte("token = "+s+"\n")) + "\n"
			r.put("a.yaml", lines(5, ""))
			c := r.put("a.yaml", lines(5, encoded))
			r.put("a.yaml", "# more\n"+lines(5, encoded))
			r.put("a.yaml", "# more and more\n"+lines(5, encoded))
			r.put("a.yaml", lines(5, "\n"))
			r.pack()
			return buried{"a.yaml", 62, c, 2, "base64"}
		},
		"reflog": func(r *repo, s string) buried {
			c := r.put("a", "1\n")
			r.git("update-ref", "-m", "push with "+s, "refs/heads/other", c)
			r.git("update-ref", "--create-reflog", "-m", "again with "+s, "refs/heads/more", c)
			return buried{".git/logs/refs/heads/more", 1, "", 0, "reflog"}
		},
		"tag of a tag": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("tag", "-a", "v1", "-m", "Use "+s)
			r.git("tag", "-a", "v2", "-m", "Outer", "v1")
			r.git("tag", "-d", "v1")
			return buried{".git", 0, "", 0, "tag message"}
		},
		"merge of three": func(r *repo, s string) buried {
			r.put("a", "1\n")
			for _, side := range []string{"b", "c"} {
				r.git("checkout", "-q", "-b", side, "main~0")
				r.put(side, side)
			}
			r.git("checkout", "-q", "main")
			r.put("d", "d")
			r.git("merge", "-q", "--no-commit", "b", "c")
			c := r.put("e.py", "t = '"+s+"'\n")
			r.drop("e.py")
			return buried{"e.py", 1, c, 5, ""}
		},
		"what was fetched": func(r *repo, s string) buried {
			c := r.put("a", "1\n")
			r.write(".git/FETCH_HEAD", c+"\t\tbranch 'main' of https://"+s+"@github.com/shop/shop\n")
			return buried{".git/FETCH_HEAD", 1, "", 0, "file of git's directory"}
		},
		"commit that was not made": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.write(".git/COMMIT_EDITMSG", "Use\n\n"+s+"\n")
			return buried{".git/COMMIT_EDITMSG", 3, "", 0, "file of git's directory"}
		},
		"another branch, packed": func(r *repo, s string) buried {
			r.put("a", "1\n")
			r.git("checkout", "-q", "-b", "gone")
			c := r.put("app.py", "t = '"+s+"'\n")
			r.git("checkout", "-q", "main")
			r.git("pack-refs", "--all")
			r.pack()
			return buried{"app.py", 1, c, 2, ""}
		},
		"UTF-16 without mark": func(r *repo, s string) buried {
			c := r.put("a.txt", string(utf16Of(leBytes, "first line of a text\r\nt = '"+s+"'\r\n")))
			r.drop("a.txt")
			return buried{"a.txt", 2, c, 1, "UTF-16"}
		},
		"submodule's repository": func(r *repo, s string) buried {
			inner := newRepo(r.t)
			c := inner.put("app.py", "t = '"+s+"'\n")
			inner.drop("app.py")
			r.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.dir, "sub")
			r.commit("Add a submodule")
			return buried{".git/modules/sub/app.py", 1, c, 1, ""}
		},
		"alternates": func(r *repo, s string) buried {
			other := newRepo(r.t)
			c := other.put("app.py", "t = '"+s+"'\n")
			other.drop("app.py")
			r.write(".git/objects/info/alternates", filepath.Join(other.dir, ".git", "objects")+"\n")
			r.git("update-ref", "refs/heads/main", other.git("rev-parse", "HEAD"))
			return buried{"app.py", 1, c, 1, ""}
		},
		"other working tree": func(r *repo, s string) buried {
			r.put("a", "1\n")
			other := filepath.Join(r.t.TempDir(), "w")
			r.git("worktree", "add", "-q", "--detach", other)
			tree := &repo{t: r.t, dir: other, days: r.days}
			c := tree.put("app.py", "t = '"+s+"'\n")
			tree.drop("app.py")
			return buried{"app.py", 1, c, 2, ""}
		},
	} {
		n++
		secret := token(n)
		t.Run(name, func(t *testing.T) {
			r := newRepo(t)
			want := build(r, secret)
			dig(t, r, secret, target.TreeOptions{}, want)
		})
	}
}
