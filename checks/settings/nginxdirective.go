package settings

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// inheritance is how a block gets a directive's value from the block around it.
type inheritance int

const (
	inheritOverride   inheritance = iota // the outer value counts where the block sets none
	inheritAccumulate                    // outer values count too, before the block's own
	inheritReturn                        // a server's counts in its locations, a location's nowhere else
	inheritHandler                       // only an "if" gets the handler of its location
	inheritNever
)

// nginxDirective says how a directive is read. A nil value means its text.
type nginxDirective struct {
	value   func(args []string) (any, bool) // false: nginx would refuse it
	def     any                             // what holds where nothing is set; nil is nothing
	inherit inheritance
	slot    string // directives that displace each other share one; "" means its own
}

// nginxDirectives is the vocabulary, after the module references at nginx.org. Header directives are in
// nginxHeader.
var nginxDirectives = map[string]nginxDirective{
	"client_max_body_size":        {value: nginxSize, def: int64(1 << 20)},
	"client_body_timeout":         {value: nginxTime, def: int64(60)},
	"client_header_timeout":       {value: nginxTime, def: int64(60)},
	"send_timeout":                {value: nginxTime, def: int64(60)},
	"large_client_header_buffers": {def: "4 8k"},
	"server_tokens":               {value: nginxTokens, def: true},
	"autoindex":                   {value: onOff, def: false},
	"access_log":                  {def: "logs/access.log combined"},
	"error_log":                   {def: "logs/error.log error"},
	"log_format":                  {inherit: inheritNever},
	"set_real_ip_from":            {},
	"listen":                      {},
	"server_name":                 {},
	"return":                      {inherit: inheritReturn},
	"index":                       {},
	"try_files":                   {inherit: inheritNever},
	"rewrite":                     {inherit: inheritNever},
	"root":                        {slot: "root"},
	"alias":                       {slot: "root"},
	"deny":                        {},
	"internal":                    {inherit: inheritNever},
	"proxy_pass":                  {inherit: inheritHandler},
	"fastcgi_pass":                {inherit: inheritHandler},
	"uwsgi_pass":                  {inherit: inheritHandler},
	"scgi_pass":                   {inherit: inheritHandler},
	"grpc_pass":                   {inherit: inheritHandler},
	"stub_status":                 {inherit: inheritNever},
	"ssl_protocols":               {},
	"ssl_ciphers":                 {},
	"user":                        {},
	"proxy_request_buffering":     {value: onOff, def: true},
	"proxy_cookie_flags":          {},
	"proxy_cookie_path":           {},
	"add_header_inherit":          {def: "on"},
	"add_header":                  {},
	"add_trailer":                 {},
	"expires":                     {},
	"error_page":                  {},
	"proxy_intercept_errors":      {value: onOff, def: false},
	"proxy_hide_header":           {},
	"fastcgi_hide_header":         {},
	"uwsgi_hide_header":           {},
	"scgi_hide_header":            {},
	"grpc_hide_header":            {},
	"proxy_pass_header":           {},
	"fastcgi_pass_header":         {},
	"uwsgi_pass_header":           {},
	"scgi_pass_header":            {},
	"grpc_pass_header":            {},
	"more_set_headers":            {inherit: inheritAccumulate, slot: "headers_more"},
	"more_clear_headers":          {inherit: inheritAccumulate, slot: "headers_more"},
	"include":                     {inherit: inheritAccumulate},
}

func (d nginxDirective) slotOf(name string) string {
	if d.slot != "" {
		return d.slot
	}
	return name
}

// nginxSettings is what one directive sets, none where it sets nothing. Directives of headers-more set several.
func nginxSettings(d *nginx.Directive, vars nginxVariables) []checks.Setting {
	s := checks.Setting{Layer: "nginx", Name: d.Name, Raw: d.Text(), Origin: checks.OriginSet, Place: d.Place}
	var out []checks.Setting
	switch d.Name {
	case "add_header", "add_trailer":
		out = nginxAddHeader(s, d, vars)
	case "expires":
		out = nginxExpires(s, d)
	case "more_set_headers", "more_clear_headers":
		out = nginxMoreHeaders(s, d, vars)
	case "include": // of a file that is not in the tree: it may set anything
		s.Origin = checks.OriginDynamic
		out = []checks.Setting{s}
	case "log_format":
		out = nginxLogFormat(s, d)
	default:
		out = []checks.Setting{s}
		if kept, hidden := strings.HasSuffix(d.Name, "_pass_header"), strings.HasSuffix(d.Name, "_hide_header"); kept || hidden {
			out = nginxPassed(s, d, hidden)
			break
		}
		out[0].Value, out[0].Origin = nginxValue(d)
	}
	if d.Conditional || d.Template() {
		for i := range out {
			out[i].Value, out[i].Choices, out[i].Origin = nil, nil, checks.OriginDynamic
		}
	}
	return out
}

// nginxPassed reads proxy_hide_header, proxy_pass_header and their like for the other protocols.
func nginxPassed(s checks.Setting, d *nginx.Directive, hidden bool) []checks.Setting {
	s.Header = http.CanonicalHeaderKey(d.Arg(0))
	s.Name += " " + s.Header
	s.Flags = []string{"pass"}
	if hidden {
		s.Flags = []string{"remove"}
	}
	return []checks.Setting{s}
}

func nginxValue(d *nginx.Directive) (any, checks.Origin) {
	parse := nginxDirectives[d.Name].value
	if parse == nil {
		return d.Text(), checks.OriginSet
	}
	args := make([]string, len(d.Args))
	for i, a := range d.Args {
		args[i] = a.Text
	}
	if v, ok := parse(args); ok {
		return v, checks.OriginSet
	}
	return nil, checks.OriginDynamic // nginx refuses it as it stands: something fills it in before
}

func nginxLogFormat(s checks.Setting, d *nginx.Directive) []checks.Setting {
	if len(d.Args) < 2 {
		return nil
	}
	var format strings.Builder
	for _, a := range d.Args[1:] {
		if !a.Quoted && strings.HasPrefix(a.Text, "escape=") {
			s.Flags = append(s.Flags, a.Text)
			continue
		}
		format.WriteString(a.Text)
	}
	s.Name += " " + d.Arg(0)
	s.Value, s.Raw = format.String(), format.String()
	return []checks.Setting{s}
}

// nginxSize reads a size as ngx_parse_offset does: digits and one of k, m, g.
func nginxSize(args []string) (any, bool) {
	if len(args) != 1 || args[0] == "" {
		return nil, false
	}
	digits, unit := args[0], int64(1)
	if i := strings.IndexByte("kmg", digits[len(digits)-1]|0x20); i >= 0 {
		digits, unit = digits[:len(digits)-1], 1<<(10*(i+1))
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || int64(n) > math.MaxInt64/unit {
		return nil, false
	}
	return int64(n) * unit, true
}

// nginxTime reads a time as ngx_parse_time does ("1m30s", "60", "500ms") in seconds, rounded up.
func nginxTime(args []string) (any, bool) {
	if len(args) != 1 || args[0] == "" {
		return nil, false
	}
	units := map[string]int64{"ms": 1, "s": 1000, "m": 60000, "h": 3600000, "d": 86400000, "w": 604800000, "M": 30 * 86400000, "y": 365 * 86400000, "": 1000}
	text, total := args[0], int64(0)
	for text != "" {
		n := len(text) - len(strings.TrimLeft(text, "0123456789"))
		digits, rest := text[:n], text[n:]
		m := len(rest) - len(strings.TrimLeft(rest, "smhdwMy"))
		unit, known := units[rest[:m]]
		v, err := strconv.ParseInt(digits, 10, 32)
		if err != nil || !known || v > math.MaxInt64/1000/unit {
			return nil, false
		}
		total += v * unit
		text = rest[m:]
	}
	return (total + 999) / 1000, true
}

// onOff reads the one word on or off, as nginx and httpd do.
func onOff(args []string) (any, bool) {
	if len(args) != 1 {
		return nil, false
	}
	switch strings.ToLower(args[0]) {
	case "on":
		return true, true
	case "off":
		return false, true
	}
	return nil, false
}

// nginxTokens reads server_tokens: on, off, build, or the text that the commercial version sends.
func nginxTokens(args []string) (any, bool) {
	if v, ok := onOff(args); ok {
		return v, true
	}
	if len(args) == 1 && !strings.Contains(args[0], "$") {
		return args[0], true
	}
	return nil, false
}
