package python

import (
	"strconv"
	"strings"
)

// callValue knows the calls that settings are written with: environment look-ups with a default, casts, durations.
func (s *Scope) callValue(c *Call) Value {
	if v, ok := s.environment(c); ok {
		return v
	}
	if v, ok := s.method(c); ok {
		return v
	}
	switch q := s.Qualified(c.Func); q {
	case "int", "float", "str", "bool", "list", "tuple", "set", "frozenset":
		if len(c.Args) == 0 {
			return cast(q, constant(nil))
		}
		return cast(q, s.eval(c.Args[0].Value))
	case "getattr":
		if len(c.Args) == 3 { // of a module of settings that only the installation has
			v := s.eval(c.Args[2].Value)
			v.Dynamic, v.Variable, v.Certain = true, s.text(c.Args[1].Value), nil
			return v
		}
	case "timedelta", "datetime.timedelta":
		return s.duration(c)
	case "dict":
		pairs := Pairs{}
		for _, a := range c.Args {
			if a.Name != "" {
				pairs = append(pairs, Pair{a.Name, s.eval(a.Value), a.Value, s})
			}
		}
		return constant(pairs)
	case "distutils.util.strtobool", "strtobool", "setuptools.distutils.util.strtobool":
		if len(c.Args) == 1 {
			return cast("flag", s.eval(c.Args[0].Value))
		}
	}
	return unknown
}

// environment is os.environ.get, os.getenv, django-environ's env and decouple's config. What they return is
// dynamic; it is Known where a default is given.
func (s *Scope) environment(c *Call) (Value, bool) {
	switch s.Qualified(c.Func) {
	case "os.environ.get", "os.getenv", "os.environ.setdefault":
		return s.fallback(c, "", constant(nil)), true
	case "decouple.config", "config":
		return s.fallback(c, "", unknown), true
	}
	root, method := c.Func, ""
	if a, ok := root.(*Attribute); ok {
		root, method = a.X, a.Name
	}
	if ownReader(root, method) {
		return s.fallback(c, "", unknown), true
	}
	id, ok := root.(*Name)
	switch {
	case !ok:
	case s.isEnviron(id.ID):
		return s.fallback(c, method, s.scheme(id.ID, c)), true
	case id.ID == "config" && method == "" && strings.HasSuffix(s.imported(id.ID), ".config"):
		return s.fallback(c, "", unknown), true
	}
	return unknown, false
}

// ownReader reports a function that a project wrote for itself, by its name: env_bool("NAME", False), getenv_int,
// get_bool_env.
func ownReader(root Expr, method string) bool {
	name := method
	if id, ok := root.(*Name); ok && name == "" {
		name = id.ID
	}
	words := strings.Split(strings.Trim(strings.ToLower(name), "_"), "_")
	env, kind := false, len(words) == 1
	for _, w := range words {
		switch w {
		case "env", "getenv", "environ":
			env = true
		case "get", "read", "from", "as", "var", "variable", "value":
			kind = true
		case "bool", "boolean", "int", "float", "str", "string", "list", "flag", "csv", "setting":
			kind = true
		default:
			return false
		}
	}
	return env && kind && name != "env" && name != "environ"
}

// isEnviron reports whether a name is an environment reader by its own name or by what it was assigned.
func (s *Scope) isEnviron(root string) bool {
	if root == "env" || root == "environ" {
		return true
	}
	call, ok := s.Bound(root).(*Call)
	if !ok {
		return false
	}
	switch s.Qualified(call.Func) {
	case "environ.Env", "environ.FileAwareEnv", "environs.Env", "Env":
		return true
	}
	return false
}

// scheme is the default that Env(NAME=(cast, default)) declared for the variable a call reads.
func (s *Scope) scheme(root string, c *Call) Value {
	made, ok := s.Bound(root).(*Call)
	if !ok || len(c.Args) == 0 {
		return unknown
	}
	for _, a := range made.Args {
		if pair, ok := a.Value.(*Sequence); ok && len(pair.Items) == 2 && a.Name == s.text(c.Args[0].Value) {
			return s.eval(pair.Items[1])
		}
	}
	return unknown
}

// fallback is the value of a look-up while its variable is not set.
func (s *Scope) fallback(c *Call, method string, v Value) Value {
	variable, how := "", ""
	for i, a := range c.Args {
		switch {
		case i == 0 && a.Name == "" || a.Name == "key" || a.Name == "name" || a.Name == "var":
			variable = s.text(a.Value)
		case i == 1 && a.Name == "" || a.Name == "default":
			v = s.eval(a.Value)
		case a.Name == "cast":
			how = s.castName(a.Value)
		}
	}
	switch method {
	case "bool", "int", "float":
		how = method
	}
	if how == "bool" {
		how = "flag" // their bool reads "False" as false
	}
	if how != "" && v.Known && v.V != nil {
		v = cast(how, v)
	}
	v.Dynamic, v.Variable, v.Certain = true, variable, nil
	return v
}

// castName is what decouple's cast argument does: a type, Csv(), or something that is not known.
func (s *Scope) castName(x Expr) string {
	if call, ok := x.(*Call); ok && strings.HasSuffix(s.Qualified(call.Func), "Csv") {
		return "csv"
	}
	switch q := s.Qualified(x); q {
	case "bool", "int", "float", "str":
		return q
	}
	return "unknown"
}

// cast is int(x) and its like; "csv" splits at commas; "flag" is a truth value written as a word.
func cast(to string, v Value) Value {
	if !v.Known {
		return Value{Dynamic: true, Variable: v.Variable}
	}
	switch to {
	case "bool":
		b, ok := truth(v.V)
		return v.as(b, ok)
	case "flag":
		text, isText := v.V.(string)
		if !isText {
			return cast("bool", v)
		}
		switch strings.ToLower(text) {
		case "1", "y", "yes", "t", "true", "on", "ok":
			return v.as(true, true)
		case "0", "n", "no", "f", "false", "off", "":
			return v.as(false, true)
		}
		return v.as(nil, false)
	case "csv":
		text, ok := v.V.(string)
		parts := []any{}
		for _, p := range strings.Split(text, ",") {
			if p = strings.TrimSpace(p); p != "" {
				parts = append(parts, p)
			}
		}
		return v.as(parts, ok)
	case "list", "tuple", "set", "frozenset":
		list, ok := v.V.([]any)
		return v.as(list, ok || v.V == nil)
	case "int":
		return castInt(v)
	case "float":
		f, ok := floating(v.V)
		return v.as(f, ok)
	case "str":
		switch x := v.V.(type) {
		case string:
			return v
		case int64:
			return v.as(strconv.FormatInt(x, 10), true)
		}
	}
	return v.as(nil, false)
}

func castInt(v Value) Value {
	switch x := v.V.(type) {
	case int64:
		return v
	case float64:
		return v.as(int64(x), x >= -1<<53 && x <= 1<<53)
	case bool:
		if x {
			return v.as(int64(1), true)
		}
		return v.as(int64(0), true)
	case string:
		n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(x), "_", ""), 10, 64)
		return v.as(n, err == nil)
	}
	return v.as(nil, false)
}

// method is a method of a string, or total_seconds of a duration.
func (s *Scope) method(c *Call) (Value, bool) {
	f, ok := c.Func.(*Attribute)
	if !ok {
		return unknown, false
	}
	switch f.Name {
	case "lower", "upper", "strip", "split", "total_seconds", "title", "capitalize":
	default:
		return unknown, false
	}
	v := s.eval(f.X)
	if f.Name == "total_seconds" {
		return v, true
	}
	text, ok := v.V.(string)
	if !ok || !v.Known {
		return Value{Dynamic: true, Variable: v.Variable}, true
	}
	switch f.Name {
	case "lower":
		return v.as(strings.ToLower(text), true), true
	case "upper":
		return v.as(strings.ToUpper(text), true), true
	case "strip":
		return v.as(strings.TrimSpace(text), len(c.Args) == 0), true
	case "split":
		return v.as(s.split(text, c)), true
	}
	return v.as(nil, false), true
}

func (s *Scope) split(text string, c *Call) (any, bool) {
	parts := strings.Fields(text)
	if len(c.Args) > 0 {
		separator := s.text(c.Args[0].Value)
		if separator == "" || len(c.Args) > 1 {
			return nil, false
		}
		parts = strings.Split(text, separator)
	}
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out, true
}

var unitSeconds = map[string]int64{"days": 86400, "seconds": 1, "minutes": 60, "hours": 3600, "weeks": 604800}

// duration is timedelta(...) in whole seconds.
func (s *Scope) duration(c *Call) Value {
	out := constant(nil)
	total := int64(0)
	for i, a := range c.Args {
		unit := a.Name
		if unit == "" && i < 2 {
			unit = []string{"days", "seconds"}[i]
		}
		v := s.eval(a.Value)
		out = out.with(v)
		n, ok := v.V.(int64)
		if !ok || unitSeconds[unit] == 0 || n > 1<<31 || n < 0 {
			return Value{Dynamic: true, Variable: v.Variable}
		}
		total += n * unitSeconds[unit]
	}
	return out.as(total, true)
}
