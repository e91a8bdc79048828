package permissions

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/image"
)

// imageJudge reports what an image holds.
type imageJudge struct {
	pass     *checks.Pass
	archive  string
	subject  checks.Subject
	packaged map[string]bool
	closed   dirs
	groups   map[string]*imageGroup // the same fault in one directory is one finding
	good     int
}

// imageGroup is one kind of fault in one directory of one layer.
type imageGroup struct {
	finding checks.Finding
	names   []string
}

func judgeImage(p *checks.Pass, archive string, i image.Image) {
	name := archive
	if len(i.Tags) > 0 {
		name += " " + i.Tags[0]
	}
	j := imageJudge{pass: p, archive: archive, subject: checks.Subject{Kind: "image", Name: name}, packaged: map[string]bool{}, closed: dirs{}, groups: map[string]*imageGroup{}}
	seen := i.Apply()
	for _, s := range seen {
		list, ok := strings.CutPrefix(s.Note, notePackages)
		switch {
		case s.Hidden != nil:
		case ok:
			for name := range strings.SplitSeq(list, "\n") {
				j.packaged[name] = true
			}
		case s.Mode.IsDir() && s.Mode.Perm()&0o001 == 0 && s.Path != ".":
			j.closed[s.Path] = true
		}
	}
	for _, s := range seen {
		if s.Hidden != nil {
			j.hidden(s)
			continue
		}
		j.entry(s)
	}
	j.layers(i)
	if user, _, _ := strings.Cut(i.User, ":"); isRoot(user) || user == "" {
		j.fault("root", "USER", checks.Place{Path: archive}, "root", "a user other than root", "The image runs as root unless whoever starts it says otherwise",
			"Add USER 10001:10001 at the end of its Dockerfile and build again", 0)
	}
	j.report()
}

// place is where an entry is in its layer.
func (j *imageJudge) place(s image.Seen) checks.Place {
	layer := s.Layer.Name
	if rest, ok := strings.CutPrefix(layer, "sha256:"); ok {
		layer = "sha256:" + rest[:min(12, len(rest))]
	}
	return checks.Place{Path: j.archive, Inside: layer + "/" + s.Path}
}

// entry judges what a container sees.
func (j *imageJudge) entry(s image.Seen) {
	mode := s.Mode.Perm()
	switch {
	case s.Mode&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		if !within(s.Path, "dev") {
			j.add("device", s, "no device outside /dev", "is a device outside /dev", "rm "+inImage(s.Path), 0)
		}
		return
	case s.Mode.IsDir():
		if mode&0o002 != 0 && s.Mode&fs.ModeSticky == 0 && !j.closed.above(s.Path) {
			j.add("directory-without-sticky-bit", s, "no write permission for others, or the sticky bit", "lets every user in the container replace the files of others", "chmod o-w "+inImage(s.Path), 0)
		}
		return
	}
	if mode&0o002 != 0 && !j.closed.above(s.Path) {
		j.add("world-writable", s, "no write permission for others", "can be changed by every user in the container", "chmod o-w "+inImage(s.Path), 0)
	}
	if s.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		j.privileged(s)
	}
	if c, ok := checks.DecodeCapabilities(s.Capability); ok {
		j.capability(s, c)
	}
	j.noted(s, mode)
}

func (j *imageJudge) privileged(s image.Seen) {
	rule, bit, severity := "setgid", "g-s", checks.Medium
	if s.Mode&fs.ModeSetuid != 0 {
		rule, bit, severity = "setuid", "u-s", checks.High
	}
	name := unmerged(tripletDir.ReplaceAllString(s.Path, "lib/"))
	switch {
	case s.Mode.Perm()&0o111 == 0 || knownPrivileged[name] || knownPrivileged[unmerged(s.Path)]:
		j.good++
		return
	case escapes(path.Base(s.Path)):
		severity = checks.Critical
	case j.packaged[unmerged(s.Path)]:
		severity = checks.Low
	}
	j.add(rule, s, "no "+rule+" bit", "gives its owner's rights to whoever gets into the container", "chmod "+bit+" "+inImage(s.Path), severity)
}

func (j *imageJudge) capability(s image.Seen, c checks.FileCapabilities) {
	for _, name := range capabilityOrder {
		if c.Permitted&(1<<name.bit) != 0 {
			j.add("capability", s, "no capability that is as good as root", "has "+name.name+", with which whoever runs it becomes root", "setcap -r "+inImage(s.Path), 0)
			return
		}
	}
	j.good++
}

// capabilityOrder are the numbers of those that lead to root (linux/capability.h), the plainest first.
var capabilityOrder = []struct {
	bit  int
	name string
}{{7, "cap_setuid"}, {21, "cap_sys_admin"}, {1, "cap_dac_override"}, {6, "cap_setgid"}, {31, "cap_setfcap"}, {19, "cap_sys_ptrace"}, {16, "cap_sys_module"},
	{17, "cap_sys_rawio"}, {2, "cap_dac_read_search"}, {0, "cap_chown"}, {3, "cap_fowner"}, {8, "cap_setpcap"}, {27, "cap_mknod"}, {39, "cap_bpf"}}

// noted judges what the bytes said.
func (j *imageJudge) noted(s image.Seen, mode fs.FileMode) {
	if (s.Path == "etc/shadow" || s.Path == "etc/gshadow") && mode&0o004 != 0 {
		j.add("shadow", s, "mode 0640", "can be read by every user in the container", "chmod 0640 "+inImage(s.Path), 0)
	}
	kind, what, _ := strings.Cut(s.Note, ": ")
	switch kind + ": " {
	case noteNoPassword:
		j.add("no-password", s, "* for an account that nobody logs in to", "gives "+what+" no password: every user in the container becomes "+what+" by su", "passwd -l "+what, 0)
	case noteSecondRoot:
		j.add("second-root", s, "root as the only user with the number 0", "makes "+what+" a second root", "userdel "+what, 0)
	case noteKey, noteLockedKey:
		if mode&0o004 == 0 || j.closed.above(s.Path) {
			j.good++
			return
		}
		j.add("key", s, "no key in the image, or mode 0400", "is a private key ("+what+") that every user in the container can read", "Mount the key when the container starts; replace it, for everyone who has the image has it", keySeverity(s.Path, kind+": " == noteLockedKey))
	}
}

// hidden judges what a later layer replaced or removed: whoever has the image can still read it.
func (j *imageJudge) hidden(s image.Seen) {
	what, ok := strings.CutPrefix(s.Note, noteKey)
	if !ok {
		return
	}
	by := s.Hidden.Name
	j.add("removed-key", s, "no key in any layer", "is a private key ("+what+") that the layer "+by[:min(len(by), 19)]+" hides, and that this layer still holds",
		"Mount the key in the step that needs it (RUN --mount=type=secret), and replace it", keySeverity(s.Path, false))
}

func (j *imageJudge) layers(i image.Image) {
	for _, layer := range i.Layers {
		for _, name := range layer.Crafted {
			place := checks.Place{Path: j.archive, Inside: layer.Name}
			j.fault("crafted", name, place, name, "names below the root", "The layer holds the entry "+name+", which leaves the root of the image: no build makes such a name",
				"Do not load this image; build it again from its source", 0)
		}
	}
}

// inImage is the path as a container sees it.
func inImage(name string) string { return "/" + name }

// add notes a fault of an entry.
func (j *imageJudge) add(rule string, s image.Seen, expected, message, fix string, severity checks.Severity) {
	key := strings.Join([]string{rule, path.Dir(s.Path), s.Layer.Name, severity.String()}, "\x00")
	if g := j.groups[key]; g != nil && rule != "key" && rule != "removed-key" {
		g.names = append(g.names, s.Path)
		return
	} else if g != nil {
		key += s.Path
	}
	text := modeText(&checks.Entry{Mode: s.Mode, UID: s.UID, GID: s.GID})
	if by := strings.Join(strings.Fields(s.Layer.CreatedBy), " "); by != "" {
		message += ", made by " + strings.ToValidUTF8(by[:min(len(by), 80)], "")
	}
	j.groups[key] = &imageGroup{names: []string{s.Path}, finding: checks.Finding{Rule: rule, Subject: j.subject, Place: j.place(s), Attribute: inImage(s.Path), Expected: expected,
		Actual: text, Message: inImage(s.Path) + " " + message, Severity: severity, Fix: j.rolledBack("In the step that makes it: " + fix)}}
}

func (j *imageJudge) rolledBack(fix string) string {
	return fix + ". Rollback: docker load the image that ran before."
}

func (j *imageJudge) fault(rule, attribute string, place checks.Place, actual, expected, message, fix string, severity checks.Severity) {
	j.groups[rule+"\x00"+attribute+"\x00"+place.Inside] = &imageGroup{names: []string{attribute}, finding: checks.Finding{Rule: rule, Subject: j.subject, Place: place, Attribute: attribute,
		Expected: expected, Actual: actual, Message: message, Fix: j.rolledBack(fix), Severity: severity}}
}

func (j *imageJudge) report() {
	if len(j.groups) == 0 {
		j.pass.OK(j.subject)
	}
	j.pass.CountOK("file of an image", j.good, j.subject.Name)
	for _, g := range j.groups {
		if more := len(g.names) - 1; more > 0 {
			slices.Sort(g.names)
			shown := g.names[:min(4, len(g.names))]
			g.finding.Message += fmt.Sprintf("; %d more in this directory, such as %s", more, strings.Join(shown, ", "))
		}
		j.pass.Fail(g.finding)
	}
}
