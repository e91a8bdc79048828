package settings

import (
	"net/http"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/toml"
)

// netlifyReader reads the response headers of netlify.toml (https://docs.netlify.com/routing/headers/): one scope per
// [[headers]] table.
func netlifyReader() reader {
	return reader{layer: "netlify", wants: wantsNetlify, read: readNetlify, resolve: standalone}
}

func wantsNetlify(e *checks.Entry) bool { return e.Mode.IsRegular() && e.Name() == "netlify.toml" }

func readNetlify(f *checks.File) (any, []checks.Problem) {
	var scopes []*checks.Scope
	table := ""
	for _, p := range toml.Of(f).Pairs {
		parts := strings.SplitN(p.Path, ".", 4)
		if len(parts) < 3 || parts[0] != "headers" {
			continue
		}
		if parts[1] != table {
			table = parts[1]
			scopes = append(scopes, &checks.Scope{Layer: "netlify", Kind: "path", Place: p.Place})
		}
		s := scopes[len(scopes)-1]
		switch {
		case len(parts) == 3 && parts[2] == "for":
			text, _ := p.Value.(string)
			s.Name = "path " + text
		case len(parts) == 4 && parts[2] == "values":
			s.Settings = append(s.Settings, netlifyHeader(parts[3], p))
		}
	}
	if scopes == nil {
		return nil, nil
	}
	for _, s := range scopes {
		for i := range s.Settings {
			s.Settings[i].Scope = s.Name
		}
	}
	return scopes, nil
}

// netlifyHeader joins the lines or the items of a value as Netlify does: one header with commas.
func netlifyHeader(name string, p toml.Pair) checks.Setting {
	set := tomlSetting("netlify", p)
	set.Name, set.Header = "header "+name, http.CanonicalHeaderKey(name)
	if set.Dynamic() {
		return set
	}
	var lines []string
	for _, item := range set.List() {
		for line := range strings.Lines(item) {
			if line = strings.Trim(line, " \t\r\n,"); line != "" {
				lines = append(lines, line)
			}
		}
	}
	set.Raw = strings.Join(lines, ", ")
	set.Value = set.Raw
	return set
}
