// Package clike reads what configuration written in code consists of (calls and chains of them, object literals,
// functions, assignments) from languages of C's family: JavaScript with TypeScript, Java, Kotlin, C# and PHP, and of
// Ruby what looks like them.
//
// One reader serves them because such configuration looks alike in all of them, and because a compiler's parser of
// JavaScript has no TypeScript. It is no compiler: types, generics and modifiers are skipped. It never fails, it
// only finds less, and it never runs what it reads.
package clike

import "sort"

// Language is what differs between the languages.
type Language struct {
	regexps    bool // /pattern/
	backticks  bool // `text ${value}`
	dollars    bool // "text $value", as in Kotlin
	verbatim   bool // @"text" and $"text {value}", as in C#
	objects    bool // { key: value } is a value
	lambdas    bool // { it.call() } is one, also behind a call, as in Kotlin
	lineEnds   bool // a line's end ends a statement
	annotation bool // Type name: two words stand side by side in a declaration
	ruby       bool // # comments, :symbols, key => value, call without, parentheses
	php        bool // <?php, $names, "text $value", a.b for a->b, + for the dot between texts
}

// The languages.
var (
	JavaScript = &Language{regexps: true, backticks: true, objects: true}
	Java       = &Language{annotation: true}
	Kotlin     = &Language{dollars: true, lambdas: true, lineEnds: true}
	CSharp     = &Language{verbatim: true, annotation: true}
	// Ruby's blocks are not nested: do, if and end are names that stand by themselves, in their order.
	Ruby = &Language{ruby: true, regexps: true, objects: true, lineEnds: true}
	PHP  = &Language{php: true}
)

// File is one file.
type File struct {
	Source string
	Body   []*Stmt
	Cut    bool // it is nested too deeply, or too long, to be read whole

	lines []int // offsets of line starts
}

// Position is the line and the column, both from 1, of an offset. Columns count bytes.
func (f *File) Position(offset int) (line, column int) {
	line = sort.SearchInts(f.lines, offset+1)
	return line, offset - f.lines[line-1] + 1
}

// Text is the source of an expression as written.
func (f *File) Text(x *Expr) string { return f.Source[x.Start:x.End] }

// Head is where a person looks for an expression: the method's name for the last call of a chain, else its start.
func (x *Expr) Head() int {
	switch {
	case x.Kind == Call && x.X.Kind == Member:
		return x.X.End - len(x.X.Text)
	case x.Kind == Member:
		return x.End - len(x.Text)
	}
	return x.Start
}

// ExprKind is the kind of an expression.
type ExprKind uint8

// Kinds of expressions.
const (
	Unknown   ExprKind = iota // what could not be read
	Name                      // Text
	Number                    // Text as written
	String                    // Text decoded
	Template                  // List: literal parts are Strings
	Regexp                    // Text is the pattern, Flags behind it
	Member                    // X.Text
	Index                     // X[Y]
	Call                      // X(List)
	New                       // new X(List) with Props where an initialiser follows
	Object                    // Props
	Array                     // List
	Function                  // Params, and Body or an expression X
	Binary                    // X Text Y
	Assign                    // X Text Y
	Unary                     // Text X
	Choice                    // X ? Y : Z
	Spread                    // ...X
	Annotated                 // @X
)

// Expr is an expression with its byte range in the source.
type Expr struct {
	Kind       ExprKind
	Start, End int
	Text       string
	Flags      string // of a Regexp
	X, Y, Z    *Expr
	List       []*Expr
	Props      []Prop
	Params     []string
	Body       []*Stmt
}

// Prop is an entry of an object. Key is "" where it is computed, or for a spread, whose Value is a Spread.
type Prop struct {
	Key      string
	Computed *Expr
	Value    *Expr
}

// StmtKind is the kind of a statement.
type StmtKind uint8

// Kinds of statements.
const (
	Do     StmtKind = iota + 1 // X by itself
	Var                        // Name = X, or Names from X taken apart
	If                         // X, Body and Else
	Block                      // Body; Maybe where it runs many times or not for certain
	Func                       // Name, Params and Body: a function or a method
	Class                      // Name and Body
	Return                     // X, which may be nil
	Import                     // Names from the module Text
	Export                     // X as Name, "default" for the file itself
)

// Stmt is a statement.
type Stmt struct {
	Kind       StmtKind
	Start, End int
	Name       string
	Text       string
	Maybe      bool
	X          *Expr
	Names      []Alias
	Params     []string
	Body, Else []*Stmt
	// Head is what stands in the parentheses of a loop, a switch, a try or a catch. Each does not show it.
	Head []*Stmt
	// Annotations stand before a function or a class.
	Annotations []*Expr
}

// Alias is Name as As. Name is "default" or "*" for an import that has none of its own.
type Alias struct{ Name, As string }

// Walk shows every expression below x, x first. Where visit returns false, what is below that one is left out.
// Statements inside functions are not walked.
func Walk(x *Expr, visit func(*Expr) bool) {
	if x == nil || !visit(x) {
		return
	}
	Walk(x.X, visit)
	Walk(x.Y, visit)
	Walk(x.Z, visit)
	for _, e := range x.List {
		Walk(e, visit)
	}
	for _, p := range x.Props {
		Walk(p.Computed, visit)
		Walk(p.Value, visit)
	}
}

// Each shows every expression of statements and of everything inside them, functions too. Where visit returns false,
// what is below that expression is left out.
func Each(body []*Stmt, visit func(*Expr) bool) {
	inner := func(x *Expr) bool {
		if !visit(x) {
			return false
		}
		Each(x.Body, visit)
		return true
	}
	for _, s := range body {
		for _, a := range s.Annotations {
			Walk(a, inner)
		}
		Walk(s.X, inner)
		Each(s.Body, visit)
		Each(s.Else, visit)
	}
}
