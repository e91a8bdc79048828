package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Output is what a statement writes into a file by > or >>, or by piping it into tee.
type Output struct {
	Target     string   // the file's words as written, without quotes: "$GITHUB_ENV"
	Variables  []string // that the written text holds, the target's own not among them
	Computed   bool     // a command's output is written, or a command other than echo, printf and cat of a here-document writes
	Start, End int
}

// Outputs lists what a script writes into files. Text that is no valid shell gives what was read before the mistake.
func Outputs(text string) []Output {
	if len(text) > maxText || depth(text) > maxDepth {
		return nil
	}
	var out []Output
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	for stmt, err := range parser.StmtsSeq(strings.NewReader(text)) {
		if err != nil {
			continue
		}
		syntax.Walk(stmt, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				out = append(out, redirected(n, text)...)
			case *syntax.BinaryCmd:
				if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
					out = append(out, teed(n, text)...)
				}
			}
			return true
		})
	}
	return out
}

func redirected(s *syntax.Stmt, text string) []Output {
	var out []Output
	for _, r := range s.Redirs {
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll:
		default:
			continue
		}
		o := Output{Target: target(r.Word, text), Start: int(s.Pos().Offset()), End: int(s.End().Offset())}
		o.take(s.Cmd, s.Redirs)
		out = append(out, o)
	}
	return out
}

// teed reads X | tee -a FILE.
func teed(b *syntax.BinaryCmd, text string) []Output {
	call, ok := b.Y.Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 || call.Args[0].Lit() != "tee" {
		return nil
	}
	var out []Output
	for _, arg := range call.Args[1:] {
		if strings.HasPrefix(arg.Lit(), "-") {
			continue
		}
		o := Output{Target: target(arg, text), Start: int(b.Pos().Offset()), End: int(b.End().Offset())}
		o.take(b.X.Cmd, b.X.Redirs)
		out = append(out, o)
	}
	return out
}

func target(w *syntax.Word, text string) string {
	start, end := int(w.Pos().Offset()), int(w.End().Offset())
	if start > end || end > len(text) {
		return ""
	}
	return strings.NewReplacer(`"`, "", `'`, "").Replace(text[start:end])
}

// take notes what the command and its here-documents hold.
func (o *Output) take(cmd syntax.Command, redirs []*syntax.Redirect) {
	if cmd != nil {
		syntax.Walk(cmd, o.visit)
	}
	for _, r := range redirs {
		if r.Hdoc != nil {
			syntax.Walk(r.Hdoc, o.visit)
		}
		if r.Op == syntax.WordHdoc {
			syntax.Walk(r.Word, o.visit)
		}
	}
}

func (o *Output) visit(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.ParamExp:
		if n.Param != nil {
			o.Variables = append(o.Variables, n.Param.Value)
		}
	case *syntax.CmdSubst, *syntax.ProcSubst:
		o.Computed = true
	case *syntax.CallExpr:
		if len(n.Args) > 0 {
			switch n.Args[0].Lit() {
			case "echo", "printf", "true", ":":
			case "cat":
				o.Computed = o.Computed || len(n.Args) > 1
			default:
				o.Computed = true
			}
		}
	}
	return true
}
