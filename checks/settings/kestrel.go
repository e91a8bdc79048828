package settings

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/clike"
)

// kestrelReader reads the body limits of ASP.NET Core: Kestrel's in code and appsettings.json, the attributes of actions,
// and those of forms.
func kestrelReader() reader {
	return reader{layer: "kestrel", hints: []string{"program.cs", "startup.cs", "appsettings"}, resolve: standalone, read: readKestrel,
		wants: func(e *checks.Entry) bool {
			return e.Size <= maxScriptSize && (e.Ext() == ".cs" || strings.HasPrefix(e.Name(), "appsettings") && e.Ext() == ".json" &&
				!strings.Contains(e.Name(), "Development"))
		}}
}

var kestrelMarks = marks("MaxRequestBodySize", "RequestSizeLimit", "MultipartBodyLengthLimit", "WebApplication.Create", "UseKestrel", "CreateDefaultBuilder")

// kestrelDefault is KestrelServerLimits.MaxRequestBodySize, in bytes.
const kestrelDefault = int64(30_000_000)

func readKestrel(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	if f.Ext() == ".json" {
		return kestrelJSON(f), nil
	}
	if !slices.ContainsFunc(kestrelMarks, func(m []byte) bool { return bytes.Contains(f.Data, m) }) {
		return nil, nil
	}
	k := &kestrelFile{ast: clike.Of(f, clike.CSharp), file: f, constants: map[string]*clike.Expr{}}
	clike.Each(k.ast.Body, k.visit)
	if k.app == nil && k.makes != nil {
		k.scope("app", "application", k.makes, checks.Setting{Name: "MaxRequestBodySize", Value: kestrelDefault, Raw: "30000000", Origin: checks.OriginDefault})
	}
	if len(k.out) == 0 {
		return nil, nil
	}
	return k.out, nil
}

// kestrelFile reads one source file.
type kestrelFile struct {
	ast       *clike.File
	file      *checks.File
	constants map[string]*clike.Expr
	makes     *clike.Expr   // what makes the application
	app       *checks.Scope // where its limit is set
	out       []*checks.Scope
}

func (k *kestrelFile) visit(x *clike.Expr) bool {
	switch x.Kind {
	case clike.Assign:
		if x.X.Kind == clike.Name {
			k.constants[x.X.Text] = x.Y
		}
		if x.X.Kind == clike.Member || x.X.Kind == clike.Name {
			k.assigned(x, x.X.Text)
		}
	case clike.Call, clike.New:
		k.called(x)
	case clike.Name:
		if x.Text == "DisableRequestSizeLimit" {
			k.scope("route", x.Text, x, checks.Setting{Name: x.Text, Raw: x.Text, Origin: checks.OriginSet})
		}
	}
	return true
}

func (k *kestrelFile) assigned(x *clike.Expr, name string) {
	switch name {
	case "MaxRequestBodySize":
		s := k.scope("app", "application", x, k.setting(name, x.Y))
		if strings.Contains(k.ast.Text(x.X), "Limits") || strings.Contains(k.file.Text(), "ConfigureKestrel") {
			k.app = s
		}
	case "MultipartBodyLengthLimit":
		k.scope("form", "FormOptions", x, k.setting(name, x.Y))
	}
}

func (k *kestrelFile) called(x *clike.Expr) {
	if x.X == nil {
		return
	}
	switch x.X.Text {
	case "RequestSizeLimit":
		if len(x.List) == 1 {
			k.scope("route", x.X.Text, x, k.setting(x.X.Text, x.List[0]))
		}
	case "DisableRequestSizeLimit":
		k.scope("route", x.X.Text, x, checks.Setting{Name: x.X.Text, Raw: x.X.Text, Origin: checks.OriginSet})
	case "CreateBuilder", "CreateSlimBuilder", "CreateDefaultBuilder", "UseKestrel":
		if k.makes == nil {
			k.makes = x
		}
	}
}

// setting is a number of bytes, or null for no limit.
func (k *kestrelFile) setting(name string, x *clike.Expr) checks.Setting {
	set := checks.Setting{Name: name, Raw: oneLine(k.ast.Text(x)), Origin: checks.OriginDynamic}
	text := set.Raw
	if text == "null" || text == "long.MaxValue" || text == "int.MaxValue" {
		set.Origin = checks.OriginSet
		return set
	}
	left := 50
	if n, ok := k.number(x, &left); ok {
		set.Value, set.Origin = n, checks.OriginSet
	}
	return set
}

// number works out a product of constants.
func (k *kestrelFile) number(x *clike.Expr, left *int) (int64, bool) {
	if *left--; x == nil || *left < 0 {
		return 0, false
	}
	switch x.Kind {
	case clike.Number:
		n, err := strconv.ParseInt(strings.TrimRight(strings.ReplaceAll(x.Text, "_", ""), "lLuU"), 0, 64)
		return n, err == nil
	case clike.Name:
		return k.number(k.constants[x.Text], left)
	case clike.Binary:
		a, ok := k.number(x.X, left)
		b, also := k.number(x.Y, left)
		if ok && also && a >= 0 && b >= 0 && a < 1<<31 && b < 1<<31 {
			switch x.Text {
			case "*":
				return a * b, true
			case "+":
				return a + b, true
			case "<<":
				return a << min(b, 31), true
			}
		}
	}
	return 0, false
}

const maxKestrelScopes = 500

func (k *kestrelFile) scope(kind, name string, x *clike.Expr, set checks.Setting) *checks.Scope {
	place := k.file.Place(x.Start, x.End)
	s := &checks.Scope{Layer: "kestrel", Kind: kind, Name: name, Place: place}
	set.Layer, set.Scope, set.Place = s.Layer, name, place
	s.Settings = []checks.Setting{set}
	if len(k.out) < maxKestrelScopes {
		k.out = append(k.out, s)
	}
	return s
}

// kestrelJSON reads Kestrel:Limits:MaxRequestBodySize of appsettings.json; nil where it is not there.
func kestrelJSON(f *checks.File) any {
	var settings struct {
		Kestrel struct {
			Limits map[string]json.RawMessage
		}
	}
	raw, ok := json.RawMessage(nil), false
	if json.Unmarshal(f.Data, &settings) == nil {
		raw, ok = settings.Kestrel.Limits["MaxRequestBodySize"]
	}
	at := strings.Index(f.Text(), `"MaxRequestBodySize"`)
	if !ok || at < 0 {
		return nil
	}
	s := &checks.Scope{Layer: "kestrel", Kind: "app", Name: "appsettings", Place: f.Place(at, at)}
	set := checks.Setting{Layer: s.Layer, Name: "MaxRequestBodySize", Raw: string(raw), Origin: checks.OriginSet, Scope: s.Name, Place: s.Place}
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		set.Value = n
	}
	s.Settings = []checks.Setting{set}
	return []*checks.Scope{s}
}
