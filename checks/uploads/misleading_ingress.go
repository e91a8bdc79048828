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

// misleadingInIngress looks at the Ingress objects of a file. The annotations decide, so that a template counts too.
func misleadingInIngress(p *checks.Pass, f *checks.File) error {
	if !strings.Contains(f.Text(), "ingress.kubernetes.io/") { // most files: not parsed for this
		return nil
	}
	for _, doc := range yamldoc.Of(f).Docs {
		kind, _ := yamldoc.Text(yamldoc.Get(doc, "kind"))
		switch kind {
		case "Ingress":
			misleadingIngress(p, f, doc)
		case "List":
			for _, item := range yamldoc.Items(yamldoc.Get(doc, "items")) {
				if kind, _ := yamldoc.Text(yamldoc.Get(item, "kind")); kind == "Ingress" {
					misleadingIngress(p, f, item)
				}
			}
		}
	}
	return nil
}

func misleadingIngress(p *checks.Pass, f *checks.File, ingress *yaml.Node) {
	annotations := yamldoc.Get(ingress, "metadata", "annotations")
	if !forIngressNginx(ingress, annotations) {
		return
	}
	name, _ := yamldoc.Text(yamldoc.Get(ingress, "metadata", "name"))
	place := yamldoc.Place(f, yamldoc.Get(ingress, "kind"))
	subject := checks.Subject{Kind: "ingress", Name: strings.TrimSpace(place.String() + " " + name)}
	right := yamldoc.Get(annotations, ingressPrefix+"proxy-body-size") != nil
	failed := false
	yamldoc.Each(annotations, func(key, value *yaml.Node) {
		option, old := strings.CutPrefix(key.Value, oldIngressPrefix)
		if !old || option != "proxy-body-size" && option != "client-max-body-size" || right {
			return
		}
		failed = true
		text, _ := yamldoc.Text(value)
		p.Fail(checks.Finding{Rule: "wrong-prefix", Subject: subject, Place: yamldoc.Place(f, key), Attribute: key.Value,
			Expected: ingressPrefix + "proxy-body-size", Actual: key.Value + ": " + text,
			Message: "ingress-nginx reads annotations below " + ingressPrefix + " only: this one is ignored and the default of 1 MiB holds"})
	})
	if right && !failed {
		p.OK(subject)
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
