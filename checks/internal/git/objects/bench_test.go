package objects

import (
	"context"
	"os"
	"sync/atomic"
	"testing"
)

// benchStore opens the repository whose git directory HARDCHECK_BENCH_GIT names, or one made here.
func benchStore(b *testing.B) func() *Store {
	dir := os.Getenv("HARDCHECK_BENCH_GIT")
	if dir == "" {
		r := newRepo(b)
		r.revise(300)
		r.git("repack", "-adfq")
		dir = r.gitDir()
	}
	return func() *Store {
		s, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
}

// BenchmarkBlobs reads every blob once, opening included; bytes are those of the objects built.
func BenchmarkBlobs(b *testing.B) {
	open := benchStore(b)
	for b.Loop() {
		s := open()
		var built, fresh, count atomic.Int64
		s.Blobs(context.Background(), Options{}, func(p *Piece) {
			count.Add(1)
			built.Add(int64(len(p.Data)))
			for _, n := range p.New {
				fresh.Add(int64(n.End - n.Start))
			}
		})
		s.Close()
		b.SetBytes(built.Load())
		b.ReportMetric(float64(count.Load()), "blobs")
		b.ReportMetric(float64(fresh.Load())/1e6, "MB-new")
	}
}

// BenchmarkForest opens the store and links the entries of its packs.
func BenchmarkForest(b *testing.B) {
	open := benchStore(b)
	for b.Loop() {
		s := open()
		for _, p := range s.packs {
			if _, err := s.readForest(p); err != nil {
				b.Fatal(err)
			}
		}
		s.Close()
	}
}
