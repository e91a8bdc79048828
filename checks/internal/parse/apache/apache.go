// Package apache reads Apache httpd configuration files (httpd.conf, sites, .htaccess) into directives with places:
// sections, continued lines and quoting as in ap_build_config and ap_getword_conf. It knows no directive by name
// and never fails; what cannot be read becomes a note.
package apache

import (
	"strings"

	"hardcheck/checks"
)

// Config is one file.
type Config struct {
	Directives []*Directive
	Notes      []Note // what httpd would refuse, and what was too deep to read
}

// Note is something that could not be read as httpd would.
type Note struct {
	Place checks.Place
	Text  string
}

// Directive is a name with its arguments and, for a section, its body.
type Directive struct {
	Name    string // as written; httpd ignores case
	Args    []string
	Body    []*Directive
	Section bool
	// Template marks a directive that holds a template's placeholder, Conditional one inside a template's condition
	// or loop that its section is not in.
	Template, Conditional bool
	Place                 checks.Place
}

// Is reports whether the directive has that name, which ignores case.
func (d *Directive) Is(name string) bool { return strings.EqualFold(d.Name, name) }

// Text is the arguments joined by single spaces.
func (d *Directive) Text() string { return strings.Join(d.Args, " ") }

// Arg returns the i-th argument, or "".
func (d *Directive) Arg(i int) string {
	if i < len(d.Args) {
		return d.Args[i]
	}
	return ""
}

type key struct{}

// Of returns the file's parsed form, made once.
func Of(f *checks.File) *Config {
	return checks.Memo(f, key{}, func() *Config { return parse(f) })
}
