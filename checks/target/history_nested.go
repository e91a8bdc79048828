package target

import (
	"context"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/git/objects"
)

// nestedHistory is a repository's history with those of the submodules whose repositories lie in its git directory.
type nestedHistory struct {
	*history
	inner  []innerHistory
	broken []checks.Problem // of those that could not be opened
}

// innerHistory is the history of one submodule. Its paths are shown below where its repository lies.
type innerHistory struct {
	*history
	at string // ".git/modules/lib/"
}

// withNested adds the submodules' histories, where there are any.
func (r *repository) withNested(dir string, h *history) checks.History {
	names := h.store.Nested()
	if len(names) == 0 || h.since != "" || h.rev != "" {
		return h
	}
	slices.Sort(names)
	n := &nestedHistory{history: h}
	for _, name := range names {
		store, err := objects.Open(filepath.Join(dir, filepath.FromSlash(name)))
		at := path.Join(".git", name) + "/"
		if err != nil {
			n.broken = append(n.broken, checks.Problem{Op: "read history", Expected: "a submodule's repository that can be read", Actual: err.Error(),
				Retry: checks.RetryUseless, Where: at, Blind: true})
			continue
		}
		r.nestedStores = append(r.nestedStores, store)
		left := func(p string) bool { return r.excluded(at + p) }
		n.inner = append(n.inner, innerHistory{&history{store: store, excluded: left, inside: map[string]bool{}}, at})
	}
	return n
}

// Each shows the texts of all histories.
func (n *nestedHistory) Each(ctx context.Context, visit func(*checks.Version)) error {
	if err := n.history.Each(ctx, visit); err != nil {
		return err
	}
	for _, h := range n.inner {
		err := h.Each(ctx, func(v *checks.Version) {
			shown := *v
			if v.Path != "" {
				shown.Path = h.at + v.Path
			}
			if v.Name != "" {
				shown.Name = h.at + strings.TrimPrefix(v.Name, ".git/")
			}
			visit(&shown)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sources asks the history that each path belongs to, and for what has no path all until one knows the object.
func (n *nestedHistory) Sources(ctx context.Context, sought []checks.Sought) ([]checks.Source, error) {
	out, err := n.history.Sources(ctx, sought)
	if err != nil {
		return nil, err
	}
	for _, h := range n.inner {
		var open []int
		var below []checks.Sought
		for i, s := range sought {
			rel, inside := strings.CutPrefix(s.Path, h.at)
			if inside || s.Path == "" && out[i].Commit == "" {
				s.Path = rel
				open, below = append(open, i), append(below, s)
			}
		}
		if len(open) == 0 {
			continue
		}
		sources, err := h.Sources(ctx, below)
		if err != nil {
			return nil, err
		}
		for i, s := range sources {
			if s.Path != "" {
				s.Path = h.at + s.Path
			}
			out[open[i]] = s
		}
	}
	return out, nil
}

// Problems says what could not be seen of any.
func (n *nestedHistory) Problems() []checks.Problem {
	list := append(n.history.Problems(), n.broken...)
	for _, h := range n.inner {
		for _, p := range h.Problems() {
			p.Where = h.at + strings.TrimPrefix(p.Where, ".git/")
			list = append(list, p)
		}
	}
	return list
}
