package policy

import (
	"path/filepath"
	"strings"
)

// Prefix is where a directory lies below the policy file's, slash-separated and without a final slash. Paths in a
// policy count from its own directory, whichever directory below it is audited; for a directory that is not below
// it, and where no policy file is in force, they count from the audited directory and the prefix is "".
func (p *Policy) Prefix(dir string) string {
	if p.dir == "" {
		return ""
	}
	rel, err := filepath.Rel(p.dir, resolved(dir))
	if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// resolved is an absolute path without symbolic links, as far as that can be told.
func resolved(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}

// directoryOf is where the file stands that a chain begins with, base first; "" for embedded profiles alone.
func directoryOf(chain []*document) string {
	outermost := chain[len(chain)-1].source
	if outermost.embedded != "" {
		return ""
	}
	return filepath.Dir(resolved(outermost.path))
}
