package permissions

import (
	"path"
	"path/filepath"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
	"hardcheck/checks/permissions/systemdunit"
)

func systemdSandbox() *checks.Check {
	return &checks.Check{
		ID:    "permissions/systemd-sandbox",
		Title: "Own systemd services run confined, and not as root",
		Why: "A service that runs as root gives whoever takes it over the machine; one without a sandbox gives him what its user may touch, " +
			"and the kernel's whole surface. systemd confines a service with lines of its unit, without a change of the program.",
		Fix: "Give the service a user of its own and the sandboxing directives that it can bear: `systemctl edit NAME`, paste, " +
			"`systemctl restart NAME`, and look at `systemd-analyze security NAME`.",
		Expected:   "No own service runs an application as root or with an exposure level above {max_exposure}, and no drop-in takes back what the unit confines",
		Rollback:   "systemctl revert NAME && systemctl restart NAME removes the drop-in; or take out the one directive that the service's log names",
		Absent:     "No systemd service of its own was found",
		References: []string{"CWE-250", "CWE-269", "CWE-732", "https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html", "https://www.freedesktop.org/software/systemd/man/252/systemd-analyze.html"},
		Severity:   checks.High,
		Params: []checks.Param{{Name: "max_exposure", Kind: checks.ParamInt, Default: int64(9),
			Doc: "the highest exposure level, 0 to 10 as systemd-analyze security gives it, that a service may have"}},
		Rules: []checks.Rule{
			{ID: "root-listener", Title: "A service that answers the network runs as root", Severity: checks.High},
			{ID: "root", Title: "An application runs as root", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "exposure", Title: "The service is more exposed than the bound", Severity: checks.Low},
			{ID: "full-privileges", Title: "A command of a service with a user runs as root", Severity: checks.Medium},
			{ID: "writable-root", Title: "The whole file system is made writable again", Severity: checks.Medium},
			{ID: "environment-file", Title: "Every user can read the credentials of the service", Severity: checks.High},
			{ID: "open-directory", Title: "What the service makes can be written by every user", Severity: checks.High},
			{ID: "ambient-capability", Title: "The service holds a capability that is as good as root", Severity: checks.High},
			{ID: "weakened", Title: "A drop-in takes back what the unit confines", Severity: checks.Medium},
		},
		NoSettings: true,
		Lasting:    true,
		Wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && (systemdunit.UnitName(e.Path) != "" || systemdunit.DropInOf(e.Path) != "")
		},
		File: keepUnit,
		Tree: judgeUnits,
	}
}

// maxAssignments bounds one unit file.
const maxAssignments = 2000

func keepUnit(p *checks.Pass, f *checks.File) error {
	entries := systemd.Of(f).Entries
	if len(entries) > maxAssignments {
		p.Problem(checks.Problem{Op: "read unit", Expected: "at most 2000 assignments", Actual: "more", Retry: checks.RetryUseless, Where: f.Path, Blind: true})
		return nil
	}
	p.Keep(f.Path, systemdunit.Source{Path: f.Path, Entries: entries})
	return nil
}

func judgeUnits(p *checks.Pass) error {
	var sources []systemdunit.Source
	for _, k := range p.Kept() {
		if s, ok := k.(systemdunit.Source); ok {
			sources = append(sources, s)
		}
	}
	packaged := 0
	for _, u := range systemdunit.Join(sources) {
		switch {
		case !isService(u):
		case userUnit(p, u):
			p.NotApplicable("services of a user's own manager were left aside: they hold no more than that user")
		case len(u.Own) > 0 && len(u.DropIns) == 0 && packagedUnit(p, u.Path):
			packaged++
		default:
			judgeUnit(p, u)
		}
	}
	p.CountOK("packaged service", packaged, "services that packages installed")
	return nil
}

// isService tells a service of systemd from other files of that name, such as D-Bus's and Avahi's.
func isService(u *systemdunit.Unit) bool {
	for _, e := range u.Own {
		if e.Section == "Service" && strings.HasPrefix(e.Key, "ExecStart") {
			return true
		}
	}
	return len(u.Own) == 0 && len(u.DropIns) > 0
}

// userUnit knows the units of a user's manager by where they lie or by what pulls them in.
func userUnit(p *checks.Pass, u *systemdunit.Unit) bool {
	dir := path.Dir(deployedPath(p, u.Path)) + "/"
	if strings.Contains(dir, "/systemd/user/") || strings.Contains(dir, "/systemd-user/") || strings.Contains(dir, "/user@.service.d/") {
		return true
	}
	for _, e := range u.Own {
		if e.Section == "Install" && e.Key == "WantedBy" && e.Value == "default.target" {
			return true
		}
	}
	return false
}

// packagedUnit reports whether the file lies where packages install units.
func packagedUnit(p *checks.Pass, file string) bool {
	dir := path.Dir(deployedPath(p, file))
	return strings.HasSuffix(dir, "/lib/systemd/system") && !strings.HasSuffix(dir, "/usr/local/lib/systemd/system")
}

// deployedPath is a file of the tree with the way to the tree before it: who audits /usr/lib/systemd sees its units in system/.
func deployedPath(p *checks.Pass, file string) string {
	if root, err := filepath.Abs(p.Target().Locator); err == nil && p.Target().Kind == checks.TargetDir {
		return strings.TrimSuffix(filepath.ToSlash(root), "/") + "/" + file
	}
	return "/" + file
}

// unitJudge is what the rules see of one unit.
type unitJudge struct {
	pass    *checks.Pass
	unit    *systemdunit.Unit
	entries []systemd.Entry
	box     *systemdunit.Sandbox
	subject checks.Subject
	found   bool
	own     bool // not a package's
}

func judgeUnit(p *checks.Pass, u *systemdunit.Unit) {
	j := &unitJudge{pass: p, unit: u, entries: u.Entries(), subject: checks.Subject{Kind: "service", Name: u.Path + " " + u.Name}}
	j.box, j.own = systemdunit.Of(j.entries), !packagedUnit(p, u.Path)
	if j.own && len(u.Own) > 0 {
		j.judgeConfinement()
	}
	if j.own || len(u.DropIns) > 0 {
		j.judgeLines()
		j.judgeWeakened()
	}
	if !j.found {
		p.OK(j.subject)
	}
}

// fail reports a finding at a line of the unit, lower where the unit is only an example.
func (j *unitJudge) fail(f checks.Finding) {
	j.found = true
	f.Subject = j.subject
	if testPath(j.unit.Path) {
		f.Severity = checks.Low
	}
	j.pass.Fail(f)
}

// last is the last assignment of a key in [Service].
func (j *unitJudge) last(key string) (out systemd.Entry, ok bool) {
	for _, e := range j.entries {
		if e.Section == "Service" && e.Key == key {
			out, ok = e, true
		}
	}
	return out, ok
}
