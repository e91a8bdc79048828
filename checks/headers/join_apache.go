package headers

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// locateApache chooses the virtual host by TLS and name, and in it the sections that hold for the path: what is merged
// last first ("How Directory, Location and Files sections work" at httpd.apache.org).
func locateApache(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	var hosts, alone []*checks.Scope
	for _, s := range scopes {
		switch {
		case s.Kind == "virtualhost":
			hosts = append(hosts, s)
		case s.Kind == "server" || apacheAccessFile(s):
			alone = append(alone, s)
		}
	}
	if len(hosts) == 0 {
		if len(alone) != 1 {
			return nil, "the tree has no virtual host and no single server of Apache"
		}
		return apacheSections(scopes, alone[0], at.path), ""
	}
	secure := slices.DeleteFunc(slices.Clone(hosts), func(s *checks.Scope) bool { return apacheTLS(s) != at.https })
	if len(secure) > 0 {
		hosts = secure
	}
	for _, s := range hosts { // the first of a name takes it
		if slices.ContainsFunc(namesOfHost(s), func(name string) bool { return strings.EqualFold(name, at.host) || globFits(name, at.host) }) {
			return apacheSections(scopes, s, at.path), ""
		}
	}
	found, why := onlyOne(hosts, at.host, namesOfHost, "ServerName")
	if len(found) == 0 {
		return nil, why
	}
	return apacheSections(scopes, found[0], at.path), ""
}

// namesOfHost are the names of a virtual host: ServerName, without scheme and port, and ServerAlias.
func namesOfHost(s *checks.Scope) (out []string) {
	for _, set := range slices.Concat(s.All("ServerName"), s.All("ServerAlias")) {
		for _, name := range strings.Fields(set.Text()) {
			name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
			name, _, _ = strings.Cut(name, ":")
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		name, _, _ := strings.Cut(strings.TrimPrefix(s.Name, "virtualhost "), ":")
		out = append(out, name)
	}
	return out
}

func globFits(glob, name string) bool {
	ok, err := path.Match(strings.ToLower(glob), name)
	return err == nil && ok && strings.ContainsAny(glob, "*?")
}

// apacheSections are the host itself and its sections that hold for the path, the one that is merged last first.
func apacheSections(scopes []*checks.Scope, host *checks.Scope, p string) []*checks.Scope {
	root, _ := host.Get("DocumentRoot")
	var found []*checks.Scope
	for _, kind := range []string{"directory", "files", "location"} {
		for _, s := range scopes {
			if s.Kind == kind && s.Parent == host && s != host && sectionHolds(s, p, root.Text()) {
				found = append(found, s)
			}
		}
	}
	slices.Reverse(found)
	return append(found, host)
}

// sectionHolds reports whether "location /app", "locationmatch ^/a", "directory /srv/www" or "files *.css" holds.
func sectionHolds(s *checks.Scope, p, root string) bool {
	words := strings.Fields(s.Name[strings.LastIndex(s.Name, " / ")+len(" / "):])
	if len(words) < 2 {
		return false
	}
	pattern := strings.Trim(words[len(words)-1], `"'`)
	subject := p
	switch s.Kind {
	case "directory":
		subject = strings.TrimRight(root, "/") + p
	case "files":
		subject = path.Base(p)
	}
	switch {
	case strings.HasSuffix(words[0], "match") || words[1] == "~":
		re, err := regexp.Compile(pattern)
		return err == nil && re.MatchString(subject)
	case strings.ContainsAny(pattern, "*?["):
		ok, err := path.Match(pattern, subject)
		return err == nil && ok
	case s.Kind == "files":
		return pattern == subject
	}
	pattern = strings.TrimRight(pattern, "/")
	return subject == pattern || strings.HasPrefix(subject, pattern+"/")
}
