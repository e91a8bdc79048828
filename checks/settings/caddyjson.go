package settings

import (
	"net"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/caddyfile"
	"hardcheck/checks/internal/parse/yamldoc"
)

// wantsCaddyJSON chooses Caddy's own form of configuration by its usual names, autosave.json among them.
func wantsCaddyJSON(e *checks.Entry) bool {
	name := strings.ToLower(withoutTemplateSuffix(e.Name()))
	return e.Mode.IsRegular() && e.Size <= yamldoc.MaxSize && path.Ext(name) == ".json" && (strings.Contains(name, "caddy") || pathHas(e.Path, "caddy"))
}

// readCaddyJSON writes the JSON form as the Caddyfile that it could come from, so that one reader judges both
// (https://caddyserver.com/docs/json/apps/http/).
func readCaddyJSON(f *checks.File) (any, []checks.Problem) {
	stream := yamldoc.Of(f) // JSON is YAML
	if len(stream.Docs) == 0 {
		return nil, nil
	}
	root := stream.Docs[0]
	servers := yamldoc.Get(root, "apps", "http", "servers")
	if servers == nil {
		return nil, nil
	}
	j := &caddyJSON{file: f, root: root, left: maxExpanded}
	j.global(servers)
	yamldoc.Each(servers, func(_, server *yaml.Node) { j.server(server) })
	doc := &caddyDoc{path: f.Path, conf: &caddyfile.Config{Blocks: j.blocks}, main: true, ordered: true}
	if j.left <= 0 {
		return doc, []checks.Problem{tooLarge("read Caddy's configuration", f.Path)}
	}
	return doc, nil
}

// caddyJSON makes blocks of one file.
type caddyJSON struct {
	file   *checks.File
	root   *yaml.Node
	blocks []*caddyfile.Block
	named  int // matchers that were given a name
	left   int
}

func (j *caddyJSON) place(n *yaml.Node) checks.Place { return yamldoc.Place(j.file, n) }

// text is a text of a node, "" where there is none.
func text(n *yaml.Node, path ...string) string {
	s, _ := yamldoc.Text(yamldoc.Get(n, path...))
	return s
}

func texts(n *yaml.Node) (out []string) {
	for _, item := range yamldoc.Items(n) {
		out = append(out, text(item))
	}
	return out
}

// line is a directive or a line of one. Its values are quoted: none of them is a matcher.
func (j *caddyJSON) line(at *yaml.Node, name string, values ...string) *caddyfile.Directive {
	d := &caddyfile.Directive{Name: name, Place: j.place(at)}
	for _, v := range values {
		d.Args = append(d.Args, caddyfile.Token{Text: v, Quoted: true, Dynamic: strings.Contains(v, "{env.") || strings.Contains(v, "{file.")})
	}
	return d
}

// block gives a directive its lines.
func block(d *caddyfile.Directive, body ...*caddyfile.Directive) *caddyfile.Directive {
	d.Block, d.Body = true, body
	return d
}

// global is what a Caddyfile says in its options.
func (j *caddyJSON) global(servers *yaml.Node) {
	var body []*caddyfile.Directive
	if admin := yamldoc.Get(j.root, "admin"); admin != nil {
		value := text(admin, "listen")
		if text(admin, "disabled") == "true" {
			value = "off"
		}
		body = append(body, j.line(admin, "admin", value))
	}
	if level := yamldoc.Get(j.root, "logging", "logs", "default", "level"); strings.EqualFold(text(level), "debug") {
		body = append(body, j.line(level, "debug"))
	}
	yamldoc.Each(servers, func(_, server *yaml.Node) {
		if n := yamldoc.Get(server, "max_header_bytes"); n != nil {
			body = append(body, block(j.line(n, "servers"), j.line(n, "max_header_size", text(n))))
		}
		for field, line := range map[string]string{"read_header_timeout": "read_header", "read_timeout": "read_body"} {
			if n := yamldoc.Get(server, field); n != nil {
				body = append(body, block(j.line(n, "servers"), block(j.line(n, "timeouts"), j.line(n, line, caddyNanoseconds(text(n))))))
			}
		}
		if n := yamldoc.Get(server, "logs", "should_log_credentials"); text(n) == "true" {
			body = append(body, block(j.line(n, "servers"), j.line(n, "log_credentials")))
		}
		if n := yamldoc.Get(server, "automatic_https", "disable_redirects"); text(n) == "true" {
			body = append(body, j.line(n, "auto_https", "disable_redirects"))
		}
	})
	if body != nil {
		j.blocks = append(j.blocks, &caddyfile.Block{Kind: caddyfile.Global, Body: body, Braces: true, Place: j.place(servers)})
	}
}

// caddyNanoseconds writes a duration of JSON, which may be a number of nanoseconds, as a Caddyfile has it.
func caddyNanoseconds(text string) string {
	if strings.Trim(text, "0123456789") == "" && text != "" && text != "0" {
		return text + "ns"
	}
	return text
}

// server makes a site of each route that hosts alone decide, and one of the others.
func (j *caddyJSON) server(server *yaml.Node) {
	var rest []*yaml.Node
	for _, route := range yamldoc.Items(yamldoc.Get(server, "routes")) {
		if hosts, only := caddyHosts(route); only {
			j.site(server, route, hosts, j.handlers(yamldoc.Items(yamldoc.Get(route, "handle")), nil))
		} else {
			rest = append(rest, route)
		}
	}
	if len(rest) > 0 {
		j.site(server, rest[0], nil, j.routes(rest))
	}
}

// caddyHosts are the hosts of a route, and whether they are all that it asks.
func caddyHosts(route *yaml.Node) (hosts []string, only bool) {
	sets := yamldoc.Items(yamldoc.Get(route, "match"))
	if len(sets) != 1 || len(yamldoc.Index(sets[0])) != 1 {
		return nil, false
	}
	hosts = texts(yamldoc.Get(sets[0], "host"))
	return hosts, len(hosts) > 0
}

func (j *caddyJSON) site(server, at *yaml.Node, hosts []string, body []*caddyfile.Directive) {
	b := &caddyfile.Block{Kind: caddyfile.Site, Braces: true, Place: j.place(at)}
	for _, address := range caddyAddresses(server, hosts) {
		b.Keys = append(b.Keys, caddyfile.Token{Text: address})
	}
	if yamldoc.Get(server, "tls_connection_policies") != nil && len(hosts) == 0 {
		b.Body = append(b.Body, j.line(yamldoc.Get(server, "tls_connection_policies"), "tls"))
	}
	if log := j.log(server, hosts); log != nil {
		b.Body = append(b.Body, log)
	}
	b.Body = append(b.Body, body...)
	for _, route := range yamldoc.Items(yamldoc.Get(server, "errors", "routes")) {
		if of, only := caddyHosts(route); !only && yamldoc.Get(route, "match") == nil || slices.Equal(of, hosts) {
			b.Body = append(b.Body, block(j.line(route, "handle_errors"), j.handlers(yamldoc.Items(yamldoc.Get(route, "handle")), nil)...))
		}
	}
	j.blocks = append(j.blocks, b)
}

// caddyAddresses are the addresses of a site as a Caddyfile writes them: automatic https is on for hosts, but on the port
// of http.
func caddyAddresses(server *yaml.Node, hosts []string) (out []string) {
	off := text(server, "automatic_https", "disable") == "true"
	skipped := texts(yamldoc.Get(server, "automatic_https", "skip"))
	tls := yamldoc.Get(server, "tls_connection_policies") != nil
	for _, listen := range texts(yamldoc.Get(server, "listen")) {
		_, port, err := net.SplitHostPort(listen)
		if err != nil {
			continue
		}
		if len(hosts) == 0 {
			out = append(out, ":"+port)
		}
		for _, host := range hosts {
			secure := tls || port == "443" || !off && port != "80" && !slices.Contains(skipped, host)
			scheme, standard := "http://", port == "80"
			if secure {
				scheme, standard = "https://", port == "443"
			}
			switch {
			case len(out) >= maxOwn:
				return out
			case standard && secure:
				out = append(out, host)
			case standard:
				out = append(out, scheme+host)
			default:
				out = append(out, scheme+host+":"+port)
			}
		}
	}
	return out
}

// log is the access log of a site: that of its hosts, or the server's own, with what is said of where it goes.
func (j *caddyJSON) log(server *yaml.Node, hosts []string) *caddyfile.Directive {
	logs := yamldoc.Get(server, "logs")
	if logs == nil {
		return nil
	}
	name, known := text(logs, "default_logger_name"), false
	for _, host := range hosts {
		if n := yamldoc.Get(logs, "logger_names", host); n != nil {
			name, known = text(n), true
			if list := texts(n); len(list) > 0 { // since Caddy 2.8
				name = list[0]
			}
		}
	}
	if !known && text(logs, "skip_unmapped_hosts") == "true" || slices.ContainsFunc(texts(yamldoc.Get(logs, "skip_hosts")), func(h string) bool { return slices.Contains(hosts, h) }) {
		return nil
	}
	d := block(j.line(logs, "log"))
	to := yamldoc.Get(j.root, "logging", "logs", name)
	if writer := yamldoc.Get(to, "writer"); writer != nil {
		values := []string{text(writer, "output")}
		if file := text(writer, "filename"); file != "" {
			values = append(values, file)
		}
		d.Body = append(d.Body, j.line(writer, "output", values...))
	}
	if format := yamldoc.Get(to, "encoder", "format"); format != nil {
		d.Body = append(d.Body, j.line(format, "format", text(format)))
	}
	return d
}
