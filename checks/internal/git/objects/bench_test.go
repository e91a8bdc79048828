package objects

import (
	"context"
	"os"
	"sync"
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

// BenchmarkHistory reads every commit and orders them.
func BenchmarkHistory(b *testing.B) {
	open := benchStore(b)
	for b.Loop() {
		s := open()
		g, err := s.history(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(g.nodes)), "commits")
		s.Close()
	}
}

// BenchmarkTexts reads all messages and names.
func BenchmarkTexts(b *testing.B) {
	open := benchStore(b)
	for b.Loop() {
		s := open()
		s.Messages(context.Background(), Options{}, func(*Text) {})
		s.Names(context.Background(), Options{}, func(*Text) {})
		s.Close()
	}
}

// BenchmarkAttribute finds the commits of a hundred blobs, opening included.
func BenchmarkAttribute(b *testing.B) {
	open := benchStore(b)
	s := open()
	var ids []ID
	var mu sync.Mutex
	s.Blobs(context.Background(), Options{}, func(p *Piece) {
		mu.Lock()
		defer mu.Unlock()
		if p.ID.sum[0] == 7 && len(ids) < 100 {
			ids = append(ids, p.ID)
		}
	})
	s.Close()
	for b.Loop() {
		s := open()
		if _, err := s.Attribute(context.Background(), ids); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

// BenchmarkPullRequest opens the store and reads the lines that twenty commits add.
func BenchmarkPullRequest(b *testing.B) {
	open := benchStore(b)
	s := open()
	tip, _ := s.Head()
	base := tip
	for range 20 {
		c, err := s.Commit(base)
		if err != nil {
			b.Fatal(err)
		}
		base = c.Parents[0]
	}
	s.Close()
	for b.Loop() {
		s := open()
		files := 0
		s.NewBlobs(context.Background(), []ID{tip}, []ID{base}, func(c *Change) {
			files++
			_, data, _ := s.Read(c.ID)
			for _, old := range c.Old {
				_, before, _ := s.Read(old)
				AddedLines(before, data)
			}
		})
		b.ReportMetric(float64(files), "files")
		s.Close()
	}
}

// BenchmarkSurvey reads all messages, names and paths.
func BenchmarkSurvey(b *testing.B) {
	open := benchStore(b)
	for b.Loop() {
		s := open()
		p := survey(b, s, nothing)
		b.ReportMetric(float64(len(p.above)), "links")
		s.Close()
	}
}
