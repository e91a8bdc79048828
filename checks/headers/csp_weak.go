package headers

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"hardcheck/checks"
)

// cspWeaknesses are the ways around a policy, the widest first.
var cspWeaknesses = []cspWeakness{
	{
		rule:     checks.Rule{ID: "no-script-src", Title: "The policy does not restrict scripts", Severity: checks.Medium},
		whole:    true,
		expected: "script-src or default-src",
		message:  "there is neither script-src nor default-src: injected script of any kind runs",
		in: func(p *csPolicy, _ *response) (string, string, bool) {
			_, ok := p.scripts()
			return "script-src", "no script-src and no default-src", !ok && !sandboxed(p)
		},
	},
	{
		rule:     checks.Rule{ID: "unsafe-inline", Title: "Inline scripts are allowed", Severity: checks.Medium},
		part:     true,
		expected: "nonces or hashes",
		message:  "'unsafe-inline' runs every injected <script> and event handler: the policy does not stop XSS",
		in: func(p *csPolicy, _ *response) (string, string, bool) {
			elems, ok := p.scripts()
			if !ok {
				return "script-src", "", !sandboxed(p)
			}
			if elems.inline() {
				return elems.name, shown(elems), true
			}
			attrs, ok := p.scriptAttrs()
			if !ok {
				return "script-src-attr", "no script-src and no default-src for event handlers", true
			}
			return attrs.name, shown(attrs), attrs.inline()
		},
	},
	{
		rule:     checks.Rule{ID: "any-script-host", Title: "Scripts may come from any host", Severity: checks.Medium},
		part:     true,
		expected: "the hosts that serve the site's scripts",
		message:  "an attacker injects <script src> with a host of his own, or a data: URL, and it runs",
		in:       scriptSource(func(v string) bool { return anyHost(v) }),
	},
	{
		rule:     checks.Rule{ID: "shared-host", Title: "Scripts may come from a host where anyone publishes", Severity: checks.Low},
		part:     true,
		expected: "the path of the script used there, or a hash",
		message:  "anyone can publish script on that host, and an attacker injects <script src> with it",
		in:       scriptSource(sharedHost),
	},
	{
		rule:     checks.Rule{ID: "http-source", Title: "Scripts may come over plain http", Severity: checks.Low},
		part:     true,
		expected: "https sources",
		message:  "someone on the network path swaps the script that is fetched over http",
		in:       scriptSource(func(v string) bool { return insecureHost(v) }),
	},
	{
		rule:     checks.Rule{ID: "unsafe-eval", Title: "eval and its kin are allowed", Severity: checks.Low},
		part:     true,
		expected: "no 'unsafe-eval'",
		message:  "'unsafe-eval' turns a string an attacker controls into code wherever the site calls eval or setTimeout",
		in: func(p *csPolicy, _ *response) (string, string, bool) {
			d, ok := p.get("script-src", "default-src")
			if !ok {
				return "script-src", "", !sandboxed(p)
			}
			return d.name, "'unsafe-eval'", d.has("'unsafe-eval'")
		},
	},
	{
		rule:     checks.Rule{ID: "open-base-uri", Title: "base-uri is open while scripts are trusted by nonce", Severity: checks.Medium},
		part:     true,
		expected: "base-uri 'none' or 'self'",
		message:  "an attacker injects <base href> and every relative <script nonce src> loads from his host",
		in: func(p *csPolicy, _ *response) (string, string, bool) {
			base, set := p.get("base-uri")
			if set && !slices.ContainsFunc(base.values, anyHost) {
				return "", "", false
			}
			scripts, ok := p.scripts()
			if !ok {
				return "base-uri", "", !sandboxed(p)
			}
			byNonce := slices.ContainsFunc(scripts.values, func(v string) bool { return nonceOf(v) != "" })
			if !set {
				return "base-uri", "no base-uri", byNonce
			}
			return "base-uri", shown(base), byNonce
		},
	},
	{
		rule:     checks.Rule{ID: "open-object-src", Title: "object-src is open", Severity: checks.Low},
		part:     true,
		expected: "object-src 'none'",
		message:  "an attacker injects <object> or <embed> with content of his own inside the page",
		in: func(p *csPolicy, _ *response) (string, string, bool) {
			d, ok := p.get("object-src", "default-src")
			if !ok {
				return "object-src", "no object-src and no default-src", !sandboxed(p)
			}
			return d.name, shown(d), slices.ContainsFunc(d.values, anyHost)
		},
	},
	{
		rule:     checks.Rule{ID: "fixed-nonce", Title: "The nonce is the same in every answer", Severity: checks.Medium},
		part:     true,
		expected: "a fresh random nonce for every answer",
		message:  "an attacker reads the nonce in one answer and puts it on his own script in another",
		in: func(p *csPolicy, r *response) (string, string, bool) {
			d, ok := p.scripts()
			if !ok {
				return "script-src", "", !sandboxed(p)
			}
			for _, v := range d.values {
				nonce := nonceOf(v)
				if nonce != "" && (r.live && slices.Contains(r.sameNonces, nonce) || !r.live && nonce != freshNonce) {
					return d.name, v, true
				}
			}
			return "", "", false
		},
	},
}

// sandboxed reports whether the policy puts the page into a sandbox without scripts.
func sandboxed(p *csPolicy) bool {
	d, ok := p.get("sandbox")
	return ok && !d.has("allow-scripts")
}

// scriptSource finds a weak source among those of script elements. With 'strict-dynamic' hosts and schemes have no effect.
func scriptSource(weak func(string) bool) func(*csPolicy, *response) (string, string, bool) {
	return func(p *csPolicy, _ *response) (string, string, bool) {
		d, ok := p.scripts()
		if !ok {
			return "script-src", "", !sandboxed(p)
		}
		if d.has("'strict-dynamic'") {
			return "", "", false
		}
		for _, v := range d.values {
			if weak(v) {
				return d.name, v, true
			}
		}
		return "", "", false
	}
}

// anyHost reports whether a source matches hosts of anyone: *, a scheme that carries script, a host of only stars, or
// every name below a public suffix.
func anyHost(source string) bool {
	s := strings.ToLower(source)
	switch s {
	case "*", "http:", "https:", "data:", "ftp:", "ws:", "wss:":
		return s != "ws:" && s != "wss:"
	}
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	return host == "*" || host == "*.*" || everyonesSuffix(host)
}

// everyonesSuffix reports whether a host is a wildcard below which anyone registers names: *.com, *.co.uk.
func everyonesSuffix(host string) bool {
	suffix, ok := strings.CutPrefix(host, "*.")
	if !ok || suffix == "" || suffix[len(suffix)-1] == '.' {
		return false
	}
	public, icann := publicsuffix.PublicSuffix(suffix)
	return icann && public == suffix
}

func insecureHost(source string) bool {
	s := strings.ToLower(source)
	return (strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "ftp://")) && !anyHost(s)
}

// sharedHosts serve what anyone uploads: packages, repositories, buckets.
var sharedHosts = []string{
	"cdn.jsdelivr.net", "unpkg.com", "cdnjs.cloudflare.com", "esm.sh", "cdn.skypack.dev", "ajax.googleapis.com",
	"raw.githubusercontent.com", "rawgit.com", "cdn.rawgit.com", "*.github.io", "gist.github.com", "*.gitlab.io",
	"storage.googleapis.com", "s3.amazonaws.com", "*.s3.amazonaws.com", "*.amazonaws.com", "*.cloudfront.net",
	"*.herokuapp.com", "*.netlify.app", "*.vercel.app", "*.pages.dev", "*.workers.dev", "*.azurewebsites.net",
	"*.blob.core.windows.net", "*.firebaseapp.com", "*.web.app", "*.appspot.com",
}

// sharedHost reports whether a source names such a host as a whole, without the path of what is used there.
func sharedHost(source string) bool {
	s := strings.ToLower(source)
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	host, path, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, ":")
	return path == "" && slices.Contains(sharedHosts, host)
}
