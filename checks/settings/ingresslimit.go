package settings

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// ingressBackends are the services that an Ingress passes requests on to: "service:port", in order.
func ingressBackends(f *checks.File, spec *yaml.Node) []ingressText {
	var out []ingressText
	add := func(backend *yaml.Node) {
		for _, at := range []struct{ service, port []string }{
			{[]string{"service", "name"}, []string{"service", "port", "number"}},
			{[]string{"serviceName"}, []string{"servicePort"}}, // networking.k8s.io/v1beta1
		} {
			n := yamldoc.Get(backend, at.service...)
			if name, ok := yamldoc.Text(n); ok && len(out) < maxOwn {
				if port, ok := yamldoc.Text(yamldoc.Get(backend, at.port...)); ok {
					name += ":" + port
				}
				out = append(out, ingressText{value: name, dynamic: yamldoc.Dynamic(n), place: yamldoc.Place(f, n)})
			}
		}
	}
	for _, rule := range yamldoc.Items(yamldoc.Get(spec, "rules")) {
		for _, p := range yamldoc.Items(yamldoc.Get(rule, "http", "paths")) {
			add(yamldoc.Get(p, "backend"))
		}
	}
	add(yamldoc.Get(spec, "defaultBackend"))
	return out
}

// body is what bears on bodies: the limit, and where they are passed on to.
func (o *ingressObject) body(t *ingressTree) []checks.Setting {
	return withBackends(&checks.Scope{Settings: t.bodySize(o)}, o.backends).Settings
}

// bodySize is the limit on bodies that the controller writes into nginx's configuration for an Ingress: its
// annotation, else the ConfigMap's key, else 1m (internal/ingress/controller/config of ingress-nginx). Where the tree
// does not hold the ConfigMap its value is not known, and the default is not claimed.
func (t *ingressTree) bodySize(o *ingressObject) []checks.Setting {
	text, ok := o.texts[ingressAnnotation+"proxy-body-size"]
	if !ok {
		text, ok = t.global("proxy-body-size")
	}
	s := checks.Setting{Name: "proxy-body-size", Origin: checks.OriginDynamic, Place: o.place}
	switch {
	case ok:
		s.Raw, s.Place = text.value, text.place
		if n, good := nginxSize([]string{strings.TrimSpace(text.value)}); good && !text.dynamic {
			s.Value, s.Origin = n, checks.OriginSet
		}
	case t.control != nil:
		s.Value, s.Origin = int64(1<<20), checks.OriginDefault
	default:
		return nil
	}
	return []checks.Setting{s}
}
