package systemdunit

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
)

// sourcesOf reads the units of a directory tree.
func sourcesOf(t testing.TB, root string) (list []Source) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		data, err := os.ReadFile(name)
		list = append(list, sourceOf(filepath.ToSlash(rel), string(data)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func sourceOf(name, text string) Source {
	return Source{name, systemd.Of(&checks.File{Entry: &checks.Entry{Path: name}, Data: []byte(text), Whole: true}).Entries}
}

// TestDropIns compares the levels of units with drop-ins in every directory where the manager looks for them.
func TestDropIns(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		root := t.TempDir()
		write := func(name, text string) {
			at := filepath.Join(root, name)
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range []string{"shop-web.service", "shop-work@.service", "other.service"} {
			write("usr/lib/systemd/system/"+name, "[Service]\nExecStart=/bin/true\n"+strings.Repeat("PrivateTmp=yes\nSystemCallFilter=@system-service\n", random.IntN(2)))
		}
		if random.IntN(3) == 0 {
			write("etc/systemd/system/other.service", "[Service]\nExecStart=/bin/true\nProtectHome=yes\n")
		}
		for range random.IntN(12) {
			dir := pick(random, "etc/systemd/system", "usr/lib/systemd/system", "usr/local/lib/systemd/system", "run/systemd/system")
			of := pick(random, "shop-web.service.d", "shop-.service.d", "shop-work@.service.d", "shop-work@a.service.d", "service.d", "other.service.d")
			write(fmt.Sprintf("%s/%s/%s.conf", dir, of, pick(random, "10-a", "20-b", "30-c")), strings.ReplaceAll(randomUnit(random), "ExecStart=/bin/true\n", ""))
		}
		names := []string{"shop-web.service", "shop-work@a.service", "other.service"}
		levels := analyze(t, root, names)
		for _, u := range Join(sourcesOf(t, root)) {
			theirs, ok := levels[u.Name]
			e, _ := Of(u.Entries()).Exposure()
			if ours := e.String() + " " + e.Label(); ok && ours != theirs {
				t.Errorf("round %d, %s: %s, systemd-analyze says %s", round, u.Name, ours, theirs)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

func pick(random *rand.Rand, words ...string) string { return words[random.IntN(len(words))] }

func TestJoin(t *testing.T) {
	units := Join([]Source{
		sourceOf("deploy/web.service", "[Service]\nExecStart=/a\nNoNewPrivileges=yes\n"),
		sourceOf("deploy/override/web.service.d/x.conf", "[Service]\nNoNewPrivileges=no\n"),
		sourceOf("deploy/gone.service.d/x.conf", "[Service]\nUser=root\n"),
		sourceOf("rootfs/usr/lib/systemd/system/db.service", "[Service]\nExecStart=/old\n"),
		sourceOf("rootfs/etc/systemd/system/db.service", "[Service]\nExecStart=/new\n"),
		sourceOf("rootfs/etc/systemd/system/service.d/all.conf", "[Service]\nPrivateTmp=yes\n"),
	})
	var got []string
	for _, u := range units {
		got = append(got, fmt.Sprintf("%s %s %d+%d", u.Name, u.Path, len(u.Own), len(u.DropIns)))
	}
	want := "gone.service deploy/gone.service.d/x.conf 0+1\nweb.service deploy/web.service 2+1\ndb.service rootfs/etc/systemd/system/db.service 1+1"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	weak := units[1].Weakened()
	if len(weak) != 1 || weak[0].Unit.Place.Line != 3 || weak[0].DropIn.Place.Path != "deploy/override/web.service.d/x.conf" {
		t.Errorf("weakened: %+v", weak)
	}
}

// TestResetIsNotWeaker holds that a drop-in that takes a list back to write it anew weakens nothing.
func TestResetIsNotWeaker(t *testing.T) {
	units := Join([]Source{
		sourceOf("a.service", "[Service]\nExecStart=/a\nSystemCallFilter=@system-service\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"),
		sourceOf("a.service.d/b.conf", "[Service]\nSystemCallFilter=\nSystemCallFilter=@system-service\nSystemCallFilter=~@resources\nCapabilityBoundingSet=\n"),
	})
	if weak := units[0].Weakened(); len(weak) > 0 {
		t.Errorf("weakened: %+v", weak)
	}
}

// TestWeights holds the sum of the table: a service that sets nothing.
func TestWeights(t *testing.T) {
	if len(rows) != 81 {
		t.Errorf("%d rows, systemd 252 has 81", len(rows))
	}
	for text, want := range map[string]string{
		"[Service]\nExecStart=/a\n":                              "9.6 UNSAFE",
		"[Service]\nExecStart=/a\nUser=app\n":                    "9.2 UNSAFE",
		"[Service]\nExecStart=/a\nDynamicUser=yes\n":             "8.4 EXPOSED",
		"[Service]\nExecStart=/a\nSystemCallFilter=~@privileged": "8.6 EXPOSED",
	} {
		e, _ := Of(entriesOf(text)).Exposure()
		if got := e.String() + " " + e.Label(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func FuzzJoin(f *testing.F) {
	f.Add("[Service]\nSystemCallFilter=~@clock ptrace:EPERM\nIPAddressDeny=any ::1/999\nCapabilityBoundingSet=~CAP_X 99\n", "web@a.service.d/x.conf")
	f.Add("[Unit]\nDefaultDependencies=no\n[Service]\nRestrictNamespaces=~user\nUMask=9\n", "a-b-c.service")
	f.Fuzz(func(t *testing.T, text, name string) {
		for _, u := range Join([]Source{sourceOf(name, text), sourceOf("etc/systemd/system/web@.service", text), sourceOf("web@.service", "[Service]\nExecStart=/a\n"+text)}) {
			if e, _ := Of(u.Entries()).Exposure(); e < 0 || e > 100 {
				t.Errorf("exposure %d", e)
			}
			u.Weakened()
		}
	})
}
