package objects

import "context"

// Survey reads the commits, tags and trees of the store in one sweep. It calls visit, from several goroutines, with
// what Messages and Names give, and returns the paths of what the trees name. leaveOut says which directories and
// files are of no interest, by their paths; it is called from several goroutines, about once for each directory.
func (s *Store) Survey(ctx context.Context, opt Options, leaveOut func(path string) bool, visit func(*Text)) (*Paths, error) {
	opt = opt.withDefaults(s)
	opt.Context = -1
	s.number()
	history := s.newGraphBuilder(opt.Workers)
	opt.copies = true
	names, lists := newNameSet(), newEntryLists(s.numbers.count)
	links := make([]linker, opt.Workers)
	for i := range links {
		links[i].s, links[i].names, links[i].lists, links[i].visit = s, names, lists, visit
	}
	err := s.sweep(ctx, opt, func(k Kind) bool { return k != KindBlob }, func(p *Piece) {
		l := &links[p.Worker]
		if p.Kind == KindTree {
			l.add(p)
			return
		}
		commit := &history.parts[p.Worker].commit
		switch err := message(p, commit, &l.text, visit); {
		case err != nil:
			s.tellError("read the commit "+p.ID.String(), s.common.label("objects"), err)
		case p.Kind == KindCommit:
			if tree := history.add(p); tree != noNumber {
				l.roots = append(l.roots, tree)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	s.keepGraph(history)
	return s.newPaths(links, names, leaveOut), nil
}
