package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/headers"
	"hardcheck/checks/target"
	"hardcheck/policy"
)

// observe runs the policy's items over every target.
func (a *audit) observe(ctx context.Context, targets []string, pol *policy.Policy, stderr io.Writer) policy.Input {
	started := time.Now()
	input := policy.Input{Tool: policy.Tool{Name: "hardcheck", Version: version}, Started: started.UTC().Truncate(time.Second),
		Now: started, ReportOnly: a.reportOnly, ReportKey: []byte(os.Getenv("HARDCHECK_REPORT_KEY"))}
	a.items = pol.Items()
	jobs := make([]engine.Job, len(a.items))
	for i, item := range a.items {
		jobs[i] = engine.Job{Check: item.Check, Values: item.Values}
		if len(a.modules) > 0 && !slices.Contains(a.modules, string(item.Check.Module())) {
			jobs[i].Skip = "left out by --module"
		}
	}
	for _, seen := range a.observeAll(ctx, targets, pol, jobs, stderr) {
		input.Targets = append(input.Targets, seen.TargetResult)
		input.Problems = append(input.Problems, seen.problems...)
		input.Seen = append(input.Seen, seen.seen...)
	}
	input.Interrupted = ctx.Err() != nil
	input.Took = time.Since(started)
	return input
}

// observeAll observes every target once: the trees, each of which keeps all processors busy, one after another, then
// the sites, which are joined with them and mostly wait, several at once. What it returns stands in the order of the
// targets, joined ones at the end.
func (a *audit) observeAll(ctx context.Context, targets []string, pol *policy.Policy, jobs []engine.Job, stderr io.Writer) []observed {
	unique := once(targets)
	all := make([]observed, len(unique))
	var sites []int
	for i, t := range unique {
		if isURL(t) {
			sites = append(sites, i)
			continue
		}
		options := a.options(pol, t, stderr)
		a.quiet = sync.OnceFunc(showProgress(stderr, treeProgress(t, options.Progress)))
		all[i] = a.observeTree(ctx, t, pol, jobs, options)
		a.quiet()
	}
	a.announceLevels(stderr, len(sites))
	done := &atomic.Int64{}
	a.quiet = sync.OnceFunc(showProgress(stderr, siteProgress(sites, unique, done)))
	defer a.quiet()
	inParallel(a.jobs, len(sites), func(n int) {
		i := sites[n]
		all[i] = a.observeSite(ctx, unique[i], jobs, a.options(pol, unique[i], stderr))
		done.Add(1)
	})
	for i := range unique {
		all = append(all, all[i].joined...)
	}
	return all
}

// once lists the targets without repetition.
func once(targets []string) (unique []string) {
	seen := map[string]bool{}
	for _, t := range targets {
		if !seen[t] {
			seen[t] = true
			unique = append(unique, t)
		}
	}
	return unique
}

// inParallel calls do for 0 to count-1, at most that many at once, and waits for all.
func inParallel(most, count int, do func(int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(most, count) {
		group.Go(func() {
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				do(n)
			}
		})
	}
	group.Wait()
}

// observed is what one target showed.
type observed struct {
	policy.TargetResult
	seen     []policy.Observed
	problems []checks.Problem
	joined   []observed // of a site: what it showed together with each tree
}

// options are how the checks of one target run.
func (a *audit) options(pol *policy.Policy, locator string, stderr io.Writer) engine.Options {
	o := engine.Options{Progress: &engine.Progress{}, Outbound: a.outbound, Trees: a.trees,
		Configuration: map[checks.Module]any{checks.Secrets: a.secrets.Under(prefix(pol, locator)), checks.Uploads: a.siteFlags.configuration(),
			checks.Logging: a.canaryFlags.configuration(stderr, func() { a.quiet() })}}
	if a.debug {
		o.Debug = stderr
	}
	return o
}

func (a *audit) observeTree(ctx context.Context, locator string, pol *policy.Policy, jobs []engine.Job, options engine.Options) observed {
	tree, err := target.OpenTree(ctx, locator, a.treeOptions(pol, locator))
	if err != nil {
		return a.notOpened(ctx, checks.Target{Kind: treeKind(a.rev), Locator: locator}, jobs, err)
	}
	defer tree.Close()
	result := engine.RunTree(ctx, tree, jobs, options)
	a.trees = append(a.trees, result)
	return a.fromResult(result)
}

// treeOptions says what of a directory the policy and the flags have audited.
func (a *audit) treeOptions(pol *policy.Policy, dir string) target.TreeOptions {
	walk := pol.Walk()
	return target.TreeOptions{Rev: a.rev, Staged: a.staged, Base: a.base, Since: a.since, All: a.all || walk.All, Exclude: walk.Exclude, Prefix: pol.Prefix(dir),
		System: slices.Contains(a.systems, dir)}
}

// prefix is where a target lies below the directory from which paths in the policy count.
func prefix(pol *policy.Policy, locator string) string {
	if isURL(locator) {
		return ""
	}
	return pol.Prefix(locator)
}

func treeKind(rev string) checks.TargetKind {
	if rev != "" {
		return checks.TargetGit
	}
	return checks.TargetDir
}

func (a *audit) observeSite(ctx context.Context, locator string, jobs []engine.Job, options engine.Options) observed {
	site, save, err := a.open(locator)
	if err != nil {
		return a.notOpened(ctx, checks.Target{Kind: checks.TargetURL, Locator: locator}, jobs, err)
	}
	defer site.Close()
	result := engine.RunSite(ctx, site, jobs, options)
	result.Target.Locator = locator
	result.Requests = site.Requests()
	joined := a.join(ctx, site, locator, jobs, options)
	if err := save(); err != nil {
		result.Problems = append(result.Problems, checks.Problem{Op: "record", Expected: "a file to write to", Actual: err.Error(), Retry: checks.RetrySafe, Where: a.record})
	}
	seen := a.fromResult(result)
	for i := range seen.seen {
		seen.seen[i].Target.Locator = locator
	}
	seen.joined = joined
	seen.Pages = headers.Matrix(func(see func(checks.Page, *checks.Exchange, error)) { site.Visited(ctx, see) })
	return seen
}

// join compares the site with each tree.
func (a *audit) join(ctx context.Context, site *target.Site, locator string, jobs []engine.Job, options engine.Options) []observed {
	var out []observed
	for _, tree := range a.trees {
		if !tree.Joins() || !engine.Joins(jobs) {
			continue
		}
		before := site.Requests()
		result := engine.RunJoint(ctx, tree, site, locator, jobs, options)
		result.Requests = site.Requests() - before
		out = append(out, a.fromResult(result))
	}
	return out
}

// fromResult keeps what the policy needs of a result. Of a check that does not suit the target it needs nothing, and
// many targets have many of those.
func (a *audit) fromResult(r engine.Result) observed {
	out := observed{
		TargetResult: policy.TargetResult{Kind: r.Target.Kind, Locator: r.Target.Locator, Revision: r.Target.Revision,
			Files: r.Files, Bytes: r.Bytes, Requests: r.Requests, Cut: r.Cut, Unchanged: r.Unchanged},
		problems: r.Problems,
	}
	for i, o := range r.Observations {
		if a.items[i].Check.Suits(r.Target.Kind) {
			out.seen = append(out.seen, policy.Observed{Item: a.items[i].ID, Observation: o})
		}
	}
	return out
}

// notOpened is a target that could not be reached, or not any more because the run was interrupted. What was not asked
// for stays skipped.
func (a *audit) notOpened(ctx context.Context, t checks.Target, jobs []engine.Job, err error) observed {
	out := observed{TargetResult: policy.TargetResult{Kind: t.Kind, Locator: t.Locator, Cut: ctx.Err() != nil, Unreachable: ctx.Err() == nil}}
	for i, job := range jobs {
		if job.Skip != "" {
			out.seen = append(out.seen, policy.Observed{Item: a.items[i].ID, Observation: checks.Observation{Target: t, Skipped: true, Reason: job.Skip}})
		}
	}
	if out.Cut {
		return out
	}
	var problem *checks.Problem
	if !errors.As(err, &problem) {
		problem = &checks.Problem{Op: "open target", Expected: "a target that can be audited", Actual: err.Error(), Retry: checks.RetryUseless, Where: t.Locator}
	}
	problem.Blind = true
	out.problems = []checks.Problem{*problem}
	return out
}
