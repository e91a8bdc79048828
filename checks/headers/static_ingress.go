package headers

import (
	"strings"

	"hardcheck/checks"
)

// ingressFront is an Ingress of ingress-nginx, whose own headers replace those of the service behind it.
func ingressFront() front {
	return front{layer: "ingress-nginx", serves: func(*checks.Scope) bool { return true }, proxies: func(*checks.Scope) bool { return true },
		tls: tlsSetting, class: func(*checks.Scope) class { return htmlPage }, apply: ingressApply}
}

func ingressApply(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = true
		if strings.HasPrefix(set.Name, "hsts ") && r.https || strings.HasPrefix(set.Name, "cors-") {
			r.set(f)
		}
	}
	nginxApply(s, r)
}

// gatewayFront is a rule of the Kubernetes Gateway API or of Istio.
func gatewayFront() front {
	return front{layer: "gateway", serves: gatewayServes, proxies: func(*checks.Scope) bool { return true },
		tls: tlsSetting, class: gatewayClass, apply: gatewayApply}
}

func gatewayServes(s *checks.Scope) bool { _, away := s.Get("RequestRedirect"); return !away }

func gatewayClass(s *checks.Scope) class {
	set, _ := s.Get("path")
	return classOfPath(set.Text())
}

func gatewayApply(s *checks.Scope, r *response) {
	for _, set := range s.Settings {
		f := fieldOf(set)
		f.errorsToo = true
		switch {
		case set.Header == "":
		case set.Has("remove"):
			r.remove(f.name)
		case set.Has("append"):
			r.add(f)
		default:
			r.set(f)
		}
	}
}
