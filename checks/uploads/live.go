package uploads

import (
	"cmp"
	"fmt"

	"hardcheck/checks"
	"hardcheck/checks/uploads/prober"
)

// Configuration is what the user gives the chapter besides parameters; engine options carry it.
type Configuration = prober.Options

// measured is what the live checks of one site share: each asks for what it needs, and what was asked stays.
type measured struct {
	prober   *prober.Prober
	outcomes []prober.Outcome
}

type measuredKey struct{}

// measure finds the limits of the site, once. Sizes that a tree audited with it predicts are tried first.
func measure(p *checks.Pass) *measured {
	return p.Site().Remember(measuredKey{}, func() any {
		options, _ := p.Configuration().(Configuration)
		m := &measured{prober: prober.New(p.Context(), p.Site(), options)}
		m.outcomes = m.prober.Limits(predictions(p, cmp.Or(options.Path, m.prober.Missing()))...)
		return m
	}).(*measured)
}

// predictions are the limits that the trees beside the site give for the path.
func predictions(p *checks.Pass, path string) (out []int64) {
	for _, tree := range p.Trees() {
		for _, c := range chainsFor(tree, p.Site().URL(), path) {
			if l := c.limit; l.known && !l.unlimited {
				out = append(out, l.bytes)
			}
		}
	}
	return out
}

// liveSubject is a path of the site.
func liveSubject(p *checks.Pass, o *prober.Outcome) checks.Subject {
	name := p.Site().URL().Host + o.Path
	if o.Missing {
		name = p.Site().URL().Host + " (a path that no handler has)"
	}
	return checks.Subject{Kind: "path", Name: name}
}

func livePlace(p *checks.Pass, path string) checks.Place {
	return checks.Place{URL: p.Site().URL().Scheme + "://" + p.Site().URL().Host + path}
}

// again is how a reviewer sees it for himself.
func again(o *prober.Outcome) string { return "# See it again:\n" + o.Evidence }

// told is a pass with what was found and how to see it again.
func told(p *checks.Pass, o *prober.Outcome) {
	p.OK(liveSubject(p, o))
	p.Note(fmt.Sprintf("%s: %s. See it again: %s", o.Path, o.String(), o.Evidence))
}

// untold is the problem of a path that could not be measured.
func untold(p *checks.Pass, o *prober.Outcome, retry checks.Retry) *checks.Problem {
	if problem := o.Problem(); problem != nil {
		return problem.AsBlind()
	}
	return &checks.Problem{Op: "find the limit on bodies of", Where: livePlace(p, o.Path).URL, Blind: true, Retry: retry,
		Expected: "an answer that depends on the size", Actual: string(o.Verdict) + ": " + o.Why + "; see it again: " + o.Evidence}
}

// retryOf says whether asking again helps.
func retryOf(v prober.Verdict) checks.Retry {
	switch v {
	case prober.RateLimited:
		return checks.RetryWithCare
	case prober.Unreachable, prober.Inconclusive:
		return checks.RetrySafe
	}
	return checks.RetryUseless
}
