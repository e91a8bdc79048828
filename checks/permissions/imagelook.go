package permissions

import (
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"hardcheck/checks/internal/image"
)

// Notes on what an entry of a layer is, by its bytes.
const (
	noteKey        = "key: "
	noteLockedKey  = "locked key: "
	noteNoPassword = "no password: "
	noteSecondRoot = "second root: "
	notePackages   = "packages: "
)

// maxLook bounds the bytes of a file that are read; key files are shorter.
const maxLook = 64 << 10

// lookInto keeps the entries of a layer that tell something, and notes what their bytes say.
func lookInto(e *image.Entry, content io.Reader) bool {
	switch {
	case e.Mode&(fs.ModeDevice|fs.ModeCharDevice) != 0:
		return true
	case !e.Mode.IsRegular():
		return e.Mode.IsDir() && (e.Mode.Perm()&0o002 != 0 || e.Mode.Perm()&0o001 == 0)
	}
	if e.Size >= 1 && e.Size <= maxLook || strings.HasPrefix(e.Path, "var/lib/dpkg/info/") {
		if data, err := io.ReadAll(io.LimitReader(content, 4*maxLook)); err == nil {
			e.Note = note(e.Path, data)
		}
	}
	return e.Note != "" || len(e.Capability) > 0 || e.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 || e.Mode.Perm()&0o002 != 0 ||
		e.Path == "etc/shadow" || e.Path == "etc/gshadow"
}

func note(name string, data []byte) string {
	switch {
	case name == "etc/shadow":
		return accountNote(data, noteNoPassword, func(fields []string) bool { return fields[1] == "" })
	case name == "etc/passwd":
		return accountNote(data, noteSecondRoot, func(fields []string) bool {
			return len(fields) > 2 && fields[2] == "0" && fields[0] != "root" && fields[0] != "toor"
		})
	case strings.HasPrefix(name, "var/lib/dpkg/info/"):
		return privilegedPackages(name, data)
	case plainEndings[path.Ext(name)]:
		return ""
	}
	kind, locked := keyKind(name, data)
	switch {
	case kind == "":
		return ""
	case locked:
		return noteLockedKey + kind
	}
	return noteKey + kind
}

// plainEndings are endings of files that hold no key and are many.
var plainEndings = set(".py .pyc .js .h .html .md .svg .png .so .mo .css .ts .rb .pl .pm .go .rs .json")

func accountNote(data []byte, kind string, bad func([]string) bool) string {
	for line := range strings.Lines(string(data)) {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) > 1 && bad(fields) {
			return kind + fields[0]
		}
	}
	return ""
}

// privilegedPackages are the programs of a Debian package, which may be setuid because it says so.
func privilegedPackages(name string, data []byte) string {
	if path.Ext(name) != ".list" {
		return ""
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "/")
		if strings.Contains(line, "bin/") || strings.Contains(line, "lib") {
			out = append(out, unmerged(line))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return notePackages + strings.Join(out, "\n")
}

// sortedKeys lists the keys of a set in order.
func sortedKeys(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }
