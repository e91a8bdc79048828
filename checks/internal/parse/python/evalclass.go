package python

import "strings"

// maxClasses bounds the bases that an attribute is looked for in.
const maxClasses = 8

// freshNonce stands for what the constant NONCE becomes: a value that differs in every answer.
const freshNonce = "'nonce-differsInEveryAnswer'"

// libraryConstants are those that settings are written with: django/utils/csp.py, csp/constants.py of django-csp 4, and
// logging/__init__.py.
var libraryConstants = map[string]any{
	"django.utils.csp.CSP.NONCE": freshNonce, "csp.constants.NONCE": freshNonce, "csp.constants.SELF": "'self'", "csp.constants.NONE": "'none'",
	"csp.constants.UNSAFE_INLINE": "'unsafe-inline'", "csp.constants.UNSAFE_EVAL": "'unsafe-eval'", "csp.constants.UNSAFE_HASHES": "'unsafe-hashes'",
	"csp.constants.STRICT_DYNAMIC": "'strict-dynamic'", "csp.constants.REPORT_SAMPLE": "'report-sample'", "csp.constants.WASM_UNSAFE_EVAL": "'wasm-unsafe-eval'",
	"csp.constants.UNSAFE_ALLOW_REDIRECTS": "'unsafe-allow-redirects'",
	"django.utils.csp.CSP.SELF":            "'self'", "django.utils.csp.CSP.NONE": "'none'", "django.utils.csp.CSP.UNSAFE_INLINE": "'unsafe-inline'",
	"django.utils.csp.CSP.UNSAFE_EVAL": "'unsafe-eval'", "django.utils.csp.CSP.UNSAFE_HASHES": "'unsafe-hashes'",
	"django.utils.csp.CSP.STRICT_DYNAMIC": "'strict-dynamic'", "django.utils.csp.CSP.REPORT_SAMPLE": "'report-sample'",
	"django.utils.csp.CSP.WASM_UNSAFE_EVAL": "'wasm-unsafe-eval'",
	"logging.DEBUG":                         int64(10), "logging.INFO": int64(20), "logging.WARNING": int64(30), "logging.ERROR": int64(40), "logging.CRITICAL": int64(50),
}

// attributeValue is Class.NAME, module.NAME, or a field of the one object that is made of a class of settings.
func (s *Scope) attributeValue(x *Attribute) Value {
	id, ok := x.X.(*Name)
	if !ok {
		return unknown
	}
	if v, ok := libraryConstants[s.Qualified(x)]; ok {
		return constant(v)
	}
	b, ok := s.Lookup(id.ID)
	if !ok {
		return s.moduleValue(id.ID, x.Name)
	}
	if c, ok := b.Stmt.(*Class); ok {
		return b.Scope.field(c, x.Name, maxClasses)
	}
	call, ok := b.Expr.(*Call)
	if !ok || b.Scope == nil || b.Value.Known {
		return unknown
	}
	c, at := b.Scope.made(call)
	if c == nil {
		return unknown
	}
	for _, a := range call.Args {
		if a.Name == x.Name {
			return unknown
		}
	}
	return at.field(c, x.Name, maxClasses)
}

// made is the class that a call makes an object of: Settings(), or get_settings() whose function returns one.
func (s *Scope) made(call *Call) (*Class, *Scope) {
	id, ok := call.Func.(*Name)
	if !ok {
		return nil, nil
	}
	b, _ := s.Lookup(id.ID)
	switch n := b.Stmt.(type) {
	case *Class:
		return n, b.Scope
	case *Function:
		if len(n.Body) == 0 {
			return nil, nil
		}
		last, ok := n.Body[len(n.Body)-1].(*Jump)
		if !ok || last.Word != "return" || len(last.Args) == 0 {
			return nil, nil
		}
		if inner, ok := last.Args[0].(*Call); ok {
			if id, ok := inner.Func.(*Name); ok {
				made, _ := b.Scope.Lookup(id.ID)
				if c, ok := made.Stmt.(*Class); ok {
					return c, made.Scope
				}
			}
		}
	}
	return nil, nil
}

// moduleValue is a name of an imported module: config.DEBUG.
func (s *Scope) moduleValue(id, attribute string) Value {
	_, from, _ := s.local(id)
	if s.find == nil || from.module == "" && from.level == 0 {
		return unknown
	}
	module := s.find(from.level, strings.Trim(from.module+"."+from.name, "."))
	if module == nil {
		return unknown
	}
	b, _, ok := module.local(attribute)
	if !ok {
		return unknown
	}
	return b.Value
}

// field is the value that a class gives an attribute. That of a settings class of pydantic can be set in the
// environment, by the name of the field.
func (s *Scope) field(c *Class, name string, left int) Value {
	b, at, ok := s.member(c, name, left)
	if !ok {
		return unknown
	}
	if !s.settingsClass(c, left) {
		return b.Value
	}
	v := b.Value
	if call, ok := b.Expr.(*Call); ok {
		v = at.pydanticField(call, v)
	}
	v.Dynamic, v.Certain = true, nil
	if v.Variable == "" {
		v.Variable = strings.ToUpper(s.variablePrefix(c, left) + name)
	}
	return v
}

// variablePrefix is env_prefix of a settings class: of its model_config, or its inner class Config.
func (s *Scope) variablePrefix(c *Class, left int) string {
	inner := s.Class(c)
	if config, ok := inner.names["model_config"]; ok {
		if call, ok := config.Expr.(*Call); ok {
			for _, a := range call.Args {
				if a.Name == "env_prefix" {
					return inner.text(a.Value)
				}
			}
		}
	}
	if config, ok := inner.names["Config"].Stmt.(*Class); ok {
		prefix, _ := inner.Class(config).names["env_prefix"].Value.V.(string)
		return prefix
	}
	for _, base := range s.bases(c) {
		if left > 0 {
			return base.Scope.variablePrefix(base.Stmt.(*Class), left-1)
		}
	}
	return ""
}

// member finds an attribute in a class or its bases.
func (s *Scope) member(c *Class, name string, left int) (Binding, *Scope, bool) {
	inner := s.Class(c)
	if b, ok := inner.names[name]; ok {
		return b, inner, true
	}
	if left == 0 {
		return Binding{}, nil, false
	}
	for _, base := range s.bases(c) {
		if b, at, ok := base.Scope.member(base.Stmt.(*Class), name, left-1); ok {
			return b, at, true
		}
	}
	return Binding{}, nil, false
}

// bases are the classes that a class builds on, as far as they are known.
func (s *Scope) bases(c *Class) []Binding {
	var out []Binding
	for _, a := range c.Args {
		id, ok := a.Value.(*Name)
		if !ok || a.Name != "" {
			continue
		}
		b, _ := s.Lookup(id.ID)
		if base, ok := b.Stmt.(*Class); ok && base != c && b.Scope != nil {
			out = append(out, b)
		}
	}
	return out
}

// settingsClass reports a class of pydantic's settings.
func (s *Scope) settingsClass(c *Class, left int) bool {
	for _, a := range c.Args {
		if strings.HasSuffix(s.Qualified(a.Value), "BaseSettings") {
			return true
		}
	}
	if left == 0 {
		return false
	}
	for _, base := range s.bases(c) {
		if base.Scope.settingsClass(base.Stmt.(*Class), left-1) {
			return true
		}
	}
	return false
}

// pydanticField is the default of Field(default, env=NAME).
func (s *Scope) pydanticField(call *Call, v Value) Value {
	if q := s.Qualified(call.Func); q != "pydantic.Field" && q != "Field" {
		return v
	}
	v = unknown
	variable := ""
	for i, a := range call.Args {
		switch {
		case i == 0 && a.Name == "" || a.Name == "default":
			if word, ok := a.Value.(*Constant); !ok || word.Word != "..." {
				v = s.eval(a.Value)
			}
		case a.Name == "env" || a.Name == "validation_alias" || a.Name == "alias":
			variable = s.text(a.Value)
		}
	}
	if variable != "" {
		v.Variable = variable
	}
	return v
}
