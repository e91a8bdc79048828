// Package settings collects the security settings found in a tree: one reader per product turns its files into
// scopes with what is in effect there. A value that is not known until run time is dynamic, never guessed.
package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
)

// reader turns one product's files into scopes, in two steps: read takes what it needs from each file during the
// walk, resolve joins the files (includes, inheritance) afterwards.
type reader struct {
	layer string
	// gives are the layers of its scopes, where that is not layer alone.
	gives []string
	// hints are parts of the paths, in small letters, that are this product's, where most of the files that wants chooses
	// are not. nil where all are.
	hints []string
	// wants chooses files by metadata alone.
	wants func(*checks.Entry) bool
	// read returns what resolve needs of one file, small where files are many, or nil where the file turns out
	// not to be of this product. It runs from several goroutines and keeps nothing that points into File.Data.
	read func(*checks.File) (any, []checks.Problem)
	// resolve gets the documents ordered by path.
	resolve func([]document) ([]*checks.Scope, []checks.Problem)
}

// document is what a reader kept of one file.
type document struct {
	path  string
	value any
}

// Collector gathers settings during one walk. Read is safe for concurrent use.
type Collector struct {
	readers  []reader
	mu       sync.Mutex
	docs     [][]document
	problems []checks.Problem
	unseen   map[string][]checks.Problem // blind ones, by layer
	perhaps  map[string][]checks.Problem // the same of files that are hardly ever of the layer
}

// NewCollector returns a collector with every reader.
func NewCollector() *Collector {
	r := readers()
	return &Collector{readers: r, docs: make([][]document, len(r)), unseen: map[string][]checks.Problem{}, perhaps: map[string][]checks.Problem{}}
}

// NewCollectorOf returns a collector with the readers of some layers alone.
func NewCollectorOf(layers []string) *Collector {
	c := NewCollector()
	c.readers = slices.DeleteFunc(c.readers, func(r reader) bool {
		return !slices.Contains(layers, r.layer) && !slices.ContainsFunc(r.gives, func(l string) bool { return slices.Contains(layers, l) })
	})
	return c
}

// Wants reports whether any reader wants the file's bytes. It is asked once for each file, and notes those that are only
// too large.
func (c *Collector) Wants(e *checks.Entry) bool {
	if e.Size > leastBound {
		c.tooLarge(e)
	}
	return slices.ContainsFunc(c.readers, func(r reader) bool { return r.wants(e) })
}

// Read shows the file to the readers that want it.
func (c *Collector) Read(f *checks.File) {
	for i, r := range c.readers {
		if !r.wants(f.Entry) {
			continue
		}
		value, problems := r.read(f)
		c.mu.Lock()
		if value != nil {
			c.docs[i] = append(c.docs[i], document{f.Path, value})
		}
		c.mu.Unlock()
		c.report(&r, problems)
	}
}

// report keeps the problems of a reader, the blind ones for every layer whose settings it reads.
func (c *Collector) report(r *reader, problems []checks.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.problems = append(c.problems, problems...)
	for _, p := range problems {
		if p.Blind {
			c.unread(c.unseen, r, p)
		}
	}
}

func (c *Collector) unread(in map[string][]checks.Problem, r *reader, p checks.Problem) {
	layers := r.gives
	if layers == nil {
		layers = []string{r.layer}
	}
	for _, layer := range layers {
		in[layer] = append(in[layer], p)
	}
}

// Unread notes that the bytes of a file that readers want could not be had. The caller reports the problem. Where the
// name says nothing (any YAML file may be Traefik's), it counts only in a tree that has settings of the layer.
func (c *Collector) Unread(e *checks.Entry, p checks.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range c.readers {
		if r.wants(e) {
			c.miss(&r, e, p)
		}
	}
}

// miss notes that a reader misses a file. The caller holds the lock.
func (c *Collector) miss(r *reader, e *checks.Entry, p checks.Problem) {
	if r.hints == nil || r.hinted(e) {
		c.unread(c.unseen, r, p)
	} else {
		c.unread(c.perhaps, r, p)
	}
}

// hinted reports whether the path says that the file is the product's.
func (r *reader) hinted(e *checks.Entry) bool {
	name := strings.ToLower(e.Path)
	return slices.ContainsFunc(r.hints, func(part string) bool { return strings.Contains(name, part) })
}

// Unseen lists by layer what kept settings from being read. It is called after Scopes.
func (c *Collector) Unseen() map[string][]checks.Problem { return c.unseen }

// join resolves the documents. A fault in one reader costs its product's settings, which is said, and not the run.
func (r *reader) join(docs []document) (scopes []*checks.Scope, problems []checks.Problem) {
	defer func() {
		if v := recover(); v != nil {
			scopes, problems = nil, []checks.Problem{{Op: "join the settings of", Expected: "its settings",
				Actual: fmt.Sprintf("a fault in hardcheck: %v", v), Retry: checks.RetryUseless, Where: r.layer, Blind: true}}
		}
	}()
	return r.resolve(docs)
}

// Scopes joins what was read. It is called once, after the walk; the order does not depend on the walk.
func (c *Collector) Scopes() ([]*checks.Scope, []checks.Problem) {
	var scopes []*checks.Scope
	for i, r := range c.readers {
		slices.SortFunc(c.docs[i], func(a, b document) int { return cmp.Compare(a.path, b.path) })
		found, problems := r.join(c.docs[i])
		scopes = append(scopes, found...)
		c.report(&r, problems)
	}
	for layer, problems := range c.perhaps {
		if slices.ContainsFunc(scopes, func(s *checks.Scope) bool { return s.Layer == layer }) {
			c.unseen[layer] = append(c.unseen[layer], problems...)
		}
	}
	applyVersions(scopes)
	slices.SortStableFunc(scopes, func(a, b *checks.Scope) int {
		return cmp.Or(
			cmp.Compare(a.Place.Path, b.Place.Path),
			cmp.Compare(a.Place.Line, b.Place.Line),
			cmp.Compare(a.Layer, b.Layer),
			cmp.Compare(a.Name, b.Name),
		)
	})
	return scopes, c.problems
}
