// Package shell reads shell scripts into the simple commands they run: what each word says, and which words are
// not known until run time. It executes and expands nothing.
package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Bounds on foreign text: the parser recurses, so nesting is bounded before it starts.
const (
	maxText   = 256 << 10
	maxNested = 4 // sh -c "sh -c ..."
	maxDepth  = 200
)

// Command is one simple command, wrappers such as sudo still on it (see Program).
type Command struct {
	Words   []Word // never empty
	Assigns []Assign
	// Joined is the operator before the command in its list: "", ";", "&&", "||", "|". A newline is ";".
	Joined string
	// Maybe marks a command that runs only under a condition: in an if, loop, case or function body, or after ||.
	Maybe bool
	// Errexit reports that set -e is in effect, as far as the text tells.
	Errexit    bool
	Start, End int // byte range in the text; for a command inside sh -c, the range of that text's word
}

// Word is one word after quote removal.
type Word struct {
	Text string
	// Dynamic marks a word of which a part is not known until run time. Text then holds the known parts only.
	Dynamic    bool
	Glob       bool // an unquoted * ? or [
	Start, End int
}

// Assign is NAME=value before a command, or alone.
type Assign struct {
	Name  string
	Value Word
}

// Vars answers a variable's value where it is known.
type Vars func(name string) (value string, known bool)

// Parse returns the simple commands of a script in order. Where the text is not valid shell, it returns what was
// read before the mistake, and the error.
func Parse(text string, vars Vars) ([]Command, error) {
	if vars == nil {
		vars = func(string) (string, bool) { return "", false }
	}
	return parse(text, vars, 0)
}

type tooLarge struct{}

func (tooLarge) Error() string { return "the script is too large or too deeply nested to read" }

func parse(text string, vars Vars, nested int) ([]Command, error) {
	if len(text) > maxText || depth(text) > maxDepth {
		return nil, tooLarge{}
	}
	r := &reader{vars: vars, nested: nested, local: map[string]Word{}}
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	var failure error
	for stmt, err := range parser.StmtsSeq(strings.NewReader(text)) {
		if err != nil { // not left here: the iterator yields its error again after a break, and panics
			failure = err
			continue
		}
		r.stmt(stmt, ";", false)
	}
	if len(r.out) > 0 {
		r.out[0].Joined = ""
	}
	return r.out, failure
}

// depth is an upper bound of how deep brackets and compound commands nest.
func depth(text string) int {
	open, most := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '(', '{', '[':
			open++
		case ')', '}', ']':
			open--
		}
		most = max(most, open)
	}
	for _, word := range []string{"if", "while", "until", "case", "for", "`", "!", "function", "\"$"} {
		if n := strings.Count(text, word); n > 20*maxDepth {
			return n
		}
	}
	return most
}

type reader struct {
	vars    Vars
	local   map[string]Word // assigned in the script itself
	nested  int
	errexit bool
	out     []Command
}

func (r *reader) stmts(list []*syntax.Stmt, maybe bool) {
	for _, s := range list {
		r.stmt(s, ";", maybe)
	}
}

func (r *reader) stmt(s *syntax.Stmt, joined string, maybe bool) {
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.call(c, joined, maybe)
	case *syntax.BinaryCmd:
		r.stmt(c.X, joined, maybe)
		r.stmt(c.Y, c.Op.String(), maybe || c.Op == syntax.OrStmt)
	case *syntax.Subshell:
		r.stmts(c.Stmts, maybe)
	case *syntax.Block:
		r.stmts(c.Stmts, maybe)
	case *syntax.IfClause:
		for ; c != nil; c = c.Else {
			r.stmts(c.Cond, maybe)
			r.stmts(c.Then, true)
		}
	case *syntax.WhileClause:
		r.stmts(c.Cond, maybe)
		r.stmts(c.Do, true)
	case *syntax.ForClause:
		if it, ok := c.Loop.(*syntax.WordIter); ok {
			r.local[it.Name.Value] = Word{Dynamic: true}
		}
		r.stmts(c.Do, true)
	case *syntax.CaseClause:
		for _, item := range c.Items {
			r.stmts(item.Stmts, true)
		}
	case *syntax.FuncDecl:
		r.stmt(c.Body, ";", true)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			r.stmt(c.Stmt, joined, maybe)
		}
	case *syntax.DeclClause:
		r.assigns(c.Args, maybe)
	}
}

func (r *reader) call(c *syntax.CallExpr, joined string, maybe bool) {
	cmd := Command{Joined: joined, Maybe: maybe, Errexit: r.errexit, Start: int(c.Pos().Offset()), End: int(c.End().Offset())}
	for _, w := range c.Args {
		cmd.Words = append(cmd.Words, r.word(w))
	}
	if len(cmd.Words) == 0 {
		r.assigns(c.Assigns, maybe)
		return
	}
	for _, a := range c.Assigns {
		if a.Name != nil {
			cmd.Assigns = append(cmd.Assigns, Assign{a.Name.Value, r.value(a)})
		}
	}
	r.out = append(r.out, cmd)
	program := cmd.Program()
	if len(program) == 0 {
		return
	}
	if program[0].Text == "set" {
		r.set(program[1:])
	}
	if body, ok := script(program); ok && r.nested < maxNested {
		r.inner(body, cmd)
	}
}

// inner reads the text of sh -c as commands of its own.
func (r *reader) inner(body Word, outer Command) {
	found, _ := parse(body.Text, r.lookup, r.nested+1)
	for _, c := range found {
		c.Start, c.End = body.Start, body.End
		c.Maybe = c.Maybe || outer.Maybe
		for i := range c.Words {
			c.Words[i].Start, c.Words[i].End = body.Start, body.End
		}
		r.out = append(r.out, c)
	}
}

func (r *reader) lookup(name string) (string, bool) {
	if w, ok := r.local[name]; ok {
		return w.Text, !w.Dynamic
	}
	return r.vars(name)
}

func (r *reader) assigns(list []*syntax.Assign, maybe bool) {
	for _, a := range list {
		if a.Name == nil {
			continue
		}
		w := r.value(a)
		if _, known := r.lookup(a.Name.Value); maybe && known || a.Append {
			w = Word{Dynamic: true} // one of two values
		}
		r.local[a.Name.Value] = w
	}
}

func (r *reader) value(a *syntax.Assign) Word {
	switch {
	case a.Array != nil || a.Index != nil:
		return Word{Dynamic: true}
	case a.Value == nil:
		return Word{}
	}
	return r.word(a.Value)
}

func (r *reader) set(args []Word) {
	for i, a := range args {
		switch {
		case a.Text == "--":
			return
		case strings.HasPrefix(a.Text, "-") && strings.Contains(a.Text, "e"):
			r.errexit = true
		case strings.HasPrefix(a.Text, "+") && strings.Contains(a.Text, "e"):
			r.errexit = false
		case a.Text == "errexit" && i > 0 && args[i-1].Text == "-o":
			r.errexit = true
		}
	}
}
