package settings

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// lighttpdLimitsReader reads what lighttpd says of requests: the size of bodies and headers, how long it waits for them, and
// whether it passes them on. It is a layer of its own, "lighttpd limits": one scope per configuration, and one per
// condition on paths that sets something. Files beside a lighttpd.conf that it includes count for it.
func lighttpdLimitsReader() reader {
	return reader{layer: "lighttpd limits", read: readLighttpdLimits, resolve: resolveLighttpdLimits, wants: lighttpdReader().wants}
}

var lighttpdOption = regexp.MustCompile(`^(server\.(?:max-request-size|max-request-field-size|max-read-idle|port)|(?:proxy|fastcgi|scgi|uwsgi)\.server)\s*:?\+?=\s*(?:"?(\d+)"?)?`)

// lighttpdDefaults are lighttpd 1.4's. The sizes of bodies are in KiB; 0 is no limit.
var lighttpdDefaults = []serverDefault{
	{"server.max-request-size", int64(0)},
	{"server.max-request-field-size", int64(8192)},
	{"server.max-read-idle", int64(60)},
}

func readLighttpdLimits(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() || !strings.Contains(f.Text(), "server.") {
		return nil, nil
	}
	r := lighttpdFile{file: f, text: f.Text()}
	for r.at < len(r.text) && len(r.rules) < maxHeaderRules {
		m := lighttpdOption.FindStringSubmatch(r.text[r.at:min(len(r.text), r.at+maxLighttpdLine)])
		if m != nil && (r.at == 0 || strings.IndexByte(" \t\n;}{", r.text[r.at-1]) >= 0) {
			r.option(m)
			r.at += len(m[0])
			continue
		}
		r.statement()
	}
	if len(r.rules) == 0 {
		return nil, nil
	}
	return r.rules, nil
}

// option keeps an assignment for the paths of the open conditions.
func (r *lighttpdFile) option(m []string) {
	at := "/*"
	for _, p := range r.open {
		if p != "" {
			at = p
		}
	}
	s := checks.Setting{Layer: "lighttpd limits", Name: m[1], Raw: m[2], Origin: checks.OriginSet, Place: r.file.Place(r.at, r.at+len(m[0]))}
	n, err := strconv.ParseInt(m[2], 10, 64)
	switch {
	case strings.HasSuffix(m[1], "port"):
		s.Value = m[2]
	case !strings.HasPrefix(m[1], "server."):
		s.Value, s.Raw = m[1], m[1]
	case err != nil || n >= 1<<32: // a variable, or more than lighttpd takes
		s.Origin = checks.OriginDynamic
	case strings.HasSuffix(m[1], "max-request-size"):
		s.Value = n << 10
	default:
		s.Value = n
	}
	r.rules = append(r.rules, hostingRule{path: at, place: s.Place, settings: []checks.Setting{s}})
}

// resolveLighttpdLimits joins each lighttpd.conf with the files below its directory, but for those that are only available.
func resolveLighttpdLimits(docs []document) ([]*checks.Scope, []checks.Problem) {
	var out []*checks.Scope
	var b bounds
	for _, main := range docs {
		if !strings.HasPrefix(path.Base(main.path), "lighttpd") {
			continue
		}
		rules := main.value.([]hostingRule)
		for _, d := range docs {
			if d.path != main.path && strings.HasPrefix(d.path, path.Dir(main.path)+"/") && !pathHas(d.path, "conf-available") && b.merge(len(rules)) {
				rules = append(rules[:len(rules):len(rules)], d.value.([]hostingRule)...)
			}
		}
		out = append(out, lighttpdScopes(main.path, rules)...)
	}
	return out, b.problem("lighttpd")
}

func lighttpdScopes(file string, rules []hostingRule) []*checks.Scope {
	all := &checks.Scope{Layer: "lighttpd limits", Kind: "server", Name: "server", Place: checks.Place{Path: file, Line: 1}}
	out := []*checks.Scope{all}
	for _, r := range rules {
		s := all
		if r.path != "/*" {
			s = &checks.Scope{Layer: all.Layer, Kind: "path", Name: "path " + r.path, Place: r.place, Parent: all}
			out = append(out, s)
		}
		s.Settings = append(withoutNamed(s.Settings, r.settings[0].Name), r.settings...)
	}
	withDefaults(all, lighttpdDefaults, "")
	for _, s := range out[1:] {
		for _, set := range inherited(all.Settings) {
			if _, own := s.Get(set.Name); !own && strings.HasSuffix(set.Name, ".server") {
				s.Settings = append(s.Settings, set)
			}
		}
	}
	for _, s := range out {
		for i := range s.Settings {
			s.Settings[i].Layer, s.Settings[i].Scope = s.Layer, s.Name
		}
	}
	return out
}
