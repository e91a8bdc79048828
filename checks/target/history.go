package target

import (
	"context"
	"path"
	"slices"
	"strings"
	"sync"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// History opens what the repository keeps besides the files. The error is a *checks.Problem.
func (r *repository) History(ctx context.Context) (checks.History, error) {
	store, err := r.store(ctx)
	if err != nil {
		return nil, err
	}
	h := &history{store: store, since: r.since, rev: r.rev, prefix: r.git.Prefix(), excluded: r.excluded, inside: map[string]bool{}}
	if r.git.Prefix() != "" {
		return h, nil // a part of the repository
	}
	dir, err := r.git.CommonDir(ctx)
	if err != nil {
		return nil, &checks.Problem{Op: "read history", Expected: "a git directory", Actual: err.Error(), Retry: checks.RetryUseless, Where: ".git", Blind: true}
	}
	return r.withNested(dir, h), nil
}

// store opens the repository's objects once.
func (r *repository) store(ctx context.Context) (*objects.Store, error) {
	r.openStore.Do(func() {
		dir, err := r.git.Dir(ctx)
		if err == nil {
			r.objectStore, err = objects.Open(dir)
		}
		if err != nil {
			r.storeErr = &checks.Problem{Op: "read history", Expected: "a git repository that can be read", Actual: err.Error(), Retry: checks.RetryUseless, Where: ".git", Blind: true}
		}
	})
	return r.objectStore, r.storeErr
}

// history is what a repository keeps, as checks see it.
type history struct {
	store *objects.Store
	since string // only what commits after this one brought
	rev   string // only what leads from this commit; "" for everything, dangling objects included
	// prefix is where the tree lies in the repository: only versions of files below it are shown, by their path there.
	prefix   string
	excluded func(path string) bool
	paths    *objects.Paths // once they were asked for
	free     sync.Pool      // of *shownVersion

	mu     sync.Mutex
	found  checks.ProblemList
	inside map[string]bool // directories, by whether they are part of the audit
}

// local is a path of the repository as one of the tree; false where it is not part of the audit.
func (h *history) local(p string) (string, bool) {
	rel, ok := strings.CutPrefix(p, h.prefix)
	if !ok || p == "" {
		return "", h.prefix == "" && p == "" // an object without a path may be anything's
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return rel, h.partOf(path.Dir(rel)) && !h.excluded(rel)
}

func (h *history) partOf(dir string) bool {
	if dir == "." {
		return true
	}
	in, ok := h.inside[dir]
	if !ok {
		in = h.partOf(path.Dir(dir)) && !h.excluded(dir)
		h.inside[dir] = in
	}
	return in
}

// leftOut reports whether a path of the repository is no part of the audit.
func (h *history) leftOut(p string) bool {
	if strings.HasPrefix(h.prefix, p+"/") {
		return false // a directory that the tree lies in
	}
	rel, ok := strings.CutPrefix(p, h.prefix)
	return !ok || h.excluded(rel)
}

// Each shows every text once: first what says where the files are, then the files.
func (h *history) Each(ctx context.Context, visit func(*checks.Version)) error {
	switch {
	case h.since != "":
		return h.eachNew(ctx, visit)
	case h.rev != "":
		return h.eachReached(ctx, visit)
	}
	show := h.shower(visit)
	if err := h.survey(ctx, show); err != nil {
		return err
	}
	if err := h.store.Blobs(ctx, objects.Options{}, h.fileShower(visit)); err != nil {
		return err
	}
	return h.store.Files(ctx, show)
}

// eachReached shows the files and messages of the commits that lead to the revision.
func (h *history) eachReached(ctx context.Context, visit func(*checks.Version)) error {
	tips, _, err := h.bounds()
	if err != nil {
		return err
	}
	if err := h.survey(ctx, func(*objects.Text) {}); err != nil {
		return err
	}
	reached, err := h.paths.ReachedFrom(ctx, tips)
	if err != nil {
		return err
	}
	if err := reached.Blobs(ctx, objects.Options{}, h.fileShower(visit)); err != nil {
		return err
	}
	show := h.shower(visit)
	return h.store.Messages(ctx, objects.Options{}, func(t *objects.Text) {
		if t.Kind == objects.TextCommit && reached.Has(t.ID) {
			show(t)
		}
	})
}

// shower shows a text that is no blob to visit.
func (h *history) shower(visit func(*checks.Version)) func(*objects.Text) {
	return func(t *objects.Text) {
		v := h.version()
		defer h.free.Put(v)
		v.Version = textVersion(t)
		visit(&v.Version)
	}
}

// fileShower shows a blob that is part of the audit to visit, with what of it is new.
func (h *history) fileShower(visit func(*checks.Version)) func(*objects.Piece) {
	return func(p *objects.Piece) {
		if len(p.New) == 0 && !p.Whole {
			return
		}
		path, ok := h.paths.OfPiece(p)
		rel, inside := strings.CutPrefix(path, h.prefix)
		if !ok || !inside { // a blob without a path may be anything's
			return
		}
		v := h.version()
		defer h.free.Put(v)
		v.show(p, rel)
		visit(&v.Version)
	}
}

// shownVersion is a version that is shown, and used again for another.
type shownVersion struct {
	checks.Version
	added []checks.Range
}

func (h *history) version() *shownVersion {
	if v, ok := h.free.Get().(*shownVersion); ok {
		return v
	}
	return &shownVersion{}
}

// show makes it the version of a file.
func (v *shownVersion) show(p *objects.Piece, path string) {
	v.Version = checks.Version{Kind: "file", ID: p.ID.String(), Path: path, Data: p.Data}
	if p.Whole {
		return
	}
	v.added = v.added[:0]
	for _, s := range p.New {
		v.added = append(v.added, checks.Range(s))
	}
	v.New = v.added
}

// survey reads what says where the files are, and shows the texts around them.
func (h *history) survey(ctx context.Context, show func(*objects.Text)) (err error) {
	h.paths, err = h.store.Survey(ctx, objects.Options{}, h.leftOut, show)
	return err
}

// changesOf lists what the commits between include and exclude brought, the oldest first.
func changesOf(ctx context.Context, store *objects.Store, include, exclude []objects.ID) (changes []objects.Change, err error) {
	err = store.NewBlobs(ctx, include, exclude, func(c *objects.Change) { changes = append(changes, *c) })
	return changes, err
}

// tips are the commits from which everything that has a name is reached.
func (h *history) tips() []objects.ID {
	var tips []objects.ID
	for _, ref := range h.store.Refs() {
		tips = append(tips, ref.ID)
	}
	for _, entry := range h.store.Reflogs() {
		tips = append(tips, entry.Old, entry.New)
	}
	tips = slices.DeleteFunc(tips, objects.ID.IsZero)
	slices.SortFunc(tips, objects.ID.Compare)
	return slices.Compact(tips)
}

// textKinds names the texts that are no blobs.
var textKinds = map[objects.TextKind]string{
	objects.TextCommit: "commit message", objects.TextTag: "tag message", objects.TextName: "file name", objects.TextRef: "reference",
	objects.TextReflog: "reflog", objects.TextConfig: "configuration", objects.TextFile: "file of git's directory",
}

// textVersion is a message, a name, a reflog or one of git's own files.
func textVersion(t *objects.Text) checks.Version {
	v := checks.Version{Kind: textKinds[t.Kind], Name: t.Name, Data: t.Data}
	if !t.ID.IsZero() {
		v.ID = t.ID.String()
	}
	if t.Kind == objects.TextConfig || t.Kind == objects.TextFile || t.Kind == objects.TextReflog {
		v.Name = ".git/" + t.Name
	}
	return v
}

// eachNew shows the versions and messages that the commits of a range bring.
func (h *history) eachNew(ctx context.Context, visit func(*checks.Version)) error {
	include, exclude, err := h.bounds()
	if err != nil {
		return err
	}
	changes, err := changesOf(ctx, h.store, include, exclude)
	if err != nil {
		return err
	}
	seen := map[objects.ID]bool{}
	for _, c := range changes {
		rel, ok := h.local(c.Path)
		if !ok || seen[c.ID] || c.Mode == objects.ModeSubmodule {
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		seen[c.ID] = true
		_, data, err := h.store.Read(c.ID)
		if err != nil {
			h.unread(c, err)
			continue
		}
		v := checks.Version{Kind: "file", ID: c.ID.String(), Path: rel, Data: data}
		if h.since != "" {
			v.Added = addedLines(h.store, c.Old, data)
		}
		visit(&v)
	}
	commits, err := h.store.Reachable(ctx, include, exclude)
	if err != nil {
		return err
	}
	for _, id := range commits {
		if commit, err := h.store.Commit(id); err == nil {
			visit(&checks.Version{Kind: "commit message", ID: id.String(), Data: commit.Text})
		}
	}
	return nil
}

func (h *history) unread(c objects.Change, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.found.Add(checks.Problem{Op: "read an earlier version", Expected: "its bytes", Actual: err.Error(), Retry: checks.RetryUseless, Where: c.Path, Blind: true})
}

// bounds are the commits of the range: from the revision, or all refs, back to what --since-commit leads to.
func (h *history) bounds() (include, exclude []objects.ID, err error) {
	include = h.tips()
	if h.rev != "" {
		id, ok := objects.ParseID(h.rev)
		if !ok {
			return nil, nil, noCommit(h.rev)
		}
		include = []objects.ID{id}
	}
	if h.since != "" {
		id, ok := objects.ParseID(h.since)
		if !ok {
			return nil, nil, noCommit(h.since)
		}
		exclude = []objects.ID{id}
	}
	return include, exclude, nil
}

func noCommit(name string) error {
	return &checks.Problem{Op: "read history", Expected: "a commit", Actual: name, Retry: checks.RetryUseless, Where: ".git", Blind: true}
}

// Problems says what could not be seen.
func (h *history) Problems() []checks.Problem {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append(h.found.All(), h.store.Problems()...)
}
