package settings

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/haproxy"
)

// haproxyDenials are the actions of http-request that end a request, with the status that they answer unless the rule
// says another; 0 is none.
var haproxyDenials = map[string]int{"deny": 403, "tarpit": 500, "reject": 0, "silent-drop": 0, "return": 200}

// haproxyBody is a term about the size of the body: a fetch, and the numbers that it matches ("gt 10", "ge 10", "11:").
// HAProxy takes whole numbers without units there.
var haproxyBody = regexp.MustCompile(`^(req\.body_size|req\.body_len|(?:req\.)?f?hdr(?:_val)?\(content-length\)\S*) (?:-m int )?(gt|ge|le|lt)? ?(\d+)(:?)$`)

// haproxyBodyLimit is the largest body that a rule lets through. The setting's name is the fetch: what is declared
// (hdr), or what is declared and, without that, what is in the buffer (body_size). Conditions beside the size and the
// method stay as the flag "conditional".
func haproxyBodyLimit(s checks.Setting, acls map[string]string, l *haproxy.Line) (checks.Setting, bool) {
	if len(l.Words) < 3 {
		return s, false
	}
	status, denies := haproxyDenials[l.Words[1].Text]
	if _, condition := haproxyCondition(acls, l.Words[2:]); denies && condition != "" {
		for i, w := range l.Words {
			if (w.Text == "deny_status" || w.Text == "status") && i+1 < len(l.Words) {
				if n, err := strconv.Atoi(l.Words[i+1].Text); err == nil {
					status = n
				}
			}
		}
		fetch, n, alone := haproxyBodyTerm(condition)
		s.Name, s.Value, s.Raw = "http-request "+l.Words[1].Text+" "+fetch, n, l.Text(1)
		s.Flags = []string{"status=" + strconv.Itoa(status)}
		if !alone {
			s.Flags = append(s.Flags, "conditional", condition)
		}
		return s, fetch != ""
	}
	return s, false
}

// haproxyBodyTerm finds the term about the size in "if=METH_POST { req.body_size gt 10 }". alone reports that the rest is
// about methods that have bodies.
func haproxyBodyTerm(condition string) (fetch string, most int64, alone bool) {
	word, expression, _ := strings.Cut(condition, "=")
	negated := word == "unless"
	if strings.Contains(expression, " || ") || strings.Contains(expression, " or ") {
		return "", 0, false
	}
	alone = true
	for _, part := range haproxyTerms(expression) {
		text, not := strings.CutPrefix(part, "!")
		m := haproxyBody.FindStringSubmatch(strings.TrimSpace(strings.Trim(text, "{} ")))
		if m == nil {
			alone = alone && (strings.HasPrefix(part, "METH_") || strings.HasPrefix(strings.Trim(part, "{ "), "method "))
			continue
		}
		n, ok := haproxyMost(m[2], m[3], m[4] == ":", negated != not)
		if !ok {
			return "", 0, false
		}
		fetch, most = m[1], n
	}
	return fetch, most, alone
}

// haproxyMost is the largest number that the comparison does not match, or matches where that is negated.
func haproxyMost(operator, number string, open, negated bool) (int64, bool) {
	n, err := strconv.ParseInt(number, 10, 64)
	switch {
	case err != nil:
		return 0, false
	case operator == "gt" && !negated, operator == "le" && negated:
		return n, true
	case operator == "ge" && !negated, operator == "lt" && negated, operator == "" && open && !negated:
		return n - 1, true
	}
	return 0, false
}

// haproxyTerms splits a condition into its terms: words, and what is in braces.
func haproxyTerms(text string) []string {
	var out []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		end := strings.IndexByte(text, ' ')
		if strings.HasPrefix(strings.TrimPrefix(text, "!"), "{") {
			if end = strings.Index(text, " }"); end >= 0 {
				end += 2
			}
		}
		if end < 0 {
			end = len(text)
		}
		out = append(out, text[:end])
		text = text[end:]
	}
	return out
}

// haproxyTimeout reads "timeout http-request 10s": milliseconds without a unit.
func haproxyTimeout(s checks.Setting, l *haproxy.Line) (checks.Setting, bool) {
	if len(l.Words) < 3 {
		return s, false
	}
	s.Name, s.Raw = "timeout "+l.Words[1].Text, l.Text(2)
	n, ok := haproxyTime(l.Words[2].Text)
	if s.Value = n; !ok {
		s.Origin = checks.OriginDynamic
	}
	return s, true
}

// haproxyTime reads a time in seconds, rounded up.
func haproxyTime(text string) (int64, bool) {
	units := map[string]int64{"us": 1, "ms": 1000, "": 1000, "s": 1e6, "m": 60e6, "h": 3600e6, "d": 86400e6}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	n, err := strconv.ParseInt(text[:digits], 10, 32)
	unit, known := units[text[digits:]]
	return (n*unit + 1e6 - 1) / 1e6, err == nil && known
}
