package settings

import (
	"cmp"
	"maps"
	"slices"

	"hardcheck/checks"
)

// traefikRedirects are the redirects of a middleware: the address that it leads to, "{host}" for the one asked for, with
// the flag "permanent" for 301 and 308 in place of 302 and 307.
func traefikRedirects(m *traefikPart) []checks.Setting {
	var out []checks.Setting
	add := func(kind, option string, target func(string) string) {
		f := m.get(kind, option)
		if f == nil {
			return
		}
		text := target(f.text())
		s := checks.Setting{Name: kind, Value: text, Raw: text, Origin: checks.OriginSet, Place: f.place}
		if f.dynamic {
			s.Value, s.Raw, s.Origin = nil, f.text(), checks.OriginDynamic
		}
		if permanent := m.get(kind, "permanent"); permanent != nil && permanent.text() == "true" {
			s.Flags = []string{"permanent"}
		}
		out = append(out, s)
	}
	add("redirectscheme", "scheme", func(scheme string) string { return scheme + "://{host}" })
	add("redirectregex", "replacement", func(replacement string) string { return replacement })
	return out
}

// traefikRedirections is what an entry point leads every request to, https and for good if nothing else is said
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func traefikRedirections(entry *traefikPart) []checks.Setting {
	at := []string{"http", "redirections", "entrypoint"}
	to := entry.get(append(at, "to")...)
	if to == nil {
		return nil
	}
	option := func(name string) string {
		if f := entry.get(append(at, name)...); f != nil {
			return f.text()
		}
		return ""
	}
	target := cmp.Or(option("scheme"), "https") + "://{host}"
	s := checks.Setting{Name: "redirections", Value: target, Raw: target, Origin: checks.OriginSet, Place: to.place}
	if option("permanent") != "false" {
		s.Flags = []string{"permanent"}
	}
	return []checks.Setting{s}
}

// plain are the entry points on which a router answers plain http: none where it has TLS, and none that leads every
// request elsewhere. Without a word a router is on all of them; one that no file describes is known by its name only.
func (t *traefikTree) plain(router *traefikPart, listed []string) []string {
	if router.has("tls") {
		return nil
	}
	if len(listed) == 0 {
		listed = slices.Sorted(maps.Keys(t.entries))
	}
	return slices.DeleteFunc(slices.Clone(listed), func(name string) bool {
		entry := t.entries[name]
		if entry == nil {
			return name != "web" && name != "http"
		}
		tls := slices.ContainsFunc(entry.facts, func(f traefikFact) bool { return len(f.path) > 1 && f.path[0] == "http" && f.path[1] == "tls" })
		return tls || len(traefikRedirections(entry)) > 0 || entry.get("address") == nil
	})
}
