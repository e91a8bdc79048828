package permissions

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// onDisk reports whether the entry's mode is a real one, and says why not where it is git's.
func onDisk(p *checks.Pass, e *checks.Entry) bool {
	if e.From == checks.ModeDisk {
		return true
	}
	if e.Mode.IsRegular() {
		p.NotApplicable("Of what it tracks, git records only whether a file is executable, no other permission bit; audit the deployed files too")
	}
	return false
}

// closedDir is a directory that others cannot pass through: what is below it is out of their reach.
type closedDir string

// suspect is a finding that holds only if others can reach its path.
type suspect checks.Finding

// systemRoot marks a tree that is a whole file system, perhaps unpacked below a private directory.
type systemRoot struct{}

// reachEntry notes what judgeReach needs of a directory entry.
func reachEntry(p *checks.Pass, e *checks.Entry) {
	switch {
	case e.Mode.IsDir() && e.From == checks.ModeDisk && e.Mode.Perm()&0o001 == 0:
		p.Keep(e.Path, closedDir(e.Path))
	case e.Path == "etc/passwd":
		p.Keep(e.Path, systemRoot{})
	}
}

// judgeReach reports the suspects that others can reach. One below a closed directory is good as it is.
func judgeReach(p *checks.Pass) error {
	kept := p.Kept()
	closed := closedDirs(kept)
	var found, tests []checks.Finding
	for _, k := range kept {
		s, ok := k.(suspect)
		switch {
		case !ok:
		case closed.above(s.Place.Path):
			p.OK(s.Subject)
		case p.Root() != nil && public(s.Place.Path): // module caches are full of them
			tests = append(tests, checks.Finding(s))
		default:
			found = append(found, checks.Finding(s))
		}
	}
	for i := range tests {
		tests[i].Attribute, tests[i].Severity = "public data", checks.Low
	}
	failGroupedBy(p, tests, strayDir)
	failGrouped(p, found)
	return nil
}

// published are packages that anybody can download, with all that is in them.
var published = regexp.MustCompile(`@v\d+\.|(^|/)(node_modules|site-packages|dist-packages|gems)/`)

// public reports a path of test data, or of what packages bring: everybody has it.
func public(name string) bool {
	return testPath(name) || published.MatchString(name) || shippedDirs.MatchString(name)
}

// dirs is a set of directories.
type dirs map[string]bool

// closedDirs are the closed directories among what was kept. The mode of the root itself does not count where the
// tree is a whole file system.
func closedDirs(kept []any) dirs {
	closed := dirs{}
	whole := false
	for _, k := range kept {
		switch k := k.(type) {
		case closedDir:
			closed[string(k)] = true
		case systemRoot:
			whole = true
		}
	}
	if whole {
		delete(closed, ".")
	}
	return closed
}

// above reports whether one of the directories holds the path, at any depth.
func (d dirs) above(name string) bool { return d.nearest(name) != "" }

// nearest is the closest of the directories that holds the path, or "".
func (d dirs) nearest(name string) string {
	for name != "." && name != "/" {
		if name = path.Dir(name); d[name] {
			return name
		}
	}
	return ""
}

// modeText is "mode 0640, owner 0, group 42".
func modeText(e *checks.Entry) string {
	text := "mode " + octal(e)
	if e.UID >= 0 {
		text += fmt.Sprintf(", owner %d, group %d", e.UID, e.GID)
	}
	return text
}

// octal is the mode as chmod takes it, such as 0640 or 4755.
func octal(e *checks.Entry) string {
	bits := uint32(e.Mode.Perm())
	for bit, value := range map[fs.FileMode]uint32{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if e.Mode&bit != 0 {
			bits |= value
		}
	}
	return fmt.Sprintf("%04o", bits)
}

// testPath reports whether the path is test data, an example or documentation, by a directory or the file's name.
func testPath(name string) bool {
	elements := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("/.-_", r) })
	return slices.ContainsFunc(elements, func(e string) bool {
		return testWords[e] || slices.ContainsFunc(testBeginnings, func(b string) bool { return strings.HasPrefix(e, b) })
	})
}

var (
	testBeginnings = []string{"test", "dummy", "mock", "fixture", "example", "sample", "snakeoil"}
	testWords      = set("spec specs demo doc docs e2e conformance selftest fake")
)
