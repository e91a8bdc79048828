package settings

import (
	"net/http"
	"slices"
	"strings"

	"hardcheck/checks"
)

var apacheHeaderFlags = map[string]string{
	"append": "append", "merge": "merge", "add": "add", "edit": "edit", "edit*": "edit", "unset": "remove", "setifempty": "if-missing",
}

// apacheHeader reads "Header [always|onsuccess] ACTION NAME [VALUE [REPLACEMENT]] [early|env=VAR|expr=EXPR]". A
// condition is a flag of its own, "env=HTTPS", beside "conditional". The value of an edit is its pattern and what
// replaces it; "edit*" has the flag "every".
func apacheHeader(s *checks.Setting, args []string) bool {
	if len(args) > 0 && (strings.EqualFold(args[0], "always") || strings.EqualFold(args[0], "onsuccess")) {
		if strings.EqualFold(args[0], "always") {
			s.Flags = append(s.Flags, "always")
		}
		args = args[1:]
	}
	if len(args) < 2 {
		return false
	}
	action := strings.ToLower(args[0])
	flag, changes := apacheHeaderFlags[action]
	if action != "set" && !changes {
		return false // echo and note change no response
	}
	if flag != "" {
		s.Flags = append(s.Flags, flag)
	}
	s.Header = http.CanonicalHeaderKey(strings.TrimSuffix(args[1], ":"))
	s.Name += " " + s.Header
	args = args[2:]
	if n := len(args); n > 0 && apacheCondition(args[n-1], n, flag) {
		s.Flags = append(s.Flags, "conditional", args[n-1])
		args = args[:n-1]
	}
	if flag == "remove" {
		return true
	}
	if len(args) == 0 {
		return false
	}
	s.Raw = strings.Join(args, " ")
	s.Value = s.Raw
	if flag == "edit" && len(args) == 2 {
		s.Value = []any{args[0], args[1]}
		args = args[1:]
		if action == "edit*" {
			s.Flags = append(s.Flags, "every")
		}
	}
	if strings.HasPrefix(args[0], "expr=") || strings.Contains(strings.ReplaceAll(args[0], "%%", ""), "%") {
		s.Origin = checks.OriginDynamic
	}
	if text, ok := s.Value.(string); ok {
		s.Value = strings.ReplaceAll(text, "%%", "%")
	}
	return true
}

// apacheCondition reports whether the last of n arguments says when the directive works.
func apacheCondition(last string, n int, flag string) bool {
	return last == "early" || strings.HasPrefix(last, "env=") || strings.HasPrefix(last, "expr=") && (n > 1 || flag == "remove")
}

// displacesHeader reports whether the header directive s undoes the earlier o: both work on the same table
// (onsuccess or always), and set and unset leave nothing of what was there.
func displacesHeader(s, o *checks.Setting) bool {
	if o.Name != s.Name || s.Has("always") != o.Has("always") || s.Has("conditional") || s.Dynamic() && s.Raw == "" {
		return false
	}
	return s.Has("remove") || !slices.ContainsFunc([]string{"append", "merge", "add", "edit", "if-missing"}, s.Has)
}
