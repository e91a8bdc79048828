// Package sudoers reads sudoers(5): aliases, Defaults of every scope, user specifications with their tags, options,
// digests and run-as lists, and includes.
package sudoers

import (
	"fmt"
	"strings"

	"hardcheck/checks"
)

// Item is a member of a list: a user, %group, #uid, %#gid, +netgroup, host, alias or ALL, without the ! before it.
type Item struct {
	Text    string
	Negated bool
}

// Command is one command of a specification or of a Cmnd_Alias, with what holds for it.
type Command struct {
	// Path is a path with its wildcards, "sudoedit", "list", "ALL", a ^regular expression$ or the name of an alias.
	Path string
	Args string // as written; "" with AnyArgs, or for "" which allows none
	// AnyArgs says that no arguments are given, so that any may be.
	AnyArgs bool
	Negated bool
	Digests []string
	RunAs   []Item // users; nil where no list stands before the command, which means root
	Groups  []Item
	Tags    map[string]bool // as written and inherited: NOPASSWD, SETENV; a tag takes its opposite away
	Place   checks.Place
}

// Grant are commands for hosts, of one user specification.
type Grant struct {
	Users, Hosts []Item
	Commands     []Command
	Place        checks.Place
}

// Default is one setting of a Defaults line.
type Default struct {
	Scope    byte // 0, or one of @ : ! >
	For      []Item
	Name     string
	Operator string // "", "=", "+=" or "-="
	Value    string
	Off      bool // written with !
	Place    checks.Place
}

// Alias is a named list. Commands are those of a Cmnd_Alias.
type Alias struct {
	Kind, Name string
	Items      []Item
	Commands   []Command
}

// Include names a file or, where Dir, a directory of files to read.
type Include struct {
	Path  string
	Dir   bool
	Place checks.Place
}

// File is what one file holds. Errors are the lines that sudo does not understand.
type File struct {
	Grants   []Grant
	Defaults []Default
	Aliases  []Alias
	Includes []Include
	Errors   []SyntaxError
}

// SyntaxError is a statement that is none.
type SyntaxError struct {
	Place checks.Place
	Text  string
}

type memoKey struct{}

// Of reads the file once.
func Of(f *checks.File) *File {
	return checks.Memo(f, memoKey{}, func() *File { return read(f) })
}

// maxStatements bounds a file.
const maxStatements = 10_000

func read(f *checks.File) *File {
	out := &File{}
	text := f.Text()
	for at, count := 0, 0; at < len(text) && count < maxStatements; count++ {
		line, next := logicalLine(text, at)
		p := &parser{file: f, out: out, text: strings.TrimRight(line, " \t\r\n"), base: at}
		at = next
		if p.peek() == 0 {
			continue
		}
		p.statement()
	}
	return out
}

// logicalLine is a line with those that a backslash continues, as long as in the file: breaks and comments are blanks.
func logicalLine(text string, at int) (line string, next int) {
	var b strings.Builder
	quoted := false
	for i := at; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\n':
			return b.String(), i + 1
		case c == '\\' && continues(text[i+1:]) > 0:
			n := continues(text[i+1:])
			b.WriteString(strings.Repeat(" ", n+1))
			i += n
			continue
		case c == '\\' && i+1 < len(text) && text[i+1] != '\n':
			b.WriteString(text[i : i+2])
			i++
			continue
		case c == '"':
			quoted = !quoted
		case c == '#' && !quoted && isComment(b.String(), text[i:]):
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				return b.String(), len(text)
			}
			return b.String(), i + end + 1
		}
		b.WriteByte(c)
	}
	return b.String(), len(text)
}

// continues is the length of the line break that a text begins with, or 0.
func continues(text string) int {
	switch {
	case strings.HasPrefix(text, "\n"):
		return 1
	case strings.HasPrefix(text, "\r\n"):
		return 2
	}
	return 0
}

// isComment tells a comment from #include, from a user's number and from a group's (%#100).
func isComment(before, rest string) bool {
	head := strings.TrimRight(before, " \t")
	if head == "" && (strings.HasPrefix(rest, "#include ") || strings.HasPrefix(rest, "#include\t") ||
		strings.HasPrefix(rest, "#includedir ") || strings.HasPrefix(rest, "#includedir\t")) {
		return false
	}
	if len(rest) < 2 || rest[1] < '0' || rest[1] > '9' {
		return true
	}
	return head != "" && !strings.ContainsRune(",(:!%>=", rune(head[len(head)-1]))
}

// parser reads one statement. Offsets in text plus base are those in the file.
type parser struct {
	file *checks.File
	out  *File
	text string
	base int
	at   int
}

func (p *parser) place(start, end int) checks.Place { return p.file.Place(p.base+start, p.base+end) }

// fail records that the statement is none.
func (p *parser) fail(start int, format string, args ...any) {
	p.out.Errors = append(p.out.Errors, SyntaxError{p.place(start, len(p.text)), fmt.Sprintf(format, args...)})
}

func (p *parser) statement() {
	start := p.at
	rest := p.text[start:]
	word := rest
	if i := strings.IndexAny(rest, " \t"); i >= 0 {
		word = rest[:i]
	}
	switch {
	case word == "#include" || word == "@include" || word == "#includedir" || word == "@includedir":
		p.at += len(word)
		p.include(start, strings.HasSuffix(word, "dir"))
	case strings.HasPrefix(rest, "Defaults") && (len(rest) == 8 || strings.IndexByte(" \t@:!>", rest[8]) >= 0):
		p.at += len("Defaults")
		p.defaults(start)
	case aliasKinds[word]:
		p.at += len(word)
		p.aliases(start, word)
	default:
		p.grant(start)
	}
}

var aliasKinds = map[string]bool{"User_Alias": true, "Runas_Alias": true, "Host_Alias": true, "Cmnd_Alias": true, "Cmd_Alias": true}

func (p *parser) include(start int, dir bool) {
	p.blanks()
	path := p.word("")
	if path == "" || p.at < len(p.text) {
		p.fail(start, "expected one path")
		return
	}
	p.out.Includes = append(p.out.Includes, Include{path, dir, p.place(start, p.at)})
}

func (p *parser) blanks() {
	for p.at < len(p.text) && (p.text[p.at] == ' ' || p.text[p.at] == '\t' || p.text[p.at] == '\r') {
		p.at++
	}
}

// take consumes a byte, blanks before it aside.
func (p *parser) take(c byte) bool {
	p.blanks()
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// peek is the next byte, blanks aside, or 0.
func (p *parser) peek() byte {
	p.blanks()
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// word reads to a blank or one of the stops; quotes group and a backslash escapes. Quotes and escapes are taken away.
func (p *parser) word(stops string) string {
	var b strings.Builder
	quoted := false
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		switch {
		case c == '\\' && p.at+1 < len(p.text):
			p.at++
			b.WriteByte(p.text[p.at])
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || strings.IndexByte(stops, c) >= 0):
			return b.String()
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
