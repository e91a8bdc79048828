// Package nginx reads nginx configuration files into directives with places. It knows the grammar of
// ngx_conf_file.c, not the directives: an unknown one is read like any other. It never fails; what cannot be read
// becomes a note, and the placeholders of templates are kept as such.
package nginx

import (
	"strings"

	"hardcheck/checks"
)

// Config is one file.
type Config struct {
	Directives []*Directive
	Notes      []Note // what nginx would refuse, and what was too deep to read
}

// Note is something that could not be read as nginx would.
type Note struct {
	Place checks.Place
	Text  string
}

// Directive is a name with its arguments and, for a block, its body.
type Directive struct {
	Name  string
	Args  []Arg
	Body  []*Directive
	Block bool
	Raw   string // the text of a block in another language (content_by_lua_block)
	// Conditional marks a directive inside a template's condition or loop that its enclosing block is not in.
	Conditional bool
	Place       checks.Place // from the name to the ";" or "{"
}

// Arg is one argument, unquoted.
type Arg struct {
	Text     string
	Quoted   bool
	Template bool // holds a template's placeholder: the text is not what nginx will read
}

// Text is the arguments joined by single spaces.
func (d *Directive) Text() string {
	parts := make([]string, len(d.Args))
	for i, a := range d.Args {
		parts[i] = a.Text
	}
	return strings.Join(parts, " ")
}

// Template reports whether any argument holds a template's placeholder.
func (d *Directive) Template() bool {
	for _, a := range d.Args {
		if a.Template {
			return true
		}
	}
	return false
}

// Arg returns the text of the i-th argument, or "".
func (d *Directive) Arg(i int) string {
	if i < len(d.Args) {
		return d.Args[i].Text
	}
	return ""
}

type key struct{}

// Of returns the file's parsed form, made once.
func Of(f *checks.File) *Config {
	return checks.Memo(f, key{}, func() *Config { return parse(f) })
}
