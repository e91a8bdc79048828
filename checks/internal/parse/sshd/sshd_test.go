package sshd

import (
	"fmt"
	"strings"
	"testing"

	"hardcheck/checks"
)

func parse(name, text string) *File {
	return Of(&checks.File{Entry: &checks.Entry{Path: name}, Data: []byte(text), Whole: true})
}

func TestInEffect(t *testing.T) {
	main := parse("etc/ssh/sshd_config", "# top\nInclude /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\nport=22\nPort 2222\n"+
		"Banner \"/etc/a b\" # tail\nMatch User bob\n  PasswordAuthentication yes\nMatch all\nX11Forwarding = no\nInclude /srv/other\n")
	files := []*File{parse("etc/ssh/sshd_config.d/b.conf", "PermitRootLogin yes\nMatch Group g\nUsePAM no\n"), parse("etc/ssh/sshd_config.d/a.conf", "UsePAM yes\n"),
		parse("etc/ssh/sshd_config.d/ignored", "StrictModes no\n"), main}
	lines, missing := Joined(main, files)
	effective, shadowed := InEffect(lines)
	var b strings.Builder
	for _, l := range effective {
		fmt.Fprintf(&b, "%s=%s [%s] %s\n", l.Keyword, l.Value(), l.Match, l.Place)
	}
	want := `usepam=yes [] etc/ssh/sshd_config.d/a.conf:1
permitrootlogin=yes [] etc/ssh/sshd_config.d/b.conf:1
usepam=no [Group g] etc/ssh/sshd_config.d/b.conf:3
port=22 [] etc/ssh/sshd_config:4
port=2222 [] etc/ssh/sshd_config:5
banner=/etc/a b [] etc/ssh/sshd_config:6
passwordauthentication=yes [User bob] etc/ssh/sshd_config:8
x11forwarding=no [] etc/ssh/sshd_config:10
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	if len(shadowed) != 1 || shadowed[0].Place.Line != 3 || fmt.Sprint(missing) != "[/srv/other]" {
		t.Errorf("shadowed %v, missing %v", shadowed, missing)
	}
}

func TestIncludesEnd(t *testing.T) {
	main := parse("sshd_config", "Include sshd_config\nInclude sshd_config\nUsePAM yes\n")
	if lines, _ := Joined(parse("sshd_config", "Include sshd_config\nUsePAM yes\n"), []*File{parse("sshd_config", "Include sshd_config\nUsePAM yes\n")}); len(lines) != maxDepth+1 {
		t.Errorf("%d lines", len(lines))
	}
	if lines, _ := Joined(main, []*File{main}); len(lines) > maxLines {
		t.Errorf("%d lines", len(lines))
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Include /etc/ssh/*\nMatch User=\"a b\"\nPort = 22 # x\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := parse("etc/ssh/sshd_config", text)
		lines, _ := Joined(file, []*File{file})
		effective, shadowed := InEffect(lines)
		if len(effective)+len(shadowed) != len(lines) {
			t.Error("a line got lost")
		}
	})
}
