package settings

import (
	"net/http"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// named are the headers of a ConfigMap that is named as "namespace/name".
func (t *ingressTree) named(name ingressText) []checks.Setting {
	if o := t.maps[name.value]; o != nil {
		return ingressHeaders(o, "")
	}
	return []checks.Setting{{Name: "include", Raw: "ConfigMap " + name.value, Origin: checks.OriginDynamic, Place: name.place}}
}

func ingressHeaders(o *ingressObject, prefix string) []checks.Setting {
	var out []checks.Setting
	for key, t := range o.texts {
		name, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		h := http.CanonicalHeaderKey(name)
		s := checks.Setting{Name: "more_set_headers " + h, Header: h, Value: t.value, Raw: t.value, Origin: checks.OriginSet, Flags: []string{"always"}, Place: t.place, Inherited: true}
		if t.dynamic || strings.Contains(t.value, "$") {
			s.Value, s.Origin = nil, checks.OriginDynamic
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b checks.Setting) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// ingressSnippet reads directives of nginx in an annotation or a ConfigMap.
func ingressSnippet(t ingressText) []checks.Setting {
	f := &checks.File{Entry: &checks.Entry{Path: t.place.Path, Size: int64(len(t.value))}, Data: []byte(t.value), Line: 1, Whole: true}
	var items []nginxItem
	for _, d := range nginx.Of(f).Directives {
		items = append(items, nginxItem{d, nil})
	}
	vars := nginxVariables{}.within(items)
	var out []checks.Setting
	for _, it := range items {
		if len(out) >= maxOwn {
			break
		}
		if it.Name != "add_header" && !strings.HasPrefix(it.Name, "more_") && it.Name != "proxy_hide_header" && it.Name != "expires" {
			continue
		}
		for _, s := range nginxSettings(it.Directive, vars) {
			at := t.place
			if t.lines {
				at = checks.Place{Path: at.Path, Line: at.Line + s.Place.Line}
			}
			if s.Place = at; t.dynamic {
				s.Value, s.Origin = nil, checks.OriginDynamic
			}
			out = append(out, s)
		}
	}
	return out
}

// ingressCORS is what the annotations of CORS add, with the controller's defaults.
func ingressCORS(o *ingressObject) []checks.Setting {
	if on := o.texts[ingressAnnotation+"enable-cors"]; on.value != "true" {
		return nil
	}
	set := func(key, header, value string) checks.Setting {
		s := checks.Setting{Name: key + " " + header, Header: header, Value: value, Origin: checks.OriginDefault, Place: o.texts[ingressAnnotation+"enable-cors"].place, Flags: []string{"always"}}
		if t, ok := o.texts[ingressAnnotation+key]; ok {
			s.Value, s.Origin, s.Place = t.value, checks.OriginSet, t.place
			if header == "Access-Control-Allow-Origin" && t.value != "*" || t.dynamic {
				s.Value, s.Origin, s.Raw = nil, checks.OriginDynamic, t.value
			}
		}
		return s
	}
	return []checks.Setting{set("cors-allow-origin", "Access-Control-Allow-Origin", "*"), set("cors-allow-credentials", "Access-Control-Allow-Credentials", "true")}
}
