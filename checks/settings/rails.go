package settings

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// railsReader reads Rails applications: config/application.rb, config/environments/production.rb and the initializers.
// One scope per application, of what holds in production.
func railsReader() reader {
	return reader{layer: "rails", wants: wantsRails, read: readRails, resolve: resolveRails}
}

func wantsRails(e *checks.Entry) bool {
	if e.Ext() != ".rb" || e.Size > maxScriptSize {
		return false
	}
	dir := path.Base(path.Dir(e.Path))
	return dir == "config" && e.Name() == "application.rb" || dir == "environments" && (e.Name() == "production.rb" || e.Name() == "prod.rb") || dir == "initializers" ||
		dir == "controllers" && e.Name() == "application_controller.rb"
}

var railsMarks = marks("config", "Rails", "SecureHeaders", "response", "cookies")

// railsDoc is one Ruby file.
type railsDoc struct {
	path string
	file *clike.File
}

func readRails(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() || !slices.ContainsFunc(railsMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return nil, nil
	}
	return &railsDoc{f.Path, clike.Of(f, clike.Ruby)}, nil
}

// railsApp collects what one application sets. The files run in the order of Rails: application, environment, initializers.
type railsApp struct {
	scope   *checks.Scope
	root    string
	version float64 // load_defaults
	headers []checks.Setting
	policy  []string // directives of content_security_policy
	feature []string
	known   bool // the policies hold nothing that is not known
	origins springOrigins
}

const maxRailsApps = 100

func resolveRails(docs []document) ([]*checks.Scope, []checks.Problem) {
	var out []*checks.Scope
	for _, document := range docs {
		d := document.value.(*railsDoc)
		if path.Base(d.path) != "application.rb" || !strings.Contains(d.file.Source, "Rails::Application") || len(out) == maxRailsApps {
			continue
		}
		app := &railsApp{root: path.Dir(path.Dir(d.path)), version: 7, known: true}
		app.scope = &checks.Scope{Layer: "rails", Kind: "app", Name: "production", Place: checks.Place{Path: d.path, Line: 1}}
		app.load(d)
		for _, dir := range []string{"config/environments", "config/initializers", "app/controllers"} {
			for _, other := range docs {
				if o := other.value.(*railsDoc); path.Dir(o.path) == path.Join(app.root, dir) {
					app.load(o)
				}
			}
		}
		app.finish()
		out = append(out, app.scope)
	}
	return out, nil
}

// railsWalk follows one file's statements.
type railsWalk struct {
	*railsApp
	doc *railsDoc
	// open are the blocks around a statement: "do", "if", "def".
	open []string
	// block is the call whose do-block is open: content_security_policy, permissions_policy, allow.
	block string
}

func (a *railsApp) load(d *railsDoc) {
	w := &railsWalk{railsApp: a, doc: d}
	for _, s := range d.file.Body {
		if s.X == nil {
			continue
		}
		if s.X.Kind == clike.Name && w.keyword(s.X) {
			continue
		}
		w.statement(s.X)
	}
}

// keyword follows the words that open and close blocks. A word behind a statement on its line is a condition of that
// statement, which opens nothing.
func (w *railsWalk) keyword(x *clike.Expr) bool {
	_, column := w.doc.file.Position(x.Start)
	first := strings.TrimSpace(w.doc.file.Source[x.Start-column+1:x.Start]) == ""
	switch x.Text {
	case "do":
		w.open = append(w.open, "do")
	case "if", "unless", "case", "while", "until", "begin", "def", "class", "module":
		if first && len(w.open) < 1000 {
			w.open = append(w.open, x.Text)
		}
	case "end":
		if len(w.open) > 0 {
			w.open = w.open[:len(w.open)-1]
		}
		if len(w.open) <= 1 {
			w.block = ""
		}
	default:
		return false
	}
	return true
}

// conditional reports whether the statement may not run.
func (w *railsWalk) conditional() bool {
	return slices.ContainsFunc(w.open, func(word string) bool { return word == "if" || word == "unless" || word == "case" })
}

func (w *railsWalk) place(x *clike.Expr) checks.Place {
	p := checks.Place{Path: w.doc.path}
	p.Line, p.Column = w.doc.file.Position(x.Start)
	p.EndLine, p.EndColumn = w.doc.file.Position(x.End)
	return p
}

func (w *railsWalk) set(at *clike.Expr, name string, v any, known bool) checks.Setting {
	set := checks.Setting{Layer: "rails", Name: name, Value: v, Raw: oneLine(w.doc.file.Text(at)), Origin: checks.OriginSet, Place: w.place(at)}
	if !known || w.conditional() {
		set.Value, set.Origin = nil, checks.OriginDynamic
	}
	return set
}

func (w *railsWalk) add(set checks.Setting) {
	if len(w.scope.Settings) < maxAppSettings {
		w.scope.Settings = append(w.scope.Settings, set)
	}
}

func (w *railsWalk) statement(x *clike.Expr) {
	switch x.Kind {
	case clike.Assign:
		w.assigned(x)
	case clike.Member:
		w.block = strings.TrimSuffix(x.Text, "!")
		w.begins(x)
	case clike.Name:
		if x.Text == "allow" {
			w.block = "allow"
		}
	case clike.Call:
		w.called(x)
	}
}

// begins notes a policy that is switched on.
func (w *railsWalk) begins(x *clike.Expr) {
	if w.block == "content_security_policy" || w.block == "permissions_policy" {
		w.add(w.set(x, w.block, true, true))
	}
}

// railsKeys are the assignments that become settings.
var railsKeys = words(`force_ssl ssl_options assume_ssl api_only content_security_policy_report_only content_security_policy_nonce_generator
	content_security_policy_nonce_directives consider_all_requests_local cookies_same_site_protection hosts server_timing`)

func (w *railsWalk) assigned(x *clike.Expr) {
	target := x.X
	if target.Kind == clike.Index { // response.headers["X"] = "y", config.action_dispatch.default_headers["X"] = "y", cookies[:a] = {...}
		name, ok := rubyText(target.Y)
		owner := w.doc.file.Text(target.X)
		switch {
		case ok && strings.HasSuffix(owner, "cookies"), ok && strings.HasSuffix(owner, "cookies.signed"), ok && strings.HasSuffix(owner, "cookies.encrypted"):
			w.cookie(x, name, x.Y)
		case ok && strings.HasSuffix(owner, "headers"):
			w.header(x, name, x.Y)
		}
		return
	}
	if target.Kind != clike.Member {
		return
	}
	switch {
	case target.Text == "default_headers":
		w.defaultHeaders(x)
	case railsKeys[target.Text]:
		v, known := rubyValue(x.Y, 0)
		if pairs, ok := v.(rubyPairs); ok {
			w.pairs(x, target.Text, pairs)
			v = pairs.keys()
		}
		w.add(w.set(x, target.Text, v, known))
	}
}

// pairs makes settings of nested options: ssl_options.hsts.subdomains.
func (w *railsWalk) pairs(at *clike.Expr, prefix string, list rubyPairs) {
	for _, p := range list {
		if inner, ok := p.value.(rubyPairs); ok {
			w.pairs(at, prefix+"."+p.key, inner)
			continue
		}
		w.add(w.set(at, prefix+"."+p.key, p.value, p.known))
	}
}

func (w *railsWalk) header(at *clike.Expr, name string, value *clike.Expr) {
	if !httpguts.ValidHeaderFieldName(name) {
		return
	}
	v, known := rubyValue(value, 0)
	text, isText := v.(string)
	set := w.set(at, "header "+http.CanonicalHeaderKey(name), text, known && isText)
	set.Header = http.CanonicalHeaderKey(name)
	if v == nil && known {
		set.Flags, set.Value, set.Origin = []string{"remove"}, nil, checks.OriginSet
	}
	if strings.Contains(w.doc.path, "controllers") && !slices.Contains(w.open, "def") {
		return
	}
	if strings.Contains(w.doc.path, "controllers") {
		set.Flags = append(set.Flags, "conditional") // of the action that sets it
	}
	w.headers = append(w.headers, set)
}

// defaultHeaders replaces Rails' own with config.action_dispatch.default_headers = {...}.
func (w *railsWalk) defaultHeaders(x *clike.Expr) {
	v, known := rubyValue(x.Y, 0)
	pairs, ok := v.(rubyPairs)
	set := w.set(x, "default_headers", true, known && ok)
	w.add(set)
	for _, p := range pairs {
		if httpguts.ValidHeaderFieldName(p.key) {
			text, isText := p.value.(string)
			h := w.set(x, "header "+http.CanonicalHeaderKey(p.key), text, p.known && isText)
			h.Header = http.CanonicalHeaderKey(p.key)
			w.headers = append(w.headers, h)
		}
	}
}

func (w *railsWalk) called(x *clike.Expr) {
	method, owner := x.X.Text, ""
	if x.X.Kind == clike.Member {
		owner = w.doc.file.Text(x.X.X)
	}
	switch {
	case method == "load_defaults" && len(x.List) == 1:
		if n, err := strconv.ParseFloat(x.List[0].Text, 64); err == nil {
			w.version = n
		}
	case method == "session_store":
		w.session(x)
	case strings.HasSuffix(owner, "default_headers") && (method == "merge!" || method == "update" || method == "merge"):
		for _, a := range x.List {
			v, _ := rubyValue(a, 0)
			pairs, _ := v.(rubyPairs)
			for _, p := range pairs {
				if text, ok := p.value.(string); ok && p.known && httpguts.ValidHeaderFieldName(p.key) {
					h := w.set(x, "header "+http.CanonicalHeaderKey(p.key), text, true)
					h.Header = http.CanonicalHeaderKey(p.key)
					w.headers = append(w.headers, h)
				}
			}
		}
	case strings.HasSuffix(owner, "default_headers") && method == "delete" && len(x.List) == 1:
		if name, ok := rubyText(x.List[0]); ok {
			h := w.set(x, "header "+http.CanonicalHeaderKey(name), nil, true)
			h.Header, h.Flags = http.CanonicalHeaderKey(name), []string{"remove"}
			w.headers = append(w.headers, h)
		}
	case method == "set_header" && len(x.List) == 2 && strings.HasSuffix(owner, "response"):
		if name, ok := rubyText(x.List[0]); ok {
			w.header(x, name, x.List[1])
		}
	case w.block == "content_security_policy" && x.X.Kind == clike.Member:
		w.directive(x, method)
	case w.block == "permissions_policy" && x.X.Kind == clike.Member:
		w.featureOf(x, method)
	case method == "origins" || method == "resource":
		w.rackCORS(x, method)
	}
}
