package settings

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/python"
)

const maxPythonSize = 1 << 20 // bytes; a larger file is data, not an application's settings

func wantsPython(e *checks.Entry) bool {
	return (e.Ext() == ".py" || e.Ext() == ".pyw") && e.Size <= maxPythonSize
}

// pythonDoc is a Python file that may hold settings.
type pythonDoc struct {
	path     string
	module   *python.Module
	scope    *python.Scope // made when first asked for
	followed bool
	cut      bool // there are more applications in it, or settings of one, than are kept
}

// readPython returns a reader's read function that keeps files which hold one of the words, and those that by their
// names hold the constants of others.
func readPython(words ...string) func(*checks.File) (any, []checks.Problem) {
	marks := make([][]byte, len(words))
	for i, w := range words {
		marks[i] = []byte(w)
	}
	return func(f *checks.File) (any, []checks.Problem) {
		constants := strings.Contains(f.Name(), "config") || strings.Contains(f.Name(), "settings")
		marked := constants || slices.ContainsFunc(marks, func(m []byte) bool { return bytes.Contains(f.Data, m) })
		if !f.Whole || f.Binary() || !marked {
			return nil, nil
		}
		return &pythonDoc{path: f.Path, module: python.Of(f)}, nil
	}
}

// follow is the scope of a file, with the kept files that it imports; nil while it is being made.
func (t *pythonTree) follow(d *pythonDoc) *python.Scope {
	if !d.followed {
		d.followed = true
		d.scope = python.NewScope(d.module, func(level int, module string) *python.Scope {
			other := t.module(d.path, level, module)
			if other == nil || other == d {
				return nil
			}
			return t.follow(other)
		})
	}
	return d.scope
}

// pythonTree is the kept files of one reader.
type pythonTree struct {
	layer  string
	docs   []*pythonDoc
	paths  map[*python.Module]string
	byName map[string][]*pythonDoc // by the last element of the module's name
}

func newPythonTree(layer string, documents []document) *pythonTree {
	t := &pythonTree{layer: layer, paths: map[*python.Module]string{}, byName: map[string][]*pythonDoc{}}
	for _, d := range documents {
		doc := d.value.(*pythonDoc)
		t.docs = append(t.docs, doc)
		t.paths[doc.module] = doc.path
	}
	slices.SortFunc(t.docs, func(a, b *pythonDoc) int { return cmp.Compare(a.path, b.path) })
	for _, doc := range t.docs {
		last := path.Base(moduleName(doc.path))
		t.byName[last] = append(t.byName[last], doc)
	}
	return t
}

func (t *pythonTree) place(m *python.Module, n python.Node) checks.Place {
	start, end := n.Span()
	p := checks.Place{Path: t.paths[m]}
	p.Line, p.Column = m.Position(start)
	p.EndLine, p.EndColumn = m.Position(end)
	return p
}

// module finds the file that a dotted name means in an import of the file from: level leading dots are relative to
// it; else the last elements of a path must agree, the nearest file first.
func (t *pythonTree) module(from string, level int, dotted string) *pythonDoc {
	tail := strings.ReplaceAll(dotted, ".", "/")
	if level > 0 {
		dir := path.Dir(from)
		for range level - 1 {
			dir = path.Dir(dir)
		}
		return t.exact(path.Join(dir, tail))
	}
	if tail == "" {
		return nil
	}
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if doc := t.exact(path.Join(dir, tail)); doc != nil {
			return doc
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	for _, doc := range t.byName[path.Base(tail)] {
		if strings.HasSuffix(moduleName(doc.path), "/"+tail) {
			return doc
		}
	}
	return nil
}

func (t *pythonTree) exact(stem string) *pythonDoc {
	for _, p := range []string{stem + ".py", path.Join(stem, "__init__.py")} {
		i, ok := slices.BinarySearchFunc(t.docs, p, func(d *pythonDoc, p string) int { return cmp.Compare(d.path, p) })
		if ok {
			return t.docs[i]
		}
	}
	return nil
}

// moduleName is the path of a module without its extension; a package is its directory.
func moduleName(p string) string {
	return strings.TrimSuffix(strings.TrimSuffix(p, path.Ext(p)), "/__init__")
}

// unread tells of lines of a file that could not be read, in which settings may stand.
func (t *pythonTree) unread(d *pythonDoc) []checks.Problem {
	switch {
	case d.cut:
		return []checks.Problem{tooLarge("read the settings of "+t.layer, d.path)}
	case d.module.Bad == 0:
		return nil
	}
	return []checks.Problem{{Op: "read the settings of " + t.layer, Expected: "Python source", Actual: fmt.Sprintf("%d lines that are none", d.module.Bad),
		Retry: checks.RetryUseless, Where: d.path}}
}

// setting evaluates an expression as a setting's value.
func (t *pythonTree) setting(s *python.Scope, name string, at python.Node, x python.Expr) checks.Setting {
	return t.settingOf(s, name, at, x, s.Eval(x))
}

// settingOf is a setting of that value, written as x at a place in the module of s.
func (t *pythonTree) settingOf(s *python.Scope, name string, at python.Node, x python.Expr, v python.Value) checks.Setting {
	named := name
	if secretName(v.Variable) {
		named = v.Variable // what the variable holds is a credential, whatever the setting is called
	}
	set := checks.Setting{Layer: t.layer, Name: name, Place: t.place(s.Module(), at), Origin: checks.OriginSet, Value: plain(named, v.V)}
	if x != nil {
		set.Raw = pythonRaw(s, x)
	} else {
		set.Raw = pythonText(set.Value)
	}
	if v.Dynamic {
		set.Origin = checks.OriginDynamic
		if v.Known {
			set.Fallback = set.Value
		}
		if _, list := set.Value.([]any); v.Known && (!list || v.Certain == nil) {
			set.Raw += fmt.Sprintf(" (%s unless %s is set)", pythonText(set.Value), cmp.Or(v.Variable, "a variable"))
		}
		set.Value = nil
		if v.Certain != nil {
			set.Value = plain(named, v.Certain)
		}
	}
	if hidden(named, v) {
		set.Raw = "(secret)"
		if v.Dynamic && v.Variable != "" {
			set.Raw = "(secret, from " + v.Variable + ")"
		}
	}
	set.Raw = redacted("", set.Raw)
	return set
}

// hidden reports whether an expression may hold a credential. A switch such as allow_credentials is none.
func hidden(name string, v python.Value) bool {
	switch v.V.(type) {
	case bool, int64, float64:
		return false
	}
	return secretName(name) && !strings.HasSuffix(strings.ToLower(name), "s_credentials") && !strings.HasSuffix(strings.ToLower(name), "allow_credentials")
}

// plain makes a value fit for a setting: dictionaries become their keys, credentials their length.
func plain(name string, v any) any {
	switch v := v.(type) {
	case string:
		return redacted(name, v)
	case python.Pairs:
		keys := []any{}
		for _, p := range v {
			keys = append(keys, p.Key)
		}
		return keys
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(name, e)
		}
		return out
	}
	return v
}

// pythonText writes a value as Python would.
func pythonText(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case string:
		return strconv.Quote(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = pythonText(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return fmt.Sprint(v)
}

// Bounds of the settings made of one dictionary.
const (
	maxKeyDepth = 6
	maxKeys     = 300
)

// nested adds a setting and, for a dictionary, one for each key below it: LOGGING.root.level.
func (t *pythonTree) nested(list []checks.Setting, set checks.Setting, v python.Value) []checks.Setting {
	left := maxKeys
	return t.below(append(list, set), set.Name, v, maxKeyDepth, &left)
}

func (t *pythonTree) below(list []checks.Setting, name string, v python.Value, depth int, left *int) []checks.Setting {
	pairs, _ := v.V.(python.Pairs)
	if depth == 0 {
		return list
	}
	for _, p := range pairs {
		if *left--; *left < 0 {
			return list
		}
		p.Value.Dynamic = p.Value.Dynamic || v.Dynamic && !v.Known
		key := t.settingOf(p.Scope, name+"."+p.Key, p.Expr, p.Expr, p.Value)
		list = t.below(append(list, key), key.Name, p.Value, depth-1, left)
	}
	return list
}

// withDefaults adds the product's defaults where nothing is set. Where the scope takes settings from somewhere that
// cannot be read, elsewhere names it, and a default is only what holds if nothing is set there.
func withDefaults(scope *checks.Scope, defaults []serverDefault, elsewhere string) {
	for _, d := range defaults {
		if _, ok := scope.Get(d.setting); ok {
			continue
		}
		set := checks.Setting{Layer: scope.Layer, Name: d.setting, Value: d.value, Raw: pythonText(d.value),
			Origin: checks.OriginDefault, Place: scope.Place}
		if elsewhere != "" {
			set.Raw = fmt.Sprintf("%s (%s unless it is set there)", elsewhere, pythonText(d.value))
			set.Value, set.Fallback, set.Origin = nil, d.value, checks.OriginDynamic
		}
		scope.Settings = append(scope.Settings, set)
	}
	for i := range scope.Settings {
		scope.Settings[i].Scope = scope.Name
	}
}
