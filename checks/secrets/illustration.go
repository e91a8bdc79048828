package secrets

import (
	"bytes"
	"slices"
	"strings"
)

// illustrates reports whether the value stands where code shows how to write it: in a Python documentation string, a
// session with its interpreter, or a comment.
func illustrates(t *text, n credential) bool {
	if t.Ext() == ".py" && pythonOf(t).documents(lineStart(t.data, n.start)) {
		return true
	}
	if t.Name() == ".npmrc" {
		return false // "//" begins the name of a registry there
	}
	return inComment(t.data, n.start) || inSession(t.data, n.start)
}

// maxLine is how far before a value the beginning of its line is looked for, so that one line of megabytes takes no
// more than linear time.
const maxLine = 4096

// lineStart is where the line of data[at] begins, or maxLine bytes before.
func lineStart(data []byte, at int) int {
	from := max(0, at-maxLine)
	return from + bytes.LastIndexByte(data[from:at], '\n') + 1
}

// inComment reports whether the line of data[at] is a comment.
func inComment(data []byte, at int) bool {
	line := bytes.TrimLeft(data[lineStart(data, at):at], " \t")
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

// inSession reports whether the line of data[at] is what somebody typed at Python's prompt, or the answer below it.
func inSession(data []byte, at int) bool {
	const prompt = ">>> "
	start := lineStart(data, at)
	if bytes.HasPrefix(bytes.TrimLeft(data[start:at], " \t"), []byte(prompt)) {
		return true
	}
	if start == 0 || data[start-1] != '\n' {
		return false
	}
	above := data[lineStart(data, start-1) : start-1]
	return bytes.HasPrefix(bytes.TrimLeft(above, " \t"), []byte(prompt))
}

// pythonText is what one pass over a Python file finds.
type pythonText struct {
	flask, django bool
	documentation []span // strings of three quotes, from the opening quotes to the closing ones
}

func pythonOf(t *text) *pythonText {
	if t.python == nil {
		has := func(word string) bool { return bytes.Contains(t.data, []byte(word)) }
		t.python = &pythonText{
			flask:         has("flask") || has("Flask("),
			django:        slices.ContainsFunc([]string{"django", "INSTALLED_APPS", "ROOT_URLCONF", "ALLOWED_HOSTS"}, has),
			documentation: longStrings(t.data),
		}
	}
	return t.python
}

// documents reports whether the line that begins at line lies inside a string that began before it: Python's
// documentation strings.
func (p *pythonText) documents(line int) bool {
	i, _ := slices.BinarySearchFunc(p.documentation, line, func(s span, at int) int { return s.end - at })
	return i < len(p.documentation) && p.documentation[i].start < line
}

// longStrings finds the strings of three quotes, in order.
func longStrings(data []byte) []span {
	var found []span
	open, start := "", 0
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\\':
			i++
		case open != "":
			if bytes.HasPrefix(data[i:], []byte(open)) {
				if len(open) == 3 {
					found = append(found, span{start, i})
				}
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
			open, start = string(data[i:i+1]), i
			if triple := strings.Repeat(open, 3); bytes.HasPrefix(data[i:], []byte(triple)) {
				open = triple
				i += 2
			}
		}
	}
	if len(open) == 3 {
		found = append(found, span{start, len(data)})
	}
	return found
}
