package objects

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
)

// TextKind says where a text comes from.
type TextKind uint8

// The kinds of texts that are no blobs.
const (
	TextCommit TextKind = iota // a commit's people, headers and message
	TextTag                    // an annotated tag's
	TextName                   // the name of a file or a directory in a tree
	TextRef                    // a ref's name
	TextReflog                 // a reflog, whole
	TextConfig                 // a configuration file of the repository, whole
	TextFile                   // another file of the git directory, whole
)

// Text is a text of the repository beside its blobs.
type Text struct {
	Kind TextKind
	Name string // the file's path in the git directory, or the ref; empty for objects
	ID   ID     // the commit or the tag; for TextName one tree that has the name; for TextRef what it leads to
	Data []byte // only valid during the call
	// Body is where in Data the message of a commit or tag begins; its headers stand before.
	Body   int
	Worker int // as in Piece
}

// Messages calls visit with the commits and tags of the store, reachable or not, from several goroutines. Notes are
// blobs.
func (s *Store) Messages(ctx context.Context, opt Options, visit func(*Text)) error {
	wanted := func(k Kind) bool { return k == KindCommit || k == KindTag }
	return s.sweep(ctx, opt, wanted, func(p *Piece) { message(p, &rawCommit{}, &Text{}, visit) })
}

// message shows a commit or a tag, one that cannot be parsed as it is, and keeps the commit. The error is that of
// parsing a commit. t is what visit sees.
func message(p *Piece, commit *rawCommit, t *Text, visit func(*Text)) error {
	*t = Text{Kind: TextCommit, ID: p.ID, Data: p.Data, Worker: p.Worker}
	var message []byte
	var err error
	if p.Kind == KindCommit {
		if err = commit.parse(p.Data); err == nil {
			t.Data, message = commit.text, commit.message
		}
	} else {
		t.Kind = TextTag
		if g, err := ParseTag(p.Data); err == nil {
			t.Data, message = g.Text, g.Message
		}
	}
	t.Body = len(t.Data) - len(message)
	visit(t)
	return err
}

// Names calls visit with the name of every file and directory of every tree, each name once, from several
// goroutines. Attribute finds the path of Text.ID, the directory.
func (s *Store) Names(ctx context.Context, opt Options, visit func(*Text)) error {
	opt = opt.withDefaults(s)
	opt.Context = -1
	names := newNameSet()
	linkers := make([]linker, opt.Workers)
	for i := range linkers {
		linkers[i].names, linkers[i].visit = names, visit
	}
	return s.sweep(ctx, opt, isTree, func(p *Piece) {
		err := eachNew(p, s.hash, func(e *TreeEntry) { linkers[p.Worker].name(e.Name, p.ID, p.Worker) })
		if err != nil {
			s.tellError("read the tree "+p.ID.String(), s.common.label("objects"), err)
		}
	})
}

// Files calls visit with the texts of the git directory that are no objects: the names of the refs, the reflogs, the
// configuration, and every other file but the index and what git keeps for speed. It makes the calls one after the
// other.
func (s *Store) Files(ctx context.Context, visit func(*Text)) error {
	for _, r := range s.Refs() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		visit(&Text{Kind: TextRef, Name: r.Name, ID: r.ID, Data: []byte(r.Name)})
	}
	s.files(ctx, s.common, visit)
	if s.git != s.common && ctx.Err() == nil {
		s.files(ctx, s.git, visit)
	}
	return ctx.Err()
}

func (s *Store) files(ctx context.Context, d dir, visit func(*Text)) {
	s.filesBelow(ctx, d, ".", maxRefDepth, visit)
}

func (s *Store) filesBelow(ctx context.Context, d dir, below string, depth int, visit func(*Text)) {
	names, err := d.list(below)
	if err == nil && depth == 0 {
		err = wrong("at most 32 directories below each other", "more")
	}
	if err != nil {
		s.tellError("list the git directory", d.label(below), err)
		return
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return
		}
		sub, isDir := strings.CutSuffix(name, "/")
		full := path.Join(below, sub)
		switch {
		case isDir && !apart(full):
			s.filesBelow(ctx, d, full, depth-1, visit)
		case !isDir && !machine(full):
			s.file(d, full, visit)
		}
	}
}

// apart reports whether a directory of the git directory is read in another way: objects and refs, and the
// repositories of submodules, which Nested lists.
func apart(name string) bool {
	switch name {
	case "objects", "refs", "modules", "lfs/objects", "annex/objects", "reftable":
		return true
	}
	return strings.HasPrefix(name, "worktrees/") && strings.HasSuffix(name, "/refs")
}

// machine reports whether a file holds nothing that a person wrote, or is read in another way.
func machine(name string) bool {
	base := path.Base(name)
	switch base {
	case "index", "packed-refs", "shallow", "commondir", "gitdir":
		return true
	}
	return strings.HasPrefix(base, "sharedindex.") || strings.HasPrefix(base, "fsmonitor--daemon") ||
		strings.HasPrefix(name, "hooks/") && strings.HasSuffix(base, ".sample")
}

func (s *Store) file(d dir, name string, visit func(*Text)) {
	text, err := d.read(name, maxSmallFile)
	if err != nil {
		var irregular *fs.PathError
		if errors.As(err, &irregular) && strings.HasSuffix(irregular.Err.Error(), "not a regular file") {
			return // a socket or a FIFO holds nothing
		}
		s.tellError("read a file of the git directory", d.label(name), err)
		return
	}
	t := Text{Kind: TextFile, Name: d.label(name), Data: text}
	switch base := path.Base(name); {
	case strings.HasPrefix(name, "logs/") || strings.Contains(name, "/logs/"):
		t.Kind = TextReflog
	case base == "config" || base == "config.worktree":
		t.Kind = TextConfig
	}
	visit(&t)
}

// Nested lists the git directories of submodules, relative to the repository's: each is a repository to Open.
func (s *Store) Nested() []string {
	var out []string
	err := s.common.walk("modules", func(name string) {
		if path.Base(name) == "HEAD" && path.Base(path.Dir(name)) != "logs" && !strings.Contains(name, "/refs/") {
			out = append(out, path.Dir(name))
		}
	})
	if err != nil {
		s.tellError("list the submodules", s.common.label("modules"), err)
	}
	return out
}
