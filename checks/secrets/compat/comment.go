package compat

import "strings"

// pieceKind is what a piece of a line is.
type pieceKind int

const (
	commentText pieceKind = iota // inside a comment
	starText                     // after a star that begins the line: in a block comment, or in a list of prose
	stringText                   // a quoted value: "key": "text",
	bareText                     // the line outside comments and strings
)

// piece is a part of a line that may hold a directive.
type piece struct {
	kind pieceKind
	text string
}

// opener begins a comment in some language.
type opener struct {
	text, closer string // no closer: to the end of the line
	where        position
}

type position int

const (
	anywhere position = iota
	apart             // after a space, a bracket, a quote or a separator
	atStart           // first on its line
)

// openers are tried in this order: one that begins like another is before it.
var openers = []opener{
	{"<!--", "-->", anywhere},
	{"/*", "*/", anywhere},
	{"//", "", apart},
	{"{#", "#}", apart},
	{"{{!", "}}", apart},
	{"{-", "-}", apart},
	{"(*", "*)", apart},
	{`"""`, `"""`, apart},
	{"'''", "'''", apart},
	{"--", "", apart},
	{"#", "", apart},
	{";", "", apart},
	{"%", "", apart},
	{"*", "*/", atStart}, // the next line of a block comment
	{"::", "", atStart},
	{"REM ", "", atStart},
	{"rem ", "", atStart},
	{"dnl ", "", atStart},
	{"'", "", atStart},
	{"!", "", atStart},
	{".. ", "", atStart},
}

// pieces cuts a line into the texts of its comments, its quoted values and what is left.
func pieces(line string) []piece {
	var list []piece
	var bare strings.Builder
	start := len(line) - len(strings.TrimLeft(line, " \t"))
	for at := start; at < len(line); {
		if o := openerAt(line, start, at); o != nil {
			text, next := o.body(line, at+len(o.text))
			kind := commentText
			if o.text == "*" {
				kind = starText
			}
			list = append(list, piece{kind, text})
			at = next
			continue
		}
		if end, ok := quoted(line, at); ok {
			if isValue(line, at, end) {
				list = append(list, piece{stringText, line[at+1 : end]})
			}
			bare.WriteString(`""`) // its text is not part of the line's
			at = end + 1
			continue
		}
		n := 1
		if line[at] == '\\' && at+1 < len(line) {
			n = 2 // an escaped quote opens nothing
		}
		bare.WriteString(line[at : at+n])
		at += n
	}
	return append(list, piece{bareText, bare.String()})
}

func openerAt(line string, start, at int) *opener {
	for i := range openers {
		o := &openers[i]
		if !strings.HasPrefix(line[at:], o.text) {
			continue
		}
		switch o.where {
		case atStart:
			if at != start {
				continue
			}
		case apart:
			if at > start && strings.IndexByte(" \t;,)]}>\"'", line[at-1]) < 0 || !spaced(o.text, line[at+len(o.text):]) {
				continue
			}
		}
		return o
	}
	return nil
}

// spaced tells the openers that are also operators, options and ends of statements from those that begin a comment:
// a space or a directive is after them.
func spaced(opener, rest string) bool {
	if opener != "--" && opener != ";" && opener != "%" && opener != "{-" {
		return true
	}
	return rest == "" || rest[0] == ' ' || rest[0] == '\t' || rest[0] == opener[0] || markerAt(rest, 0) != nil
}

// body returns the comment's text and where the line goes on.
func (o *opener) body(line string, from int) (text string, next int) {
	if o.closer != "" {
		if n := strings.Index(line[from:], o.closer); n >= 0 {
			return line[from : from+n], from + n + len(o.closer)
		}
	}
	return line[from:], len(line)
}

// quoted returns where the string that opens at line[at] closes.
func quoted(line string, at int) (end int, ok bool) {
	quote := line[at]
	if quote != '"' && quote != '\'' && quote != '`' || at > 0 && quote == '\'' && isWordByte(line[at-1]) {
		return 0, false
	}
	for i := at + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case quote:
			return i, true
		}
	}
	return 0, false
}

// isValue reports whether the string in line[at:end] is a value of data: "key": "text", or an item of a list.
func isValue(line string, at, end int) bool {
	before := strings.TrimRight(line[:at], " \t")
	after := strings.TrimLeft(line[end+1:], " \t")
	return (before == "" || strings.IndexByte(":=,[{(", before[len(before)-1]) >= 0) &&
		(after == "" || strings.IndexByte(",]}", after[0]) >= 0)
}
