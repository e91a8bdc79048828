package policy

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// Site is what a policy says of a live site that is audited. It holds no credential.
type Site struct {
	URL           string   // of the sites that it is about: their scheme, host and port; "" for all
	Paths         []string // pages to audit, as checks.ParsePage reads them
	AuthHeaderEnv string   // the environment variable with the header of a signed-in user; "" for none
}

// SiteFor gathers what the policy says of the site of a URL: all pages that were named, and the last variable.
func (p *Policy) SiteFor(rawURL string) Site {
	out := Site{URL: rawURL}
	for _, s := range p.settings.sites.value {
		if s.URL != "" && SiteOrigin(s.URL) != SiteOrigin(rawURL) {
			continue
		}
		for _, path := range s.Paths {
			if !slices.Contains(out.Paths, path) {
				out.Paths = append(out.Paths, path)
			}
		}
		if s.AuthHeaderEnv != "" {
			out.AuthHeaderEnv = s.AuthHeaderEnv
		}
	}
	return out
}

// SiteOrigin is the scheme, host and port of an http or https URL in one form, or "".
func SiteOrigin(rawURL string) string {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || u.User != nil {
		return ""
	}
	scheme := strings.ToLower(u.Scheme)
	port, known := map[string]string{"http": "80", "https": "443"}[scheme]
	if !known {
		return ""
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

type siteEntry struct {
	mark
	URL           text  `key:"url" doc:"The site this is about, by scheme, host and port; every audited URL where it is left out."`
	Paths         texts `key:"paths" doc:"Pages to audit: /pricing, or a role and a path: login=/login, authenticated=/account, logout=/logout, error=/broken."`
	AuthHeaderEnv text  `key:"auth_header_env" doc:"The name of the environment variable that holds the header of a signed-in user, such as \"Cookie: sid=...\". It is sent for authenticated and logout pages only."`
}

// variableName is what an environment variable may be called. A header never looks like it.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)

// sites puts one document's sites behind those of the documents before it.
func (r *resolver) sites(doc *document) {
	if len(doc.Sites) == 0 {
		return
	}
	all := slices.Clone(r.settings.sites.value)
	for i := range doc.Sites {
		all = append(all, r.site(&doc.Sites[i], indexed("sites", i)))
	}
	var shown []string
	for _, s := range all {
		shown = append(shown, s.String())
	}
	r.settings.sites = grown(all, shown, doc.Sites[0].at)
}

func (s Site) String() string {
	parts := append([]string{s.URL}, s.Paths...)
	if s.AuthHeaderEnv != "" {
		parts = append(parts, "$"+s.AuthHeaderEnv)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

func (r *resolver) site(e *siteEntry, path string) Site {
	if e.URL.set && SiteOrigin(e.URL.value) == "" {
		r.found.add(e.URL.at, path+".url", "expected a URL such as https://staging.shop.example, without a user name")
	}
	for i, p := range e.Paths.list {
		if _, err := checks.ParsePage(p.value); p.set && err != nil {
			r.found.add(p.at, indexed(path+".paths", i), "%v", err)
		}
	}
	if v := e.AuthHeaderEnv; v.set && !variableName.MatchString(v.value) { // it may be a credential, so it is not shown
		r.found.add(v.at, path+".auth_header_env", "expected the name of an environment variable, found something else; a credential does not belong in a policy")
	}
	if !e.Paths.set && !e.AuthHeaderEnv.set {
		r.found.add(e.at, path, `needs "paths" or "auth_header_env"`)
	}
	return Site{URL: e.URL.value, Paths: e.Paths.values(), AuthHeaderEnv: e.AuthHeaderEnv.value}
}
