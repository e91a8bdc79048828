package permissions

import (
	"fmt"
	"strings"

	"hardcheck/checks"
)

// quietly gathers what every pod of a file has in common: a finding of each rule, with the pods beside the first counted.
type quietly map[quietKey]*quietGroup

type quietKey struct{ path, rule string }

type quietGroup struct {
	subject checks.Subject  // the first pod
	finding *checks.Finding // its finding
	message string
	more    []string
}

// take moves the quiet findings of a pod behind the first of their rule and file.
func (q quietly) take(o *outcome) {
	kept := o.findings[:0]
	for _, f := range o.findings {
		key := quietKey{f.Place.Path, f.Rule}
		switch group := q[key]; {
		case !quiet[f.Rule]:
			kept = append(kept, f)
		case group == nil:
			kept = append(kept, f)
			q[key] = &quietGroup{subject: f.Subject, finding: &kept[len(kept)-1], message: f.Message}
		case group.subject != f.Subject:
			_, title, _ := strings.Cut(f.Subject.Name[len(f.Place.Path):], " ")
			group.more = append(group.more, title)
			group.finding.Message = group.message + "; the same in " + beside(group.more)
			o.told = true
		}
	}
	o.findings = kept
}

// beside counts pods and names the first few.
func beside(pods []string) string {
	const most = 3
	if len(pods) <= most {
		return strings.Join(pods, ", ")
	}
	return fmt.Sprintf("%s and %d more of this file", strings.Join(pods[:most], ", "), len(pods)-most)
}
