package permissions

import (
	"io/fs"
	"strings"

	"hardcheck/checks"
)

func worldWritable() *checks.Check {
	return &checks.Check{
		ID:    "permissions/world-writable",
		Title: "Nothing is writable by every user of the machine",
		Why: "Any account on the machine, also that of a hacked service, can put its own content into such a file or directory: " +
			"a script that root runs, a library that another service loads, a configuration that it trusts.",
		Fix:        "Take the write permission from others: chmod o-w PATH. A directory that all must write to needs the sticky bit: chmod +t PATH.",
		Expected:   "No file is writable by others; a directory that is has the sticky bit",
		Rollback:   "chmod o+w PATH, for the service that turns out to need it; better give that service the group",
		Absent:     "No file or directory with permission bits was found",
		References: []string{"CWE-732", "CWE-276", "CIS Debian 12 7.1.11"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "writable-file", Title: "Every user can change the file", Severity: checks.High},
			{ID: "writable-program", Title: "Every user can change a program that others run", Severity: checks.Critical},
			{ID: "directory-without-sticky-bit", Title: "Every user can remove and replace the files of others", Severity: checks.High},
			{ID: "engine-socket", Title: "Every user can give orders to the container engine", Severity: checks.Critical,
				Fix: "Set the socket to 0660 and to a group of trusted accounts: its group has root's power."},
		},
		Entry: worldWritableEntry,
		Tree:  judgeReach,
	}
}

func worldWritableEntry(p *checks.Pass, e *checks.Entry) {
	if !onDisk(p, e) {
		return
	}
	reachEntry(p, e)
	rule, expected := "", "no write permission for others"
	open := e.Mode.Perm()&0o002 != 0
	switch {
	case e.Mode.IsRegular():
		rule = "writable-file"
		if e.Mode.Perm()&0o111 == 0o111 {
			rule = "writable-program"
		}
	case e.Mode.IsDir():
		rule, expected = "directory-without-sticky-bit", "no write permission for others, or the sticky bit"
		open = open && e.Mode&fs.ModeSticky == 0
	case e.Mode&fs.ModeSocket != 0 && engineSockets[e.Name()]:
		rule = "engine-socket"
	default: // a link's mode means nothing; devices and other sockets are open by design
		return
	}
	if !open {
		p.OK(e.Subject())
		return
	}
	p.Keep(e.Path, suspect{
		Rule: rule, Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Attribute: "mode",
		Expected: expected, Actual: modeText(e), Message: worldWritableMessage(rule, e),
	})
}

func worldWritableMessage(rule string, e *checks.Entry) string {
	switch {
	case rule == "writable-program":
		return "Every user of the machine can change this program"
	case rule == "engine-socket":
		return "Every user of the machine can start a privileged container through this socket"
	case e.Mode.IsDir():
		return "Every user of the machine can add, remove and replace files here, because the sticky bit is missing"
	case strings.HasSuffix(e.Name(), ".log"):
		return "Every user of the machine can forge or wipe this log"
	}
	return "Every user of the machine can change this file"
}

// engineSockets are sockets whose users have root's power.
var engineSockets = map[string]bool{"docker.sock": true, "containerd.sock": true, "podman.sock": true, "crio.sock": true, "buildkitd.sock": true}
