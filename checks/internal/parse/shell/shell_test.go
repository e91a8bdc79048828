package shell

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func show(words []Word) string {
	var out []string
	for _, w := range words {
		if w.Dynamic {
			out = append(out, "?"+w.Text)
			continue
		}
		out = append(out, w.Text)
	}
	return strings.Join(out, " ")
}

func TestParse(t *testing.T) {
	vars := func(name string) (string, bool) {
		if name == "KNOWN" {
			return "/srv", true
		}
		return "", false
	}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"a && b || c; d | e", []string{" a", "&& b", "|| c maybe", "; d", "| e"}},
		{"chmod 777 $KNOWN ${KNOWN}/x $OTHER/y ${OTHER:-z}", []string{" chmod 777 /srv /srv/x ?/y ?"}},
		{`a "b $KNOWN" 'c $KNOWN' d\ e "f\"g"`, []string{" a b /srv c $KNOWN d e f\"g"}},
		{"X=1; a $X; for f in 1 2; do b $f; done", []string{" a 1", "; b ? maybe"}},
		{"set -eu; a; set +e; b", []string{" set -eu", "; a errexit", "; set +e errexit", "; b"}},
		{"sh -c 'a; b'", []string{" sh -c a; b", " a", "; b"}},
		{"bash -euxo pipefail -c 'a'", []string{" bash -euxo pipefail -c a", " a"}},
		{"sudo -u root sh -lc 'a'", []string{" sudo -u root sh -lc a", " a"}},
		{"sh script.sh -c x", []string{" sh script.sh -c x"}},
		{"if a; then b; elif c; then d; else e; fi", []string{" a", "; b maybe", "; c", "; d maybe", "; e maybe"}},
		{"f() { a; }; case x in y) b;; esac", []string{" a maybe", "; b maybe"}},
		{"a $(b) `c`", []string{" b maybe", "; c maybe", "; a ? ?"}},
		{"a; b )", []string{" a"}},
		{"X=1 a; export Y=2; b $Y", []string{" a", "; b 2"}},
	} {
		got := []string{}
		found, _ := Parse(c.text, vars)
		for _, cmd := range found {
			line := cmd.Joined + " " + show(cmd.Words)
			if cmd.Maybe {
				line += " maybe"
			}
			if cmd.Errexit {
				line += " errexit"
			}
			got = append(got, line)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestProgram(t *testing.T) {
	for text, want := range map[string]string{
		"/bin/chmod 777 a":                 "chmod 777 a",
		"sudo -E -u root chmod 777 a":      "chmod 777 a",
		"env -i A=b nice -n 5 chmod 777 a": "chmod 777 a",
		"timeout -s KILL 5 chmod 777 a":    "chmod 777 a",
		"xargs -0 -n 1 chmod 777":          "chmod 777",
		"$X chmod":                         "",
		"sudo":                             "",
		"busybox chmod 777 a":              "chmod 777 a",
	} {
		found, err := Parse(text, nil)
		if err != nil || len(found) != 1 {
			t.Fatal(text, found, err)
		}
		if got := show(found[0].Program()); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestFound(t *testing.T) {
	found, _ := Parse(`find / -perm 6000 -exec chmod a-s {} \; -exec chown x {} +`, nil)
	got := []string{}
	for _, words := range Found(found[0].Program()) {
		got = append(got, show(words))
	}
	if diff := cmp.Diff([]string{"chmod a-s {}", "chown x {}"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	for _, open := range []string{"(", "{ ", "$(", "if ", "`", "$((", "((", "[[ ( ", "! ", "while ", "case a in b) ", "a=(", "${a:-", "\"$(", "<(", "function f ", "f() ", "time ", "coproc ", "a && ", "a | "} {
		text := strings.Repeat(open, 40000)
		if len(text) < 1<<20 {
			_, err := Parse(text, nil)
			_ = fmt.Sprint(err) // what matters is that it returns
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("set -e; a && b || c | d; sh -c 'e \"$F\"'; if g; then h; fi; X=1 i ${X:-j} $(k) `l` <<E\nm\nE\n")
	f.Add("((a)) [[ b ]] ${c/d/e} {f,g} $'\\n' !(h) time -p i coproc j\n")
	f.Fuzz(func(t *testing.T, text string) {
		found, _ := Parse(text, nil)
		for _, c := range found {
			if len(c.Words) == 0 || c.Start < 0 || c.End > len(text)+1 {
				t.Fatalf("%+v", c)
			}
			Found(c.Program())
		}
	})
}
