package systemdunit

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/systemd"
)

// Source is a unit file or a drop-in of the tree.
type Source struct {
	Path    string
	Entries []systemd.Entry
}

// Unit is a service as the manager loads it.
type Unit struct {
	Name string // "web.service", "worker@.service", "worker@blue.service"
	Path string // of its file; of its first drop-in where the tree has no file of it
	// Own are the assignments of its file, DropIns those of its drop-ins in the order in which they apply.
	Own, DropIns []systemd.Entry
}

// Entries are all assignments in the order in which they apply.
func (u *Unit) Entries() []systemd.Entry { return slices.Concat(u.Own, u.DropIns) }

// loadPaths are the directories of system units, the first with a file of a name has it (systemd.unit(5)).
var loadPaths = []string{"etc/systemd/system.control", "run/systemd/system.control", "run/systemd/transient", "etc/systemd/system",
	"run/systemd/system", "run/systemd/generator", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"}

// home is what a directory belongs to: the root whose load path it is, with its rank, or itself.
func home(dir string) (group string, rank int) {
	for i, load := range loadPaths {
		if dir == load {
			return "", i
		}
		if group, ok := strings.CutSuffix(dir, "/"+load); ok && path.Base(group) != "usr" {
			return group + "/", i
		}
	}
	return dir, 0
}

// UnitName is the name of the unit that a file is, without what makes it a template of a deployment tool; "" for none.
func UnitName(file string) string {
	name := path.Base(file)
	for _, suffix := range []string{".j2", ".in", ".erb", ".tmpl", ".tpl"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if !strings.HasSuffix(name, ".service") || name == ".service" {
		return ""
	}
	return name
}

// DropInOf is the unit, the prefix ("web-.service") or the type ("service") that a drop-in belongs to; "" for none.
func DropInOf(file string) string {
	if path.Ext(file) != ".conf" {
		return ""
	}
	name, ok := strings.CutSuffix(path.Base(path.Dir(file)), ".d")
	if !ok || name != "service" && !strings.HasSuffix(name, ".service") {
		return ""
	}
	return name
}

// located is a source with its place in the search.
type located struct {
	Source
	of    string // of a drop-in: what it belongs to; of a unit: its name
	group string
	rank  int
}

// Join makes the units of a tree. A drop-in whose unit is not beside it goes to the only unit of that name in the tree,
// and stands for itself where there is none.
func Join(sources []Source) []*Unit {
	var files, dropIns []located
	for _, s := range sources {
		if of := DropInOf(s.Path); of != "" {
			group, rank := home(path.Dir(path.Dir(s.Path)))
			dropIns = append(dropIns, located{s, of, group, rank})
		} else if name := UnitName(s.Path); name != "" {
			group, rank := home(path.Dir(s.Path))
			files = append(files, located{s, name, group, rank})
		}
	}
	units := map[[2]string]located{}
	byName := map[string][]located{}
	for _, f := range files {
		key := [2]string{f.group, f.of}
		if before, ok := units[key]; !ok || f.rank < before.rank {
			units[key] = f
		}
	}
	for _, f := range units {
		byName[f.of] = append(byName[f.of], f)
	}
	for i, d := range dropIns {
		dropIns[i].group = adopt(d, units, byName)
	}
	return assemble(units, dropIns)
}

// adopt is the group that a drop-in takes part in.
func adopt(d located, units map[[2]string]located, byName map[string][]located) string {
	for _, name := range []string{d.of, templateOf(d.of)} {
		if _, ok := units[[2]string{d.group, name}]; ok {
			return d.group
		}
		if list := byName[name]; len(list) == 1 {
			return list[0].group
		}
	}
	return d.group
}

func assemble(units map[[2]string]located, dropIns []located) []*Unit {
	byKey := map[[2]string][]located{}
	for _, d := range dropIns {
		key := [2]string{d.group, d.of}
		byKey[key] = append(byKey[key], d)
	}
	var out []*Unit
	used := map[[2]string]bool{}
	add := func(name string, file located) {
		list := chosen(byKey, file.group, name, used)
		u := &Unit{Name: name, Path: file.Path, Own: file.Entries}
		for _, d := range list {
			u.DropIns = append(u.DropIns, d.Entries...)
		}
		out = append(out, u)
	}
	for key, file := range units {
		add(key[1], file)
	}
	for key := range byKey { // instances of a template that have drop-ins of their own
		file, ok := units[[2]string{key[0], templateOf(key[1])}]
		if _, whole := units[key]; ok && !whole && key[1] != templateOf(key[1]) {
			add(key[1], file)
		}
	}
	for key, list := range byKey {
		if !used[key] && key[1] != "service" && !strings.HasSuffix(key[1], "-.service") {
			u := &Unit{Name: key[1], Path: list[0].Path}
			for _, d := range list {
				u.DropIns = append(u.DropIns, d.Entries...)
			}
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *Unit) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name)) })
	return out
}

// chosen are the drop-ins of a unit in the order in which they apply: by file name; of two of one name the one in the
// earlier load path, then the more particular one, and those of all services last.
func chosen(byKey map[[2]string][]located, group, name string, used map[[2]string]bool) []located {
	names := dropInNames(name)
	var all []located
	level := map[string]int{}
	for i, n := range names {
		key := [2]string{group, n}
		if len(byKey[key]) > 0 {
			used[key] = true
			level[n] = i
			all = append(all, byKey[key]...)
		}
	}
	slices.SortStableFunc(all, func(a, b located) int {
		return cmp.Or(cmp.Compare(path.Base(a.Path), path.Base(b.Path)), typeWide(a)-typeWide(b), a.rank-b.rank, level[a.of]-level[b.of])
	})
	return slices.CompactFunc(all, func(a, b located) bool { return path.Base(a.Path) == path.Base(b.Path) })
}

func typeWide(d located) int {
	if d.of == "service" {
		return 1
	}
	return 0
}

// maxPrefixNames bounds the prefixes of a unit's name.
const maxPrefixNames = 32

// dropInNames are the unit, its template, the prefixes of its name that end in a dash, and its type.
func dropInNames(name string) []string {
	names := []string{name}
	template := templateOf(name)
	if template != name {
		names = append(names, template)
	}
	prefix, _, _ := strings.Cut(strings.TrimSuffix(template, ".service"), "@")
	for len(names) < maxPrefixNames {
		at := strings.LastIndexByte(strings.TrimSuffix(prefix, "-"), '-')
		if at < 0 {
			break
		}
		prefix = prefix[:at+1]
		names = append(names, prefix+".service")
	}
	return append(names, "service")
}

// templateOf is the template of an instance, or the name itself.
func templateOf(name string) string {
	before, rest, ok := strings.Cut(name, "@")
	if !ok || rest == ".service" {
		return name
	}
	return before + "@.service"
}

// Weakened is a directive that drop-ins set to something weaker than the unit's file does.
type Weakened struct {
	Key            string
	Unit, DropIn   systemd.Entry // the lines
	Before, Behind Exposure      // without the drop-ins' assignments of it, and with them
}

// Weakened compares what the drop-ins set with what the unit's own file set of the same directive.
func (u *Unit) Weakened() (list []Weakened) {
	all := u.Entries()
	behind, _ := Of(all).Exposure()
	seen := map[string]bool{}
	for _, own := range u.Own {
		if seen[own.Key] || own.Section != "Service" {
			continue
		}
		seen[own.Key] = true
		w := Weakened{Key: own.Key, Behind: behind}
		rest := slices.Clone(u.Own)
		for _, d := range u.DropIns {
			if d.Section == "Service" && d.Key == own.Key {
				w.DropIn = d
			} else {
				rest = append(rest, d)
			}
		}
		if w.DropIn.Key == "" {
			continue
		}
		for _, o := range u.Own {
			if o.Section == "Service" && o.Key == own.Key {
				w.Unit = o
			}
		}
		if w.Before, _ = Of(rest).Exposure(); w.Before < w.Behind {
			list = append(list, w)
		}
	}
	return list
}
