package settings

import (
	"net/http"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/nginx"
)

// nginxAddHeader reads "add_header NAME VALUE [always]". An empty value adds nothing.
func nginxAddHeader(s checks.Setting, d *nginx.Directive, vars nginxVariables) []checks.Setting {
	if len(d.Args) < 2 || d.Arg(1) == "" {
		return nil
	}
	s.Header = http.CanonicalHeaderKey(d.Arg(0))
	s.Name += " " + s.Header
	if d.Arg(2) == "always" {
		s.Flags = []string{"always"}
	}
	s.Raw = d.Arg(1)
	s.Value, s.Origin = vars.text(d.Arg(1))
	if s.Dynamic() {
		s.Choices = vars.choices(d.Arg(1))
	}
	return []checks.Setting{s}
}

// nginxExpires reads "expires [modified] TIME|epoch|max|off" as the Cache-Control that it sends. "off" sets nothing
// and still ends the inheritance.
func nginxExpires(s checks.Setting, d *nginx.Directive) []checks.Setting {
	text := d.Arg(len(d.Args) - 1)
	if text == "off" || text == "" {
		return nil
	}
	s.Header, s.Name = "Cache-Control", "expires Cache-Control"
	digits, negative := strings.CutPrefix(text, "-")
	seconds, ok := nginxTime([]string{strings.TrimPrefix(digits, "+")})
	switch {
	case text == "epoch", negative && ok:
		s.Value = "no-cache"
	case text == "max":
		s.Value = "max-age=315360000"
	case !ok, len(d.Args) > 1: // a time of day, or since the file's last change
		s.Origin = checks.OriginDynamic
	default:
		s.Value = "max-age=" + strconv.FormatInt(seconds.(int64), 10)
	}
	return []checks.Setting{s}
}

// nginxMoreHeaders reads the third-party module headers-more: "more_set_headers [-t types] [-s statuses] [-a] [-r]
// 'A: b' ...". Both directives work on every status unless -s is given. The flags "status=" and "type=" carry lists
// separated by spaces.
func nginxMoreHeaders(s checks.Setting, d *nginx.Directive, vars nginxVariables) []checks.Setting {
	flags, headers := nginxMoreFlags(d)
	var out []checks.Setting
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ":")
		value = strings.TrimSpace(value)
		h := s
		h.Header = http.CanonicalHeaderKey(strings.TrimSpace(name))
		h.Name, h.Raw, h.Flags = d.Name+" "+h.Header, value, flags
		h.Value, h.Origin = vars.text(value)
		if h.Dynamic() {
			h.Choices = vars.choices(value)
		}
		if value == "" || d.Name == "more_clear_headers" {
			h.Value, h.Origin, h.Flags = nil, checks.OriginSet, append([]string{"remove"}, flags...)
		}
		out = append(out, h)
	}
	return out
}

// nginxMoreFlags divides the arguments into what limits or changes the directive and the headers.
func nginxMoreFlags(d *nginx.Directive) (flags, headers []string) {
	always := "always"
	for i := 0; i < len(d.Args); i++ {
		switch arg := d.Arg(i); arg {
		case "-s", "-t":
			i++
			if arg == "-s" {
				always = ""
			}
			flags = append(flags, "conditional", map[string]string{"-s": "status=", "-t": "type="}[arg]+d.Arg(i))
		case "-a":
			flags = append(flags, "append")
		case "-r":
			flags = append(flags, "present")
		default:
			headers = append(headers, arg)
		}
	}
	if always != "" {
		flags = append([]string{always}, flags...)
	}
	return flags, headers
}
