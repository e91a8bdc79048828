package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
)

// unitDirs are where systemd looks for system units, the first winning (systemd.unit(5)).
var unitDirs = []string{"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"}

// units adds the units themselves, their drop-ins, and what those run as root.
func (r *rootRuns) units() {
	loaded := map[string]bool{} // by name: what an earlier directory has hides the later ones'
	dirs := map[string]bool{}
	for _, dir := range unitDirs {
		real := r.real(dir)
		if real == "" || dirs[real] {
			continue
		}
		dirs[real] = true
		r.dir(dir, "systemd's directory of units", func(name string) {
			base := path.Base(name)
			switch path.Ext(base) {
			case ".service", ".socket", ".timer", ".path", ".mount":
				if !loaded[base] {
					loaded[base] = true
					r.unit(name)
				}
			case ".d":
				if strings.Contains(strings.TrimSuffix(base, ".d"), ".") {
					r.dir(name, "a unit's directory of drop-ins", func(dropIn string) { r.dropIn(base, dropIn) })
				}
			}
		})
	}
}

func (r *rootRuns) unit(name string) {
	text := r.file(name, "a systemd unit")
	entries := unitEntries(name, text)
	user := ""
	for _, e := range entries {
		if e.Section == "Service" && e.Key == "User" {
			user = e.Value
		}
	}
	r.unitCommands(entries, user)
}

// dropIn reads a drop-in with the user of its unit.
func (r *rootRuns) dropIn(dir, name string) {
	if path.Ext(name) != ".conf" {
		return
	}
	user := ""
	for _, place := range unitDirs {
		if text := r.text(place + "/" + strings.TrimSuffix(dir, ".d")); text != "" {
			for _, e := range unitEntries(name, text) {
				if e.Section == "Service" && e.Key == "User" {
					user = e.Value
				}
			}
			break
		}
	}
	r.unitCommands(unitEntries(name, r.file(name, "a systemd drop-in")), user)
}

func unitEntries(name, text string) []systemd.Entry {
	return systemd.Of(&checks.File{Entry: &checks.Entry{Path: name}, Data: []byte(text), Line: 1, Whole: true}).Entries
}

// unitCommands adds the programs and the environment files. A program with "+" or "!" before it runs as root whatever
// User= says (systemd.service(5)).
func (r *rootRuns) unitCommands(entries []systemd.Entry, user string) {
	root := user == "" || user == "root" || user == "0"
	for _, e := range entries {
		switch {
		case e.Section != "Service" && e.Section != "Socket" && e.Section != "Mount":
		case strings.HasPrefix(e.Key, "Exec") && e.Value != "":
			prefix := e.Value[:len(e.Value)-len(strings.TrimLeft(e.Value, "@-:+!|"))]
			if !root && !strings.ContainsAny(prefix, "+!") {
				continue
			}
			words := systemd.Command(e.Value)
			for i := range words {
				if strings.ContainsAny(words[i], "%$") {
					words[i] = ""
				}
			}
			r.command(words, "the "+e.Key+" of a unit", e.Place)
		case e.Key == "EnvironmentFile" && root:
			name := strings.TrimLeft(e.Value, "-")
			if path.IsAbs(name) && !strings.ContainsAny(name, "%*?[") {
				r.add(rootRun{path: name, how: "the EnvironmentFile of a unit", by: e.Place, optional: true})
			}
		}
	}
}
