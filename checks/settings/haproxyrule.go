package settings

import (
	"net/http"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/haproxy"
)

// haproxyPlain are keywords whose text is kept as it is.
var haproxyPlain = words("bind server redirect use_backend default_backend stats monitor-uri log log-format capture")

// haproxyLogOptions choose the lines that are logged.
var haproxyLogOptions = words("httplog httpslog tcplog dontlog-normal")

// haproxySettings is what one line of a section sets.
func haproxySettings(section *haproxy.Section, l *haproxy.Line, acls map[string]string) []checks.Setting {
	keyword := l.Words[0].Text
	s := checks.Setting{Layer: "haproxy", Name: keyword, Raw: l.Text(1), Origin: checks.OriginSet, Place: l.Place}
	var out []checks.Setting
	switch {
	case keyword == "http-response", keyword == "http-after-response":
		out = haproxyRule(s, acls, l.Words[1:])
	case strings.HasPrefix(keyword, "rsp") && section.Kind != "global":
		out = haproxyLegacy(s, acls, l.Words[1:])
	case keyword == "http-request" && (l.Is("http-request", "redirect") || l.Is("http-request", "return")):
		s.Name, s.Raw = l.Text(0)[:len("http-request ")+len(l.Words[1].Text)], l.Text(2)
		s.Value = s.Raw
		if _, condition := haproxyCondition(acls, l.Words[2:]); condition != "" {
			s.Flags = []string{"conditional", condition}
		}
		out = append([]checks.Setting{s}, haproxyReturned(s, l.Words[2:])...)
		if limit, ok := haproxyBodyLimit(s, acls, l); ok {
			out = append(out, limit)
		}
	case keyword == "http-request":
		if limit, ok := haproxyBodyLimit(s, acls, l); ok {
			out = []checks.Setting{limit}
		}
	case keyword == "timeout":
		if timeout, ok := haproxyTimeout(s, l); ok {
			out = []checks.Setting{timeout}
		}
	case keyword == "option" && len(l.Words) > 1 && haproxyLogOptions[l.Words[1].Text], l.Is("no", "log"), l.Is("no", "option") && len(l.Words) > 2 && haproxyLogOptions[l.Words[2].Text]:
		s.Name, s.Value = l.Text(0), true
		out = []checks.Setting{s}
	case haproxyPlain[keyword]:
		s.Value = s.Raw
		out = []checks.Setting{s}
	}
	for i := range out {
		if l.Conditional || slices.ContainsFunc(l.Words, func(w haproxy.Word) bool { return w.Dynamic }) {
			out[i].Origin = checks.OriginDynamic
		}
		if out[i].Dynamic() {
			out[i].Value = nil
		}
	}
	return out
}

var haproxyActions = map[string]string{"set-header": "", "add-header": "append", "del-header": "remove", "replace-header": "edit", "replace-value": "edit"}

// haproxyRule reads "http-response ACTION NAME [FORMAT...] [if|unless CONDITION]". The condition is a flag of its own:
// "if=..." with the ACLs that it names put in.
func haproxyRule(s checks.Setting, acls map[string]string, args []haproxy.Word) []checks.Setting {
	args, condition := haproxyCondition(acls, args)
	if len(args) < 2 {
		return nil
	}
	flag, known := haproxyActions[args[0].Text]
	if !known {
		return nil
	}
	if s.Name == "http-after-response" {
		s.Flags = append(s.Flags, "always")
	}
	if flag != "" {
		s.Flags = append(s.Flags, flag)
	}
	if args[0].Text == "replace-value" {
		s.Flags = append(s.Flags, "every")
	}
	if condition != "" {
		s.Flags = append(s.Flags, "conditional", condition)
	}
	s.Header = http.CanonicalHeaderKey(args[1].Text)
	s.Name += " " + args[0].Text + " " + s.Header
	s.Raw = ""
	switch {
	case flag == "remove":
		if len(args) > 3 && args[2].Text == "-m" {
			s.Flags = append(s.Flags, "match="+args[3].Text)
		}
	case flag == "edit" && len(args) > 3:
		s.Value, s.Raw = []any{args[2].Text, args[3].Text}, args[2].Text+" "+args[3].Text
		if strings.Contains(args[3].Text, "%") {
			s.Origin = checks.OriginDynamic
		}
	case len(args) > 2:
		s.Raw = args[2].Text
		s.Value, s.Origin = haproxyFormat(args[2].Text)
	default:
		return nil
	}
	return []checks.Setting{s}
}

// haproxyFormat is the text that a log format gives, where nothing in it comes from the request.
func haproxyFormat(text string) (any, checks.Origin) {
	if strings.Contains(strings.ReplaceAll(text, "%%", ""), "%") {
		return nil, checks.OriginDynamic
	}
	return strings.ReplaceAll(text, "%%", "%"), checks.OriginSet
}

// haproxyReturned are the headers of "http-request return ... hdr NAME FORMAT".
func haproxyReturned(s checks.Setting, args []haproxy.Word) []checks.Setting {
	var out []checks.Setting
	for i := 0; i+2 < len(args) && s.Name == "http-request return"; i++ {
		if args[i].Text != "hdr" {
			continue
		}
		h := s
		h.Header = http.CanonicalHeaderKey(args[i+1].Text)
		h.Name += " hdr " + h.Header
		h.Raw = args[i+2].Text
		h.Value, h.Origin = haproxyFormat(h.Raw)
		out = append(out, h)
	}
	return out
}

// haproxyLegacy reads the rules that ended with HAProxy 2.1: "rspadd LINE", "rspdel REGEX", "rspirep REGEX LINE".
func haproxyLegacy(s checks.Setting, acls map[string]string, args []haproxy.Word) []checks.Setting {
	args, condition := haproxyCondition(acls, args)
	if len(args) == 0 {
		return nil
	}
	if condition != "" {
		s.Flags = append(s.Flags, "conditional", condition)
	}
	name, value, ok := strings.Cut(strings.TrimPrefix(args[0].Text, "^"), ":")
	switch action := s.Name; {
	case !ok:
		return nil
	case action == "rspadd":
		s.Flags = append(s.Flags, "append")
		s.Raw = strings.TrimSpace(value)
		s.Value = s.Raw
	case action == "rspdel", action == "rspidel":
		s.Flags = append(s.Flags, "remove")
	case action == "rsprep", action == "rspirep":
		s.Flags, s.Origin = append(s.Flags, "edit"), checks.OriginDynamic
	default:
		return nil
	}
	s.Header = http.CanonicalHeaderKey(strings.ReplaceAll(name, `\`, ""))
	s.Name += " " + s.Header
	return []checks.Setting{s}
}

// haproxyCondition takes "if ..." or "unless ..." off the arguments. Named ACLs of the section are put in as "{ ... }".
func haproxyCondition(acls map[string]string, args []haproxy.Word) (rest []haproxy.Word, flag string) {
	at := slices.IndexFunc(args, func(w haproxy.Word) bool { return w.Text == "if" || w.Text == "unless" })
	if at < 0 {
		return args, ""
	}
	var parts []string
	for _, w := range args[at+1:] {
		name, negated := strings.CutPrefix(w.Text, "!")
		if acl := acls[name]; acl != "" {
			parts = append(parts, map[bool]string{true: "!", false: ""}[negated]+"{ "+acl+" }")
			continue
		}
		parts = append(parts, w.Text)
	}
	return args[:at], args[at].Text + "=" + strings.Join(parts, " ")
}

// haproxyACLs are the named ACLs of a section that have one expression; of several any would do.
func haproxyACLs(section *haproxy.Section) map[string]string {
	out := map[string]string{}
	for _, l := range section.Lines {
		if !l.Is("acl") || len(l.Words) < 3 {
			continue
		}
		name := l.Words[1].Text
		if _, twice := out[name]; twice {
			out[name] = ""
			continue
		}
		out[name] = l.Text(2)
	}
	return out
}
