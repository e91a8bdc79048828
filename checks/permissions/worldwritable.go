package permissions

import (
	"fmt"
	"io/fs"

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
		NoSettings: true,
		Entry:      worldWritableEntry,
		Tree:       judgeOpen,
	}
}

// open is an entry that every user can write.
type open struct {
	path     string
	mode     fs.FileMode
	uid, gid int
}

func (o open) entry() *checks.Entry {
	return &checks.Entry{Path: o.path, Mode: o.mode, UID: o.uid, GID: o.gid}
}

func worldWritableEntry(p *checks.Pass, e *checks.Entry) {
	if !onDisk(p, e) {
		return
	}
	reachEntry(p, e)
	writable := e.Mode.Perm()&0o002 != 0
	switch {
	case e.Mode.IsRegular():
	case e.Mode.IsDir():
		writable = writable && e.Mode&fs.ModeSticky == 0
	case e.Mode&fs.ModeSocket != 0 && engineSockets[e.Name()]:
	default: // a link's mode means nothing; devices and other sockets are open by design
		return
	}
	if !writable {
		p.OK(e.Subject())
		return
	}
	p.Keep(e.Path, open{e.Path, e.Mode, e.UID, e.GID})
}

// judgeOpen reports what others can reach. What is open below an open directory is counted there: one chmod -R is
// one finding, not one a file.
func judgeOpen(p *checks.Pass) error {
	kept := p.Kept()
	closed, tops, below := closedDirs(kept), dirs{}, map[string]int{}
	var found []open
	for _, k := range kept { // ordered by path: a directory comes before what is in it
		o, ok := k.(open)
		switch {
		case !ok:
			continue
		case closed.above(o.path):
			p.OK(o.entry().Subject())
			continue
		}
		if top := tops.nearest(o.path); top != "" {
			below[top]++
			continue
		}
		if o.mode.IsDir() {
			tops[o.path] = true
		}
		found = append(found, o)
	}
	var findings []checks.Finding
	for _, o := range found {
		findings = append(findings, openFinding(o.entry(), below[o.path]))
	}
	failGrouped(p, findings)
	return nil
}

func openFinding(e *checks.Entry, below int) checks.Finding {
	f := checks.Finding{Subject: e.Subject(), Place: checks.Place{Path: e.Path}, Attribute: "mode",
		Expected: "no write permission for others", Actual: modeText(e)}
	f.Fix = fmt.Sprintf("chmod o-w %[1]s (back: chmod %[2]s %[1]s)", shellName(e.Path), octal(e))
	switch {
	case e.Mode.IsDir():
		f.Fix = fmt.Sprintf("chmod o-w %[1]s, or chmod +t %[1]s where all must write (back: chmod %[2]s %[1]s)", shellName(e.Path), octal(e))
		f.Rule, f.Expected = "directory-without-sticky-bit", "no write permission for others, or the sticky bit"
		f.Message = "Every user of the machine can add, remove and replace files here, because the sticky bit is missing"
		if below > 0 {
			f.Message += fmt.Sprintf("; %d entries below are open too", below)
		}
	case e.Mode&fs.ModeSocket != 0:
		f.Fix = fmt.Sprintf("chmod 660 %[1]s (back: chmod %[2]s %[1]s)", shellName(e.Path), octal(e))
		f.Rule, f.Message = "engine-socket", "Every user of the machine can start a privileged container through this socket"
	case e.Mode.Perm()&0o111 == 0o111:
		f.Rule, f.Message = "writable-program", "Every user of the machine can change this program"
	case e.Ext() == ".log":
		f.Rule, f.Message = "writable-file", "Every user of the machine can forge or wipe this log"
	default:
		f.Rule, f.Message = "writable-file", "Every user of the machine can change this file"
	}
	return f
}

// engineSockets are sockets whose users have root's power.
var engineSockets = map[string]bool{"docker.sock": true, "containerd.sock": true, "podman.sock": true, "crio.sock": true, "buildkitd.sock": true}
