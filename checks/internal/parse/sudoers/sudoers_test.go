package sudoers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
)

func parse(text string) *File {
	return Of(&checks.File{Entry: &checks.Entry{Path: "sudoers"}, Data: []byte(text), Whole: true})
}

// show writes what was read in one line a statement.
func show(f *File) string {
	var b strings.Builder
	for _, d := range f.Defaults {
		fmt.Fprintf(&b, "D %s%v off=%v %s%s%s\n", strings.Trim(string(d.Scope), "\x00"), d.For, d.Off, d.Name, d.Operator, d.Value)
	}
	for _, a := range f.Aliases {
		fmt.Fprintf(&b, "A %s %v", a.Name, a.Items)
		for _, c := range a.Commands {
			fmt.Fprintf(&b, " [%s|%s]", c.Path, c.Args)
		}
		b.WriteByte('\n')
	}
	for _, g := range f.Grants {
		fmt.Fprintf(&b, "G %v %v", g.Users, g.Hosts)
		for _, c := range g.Commands {
			fmt.Fprintf(&b, " [%v:%v %v %s|%s any=%v not=%v %d digests line %d]", c.RunAs, c.Groups, c.Tags, c.Path, c.Args, c.AnyArgs, c.Negated, len(c.Digests), c.Place.Line)
		}
		b.WriteByte('\n')
	}
	for _, i := range f.Includes {
		fmt.Fprintf(&b, "I %s %v\n", i.Path, i.Dir)
	}
	for _, e := range f.Errors {
		fmt.Fprintf(&b, "E %d %s\n", e.Place.Line, e.Text)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"root ALL=(ALL:ALL) ALL\n": "G [{root false}] [{ALL false}] [[{ALL false}]:[{ALL false}] map[] ALL| any=false not=false 0 digests line 1]\n",
		"Defaults env_reset, !authenticate,secure_path=\"/a:/b c\"\nDefaults:%wheel,bob timestamp_timeout = -1\nDefaults!/bin/ls !use_pty\nDefaults env_keep += \"A B\"\n": "D [] off=false env_reset\n" +
			"D [] off=true authenticate\nD [] off=false secure_path=/a:/b c\nD :[{%wheel false} {bob false}] off=false timestamp_timeout=-1\nD ![{/bin/ls false}] off=true use_pty\nD [] off=false env_keep+=A B\n",
		"#1000, %#4, !bob, +net, \"a b\" h1, 10.0.0.0/8 = (www) NOPASSWD: SETENV: /bin/a b\\,c, \\\n  PASSWD: !/bin/d \"\" # tail\n": "G [{#1000 false} {%#4 false} {bob true} {+net false} {a b false}] [{h1 false} {10.0.0.0/8 false}]" +
			" [[{www false}]:[] map[NOPASSWD:true SETENV:true] /bin/a|b\\,c any=false not=false 0 digests line 1] [[{www false}]:[] map[PASSWD:true SETENV:true] /bin/d| any=false not=true 0 digests line 2]\n",
		"Cmnd_Alias A = /bin/x *, /bin/y : B = sha256:abc= /bin/z\n": "A A [] [/bin/x|*] [/bin/y|]\nA B [] [/bin/z|]\n",
		"u h=/a : h2=/b\n": "G [{u false}] [{h false}] [[]:[] map[] /a| any=true not=false 0 digests line 1]\nG [{u false}] [{h2 false}] [[]:[] map[] /b| any=true not=false 0 digests line 1]\n",
		"#includedir /etc/sudoers.d\n@include \"/etc/a b\"\n# a comment \\\nu ALL=ALL\n": "G [{u false}] [{ALL false}] [[]:[] map[] ALL| any=false not=false 0 digests line 4]\nI /etc/sudoers.d true\nI /etc/a b false\n",
		"u ALL = CWD=/x TIMEOUT=5m ^/bin/(a|b)$ ^-x [0-9]+, 3$\n":                        "G [{u false}] [{ALL false}] [[]:[] map[] ^/bin/(a|b)$|^-x [0-9]+, 3$ any=false not=false 0 digests line 1]\n",
		"nonsense\nUser_Alias x = y\nu ALL=bin/ls\n":                                     "E 1 expected hosts and =\nE 2 expected NAME = list\nE 3 expected commands\n",
	} {
		if got := show(parse(text)); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// statements are tried with sudo's own reader.
var statements = []string{
	"root ALL=(ALL:ALL) ALL", "%sudo ALL=(ALL) NOPASSWD:ALL", "bob ALL=/bin/ls", "bob ALL=bin/ls", "bob ALL", "bob = ALL", "bob ALL=",
	"bob ALL=(root) /bin/ls, /bin/cat, !/bin/su", "bob ALL=NOPASSWD:NOEXEC:/usr/bin/vi", "bob ALL=NOPASSWD /usr/bin/vi", "bob ALL=() ALL",
	"bob ALL=(:adm) ALL", "bob ALL=(root:) /bin/ls", "bob ALL=(root /bin/ls", "#1000 ALL=ALL", "%#100 ALL=ALL", "+net ALL=ALL",
	"\"a b\" ALL=ALL", "a\\ b ALL=ALL", "!bob ALL=ALL", "bob,alice ALL=ALL", "bob, alice ALL=ALL", "bob alice ALL=ALL", "bob h1,h2=ALL",
	"bob 10.0.0.0/255.0.0.0=ALL", "bob ALL=sudoedit /etc/hosts", "bob ALL=sudoedit", "bob ALL=list", "bob ALL=/bin/a b,c", "bob ALL=/bin/a b\\,c",
	"bob ALL=/bin/a b=c", "bob ALL=/bin/a b\\=c", "bob ALL=/bin/a b\\:c", "bob ALL=/bin/a \"\"", "bob ALL=/bin/a *", "bob ALL=/bin/*", "bob ALL=ALL:h2=/bin/b",
	"bob ALL=/bin/a : h2=/bin/b", "bob ALL=sha256:1ncbGn66YGfjXuMCxXvLHSPwQNmNEHDGZQRzsTGfoaI= /bin/ls",
	"bob ALL=sha224:0GomF8mNN3wlDt1HD9XldjJ3SNgpFdbjO1+NsQ /bin/ls", "bob ALL=TIMEOUT=5m /bin/a", "bob ALL=CWD=/tmp /bin/a", "bob ALL=ROLE=x /bin/a",
	"bob ALL=^/bin/a$ ^x$", "bob ALL=^/bin/(a|b)$", "Defaults env_reset", "Defaults !env_reset", "Defaults  env_keep += \"A B\"", "Defaults env_keep+=A",
	"Defaults:bob !authenticate", "Defaults@h !lecture", "Defaults>root !set_logname", "Defaults!/bin/ls noexec", "Defaults secure_path=/a:/b", "Defaults timestamp_timeout=-1",
	"Defaults env_reset, use_pty", "Defaults env_reset use_pty", "Defaults timestamp_timeout=", "Defaults", "Defaults ,", "User_Alias A = bob, alice", "User_Alias a = bob",
	"User_Alias A = bob : B = alice", "User_Alias A bob", "User_Alias A =", "Cmnd_Alias C = /bin/ls, !/bin/su", "Cmd_Alias C = /bin/ls", "Host_Alias H = 10.0.0.1, h*, fe80::1", "Host_Alias H = anchor:\\\n S = b, c", "Host_Alias H = ::1 : G = x", "bob fe80::/10 = ALL",
	"Runas_Alias R = root, %wheel", "Cmnd_Alias C = NOPASSWD: /bin/ls", "Cmnd_Alias C = ALL", "nonsense", "ALL ALL=ALL", "ALL=ALL", "bob ALL = (ALL) ALL # tail", "# comment",
	"bob ALL=/bin/a # tail", "bob ALL=/bin/a \\\n  b, \\\n /bin/c", "\tbob ALL=ALL", "bob\tALL\t=\t/bin/a", "bob ALL=(root)NOPASSWD:/bin/a", "bob ALL=( root , www ) NOPASSWD : /bin/a",
	"bob ALL = !/bin/a", "bob ALL = !!/bin/a", "bob ALL = /bin/a,", "bob ALL = ,/bin/a", "bob ALL=/bin/a (root) b", "bob ALL=/bin/a b (c)", "bob ALL=/bin/a\\ b c", "bob ALL=(#0) ALL",
	"%group\\ name ALL=ALL", "bob ALL=/bin/ls /", "bob ALL=ls", "bob ALL=FOO", "BOB ALL=ALL", "bob ALL=(ALL, !root) /bin/id", "bob ALL=/usr/bin/", "bob ALL=/bin/a[0-9]", "bob ALL=NOPASSWD:SETENV:ALL, PASSWD:/bin/b",
}

// TestVisudo compares which statements are understood with visudo -c.
func TestVisudo(t *testing.T) {
	program, err := exec.LookPath("visudo")
	if err != nil {
		t.Skip("visudo is not installed (package sudo): NOT COMPARED WITH THE REAL PROGRAM")
	}
	for i, statement := range statements {
		file := filepath.Join(t.TempDir(), fmt.Sprint("s", i))
		if err := os.WriteFile(file, []byte(statement+"\n"), 0o440); err != nil {
			t.Fatal(err)
		}
		out, _ := exec.Command(program, "-c", "-f", file).CombinedOutput()
		theirs := !strings.Contains(string(out), "syntax error") && !strings.Contains(string(out), "expected")
		if ours := len(parse(statement+"\n").Errors) == 0; ours != theirs {
			t.Errorf("%q: understood %v, visudo: %v\n%s", statement, ours, theirs, out)
		}
	}
	t.Logf("%d statements", len(statements))
}

func FuzzRead(f *testing.F) {
	for _, s := range statements {
		f.Add(s + "\n")
	}
	f.Add("a\\\n\\\r\n,\"#1,#2 ALL=^\\")
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, g := range parse(text).Grants {
			for _, c := range g.Commands {
				if c.Place.Line < 1 || c.Place.Line > lines || c.Path == "" {
					t.Errorf("%q: command %+v", text, c)
				}
			}
		}
	})
}
