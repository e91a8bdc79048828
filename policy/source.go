package policy

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed profiles/*.yaml
var embedded embed.FS

// Profiles names the embedded profiles.
func Profiles() []string { return []string{"baseline", "strict"} }

// source is where a policy's bytes come from: a file, or an embedded profile.
type source struct {
	shown    string // the path as the user sees it
	path     string // the path to open
	embedded string // the embedded profile's name; "" for a file
}

func (s source) name() string {
	if s.embedded != "" {
		return "profile " + s.embedded
	}
	return filepath.ToSlash(s.shown)
}

// key tells sources apart.
func (s source) key() string {
	if s.embedded != "" {
		return "profile " + s.embedded
	}
	abs, err := filepath.Abs(s.path)
	if err != nil {
		return s.path
	}
	return abs
}

func (s source) bytes() ([]byte, error) {
	if s.embedded != "" {
		return embedded.ReadFile("profiles/" + s.embedded + ".yaml")
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("expected a regular file, found a %s", kindOf(info.Mode()))
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileSize+1))
}

// dir is the directory of a file, as the user sees it where that leads there: from a working directory that was
// reached by a symbolic link, a path through its parent may not.
func (s source) dir() string {
	shown, opened := filepath.Dir(s.shown), filepath.Dir(s.path)
	a, err := os.Stat(shown)
	if err != nil {
		return opened
	}
	if b, err := os.Stat(opened); err != nil || !os.SameFile(a, b) {
		return opened
	}
	return shown
}

func kindOf(mode fs.FileMode) string {
	if mode.IsDir() {
		return "directory"
	}
	return "special file"
}

// extends finds what a policy's extends names: an embedded profile, or a file beside the policy.
func (s source) extends(ref string) (source, error) {
	if slices.Contains(Profiles(), ref) {
		return source{embedded: ref}, nil
	}
	relative := strings.HasPrefix(ref, "./") || strings.HasPrefix(ref, "../")
	yaml := path.Ext(ref) == ".yaml" || path.Ext(ref) == ".yml"
	if !relative || !yaml || s.embedded != "" {
		return source{}, fmt.Errorf("expected an embedded profile (%s) or a file such as ./base.yaml, found %q%s",
			strings.Join(Profiles(), ", "), ref, didYouMean(ref, Profiles()))
	}
	beside := func(base string) string { return filepath.Join(filepath.Dir(base), filepath.FromSlash(ref)) }
	return source{shown: beside(s.shown), path: beside(s.path)}, nil
}

// policyNames are the names discovery looks for.
var policyNames = []string{"hardcheck.yaml", "hardcheck.yml", ".hardcheck.yaml"}

// discover finds the policy of a directory: in it or the nearest parent that has one, not above the repository's
// root. "" means there is none. Two policies in one directory are refused, since either could be the one meant.
func discover(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for {
		var here []string
		for _, name := range policyNames {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				here = append(here, name)
			}
		}
		switch {
		case len(here) > 1:
			return "", &Error{[]Mistake{{File: shorten(dir), Text: "expected one policy, found " + strings.Join(here, " and ") +
				"; remove one or choose with --policy"}}}
		case len(here) == 1:
			return filepath.Join(dir, here[0]), nil
		}
		parent := filepath.Dir(dir)
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil || parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// shorten writes an absolute path relative to the working directory where that is below or just above it.
func shorten(abs string) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, abs); err == nil && len(rel) < len(abs) {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.ToSlash(abs)
}
