package permissions

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
)

// listing is a setting by which a server lists directories.
type listing struct {
	layer, name, off string
	on               func(checks.Setting) bool
}

var listingSettings = []listing{
	{"nginx", "autoindex", "autoindex off", func(s checks.Setting) bool { return s.Value == true }},
	{"apache", "Options", "Options -Indexes", func(s checks.Setting) bool {
		words := strings.Fields(strings.ToLower(s.Text()))
		return slices.Contains(words, "indexes") || slices.Contains(words, "+indexes") || slices.Contains(words, "all")
	}},
	{"caddy", "file_server.browse", "file_server without browse", func(s checks.Setting) bool { return s.Value == true }},
}

// besideService are directories whose configuration serves nobody: tests, examples, other people's packages.
var besideService = regexp.MustCompile(`(?i)(^|/)(tests?|testdata|fixtures|examples?|samples?|docs?|node_modules|vendor|third_party|site-packages|dist-packages)/|@v[0-9]`)

// listedByServers finds servers that are told to list directories, at the directive.
func listedByServers(p *checks.Pass) error {
	for _, l := range listingSettings {
		for _, s := range p.Scopes(l.layer) {
			set, ok := s.Get(l.name)
			switch {
			case !ok || set.Inherited || besideService.MatchString(s.Place.Path):
			case set.Dynamic() || set.Origin != checks.OriginSet:
			case !l.on(set):
				p.OK(s.Subject())
			default:
				p.Fail(checks.Finding{Rule: "directory-listing", Subject: s.Subject(), Place: set.Place, Attribute: l.name, Expected: l.off,
					Actual: strings.TrimSpace(l.name + " " + set.Raw), Fix: "Write `" + l.off + "`. Undo: `" + strings.TrimSpace(l.name+" "+set.Raw) + "`.",
					Message: "Directories without an index page are listed: names of files nobody linked to can be read and fetched"})
			}
		}
	}
	return nil
}
