package secrets

import (
	"hardcheck/checks"
)

// judge is the part of a check that looks at one text.
type judge struct {
	check string
	// applies reports whether the text is of the kind that the check is about: a clean one counts as examined.
	applies func(*text, *inspection) bool
	find    func(t *text, in *inspection, fail func(checks.Finding))
}

// genericID is where credentials go that only their names give away.
const genericID = "secrets/generic-credentials"

// judges lists them in the order of the chapter. What belongs to one check is reported by no other.
var judges = []judge{
	{"secrets/provider-tokens", anyText, tokensIn},
	{"secrets/private-keys", anyBytes, keysIn},
	{"secrets/url-credentials", anyText, urlsIn},
	{genericID, assignsValues, credentialsIn},
	{"secrets/framework-keys", namesFrameworkKey, frameworkKeysIn},
}

func anyBytes(*text, *inspection) bool    { return true }
func anyText(t *text, _ *inspection) bool { return !t.binary }

// discoveries are what the texts of one file hold, by check.
type discoveries struct {
	found    map[string][]checks.Finding
	examined map[string]bool
	problems []checks.Problem
}

type discoveriesKey struct{}

// discover judges a file's window once for all checks of the chapter.
func discover(f *checks.File) *discoveries {
	return checks.Memo(f, discoveriesKey{}, func() *discoveries {
		d := newDiscoveries()
		d.judge(ownText(f))
		return d
	})
}

func newDiscoveries() *discoveries {
	return &discoveries{found: map[string][]checks.Finding{}, examined: map[string]bool{}}
}

// judge looks at one text for every check.
func (d *discoveries) judge(t *text) {
	in := inspect(t.data, t.kind)
	for _, j := range judges {
		check := reportedBy(t, j.check)
		j.find(t, in, func(f checks.Finding) { d.found[check] = append(d.found[check], f) })
		d.examined[check] = d.examined[check] || j.applies(t, in)
	}
}

// reportedBy is the check that reports what the judge of a check finds in the text: some say what a credential is,
// others where it must not be.
func reportedBy(t *text, check string) string {
	switch {
	case t.layer != "", check == genericID && t.kind == dockerfile:
		return imagesID
	case check == genericID && isPipeline(t.Path):
		return ciID
	}
	return check
}

// inFile reports what a file's texts hold for the pass's check. Of a streamed file only the first window counts as
// looked at, so that it is counted once.
func inFile(p *checks.Pass, f *checks.File) error {
	d := discover(f)
	for _, problem := range d.problems {
		p.Problem(problem)
	}
	found := d.found[p.Check.ID]
	for _, finding := range found {
		finding.Subject = f.Subject()
		p.Fail(finding)
	}
	if len(found) == 0 && d.examined[p.Check.ID] && f.Offset == 0 {
		p.OK(f.Subject())
	}
	return nil
}
