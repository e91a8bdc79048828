package settings

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// envoyReader reads the HTTP connection managers of Envoy's YAML: bootstrap files, and the patches of Istio's EnvoyFilter.
// A manager is a scope, and each of its routes is one in it, with the limit of the filter
// envoy.filters.http.buffer that holds there and the cluster that requests go to.
func envoyReader() reader {
	return reader{layer: "envoy", hints: []string{"envoy"}, wants: wantsKube, read: readEnvoy, resolve: standalone}
}

const (
	envoyManager = "envoy.filters.network.http_connection_manager"
	envoyBuffer  = "envoy.filters.http.buffer"
	maxEnvoy     = 500 // scopes in one file
)

// envoyTimes are the times that bound how long a request may take to arrive: where they are written in the manager, and what
// holds without them in seconds; 0 is for ever.
var envoyTimes = []struct {
	name  string
	unset int64
}{{"request_timeout", 0}, {"request_headers_timeout", 0}, {"stream_idle_timeout", 300}}

func readEnvoy(f *checks.File) (any, []checks.Problem) {
	if text := f.Text(); !strings.Contains(text, envoyManager) && !strings.Contains(text, envoyBuffer) {
		return nil, nil
	}
	r := envoyFile{file: f}
	for _, doc := range yamldoc.Of(f).Docs {
		r.node(doc, 0)
	}
	if r.scopes == nil {
		return nil, nil
	}
	if len(r.scopes) >= maxEnvoy {
		return r.scopes, []checks.Problem{tooLarge("read Envoy's routes", f.Path)}
	}
	return r.scopes, nil
}

type envoyFile struct {
	file   *checks.File
	scopes []*checks.Scope
}

const maxEnvoyDepth = 40

// node looks for managers.
func (r *envoyFile) node(n *yaml.Node, depth int) {
	if n = yamldoc.Deref(n); n == nil || depth > maxEnvoyDepth || len(r.scopes) >= maxEnvoy {
		return
	}
	if config := yamldoc.Get(n, "typed_config"); config != nil {
		if kind, _ := yamldoc.Text(yamldoc.Get(config, "@type")); strings.HasSuffix(kind, ".HttpConnectionManager") {
			r.manager(n, config)
			return
		}
	}
	yamldoc.Each(n, func(_, value *yaml.Node) { r.node(value, depth+1) })
	for _, item := range yamldoc.Items(n) {
		r.node(item, depth+1)
	}
}

func (r *envoyFile) manager(n, config *yaml.Node) {
	name, _ := yamldoc.Text(yamldoc.Get(config, "stat_prefix"))
	s := &checks.Scope{Layer: "envoy", Kind: "manager", Name: strings.TrimSpace("manager " + name), Place: yamldoc.Place(r.file, n)}
	r.scopes = append(r.scopes, s)
	limit := r.setting("max_request_bytes", nil, s.Place)
	for _, filter := range yamldoc.Items(yamldoc.Get(config, "http_filters")) {
		if name, _ := yamldoc.Text(yamldoc.Get(filter, "name")); name == envoyBuffer || envoyTyped(filter, ".Buffer") {
			limit = r.setting("max_request_bytes", yamldoc.Get(filter, "typed_config", "max_request_bytes"), yamldoc.Place(r.file, filter))
		}
	}
	common := yamldoc.Get(config, "common_http_protocol_options")
	s.Settings = append(s.Settings, limit, r.setting("max_request_headers_kb", yamldoc.Get(config, "max_request_headers_kb"), s.Place),
		r.setting("max_headers_count", yamldoc.Get(common, "max_headers_count"), s.Place))
	for _, t := range envoyTimes {
		s.Settings = append(s.Settings, r.time(t.name, t.unset, yamldoc.Get(config, t.name), s.Place))
	}
	for _, host := range yamldoc.Items(yamldoc.Get(config, "route_config", "virtual_hosts")) {
		for _, route := range yamldoc.Items(yamldoc.Get(host, "routes")) {
			r.route(s, limit, host, route)
		}
	}
	for i := range s.Settings {
		s.Settings[i].Scope = s.Name
	}
}

// envoyTyped reports a filter by the last word of its configuration's type.
func envoyTyped(filter *yaml.Node, suffix string) bool {
	kind, _ := yamldoc.Text(yamldoc.Get(filter, "typed_config", "@type"))
	return strings.HasSuffix(kind, "buffer.v3"+suffix)
}

// route reports a route. What it says of the filter replaces what its host says, and that the filter's own.
func (r *envoyFile) route(outer *checks.Scope, limit checks.Setting, host, route *yaml.Node) {
	if len(r.scopes) >= maxEnvoy {
		return
	}
	s := &checks.Scope{Layer: "envoy", Kind: "route", Place: yamldoc.Place(r.file, route), Parent: outer}
	for _, match := range []string{"prefix", "path", "path_separated_prefix"} {
		if text, ok := yamldoc.Text(yamldoc.Get(route, "match", match)); ok {
			s.Name = outer.Name + " / " + match + " " + text
		}
	}
	if s.Name == "" {
		s.Name = outer.Name + " / route " + strconv.Itoa(len(r.scopes))
	}
	limit.Inherited = true
	for _, level := range []*yaml.Node{host, route} {
		own := yamldoc.Get(level, "typed_per_filter_config", envoyBuffer)
		if own == nil {
			continue
		}
		limit = r.setting("max_request_bytes", yamldoc.Get(own, "buffer", "max_request_bytes"), yamldoc.Place(r.file, own))
		if off, _ := yamldoc.Bool(yamldoc.Get(own, "disabled")); off {
			limit.Origin, limit.Raw = checks.OriginSet, "disabled: true"
		}
	}
	s.Settings = append(s.Settings, limit)
	if n := yamldoc.Get(route, "route", "cluster"); n != nil {
		text, _ := yamldoc.Text(n)
		s.Settings = append(s.Settings, checks.Setting{Layer: "envoy", Name: "cluster", Value: text, Raw: text, Origin: checks.OriginSet, Place: yamldoc.Place(r.file, n)})
	}
	for i := range s.Settings {
		s.Settings[i].Scope = s.Name
	}
	r.scopes = append(r.scopes, s)
}

// setting reads a whole number; without a node it is the default, no limit.
func (r *envoyFile) setting(name string, n *yaml.Node, place checks.Place) checks.Setting {
	s := checks.Setting{Layer: "envoy", Name: name, Origin: checks.OriginDefault, Place: place}
	if n == nil {
		switch name {
		case "max_request_headers_kb":
			s.Value = int64(60)
		case "max_headers_count":
			s.Value = int64(100)
		}
		return s
	}
	s.Raw, _ = yamldoc.Text(n)
	s.Place, s.Origin = yamldoc.Place(r.file, n), checks.OriginDynamic
	if v, err := strconv.ParseInt(strings.ReplaceAll(s.Raw, "_", ""), 10, 64); err == nil && !yamldoc.Dynamic(n) {
		s.Value, s.Origin = v, checks.OriginSet
	}
	return s
}

// time reads a duration as protobuf's JSON writes it, "0.5s", in seconds, rounded up.
func (r *envoyFile) time(name string, unset int64, n *yaml.Node, place checks.Place) checks.Setting {
	s := checks.Setting{Layer: "envoy", Name: name, Value: unset, Origin: checks.OriginDefault, Place: place}
	if n == nil {
		return s
	}
	s.Raw, _ = yamldoc.Text(n)
	s.Value, s.Place, s.Origin = nil, yamldoc.Place(r.file, n), checks.OriginDynamic
	number, ok := strings.CutSuffix(s.Raw, "s")
	if v, err := strconv.ParseFloat(number, 64); ok && err == nil && v >= 0 && v < 1e9 && !yamldoc.Dynamic(n) {
		s.Value, s.Origin = int64(v+0.999999999), checks.OriginSet
	}
	return s
}
