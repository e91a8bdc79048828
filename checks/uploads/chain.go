package uploads

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// limit is the largest body that a layer lets through, and how the layer holds it.
type limit struct {
	size
	enforcement
}

// enforcement is how a product holds its limit.
type enforcement struct {
	// countsDeclared: a Content-Length over the limit is refused.
	countsDeclared bool
	// countsChunked: the bytes of a body without Content-Length are counted. HAProxy's rules on Content-Length do not.
	countsChunked bool
	// late: the refusal comes after as many bytes as the limit were read, not at the declared size.
	late bool
	// status is what a body over the limit is answered: 413, 400, 502; 200 where the body is dropped and the request
	// goes on (PHP). 0 where no answer is sent.
	status int
	// wraps: a declared size over 2^32 is taken for a small one.
	wraps bool
	// covers is what the limit is about: one of the kinds of bodies.
	covers string
}

// Kinds of bodies that limits are about. What a form sends are fields and files.
const (
	coversAll    = ""
	coversForm   = "form data"
	coversFields = "form fields"
	coversFiles  = "files"
	coversJSON   = "JSON"
	// coversWhole is what a framework takes whole into memory: all but the files of a form.
	coversWhole = "bodies besides files"
)

// everyBody is the enforcement of a limit that holds for all bodies, at the declared size, with 413.
var everyBody = enforcement{countsDeclared: true, countsChunked: true, status: 413}

// counts reports whether the limit bounds bodies of that kind: covers is "" for one that no parser takes apart.
func (l *limit) counts(covers string, chunked bool) bool {
	inForm := l.covers == coversForm && (covers == coversFields || covers == coversFiles)
	whole := l.covers == coversWhole && covers != coversFiles && covers != coversForm
	if l.covers != coversAll && l.covers != covers && !inForm && !whole {
		return false
	}
	return l.countsDeclared && !chunked || l.countsChunked && chunked
}

// role is where a layer stands between the client and the code. Layers of a chain are in this order.
type role int

const (
	roleProxy     role = iota // passes requests on: nginx, HAProxy, Traefik
	roleServer                // runs the application: gunicorn, Puma, Tomcat, PHP-FPM
	roleFramework             // Django, Express, Spring
	roleRoute                 // one handler with a limit of its own
)

func (r role) String() string { return [...]string{"proxy", "server", "framework", "route"}[r] }

// layer is one product's part in a chain.
type layer struct {
	product string
	role    role
	runtime string
	scope   *checks.Scope
	// set is the setting that decides, or one of Origin default where none is written. Its Place says where.
	set   checks.Setting
	route string // path prefix, or the product's own pattern ("~ \.php$"); "" is every path
	limit limit
	// forwards: the layer passes requests on, to where the settings in passes say, if they do.
	forwards bool
	passes   []checks.Setting
}

// limiter is a row of the tables of products: which setting of which scopes limits the body, and how it is held.
// A product may have several rows; each scope that a row fits is a layer.
type limiter struct {
	product string // the layer of the scopes: "nginx". Of "lighttpd limits" the first word is the product
	role    role
	// runtime is what a server runs, or a framework is written for: "python", "php", "node", "ruby", "java", "dotnet", "go".
	// "" is any: a proxy.
	runtime string
	kinds   []string // the kinds of scope that requests reach; nil is all
	// names are the settings that limit the body, the first that is in effect decides. None is a product without any limit.
	names []string
	// optional: a scope without any of them is no layer.
	optional bool
	zero     bool // 0 is no limit
	// unset holds where no setting is in effect and the reader tells no default.
	unset size
	held  enforcement
	// unread: the product reads no body by itself. What reads them for it are rows of their own.
	unread bool
	// passes are the settings of a proxy that pass requests on; without one of them the scope answers by itself.
	passes []string
	// gateway: the scope passes everything on, whatever its settings say of where to.
	gateway bool
	// find replaces names where the limit is not the value of one setting. false: the scope is no layer.
	find func(*checks.Scope) (checks.Setting, limit, bool)
	// route is the path that the scope is about; nil is every path.
	route func(*checks.Scope) string
}

// unlimited is a size without bound.
var unlimited = size{unlimited: true, known: true}

// limiters are the rows of every product, a table per family.
func limiters() [][]limiter {
	return [][]limiter{proxyLimiters, serverLimiters, frameworkLimiters, pythonLimiters, javascriptLimiters, goLimiters, javaLimiters, dotnetLimiters}
}

// rowsOf are the rows of a product.
func rowsOf(product string) []limiter {
	var out []limiter
	for _, table := range limiters() {
		for _, r := range table {
			if r.product == product {
				out = append(out, r)
			}
		}
	}
	return out
}

// limitedProducts are the products of the tables.
func limitedProducts() []string {
	var out []string
	for _, table := range limiters() {
		for i := range table {
			out = append(out, table[i].product)
		}
	}
	return out
}

// layer is what the row says of a scope. false where the scope is not of the row.
func (r *limiter) layer(s *checks.Scope) (layer, bool) {
	if s.Layer != r.product || r.kinds != nil && !slices.Contains(r.kinds, s.Kind) {
		return layer{}, false
	}
	product, _, _ := strings.Cut(r.product, " ")
	l := layer{product: product, role: r.role, runtime: r.runtime, scope: s, forwards: r.gateway}
	for _, set := range s.Settings {
		if slices.Contains(r.passes, set.Name) && passesOn(&set) {
			l.passes, l.forwards = append(l.passes, set), true
		}
	}
	if r.route != nil {
		l.route = r.route(s)
	}
	if r.find != nil {
		ok := false
		l.set, l.limit, ok = r.find(s)
		return l, ok
	}
	l.limit.enforcement = r.held
	for _, name := range r.names {
		if set, ok := s.Get(name); ok {
			l.set, l.limit.size = set, sizeOf(set, r.zero)
			return l, true
		}
	}
	l.set, l.limit.size = unsetLimit(s, r.names), r.unset
	return l, !r.optional
}

// unsetLimit stands for the setting that a scope does not have.
func unsetLimit(s *checks.Scope, names []string) checks.Setting {
	name := "body limit"
	if len(names) > 0 {
		name = names[0]
	}
	return checks.Setting{Layer: s.Layer, Name: name, Origin: checks.OriginDefault, Scope: s.Name, Place: s.Place}
}

// chain is the way of a request from the outside to the code.
type chain struct {
	route  string  // path prefix, or a pattern of the layer that routes; "" is every path
	layers []layer // from the outside to the code
	// limit is the largest body that gets through all layers, for a body that no parser takes apart and whose size is
	// declared. What holds for others tells effective.
	limit limit
	// decides is the index of the layer that holds limit, or -1 where no layer does.
	decides int
	// atMost: a layer whose limit is not known until run time may hold less.
	atMost bool
	// unsure: which application is behind the proxy cannot be told.
	unsure bool
}

// effective is the largest body of a kind that gets through all layers, and the layer that decides; nil where
// nothing bounds it. covers is as in enforcement, "" for a body that no parser takes apart.
func (c *chain) effective(covers string, chunked bool) (limit, *layer) {
	out, by := limit{size: unlimited}, (*layer)(nil)
	for i := range c.layers {
		l := &c.layers[i]
		if !l.limit.known || l.limit.unlimited || !l.limit.counts(covers, chunked) {
			continue
		}
		if by == nil || l.limit.bytes < out.bytes {
			out, by = l.limit, l
		}
	}
	return out, by
}

// String is the chain in order: "nginx client_max_body_size 10 MiB (set, nginx/shop.conf:31) > gunicorn no limit > ...".
func (c *chain) String() string {
	parts := make([]string, len(c.layers))
	for i := range c.layers {
		parts[i] = c.layers[i].String()
	}
	return strings.Join(parts, " > ")
}

// String names the layer, its setting with value, origin and place.
func (l *layer) String() string {
	value := "no limit"
	switch {
	case !l.limit.known:
		value = "not known until run time"
	case !l.limit.unlimited:
		value = checks.FormatSize(l.limit.bytes)
		if l.limit.covers != "" {
			value += " of " + l.limit.covers
		}
	}
	return l.product + " " + l.set.Name + " " + value + " (" + string(l.set.Origin) + ", " + l.set.Place.String() + ")"
}
