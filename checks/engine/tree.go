package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"hardcheck/checks"
	"hardcheck/checks/settings"
	"hardcheck/checks/target"
)

// treeRun is one audit of one tree.
type treeRun struct {
	Options
	ctx       context.Context
	passes    []*checks.Pass
	collector *settings.Collector
	settings  bool // somebody asks for them
	system    bool // the tree is the root of one
	lasting   bool // somebody looks at nothing temporary of it
	temporary atomic.Int64
	buffers   sync.Pool

	mu      sync.Mutex
	problem checks.ProblemList
	bounds  map[string]*bound
}

// bound counts what one limit cut off.
type bound struct {
	expected string
	count    int
	example  string // the first path in alphabetical order
}

// RunTree walks the tree once for all jobs.
func RunTree(ctx context.Context, tree *target.Tree, jobs []Job, options Options) Result {
	world := &checks.World{Target: tree.Target(), Repository: tree.Repository(), Configuration: options.Configuration, Outbound: options.Outbound, Root: tree.SystemRoot()}
	r := &treeRun{Options: options.withDefaults(), ctx: ctx, collector: settings.NewCollector(), bounds: map[string]*bound{}}
	all := make([]*checks.Pass, len(jobs))
	jobs = slices.Clone(jobs)
	for i, job := range jobs {
		if tree.Changes() && !job.Check.Part && job.Skip == "" {
			jobs[i].Skip, job.Skip = "judges whole trees; this audit is of a change", "change"
		}
		all[i] = checks.NewPass(ctx, job.Check, world, job.Values)
		if job.Skip == "" && (job.Check.OnTree() || job.Check.Joint != nil) {
			r.passes = append(r.passes, all[i])
		}
	}
	r.chooseSettings(jobs)
	r.system = world.Root != nil
	r.lasting = r.settings || slices.ContainsFunc(r.passes, func(p *checks.Pass) bool { return p.Check.Lasting })
	result := Result{Target: world.Target}
	err := tree.Walk(ctx, r.Workers, r.visit)
	result.Cut = ctx.Err() != nil
	unseen := tree.Problems()
	if err != nil && !result.Cut {
		walk := checks.Problem{Op: "walk", Expected: "every entry", Actual: err.Error(), Retry: checks.RetrySafe, Where: world.Target.Locator, Blind: true}
		r.report(walk)
		unseen = append(unseen, walk)
	}
	scopes, problems := r.collector.Scopes()
	world.Scopes, world.Unseen, result.Scopes = scopes, r.collector.Unseen(), scopes
	for _, p := range problems {
		p.Blind = false // for the checks that ask for its layer, which world.Unseen tells
		r.problem.Add(p)
	}
	if !result.Cut {
		r.finish(unseen)
	}
	for i, pass := range all {
		result.Observations = append(result.Observations, observe(pass, jobs[i], world.Target.Kind))
	}
	if !tree.Changes() && !result.Cut {
		result.passes = all
	}
	result.Problems = slices.Concat(r.problem.All(), tree.Problems(), r.boundProblems(), r.temporaryProblem(world.Target.Locator))
	slices.SortFunc(result.Problems, checks.CompareProblems)
	result.Problems = slices.Compact(result.Problems)
	result.Files, result.Bytes = r.Progress.Files.Load(), r.Progress.Bytes.Load()
	result.Unchanged = tree.Changes() && r.Progress.Entries.Load() == 0 && err == nil
	return result
}

// chooseSettings decides which settings are read: those that the jobs ask for, and all where there is no job.
func (r *treeRun) chooseSettings(jobs []Job) {
	var asking []*checks.Check
	for _, j := range jobs {
		if j.Skip == "" {
			asking = append(asking, j.Check)
		}
	}
	layers, all := checks.NeedsLayers(asking)
	if !all && len(jobs) > 0 {
		r.collector = settings.NewCollectorOf(layers)
	}
	r.settings = all || len(jobs) == 0 || len(layers) > 0
}

// finish runs what looks at the whole tree. A directory that could not be read blinds every check of the tree.
func (r *treeRun) finish(unseen []checks.Problem) {
	unseen = slices.DeleteFunc(unseen, func(p checks.Problem) bool { return !p.Blind })
	for _, pass := range r.passes {
		for _, problem := range unseen {
			pass.Problem(problem)
		}
		if pass.Check.Tree != nil {
			call(pass, pass.Target().Locator, r.Debug, func() error { return pass.Check.Tree(pass) })
		}
	}
}

func (r *treeRun) report(p checks.Problem) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problem.Add(p)
}

func (r *treeRun) visit(n *target.Node) {
	r.Progress.Entries.Add(1)
	for _, pass := range r.passes {
		if pass.Check.Entry != nil {
			call(pass, n.Path, r.Debug, func() error { pass.Check.Entry(pass, n.Entry); return nil })
		}
	}
	if !n.Mode.IsRegular() {
		return
	}
	temporary := r.system && isTemporary(n.Path)
	if temporary && r.lasting {
		r.temporary.Add(1)
	}
	want := reading{settings: r.settings && n.Content && !temporary && r.collector.Wants(n.Entry)}
	for _, pass := range r.passes {
		if pass.Check.File == nil || !n.Content && !pass.Check.Ignored || temporary && pass.Check.Lasting {
			continue
		}
		if pass.Check.Wants == nil || pass.Check.Wants(n.Entry) {
			want.passes = append(want.passes, pass)
		}
	}
	if want.settings || len(want.passes) > 0 {
		r.read(n, want)
	}
}

// isTemporary reports a path of a system below a directory for what programs put away for a while (Filesystem Hierarchy
// Standard 3.0, 3.18 and 5.15). Its modes count, and the keys in it; what is configured there, nothing runs with.
func isTemporary(path string) bool {
	return strings.HasPrefix(path, "tmp/") || strings.HasPrefix(path, "var/tmp/")
}

// temporaryProblem tells of the files that Lasting checks and settings were spared.
func (r *treeRun) temporaryProblem(where string) []checks.Problem {
	n := r.temporary.Load()
	if n == 0 {
		return nil
	}
	return []checks.Problem{{Op: "walk", Expected: "the content of every file", Retry: checks.RetryUseless, Where: where,
		Actual: fmt.Sprintf("owners, modes and keys only of %d files in temporary directories, from which no service runs; audit one by itself", n)}}
}

// reading is who wants one file's bytes.
type reading struct {
	passes   []*checks.Pass
	settings bool
}

func (r *treeRun) read(n *target.Node, want reading) {
	content, err := n.Open()
	if err != nil {
		r.unread(n, want, err)
		return
	}
	defer content.Close()
	buffer, _ := r.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	defer r.buffers.Put(buffer)
	r.Progress.Files.Add(1)
	if n.Size > r.WholeFile {
		r.stream(n, want, content, buffer)
		return
	}
	data, more, err := fill(content, (*buffer)[:0], int(min(n.Size+1, r.WholeFile+1)), int(r.WholeFile)+1)
	*buffer = data
	r.Progress.Bytes.Add(int64(len(data)))
	switch {
	case err != nil:
		r.unread(n, want, err)
	case more || int64(len(data)) > r.WholeFile:
		r.tooLarge(n, want) // it grew during the walk
	default:
		r.deliver(&checks.File{Entry: n.Entry, Data: data, Line: 1, Whole: true}, want)
	}
}

// fill reads up to limit bytes; hint is the size expected. more reports that the limit was reached.
func fill(content io.Reader, buffer []byte, hint, limit int) (data []byte, more bool, err error) {
	buffer = slices.Grow(buffer, hint)
	for {
		if len(buffer) == cap(buffer) {
			buffer = slices.Grow(buffer, 1)
		}
		n, err := content.Read(buffer[len(buffer):min(cap(buffer), limit)])
		buffer = buffer[:len(buffer)+n]
		if errors.Is(err, io.EOF) {
			return buffer, false, nil
		}
		if err != nil {
			return buffer, false, err
		}
		if len(buffer) >= limit {
			return buffer, true, nil
		}
	}
}

func (r *treeRun) deliver(f *checks.File, want reading) {
	for _, pass := range want.passes {
		call(pass, f.Path, r.Debug, func() error { return pass.Check.File(pass, f) })
	}
	if want.settings {
		r.readSettings(f)
	}
}

func (r *treeRun) readSettings(f *checks.File) {
	defer func() {
		if v := recover(); v != nil {
			fault := checks.Problem{Op: "read settings", Expected: "its settings", Actual: fmt.Sprintf("a fault in hardcheck: %v", v),
				Retry: checks.RetryUseless, Where: f.Path, Blind: true}
			r.collector.Unread(f.Entry, fault)
			fault.Blind = false
			r.report(fault)
		}
	}()
	r.collector.Read(f)
}

func (r *treeRun) unread(n *target.Node, want reading, err error) {
	if r.ctx.Err() != nil {
		return
	}
	problem := checks.Problem{Op: "read file", Expected: "permission to read it", Actual: err.Error(), Retry: checks.RetrySafe, Where: n.Path, Blind: true}
	if want.settings {
		r.collector.Unread(n.Entry, problem)
	}
	shown := problem
	shown.Blind = false // what it blinds is told by those who needed the file
	r.report(shown)
	for _, pass := range want.passes {
		pass.Problem(problem)
	}
}
