package checks

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// MaxFindings bounds the findings of one check on one target. What is over it is counted and reported.
const MaxFindings = 10000

// TargetKind is the kind of a target.
type TargetKind string

// Target kinds.
const (
	TargetDir TargetKind = "dir"
	TargetGit TargetKind = "git"
	TargetURL TargetKind = "url"
	// TargetJoint is a tree and a site that are audited together.
	TargetJoint TargetKind = "joint"
)

// Target is what an audit looks at.
type Target struct {
	Kind     TargetKind
	Locator  string // as the user gave it
	Revision string // the commit, for TargetGit
	Tree     string // the locator of the tree, for TargetJoint
}

// World is what a pass gives a check to look at. The engine fills it.
type World struct {
	Target     Target
	Scopes     []*Scope             // after the walk; nil before
	Unseen     map[string][]Problem // by layer: blind problems that kept settings of it from being read
	Repository Repository           // nil outside a git repository
	Site       Site                 // nil for a tree
	// Configuration is what the policy gives the check's module besides parameters; nil for nothing.
	Configuration map[Module]any
	Outbound      Outbound // nil where the user did not opt in
	Root          Root     // nil where the tree is not the root of a system

	shared *shared // made by NewPass
}

// Pass is one run of one check over one target: its only input and its only output. Safe for concurrent use.
type Pass struct {
	Check  *Check
	ctx    context.Context
	world  *World
	values Values

	mu       sync.Mutex
	examined int
	kinds    map[string]int
	names    []string
	failed   map[Subject]bool
	findings []Finding
	dropped  int
	reason   string
	note     string
	problems ProblemList
	kept     []kept
	last     []func() error
	trees    []*Pass
}

type kept struct {
	path  string
	value any
}

// NewPass makes the pass of one check over one target, with the item's effective parameters.
func NewPass(ctx context.Context, check *Check, world *World, values Values) *Pass {
	if world.shared == nil {
		world.shared = &shared{memo: map[any]any{}}
	}
	return &Pass{Check: check, ctx: ctx, world: world, values: values, kinds: map[string]int{}, failed: map[Subject]bool{}}
}

// Context ends when the run is interrupted.
func (p *Pass) Context() context.Context { return p.ctx }

// Target is what is being audited.
func (p *Pass) Target() Target { return p.world.Target }

// Site is the live target, or nil.
func (p *Pass) Site() Site { return p.world.Site }

// Configuration is what the policy gives the check's module besides parameters, of a type that the module declares; nil
// for nothing.
func (p *Pass) Configuration() any { return p.world.Configuration[p.Check.Module()] }

// Outbound asks hosts that are no target, or is nil where the user did not opt into that.
func (p *Pass) Outbound() Outbound { return p.world.Outbound }

// Repository is the git side of the tree, or nil.
func (p *Pass) Repository() Repository { return p.world.Repository }

// Scopes are the scopes of those layers, or of all, in the order of path, line and name. Only Tree and Joint see any.
// What kept settings of those layers from being read blinds the pass.
func (p *Pass) Scopes(layers ...string) []*Scope {
	if p.Check.NoSettings {
		panic("a check that declares NoSettings asks for scopes")
	}
	if asked := p.Check.Layers; asked != nil && (len(layers) == 0 || slices.ContainsFunc(layers, func(l string) bool { return !slices.Contains(asked, l) })) {
		panic("a check that declares Layers asks for others")
	}
	for layer, problems := range p.world.Unseen {
		if len(layers) == 0 || slices.Contains(layers, layer) {
			for _, problem := range problems {
				if p.Check.Foreign == nil || problem.Where == "" || !p.Check.Foreign(problem.file()) {
					p.Problem(problem)
				}
			}
		}
	}
	if len(layers) == 0 {
		return p.world.Scopes
	}
	var out []*Scope
	for _, s := range p.world.Scopes {
		if slices.Contains(layers, s.Layer) {
			out = append(out, s)
		}
	}
	return out
}

// OK reports a subject that was looked at and is good. Report each subject once: OK, or Fail one time or more.
func (p *Pass) OK(s Subject) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count(s)
}

func (p *Pass) count(s Subject) {
	p.examined++
	p.kinds[s.Kind]++
	if len(p.names) < maxNames {
		p.names = append(p.names, s.Name)
	} else if last := slices.Max(p.names); s.Name < last {
		p.names[slices.Index(p.names, last)] = s.Name // the smallest names, whatever the order of the walk
	}
}

const maxNames = 3

// Examined counts a subject that was looked at and whose failure the finding of another subject tells.
func (p *Pass) Examined(s Subject) { p.OK(s) }

// Last runs f after every check did its own work on the site: for what changes it, such as ending the session.
func (p *Pass) Last(f func() error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = append(p.last, f)
}

// Finish runs what Last took. The engine calls it.
func (p *Pass) Finish() error {
	p.mu.Lock()
	last := p.last
	p.last = nil
	p.mu.Unlock()
	for _, f := range last {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// Fail reports a finding. Its subject counts as examined once, however many findings it has.
func (p *Pass) Fail(f Finding) {
	if f.Subject == (Subject{}) {
		f.Subject = Subject{Kind: "file", Name: f.Place.String()}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.failed[f.Subject] {
		p.failed[f.Subject] = true
		p.count(f.Subject)
	}
	if len(p.findings) >= MaxFindings {
		p.dropped++
		return
	}
	p.findings = append(p.findings, f)
}

// NotApplicable says why something was not judged. Where nothing else was examined it is the verdict's reason, and
// beside a pass it says what was left aside; the first reason in alphabetical order is kept.
func (p *Pass) NotApplicable(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reason == "" || reason < p.reason {
		p.reason = reason
	}
}

// Note says beside a pass what was found, such as how to see it again; the first in alphabetical order is kept.
func (p *Pass) Note(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.note == "" || text < p.note {
		p.note = text
	}
}

// Problem reports something that could not be examined. A blind problem turns a would-be pass into an error.
func (p *Pass) Problem(problem Problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems.Add(problem)
}

// Keep stores a value of a file for Tree.
func (p *Pass) Keep(path string, value any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = append(p.kept, kept{path, value})
}

// KeptCount is how many values File kept so far.
func (p *Pass) KeptCount() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.kept)
}

// Kept returns what File kept, ordered by path.
func (p *Pass) Kept() []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.SortStableFunc(p.kept, func(a, b kept) int { return cmp.Compare(a.path, b.path) })
	out := make([]any, len(p.kept))
	for i, k := range p.kept {
		out[i] = k.value
	}
	return out
}

// Bool is the effective value of a ParamBool.
func (p *Pass) Bool(name string) bool { return p.values[name].(bool) }

// Int is the effective value of a ParamInt or ParamSize.
func (p *Pass) Int(name string) int64 { return p.values[name].(int64) }

// Duration is the effective value of a ParamDuration.
func (p *Pass) Duration(name string) time.Duration { return p.values[name].(time.Duration) }

// Text is the effective value of a ParamText.
func (p *Pass) Text(name string) string { return p.values[name].(string) }

// List is the effective value of a ParamList.
func (p *Pass) List(name string) []string { return p.values[name].([]string) }

// Observation is what one pass saw: the engine's output and the policy's input.
type Observation struct {
	Target   Target
	Examined int
	Kinds    map[string]int // examined subjects by kind
	Names    []string       // the first few subjects in alphabetical order
	Findings []Finding      // sorted
	Dropped  int            // findings over MaxFindings
	Reason   string         // why there was nothing to look at, or why the check was skipped
	Note     string         // what was found beside a pass
	Skipped  bool
	Problems []Problem
}

// Observation ends the pass and returns what it saw, in an order that does not depend on the walk.
func (p *Pass) Observation() Observation {
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.names)
	slices.SortFunc(p.findings, CompareFindings)
	p.findings = slices.CompactFunc(p.findings, func(a, b Finding) bool { return a == b })
	return Observation{
		Target: p.world.Target, Examined: p.examined, Kinds: p.kinds, Names: p.names,
		Findings: p.findings, Dropped: p.dropped, Reason: p.reason, Note: p.note, Problems: p.problems.All(),
	}
}
