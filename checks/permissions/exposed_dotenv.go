package permissions

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// assignment is a line of a .env file: NAME=value or "export NAME=value".
var assignment = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)$`)

const maxDotenvNames = 3 // shown; their values never

// dotenvBody recognises a .env file: text of nothing but assignments, comments and blank lines, with an assignment.
func dotenvBody(body []byte) (string, bool) {
	if len(body) > 256<<10 || !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return "", false
	}
	var names []string
	open := "" // the quote of a value that goes on over lines
	for line := range strings.Lines(string(body)) {
		line = strings.TrimRight(line, "\r\n")
		switch trimmed := strings.TrimSpace(line); {
		case open != "":
			if strings.Contains(line, open) {
				open = ""
			}
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		default:
			m := assignment.FindStringSubmatch(line)
			if m == nil {
				return "", false
			}
			names = append(names, m[1])
			open = openQuote(m[2])
		}
	}
	if len(names) == 0 || open != "" {
		return "", false
	}
	shown := names[:min(len(names), maxDotenvNames)]
	return "a file that sets " + strings.Join(shown, ", ") + others(len(names)-len(shown)), true
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return " and " + strconv.Itoa(n) + " more"
}

// openQuote is the quote that a value begins with and does not end, or "".
func openQuote(value string) string {
	if value == "" || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	quote := value[:1]
	if strings.Contains(value[1:], quote) {
		return ""
	}
	return quote
}
