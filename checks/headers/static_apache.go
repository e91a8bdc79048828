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

// apacheProxies reports whether an application answers: the first ProxyPass about the scope's path says so, or a handler.
func apacheProxies(s *checks.Scope) bool {
	at := "/"
	if _, path, ok := strings.Cut(s.Name, "location "); s.Kind == "location" && ok { // not of locationmatch
		at = strings.TrimRight(strings.Trim(path, `"'~ `), "/") + "/"
	}
	for _, set := range s.All("ProxyPass") {
		from, to, two := strings.Cut(set.Raw, " ")
		if !two || strings.HasPrefix(at, strings.Trim(from, `"'`)) {
			return !strings.HasPrefix(to, "!")
		}
	}
	for _, name := range []string{"ProxyPassMatch", "SetHandler", "WSGIScriptAlias"} {
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
