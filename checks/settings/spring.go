package settings

import (
	"bytes"
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// springReader reads Spring applications in Java and Kotlin: the headers of Spring Security's filter chains, CORS,
// cookies, and application.properties or .yml. One scope per chain; without one, per application.
func springReader() reader {
	return reader{layer: "spring", wants: wantsSpring, read: readSpring, resolve: resolveSpring}
}

const maxSpringSize = 512 << 10

func wantsSpring(e *checks.Entry) bool {
	if e.Size > maxSpringSize || strings.Contains(e.Path, "src/test/") {
		return false
	}
	switch e.Name() {
	case "pom.xml", "build.gradle", "build.gradle.kts":
		return true
	}
	return e.Ext() == ".java" || e.Ext() == ".kt" || springProperties(e.Name())
}

// springProperties reports application.properties, .yml and .yaml, and those of the profiles that run in production.
func springProperties(name string) bool {
	switch strings.TrimSuffix(name, path.Ext(name)) {
	case "application", "application-prod", "application-production", "bootstrap":
		return slices.Contains([]string{".properties", ".yml", ".yaml"}, path.Ext(name))
	}
	return false
}

var springMarks = marks("HttpSecurity", "@SpringBootApplication", "CrossOrigin", "CorsConfiguration", "CorsRegistry", "ResponseCookie", "new Cookie(", "@Controller")

// springDoc is a source file, a file of properties, or what a build file says of its module.
type springDoc struct {
	path       string
	lang       *clike.Language
	file       *clike.File
	constants  map[string]*clike.Expr
	properties []springProperty
	security   bool // a build file that has Spring Security
	pages      bool // one that has a template engine, or a controller that shows pages
}

func readSpring(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	d := &springDoc{path: f.Path}
	switch {
	case springProperties(f.Name()):
		d.properties = springPropertiesOf(f)
		if d.properties == nil {
			return nil, nil
		}
		return d, nil
	case f.Ext() != ".java" && f.Ext() != ".kt":
		d.security = bytes.Contains(f.Data, []byte("spring-boot-starter-security")) || bytes.Contains(f.Data, []byte("spring-security-config"))
		d.pages = bytes.Contains(f.Data, []byte("thymeleaf")) || bytes.Contains(f.Data, []byte("freemarker")) || bytes.Contains(f.Data, []byte("mustache"))
		if !d.security && !d.pages {
			return nil, nil
		}
		return d, nil
	case !slices.ContainsFunc(springMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }):
		return nil, nil
	}
	d.lang = clike.Java
	if f.Ext() == ".kt" {
		d.lang = clike.Kotlin
	}
	d.file = clike.Of(f, d.lang)
	d.pages = pageController.Match(f.Data)
	d.constants = map[string]*clike.Expr{}
	clike.Each(d.file.Body, func(x *clike.Expr) bool {
		if x.Kind == clike.Assign && x.Text == "=" && x.X.Kind == clike.Name {
			if _, twice := d.constants[x.X.Text]; twice {
				d.constants[x.X.Text] = nil
			} else {
				d.constants[x.X.Text] = x.Y
			}
		}
		return true
	})
	d.vals(d.file.Body)
	return d, nil
}

// pageController is a class whose methods name templates.
var pageController = regexp.MustCompile(`(?m)^\s*@Controller\b`)

// vals notes Kotlin's val and const.
func (d *springDoc) vals(body []*clike.Stmt) {
	for _, s := range body {
		if s.Kind == clike.Var && s.Name != "" && s.X != nil {
			if _, twice := d.constants[s.Name]; twice {
				d.constants[s.Name] = nil
			} else {
				d.constants[s.Name] = s.X
			}
		}
		d.vals(s.Body)
	}
}

// springModule is the files of one application.
type springModule struct {
	root            string
	docs            []*springDoc
	security, pages bool
	main            *springDoc // with @SpringBootApplication
}

// Bounds of one tree.
const (
	maxSpringModules = 500
	maxSpringChains  = 50
)

func resolveSpring(docs []document) ([]*checks.Scope, []checks.Problem) {
	byRoot := map[string]*springModule{}
	var roots []string
	for _, document := range docs {
		d := document.value.(*springDoc)
		root := springRoot(d.path)
		m := byRoot[root]
		if m == nil {
			if len(roots) == maxSpringModules {
				continue
			}
			m = &springModule{root: root}
			byRoot[root] = m
			roots = append(roots, root)
		}
		m.docs = append(m.docs, d)
		m.security, m.pages = m.security || d.security, m.pages || d.pages
		if d.file != nil && m.main == nil && strings.Contains(d.file.Source, "@SpringBootApplication") {
			m.main = d
		}
	}
	var out []*checks.Scope
	for _, root := range roots {
		m := byRoot[root]
		for parent := path.Dir(root); !m.security && parent != "."; parent = path.Dir(parent) {
			m.security = byRoot[parent] != nil && byRoot[parent].security
		}
		if top := byRoot["."]; top != nil {
			m.security = m.security || top.security
		}
		out = append(out, m.scopes()...)
	}
	return out, nil
}

// springRoot is the directory of the module that a file belongs to.
func springRoot(p string) string {
	if i := strings.Index("/"+p, "/src/main/"); i >= 0 {
		return cmp.Or(strings.Trim(("/" + p)[:i], "/"), ".")
	}
	return path.Dir(p)
}

func (m *springModule) scopes() []*checks.Scope {
	var out []*checks.Scope
	for _, d := range m.docs {
		if d.file != nil {
			m.chains(d, func(name string, s *clike.Stmt) {
				if len(out) < maxSpringChains {
					chain := &springChain{doc: d, scope: m.newScope(d, "chain", name, s.Start)}
					chain.defaults()
					chain.block(s.Body, "")
					out = append(out, chain.scope)
				}
			})
		}
	}
	if len(out) == 0 {
		if m.main == nil {
			return nil
		}
		scope := m.newScope(m.main, "app", "application", 0)
		if m.security {
			(&springChain{doc: m.main, scope: scope}).defaults()
		}
		out = append(out, scope)
	}
	var shared []checks.Setting
	for _, d := range m.docs {
		if d.file != nil {
			c := &springChain{doc: d, scope: &checks.Scope{}}
			c.outside()
			shared = append(shared, c.scope.Settings...)
		}
		shared = append(shared, d.settings()...)
	}
	if m.pages {
		shared = append(shared, checks.Setting{Layer: "spring", Name: "pages", Value: true, Raw: "true", Origin: checks.OriginSet, Place: out[0].Place})
	}
	for _, s := range out {
		s.Settings = append(s.Settings, shared[:min(len(shared), maxAppSettings)]...)
		for i := range s.Settings {
			s.Settings[i].Scope = s.Name
		}
	}
	return out
}

func (m *springModule) newScope(d *springDoc, kind, name string, offset int) *checks.Scope {
	place := checks.Place{Path: d.path}
	place.Line, place.Column = d.file.Position(offset)
	return &checks.Scope{Layer: "spring", Kind: kind, Name: name, Place: place}
}

// chains finds the methods that are given HttpSecurity.
func (m *springModule) chains(d *springDoc, visit func(name string, s *clike.Stmt)) {
	var walk func(body []*clike.Stmt)
	walk = func(body []*clike.Stmt) {
		for _, s := range body {
			if s.Kind == clike.Func {
				head := d.file.Source[s.Start:min(s.Start+400, s.End)]
				if brace := strings.IndexByte(head, '{'); brace > 0 {
					head = head[:brace]
				}
				if strings.Contains(head, "HttpSecurity") {
					visit("chain "+s.Name, s)
					continue
				}
			}
			walk(s.Body)
		}
	}
	walk(d.file.Body)
}
