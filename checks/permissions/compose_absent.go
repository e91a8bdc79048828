package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/composefile"
)

// absence is a wall that a service does not ask for. The services of a project that lack it are one finding.
type absence struct {
	rule, key, message, paste string
	given                     func(*service) bool
}

var composeAbsences = []absence{
	{"new-privileges", "security_opt", "Nothing keeps a setuid program from becoming root in", "security_opt:\n  - no-new-privileges:true", func(s *service) bool {
		return slices.ContainsFunc(s.value.Get("security_opt").List(), func(v *composefile.Value) bool {
			return strings.HasPrefix(v.Text, "no-new-privileges") || v.Unknown
		})
	}},
	{"capabilities-kept", "cap_drop", "Every default capability, such as those to change owners, users and raw packets, is left to", "cap_drop: [ALL]", func(s *service) bool {
		return slices.ContainsFunc(s.value.Get("cap_drop").List(), func(v *composefile.Value) bool {
			return strings.EqualFold(v.Text, "ALL") || v.Unknown
		})
	}},
	{"writable-root", "read_only", "Who takes over the service can change the programs of", "read_only: true\ntmpfs: [/tmp]", func(s *service) bool {
		v := s.value.Get("read_only")
		return truthy(v) || v != nil && v.Unknown
	}},
	{"unlimited-processes", "pids_limit", "One fork bomb stops the host: nothing bounds the processes of", "pids_limit: 256", func(s *service) bool {
		return s.value.Get("pids_limit") != nil || s.value.Get("deploy", "resources", "limits", "pids") != nil
	}},
}

// absences collects the services that lack something, by rule.
type absences map[string][]*service

// of notes what the service lacks, and reports whether that is anything. One that is privileged has no wall to add to.
func (a absences) of(s *service) bool {
	if s.value.Get("image") == nil && s.value.Get("build") == nil || truthy(s.value.Get("privileged")) {
		return false
	}
	lacks := false
	for _, absence := range composeAbsences {
		if !absence.given(s) {
			a[absence.rule] = append(a[absence.rule], s)
			lacks = true
		}
	}
	return lacks
}

// report makes one finding for each rule.
func (a absences) report(p *checks.Pass, path string) {
	for _, absence := range composeAbsences {
		list := a[absence.rule]
		if len(list) == 0 {
			continue
		}
		var names []string
		for _, s := range list {
			names = append(names, s.name)
		}
		slices.Sort(names)
		shown := strings.Join(names[:min(len(names), 5)], ", ")
		if len(names) > 5 {
			shown += fmt.Sprintf(" and %d more", len(names)-5)
		}
		p.Fail(checks.Finding{
			Rule: absence.rule, Subject: checks.Subject{Kind: "Compose project", Name: path}, Place: list[0].value.Place, Attribute: absence.key,
			Expected: strings.ReplaceAll(absence.paste, "\n", " "), Actual: "no " + absence.key + " in " + shown, Message: absence.message + " " + shown,
			Fix: "Add the lines below to " + shown + ". Rollback: remove them from the one service that no longer starts.", Snippet: absence.paste,
		})
	}
}
