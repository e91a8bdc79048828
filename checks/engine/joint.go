package engine

import (
	"context"
	"slices"

	"hardcheck/checks"
)

// Joins reports whether a site can be joined with what was seen: a whole tree.
func (r Result) Joins() bool { return r.passes != nil }

// Joins reports whether any of the jobs compares a tree with a site.
func Joins(jobs []Job) bool {
	return slices.ContainsFunc(jobs, func(j Job) bool { return j.Check.Joint != nil && j.Skip == "" })
}

// RunJoint runs every job that compares a tree with a site, after RunTree gave the result of the same jobs.
// locator is the site as the user gave it.
func RunJoint(ctx context.Context, tree Result, site checks.Site, locator string, jobs []Job, options Options) Result {
	o := options.withDefaults()
	target := checks.Target{Kind: checks.TargetJoint, Locator: tree.Target.Locator + " + " + locator, Tree: tree.Target.Locator}
	result := Result{Target: target}
	for i, job := range jobs {
		pass := tree.passes[i].Join(target, site)
		if job.Check.Joint != nil && job.Skip == "" && ctx.Err() == nil {
			call(pass, target.Locator, o.Debug, func() error { return job.Check.Joint(pass) })
		}
		result.Observations = append(result.Observations, observe(pass, job, checks.TargetJoint))
	}
	result.Cut = ctx.Err() != nil
	return result
}
