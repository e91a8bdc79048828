package settings

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/apache"
)

// apacheDirective says how a directive is read and merged. A nil value means its text.
type apacheDirective struct {
	value func(args []string) (any, bool) // false: httpd would refuse it
	def   any                             // what holds where nothing is set; nil is nothing
	many  bool                            // every one counts, not the last
	keep  bool                            // with many: those of the outer level count too
}

// apacheDirectives is the vocabulary, after the manual of httpd 2.4, spelled as there. Header is in apacheHeader.
var apacheDirectives = map[string]apacheDirective{
	"LimitRequestBody":      {value: apacheInt, def: int64(1 << 30)}, // 0 before 2.4.54
	"LimitRequestFields":    {value: apacheInt, def: int64(100)},
	"LimitRequestFieldSize": {value: apacheInt, def: int64(8190)},
	"LimitRequestLine":      {value: apacheInt, def: int64(8190)},
	"LimitXMLRequestBody":   {value: apacheInt, def: int64(1000000)},
	"SecRuleEngine":         {},
	"SecRequestBodyAccess":  {value: apacheFlag},
	"SecRequestBodyLimit":   {value: apacheInt},
	"php_value":             {many: true, keep: true},
	"php_admin_value":       {many: true, keep: true},
	"Timeout":               {value: apacheInt, def: int64(60)},
	"RequestReadTimeout":    {},
	"ServerTokens":          {def: "Full"},
	"ServerSignature":       {value: apacheFlag, def: false},
	"TraceEnable":           {value: apacheFlag, def: true},
	"FileETag":              {def: "MTime Size"},
	"CustomLog":             {many: true},
	"TransferLog":           {many: true},
	"ForensicLog":           {},
	"ErrorLog":              {def: "logs/error_log"},
	"ErrorLogFormat":        {},
	"DumpIOInput":           {value: apacheFlag},
	"RemoteIPHeader":        {},
	"RemoteIPTrustedProxy":  {many: true, keep: true},
	"RemoteIPInternalProxy": {many: true, keep: true},
	"LogLevel":              {def: "warn"},
	"LogFormat":             {many: true, keep: true},
	"ProxyPass":             {many: true, keep: true},
	"ProxyPassMatch":        {many: true, keep: true},
	"SetHandler":            {},
	"SSLEngine":             {value: apacheFlag},
	"SSLProtocol":           {},
	"Options":               {def: "FollowSymlinks"},
	"AllowOverride":         {def: "None"},
	"Redirect":              {many: true, keep: true},
	"RedirectMatch":         {many: true, keep: true},
	"RewriteEngine":         {value: apacheFlag},
	"RewriteRule":           {many: true, keep: true},
	"User":                  {},
	"Group":                 {},
	"DocumentRoot":          {},
	"ServerName":            {},
	"ServerAlias":           {many: true},
	"Listen":                {many: true},
	"Header":                {many: true, keep: true},
}

// apacheSpelling maps the lower-case name to the manual's.
var apacheSpelling = func() map[string]string {
	out := map[string]string{}
	for name := range apacheDirectives {
		out[strings.ToLower(name)] = name
	}
	return out
}()

// apacheSetting is what one directive sets; false where it sets nothing we know.
func apacheSetting(d *apache.Directive, args []string, dynamic bool) (checks.Setting, bool) {
	name, known := apacheSpelling[strings.ToLower(d.Name)]
	if !known || d.Section {
		return checks.Setting{}, false
	}
	s := checks.Setting{Layer: "apache", Name: name, Raw: strings.Join(args, " "), Origin: checks.OriginSet, Place: d.Place}
	spec := apacheDirectives[name]
	ok := true
	switch {
	case name == "Header":
		if ok = apacheHeader(&s, args); !ok {
			return s, false
		}
	case strings.HasPrefix(name, "php_"):
		if len(args) != 2 {
			return s, false
		}
		s.Name, s.Raw, s.Value = name+" "+args[0], args[1], phpValue(args[0], args[1])
	case name == "LogFormat":
		if len(args) == 0 {
			return s, false
		}
		nickname := "default" // LogFormat without a nickname is for TransferLog
		if len(args) > 1 {
			nickname = args[1]
		}
		s.Name, s.Value, s.Raw = name+" "+nickname, args[0], args[0]
	case spec.value != nil:
		if s.Value, ok = spec.value(args); !ok {
			s.Origin = checks.OriginDynamic
		}
	default:
		s.Value = s.Raw
	}
	if dynamic {
		s.Origin = checks.OriginDynamic
	}
	if s.Dynamic() {
		s.Value = nil
	}
	return s, true
}

func apacheInt(args []string) (any, bool) {
	if len(args) != 1 {
		return nil, false
	}
	n, err := strconv.ParseInt(args[0], 10, 64)
	return n, err == nil && n >= 0
}

// apacheFlag reads on and off; a third word, such as extended, stays text.
func apacheFlag(args []string) (any, bool) {
	if v, ok := onOff(args); ok || len(args) != 1 {
		return v, ok
	}
	word := strings.ToLower(args[0])
	return word, word == "extended" || word == "email" || word == "optional"
}

// mergeApache puts the settings of an inner level over those of the outer one: a directive of the inner level
// replaces the outer's, except those that add up.
func mergeApache(outer, inner []checks.Setting) []checks.Setting {
	out := slices.Clone(outer)
	replaced := map[string]bool{} // names whose outer settings an inner one has replaced
	for _, s := range inner {
		base, _, _ := strings.Cut(s.Name, " ")
		spec := apacheDirectives[base]
		if base == "Options" {
			s = mergeOptions(out, s)
		}
		switch {
		case base == "Header":
			out = slices.DeleteFunc(out, func(o checks.Setting) bool { return displacesHeader(&s, &o) })
		case !spec.many, !spec.keep && !replaced[base]:
			out = slices.DeleteFunc(out, func(o checks.Setting) bool { return o.Name == s.Name })
		}
		replaced[base] = true
		out = append(out, s)
	}
	return out
}

// mergeOptions applies "+Indexes -FollowSymLinks" to the options in effect; without signs they replace them.
func mergeOptions(outer []checks.Setting, s checks.Setting) checks.Setting {
	fields := strings.Fields(s.Text())
	if s.Dynamic() || len(fields) == 0 || !strings.ContainsAny(fields[0][:1], "+-") {
		return s
	}
	have := strings.Fields(apacheDirectives["Options"].def.(string))
	for _, o := range outer {
		if o.Name == "Options" {
			have = strings.Fields(o.Text())
		}
	}
	have = slices.Clone(have)
	for _, f := range fields {
		name := strings.TrimLeft(f, "+-")
		have = slices.DeleteFunc(have, func(h string) bool { return strings.EqualFold(h, name) })
		if f[0] == '+' {
			have = append(have, name)
		}
	}
	s.Value = strings.Join(have, " ")
	if len(have) == 0 {
		s.Value = "None"
	}
	return s
}
