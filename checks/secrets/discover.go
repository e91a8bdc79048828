package secrets

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/unpack"
)

// judge is the part of a check that looks at one text.
type judge struct {
	check string
	// applies reports whether the text is of the kind that the check is about: a clean one counts as examined.
	applies func(*text, *inspection) bool
	find    func(t *text, in *inspection, fail func(checks.Finding, span))
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
	ctx      context.Context
	config   *Configuration
	file     *fileState
	subject  checks.Subject
	found    map[string][]checks.Finding
	traces   map[secretKey]trace // what the secrets look like in the file's own bytes, in the history; else nil
	dropped  map[string]int      // findings over the bound, by check
	examined []string            // the checks that looked at something of their kind; in the history there is but one
	problems checks.ProblemList
	decoded  int             // bytes that encodings hid, so far
	bounded  map[string]bool // bounds that bit, and were told
}

// fileState is what the windows of one file know of each other.
type fileState struct {
	shown    bool                   // it is a container whose members show all that it holds
	insides  map[secretKey][]string // where in the file each secret was found
	reported map[string]int         // by check
	escaped  []secretKey            // secrets that were written with escapes, without them
}

type fileStateKey struct{}

func newFileState() *fileState {
	return &fileState{}
}

// remember makes the state ready to be written: most files hold nothing.
func (s *fileState) remember() {
	if s.insides == nil {
		s.insides, s.reported = map[secretKey][]string{}, map[string]int{}
	}
}

// secretKey is one secret as one check reports it.
type secretKey struct{ check, rule, secret string }

type discoveriesKey struct{}

// discover judges a file's window once for all checks of the chapter.
func discover(p *checks.Pass, f *checks.File) *discoveries {
	return checks.Memo(f, discoveriesKey{}, func() *discoveries {
		d := newDiscoveries(p)
		d.file, d.subject = checks.Carried(f, fileStateKey{}, newFileState), subjectOf(f)
		own := ownText(f)
		if f.Offset == 0 {
			d.judgeName(own)
			d.file.shown = d.unpack(f)
		}
		if !d.file.shown {
			d.judge(own)
		}
		return d
	})
}

func newDiscoveries(p *checks.Pass) *discoveries {
	return &discoveries{ctx: p.Context(), config: configurationOf(p), file: newFileState(), examined: make([]string, 0, len(judges))}
}

// judge looks at one text, and at what its encodings hide, for every check.
func (d *discoveries) judge(t *text) {
	in := inspect(t.data, t.kind)
	var check string
	fail := func(f checks.Finding, at span) {
		if d.file.reported[check] < checks.MaxFindings {
			f.Aside = d.config.aside(t, &f, at)
		}
		if d.add(check, f) && d.traces != nil {
			d.traces[secretKey{check, f.Rule, f.ContentKey}] = t.trace(&f, at)
		}
	}
	for _, j := range judges {
		check = reportedBy(t, j.check)
		j.find(t, in, fail)
		if d.traces == nil && !slices.Contains(d.examined, check) && j.applies(t, in) {
			d.examined = append(d.examined, check)
		}
	}
	d.ownRules(t)
	d.decode(t)
}

// maxInsides bounds the members of one container that are named for one secret.
const maxInsides = 64

// add takes a finding, and reports whether it did: not where the text of the file has shown the secret
// already, before or after it was decoded.
func (d *discoveries) add(check string, f checks.Finding) bool {
	key := secretKey{check, f.Rule, f.ContentKey}
	known := d.file.insides[key]
	if slices.ContainsFunc(known, func(inside string) bool { return inside != f.Place.Inside && sameText(inside, f.Place.Inside) }) {
		return false
	}
	if d.file.reported[check] >= checks.MaxFindings || len(known) >= maxInsides {
		if d.dropped == nil {
			d.dropped = map[string]int{}
		}
		d.dropped[check]++
		return false
	}
	if f.Place.Inside != "" && d.file.writtenWithEscapes(key) {
		return false
	}
	if strings.ContainsAny(f.ContentKey, `%&\`) && len(d.file.escaped) < maxEscaped {
		d.file.escaped = append(d.file.escaped, secretKey{check, f.Rule, unescaped(f.ContentKey)})
	}
	if d.found == nil {
		d.found = map[string][]checks.Finding{}
	}
	d.file.remember()
	if !slices.Contains(known, f.Place.Inside) {
		d.file.insides[key] = append(known, f.Place.Inside)
	}
	d.file.reported[check]++
	d.found[check] = append(d.found[check], f)
	return true
}

// sameText reports whether one of two places in a file is reached through the other: the file's own bytes, a member,
// what an encoding in it hid.
func sameText(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	rest, ok := strings.CutPrefix(b, a)
	return ok && (a == "" || strings.HasPrefix(rest, ", ") || strings.HasPrefix(rest, "/"))
}

// maxEscaped bounds the secrets of one file that are kept to compare decoded ones with.
const maxEscaped = 256

// writtenWithEscapes reports whether a decoded secret, or what it begins, was found before its escapes were undone.
func (s *fileState) writtenWithEscapes(key secretKey) bool {
	return key.secret != "" && slices.ContainsFunc(s.escaped, func(e secretKey) bool {
		return e.check == key.check && e.rule == key.rule && strings.HasPrefix(e.secret, key.secret)
	})
}

// unescaped undoes the escapes of URLs, XML and literals in a secret.
func unescaped(secret string) string {
	if s, err := url.PathUnescape(secret); err == nil {
		secret = s
	}
	secret = html.UnescapeString(secret)
	if s, err := strconv.Unquote(`"` + secret + `"`); err == nil {
		secret = s
	}
	return secret
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

// inFile reports what a file's texts hold for the pass's check.
func inFile(p *checks.Pass, f *checks.File) error { return eachFinding(p, f, p.Fail) }

// eachFinding shows what a file's texts hold for the pass's check, or reports the file as good. Of a streamed file only
// the first window counts as looked at, so that it is counted once.
func eachFinding(p *checks.Pass, f *checks.File, show func(checks.Finding)) error {
	d := discover(p, f)
	for _, problem := range d.problems.All() {
		p.Problem(problem)
	}
	if n := d.dropped[p.Check.ID]; n > 0 {
		p.Problem(checks.Problem{Op: "report findings", Expected: fmt.Sprintf("at most %d in a file, and %d members for one secret", checks.MaxFindings, maxInsides),
			Actual: fmt.Sprintf("%d more", n), Retry: checks.RetryUseless, Where: f.Path})
	}
	found := d.found[p.Check.ID]
	reported := 0
	for _, finding := range found {
		if !brought(f, &finding) {
			continue
		}
		reported++
		finding.Place.Path = redactedName(finding.Place.Path)
		finding.Subject = d.subject
		show(finding)
	}
	if reported == 0 && slices.Contains(d.examined, p.Check.ID) && f.Offset == 0 {
		p.OK(d.subject)
	}
	return nil
}

// brought reports whether the change that is audited brings the finding, and says which commit does. Lines inside a
// container cannot be compared: it is new as a whole.
func brought(f *checks.File, finding *checks.Finding) bool {
	if f.Change == nil {
		return true
	}
	finding.Place.Commit, finding.Place.Date, finding.Place.Blob = f.Change.Commit, f.Change.Date, f.Change.Blob
	return unpack.Sniff(f.Data) != "" || f.Change.Adds(finding.Place.Line, finding.Place.EndLine)
}
