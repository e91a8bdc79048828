package permissions

import (
	"context"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
)

func TestParseMode(t *testing.T) {
	open, none := grant{othersWrite: true}, grant{}
	for text, want := range map[string]grant{
		"777": open, "0777": open, "666": open, "0002": open, "=777": open, "755": none, "0664": none, "750": none,
		"1777": {othersWrite: true, sticky: true}, "4755": {setuid: true}, "6777": {othersWrite: true, setuid: true}, "2775": none,
		"a+w": open, "o+w": open, "ugo+rwx": open, "go=rw": open, "o=u": none, "+w": none, "+rwx": none, "g+w": none, "o-w": none,
		"a+w,o-w": none, "a+w,o=r": none, "a=rwx,+t": {othersWrite: true, sticky: true}, "a+rwxt": {othersWrite: true, sticky: true},
		"u+s": {setuid: true}, "+s": {setuid: true}, "g+s": none, "u+s,u-s": none, "u=rwx,go=": none, "o+r-x+w": open,
	} {
		m, ok := parseMode(text)
		if diff := cmp.Diff(want, m.grant(), cmp.AllowUnexported(grant{})); !ok || diff != "" {
			t.Errorf("%s: %v %s", text, ok, diff)
		}
	}
	for _, text := range []string{"", "888", "rwx", "a", "a+z", "/path", "77777777", "a+w,"} {
		if _, ok := parseMode(text); ok {
			t.Errorf("%q is no mode", text)
		}
	}
}

func TestSockets(t *testing.T) {
	check := worldWritable()
	p := checks.NewPass(context.Background(), check, &checks.World{}, check.Defaults())
	for _, e := range []checks.Entry{
		{Path: "run/docker.sock", Mode: fs.ModeSocket | 0o666},
		{Path: "run/podman/podman.sock", Mode: fs.ModeSocket | 0o660},
		{Path: "run/dbus/system_bus_socket", Mode: fs.ModeSocket | 0o666},
		{Path: "dev/null", Mode: fs.ModeDevice | fs.ModeCharDevice | 0o666},
	} {
		check.Entry(p, &e)
	}
	if err := check.Tree(p); err != nil {
		t.Fatal(err)
	}
	o := p.Observation()
	if len(o.Findings) != 1 || o.Findings[0].Rule != "engine-socket" || o.Findings[0].Place.Path != "run/docker.sock" || o.Examined != 2 {
		t.Errorf("%d examined, findings %v", o.Examined, o.Findings)
	}
}

func TestSystemNames(t *testing.T) {
	for _, c := range []struct {
		root, name string
		known      bool
	}{
		{".", "usr/bin/passwd", true},
		{"/usr", "bin/passwd", true},
		{"/", "usr/bin/passwd", true},
		{"/usr/lib", "x86_64-linux-gnu/utempter/utempter", true},
		{"/var/lib/docker", "overlay2/0a1b/diff/usr/bin/su", true},
		{"/snap/core22/1234", "usr/bin/su", true},
		{"/home/evil", "usr/bin/passwd", true}, // may be a system's root
		{"/home/evil", "bin2/passwd", false},
		{".", "opt/usr/bin/passwd", false},
	} {
		known := false
		for _, name := range systemNames(c.root, c.name) {
			known = known || knownPrivileged[name]
		}
		if known != c.known {
			t.Errorf("%s in %s: %v, names %q", c.name, c.root, known, systemNames(c.root, c.name))
		}
	}
}

func TestTemplateConditions(t *testing.T) {
	text := "{{- if .a }}\nx\n{{ else }}\n{{ with .b }}\ny\n{{ end }}\nz\n{{- end -}}\nw\n{% for i in j %}\nv\n{% endfor %}\n{{ end }}\n"
	want := []int{1, 1, 1, 2, 2, 1, 1, 0, 0, 3, 3, 0, 0}
	if diff := cmp.Diff(want, templateConditions(text)); diff != "" {
		t.Error(diff)
	}
}

func TestTestPath(t *testing.T) {
	for name, want := range map[string]bool{
		"internal/testdata/key.pem": true, "tests/ca.key": true, "pkg/tls_test.key": true, "examples/a.pem": true, "ssl-cert-snakeoil.key": true,
		"etc/tls/server.key": false, "src/latest/key.pem": false, "contest/key.pem": false,
	} {
		if got := testPath(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWorkflowsElsewhereAreNotGitHubs(t *testing.T) {
	for name, want := range map[string]bool{".github/workflows/a.yml": true, "sub/.github/workflows/a.yaml": true, "github/workflows/a.yml": false, "node_modules/a/.github/workflows/a.yml": false, "pkg/mod/a@v1.2.3/.github/workflows/a.yml": false, ".github/workflows/sub/a.yml": false, ".github/a.yml": false} {
		if got := workflowToken().Wants(&checks.Entry{Path: name}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCommandTextHidesPasswords(t *testing.T) {
	commands, err := shell.Parse("git clone https://ci:hunter2@git.shop.de/x", nil)
	if err != nil || len(commands) != 1 {
		t.Fatal(commands, err)
	}
	if got, want := commandText(commands[0].Program()), "git clone https://...@git.shop.de/x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
