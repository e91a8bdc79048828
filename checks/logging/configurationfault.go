package logging

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// configurationFault is a value of a setting that is wrong wherever it stands.
type configurationFault struct {
	layer, name, rule string
	bad               func(checks.Setting, *checks.Scope) bool
	expected, message string
}

// judgeConfiguration reports the faults of every scope of the layers that the table names, and passes the scopes without.
func judgeConfiguration(p *checks.Pass, faults []configurationFault) {
	reported := map[checks.Place]bool{} // one line may hold for several scopes
	for _, s := range p.Scopes(layersOf(faults)...) {
		clean, judged := true, false
		for _, fault := range faults {
			set, ok := s.Get(fault.name)
			if fault.layer != s.Layer || !ok {
				continue
			}
			judged = true
			if set.Dynamic() || forDevelopment(set.Place.Path) || !fault.bad(set, s) {
				continue
			}
			clean = false
			key := checks.Place{Path: set.Place.Path + " " + fault.rule, Line: set.Place.Line}
			if reported[key] {
				continue
			}
			reported[key] = true
			p.Fail(checks.Finding{Rule: fault.rule, Subject: s.Subject(), Place: set.Place, Attribute: fault.name, Expected: fault.expected,
				Actual: shown(set), Message: fault.message})
		}
		if clean && judged {
			p.OK(s.Subject())
		}
	}
}

func layersOf(faults []configurationFault) (layers []string) {
	for _, f := range faults {
		if !slices.Contains(layers, f.layer) {
			layers = append(layers, f.layer)
		}
	}
	return layers
}

// shown is the value of a setting for a finding, and where it comes from if nobody wrote it.
func shown(s checks.Setting) string {
	if s.Origin == checks.OriginDefault {
		return strings.TrimSpace("the default " + s.Text())
	}
	return s.Text()
}

func oneOf(values ...string) func(checks.Setting, *checks.Scope) bool {
	return func(s checks.Setting, _ *checks.Scope) bool {
		return slices.Contains(values, strings.ToLower(s.Text()))
	}
}

func switchedOn(s checks.Setting, _ *checks.Scope) bool {
	return slices.Contains([]string{"on", "1", "true", "yes"}, strings.ToLower(s.Text()))
}
