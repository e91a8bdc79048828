package permissions

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
	"hardcheck/checks/permissions/systemdunit"
)

// judgeLines judges single assignments, those of a package's own unit aside.
func (j *unitJudge) judgeLines() {
	lines := j.entries
	if !j.own {
		lines = j.unit.DropIns
	}
	for _, e := range inEffect(lines) {
		switch {
		case e.Section != "Service" || e.Dynamic && !strings.HasPrefix(e.Key, "Exec"):
		case strings.HasPrefix(e.Key, "Exec"):
			j.judgePrefix(e)
		case e.Key == "ReadWritePaths" || e.Key == "ReadWriteDirectories":
			j.judgeWritable(e)
		case e.Key == "EnvironmentFile":
			j.judgeEnvironmentFile(e)
		case e.Key == "UMask" || directoryModes[e.Key]:
			j.judgeMode(e)
		case e.Key == "AmbientCapabilities":
			j.judgeAmbient(e)
		}
	}
}

var directoryModes = set("StateDirectoryMode RuntimeDirectoryMode CacheDirectoryMode LogsDirectoryMode ConfigurationDirectoryMode")

// inEffect leaves out what a later empty assignment takes back and, of a mode, all but the last.
func inEffect(entries []systemd.Entry) (out []systemd.Entry) {
	kept := map[string]bool{}
	closed := map[string]bool{}
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		single := e.Key == "UMask" || directoryModes[e.Key]
		switch {
		case closed[e.Key] || single && kept[e.Key]:
		case e.Value == "":
			closed[e.Key] = true
		default:
			kept[e.Key] = true
			out = append(out, e)
		}
	}
	return out
}

// judgePrefix judges + and ! before a command: it runs as root whatever the user of the service is.
func (j *unitJudge) judgePrefix(e systemd.Entry) {
	prefix := e.Value[:len(e.Value)-len(strings.TrimLeft(e.Value, "@-:+!|"))]
	if !strings.ContainsAny(prefix, "+!") || strings.Contains(prefix, "!!") || j.box.Root() {
		return
	}
	j.fail(checks.Finding{Rule: "full-privileges", Place: e.Place, Attribute: e.Key, Expected: "a command that runs as the user of the service",
		Actual:  e.Key + "=" + prefix + "...",
		Message: "The command runs as root although the service has a user: a file of the service that it reads or runs makes root of that user",
		Fix: "Take the prefix " + prefix + " away; for a directory use StateDirectory= or RuntimeDirectory=, for a low port " +
			"AmbientCapabilities=CAP_NET_BIND_SERVICE. Rollback: write the prefix again."})
}

func (j *unitJudge) judgeWritable(e systemd.Entry) {
	for _, word := range systemd.Words(e.Value) {
		if strings.Trim(word, "-+") != "/" {
			continue
		}
		j.fail(checks.Finding{Rule: "writable-root", Place: e.Place, Attribute: e.Key, Expected: "the directories that the service writes", Actual: e.Key + "=" + e.Value,
			Message: "The line makes writable again what ProtectSystem= closes",
			Fix:     "Name the directory: StateDirectory=NAME, or ReadWritePaths=/srv/NAME. Rollback: restore the line."})
		return
	}
}

// judgeMode judges the mask of new files and the modes of the directories that systemd makes.
func (j *unitJudge) judgeMode(e systemd.Entry) {
	n, err := strconv.ParseUint(e.Value, 8, 16)
	open, better := n&0o002 != 0, "0750"
	if e.Key == "UMask" {
		open, better = n&0o002 == 0, "0027"
	}
	if err != nil || !open {
		return
	}
	f := checks.Finding{Rule: "open-directory", Place: e.Place, Attribute: e.Key, Expected: "no write permission for others", Actual: e.Key + "=" + e.Value,
		Message: "Every user of the machine can write into what the service makes",
		Fix:     fmt.Sprintf("Write %s=%s. Rollback: %s=%s.", e.Key, better, e.Key, e.Value)}
	if j.box.Switch("PrivateTmp") && e.Key == "UMask" {
		f.Severity = checks.Medium
	}
	j.fail(f)
}

// judgeAmbient judges capabilities that a service with a user of its own is given.
func (j *unitJudge) judgeAmbient(e systemd.Entry) {
	var strong []string
	for _, name := range systemdunit.CapabilityNames(j.box.Ambient) {
		if rootCapabilities[strings.ToLower(name)] {
			strong = append(strong, name)
		}
	}
	if len(strong) == 0 || j.box.Root() {
		return
	}
	j.fail(checks.Finding{Rule: "ambient-capability", Place: e.Place, Attribute: strings.Join(strong, " "), Expected: "only capabilities that do not lead to root",
		Actual: e.Key + "=" + e.Value, Message: "With " + strong[0] + " the user of the service is as good as root",
		Fix: "Take it off the line; CAP_NET_BIND_SERVICE is enough for a low port. Rollback: restore the line."})
}

// maxEnvironment bounds a file of variables, in bytes.
const maxEnvironment = 64 << 10

// judgeEnvironmentFile looks at the file where the tree is a system's root; elsewhere its mode is not known.
func (j *unitJudge) judgeEnvironmentFile(e systemd.Entry) {
	root, name := j.pass.Root(), strings.TrimPrefix(strings.TrimPrefix(e.Value, "-"), "/")
	if root == nil {
		j.pass.NotApplicable("the mode of an EnvironmentFile is known on the deployed machine only; audit its root too")
		return
	}
	entry := readByAll(root, name)
	if entry == nil {
		return
	}
	data, err := root.ReadFile(entry.Path, maxEnvironment)
	secret := secretVariable.FindSubmatch(data)
	if err != nil || secret == nil {
		return
	}
	j.fail(checks.Finding{Rule: "environment-file", Place: e.Place, Attribute: "/" + name, Expected: "mode 0640 or less", Actual: modeText(entry),
		Message: "Every user of the machine can read /" + name + ", which holds " + string(secret[1]),
		Fix:     fmt.Sprintf("chmod 0600 /%s; systemd reads it as root. Rollback: chmod %04o /%s.", name, entry.Mode.Perm(), name)})
}

// readByAll is the file at a path, where every user can reach and read it; else nil. Links are not followed.
func readByAll(root checks.Root, name string) *checks.Entry {
	for i, c := range name {
		if c != '/' {
			continue
		}
		if dir, err := root.Lstat(name[:i]); err != nil || dir.Mode.Perm()&0o001 == 0 {
			return nil
		}
	}
	e, err := root.Lstat(name)
	if err != nil || !e.Mode.IsRegular() || e.Mode.Perm()&0o004 == 0 {
		return nil
	}
	return e
}

// secretVariable is an assignment of something that is secret by its name, and not empty.
var secretVariable = regexp.MustCompile(`(?mi)^\s*(?:export\s+)?([A-Z0-9_]*(?:PASSW(?:OR)?D|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|DATABASE_URL|CREDENTIALS?)[A-Z0-9_]*)=["']?[^\s"'$]`)

// judgeWeakened names the line of the unit and the line of the drop-in that takes it back.
func (j *unitJudge) judgeWeakened() {
	for _, w := range j.unit.Weakened() {
		j.fail(checks.Finding{Rule: "weakened", Place: w.DropIn.Place, Attribute: w.Key, Expected: w.Unit.Key + "=" + w.Unit.Value,
			Actual: w.DropIn.Key + "=" + w.DropIn.Value,
			Message: fmt.Sprintf("The drop-in takes back %s=%s of %s: the exposure rises from %s to %s", w.Unit.Key, w.Unit.Value, w.Unit.Place,
				w.Before, w.Behind),
			Fix: fmt.Sprintf("Take %s= out of %s and run `systemctl daemon-reload`; widen the unit's own line only by what is needed. Rollback: restore the line.", w.Key, w.DropIn.Place.Path)})
	}
}
