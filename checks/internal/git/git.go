// Package git asks the git program about a repository without letting the repository run anything: no hooks,
// no file-system monitor, no filters, no fetching, no configuration but the repository's own.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNone means that the directory is not part of a git repository.
var ErrNone = errors.New("not a git repository")

// Repo is a repository seen from one directory of it: paths are relative to that directory.
type Repo struct {
	dir    string
	bin    string
	bare   bool
	prefix string
}

// Prefix is the directory's path below the top of the working tree, with a slash behind it; "" for the top.
func (r *Repo) Prefix() string { return r.prefix }

// Bare reports whether the directory belongs to no working tree: a bare repository, or the inside of a .git.
func (r *Repo) Bare() bool { return r.bare }

// Open finds the repository that dir belongs to. It returns ErrNone where there is none, and where git would
// ignore the directory itself.
func Open(ctx context.Context, dir string) (*Repo, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if !hasMarker(abs) {
		return nil, ErrNone
	}
	bin, err := exec.LookPath("git")
	if err != nil {
		return nil, fmt.Errorf("%s holds a git repository and the git program was not found: %w", dir, err)
	}
	r := &Repo{dir: abs, bin: bin}
	out, err := r.output(ctx, "rev-parse", "--is-inside-work-tree", "--show-prefix")
	if err != nil && strings.Contains(err.Error(), "not a git repository") && !holdsObjects(abs) { // a .git that leads nowhere
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("git cannot read the repository of %s: %w", dir, err)
	}
	inside, prefix, _ := strings.Cut(string(out), "\n")
	r.bare, r.prefix = inside != "true", strings.TrimSuffix(prefix, "\n")
	if !r.bare && r.ignoresItself(ctx) {
		return nil, ErrNone
	}
	return r, nil
}

// hasMarker reports whether abs or a parent holds .git, or abs is a bare repository.
func hasMarker(abs string) bool {
	if exists(filepath.Join(abs, "HEAD")) && exists(filepath.Join(abs, "objects")) && exists(filepath.Join(abs, "refs")) {
		return true
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, ".git")) {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// holdsObjects reports whether the nearest .git has objects: a damaged repository, not none.
func holdsObjects(abs string) bool {
	for dir := abs; ; dir = filepath.Dir(dir) {
		if marker := filepath.Join(dir, ".git"); exists(marker) {
			return exists(filepath.Join(marker, "objects"))
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (r *Repo) ignoresItself(ctx context.Context) bool {
	_, err := r.output(ctx, "check-ignore", "--quiet", ".")
	return err == nil
}

// Dir is the repository's own directory: .git, or what stands for it in a linked working tree.
func (r *Repo) Dir(ctx context.Context) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--absolute-git-dir")
	return strings.TrimSuffix(string(out), "\n"), err
}

// CommonDir is what the repository's working trees share: its .git directory.
func (r *Repo) CommonDir(ctx context.Context) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--git-common-dir")
	dir := strings.TrimSuffix(string(out), "\n")
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.dir, dir)
	}
	return dir, err
}

func (r *Repo) command(ctx context.Context, args ...string) *exec.Cmd {
	fixed := []string{
		"-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.untrackedCache=false",
		"-c", "safe.directory=*", "-c", "protocol.allow=never", "--no-pager",
	}
	cmd := exec.CommandContext(ctx, r.bin, append(fixed, args...)...)
	cmd.Dir = r.dir
	ownGroup(cmd)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0",
		"GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
	}
	return cmd
}

func (r *Repo) output(ctx context.Context, args ...string) ([]byte, error) {
	cmd := r.command(ctx, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if text := firstLine(stderr.String()); text != "" {
			return nil, fmt.Errorf("git %s: %s", args[0], text)
		}
		return nil, fmt.Errorf("git %s: %w", args[0], err)
	}
	return out, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// ModeSubmodule is the mode of a commit of another repository.
const ModeSubmodule = 0o160000

// Object is one line of an index or a tree.
type Object struct {
	Mode uint32 // 0100644, 0100755, 0120000 (link), 0160000 (submodule), 0040000 (tree)
	ID   string
	Size int64 // -1 where not given
	Path string
}

// Index lists what git tracks below the directory, ordered by path.
func (r *Repo) Index(ctx context.Context) ([]Object, error) {
	out, err := r.output(ctx, "ls-files", "-z", "--stage")
	if err != nil {
		return nil, err
	}
	return parseObjects(string(out))
}

// Tree lists a commit's entries below the directory, trees included, ordered by path.
func (r *Repo) Tree(ctx context.Context, commit string) ([]Object, error) {
	out, err := r.output(ctx, "ls-tree", "-r", "-t", "-z", "--long", commit)
	if err != nil {
		return nil, err
	}
	return parseObjects(string(out))
}

// parseObjects reads "mode id stage\tpath" (ls-files) and "mode type id size\tpath" (ls-tree), NUL-terminated.
func parseObjects(out string) ([]Object, error) {
	var list []Object
	for out != "" {
		record, rest, _ := strings.Cut(out, "\x00")
		out = rest
		meta, path, ok := strings.Cut(record, "\t")
		fields := strings.Fields(meta)
		if !ok || len(fields) < 3 {
			return nil, fmt.Errorf("git listed %q: expected mode, id and path", record)
		}
		mode, err := strconv.ParseUint(fields[0], 8, 32)
		if err != nil {
			return nil, fmt.Errorf("git listed the mode %q: expected an octal number", fields[0])
		}
		if strings.HasSuffix(path, "/") { // a directory above the one that is listed
			continue
		}
		o := Object{Mode: uint32(mode), ID: fields[1], Size: -1, Path: path}
		if len(fields) == 4 {
			o.ID = fields[2]
			if n, err := strconv.ParseInt(fields[3], 10, 64); err == nil {
				o.Size = n
			}
		}
		if n := len(list); n > 0 && list[n-1].Path == o.Path {
			continue // the other stages of a merge conflict
		}
		list = append(list, o)
	}
	return list, nil
}

// Ignored lists the paths below the directory that git ignores; a directory that is ignored as a whole stands
// once, with a final slash.
func (r *Repo) Ignored(ctx context.Context) ([]string, error) {
	out, err := r.output(ctx, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"), nil
}

// Commit resolves a revision to a commit.
func (r *Repo) Commit(ctx context.Context, rev string) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return "", fmt.Errorf("%q is not a commit of this repository: %w", rev, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Ignores reports whether git would ignore a path, which need not exist. workTree, where not empty, is the
// directory whose .gitignore files count instead of the repository's own.
func (r *Repo) Ignores(ctx context.Context, path, workTree string) (bool, error) {
	args := []string{"check-ignore", "--quiet", "--no-index", "--", "./" + path} // "./" keeps the path from being read as pathspec magic
	cmd := r.command(ctx, args...)
	if workTree != "" {
		dir, err := r.output(ctx, "rev-parse", "--absolute-git-dir")
		if err != nil {
			return false, err
		}
		cmd = r.command(ctx, append([]string{"--git-dir=" + strings.TrimSpace(string(dir)), "--work-tree=" + workTree}, args...)...)
		cmd.Dir = workTree
	}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return false, nil
	}
	return false, fmt.Errorf("git check-ignore %s: %w", path, err)
}
