package settings

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// ingressReader reads what ingress-nginx makes of Kubernetes resources: each Ingress with its annotations, the
// controller's ConfigMap (or the values of its Helm chart), and the ConfigMaps of headers that they name. Over TLS the
// controller sends HSTS by itself.
func ingressReader() reader {
	return reader{layer: "ingress-nginx", hints: []string{"ingress"}, wants: wantsKube, read: readIngress, resolve: resolveIngress}
}

func wantsKube(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Size > yamldoc.MaxSize {
		return false
	}
	ext := path.Ext(withoutTemplateSuffix(strings.ToLower(e.Name())))
	return ext == ".yml" || ext == ".yaml"
}

// ingressObject is an Ingress, a ConfigMap or the values of the chart: texts by key, with their places.
type ingressObject struct {
	kind, name string // "ns/name"
	texts      map[string]ingressText
	tls        bool
	backends   []ingressText // "service:port", of an Ingress
	place      checks.Place
}

type ingressText struct {
	value   string
	dynamic bool
	place   checks.Place // of the text; of a block scalar the line above it
	lines   bool         // a block scalar
}

const (
	ingressAnnotation = "nginx.ingress.kubernetes.io/"
	maxKubeObjects    = 2000 // in one file
)

// ingressKeys are keys that only the controller's ConfigMap has.
var ingressKeys = []string{"hsts", "hsts-max-age", "hsts-include-subdomains", "hsts-preload", "add-headers", "use-forwarded-headers", "http-snippet",
	"server-snippet", "location-snippet", "ssl-redirect", "server-tokens", "proxy-body-size", "hide-headers", "enable-modsecurity"}

func readIngress(f *checks.File) (any, []checks.Problem) {
	text := f.Text()
	if !strings.Contains(text, "ConfigMap") && !strings.Contains(text, "Ingress") && !strings.Contains(text, "controller:") {
		return nil, nil
	}
	var out []ingressObject
	for _, doc := range yamldoc.Of(f).Docs {
		for _, object := range kubeItems(doc) {
			if o, ok := readIngressObject(f, object); ok && len(out) < maxKubeObjects {
				out = append(out, o)
			}
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// kubeItems are the resources of a document, which may be a list of them.
func kubeItems(doc *yaml.Node) []*yaml.Node {
	if kind, _ := yamldoc.Text(yamldoc.Get(doc, "kind")); kind == "List" {
		return yamldoc.Items(yamldoc.Get(doc, "items"))
	}
	return []*yaml.Node{doc}
}

func readIngressObject(f *checks.File, doc *yaml.Node) (ingressObject, bool) {
	text := func(path ...string) string {
		s, _ := yamldoc.Text(yamldoc.Get(doc, path...))
		return s
	}
	space := text("metadata", "namespace")
	if space == "" {
		space = "default"
	}
	o := ingressObject{kind: text("kind"), name: space + "/" + text("metadata", "name"), place: yamldoc.Place(f, yamldoc.Get(doc, "metadata"))}
	switch {
	case o.kind == "Ingress":
		o.texts = ingressTexts(f, yamldoc.Get(doc, "metadata", "annotations"))
		o.tls = len(yamldoc.Items(yamldoc.Get(doc, "spec", "tls"))) > 0
		if n := yamldoc.Get(doc, "metadata", "name"); n != nil {
			o.place = yamldoc.Place(f, n)
		}
		o.backends = ingressBackends(f, yamldoc.Get(doc, "spec"))
		class := text("spec", "ingressClassName")
		ours := class == "nginx" || class == "" && o.texts["kubernetes.io/ingress.class"].value == "nginx"
		for key := range o.texts {
			ours = ours || strings.HasPrefix(key, ingressAnnotation)
		}
		return o, ours
	case o.kind == "ConfigMap":
		o.texts = ingressTexts(f, yamldoc.Get(doc, "data"))
		return o, len(o.texts) > 0
	case o.kind == "":
		o.kind, o.texts = "values", ingressTexts(f, yamldoc.Get(doc, "controller", "config"))
		for key, t := range ingressTexts(f, yamldoc.Get(doc, "controller", "addHeaders")) {
			o.texts["addHeaders."+key] = t
		}
		return o, len(o.texts) > 0
	}
	return o, false
}

func ingressTexts(f *checks.File, n *yaml.Node) map[string]ingressText {
	out := map[string]ingressText{}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if text, ok := yamldoc.Text(value); ok && len(out) < maxOwn {
			out[key.Value] = ingressText{text, yamldoc.Dynamic(value), yamldoc.Place(f, value), value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0}
		}
	})
	return out
}

func (o *ingressObject) controls() bool {
	return o.kind == "values" || o.kind == "ConfigMap" && slices.ContainsFunc(ingressKeys, func(key string) bool { _, ok := o.texts[key]; return ok })
}

func resolveIngress(docs []document) ([]*checks.Scope, []checks.Problem) {
	var control *ingressObject
	maps := map[string]*ingressObject{}
	var ingresses []*ingressObject
	for _, d := range docs {
		list := d.value.([]ingressObject)
		for i := range list {
			switch o := &list[i]; {
			case o.kind == "Ingress":
				ingresses = append(ingresses, o)
			case o.controls():
				if control == nil {
					control = o
				}
			default:
				maps[o.name] = o
			}
		}
	}
	t := ingressTree{control: control, maps: maps, parsed: map[checks.Place][]checks.Setting{}}
	var out []*checks.Scope
	var b bounds
	for _, o := range ingresses {
		s := &checks.Scope{Layer: "ingress-nginx", Kind: "ingress", Name: "ingress " + o.name, Place: o.place, Settings: b.own(t.settings(o))}
		for i := range s.Settings {
			s.Settings[i].Layer, s.Settings[i].Scope = "ingress-nginx", s.Name
		}
		if b.room(len(s.Settings)) {
			out = append(out, s)
		}
	}
	return out, b.problem("ingress-nginx")
}

type ingressTree struct {
	control *ingressObject // nil where the tree has none
	maps    map[string]*ingressObject
	parsed  map[checks.Place][]checks.Setting // of snippets
}

// global is a text of the controller's ConfigMap.
func (t *ingressTree) global(key string) (ingressText, bool) {
	if t.control == nil {
		return ingressText{}, false
	}
	text, ok := t.control.texts[key]
	return text, ok
}

// settings are what holds for an Ingress, in the order of effect: HSTS, the controller's headers, then its own.
func (t *ingressTree) settings(o *ingressObject) []checks.Setting {
	out := append(o.body(t), checks.Setting{Name: "tls", Value: o.tls, Origin: checks.OriginSet, Place: o.place})
	if s, ok := t.redirect(o); ok {
		out = append(out, s)
	}
	if s, ok := t.hsts(o.place); ok {
		out = append(out, s)
	}
	if t.control != nil {
		out = append(out, ingressHeaders(t.control, "addHeaders.")...)
	}
	if name, ok := t.global("add-headers"); ok {
		out = append(out, t.named(name)...)
	}
	allowed, _ := t.global("allow-snippet-annotations")
	var snippets []checks.Setting
	for _, from := range []struct {
		key    string
		shared bool
	}{{"http-snippet", true}, {"server-snippet", true}, {"server-snippet", false}, {"location-snippet", true}, {"configuration-snippet", false}} {
		text, ok := o.texts[ingressAnnotation+from.key]
		ok = ok && allowed.value != "false"
		if from.shared {
			text, ok = t.global(from.key)
		}
		if !ok {
			continue
		}
		inner, known := t.parsed[text.place]
		if !known {
			inner = ingressSnippet(text)
			t.parsed[text.place] = inner
		}
		if slices.ContainsFunc(inner, isAddHeader) { // that of an inner level ends the inheritance
			snippets = slices.DeleteFunc(snippets, isAddHeader)
		}
		snippets = append(snippets, inner...)
	}
	if name, ok := o.texts[ingressAnnotation+"custom-headers"]; ok {
		out = append(out, t.named(name)...)
	}
	out = append(out, ingressCORS(o)...)
	return append(out, snippets...)
}

// redirect is whether the controller leads http to https, as it does by itself where the Ingress has TLS.
func (t *ingressTree) redirect(o *ingressObject) (checks.Setting, bool) {
	s := checks.Setting{Name: "ssl-redirect", Value: true, Raw: "true", Origin: checks.OriginDefault, Place: o.place}
	if force := o.texts[ingressAnnotation+"force-ssl-redirect"]; force.value == "true" {
		return s, o.tls
	}
	text, ok := t.global("ssl-redirect")
	if own, there := o.texts[ingressAnnotation+"ssl-redirect"]; there {
		text, ok = own, true
	}
	if ok {
		s.Value, s.Raw, s.Origin, s.Place = text.value == "true", text.value, checks.OriginSet, text.place
	}
	if text.dynamic {
		s.Value, s.Origin = nil, checks.OriginDynamic
	}
	return s, o.tls
}

func isAddHeader(s checks.Setting) bool { return strings.HasPrefix(s.Name, "add_header ") }

// hsts is what the controller sends over TLS unless "hsts" is "false", for as long as its documentation says
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/#hsts-max-age).
func (t *ingressTree) hsts(place checks.Place) (checks.Setting, bool) {
	s := checks.Setting{Name: "hsts Strict-Transport-Security", Header: "Strict-Transport-Security", Origin: checks.OriginDefault, Place: place, Flags: []string{"always"}}
	if on, ok := t.global("hsts"); ok && on.value == "false" {
		return s, false
	}
	age := "15724800"
	if text, ok := t.global("hsts-max-age"); ok {
		if _, err := strconv.Atoi(text.value); err != nil {
			s.Origin, s.Raw = checks.OriginDynamic, text.value
			return s, true
		}
		age, s.Place, s.Origin = text.value, text.place, checks.OriginSet
	}
	value := "max-age=" + age
	if text, ok := t.global("hsts-include-subdomains"); !ok || text.value != "false" {
		value += "; includeSubDomains"
	}
	if text, ok := t.global("hsts-preload"); ok && text.value == "true" {
		value += "; preload"
	}
	s.Value, s.Raw = value, value
	return s, true
}
