// Package source reads program text of many languages into one small tree that data flow can be followed through:
// statements with their handlers, calls with their arguments, text with the values put into it.
//
// JavaScript with TypeScript and JSX, Java, Kotlin, C#, PHP and Ruby share a lexer and a tolerant parser; Python and
// Go come from their own parsers. Package clike reads configuration written in code, and leaves out what that has no
// use for: handlers, types of parameters, text put together. Nothing here fails, it only finds less, and nothing is
// run.
package source

import "sort"

// Kind is the kind of an expression.
type Kind uint8

// Kinds of expressions.
const (
	Unknown  Kind = iota // List: what was inside
	Name                 // Text
	Literal              // Text: a string's content, decoded or as written
	Constant             // Text: a number, true, nil
	Template             // List: literal pieces and values
	Member               // X.Text
	Index                // X[Y]
	Slice                // part of X
	Call                 // X(List)
	New                  // new X(List), also a composite literal of Go with Pairs
	Object               // List of Pairs and others
	Pair                 // Text: X, also a named argument; Y where the key is computed
	Array                // List
	Func                 // Func
	Binary               // X Text Y
	Assign               // X Text Y
	Unary                // Text X; "repr" where a format quotes X
	Choice               // X ? Y : Z, also List of further outcomes, or what the body of Func returns
	Spread               // ...X
	Cast                 // X as Text, a type
)

// Expr is an expression with its byte range in the source.
type Expr struct {
	Kind       Kind
	Start, End int
	Text       string
	X, Y, Z    *Expr
	List       []*Expr
	Func       *Function
}

// Param is a parameter. Names holds more than one where an argument is taken apart.
type Param struct {
	Names []string
	Type  string
	Notes []*Expr // annotations
	Rest  bool    // takes all further arguments
}

// Function is a function, a method or a lambda. A body that is an expression is a Return of it.
type Function struct {
	Name, Class string
	Receiver    string
	Result      string // the type it returns, where written
	Params      []Param
	Body        []*Stmt
	Notes       []*Expr
	Start, End  int
}

// StmtKind is the kind of a statement.
type StmtKind uint8

// Kinds of statements.
const (
	Do        StmtKind = iota + 1 // X
	Var                           // Names = X; Type where written
	If                            // X, Body and Else
	Loop                          // Names from X, Body
	Block                         // Body
	Try                           // Body, Handlers, Else runs in any case
	Define                        // Func
	Class                         // Name, Notes and Body
	Return                        // X, which may be nil
	Throw                         // X, which may be nil
	Break                         // or continue
	Import                        // Text
	Switching                     // X, and Arms of which one runs
	Nothing                       // pass, an empty statement
)

// Stmt is a statement.
type Stmt struct {
	Kind       StmtKind
	Start, End int
	Name, Type string
	Text       string
	Names      []string
	X          *Expr
	Body, Else []*Stmt
	Arms       [][]*Stmt
	Handlers   []Handler
	Func       *Function
	Notes      []*Expr
}

// Handler is one catch. Types is empty where it catches everything.
type Handler struct {
	Start, End int
	Types      []string
	Name       string
	Body       []*Stmt
}

// File is one file.
type File struct {
	Lang   *Language
	Source string
	Body   []*Stmt
	Cut    bool // it is nested too deeply, or too long, to be read whole

	lines []int
}

// Line is the line, from 1, of an offset.
func (f *File) Line(offset int) int {
	if f.lines == nil {
		f.lines = []int{0}
		for i := range len(f.Source) {
			if f.Source[i] == '\n' {
				f.lines = append(f.lines, i+1)
			}
		}
	}
	return sort.SearchInts(f.lines, offset+1)
}

// Text is an expression as written.
func (f *File) Text(x *Expr) string {
	if x == nil || x.Start < 0 || x.End > len(f.Source) || x.Start > x.End {
		return ""
	}
	return f.Source[x.Start:x.End]
}

// Walk shows every expression below x, x first; the bodies of functions are left out. Where visit returns false, what
// is below that one is left out.
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
}

// Inside are the lists of statements directly inside a statement, without those of functions in its expressions.
func (s *Stmt) Inside() [][]*Stmt {
	out := [][]*Stmt{s.Body, s.Else}
	out = append(out, s.Arms...)
	for _, h := range s.Handlers {
		out = append(out, h.Body)
	}
	if s.Func != nil {
		out = append(out, s.Func.Body)
	}
	return out
}

// Each shows every statement in a list and below it, those of functions in expressions too.
func Each(body []*Stmt, visit func(*Stmt)) {
	for _, s := range body {
		visit(s)
		for _, inner := range s.Inside() {
			Each(inner, visit)
		}
		Walk(s.X, func(x *Expr) bool {
			if x.Func != nil {
				Each(x.Func.Body, visit)
			}
			return true
		})
	}
}
