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

// Limits finds the limits that the opted-in levels can show: on the path for uploads, or where none is named on one that
// no handler has and only layers for every path answer. hints are sizes that are tried first. Without a level it is empty.
func (p *Prober) Limits(hints ...int64) []Outcome {
	if !slices.ContainsFunc([]string{declare, drip, body}, p.site.Active) {
		return nil
	}
	if p.options.Path == "" {
		return []Outcome{p.find(p.Missing(), true, hints)}
	}
	// The site shows first on the path that no handler has whether it wants to be left alone.
	first := &search{prober: p, path: p.Missing(), missing: true}
	first.out.Path, first.out.Missing = first.path, true
	err := first.calibrate()
	if first.conclude(err); first.out.Verdict == RateLimited || first.out.Verdict == Unreachable {
		return []Outcome{first.out}
	}
	o := p.find(p.options.Path, false, hints)
	if over := o.Declared.Over; o.byDeclaration() && o.dripSize == 0 && err == nil {
		r, err := first.declare(over)
		if o.Everywhere = err == nil && first.refuses(&r); o.Everywhere && o.Who == "" {
			o.Who = everyPath
		}
	}
	return []Outcome{o}
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

// framework is what the site's page says that it is powered by, or "". Other checks asked for the page: it costs nothing.
func (p *Prober) framework() string {
	x, err := p.site.Page(p.ctx, p.site.Paths()[0])
	if err != nil {
		return ""
	}
	return x.Header.Get("X-Powered-By")
}
