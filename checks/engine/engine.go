// Package engine runs checks: one shared walk over a tree, every wanted file read once, or one site. It judges
// nothing; it returns what each check observed.
package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"hardcheck/checks"
)

// Job is one check to run with an item's effective parameters.
type Job struct {
	Check  *checks.Check
	Values checks.Values
	Skip   string // the reason not to run it; "" to run it
}

// Options bound a run. The zero value means the defaults.
type Options struct {
	Workers int // default: the number of usable CPUs, at least 2
	// WholeFile is the size in bytes up to which a file is read whole; larger ones are streamed to the checks
	// that accept windows. Default 8 MiB.
	WholeFile int64
	// Window is the size in bytes of a streamed window, Overlap how much of the last one it repeats.
	// Defaults 1 MiB and 64 KiB.
	Window, Overlap int
	Binary          int64     // how much is looked at of a binary file that is streamed, in bytes. Default 1 GiB
	Progress        *Progress // where counts go while the run lasts; nil for nowhere
	Debug           io.Writer // where a panic's stack goes; nil for nowhere
	// Configuration is what the policy gives the modules besides parameters.
	Configuration map[checks.Module]any
	Outbound      checks.Outbound // for checks of trees; nil where the user did not opt in
	// Trees are the results of the trees that are audited with a site, of the same jobs.
	Trees []Result
}

// Progress is what has been done so far. Safe for concurrent use.
type Progress struct {
	Entries, Files, Bytes atomic.Int64
}

// Result is what a run saw. Observations stand in the order of the jobs.
type Result struct {
	Target       checks.Target
	Observations []checks.Observation
	Scopes       []*checks.Scope
	Problems     []checks.Problem
	Files, Bytes int64
	Requests     int64
	Cut          bool // the context ended before the run did
	Unchanged    bool // the target is a change that brings no file

	passes []*checks.Pass // of a whole tree, in the order of the jobs: what a site is joined with
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = max(2, runtime.GOMAXPROCS(0))
	}
	if o.WholeFile <= 0 {
		o.WholeFile = 8 << 20
	}
	if o.Window <= 0 {
		o.Window = 1 << 20
	}
	if o.Overlap <= 0 {
		o.Overlap = 64 << 10
	}
	if o.Binary <= 0 {
		o.Binary = 1 << 30
	}
	if o.Progress == nil {
		o.Progress = &Progress{}
	}
	if o.Debug == nil {
		o.Debug = io.Discard
	}
	return o
}

// call runs one function of a check. A panic and an error both become a blind problem of that check alone.
func call(p *checks.Pass, where string, log io.Writer, f func() error) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(log, "panic in %s on %s: %v\n%s", p.Check.ID, where, v, debug.Stack())
			p.Problem(checks.Problem{Op: "run " + p.Check.ID, Expected: "a verdict", Actual: fmt.Sprintf("a fault in hardcheck: %v", v),
				Retry: checks.RetryUseless, Where: where, Blind: true})
		}
	}()
	err := f()
	var problem *checks.Problem
	switch {
	case err == nil:
	case errors.As(err, &problem):
		p.Problem(*problem.AsBlind())
	case p.Context().Err() != nil: // interrupted; the run says so as a whole
	default:
		p.Problem(checks.Problem{Op: "run " + p.Check.ID, Expected: "a verdict", Actual: err.Error(), Retry: checks.RetrySafe, Where: where, Blind: true})
	}
}

// RunSite runs every job that can judge a site.
func RunSite(ctx context.Context, site checks.Site, jobs []Job, options Options) Result {
	o := options.withDefaults()
	world := &checks.World{Target: checks.Target{Kind: checks.TargetURL, Locator: site.URL().String()}, Site: site, Configuration: o.Configuration}
	result := Result{Target: world.Target}
	passes := make([]*checks.Pass, len(jobs))
	for i, job := range jobs {
		pass := checks.NewPass(ctx, job.Check, world, job.Values)
		for _, tree := range o.Trees {
			if tree.Joins() {
				pass.Beside(tree.passes[i])
			}
		}
		if job.Check.Site != nil && job.Skip == "" && ctx.Err() == nil {
			call(pass, world.Target.Locator, o.Debug, func() error { return job.Check.Site(pass) })
		}
		passes[i] = pass
	}
	for i, pass := range passes {
		call(pass, world.Target.Locator, o.Debug, pass.Finish)
		result.Observations = append(result.Observations, observe(pass, jobs[i], checks.TargetURL))
	}
	result.Cut = ctx.Err() != nil
	return result
}

func observe(pass *checks.Pass, job Job, kind checks.TargetKind) checks.Observation {
	o := pass.Observation()
	switch {
	case job.Skip != "":
		o.Skipped, o.Reason = true, job.Skip
	case !job.Check.Suits(kind):
		o.Skipped, o.Reason = true, job.Check.Needs()
	}
	return o
}
