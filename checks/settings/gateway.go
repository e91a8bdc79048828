package settings

import (
	"maps"
	"net/http"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// gatewayReader reads the response headers of the Kubernetes Gateway API (HTTPRoute) and of Istio (VirtualService): one
// scope per rule.
func gatewayReader() reader {
	return reader{layer: "gateway", hints: []string{"gateway", "httproute"}, wants: wantsKube, read: readGateway, resolve: resolveGateway}
}

// gatewayRoutes are the rules of a file, and whether it ends TLS for them.
type gatewayRoutes struct {
	scopes []*checks.Scope
	tls    bool
	plain  map[string]bool     // listeners on plain http: "gateway", and "gateway/section"
	routes map[string][]string // the listeners that a route names, by the rule's scope
}

func readGateway(f *checks.File) (any, []checks.Problem) {
	text := f.Text()
	if !strings.Contains(text, "HTTPRoute") && !strings.Contains(text, "VirtualService") && !strings.Contains(text, "kind: Gateway") {
		return nil, nil
	}
	out := gatewayRoutes{plain: map[string]bool{}, routes: map[string][]string{}}
	for _, doc := range yamldoc.Of(f).Docs {
		for _, object := range kubeItems(doc) {
			kind, _ := yamldoc.Text(yamldoc.Get(object, "kind"))
			name, _ := yamldoc.Text(yamldoc.Get(object, "metadata", "name"))
			switch kind {
			case "HTTPRoute":
				first := len(out.scopes)
				out.rules(f, "route "+name, yamldoc.Get(object, "spec", "rules"), gatewayFilters)
				for _, s := range out.scopes[first:] {
					out.routes[s.Name] = gatewayParents(object)
					for _, host := range yamldoc.Items(yamldoc.Get(object, "spec", "hostnames")) {
						text, _ := yamldoc.Text(host)
						s.Settings = append(s.Settings, gatewaySetting(f, "hostname", "", host, text))
					}
				}
			case "VirtualService":
				out.rules(f, "virtualservice "+name, yamldoc.Get(object, "spec", "http"), istioHeaders)
			case "Gateway":
				out.tls = out.tls || strings.Contains(text, "HTTPS")
				out.listeners(name, object)
			}
		}
	}
	if out.scopes == nil && !out.tls {
		return nil, nil
	}
	return out, nil
}

// listeners notes those of a gateway that speak plain http.
func (g *gatewayRoutes) listeners(gateway string, object *yaml.Node) {
	for _, l := range yamldoc.Items(yamldoc.Get(object, "spec", "listeners")) {
		protocol, _ := yamldoc.Text(yamldoc.Get(l, "protocol"))
		section, _ := yamldoc.Text(yamldoc.Get(l, "name"))
		if protocol == "HTTP" && len(g.plain) < maxHeaderRules {
			g.plain[gateway], g.plain[gateway+"/"+section] = true, true
		}
	}
}

// gatewayParents are the listeners that a route names: "gateway", or "gateway/section".
func gatewayParents(route *yaml.Node) (out []string) {
	for _, parent := range yamldoc.Items(yamldoc.Get(route, "spec", "parentRefs")) {
		name, _ := yamldoc.Text(yamldoc.Get(parent, "name"))
		if section, ok := yamldoc.Text(yamldoc.Get(parent, "sectionName")); ok {
			name += "/" + section
		}
		out = append(out, name)
	}
	return out
}

func (g *gatewayRoutes) rules(f *checks.File, name string, list *yaml.Node, read func(*checks.File, *yaml.Node) []checks.Setting) {
	for i, rule := range yamldoc.Items(list) {
		if len(g.scopes) >= maxHeaderRules {
			return
		}
		s := &checks.Scope{Layer: "gateway", Kind: "route", Name: name + " / rule " + strconv.Itoa(i), Place: yamldoc.Place(f, rule)}
		for _, key := range []string{"matches", "match"} {
			for _, m := range yamldoc.Items(yamldoc.Get(rule, key)) {
				for _, at := range [][]string{{"path", "value"}, {"uri", "prefix"}, {"uri", "exact"}} {
					if text, ok := yamldoc.Text(yamldoc.Get(m, at...)); ok {
						s.Settings = append(s.Settings, gatewaySetting(f, "path", "", yamldoc.Get(m, at...), text))
					}
				}
			}
		}
		if yamldoc.Get(rule, "redirect") != nil {
			s.Settings = append(s.Settings, gatewayRedirect(f, yamldoc.Get(rule, "redirect"), "authority", "redirectCode", "301"))
		}
		s.Settings = append(s.Settings, read(f, rule)...)
		for i := range s.Settings {
			s.Settings[i].Scope = s.Name
		}
		g.scopes = append(g.scopes, s)
	}
}

func gatewaySetting(f *checks.File, name, header string, n *yaml.Node, value string) checks.Setting {
	s := checks.Setting{Layer: "gateway", Name: name, Value: value, Raw: value, Origin: checks.OriginSet, Place: yamldoc.Place(f, n)}
	if header != "" {
		s.Header = http.CanonicalHeaderKey(header)
		s.Name += " " + s.Header
	}
	if yamldoc.Dynamic(n) {
		s.Value, s.Origin = nil, checks.OriginDynamic
	}
	return s
}

// gatewayRedirect is where a rule leads to, "{scheme}" and "{host}" for those of the request, with the flag "permanent" for
// 301 and 308. The status has another default in each product.
func gatewayRedirect(f *checks.File, n *yaml.Node, host, code, def string) checks.Setting {
	text := func(key, def string) string {
		if s, ok := yamldoc.Text(yamldoc.Get(n, key)); ok {
			return s
		}
		return def
	}
	s := gatewaySetting(f, "RequestRedirect", "", n, text("scheme", "{scheme}")+"://"+text(host, "{host}"))
	if status := text(code, def); status == "301" || status == "308" {
		s.Flags = []string{"permanent"}
	}
	return s
}

// gatewayActions are the parts of a modifier in their order of effect, with the flag of each.
var gatewayActions = []struct{ key, flag string }{{"set", ""}, {"add", "append"}, {"remove", "remove"}}

func gatewayFilters(f *checks.File, rule *yaml.Node) []checks.Setting {
	var out []checks.Setting
	for _, filter := range yamldoc.Items(yamldoc.Get(rule, "filters")) {
		kind, _ := yamldoc.Text(yamldoc.Get(filter, "type"))
		if kind == "RequestRedirect" {
			redirect := yamldoc.Get(filter, "requestRedirect")
			if redirect == nil {
				redirect = filter
			}
			out = append(out, gatewayRedirect(f, redirect, "hostname", "statusCode", "302"))
		}
		modifier := yamldoc.Get(filter, "responseHeaderModifier")
		for _, action := range gatewayActions {
			for _, item := range yamldoc.Items(yamldoc.Get(modifier, action.key)) {
				out = append(out, gatewayItem(f, action.key, action.flag, item))
			}
		}
	}
	return out
}

// gatewayItem reads {name, value}, or a name alone where the header is removed.
func gatewayItem(f *checks.File, key, flag string, item *yaml.Node) checks.Setting {
	node, header := item, ""
	value := ""
	if item.Kind == yaml.MappingNode {
		header, _ = yamldoc.Text(yamldoc.Get(item, "name"))
		if n := yamldoc.Get(item, "value"); n != nil {
			node = n
			value, _ = yamldoc.Text(n)
		}
	} else {
		header, _ = yamldoc.Text(item)
	}
	return flagged(gatewaySetting(f, key, header, node, value), flag)
}

func flagged(s checks.Setting, flag string) checks.Setting {
	if flag != "" {
		s.Flags = []string{flag}
	}
	if flag == "remove" && !s.Dynamic() {
		s.Value, s.Raw = nil, ""
	}
	return s
}

func istioHeaders(f *checks.File, rule *yaml.Node) []checks.Setting {
	var out []checks.Setting
	response := yamldoc.Get(rule, "headers", "response")
	for _, action := range gatewayActions {
		list := yamldoc.Get(response, action.key)
		yamldoc.Each(list, func(key, value *yaml.Node) {
			text, _ := yamldoc.Text(value)
			out = append(out, flagged(gatewaySetting(f, action.key, key.Value, value, text), action.flag))
		})
		for _, item := range yamldoc.Items(list) {
			out = append(out, gatewayItem(f, action.key, action.flag, item))
		}
	}
	return out
}

// resolveGateway says of every rule whether a gateway of the tree ends TLS.
func resolveGateway(docs []document) ([]*checks.Scope, []checks.Problem) {
	tls, plain := false, map[string]bool{}
	for _, d := range docs {
		routes := d.value.(gatewayRoutes)
		tls = tls || routes.tls
		maps.Copy(plain, routes.plain)
	}
	var out []*checks.Scope
	for _, d := range docs {
		routes := d.value.(gatewayRoutes)
		for _, s := range routes.scopes {
			for _, listener := range routes.routes[s.Name] {
				if plain[listener] {
					s.Settings = append(s.Settings, checks.Setting{Layer: "gateway", Name: "plain listener", Value: listener, Raw: listener, Origin: checks.OriginSet, Scope: s.Name, Place: s.Place})
				}
			}
			s.Settings = append(s.Settings, checks.Setting{Layer: "gateway", Name: "tls", Value: tls, Origin: checks.OriginSet, Scope: s.Name, Place: s.Place})
			out = append(out, s)
		}
	}
	return out, nil
}
