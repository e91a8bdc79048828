package target

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// Bounds on how a file is followed to where it was before.
const (
	maxMoves  = 8 // one after the other
	maxCopies = 8 // paths of the same bytes
)

// Sources finds, for each sought value, the oldest version of its file that holds it, or of its object where there is
// no value, and the commit that brought it. Files are followed to the paths they had before.
func (h *history) Sources(ctx context.Context, sought []checks.Sought) ([]checks.Source, error) {
	if h.paths == nil {
		if err := h.survey(ctx, func(*objects.Text) {}); err != nil {
			return nil, err
		}
	}
	out := make([]checks.Source, len(sought))
	var open, rest []*search
	for i, s := range sought {
		out[i] = checks.Source{Blob: s.Blob, Path: s.Path, Reach: "nothing"}
		id, ok := objects.ParseID(s.Blob)
		if !ok {
			continue
		}
		one := &search{Sought: s, out: &out[i], blob: id}
		if s.Path == "" {
			rest = append(rest, one)
			continue
		}
		one.follow(h.prefix + s.Path)
		for _, copied := range h.paths.All(id, maxCopies) {
			one.follow(copied)
		}
		open = append(open, one)
	}
	for round := 0; round <= maxMoves && len(open) > 0; round++ {
		if err := h.searchVersions(ctx, open); err != nil {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(s *search) bool {
			if s.found == nil {
				rest = append(rest, s)
				return true
			}
			return !h.moved(ctx, s)
		})
	}
	return out, h.byObject(ctx, rest)
}

// search is the way back to what brought a value.
type search struct {
	checks.Sought
	out  *checks.Source
	blob objects.ID
	mu   sync.Mutex
	next []string // paths in the repository to look at
	been []string // those and the ones before
	// found is the oldest version yet that holds the value.
	found *objects.Version
}

func (s *search) follow(path string) {
	if !slices.Contains(s.been, path) {
		s.been, s.next = append(s.been, path), append(s.next, path)
	}
}

// searchVersions looks for the values in the versions of their paths, each of which is read once.
func (h *history) searchVersions(ctx context.Context, open []*search) error {
	byPath := map[string][]*search{}
	for _, s := range open {
		for _, path := range s.next {
			byPath[path] = append(byPath[path], s)
		}
		s.next = nil
	}
	paths := slices.Collect(maps.Keys(byPath))
	_, versions, err := h.paths.Trace(ctx, nil, paths)
	if err != nil {
		return err
	}
	work := make(chan string)
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(paths)) {
		wg.Go(func() {
			for path := range work {
				h.searchPath(ctx, byPath[path], versions[path])
			}
		})
	}
	for _, path := range paths {
		work <- path
	}
	close(work)
	wg.Wait()
	return ctx.Err()
}

// searchPath looks for values in the versions of one path, the oldest first.
func (h *history) searchPath(ctx context.Context, open []*search, versions []objects.Version) {
	open = slices.Clone(open)
	for i := range versions {
		if len(open) == 0 || ctx.Err() != nil {
			return
		}
		var data []byte
		if slices.ContainsFunc(open, func(s *search) bool { return s.Value != "" }) {
			_, data, _ = h.store.Read(versions[i].ID) // what cannot be read was told when all versions were
		}
		open = slices.DeleteFunc(open, func(s *search) bool { return h.holds(s, &versions[i], data) })
	}
}

// holds reports whether a version is what is sought, and keeps the version if it is the oldest yet.
func (h *history) holds(s *search, v *objects.Version, data []byte) bool {
	line := 0
	if s.Value == "" {
		if v.ID != s.blob {
			return false
		}
	} else if at := bytes.Index(data, []byte(s.Value)); at < 0 {
		return false
	} else {
		line = bytes.Count(data[:at], []byte{'\n'}) + 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rel, inside := strings.CutPrefix(v.Path, h.prefix)
	if s.found != nil && (s.found.Age < v.Age || s.found.Age == v.Age && s.found.Path <= v.Path) || !inside {
		return true
	}
	s.found = v
	*s.out = checks.Source{Blob: v.ID.String(), Path: rel, Line: line, Commit: v.Commit.String(), Reach: reach(v.From)}
	return true
}

// moved reports whether the version came from another path, where the search goes on.
func (h *history) moved(ctx context.Context, s *search) bool {
	if commit, err := h.store.Commit(s.found.Commit); err == nil {
		s.out.Author, s.out.Date = commit.Author.Name, date(commit.Author.When)
	}
	if before, ok := h.store.MovedFrom(ctx, s.found.Commit, s.found.Path, s.found.ID); ok {
		s.follow(before)
	}
	if s.found.ID != s.blob {
		s.blob = s.found.ID
		for _, copied := range h.paths.All(s.blob, maxCopies) {
			s.follow(copied)
		}
	}
	return len(s.next) > 0
}

// byObject tells where the objects of values are that no version of a path shows as they are.
func (h *history) byObject(ctx context.Context, list []*search) error {
	var ids []objects.ID
	for _, s := range list {
		if commit, err := h.store.Commit(s.blob); err == nil {
			*s.out = checks.Source{Commit: s.Blob, Author: commit.Author.Name, Date: date(commit.Author.When)}
		} else {
			ids = append(ids, s.blob)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, _, err := h.paths.Trace(ctx, ids, nil)
	for _, s := range list {
		where := found[s.blob]
		if len(where) == 0 {
			continue
		}
		w := where[0]
		if i := slices.IndexFunc(where, func(w objects.Where) bool { return w.Path == h.prefix+s.Path }); i >= 0 {
			w = where[i]
		}
		s.out.Path, s.out.Author, s.out.Date, s.out.Reach = cmp.Or(s.Path, w.Path), w.Author.Name, date(w.Author.When), reach(w.From)
		if !w.Commit.IsZero() {
			s.out.Commit = w.Commit.String()
		}
	}
	return err
}

// reach names what leads to a commit.
func reach(from string) string { return strings.Replace(from, objects.FromNothing, "nothing", 1) }

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
