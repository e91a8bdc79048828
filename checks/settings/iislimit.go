package settings

import (
	"strconv"
	"strings"

	"hardcheck/checks"
)

// iisLimitsReader reads what IIS says of the size of requests in web.config, for the site and for each <location>. It is a
// layer of its own, "iis limits".
func iisLimitsReader() reader {
	return reader{layer: "iis limits", wants: iisReader().wants, resolve: standalone, read: readIISLimits}
}

// iisLimits are the attributes by element, with the unit in bytes: request filtering counts bytes, ASP.NET kilobytes.
var iisLimits = map[string]map[string]int64{
	"requestlimits": {"maxAllowedContentLength": 1, "maxUrl": 1, "maxQueryString": 1},
	"httpruntime":   {"maxRequestLength": 1 << 10, "executionTimeout": 1},
}

// iisDefaults are those of IIS 7 and later. The limit of ASP.NET (4096 KB) holds where its runtime is configured.
var iisDefaults = []serverDefault{{"maxAllowedContentLength", int64(30000000)}, {"maxUrl", int64(4096)}, {"maxQueryString", int64(2048)}}

func readIISLimits(f *checks.File) (any, []checks.Problem) {
	var scopes []*checks.Scope
	paths := map[string]*checks.Scope{}
	scopeOf := func(at string, place checks.Place) *checks.Scope {
		s := paths[at]
		if s == nil {
			s = &checks.Scope{Layer: "iis limits", Kind: "path", Name: strings.TrimSpace("path " + at), Place: place}
			paths[at] = s
			scopes = append(scopes, s)
		}
		return s
	}
	eachElement(f, func(e xmlElement) {
		name := e.names[len(e.names)-1]
		served := len(e.names) == 3 && name == "requestfiltering" || name == "httpruntime" || name == "handlers"
		if e.text != "" || iisLimits[name] == nil && !served || len(scopes) >= maxHeaderRules {
			return
		}
		s := scopeOf(e.location, e.place)
		for _, a := range e.attributes {
			unit, known := iisAttribute(name, a.Name.Local)
			if known == "" {
				continue
			}
			set := checks.Setting{Layer: s.Layer, Name: known, Raw: a.Value, Origin: checks.OriginSet, Scope: s.Name, Place: e.place}
			if n, err := strconv.ParseUint(a.Value, 10, 32); err == nil {
				set.Value = int64(n) * unit
			} else {
				set.Origin = checks.OriginDynamic
			}
			s.Settings = append(withoutNamed(s.Settings, known), set)
		}
	})
	for _, s := range scopes {
		if s == paths[""] {
			withDefaults(s, iisDefaults, "")
		}
	}
	if scopes == nil {
		return nil, nil
	}
	return scopes, nil
}

func iisAttribute(element, attribute string) (unit int64, name string) {
	for name, unit := range iisLimits[element] {
		if strings.EqualFold(name, attribute) {
			return unit, name
		}
	}
	return 0, ""
}
