// Package python reads Python source, up to the syntax of 3.14, into statements and expressions with byte offsets.
//
// It never fails, it only finds less: a logical line that it cannot read becomes a Bad statement, and the block
// structure around it stays. It never runs or imports what it reads.
package python

import (
	"sort"
	"sync"
)

// Node is a statement, an expression, or a part of one that has a range of its own.
type Node interface {
	// Span is the node's byte range in Module.Source.
	Span() (start, end int)
}

// Range is the byte range of a node.
type Range struct{ Start, End int32 }

// Span returns the range as ints.
func (r Range) Span() (start, end int) { return int(r.Start), int(r.End) }

// Module is one file.
type Module struct {
	Source string
	Body   []Stmt
	Bad    int // logical lines that could not be read whole

	once  sync.Once
	lines []int // offsets of line starts
}

// Position is the line and the column, both from 1, of an offset. Columns count bytes.
func (m *Module) Position(offset int) (line, column int) {
	m.once.Do(func() {
		m.lines = []int{0}
		for i := range len(m.Source) {
			if m.Source[i] == '\n' {
				m.lines = append(m.lines, i+1)
			}
		}
	})
	line = sort.SearchInts(m.lines, offset+1)
	return line, offset - m.lines[line-1] + 1
}

// Text is the source of a node as written.
func (m *Module) Text(n Node) string {
	start, end := n.Span()
	return m.Source[start:end]
}

// Stmt is one of the statement types below.
type Stmt interface{ Node }

// Expr is one of the expression types below.
type Expr interface{ Node }

// Expressions.
type (
	// Name is an identifier.
	Name struct {
		Range
		ID string
	}
	// Constant is None, True, False or an ellipsis.
	Constant struct {
		Range
		Word string
	}
	// Number is a numeric literal as written.
	Number struct {
		Range
		Text string
	}
	// String is one literal or several that stand side by side. Parts is nil where it has no fields.
	String struct {
		Range
		Text  string // decoded, where Parts is nil
		Bytes bool
		Parts []Part
	}
	// Attribute is X.Name.
	Attribute struct {
		Range
		X    Expr
		Name string
	}
	// Subscript is X[Index]; several indexes are a Sequence.
	Subscript struct {
		Range
		X, Index Expr
	}
	// Slice is Low:High:Step, each possibly nil.
	Slice struct {
		Range
		Low, High, Step Expr
	}
	// Call is Func(Args).
	Call struct {
		Range
		Func Expr
		Args []Arg
	}
	// Sequence is a tuple, a list or a set.
	Sequence struct {
		Range
		Kind  byte // ( [ {
		Items []Expr
	}
	// Dict is a dictionary display; a nil key is **value.
	Dict struct {
		Range
		Keys, Values []Expr
	}
	// Unary is Op X: "-", "+", "~", "not", "await", "yield", "yield from", "*" and "**". X may be nil after yield.
	Unary struct {
		Range
		Op string
		X  Expr
	}
	// Binary is X Op Y, comparisons and "and" and "or" included. A chain a < b < c is (a < b) and (b < c).
	Binary struct {
		Range
		Op   string
		X, Y Expr
	}
	// Conditional is Then if Test else Else.
	Conditional struct {
		Range
		Test, Then, Else Expr
	}
	// Lambda is a function without a name.
	Lambda struct {
		Range
		Params []Param
		Body   Expr
	}
	// Comprehension is a generator, or one between [ or {. Value is nil but for dictionaries.
	Comprehension struct {
		Range
		Kind        byte // ( [ {
		Elem, Value Expr
		Clauses     []Clause
	}
	// Walrus is Name := Value.
	Walrus struct {
		Range
		Name  Expr
		Value Expr
	}
)

// Part is a piece of a format string: literal text, or a field where Value is not nil.
type Part struct {
	Text       string // decoded
	Value      Expr
	Conversion byte // r, s, a or 0
	Spec       []Part
}

// Arg is an argument of a call or of a class. Name is "" for a positional one.
type Arg struct {
	Range
	Name  string
	Value Expr // a Unary "*" or "**" for unpacking
}

// Clause is one for of a comprehension with its conditions.
type Clause struct {
	Target, Iter Expr
	Ifs          []Expr
}

// Param is a parameter of a function. The markers / and * are left out.
type Param struct {
	Name                string
	Star                int // 1 for *args, 2 for **kwargs
	Annotation, Default Expr
}

// Statements.
type (
	// ExprStmt is an expression by itself.
	ExprStmt struct {
		Range
		X Expr
	}
	// Assign is a, b = c = Value, or Target Op Value, or Target: Annotation = Value where Value may be nil.
	Assign struct {
		Range
		Targets    []Expr
		Op         string // "=", "+=", ...
		Annotation Expr
		Value      Expr
	}
	// Function is def or async def.
	Function struct {
		Range
		Name       string
		Async      bool
		Decorators []Expr
		Params     []Param
		Returns    Expr
		Body       []Stmt
	}
	// Class is a class; Args are its bases and keywords.
	Class struct {
		Range
		Name       string
		Decorators []Expr
		Args       []Arg
		Body       []Stmt
	}
	// If is if, elif and else; the Test of else is nil.
	If struct {
		Range
		Branches []Branch
	}
	// Loop is for (Target and Iter) or while (Test).
	Loop struct {
		Range
		Async              bool
		Target, Iter, Test Expr
		Body, Else         []Stmt
	}
	// With is a with statement.
	With struct {
		Range
		Async bool
		Items []WithItem
		Body  []Stmt
	}
	// Try is a try statement.
	Try struct {
		Range
		Body          []Stmt
		Handlers      []Handler
		Else, Finally []Stmt
	}
	// Match is a match statement.
	Match struct {
		Range
		Subject Expr
		Cases   []Case
	}
	// Jump is return, raise, pass, break, continue, del, assert, global or nonlocal with its expressions.
	Jump struct {
		Range
		Word string
		Args []Expr // raise: the exception and its cause; assert: the test and its message
	}
	// Import is import a.b as c, or from ..a import b as c, where Names[0].Name may be "*".
	Import struct {
		Range
		From   bool
		Level  int // leading dots
		Module string
		Names  []Alias
	}
	// TypeAlias is type Name = Value.
	TypeAlias struct {
		Range
		Name  string
		Value Expr
	}
	// Bad is a logical line that could not be read, with the block below it.
	Bad struct {
		Range
		Body []Stmt
	}
)

// Branch is one arm of an if.
type Branch struct {
	Range
	Test Expr
	Body []Stmt
}

// WithItem is X as Target; Target may be nil.
type WithItem struct{ X, Target Expr }

// Handler is one except. Type is nil where it is bare.
type Handler struct {
	Range
	Type Expr
	Name string
	Star bool
	Body []Stmt
}

// Case is one arm of a match. Pattern is read as an expression.
type Case struct {
	Range
	Pattern, Guard Expr
	Body           []Stmt
}

// Alias is Name as As; As is "" where nothing was said.
type Alias struct{ Name, As string }
