package objects

import (
	"context"
	"runtime"

	"hardcheck/checks"
)

// Bounds and defaults of a sweep over all objects.
const (
	defaultContext = 256
	defaultMaxSize = 64 << 20
	defaultTotal   = 256 << 30
	bigObject      = 4 << 20   // one goroutine at a time builds objects above this
	maxLive        = 512 << 20 // bytes of bases that one tree of deltas holds at once
)

// Options say how a sweep reads. The zero value takes the defaults.
type Options struct {
	Workers int   // goroutines; 0 means one for each processor
	Context int   // bytes beside what a delta adds that count as new; 0 means 256, less than 0 none
	MaxSize int   // bytes of the largest object that is given; 0 means 64 MiB
	Total   int64 // bytes of all objects that deltas are built to, against packs made to blow up; 0 means 256 GiB

	copies bool   // whether pieces tell what they copy from their bases
	only   bitset // the objects to give, by number, and all that they are built from; nil for every object
}

func (o Options) withDefaults(s *Store) Options {
	if o.Workers <= 0 {
		o.Workers = min(s.workers, runtime.GOMAXPROCS(0))
	}
	switch {
	case o.Context == 0:
		o.Context = defaultContext
	case o.Context < 0:
		o.Context = 0
	}
	if o.MaxSize <= 0 {
		o.MaxSize = defaultMaxSize
	}
	if o.Total <= 0 {
		o.Total = defaultTotal
	}
	return o
}

// Piece is one object of a sweep, valid during the call of visit only.
type Piece struct {
	ID   ID
	Kind Kind
	// Data is the whole object. It is only valid during the call and must not be changed.
	Data []byte
	// New is what of Data the sweep did not give before, in order and apart: all of it for an object that is stored
	// whole, and for a delta what it adds to its base and the seams where pieces of the base meet, widened by
	// Options.Context on either side. Everything in Data that is not in New stood, with that context around it, in
	// an object that is given too: whoever looks only for what fits into the context may leave it out. New is empty
	// where nothing was added. It is only valid during the call.
	New []Span
	// Whole reports that New is all of Data.
	Whole bool
	// Worker numbers the goroutine that makes the call, from 0: calls with the same number never overlap.
	Worker int

	base   ID       // what New is against; zero where that was not given in this sweep
	old    []byte   // its bytes, for a delta
	copies []copied // what of them stands in Data, in the order there, where Options.copies asks for it
	number uint32   // of the object
	tree   Tree     // what eachNew goes through
}

// Blobs calls visit with every blob of the store once, reachable or not, from several goroutines. What cannot be read
// or is too large is told by Problems. The error is the context's.
func (s *Store) Blobs(ctx context.Context, opt Options, visit func(*Piece)) error {
	return s.sweep(ctx, opt, func(k Kind) bool { return k == KindBlob }, visit)
}

// sweep calls visit with every object of the wanted kinds once.
func (s *Store) sweep(ctx context.Context, opt Options, want func(Kind) bool, visit func(*Piece)) error {
	opt = opt.withDefaults(s)
	s.markDups()
	s.number()
	q := newQueue(ctx)
	for _, p := range s.packs {
		f, err := s.readForest(p)
		if err != nil {
			s.tellError("read a pack", p.label, err)
			continue
		}
		q.addPack(p, f, want)
	}
	q.loose = s.looseList
	run := &sweepRun{store: s, opt: opt, queue: q, want: want, visit: visit}
	run.all()
	if q.panicked != nil {
		panic(q.panicked)
	}
	return ctx.Err()
}

// overTotal tells once that the objects grew beyond the bound of the sweep.
func (r *sweepRun) overTotal(n int) bool {
	if r.total.Add(int64(n)) <= r.opt.Total {
		return false
	}
	r.totalOnce.Do(func() {
		r.store.tell(checks.Problem{Op: "build the objects from their deltas", Where: r.store.common.label("objects"),
			Expected: "objects of less than " + bytesText(r.opt.Total) + " in all", Actual: "more",
			Retry: checks.RetryUseless, Blind: true})
	})
	return true
}
