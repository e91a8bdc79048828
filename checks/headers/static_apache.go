package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

func apacheFront() front {
	return front{layer: "apache", outer: []string{"virtualhost", "directory", "location"}, serves: apacheServes,
		proxies: apacheProxies, tls: apacheTLS, class: apacheClass, apply: apacheApply}
}

// apacheServes reports whether a virtual host, or the main server of a configuration without one, serves content.
func apacheServes(s *checks.Scope) bool {
	if s.Kind != "virtualhost" && s.Kind != "server" && s.Kind != "location" && s.Kind != "directory" || apacheAway(s) {
		return false
	}
	own := func(name string) bool {
		return slices.ContainsFunc(s.All(name), func(set checks.Setting) bool {
			return set.Origin != checks.OriginDefault && (s.Kind == "virtualhost" || !set.Inherited)
		})
	}
	if s.Kind != "virtualhost" && s.Kind != "server" && !slices.ContainsFunc(s.Settings, func(set checks.Setting) bool {
		return set.Header != "" && !set.Inherited
	}) {
		return false // answers as the block around it does
	}
	if apacheAccessFile(s) {
		return true
	}
	return own("DocumentRoot") || own("ProxyPass") || own("ProxyPassMatch") || own("SetHandler") || own("WSGIScriptAlias") ||
		s.Parent != nil && s.Kind != "virtualhost" && apacheServes(s.Parent)
}

// apacheAccessFile reports whether the scope is a .htaccess file, which knows nothing of the server around it.
func apacheAccessFile(s *checks.Scope) bool { return s.Kind == "directory" && s.Parent == nil }

// apacheAway reports whether every request is redirected.
func apacheAway(s *checks.Scope) bool {
	for _, set := range slices.Concat(s.All("Redirect"), s.All("RedirectPermanent"), s.All("RedirectMatch")) {
		words := strings.Fields(set.Raw)
		if slices.Contains(words, "/") || slices.Contains(words, "^") || slices.Contains(words, "^/(.*)$") {
			return true
		}
	}
	if apacheTLS(s) {
		return false // a rule that leads to https there has a condition, or it would lead in a circle
	}
	return slices.ContainsFunc(s.All("RewriteRule"), func(set checks.Setting) bool {
		words := strings.Fields(set.Raw)
		return len(words) >= 2 && slices.Contains([]string{"^", "^(.*)$", "(.*)", ".*", "^.*$", "^/?(.*)", "^/?(.*)$", "^/(.*)$"}, words[0]) &&
			strings.HasPrefix(strings.Trim(words[1], `"`), "https://")
	})
}

func apacheProxies(s *checks.Scope) bool {
	for _, name := range []string{"ProxyPass", "ProxyPassMatch", "SetHandler", "WSGIScriptAlias"} {
		if set, ok := s.Get(name); ok && set.Origin != checks.OriginDefault {
			return true
		}
	}
	return false
}

func apacheTLS(s *checks.Scope) bool {
	for at := s; at != nil; at = at.Parent {
		if set, ok := at.Get("SSLEngine"); ok && strings.EqualFold(set.Text(), "on") || ok && set.Value == true {
			return true
		}
		if at.Kind == "virtualhost" && strings.Contains(at.Name, ":443") {
			return true
		}
	}
	return false
}

func apacheClass(s *checks.Scope) class {
	if s.Kind == "virtualhost" || s.Kind == "server" {
		return htmlPage
	}
	_, pattern, _ := strings.Cut(s.Name[strings.LastIndex(s.Name, s.Kind+" ")+1:], " ")
	return classOfPath(strings.Trim(pattern, `"'~ `))
}

// apacheApply follows mod_headers: "always" keeps a table of its own, so a header in both is sent twice.
func apacheApply(s *checks.Scope, r *response) {
	if apacheAccessFile(s) {
		r.elsewhere = "the server around the .htaccess file is not in the tree and may set it"
	}
	for _, set := range s.Settings {
		if set.Header == "" {
			continue
		}
		f := fieldOf(set)
		f.errorsToo = set.Has("always")
		switch {
		case set.Has("edit"), set.Has("conditional"):
			f.dynamic = true
			r.set(f)
		case set.Has("if-missing"):
			if len(r.all(f.name)) == 0 {
				r.add(f)
			}
		case set.Has("remove"):
			r.removeTable(f)
		case set.Has("append"), set.Has("merge"), set.Has("add"):
			r.add(f)
		default:
			r.removeTable(f)
			r.add(f)
		}
	}
}

// removeTable removes the lines of the header that are in the same table.
func (r *response) removeTable(f field) {
	r.headers = slices.DeleteFunc(r.headers, func(h field) bool { return h.name == f.name && h.errorsToo == f.errorsToo })
}
