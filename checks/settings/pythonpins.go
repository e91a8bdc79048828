package settings

import (
	"bufio"
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
)

// pythonPins are the versions that one file of a project holds packages to.
type pythonPins struct {
	dir      string
	versions map[string]string // by the name in small letters, with hyphens
}

// wantsPins chooses the files that pin versions: requirements.txt and its kin, and the locks of Poetry, uv and Pipenv.
func wantsPins(e *checks.Entry) bool {
	switch e.Name() {
	case "poetry.lock", "uv.lock", "Pipfile.lock", "pylock.toml":
		return e.Size <= maxPinsSize
	}
	return strings.HasPrefix(e.Name(), "requirements") && e.Ext() == ".txt" && e.Size <= maxPythonSize
}

// maxPinsSize is in bytes: locks of large projects hold thousands of hashes.
const maxPinsSize = 8 << 20

var (
	requirementPin = regexp.MustCompile(`^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*={2,3}\s*([0-9][\w.!+-]*)`)
	lockedName     = regexp.MustCompile(`^name = "([^"]+)"`)
	lockedVersion  = regexp.MustCompile(`^version = "([^"]+)"`)
)

// readPins reads one of them; nil where it pins nothing.
func readPins(f *checks.File) any {
	if !f.Whole || f.Binary() {
		return nil
	}
	p := &pythonPins{dir: path.Dir(f.Path), versions: map[string]string{}}
	if f.Name() == "Pipfile.lock" {
		var lock struct {
			Default map[string]struct{ Version string }
		}
		if json.Unmarshal(f.Data, &lock) != nil {
			return nil
		}
		for name, locked := range lock.Default {
			p.versions[packageName(name)] = strings.TrimLeft(locked.Version, "=")
		}
	} else {
		p.lines(f.Data)
	}
	if len(p.versions) == 0 {
		return nil
	}
	return p
}

func (p *pythonPins) lines(data []byte) {
	name := ""
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := lines.Text()
		if m := requirementPin.FindStringSubmatch(line); m != nil {
			p.versions[packageName(m[1])] = m[2]
		} else if m := lockedName.FindStringSubmatch(line); m != nil {
			name = m[1]
		} else if m := lockedVersion.FindStringSubmatch(line); m != nil && name != "" {
			p.versions[packageName(name)] = m[1]
			name = ""
		}
	}
}

func packageName(name string) string {
	return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
}

// splitPins takes the pins out of a reader's documents.
func splitPins(docs []document) (pins []*pythonPins, rest []document) {
	for _, d := range docs {
		if p, ok := d.value.(*pythonPins); ok {
			pins = append(pins, p)
		} else {
			rest = append(rest, d)
		}
	}
	return pins, rest
}

// pinned is the version of a package that holds for a file: that of the nearest directory above it, "" where none says.
func pinned(pins []*pythonPins, file, name string) string {
	best, version := -1, ""
	for _, p := range pins {
		dir := strings.TrimSuffix(strings.TrimSuffix(p.dir, "requirements"), "/")
		if dir == "" {
			dir = "."
		}
		if v := p.versions[name]; v != "" && (dir == "." || strings.HasPrefix(file, dir+"/")) && len(dir) > best {
			best, version = len(dir), v
		}
	}
	return version
}

// before reports whether a version is known and older than another, comparing numbers: "2.2.2" is before "2.2.3".
func before(version, than string) bool {
	if version == "" {
		return false
	}
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range b {
		x, y := 0, leadingNumber(b[i])
		if i < len(a) {
			x = leadingNumber(a[i])
		}
		if x != y {
			return x < y
		}
	}
	return false
}

func leadingNumber(text string) int {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' || n > 1e6 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return n
}
