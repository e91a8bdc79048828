// Package caddyfile reads Caddyfiles into blocks and directives with places. Imports and snippets are left to the
// reader, environment variables ({$X}) are marked as not known. It never fails; what cannot be read becomes a note.
package caddyfile

import (
	"strings"

	"hardcheck/checks"
)

// Config is one file.
type Config struct {
	Blocks []*Block
	Notes  []Note // what Caddy would refuse, and what was too deep to read
}

// Note is something that could not be read as Caddy would.
type Note struct {
	Place checks.Place
	Text  string
}

// Kind is what a top-level block is.
type Kind int

// Kinds of blocks.
const (
	Site    Kind = iota + 1
	Global       // options without a key
	Snippet      // (name) { ... }
	Route        // &(name) { ... }
	Import       // import at the top level: Keys are its arguments
)

// Block is a top-level block.
type Block struct {
	Kind   Kind
	Keys   []Token // site addresses without commas, the snippet's name, or the import's arguments
	Body   []*Directive
	Braces bool
	Place  checks.Place
}

// Directive is a line: a name with its arguments and a body.
type Directive struct {
	Name  string
	Args  []Token
	Body  []*Directive
	Block bool
	// Conditional marks a directive inside a template's condition or loop that its block is not in.
	Conditional bool
	Place       checks.Place
}

// Token is a word without its quotes.
type Token struct {
	Text    string
	Quoted  bool
	Dynamic bool // holds an environment variable or a template's placeholder
}

// Text is the arguments joined by single spaces.
func (d *Directive) Text() string { return Join(d.Args) }

// Dynamic reports whether any argument is not known until run time.
func (d *Directive) Dynamic() bool {
	for _, a := range d.Args {
		if a.Dynamic {
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

// Join is the tokens' texts joined by single spaces.
func Join(tokens []Token) string {
	parts := make([]string, len(tokens))
	for i, t := range tokens {
		parts[i] = t.Text
	}
	return strings.Join(parts, " ")
}

type key struct{}

// Of returns the file's parsed form, made once.
func Of(f *checks.File) *Config {
	return checks.Memo(f, key{}, func() *Config { return parse(f) })
}
