package uploads

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// misleadingInIngress finds limits written with a prefix that the controller does not read.
func misleadingInIngress(p *checks.Pass, f *checks.File) error {
	eachIngress(f, func(in ingress) {
		subject := checks.Subject{Kind: "ingress", Name: strings.TrimSpace(in.place.String() + " " + in.name)}
		if yamldoc.Get(in.annotations, ingressPrefix+"proxy-body-size") != nil {
			p.OK(subject)
			return
		}
		yamldoc.Each(in.annotations, func(key, value *yaml.Node) {
			option, old := strings.CutPrefix(key.Value, oldIngressPrefix)
			if !old || option != "proxy-body-size" && option != "client-max-body-size" {
				return
			}
			text, _ := yamldoc.Text(value)
			p.Fail(checks.Finding{Rule: "wrong-prefix", Subject: subject, Place: yamldoc.Place(f, key), Attribute: key.Value,
				Expected: ingressPrefix + "proxy-body-size", Actual: key.Value + ": " + text,
				Message: "Ingress-nginx reads annotations below " + ingressPrefix + " only: this one is ignored and the default of 1 MiB holds"})
		})
	})
	return nil
}
