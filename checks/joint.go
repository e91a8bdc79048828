package checks

import "slices"

// Beside gives the pass of a site the pass of the same check over a tree that is audited with it. The engine calls it.
func (p *Pass) Beside(tree *Pass) { p.trees = append(p.trees, tree) }

// Trees are passes over the trees that are audited with the site: an answer may come from their configuration. What is
// reported to them goes nowhere.
func (p *Pass) Trees() []*Pass {
	out := make([]*Pass, len(p.trees))
	for i, tree := range p.trees {
		out[i] = tree.again(tree.world)
	}
	return out
}

// Join is the pass of Joint: over the tree of this pass, and a site.
func (p *Pass) Join(target Target, site Site) *Pass {
	world := *p.world
	world.Target, world.Site = target, site
	return p.again(&world)
}

// again is a pass that sees what this one kept and has reported nothing.
func (p *Pass) again(world *World) *Pass {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := NewPass(p.ctx, p.Check, world, p.values)
	out.kept = slices.Clone(p.kept)
	return out
}
