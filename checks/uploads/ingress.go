package uploads

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

const (
	ingressPrefix    = "nginx.ingress.kubernetes.io/"
	oldIngressPrefix = "ingress.kubernetes.io/"
)

func wantsIngress(e *checks.Entry) bool {
	return e.Mode.IsRegular() && (e.Ext() == ".yaml" || e.Ext() == ".yml") && e.Size <= yamldoc.MaxSize
}

// ingress is a Kubernetes Ingress object that the community's nginx controller serves.
type ingress struct {
	place       checks.Place
	name        string
	annotations *yaml.Node
}

// eachIngress visits the Ingress objects of a file.
func eachIngress(f *checks.File, visit func(ingress)) {
	if !strings.Contains(f.Text(), oldIngressPrefix) { // most files: not parsed for this. The new prefix ends like it
		return
	}
	object := func(n *yaml.Node) {
		annotations := yamldoc.Get(n, "metadata", "annotations")
		if kind, _ := yamldoc.Text(yamldoc.Get(n, "kind")); kind != "Ingress" || !forIngressNginx(n, annotations) {
			return
		}
		name, _ := yamldoc.Text(yamldoc.Get(n, "metadata", "name"))
		visit(ingress{yamldoc.Place(f, yamldoc.Get(n, "kind")), name, annotations})
	}
	for _, doc := range yamldoc.Of(f).Docs {
		object(doc)
		for _, item := range yamldoc.Items(yamldoc.Get(doc, "items")) {
			object(item)
		}
	}
}

// forIngressNginx reports whether the object says that the community's nginx controller serves it. Others, such as
// the HAProxy one, do read the old prefix.
func forIngressNginx(ingress, annotations *yaml.Node) bool {
	class, _ := yamldoc.Text(yamldoc.Get(ingress, "spec", "ingressClassName"))
	if class == "" {
		class, _ = yamldoc.Text(yamldoc.Get(annotations, "kubernetes.io/ingress.class"))
	}
	if class != "" {
		return class == "nginx" || strings.HasPrefix(class, "nginx-") || strings.HasSuffix(class, "-nginx")
	}
	ours := false
	yamldoc.Each(annotations, func(key, _ *yaml.Node) { ours = ours || strings.HasPrefix(key.Value, ingressPrefix) })
	return ours
}
