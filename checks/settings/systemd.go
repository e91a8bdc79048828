package settings

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
)

// systemdReader reads service units and their drop-ins (systemd.exec(5)): one scope per unit.
func systemdReader() reader {
	return reader{layer: "systemd", wants: wantsSystemd, read: readSystemd, resolve: resolveSystemd}
}

func wantsSystemd(e *checks.Entry) bool {
	if !e.Mode.IsRegular() {
		return false
	}
	name := withoutTemplateSuffix(e.Name())
	return strings.HasSuffix(name, ".service") || strings.HasSuffix(name, ".conf") && unitOfDropIn(e.Path) != ""
}

// unitOfDropIn is the unit that a drop-in belongs to, by its directory; "" where it is none.
func unitOfDropIn(p string) string {
	unit, ok := strings.CutSuffix(path.Base(path.Dir(p)), ".d")
	if !ok || !strings.HasSuffix(unit, ".service") {
		return ""
	}
	return unit
}

// systemdUnit is what resolve needs of one file.
type systemdUnit struct {
	entries []systemd.Entry // of the [Service] section
	place   checks.Place
}

// maxEntries bounds a unit's assignments.
const maxEntries = 2000

func readSystemd(f *checks.File) (any, []checks.Problem) {
	u := systemdUnit{place: checks.Place{Path: f.Path}}
	var problems []checks.Problem
	for _, e := range systemd.Of(f).Entries {
		if len(u.entries) >= maxEntries {
			problems = []checks.Problem{tooLarge("read unit", f.Path)}
			break
		}
		if e.Section == "Service" {
			u.entries = append(u.entries, e)
		}
	}
	if len(u.entries) == 0 {
		return nil, nil
	}
	u.place.Line = u.entries[0].Place.Line
	return u, problems
}

func resolveSystemd(docs []document) ([]*checks.Scope, []checks.Problem) {
	var scopes []*checks.Scope
	for i, main := range systemdUnits(docs) {
		if main == nil {
			continue
		}
		scopes = append(scopes, systemdScope(docs[i], main))
	}
	return scopes, nil
}

// systemdUnits gives each unit its entries with those of its drop-ins after them, in the order of their names, as
// systemd does. A drop-in without its unit in the tree stands for itself; one that was joined is nil.
func systemdUnits(docs []document) [][]systemd.Entry {
	units := map[string][]int{} // by name
	for i, d := range docs {
		if unitOfDropIn(d.path) == "" {
			name := withoutTemplateSuffix(path.Base(d.path))
			units[name] = append(units[name], i)
		}
	}
	out := make([][]systemd.Entry, len(docs))
	for i, d := range docs {
		entries := d.value.(systemdUnit).entries
		name := unitOfDropIn(d.path)
		if name == "" {
			out[i] = append(append([]systemd.Entry(nil), entries...), out[i]...)
			continue
		}
		if at := unitFor(docs, units[name], d.path); at >= 0 {
			out[at] = append(out[at], entries...)
			continue
		}
		out[i] = entries
	}
	return out
}

// unitFor chooses among units of one name: the one beside the drop-in's directory, or the only one.
func unitFor(docs []document, candidates []int, dropIn string) int {
	for _, i := range candidates {
		if path.Dir(docs[i].path) == path.Dir(path.Dir(dropIn)) {
			return i
		}
	}
	if len(candidates) == 1 {
		return candidates[0]
	}
	return -1
}

// systemdDefaults hold for a service of the system manager that says nothing.
var systemdDefaults = []struct {
	name                 string
	value                any
	impliedByDynamicUser bool // DynamicUser=yes changes it
}{
	{"Service.User", "root", true},
	{"Service.UMask", "0022", false},
	{"Service.NoNewPrivileges", false, true},
	{"Service.PrivateTmp", false, true},
	{"Service.ProtectSystem", false, true},
	{"Service.DynamicUser", false, false},
	{"Service.StandardOutput", "journal", false},
	{"Service.StandardError", "inherit", false},
}

func systemdScope(d document, entries []systemd.Entry) *checks.Scope {
	unit := d.value.(systemdUnit)
	s := &checks.Scope{Layer: "systemd", Kind: "unit", Name: withoutTemplateSuffix(path.Base(d.path)), Place: unit.place}
	whole := true
	if name := unitOfDropIn(d.path); name != "" {
		s.Name, whole = name, false
	}
	for _, e := range entries {
		s.Settings = systemdApply(s.Settings, e, d.path)
	}
	whole = whole && !pathHas(d.path, "user", "systemd-user")
	dynamicUser, _ := s.Get("Service.DynamicUser")
	for _, def := range systemdDefaults {
		if dynamicUser.Value == true && def.impliedByDynamicUser {
			continue
		}
		if _, set := s.Get(def.name); !set && whole {
			s.Settings = append(s.Settings, checks.Setting{Layer: "systemd", Name: def.name, Value: def.value, Origin: checks.OriginDefault, Place: s.Place})
		}
	}
	for i := range s.Settings {
		s.Settings[i].Scope = s.Name
	}
	return s
}

// systemdApply adds an entry to what is in effect. An empty value takes back what the key set before; of a key
// that is no list, the last value holds.
func systemdApply(list []checks.Setting, e systemd.Entry, file string) []checks.Setting {
	name := "Service." + e.Key
	if e.Value == "" || !systemdLists[e.Key] && !strings.HasPrefix(e.Key, "Exec") {
		list = without(list, name)
	}
	if e.Value == "" {
		return list
	}
	s := checks.Setting{Layer: "systemd", Name: name, Origin: checks.OriginSet, Place: e.Place, Inherited: e.Place.Path != file}
	if e.Key == "Environment" {
		for _, word := range systemd.Words(e.Value) {
			variable, value, ok := strings.Cut(word, "=")
			if ok && len(list) < maxEntries {
				s.Name = name + "." + variable
				list = append(without(list, s.Name), systemdValue(s, variable, value, e.Dynamic))
			}
		}
		return list
	}
	key := "" // the names of systemd's own options say nothing of secrets, but for one
	if e.Key == "SetCredential" {
		key = e.Key
	}
	return append(list, systemdValue(s, key, e.Value, e.Dynamic))
}

var systemdLists = map[string]bool{
	"Environment": true, "EnvironmentFile": true, "ReadWritePaths": true, "ReadOnlyPaths": true, "InaccessiblePaths": true,
	"CapabilityBoundingSet": true, "AmbientCapabilities": true, "SupplementaryGroups": true, "SystemCallFilter": true,
	"RestrictAddressFamilies": true, "LoadCredential": true, "BindPaths": true, "BindReadOnlyPaths": true,
}

func systemdValue(s checks.Setting, key, value string, dynamic bool) checks.Setting {
	s.Raw = redacted(key, value)
	if dynamic {
		s.Origin = checks.OriginDynamic
		return s
	}
	switch strings.ToLower(value) {
	case "yes", "true", "on":
		s.Value = true
	case "no", "false", "off":
		s.Value = false
	default:
		s.Value = s.Raw
	}
	return s
}

// without takes settings of that name, and those below it (name.x), off the list.
func without(list []checks.Setting, name string) []checks.Setting {
	out := list[:0:0]
	for _, s := range list {
		if s.Name != name && !strings.HasPrefix(s.Name, name+".") {
			out = append(out, s)
		}
	}
	return out
}
