package objects

import "context"

// Survey reads the commits, tags and trees of the store in one sweep. It calls visit, from several goroutines, with
// what Messages and Names give, and returns the paths of what the trees name. leaveOut says which directories and
// files are of no interest, by their paths; it is called from several goroutines, about once for each directory.
func (s *Store) Survey(ctx context.Context, opt Options, leaveOut func(path string) bool, visit func(*Text)) (*Paths, error) {
	opt = opt.withDefaults(s)
	opt.Context = -1
	s.number()
	history := s.newGraphBuilder()
	links := make([]linker, opt.Workers)
	names := newNameSet()
	base := make([]uint32, s.numbers.count)
	for i := range links {
		links[i].s, links[i].names, links[i].base, links[i].visit = s, names, base, visit
	}
	err := s.sweep(ctx, opt, func(k Kind) bool { return k != KindBlob }, func(p *Piece) {
		if p.Kind == KindTree {
			links[p.Worker].tree(p)
			return
		}
		c, err := message(p, visit)
		switch {
		case err != nil:
			s.tellError("read the commit "+p.ID.String(), s.common.label("objects"), err)
		case c != nil:
			history.add(p.ID, c)
			links[p.Worker].root(c.Tree)
		}
	})
	if err != nil {
		return nil, err
	}
	s.keepGraph(history)
	return s.newPaths(links, names, base, leaveOut), nil
}
