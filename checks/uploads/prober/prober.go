// Package prober measures on a live site how large a request gets through: by the size that a request declares, by a
// few bytes of a body, or by whole bodies, each as far as the user opted in. It reads while it writes, has one
// connection at a time, and keeps to a budget of requests, bytes and time.
package prober

import (
	"context"
	"slices"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// Options say what the user lets the prober do, besides the levels.
type Options struct {
	// Path takes uploads: bodies are sent there and nowhere else. "" for none.
	Path string
	// MaxBytes bounds the bytes of bodies that the level body sends; 0 is DefaultMaxBytes.
	MaxBytes int64
	// Credentials is what a curl command needs to send along what the user gave, by variables: `-H "$HEADER"`. "" for nothing.
	Credentials string
}

// Prober asks one site.
type Prober struct {
	ctx     context.Context
	site    checks.Site
	options Options
	budgets map[string]*budget
	sent    int // requests, to tell recorded answers apart
	product string
}

// New prepares the prober of a site. Nothing is sent.
func New(ctx context.Context, site checks.Site, o Options) *Prober {
	p := &Prober{ctx: ctx, site: site, options: o, budgets: map[string]*budget{}}
	for _, l := range Levels(o.MaxBytes) {
		p.budgets[l.Name] = &budget{level: l}
	}
	return p
}

// Missing is the path that no handler answers, where the outermost layers are asked.
func (p *Prober) Missing() string { return probe.MissingPath(p.site.URL()) }

// Limits finds the limits that the opted-in levels can show: on the missing path, where only layers for every path
// answer, and on the path for uploads. hints are sizes that are tried first. Without a level it is empty.
func (p *Prober) Limits(hints ...int64) []Outcome {
	if !slices.ContainsFunc([]string{declare, drip, body}, p.site.Active) {
		return nil
	}
	out := []Outcome{p.find(p.Missing(), true, hints)}
	if first := out[0].Verdict; p.options.Path == "" || first == RateLimited || first == Unreachable {
		return out
	}
	if out[0].Declared.Over > 0 {
		hints = append([]int64{out[0].Declared.Over - 1}, hints...)
	}
	return append(out, p.find(p.options.Path, false, hints))
}

// find searches one path, level by level.
func (p *Prober) find(path string, missing bool, hints []int64) Outcome {
	s := &search{prober: p, path: path, missing: missing, kind: kinds[0], hints: hints}
	s.out.Path, s.out.Missing = path, missing
	err := s.run()
	s.conclude(err)
	return s.out
}

// Costs are what each level sent and took so far.
func (p *Prober) Costs() []Cost {
	var out []Cost
	for _, l := range Levels(p.options.MaxBytes) {
		if used := p.budgets[l.Name].used; used.Requests > 0 {
			out = append(out, used)
		}
	}
	return out
}
