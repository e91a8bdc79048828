package secrets

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/secrets/unpack"
)

func history() *checks.Check {
	return &checks.Check{
		ID:    "secrets/history",
		Title: "Git's history holds no credential",
		Why: "Everyone who clones the repository gets every version of every file, every message and every name. A credential that was removed from " +
			"the files is one git log away.",
		Fix: "Revoke the credential: that alone ends the danger. Then, where it may be worth the trouble for everyone who has a clone, rewrite the " +
			"history (git filter-repo --replace-text) and have the server drop its caches.",
		Expected:   "No version of a file, message or name in the repository holds a credential",
		Rollback:   "Nothing to roll back: a revoked credential is replaced, never restored. Keep a mirror before a history is rewritten.",
		Absent:     "The tree is not a git repository",
		References: []string{"CWE-540", "CWE-798", "https://docs.github.com/code-security/tutorials/remediate-leaked-secrets"},
		Severity:   checks.Critical,
		Rules:      everyRule(),
		Wants:      hasBytes,
		File:       keepSecrets,
		Stream:     true,
		Tree:       historyTree,
	}
}

// present are the secrets of one file of the tree: history reports what is not in the files any more.
type present []string

func keepSecrets(p *checks.Pass, f *checks.File) error {
	if p.Repository() == nil {
		return nil
	}
	var secrets present
	for _, found := range discover(p, f).found {
		for _, finding := range found {
			secrets = append(secrets, finding.ContentKey)
		}
	}
	if len(secrets) > 0 {
		p.Keep(f.Path, secrets)
	}
	return nil
}

func historyTree(p *checks.Pass) error {
	repository := p.Repository()
	if repository == nil {
		return nil
	}
	versions, err := repository.History(p.Context())
	if err != nil {
		return err
	}
	scan := historyScan{pass: p, hits: map[secretKey][]*hit{}, present: map[string]bool{}, names: map[string]string{}}
	for _, v := range p.Kept() {
		for _, secret := range v.(present) {
			scan.present[secret] = true
		}
	}
	err = versions.Each(p.Context(), scan.look)
	for _, problem := range versions.Problems() {
		p.Problem(problem)
	}
	if err != nil {
		return err
	}
	if scan.versions.Load() == 0 {
		p.NotApplicable("No commit in the range brought anything")
	}
	return scan.report(versions)
}

// historyScan collects what the versions hold, each secret once.
type historyScan struct {
	pass    *checks.Pass
	present map[string]bool
	// versions counts what was looked at.
	versions atomic.Int64
	free     sync.Pool // of *workplace

	mu       sync.Mutex
	hits     map[secretKey][]*hit // versions that hold each secret, in order
	dropped  int                  // secrets over the bound
	standing map[string]bool      // secrets that the files still hold
	names    map[string]string    // of files, as they are shown
}

// hit is one secret and one version that holds it.
type hit struct {
	finding checks.Finding
	version checks.Version // without its bytes
	trace   trace
}

const (
	maxHits = 16 // versions that are kept for one secret
	// maxSecrets bounds the secrets that are kept until their commits are looked up.
	maxSecrets = 4 * checks.MaxFindings
)

// smallFile is the size up to which a configuration is judged whole, in bytes: what makes a value a secret may stand far
// from it, in what other versions have too.
const smallFile = 32 << 10

// workplace is what the look at one version needs, and is used again for another.
type workplace struct {
	discoveries
	state fileState
	entry checks.Entry
	file  checks.File
	parts []checks.Range
}

// prepare makes the workplace ready for a version.
func (w *workplace) prepare(p *checks.Pass, v *checks.Version) {
	w.state = fileState{}
	traces := w.traces
	if traces == nil {
		traces = map[secretKey]trace{}
	}
	clear(traces)
	w.discoveries = discoveries{ctx: p.Context(), config: configurationOf(p), file: &w.state, traces: traces}
	w.entry = checks.Entry{Path: cmp.Or(v.Path, v.Name, v.ID), Mode: fs.FileMode(0o644), From: checks.ModeGit, Size: int64(len(v.Data)), UID: -1, GID: -1, Tracked: true}
	w.file = checks.File{Entry: &w.entry, Data: v.Data, Line: 1, Whole: true}
}

// look judges the parts of one version that no other shows.
func (s *historyScan) look(v *checks.Version) {
	s.versions.Add(1)
	if v.Kind == "reflog" || v.Kind == "file of git's directory" {
		v.Data = withoutObjectIDs(v.Data)
	}
	w, ok := s.free.Get().(*workplace)
	if !ok {
		w = &workplace{}
	}
	defer s.free.Put(w)
	w.prepare(s.pass, v)
	switch {
	case v.Kind == "file" && w.unpack(&w.file):
	case v.New == nil, len(v.Data) <= smallFile && (syntaxOf(&w.entry).configures() || keepsCredentials(w.entry.Path)):
		w.judge(ownText(&w.file))
	default:
		w.parts = wholeLines(w.parts[:0], v.Data, v.New)
		for _, r := range w.parts {
			w.judge(partOf(&w.file, r))
		}
	}
	for _, problem := range w.problems.All() {
		s.pass.Problem(problem)
	}
	if !s.keep(&w.discoveries, v) {
		s.pass.OK(checks.Subject{Kind: "version", Name: s.nameOf(v)})
	}
}

// shownNames bounds the names that are kept to be shown.
const shownNames = 1 << 14

// nameOf is what a version is called in a report. Most files have many.
func (s *historyScan) nameOf(v *checks.Version) string {
	name := cmp.Or(v.Path, v.Name)
	if name == "" {
		return v.ID
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shown, known := s.names[name]
	if !known {
		if len(s.names) >= shownNames {
			clear(s.names)
		}
		shown = redactedName(name)
		s.names[name] = shown
	}
	return shown
}

// keep takes what was found in a version, and reports whether that is anything.
func (s *historyScan) keep(d *discoveries, v *checks.Version) bool {
	if len(d.found) == 0 {
		return false
	}
	any := false
	s.mu.Lock()
	defer s.mu.Unlock()
	for check, found := range d.found {
		for _, f := range found {
			if !adds(v, &f) {
				continue
			}
			any = true
			if s.present[f.ContentKey] {
				if s.standing == nil {
					s.standing = map[string]bool{}
				}
				s.standing[f.ContentKey] = true
				continue
			}
			key := secretKey{check, f.Rule, f.ContentKey}
			h := &hit{f, *v, d.traces[key]}
			h.version.Data, h.version.New = nil, nil
			s.take(key, h)
		}
	}
	return any
}

// adds reports whether the finding stands in what is new in the version.
func adds(v *checks.Version, f *checks.Finding) bool {
	change := checks.Change{Added: v.Added}
	return change.Adds(f.Place.Line, f.Place.EndLine) || unpack.Sniff(v.Data) != ""
}

// take keeps a version that holds a secret. Where its bytes show the secret, one version of each path is enough: the
// others are found by that.
func (s *historyScan) take(key secretKey, h *hit) {
	list := s.hits[key]
	if list == nil && len(s.hits) >= maxSecrets {
		s.dropped++
		return
	}
	i, _ := slices.BinarySearchFunc(list, h, (*hit).compare)
	if h.trace.text != "" {
		alike := func(o *hit) bool {
			return o.version.Path == h.version.Path && o.version.Kind == h.version.Kind && o.trace == h.trace
		}
		if j := slices.IndexFunc(list, alike); j >= 0 && j < i {
			return
		} else if j >= 0 {
			list = slices.Delete(list, j, j+1)
		}
	}
	list = slices.Insert(list, i, h)
	s.hits[key] = list[:min(len(list), maxHits)]
}

// compare orders the versions that hold one secret, so that the same ones are kept whatever the order of the scan.
func (h *hit) compare(o *hit) int {
	return cmp.Or(cmp.Compare(h.version.Kind, o.version.Kind), cmp.Compare(h.version.Path, o.version.Path), cmp.Compare(h.version.ID, o.version.ID),
		cmp.Compare(h.version.Name, o.version.Name), cmp.Compare(h.finding.Place.Line, o.finding.Place.Line))
}

// report names, for each secret, the commit that brought it.
func (s *historyScan) report(versions checks.History) error {
	secrets := slices.Collect(maps.Values(s.hits))
	slices.SortFunc(secrets, func(a, b []*hit) int {
		return cmp.Or(cmp.Compare(a[0].version.Path, b[0].version.Path), checks.CompareFindings(a[0].finding, b[0].finding), a[0].compare(b[0]))
	})
	if n := len(secrets) + s.dropped; n > checks.MaxFindings {
		secrets = secrets[:min(len(secrets), checks.MaxFindings)]
		s.pass.Problem(checks.Problem{Op: "report history", Expected: fmt.Sprintf("at most %d secrets", checks.MaxFindings),
			Actual: fmt.Sprintf("%d", n), Retry: checks.RetryUseless})
	}
	var sought []checks.Sought
	for _, h := range slices.Concat(secrets...) {
		sought = append(sought, checks.Sought{Blob: h.version.ID, Path: h.version.Path, Value: h.trace.text})
	}
	sources, err := versions.Sources(s.pass.Context(), sought)
	if err != nil {
		return err
	}
	found := make([]checks.Finding, len(secrets))
	for n, list := range secrets {
		i := oldest(sources[:len(list)])
		found[n] = list[i].from(sources[i])
		found[n].Aside = cmp.Or(found[n].Aside, configurationOf(s.pass).known(&found[n]))
		sources = sources[len(list):]
	}
	if s.pass.Outbound() != nil {
		found = validated(s.pass, found)
	}
	for _, finding := range found {
		s.pass.Fail(finding)
	}
	if n := len(s.standing); n > 0 {
		s.pass.NotApplicable(fmt.Sprintf("%d secrets of the history still stand in the files, and are reported there", n))
	}
	return nil
}

// oldest is the index of the source whose commit is the oldest; what has a commit comes before what has none.
func oldest(sources []checks.Source) int {
	best := 0
	for i, s := range sources {
		if then := sources[best]; then.Commit == "" && s.Commit != "" || s.Commit != "" && timeOf(s.Date).Before(timeOf(then.Date)) {
			best = i
		}
	}
	return best
}

func timeOf(date string) time.Time {
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return time.Unix(1<<40, 0) // no date is younger than any
	}
	return t
}

// from is the finding with its place in the history.
func (h *hit) from(source checks.Source) checks.Finding {
	f := h.finding
	v := h.version
	place := checks.Place{Path: source.Path, Line: f.Place.Line, Inside: f.Place.Inside, Commit: source.Commit, Date: source.Date, Blob: source.Blob}
	if source.Line > 0 {
		place.Line = max(1, source.Line-h.trace.up)
	}
	place.Path = redactedName(place.Path)
	where := "an earlier version of " + printable(place.Path)
	switch {
	case v.Kind != "file":
		place.Path, place.Blob = redactedName(withoutSecret(cmp.Or(v.Name, ".git"), f.ContentKey)), ""
		place.Inside = strings.TrimSuffix(v.Kind+", "+f.Place.Inside, ", ")
		if v.Path = ""; v.Name == "" {
			place.Line = 0
		}
		if v.Name != "" && v.Kind == "reference" { // the commit that it names did not bring the name
			place.Line, place.Commit, place.Date = 0, "", ""
		}
		where = "a " + v.Kind
		if v.Name != "" {
			where += " (" + printable(place.Path) + ")"
		}
	case source.Path == "":
		place.Path = ".git/objects/" + v.ID
		where = "an object that no commit names any more"
	}
	f.Place = place
	f.Message += "; it stands in " + where
	if source.Reach != "" && source.Reach != "nothing" {
		f.Message += ", reached by " + withoutSecret(printable(source.Reach), f.ContentKey)
	}
	f.Subject = checks.Subject{Kind: "version", Name: f.Place.Path + " " + f.Place.Blob}
	return f
}

// withoutSecret is a name in which the secret is redacted.
func withoutSecret(name, secret string) string {
	if secret == "" {
		return name
	}
	return strings.ReplaceAll(name, secret, redact(secret))
}

// wholeLines appends ranges widened to whole lines where these are not too long, those that meet as one.
func wholeLines(out []checks.Range, data []byte, ranges []checks.Range) []checks.Range {
	for _, r := range ranges {
		r.Start = lineStart(data, r.Start)
		if end := bytes.IndexByte(data[r.End:min(len(data), r.End+maxLine)], '\n'); end >= 0 {
			r.End += end
		} else {
			r.End = min(len(data), r.End+maxLine)
		}
		if n := len(out); n > 0 && r.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, r.End)
			continue
		}
		out = append(out, r)
	}
	return out
}

// partOf is a range of a file's bytes as a text.
func partOf(f *checks.File, r checks.Range) *text {
	t := &text{Entry: f.Entry, data: f.Data[r.Start:r.End], kind: syntaxOf(f.Entry), binary: f.Binary(), owns: func(int) bool { return true }}
	t.raw = func(start, end int) []byte { return t.data[start:end] }
	t.place = func(start, end int) checks.Place {
		before := f.Data[:r.Start+start]
		line := bytes.Count(before, []byte{'\n'}) + 1
		return checks.Place{Path: f.Path, Line: line, Column: len(before) - bytes.LastIndexByte(before, '\n'), EndLine: line + bytes.Count(f.Data[r.Start+start:r.Start+end], []byte{'\n'})}
	}
	return t
}
