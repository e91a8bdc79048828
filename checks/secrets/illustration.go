package secrets

import (
	"bytes"
	"strings"
)

// illustrates reports whether the value stands where code shows how to write it: in a Python documentation string,
// or, for a password or a header field, in a comment.
func illustrates(c content, n credential) bool {
	if c.file.Ext() == ".py" && inDocumentation(c.data, n.start) {
		return true
	}
	if c.file.Name() == ".npmrc" {
		return false // "//" begins the name of a registry there
	}
	return (n.noun == password || n.name == "Authorization") && inComment(c.data, n.start)
}

// inComment reports whether the line of data[at] is a comment.
func inComment(data []byte, at int) bool {
	line := bytes.TrimLeft(data[bytes.LastIndexByte(data[:at], '\n')+1:at], " \t")
	if bytes.HasPrefix(line, []byte("#define")) {
		return false
	}
	for _, mark := range []string{"#", "//", "/*", "* ", "--", ";", "<!--", "'''", "%"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}

// inDocumentation reports whether data[at] lies inside a string of three quotes that spans lines and begins before
// at's line: Python's documentation strings.
func inDocumentation(data []byte, at int) bool {
	line := bytes.LastIndexByte(data[:at], '\n') + 1
	open := ""
	for i := 0; i < line; i++ {
		switch c := data[i]; {
		case c == '\\':
			i++
		case open != "":
			if strings.HasPrefix(string(data[i:min(len(data), i+3)]), open) {
				i += len(open) - 1
				open = ""
			} else if c == '\n' && len(open) == 1 {
				open = ""
			}
		case c == '#':
			if end := bytes.IndexByte(data[i:], '\n'); end >= 0 {
				i += end
			}
		case c == '"' || c == '\'':
			open = string(data[i : i+1])
			if triple := strings.Repeat(open, 3); bytes.HasPrefix(data[i:], []byte(triple)) {
				open = triple
				i += 2
			}
		}
	}
	return len(open) == 3
}
