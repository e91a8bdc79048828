package settings

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/caddyfile"
	"hardcheck/checks/internal/parse/yamldoc"
)

// routes writes a list of routes in its order.
func (j *caddyJSON) routes(list []*yaml.Node) (out []*caddyfile.Directive) {
	for _, route := range list {
		matcher, names := j.matcher(route)
		out = append(out, names...)
		handlers := yamldoc.Items(yamldoc.Get(route, "handle"))
		if len(handlers) != 1 || text(handlers[0], "handler") != "subroute" {
			out = append(out, j.handlers(handlers, matcher)...)
			continue
		}
		inner := yamldoc.Items(yamldoc.Get(handlers[0], "routes"))
		d := &caddyfile.Directive{Name: "route", Place: j.place(route)}
		switch {
		case stripsPath(inner):
			d.Name = "handle_path"
		case yamldoc.Get(route, "group") != nil:
			d.Name = "handle"
		}
		if matcher != nil {
			d.Args = []caddyfile.Token{*matcher}
		}
		out = append(out, block(d, j.routes(inner)...))
	}
	return out
}

// stripsPath reports whether the first route takes the path's beginning away, as handle_path does.
func stripsPath(inner []*yaml.Node) bool {
	if len(inner) == 0 {
		return false
	}
	handlers := yamldoc.Items(yamldoc.Get(inner[0], "handle"))
	return len(handlers) == 1 && yamldoc.Get(handlers[0], "strip_path_prefix") != nil
}

// matcher is what a route asks of a request: nil for nothing, one path as it is, and else a name with its definition.
func (j *caddyJSON) matcher(route *yaml.Node) (*caddyfile.Token, []*caddyfile.Directive) {
	match := yamldoc.Get(route, "match")
	sets := yamldoc.Items(match)
	if len(sets) == 0 {
		return nil, nil
	}
	var paths []string
	if len(sets) == 1 && len(yamldoc.Index(sets[0])) == 1 {
		paths = texts(yamldoc.Get(sets[0], "path"))
	}
	if len(paths) == 1 && strings.HasPrefix(paths[0], "/") {
		return &caddyfile.Token{Text: paths[0]}, nil
	}
	j.named++
	name := "@" + strconv.Itoa(j.named)
	definition := j.line(match, name, "expression", "true")
	if len(paths) > 0 {
		definition = j.line(match, name, append([]string{"path"}, paths...)...)
	}
	return &caddyfile.Token{Text: name}, []*caddyfile.Directive{definition}
}

// handlers writes the handlers of one route, each for the requests that the route is for.
func (j *caddyJSON) handlers(list []*yaml.Node, matcher *caddyfile.Token) (out []*caddyfile.Directive) {
	for _, h := range list {
		if j.left--; j.left <= 0 {
			return out
		}
		for _, d := range j.handler(h) {
			if matcher != nil {
				d.Args = append([]caddyfile.Token{*matcher}, d.Args...)
			}
			out = append(out, d)
		}
	}
	return out
}

// handler writes one handler as the directives that make it.
func (j *caddyJSON) handler(h *yaml.Node) []*caddyfile.Directive {
	switch kind := text(h, "handler"); kind {
	case "subroute":
		return j.routes(yamldoc.Items(yamldoc.Get(h, "routes")))
	case "headers":
		return j.headers(h)
	case "request_body":
		if n := yamldoc.Get(h, "max_size"); n != nil {
			return []*caddyfile.Directive{block(j.line(h, kind), j.line(n, "max_size", text(n)))}
		}
	case "reverse_proxy":
		return []*caddyfile.Directive{j.proxy(h)}
	case "file_server":
		d := j.line(h, kind)
		if browse := yamldoc.Get(h, "browse"); browse != nil {
			d.Args = append(d.Args, caddyfile.Token{Text: "browse"})
		}
		return []*caddyfile.Directive{d}
	case "static_response":
		return j.respond(h)
	case "authentication":
		return []*caddyfile.Directive{j.line(h, "basic_auth")}
	case "rewrite":
		if uri := yamldoc.Get(h, "uri"); uri != nil {
			return []*caddyfile.Directive{j.line(h, kind, text(uri))}
		}
	case "vars":
		if root := yamldoc.Get(h, "root"); root != nil {
			return []*caddyfile.Directive{j.line(h, "root", text(root))}
		}
		if text(h, "log_skip") == "true" || text(h, "skip_log") == "true" {
			return []*caddyfile.Directive{j.line(h, "log_skip")}
		}
	}
	return nil
}

// headers writes the operations on the answer. The further values of a header that is set are added to it.
func (j *caddyJSON) headers(h *yaml.Node) []*caddyfile.Directive {
	response := yamldoc.Get(h, "response")
	if response == nil {
		return nil
	}
	d, more := block(j.line(h, "header")), block(j.line(h, "header"))
	prefix := ""
	if require := yamldoc.Get(response, "require"); require != nil {
		if caddyIfMissing(response, require) {
			prefix = "?"
		} else {
			d.Body = append(d.Body, j.line(require, "match"))
		}
	}
	j.operations(response, prefix, d, more)
	if text(response, "deferred") == "true" {
		d.Body = append(d.Body, j.line(response, "defer"))
		more.Body = append(more.Body, j.line(response, "defer"))
	}
	if len(more.Body) > 1 || len(more.Body) == 1 && more.Body[0].Name != "defer" {
		return []*caddyfile.Directive{d, more}
	}
	return []*caddyfile.Directive{d}
}

// operations writes add, set, delete and replace as the lines of a header directive.
func (j *caddyJSON) operations(response *yaml.Node, prefix string, d, more *caddyfile.Directive) {
	yamldoc.Each(yamldoc.Get(response, "add"), func(field, values *yaml.Node) {
		for _, v := range texts(values) {
			d.Body = append(d.Body, j.line(field, "+"+field.Value, v))
		}
	})
	yamldoc.Each(yamldoc.Get(response, "set"), func(field, values *yaml.Node) {
		for i, v := range texts(values) {
			if i == 0 {
				d.Body = append(d.Body, j.line(field, prefix+field.Value, v))
			} else {
				more.Body = append(more.Body, j.line(field, "+"+field.Value, v))
			}
		}
	})
	for _, field := range yamldoc.Items(yamldoc.Get(response, "delete")) {
		d.Body = append(d.Body, j.line(field, "-"+text(field)))
	}
	yamldoc.Each(yamldoc.Get(response, "replace"), func(field, edits *yaml.Node) {
		for _, e := range yamldoc.Items(edits) {
			d.Body = append(d.Body, j.line(field, field.Value, text(e, "search_regexp")+text(e, "search"), text(e, "replace")))
		}
	})
}

// caddyIfMissing reports whether the operations are for answers that lack the one header that they set.
func caddyIfMissing(response, require *yaml.Node) bool {
	absent, set := yamldoc.Get(require, "headers"), yamldoc.Get(response, "set")
	if yamldoc.Get(require, "status_code") != nil || len(yamldoc.Index(absent)) != 1 || len(yamldoc.Index(set)) != 1 {
		return false
	}
	same := false
	yamldoc.Each(absent, func(key, value *yaml.Node) {
		same = yamldoc.Get(set, key.Value) != nil && len(yamldoc.Items(value)) == 0
	})
	return same
}

// proxy writes a proxy with what it does to the answers that come through it.
func (j *caddyJSON) proxy(h *yaml.Node) *caddyfile.Directive {
	var to []string
	for _, upstream := range yamldoc.Items(yamldoc.Get(h, "upstreams")) {
		to = append(to, text(upstream, "dial"))
	}
	d, lines := block(j.line(h, "reverse_proxy", to...)), block(j.line(h, "header"))
	j.operations(yamldoc.Get(h, "headers", "response"), "", lines, lines)
	for _, l := range lines.Body {
		down := *l
		down.Name = "header_down"
		down.Args = append([]caddyfile.Token{{Text: l.Name, Quoted: true}}, l.Args...)
		d.Body = append(d.Body, &down)
	}
	for _, handled := range yamldoc.Items(yamldoc.Get(h, "handle_response")) {
		d.Body = append(d.Body, block(j.line(handled, "handle_response"), j.routes(yamldoc.Items(yamldoc.Get(handled, "routes")))...))
	}
	return d
}

// respond writes a fixed answer: a redirect where it has a Location. Its headers are set before.
func (j *caddyJSON) respond(h *yaml.Node) (out []*caddyfile.Directive) {
	status, target := text(h, "status_code"), ""
	yamldoc.Each(yamldoc.Get(h, "headers"), func(field, values *yaml.Node) {
		for _, v := range texts(values) {
			if strings.EqualFold(field.Value, "Location") && strings.HasPrefix(status, "3") {
				target = v
			} else {
				out = append(out, j.line(field, "header", field.Value, v))
			}
		}
	})
	if target != "" {
		return append(out, j.line(h, "redir", target, status))
	}
	values := []string{text(h, "body")}
	if status != "" {
		values = append(values, status)
	}
	return append(out, j.line(h, "respond", values...))
}
