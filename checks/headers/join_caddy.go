package headers

import (
	"net"
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// locateCaddy chooses the site by address and the handle block by path. A named matcher (@name) may or may not match.
func locateCaddy(scopes []*checks.Scope, at asked) ([]*checks.Scope, string) {
	var sites []*checks.Scope
	for _, s := range scopes {
		if s.Kind == "site" {
			sites = append(sites, s)
		}
	}
	if len(sites) == 0 {
		return nil, "the tree has no site of Caddy"
	}
	for _, fits := range []func(address string) bool{
		func(a string) bool { return caddyFits(a, at, true) }, func(a string) bool { return caddyFits(a, at, false) }} {
		for _, s := range sites {
			if slices.ContainsFunc(s.All("address"), func(set checks.Setting) bool { return fits(set.Text()) }) {
				return caddyHandle(scopes, s, at), ""
			}
		}
	}
	found, why := onlyOne(sites, at.host, caddyNames, "address")
	if len(found) == 0 {
		return nil, why
	}
	return caddyHandle(scopes, found[0], at), ""
}

// caddyFits reports whether a site's address is for the URL: its scheme, name and port, as far as it gives them. With
// named set it has to give the name.
func caddyFits(address string, at asked, named bool) bool {
	scheme, rest, given := strings.Cut(address, "://")
	if !given {
		scheme, rest = "", address
	}
	rest, _, _ = strings.Cut(rest, "/")
	host, port, err := net.SplitHostPort(rest)
	if err != nil {
		host, port = rest, ""
	}
	host = strings.ToLower(host)
	switch {
	case scheme == "https" && !at.https, scheme == "http" && at.https:
		return false
	case named && host != at.host && !globFits(host, at.host):
		return false
	case !named && host != "":
		return false
	case port != "" && port != strconv.Itoa(at.port):
		return named && port != "80" && port != "443" // published under another number
	}
	return true
}

func caddyNames(s *checks.Scope) (out []string) {
	for _, set := range s.All("address") {
		name := set.Text()
		if _, rest, ok := strings.Cut(name, "://"); ok {
			name = rest
		}
		name, _, _ = strings.Cut(strings.SplitN(name, "/", 2)[0], ":")
		out = append(out, name)
	}
	return out
}

// caddyHandle are the block that answers the path, the deepest first, and those that may.
func caddyHandle(scopes []*checks.Scope, block *checks.Scope, at asked) []*checks.Scope {
	var sure, open []*checks.Scope
	length := -1
	for _, s := range scopes {
		if s.Parent != block || s.Kind != "handle" {
			continue
		}
		words := strings.Fields(strings.TrimPrefix(s.Name, block.Name+" / "))
		switch {
		case len(words) == 0 || words[0] == "handle_response":
		case words[0] == "handle_errors":
			if at.status >= 400 {
				open = append(open, s)
			}
		case len(words) > 1 && !strings.HasPrefix(words[1], "/") && words[1] != "*":
			open = append(open, s)
		default:
			pattern := "*"
			if len(words) > 1 {
				pattern = words[1]
			}
			if caddyPath(pattern, at.path) && len(pattern) > length {
				sure, length = []*checks.Scope{s}, len(pattern)
			}
		}
	}
	var out []*checks.Scope
	for _, s := range append(sure, open...) {
		out = append(out, caddyHandle(scopes, s, at)...)
	}
	if len(sure) == 0 || length < 0 {
		out = append([]*checks.Scope{block}, out...)
	}
	return out
}

// caddyPath follows Caddy's path matcher: exact, or with * at either end.
func caddyPath(pattern, p string) bool {
	prefix, wild := strings.CutSuffix(pattern, "*")
	if wild && !strings.Contains(prefix, "*") {
		return strings.HasPrefix(strings.ToLower(p), strings.ToLower(prefix))
	}
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(p))
	return err == nil && ok
}
