package permissions

import (
	"hash/maphash"
	"path"
	"strings"

	"hardcheck/checks"
)

// packageFiles are the files of packages, hashed: the names of a whole system take too much memory.
type packageFiles []uint64

// overrides are the files whose mode the administrator registered (dpkg-statoverride(1)), by their names without usr/.
type overrides map[string]bool

var hashSeed = maphash.MakeSeed()

// packageList chooses the files in which Debian and Alpine note what their packages installed.
func packageList(e *checks.Entry) bool {
	switch {
	case !e.Mode.IsRegular():
		return false
	case e.Ext() == ".list":
		return strings.HasSuffix(path.Dir(e.Path), "lib/dpkg/info")
	}
	return strings.HasSuffix(e.Path, "lib/dpkg/statoverride") || strings.HasSuffix(e.Path, "lib/apk/db/installed")
}

func setuidPackages(p *checks.Pass, f *checks.File) error {
	switch f.Name() {
	case "statoverride":
		p.Keep(f.Path, statOverrides(f.Text()))
	case "installed":
		p.Keep(f.Path, apkFiles(f.Text()))
	default:
		p.Keep(f.Path, dpkgFiles(f.Text()))
	}
	return nil
}

// mayRun reports a path that may be a program's.
func mayRun(name string) bool {
	return strings.Contains(name, "bin/") || strings.Contains(name, "lib") || strings.Contains(name, "games/") || strings.HasPrefix(name, "opt/")
}

// dpkgFiles reads the list of one package: a path a line.
func dpkgFiles(text string) (files packageFiles) {
	for line := range strings.Lines(text) {
		if name := strings.TrimPrefix(strings.TrimSpace(line), "/"); mayRun(name) {
			files = append(files, maphash.String(hashSeed, unmerged(name)))
		}
	}
	return files
}

// apkFiles reads Alpine's database: F: begins a directory, R: names a file in it (apk-tools, "installed").
func apkFiles(text string) (files packageFiles) {
	dir := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "F:"); ok {
			dir = name
		} else if name, ok := strings.CutPrefix(line, "R:"); ok && mayRun(dir+"/"+name) {
			files = append(files, maphash.String(hashSeed, unmerged(dir+"/"+name)))
		}
	}
	return files
}

// statOverrides reads "owner group mode path" lines.
func statOverrides(text string) overrides {
	out := overrides{}
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) == 4 {
			out[unmerged(strings.TrimPrefix(fields[3], "/"))] = true
		}
	}
	return out
}

// unmerged removes the usr/ of a merged /usr, so that /bin/su and /usr/bin/su are one name.
func unmerged(name string) string { return strings.TrimPrefix(name, "usr/") }
