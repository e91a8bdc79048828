package permissions

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

func judgeDockerfile(t *testing.T, text string) checks.Observation {
	t.Helper()
	check := containerModes()
	p := checks.NewPass(context.Background(), check, &checks.World{}, check.Defaults())
	f := &checks.File{Entry: &checks.Entry{Path: "Dockerfile", Size: int64(len(text))}, Data: []byte(text), Whole: true, Line: 1}
	if err := check.File(p, f); err != nil {
		t.Fatal(err)
	}
	return p.Observation()
}

// TestStagesStayCheap follows stages that copy and inherit all that stages before them did: what is followed is bounded,
// and that the bound bit is told.
func TestStagesStayCheap(t *testing.T) {
	var inherit, take strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&inherit, "FROM s%d AS s%d\nRUN chmod 777 /a%d /b%d /c%d /d%d\n", i-1, i, i, i, i, i)
		fmt.Fprintf(&take, "FROM a AS s%d\nCOPY --from=s%d / /\nRUN chmod 777 /a%d /b%d\n", i, i-1, i, i)
	}
	for _, text := range []string{inherit.String(), take.String()} {
		if o := judgeDockerfile(t, text); len(o.Problems) == 0 {
			t.Error("the bound is not told")
		}
	}
}

func TestModeApplied(t *testing.T) {
	for _, c := range []struct {
		text        string
		known, bits uint32
		want        uint32
	}{
		{"755", 0, 0, 0o755}, {"o-w", 0o7777, 0o777, 0o775}, {"a-s", 0o7777, 0o6755, 0o755}, {"u+s", 0o7777, 0o755, 0o4755},
		{"go=", 0o7777, 0o777, 0o700}, {"+x", 0o7777, 0o644, 0o755}, {"+w", 0o7777, 0o444, 0o644}, {"-w", 0o7777, 0o666, 0o466},
		{"u=rwX,go=rX", 0o7777, 0, 0o755}, {"=r", 0o7777, 0o777, 0o444}, {"g+s,o+t", 0o7777, 0o755, 0o3755}, {"4755", 0o7777, 0o777, 0o4755},
	} {
		m, ok := parseMode(c.text)
		if _, got := m.apply(c.known, c.bits); !ok || got != c.want {
			t.Errorf("%s of %o: %o, want %o", c.text, c.bits, got, c.want)
		}
	}
}

func TestPathChange(t *testing.T) {
	for text, want := range map[string]string{
		"chmod -R 755 /a /b":                 "755  [/a /b] true",
		"chmod --reference=/x /a":            "-",
		"chown -R app:app /a":                " app [/a] true",
		"chown :app /a":                      "-",
		"install -m 4755 -o root a /bin/a":   "4755 root [/bin/a] false",
		"install -D -m0644 a b /dir/":        "0644  [/dir/] false",
		"install -d -m 777 /a /b":            "777  [/a /b] false",
		"install --mode=600 --owner=app a b": "600 app [b] false",
		"install --directory --mode 1777 /a": "1777  [/a] false",
		"install a b":                        "-",
		"mkdir -p -m 777 /a /b":              "777  [/a /b] false",
		"mkdir -pm777 /a":                    "777  [/a] false",
		"mkdir /a":                           "-",
		"chmod":                              "-",
	} {
		found, err := shell.Parse(text, nil)
		if err != nil || len(found) != 1 {
			t.Fatal(text, found, err)
		}
		got := "-"
		if c, ok := pathChange(found[0].Program()); ok {
			var names []string
			for _, w := range c.targets {
				names = append(names, w.Text)
			}
			got = fmt.Sprint(c.mode, " ", c.owner, " ", names, " ", c.recursive)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("FROM a AS b\nRUN chmod -R 777 /x/* && mv /x /y && rm -r /z\nFROM b\nCOPY --from=0 /y /y\nUSER c\n")
	f.Add("FROM a\nWORKDIR ..\nRUN --mount=type=secret,mode=777 useradd -p -u 0 && install -m && find -exec chmod a-s {} + && chown : x\n")
	f.Fuzz(func(t *testing.T, text string) {
		f := &checks.File{Entry: &checks.Entry{Path: "Dockerfile"}, Data: []byte(text), Whole: true, Line: 1}
		if dockerfile.Of(f).Err == nil {
			judgeDockerfile(t, text)
		}
	})
}
