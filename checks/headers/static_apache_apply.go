package headers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// apacheTables are mod_headers' two tables. "Header always" works on the one that every answer carries, a plain Header
// on the one with what the application sent, which the server's own errors and redirects go without. A header in both
// is sent twice, that of always first.
type apacheTables struct{ always, success []field }

// apacheApply runs the scope's Header directives on the answer.
func apacheApply(s *checks.Scope, r *response) {
	if apacheAccessFile(s) {
		r.elsewhere = "the server around the .htaccess file is not in the tree and may set it"
	}
	t := apacheTables{success: r.headers}
	for _, set := range s.Settings {
		if set.Header == "" {
			continue
		}
		table := &t.success
		if set.Has("always") {
			table = &t.always
		}
		switch holds, known := apacheHolds(set, r); {
		case !known:
			f := fieldOf(set)
			f.dynamic, f.errorsToo = true, set.Has("always")
			*table = append(*table, f)
		case holds:
			*table = apacheEdit(set, *table)
		}
	}
	if r.made {
		t.success = nil
	}
	r.headers = append(t.always, t.success...)
}

// apacheEdit does to a table what one directive says.
func apacheEdit(set checks.Setting, table []field) []field {
	f := fieldOf(set)
	f.errorsToo = set.Has("always")
	at := slices.IndexFunc(table, func(h field) bool { return h.name == f.name })
	switch {
	case set.Has("edit"):
		return apacheReplace(set, f, slices.Clone(table))
	case set.Has("remove"):
		return without(table, f.name)
	case set.Has("if-missing") && at >= 0:
		return table
	case set.Has("append") && at >= 0, set.Has("merge") && at >= 0:
		table = slices.Clone(table)
		old := &table[at]
		if old.dynamic = old.dynamic || f.dynamic; !set.Has("merge") || !slices.Contains(splitList(old.value), f.value) {
			old.value += ", " + f.value
		}
		return table
	case set.Has("add"), set.Has("append"), set.Has("merge"), set.Has("if-missing"):
		return append(table, f)
	}
	return append(without(table, f.name), f)
}

func without(table []field, name string) []field {
	return slices.DeleteFunc(slices.Clone(table), func(h field) bool { return h.name == name })
}

func splitList(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		out = append(out, strings.TrimSpace(part))
	}
	return out
}

// apacheReplace is "Header edit": the pattern's first match, or with edit* each, in every line of that name.
func apacheReplace(set checks.Setting, f field, table []field) []field {
	args := set.List()
	var re *regexp.Regexp
	if len(args) == 2 && !set.Dynamic() {
		re, _ = regexp.Compile(args[0])
	}
	for i, h := range table {
		if h.name != f.name || h.dynamic {
			continue
		}
		if re == nil {
			table[i].value, table[i].dynamic = "", true
			continue
		}
		with := apacheGroup.ReplaceAllString(args[1], "$${$1}")
		if set.Has("every") {
			table[i].value = re.ReplaceAllString(h.value, with)
		} else if at := re.FindStringSubmatchIndex(h.value); at != nil {
			table[i].value = h.value[:at[0]] + string(re.ExpandString(nil, with, h.value, at)) + h.value[at[1]:]
		}
	}
	return table
}

var (
	apacheGroup  = regexp.MustCompile(`\$(\d)`)
	apacheScheme = regexp.MustCompile(`^["']?(?:%\{HTTPS\}\s*(?:==|=|-eq|-strmatch)\s*["']?on["']?|%\{REQUEST_SCHEME\}\s*==?\s*["']https["']|%\{HTTPS\}\s*!=\s*["']off["'])["']?$`)
	apachePlain  = regexp.MustCompile(`^["']?(?:%\{HTTPS\}\s*(?:!=\s*["']?on|==?\s*["']?off)["']?|%\{REQUEST_SCHEME\}\s*==?\s*["']http["'])["']?$`)
	apacheType   = regexp.MustCompile(`^["']?%\{CONTENT_TYPE\}\s*=~\s*(?:m#(.*)#(i?)|/(.*)/(i?))["']?$`)
	apacheStatus = regexp.MustCompile(`^["']?%\{REQUEST_STATUS\}\s*(==|-eq|=|>=|-ge|<|-lt)\s*["']?(\d{3})["']?$`)
)

// apacheHolds reports whether the conditions of a directive are met on the answer, where they tell of TLS, the type of
// a page or the status.
func apacheHolds(set checks.Setting, r *response) (holds, known bool) {
	for _, flag := range set.Flags {
		switch kind, condition, _ := strings.Cut(flag, "="); {
		case flag == "early":
			return false, false
		case flag == "env=HTTPS", flag == "env=!HTTPS":
			if (flag == "env=HTTPS") != r.https {
				return false, true
			}
		case kind == "env":
			return false, false
		case kind == "if" && !apacheScheme.MatchString(condition) && !apachePlain.MatchString(condition):
			return false, false
		case kind == "expr", kind == "if":
			if holds, known = apacheExpression(condition, r); !holds || !known {
				return holds, known
			}
		}
	}
	return true, true
}

func apacheExpression(text string, r *response) (holds, known bool) {
	text = strings.TrimSpace(text)
	if m := apacheType.FindStringSubmatch(text); m != nil && r.class == htmlPage {
		pattern, insensitive := m[1]+m[3], m[2]+m[4]
		if insensitive != "" {
			pattern = "(?i)" + pattern
		}
		re, err := regexp.Compile(pattern)
		return err == nil && re.MatchString("text/html"), err == nil
	}
	if m := apacheStatus.FindStringSubmatch(text); m != nil {
		limit, err := strconv.Atoi(m[2])
		if err != nil {
			return false, false
		}
		code := r.code()
		switch m[1] {
		case ">=", "-ge":
			return code >= limit, true
		case "<", "-lt":
			return code < limit, true
		}
		return code == limit, true
	}
	switch {
	case apacheScheme.MatchString(text):
		return r.https, true
	case apachePlain.MatchString(text):
		return !r.https, true
	}
	return false, false
}
