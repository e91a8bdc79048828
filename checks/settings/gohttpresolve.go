package settings

import (
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

const maxGoScopes = 2000

// resolveGo makes a scope for each server, and one for the bodies of each module whose handlers read any.
func resolveGo(docs []document) ([]*checks.Scope, []checks.Problem) {
	modules := map[string]bool{}
	packages := map[string]goConstants{}
	apps := map[string]*goApp{}
	var order []string
	for _, document := range docs {
		d := document.value.(*goDoc)
		if d.module {
			modules[path.Dir(d.path)] = true
			continue
		}
		names := packages[path.Dir(d.path)]
		if names == nil {
			names = goConstants{}
			packages[path.Dir(d.path)] = names
		}
		for name, x := range d.constants {
			names[name] = x
		}
	}
	var out []*checks.Scope
	for _, document := range docs {
		d := document.value.(*goDoc)
		if d.module || len(out) > maxGoScopes {
			continue
		}
		names := packages[path.Dir(d.path)]
		for _, s := range d.servers {
			out = append(out, s.scope(names))
		}
		for _, l := range d.messages {
			out = append(out, l.scope("grpc", "server", names, int64(4<<20)))
		}
		for _, l := range d.fiber {
			out = append(out, l.scope("fiber", "app", names, int64(4<<20)))
		}
		if len(d.bodies) == 0 && len(d.whole) == 0 && len(d.thresholds) == 0 {
			continue
		}
		dir := moduleOf(modules, d.path)
		if apps[dir] == nil {
			apps[dir] = &goApp{}
			order = append(order, dir)
		}
		apps[dir].add(d, names)
	}
	for _, dir := range order {
		if s := apps[dir].scope(); s != nil {
			out = append(out, s)
		}
		if len(apps[dir].whole) == 0 {
			out = append(out, apps[dir].thresholds...)
		}
	}
	return out, nil
}

// goApp is the handlers of one module.
type goApp struct {
	whole      []checks.Setting
	thresholds []*checks.Scope
	bodies     []checks.Setting // what bounds each handler that reads a body
}

func (a *goApp) add(d *goDoc, names goConstants) {
	for _, l := range d.whole {
		a.whole = append(a.whole, names.setting(l.name, l.place, l.limit))
	}
	for _, l := range d.thresholds {
		s := l.scope("go", "threshold", names, 0)
		a.thresholds = append(a.thresholds, s)
	}
	for _, b := range d.bodies {
		if b.limit == nil {
			a.bodies = append(a.bodies, checks.Setting{Name: "http.MaxBytesReader", Origin: checks.OriginDefault, Raw: "none in " + b.name, Place: b.place})
		} else {
			a.bodies = append(a.bodies, names.setting("http.MaxBytesReader", b.place, b.limit))
		}
	}
}

// scope is the module's application: what bounds all of it, or else the handler that takes most. nil where none reads.
func (a *goApp) scope() *checks.Scope {
	if len(a.bodies) == 0 {
		return nil
	}
	most := a.bodies[0]
	for _, set := range a.bodies[1:] {
		if larger(set, most) {
			most = set
		}
	}
	if len(a.whole) > 0 {
		most = a.whole[0]
	}
	s := &checks.Scope{Layer: "go", Kind: "app", Name: "handlers", Place: most.Place, Settings: []checks.Setting{most}}
	s.Settings[0].Layer, s.Settings[0].Scope = s.Layer, s.Name
	return s
}

// larger reports whether a lets more through than b. What is not known until run time is more than any number.
func larger(a, b checks.Setting) bool {
	rank := func(set checks.Setting) float64 {
		n, isInt := set.Value.(int64)
		switch {
		case isInt:
			return float64(n)
		case set.Dynamic():
			return math.MaxFloat64
		}
		return math.Inf(1)
	}
	return rank(a) > rank(b)
}

// goTimeouts are the fields of http.Server that bound how long a request may take to arrive. Where ReadHeaderTimeout is
// not set, ReadTimeout is it.
var goTimeouts = []string{"ReadHeaderTimeout", "ReadTimeout"}

func (s *goServer) scope(names goConstants) *checks.Scope {
	out := &checks.Scope{Layer: "go", Kind: "server", Name: s.name, Place: s.place}
	if text, ok := s.address.(*ast.BasicLit); ok {
		address := strings.Trim(text.Value, "\"`")
		out.Settings = []checks.Setting{{Layer: out.Layer, Name: "address", Value: address, Raw: address, Origin: checks.OriginSet, Scope: out.Name, Place: s.place}}
	}
	for _, name := range goTimeouts {
		set := checks.Setting{Name: name, Value: int64(0), Raw: "0", Origin: checks.OriginDefault, Place: s.place}
		if x := s.fields[name]; x != nil {
			set = names.setting(name, s.place, x)
		}
		set.Layer, set.Scope = out.Layer, out.Name
		out.Settings = append(out.Settings, set)
	}
	return out
}

func (l *goLimit) scope(layer, kind string, names goConstants, unset int64) *checks.Scope {
	s := &checks.Scope{Layer: layer, Kind: kind, Name: l.name, Place: l.place}
	set := checks.Setting{Name: l.name, Value: unset, Origin: checks.OriginDefault, Place: l.place}
	if l.limit != nil {
		set = names.setting(l.name, l.place, l.limit)
	}
	set.Layer, set.Scope = layer, s.Name
	s.Settings = []checks.Setting{set}
	return s
}

// goConstants are the constants and variables of a package.
type goConstants map[string]ast.Expr

func (c goConstants) setting(name string, place checks.Place, x ast.Expr) checks.Setting {
	set := checks.Setting{Name: name, Place: place, Origin: checks.OriginDynamic}
	if text, ok := x.(*ast.BasicLit); ok && text.Kind == token.STRING {
		set.Raw = strings.Trim(text.Value, "\"`")
		if size, ok := goSizeText(set.Raw); ok {
			set.Origin, set.Value = checks.OriginSet, size
		}
		return set
	}
	left := maxGoSteps
	n, ok := c.number(x, &left)
	if ok {
		set.Origin, set.Value = checks.OriginSet, n
		if n >= math.MaxInt32 {
			set.Value = nil // as much as the type holds
		}
	}
	return set
}

// goSizeText reads Echo's "2M" and "512KB": powers of 1024.
func goSizeText(text string) (int64, bool) {
	upper := strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "B")
	for i, unit := range []string{"K", "M", "G", "T"} {
		if digits, ok := strings.CutSuffix(upper, unit); ok {
			n := leadingNumber(digits)
			return int64(n) << (10 * (i + 1)), digits != "" && strings.Trim(digits, "0123456789") == ""
		}
	}
	return int64(leadingNumber(upper)), upper != "" && strings.Trim(upper, "0123456789") == ""
}

// goNumbers are the constants of other packages that limits are written with.
var goNumbers = map[string]int64{"time.Nanosecond": 1, "time.Microsecond": 1e3, "time.Millisecond": 1e6, "time.Second": 1e9, "time.Minute": 60e9, "time.Hour": 3600e9,
	"math.MaxInt32": math.MaxInt32, "math.MaxInt64": math.MaxInt64, "math.MaxInt": math.MaxInt64, "math.MaxUint32": math.MaxUint32}

// maxGoSteps bounds the work of one expression: constants may be made of constants of constants.
const maxGoSteps = 1000

// number works out a constant expression.
func (c goConstants) number(x ast.Expr, left *int) (int64, bool) {
	if *left--; *left < 0 {
		return 0, false
	}
	switch n := x.(type) {
	case *ast.BasicLit:
		v := constant.ToInt(constant.MakeFromLiteral(n.Value, n.Kind, 0))
		if v.Kind() != constant.Int {
			return 0, false
		}
		return constant.Int64Val(v)
	case *ast.ParenExpr:
		return c.number(n.X, left)
	case *ast.UnaryExpr:
		v, ok := c.number(n.X, left)
		return -v, ok && n.Op == token.SUB
	case *ast.Ident:
		if bound := c[n.Name]; bound != nil {
			return c.number(bound, left)
		}
	case *ast.SelectorExpr:
		if pkg, ok := n.X.(*ast.Ident); ok {
			v, known := goNumbers[pkg.Name+"."+n.Sel.Name]
			return v, known
		}
	case *ast.CallExpr: // int64(10 << 20)
		if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) == 1 && slices.Contains([]string{"int", "int64", "int32", "uint64"}, id.Name) {
			return c.number(n.Args[0], left)
		}
	case *ast.BinaryExpr:
		return c.binary(n, left)
	}
	return 0, false
}

func (c goConstants) binary(n *ast.BinaryExpr, left *int) (int64, bool) {
	a, ok := c.number(n.X, left)
	b, also := c.number(n.Y, left)
	if !ok || !also {
		return 0, false
	}
	switch n.Op {
	case token.MUL:
		return a * b, a == 0 || b == 0 || a*b/b == a
	case token.SHL:
		return a << min(uint64(b), 62), b >= 0 && b < 63
	case token.ADD:
		return a + b, true
	case token.SUB:
		return a - b, true
	case token.QUO:
		if b != 0 {
			return a / b, true
		}
	}
	return 0, false
}
