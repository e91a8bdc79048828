package target

import (
	"bytes"
	"cmp"
	"context"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// maxMoves bounds how often a file is followed to where it was before.
const maxMoves = 8

// Sources finds, for each sought value, the oldest version of its file that holds it, and the commit that brought it.
// Files are followed to the paths they had before.
func (h *history) Sources(ctx context.Context, sought []checks.Sought) ([]checks.Source, error) {
	if h.paths == nil {
		if err := h.survey(ctx, func(*objects.Text) {}); err != nil {
			return nil, err
		}
	}
	out := make([]checks.Source, len(sought))
	open := make([]*search, 0, len(sought))
	for i, s := range sought {
		out[i] = checks.Source{Blob: s.Blob, Path: s.Path, Reach: "nothing"}
		if id, ok := objects.ParseID(s.Blob); ok {
			open = append(open, &search{Sought: s, out: &out[i], blob: id, path: h.prefix + s.Path})
		}
	}
	for round := 0; round <= maxMoves && len(open) > 0; round++ {
		where, versions, err := h.trace(ctx, open)
		if err != nil {
			return nil, err
		}
		h.searchVersions(open, versions)
		open = slices.DeleteFunc(open, func(s *search) bool { return !h.settle(ctx, s, where[s.blob]) })
	}
	return out, ctx.Err()
}

// search is the way back to what brought a value.
type search struct {
	checks.Sought
	out  *checks.Source
	blob objects.ID
	path string   // in the repository, where it goes on
	been []string // the paths before
	// found is the oldest version of path that holds the value, and the line.
	found *objects.Version
	line  int
}

func (h *history) trace(ctx context.Context, open []*search) (map[objects.ID][]objects.Where, map[string][]objects.Version, error) {
	var ids []objects.ID
	var paths []string
	for _, s := range open {
		ids = append(ids, s.blob)
		if s.Path != "" && s.Value != "" {
			paths = append(paths, s.path)
		}
	}
	return h.paths.Trace(ctx, ids, paths)
}

// searchVersions looks for the values in the versions of their paths, each of which is read once.
func (h *history) searchVersions(open []*search, versions map[string][]objects.Version) {
	byPath := map[string][]*search{}
	for _, s := range open {
		if s.found = nil; len(versions[s.path]) > 0 && s.Value != "" {
			byPath[s.path] = append(byPath[s.path], s)
		}
	}
	work := make(chan string)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(byPath)) {
		wg.Go(func() {
			for path := range work {
				h.searchPath(byPath[path], versions[path])
			}
		})
	}
	for path := range byPath {
		work <- path
	}
	close(work)
	wg.Wait()
}

func (h *history) searchPath(open []*search, versions []objects.Version) {
	for i := range versions {
		if len(open) == 0 {
			return
		}
		_, data, err := h.store.Read(versions[i].ID)
		if err != nil {
			continue // told by the store
		}
		open = slices.DeleteFunc(slices.Clone(open), func(s *search) bool {
			at := bytes.Index(data, []byte(s.Value))
			if at >= 0 {
				s.found, s.line = &versions[i], bytes.Count(data[:at], []byte{'\n'})+1
			}
			return at >= 0
		})
	}
}

// settle writes down what a round found. It reports whether the search goes on, at another path.
func (h *history) settle(ctx context.Context, s *search, where []objects.Where) bool {
	if s.found == nil {
		if len(s.been) == 0 {
			h.byObject(s, where)
		}
		return false
	}
	v := s.found
	rel, inside := strings.CutPrefix(v.Path, h.prefix)
	if !inside {
		return false
	}
	*s.out = checks.Source{Blob: v.ID.String(), Path: rel, Line: s.line, Reach: reach(v.From)}
	if !v.Commit.IsZero() {
		s.out.Commit = v.Commit.String()
		if commit, err := h.store.Commit(v.Commit); err == nil {
			s.out.Author, s.out.Date = commit.Author.Name, date(commit.Author.When)
		}
	}
	before, moved := h.store.MovedFrom(ctx, v.Commit, v.Path, v.ID)
	if !moved && v.ID == s.blob && len(where) > 0 && where[0].Commit != v.Commit {
		before, moved = where[0].Path, true // a copy that was there earlier
	}
	s.been = append(s.been, s.path)
	if !moved || slices.Contains(s.been, before) {
		return false
	}
	s.path, s.blob = before, v.ID
	return true
}

// byObject tells where the object of a value is that no version of its path shows as it is.
func (h *history) byObject(s *search, where []objects.Where) {
	if commit, err := h.store.Commit(s.blob); err == nil {
		*s.out = checks.Source{Commit: s.Blob, Author: commit.Author.Name, Date: date(commit.Author.When)}
		return
	}
	if len(where) == 0 {
		return
	}
	w := where[0]
	if i := slices.IndexFunc(where, func(w objects.Where) bool { return w.Path == s.path }); i >= 0 {
		w = where[i]
	}
	s.out.Path, s.out.Author, s.out.Date, s.out.Reach = cmp.Or(s.Path, w.Path), w.Author.Name, date(w.Author.When), reach(w.From)
	if !w.Commit.IsZero() {
		s.out.Commit = w.Commit.String()
	}
}

// reach names what leads to a commit.
func reach(from string) string { return strings.Replace(from, objects.FromNothing, "nothing", 1) }

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
