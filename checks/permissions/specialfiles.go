package permissions

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
)

func specialFiles() *checks.Check {
	return &checks.Check{
		ID:    "permissions/special-files",
		Title: "Devices, pipes, sockets and links lead where they should",
		Why: "A device node outside /dev is the disk by another name, whatever the modes of the files on it. A pipe that all may write to " +
			"takes orders from anybody. A link in a web root that leads out of it serves the machine's files to the Internet.",
		Fix:        "Delete the node or the link, or close it: rm PATH, chmod o-rw PATH. Mount file systems of users with nodev.",
		Expected:   "Device nodes are in /dev only, disks are closed to others, pipes have readers of their own, web roots have no link out of them",
		Rollback:   "mknod or ln -s with the numbers or the target that the finding shows",
		Absent:     "No device, pipe, socket or link that this is about was found",
		References: []string{"CWE-59", "CWE-61", "CWE-377", "CWE-732", "CIS Debian 12 1.1.2", "CIS Docker 3.15", "CIS Docker 3.16"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "device-outside-dev", Title: "A device node lies outside /dev", Severity: checks.High},
			{ID: "device-open", Title: "Every user can read or write a disk or the memory", Severity: checks.Critical},
			{ID: "pipe-open", Title: "Every user can write to a pipe", Severity: checks.Medium},
			{ID: "engine-socket-group", Title: "A group gives orders to the container engine", Severity: checks.High},
			{ID: "link-out-of-web-root", Title: "A link in a web root leads to private files", Severity: checks.High},
		},
		NoSettings: true,
		Entry:      seeSpecial,
		Tree:       judgeSpecial,
	}
}

// special is an entry that is no file and no directory.
type special struct{ *checks.Entry }

func seeSpecial(p *checks.Pass, e *checks.Entry) {
	if e.From != checks.ModeDisk || e.Mode.IsDir() || e.Mode.IsRegular() || p.KeptCount() > maxRootRuns {
		return
	}
	switch {
	case e.Mode&fs.ModeSymlink != 0 && (p.Root() == nil || webRoot(e.Path) == ""):
	case e.Mode&fs.ModeSocket != 0 && !engineSockets[e.Name()]:
	default:
		p.Keep(e.Path, special{&checks.Entry{Path: e.Path, Mode: e.Mode, UID: e.UID, GID: e.GID, Link: e.Link}})
	}
}

// webRoots are the directories that web servers' packages serve.
var webRoots = regexp.MustCompile(`^(var/www|srv/www|srv/http|usr/share/nginx/html|usr/local/apache2/htdocs|usr/local/www|opt/lampp/htdocs)/`)

func webRoot(name string) string { return strings.TrimSuffix(webRoots.FindString(name), "/") }

func judgeSpecial(p *checks.Pass) error {
	h := hostOf(p)
	var found []checks.Finding
	for _, kept := range p.Kept() {
		s, ok := kept.(special)
		if !ok {
			continue
		}
		f := checks.Finding{Subject: checks.Subject{Kind: "special file", Name: s.Path}, Place: checks.Place{Path: s.Path}, Attribute: "mode", Actual: modeText(s.Entry)}
		if s.Mode&fs.ModeSymlink != 0 {
			f.Subject.Kind = "link"
			s.judgeLink(h, &f)
		} else {
			s.judge(h, &f)
		}
		if f.Rule == "" {
			p.OK(f.Subject)
		} else {
			found = append(found, f)
		}
	}
	failGrouped(p, found)
	return nil
}

// memoryDevices give the machine's memory and ports.
var memoryDevices = set("mem kmem port")

// chrootNodes are harmless ones that daemons in a chroot have in a dev of their own.
var chrootNodes = set("null zero full random urandom tty console ptmx")

func (s special) judge(h *host, f *checks.Finding) {
	perm := s.Mode.Perm()
	block := s.Mode&fs.ModeDevice != 0 && s.Mode&fs.ModeCharDevice == 0
	inDev := strings.HasPrefix(s.Path, "dev/")
	switch {
	case h == nil && s.Mode&fs.ModeNamedPipe == 0:
	case s.Mode&fs.ModeDevice != 0 && !inDev:
		// Overlays mark deleted files by nodes without any permission.
		if perm == 0 || path.Base(path.Dir(s.Path)) == "dev" && chrootNodes[s.Name()] || imageRoot.MatchString(s.Path) || h.otherSystem(s.Path) {
			return
		}
		f.Rule, f.Expected, f.Message = "device-outside-dev", "no device node outside /dev", "Who may open this node has the device behind it, whatever /dev says"
		f.Fix = "rm " + shellPath(s.Path)
		if perm&0o006 == 0 {
			f.Severity = checks.Medium
		}
	case inDev && (block && perm&0o006 != 0 || memoryDevices[s.Name()] && perm&0o006 != 0):
		f.Rule, f.Expected, f.Message = "device-open", "no permission for others", "Every user of the machine reads all files, or the memory, through this device"
		f.Fix = fmt.Sprintf("chmod o-rw %[1]s (back: chmod %[2]s %[1]s)", shellPath(s.Path), octal(s.Entry))
	case s.Mode&fs.ModeNamedPipe != 0 && perm&0o002 != 0 && (h == nil || h.reachable(s.Path)):
		f.Rule, f.Expected, f.Message = "pipe-open", "no write permission for others", "Every user of the machine can write to what reads this pipe"
		f.Fix = fmt.Sprintf("chmod o-w %[1]s (back: chmod %[2]s %[1]s)", shellPath(s.Path), octal(s.Entry))
	case s.Mode&fs.ModeSocket != 0 && perm&0o020 != 0 && !engineGroups[h.groupOf[s.GID].name]:
		if who := h.groupWriter(s.GID, s.UID); len(who) > 0 {
			f.Rule, f.Attribute, f.Expected = "engine-socket-group", "group", "a group that is meant for it, such as docker"
			f.Message = "The " + who[0].who + " can start a privileged container through this socket, and so is root"
			f.Fix = fmt.Sprintf("chgrp docker %[1]s (back: chgrp %[2]d %[1]s)", shellPath(s.Path), s.GID)
		}
	}
}

// engineGroups are made for the engine's socket; who is in them is the accounts' question.
var engineGroups = set("root docker podman containerd crio")

// judgeLink follows a link in a web root inside the system.
func (s special) judgeLink(h *host, f *checks.Finding) {
	steps, err := h.walk(s.Path)
	if err != nil {
		return
	}
	end := steps[len(steps)-1]
	f.Attribute, f.Actual, f.Expected = "link", "-> "+s.Link, "a link inside the web root, or to files that are meant to be served"
	if end.Path == webRoot(s.Path) || strings.HasPrefix(end.Path, webRoot(s.Path)+"/") {
		return
	}
	top, _, _ := strings.Cut(end.Path, "/")
	private := top == "." || top == "etc" || top == "root" || top == "home" && strings.Count(end.Path, "/") < 2 || top == "proc" || top == "boot" || strings.HasPrefix(end.Path, "var/log") ||
		strings.HasPrefix(end.Path, "var/lib/") && strings.Count(end.Path, "/") < 3 || end.Path == "var" || end.Path == "home" || end.Path == "srv" || end.Path == "opt"
	if closed := end.Mode.Perm()&0o004 == 0 || !h.reachable(end.Path); !private && !closed {
		return
	}
	f.Rule, f.Message = "link-out-of-web-root", "The web server that follows this link serves /"+strings.TrimPrefix(end.Path, ".")
	f.Fix = "rm " + shellPath(s.Path) + " (back: ln -s " + s.Link + " " + shellPath(s.Path) + ")"
}
