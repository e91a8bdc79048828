package objects

import (
	"context"
	"fmt"
	"sync"

	"hardcheck/checks"
)

// Missing counts the trees and blobs that trees and commits name and the store does not hold, and tells them: those
// of a partial clone that were not fetched, or of a damaged repository.
func (s *Store) Missing(ctx context.Context) (int, error) {
	g, err := s.history(ctx)
	if err != nil {
		return 0, err
	}
	s.listLoose()
	var mu sync.Mutex
	missing := map[ID]bool{}
	check := func(id ID) {
		if s.Has(id) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		missing[id] = true
	}
	for _, id := range g.lost {
		check(id)
	}
	err = s.sweep(ctx, Options{Context: -1}, func(k Kind) bool { return k == KindTree }, func(p *Piece) {
		eachNew(p, s.hash, func(e *TreeEntry) {
			if e.IsTree() || e.IsBlob() {
				check(e.ID)
			}
		})
	})
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	s.tell(checks.Problem{Op: "read the objects", Where: s.common.label("objects"), Expected: "all objects that the history names",
		Actual: fmt.Sprintf("%d missing", len(missing)), Retry: checks.RetryUseless, Blind: true})
	return len(missing), nil
}
