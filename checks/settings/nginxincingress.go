package settings

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// nginxIncReader reads the body limits of NGINX's own ingress controller (nginx/kubernetes-ingress), which is not the
// community's: the annotation nginx.org/client-max-body-size of an Ingress, the upstreams of a VirtualServer, and the key
// client-max-body-size of the controller's ConfigMap, which holds for those that say nothing.
func nginxIncReader() reader {
	return reader{layer: "nginx-ingress", hints: []string{"ingress", "virtualserver"}, wants: wantsKube, read: readNginxInc, resolve: resolveNginxInc}
}

const nginxIncAnnotation = "nginx.org/client-max-body-size"

func readNginxInc(f *checks.File) (any, []checks.Problem) {
	if text := f.Text(); !strings.Contains(text, "nginx.org/") && !strings.Contains(text, "client-max-body-size") {
		return nil, nil
	}
	var out []*checks.Scope
	for _, doc := range yamldoc.Of(f).Docs {
		for _, object := range kubeItems(doc) {
			if len(out) < maxKubeObjects {
				out = append(out, nginxIncScopes(f, object)...)
			}
		}
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

func nginxIncScopes(f *checks.File, doc *yaml.Node) []*checks.Scope {
	kind, _ := yamldoc.Text(yamldoc.Get(doc, "kind"))
	name, _ := yamldoc.Text(yamldoc.Get(doc, "metadata", "name"))
	scope := func(kind, name string, at, limit *yaml.Node, backends []ingressText) *checks.Scope {
		s := &checks.Scope{Layer: "nginx-ingress", Kind: kind, Name: strings.TrimSpace(kind + " " + name), Place: yamldoc.Place(f, at)}
		if limit != nil {
			s.Settings = append(s.Settings, nginxIncSize(f, limit))
		}
		return withBackends(s, backends)
	}
	switch {
	case kind == "Ingress":
		ours := false
		annotations := yamldoc.Get(doc, "metadata", "annotations")
		yamldoc.Each(annotations, func(key, _ *yaml.Node) { ours = ours || strings.HasPrefix(key.Value, "nginx.org/") })
		if ours {
			return []*checks.Scope{scope("ingress", name, yamldoc.Get(doc, "metadata"), yamldoc.Get(annotations, nginxIncAnnotation), ingressBackends(f, yamldoc.Get(doc, "spec")))}
		}
	case kind == "ConfigMap":
		if limit := yamldoc.Get(doc, "data", "client-max-body-size"); limit != nil {
			return []*checks.Scope{scope("configmap", name, yamldoc.Get(doc, "metadata"), limit, nil)}
		}
	case strings.HasPrefix(kind, "VirtualServer"):
		var out []*checks.Scope
		for _, up := range yamldoc.Items(yamldoc.Get(doc, "spec", "upstreams")) {
			upstream, _ := yamldoc.Text(yamldoc.Get(up, "name"))
			service := yamldoc.Get(up, "service")
			text, _ := yamldoc.Text(service)
			out = append(out, scope("upstream", name+" / "+upstream, up, yamldoc.Get(up, "client-max-body-size"),
				[]ingressText{{value: text, dynamic: yamldoc.Dynamic(service), place: yamldoc.Place(f, up)}}))
		}
		return out[:min(len(out), maxPools)]
	}
	return nil
}

func nginxIncSize(f *checks.File, n *yaml.Node) checks.Setting {
	text, _ := yamldoc.Text(n)
	s := checks.Setting{Name: "client-max-body-size", Raw: text, Origin: checks.OriginDynamic, Place: yamldoc.Place(f, n)}
	if size, ok := nginxSize([]string{text}); ok && !yamldoc.Dynamic(n) {
		s.Value, s.Origin = size, checks.OriginSet
	}
	return s
}

// withBackends adds where a scope passes requests on to.
func withBackends(s *checks.Scope, backends []ingressText) *checks.Scope {
	for _, b := range backends {
		set := checks.Setting{Name: "backend", Value: b.value, Raw: b.value, Origin: checks.OriginSet, Place: b.place}
		if b.dynamic {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
		s.Settings = append(s.Settings, set)
	}
	return s
}

// resolveNginxInc puts the ConfigMap's limit into what says nothing, else nginx's default of 1m, which is certain only where
// the ConfigMap is in the tree.
func resolveNginxInc(docs []document) ([]*checks.Scope, []checks.Problem) {
	all, problems := standalone(docs)
	var global *checks.Setting
	var out []*checks.Scope
	for _, s := range all {
		if s.Kind == "configmap" {
			global = &s.Settings[0]
			continue
		}
		out = append(out, s)
	}
	for _, s := range out {
		if _, own := s.Get("client-max-body-size"); !own && global != nil {
			set := *global
			set.Inherited = true
			s.Settings = append(s.Settings, set)
		}
		for i := range s.Settings {
			s.Settings[i].Layer, s.Settings[i].Scope = s.Layer, s.Name
		}
	}
	return out, problems
}
