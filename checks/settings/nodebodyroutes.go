package settings

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// bytesUnits are those of the package bytes.
var bytesUnits = []struct {
	unit string
	size float64
}{{"kb", 1 << 10}, {"mb", 1 << 20}, {"gb", 1 << 30}, {"tb", 1 << 40}, {"pb", 1 << 50}}

// bytesText reads a size as the package bytes does: "1.5mb", "10 MB"; of what has another unit it takes the leading whole
// number as bytes: "50m" is 50. false: no number, which the parsers take for no limit.
func bytesText(text string) (int64, bool) {
	lower := strings.ToLower(text)
	for _, u := range bytesUnits {
		digits, ok := strings.CutSuffix(lower, u.unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimRight(digits, " "), 64)
		if err == nil && digits != "" && strings.Trim(strings.TrimLeft(strings.TrimRight(digits, " "), "+-"), "0123456789.") == "" && !math.IsInf(n, 0) {
			return int64(math.Min(math.Floor(n*u.size), 1<<62)), true
		}
	}
	digits := strings.TrimLeft(text, " \t\n\r")
	end := 0
	for end < len(digits) && (digits[end] >= '0' && digits[end] <= '9' || end == 0 && (digits[0] == '-' || digits[0] == '+')) {
		end++
	}
	n, err := strconv.ParseInt(digits[:end], 10, 64)
	return n, err == nil
}

// routed makes the scope of a route with a limit of its own: Fastify's bodyLimit, hapi's payload.maxBytes.
func (t *nodeBodies) routed(d *jsDoc, x *clike.Expr) {
	if x.X == nil || x.X.Kind != clike.Member || len(x.List) == 0 {
		return
	}
	method := x.X.Text
	where, options := "", t.argument(d, x, 0)
	if slices.Contains([]string{"post", "put", "patch", "all"}, method) && len(x.List) > 1 {
		where, _ = options.text()
		options = t.argument(d, x, 1)
	} else if method != "route" {
		return
	}
	list := options.list()
	if list == nil {
		list = []jsValue{options}
	}
	for _, route := range list {
		if text, ok := route.either("url", "path").text(); ok && where == "" {
			where = text
		}
		if v := route.get("bodyLimit"); !v.absent() && v.Known && v.V != nil {
			s := &checks.Scope{Layer: "fastify", Kind: "route", Name: "route", Place: t.place(d, x)}
			s.Settings = []checks.Setting{t.option(d, x, s, nodeOption{"bodyLimit", sizeFastify, megabyte}, route)}
			t.add(s, where)
		}
		config := route.either("options", "config")
		if v := config.get("payload").get("maxBytes"); isObject(config) && !v.absent() {
			s := &checks.Scope{Layer: "hapi", Kind: "route", Name: "route", Place: t.place(d, x)}
			s.Settings = []checks.Setting{t.option(d, x, s, nodeOption{"payload.maxBytes", sizeNumber, megabyte}, config)}
			t.add(s, where)
		}
	}
}

// registered makes the scope of @fastify/multipart, a plugin, and of Nest's MulterModule.register.
func (t *nodeBodies) registered(d *jsDoc, x *clike.Expr) {
	if x.X == nil || x.X.Kind != clike.Member || len(x.List) == 0 || x.X.Text != "register" && x.X.Text != "useBodyParser" {
		return
	}
	if from, ok := d.module(x.X.X); ok && from.module == "@nestjs/platform-express" && from.name == "MulterModule" {
		s := &checks.Scope{Layer: "multer", Kind: "upload", Name: "MulterModule", Place: t.place(d, x)}
		for _, o := range busboyOptions {
			s.Settings = append(s.Settings, t.option(d, x, s, o, t.argument(d, x, 0)))
		}
		t.add(s, "")
		return
	}
	if kind, ok := t.eval(d, x.List[0]).text(); ok && x.X.Text == "useBodyParser" && len(x.List) > 1 {
		s := &checks.Scope{Layer: "body-parser", Kind: "parser", Name: "express." + kind, Place: t.place(d, x)}
		s.Settings = []checks.Setting{t.option(d, x, s, bodyLimits[0], t.argument(d, x, 1))}
		t.add(s, "")
		return
	}
	if from, ok := d.module(x.List[0]); ok && (from.module == "@fastify/multipart" || from.module == "fastify-multipart") {
		s := &checks.Scope{Layer: "fastify-multipart", Kind: "upload", Name: from.module, Place: t.place(d, x)}
		for _, o := range []nodeOption{{"limits.fileSize", sizeNumber, megabyte}, {"limits.files", sizeCount, nil}, {"limits.fields", sizeCount, nil}, {"limits.parts", sizeCount, int64(1000)}} {
			s.Settings = append(s.Settings, t.option(d, x, s, o, t.argument(d, x, 1)))
		}
		t.add(s, "")
	}
}

// server makes the scope of http.createServer, with its timeouts in milliseconds (Node 18 and later), as options or as
// members that are set on it.
func (t *nodeBodies) server(d *jsDoc, x *clike.Expr) {
	from, ok := d.module(x.X)
	if !ok || from.name != "createServer" || !slices.Contains([]string{"http", "https", "node:http", "node:https"}, from.module) {
		return
	}
	s := &checks.Scope{Layer: "node", Kind: "server", Name: from.module + ".createServer", Place: t.place(d, x)}
	for _, o := range nodeTimeouts {
		set := t.option(d, x, s, o, t.argument(d, x, 0))
		clike.Each(d.file.Body, func(a *clike.Expr) bool {
			if a.Kind == clike.Assign && a.X.Kind == clike.Member && a.X.Text == o.name {
				v := t.eval(d, a.Y)
				set = t.made(d, a, o.name, "", v)
				if !set.Dynamic() {
					set.Value = nodeSize(o, v)
				}
			}
			return true
		})
		s.Settings = append(s.Settings, set)
	}
	t.add(s, "")
}

var nodeTimeouts = []nodeOption{{"requestTimeout", sizeCount, int64(300_000)}, {"headersTimeout", sizeCount, int64(60_000)}}

// next makes the scopes of Next.js: an API route that changes its parser, and the limit of server actions.
func (t *nodeBodies) next(d *jsDoc) {
	if strings.HasPrefix(path.Base(d.path), "next.config.") && d.exports["default"] != nil {
		config := t.nextConfig(d, d.exports["default"], 0)
		x := d.exports["default"]
		actions := config.get("experimental").get("serverActions")
		if !isObject(actions) {
			actions = config.get("serverActions")
		}
		if isObject(actions) && !actions.get("bodySizeLimit").absent() {
			s := &checks.Scope{Layer: "next.js", Kind: "app", Name: "server actions", Place: t.place(d, x)}
			s.Settings = []checks.Setting{t.option(d, x, s, nodeOption{"bodySizeLimit", sizeBytes, megabyte}, actions)}
			t.add(s, "")
		}
		return
	}
	x := d.exports["config"]
	if x == nil || !inAPI(d.path) {
		return
	}
	api := t.eval(d, x).get("api")
	parser := api.get("bodyParser")
	s := &checks.Scope{Layer: "next.js", Kind: "route", Name: "API route", Place: t.place(d, x)}
	switch {
	case parser.is(false):
		set := t.made(d, x, "bodyParser", "", parser)
		set.Value = nil
		s.Settings = []checks.Setting{set}
	case isObject(parser):
		s.Settings = []checks.Setting{t.option(d, x, s, nodeOption{"sizeLimit", sizeBytes, megabyte}, parser)}
	default:
		return
	}
	_, route, _ := strings.Cut("/"+strings.TrimSuffix(d.path, path.Ext(d.path)), "/pages")
	t.add(s, route)
}
