package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// maxValue bounds a word after its variables are put in, so that doubling assignments do not grow.
const maxValue = 64 << 10

func (r *reader) word(w *syntax.Word) Word {
	out := Word{Start: int(w.Pos().Offset()), End: int(w.End().Offset())}
	var text strings.Builder
	for i, part := range w.Parts {
		r.part(part, i == 0, &out, &text)
		if text.Len() > maxValue {
			out.Dynamic = true
			break
		}
	}
	out.Text = text.String()
	return out
}

func (r *reader) part(part syntax.WordPart, first bool, out *Word, text *strings.Builder) {
	switch p := part.(type) {
	case *syntax.Lit:
		value := unescape(p.Value, false)
		out.Glob = out.Glob || strings.ContainsAny(p.Value, "*?[")
		if first && strings.HasPrefix(value, "~") {
			out.Dynamic = true
		}
		text.WriteString(value)
	case *syntax.SglQuoted:
		if p.Dollar && strings.Contains(p.Value, `\`) {
			out.Dynamic = true
		}
		text.WriteString(p.Value)
	case *syntax.DblQuoted:
		for _, q := range p.Parts {
			if lit, ok := q.(*syntax.Lit); ok {
				text.WriteString(unescape(lit.Value, true))
				continue
			}
			r.part(q, false, out, text)
		}
	case *syntax.ParamExp:
		value, known := r.param(p)
		out.Dynamic = out.Dynamic || !known
		text.WriteString(value)
	case *syntax.CmdSubst:
		r.stmts(p.Stmts, true)
		out.Dynamic = true
	case *syntax.ProcSubst:
		r.stmts(p.Stmts, true)
		out.Dynamic = true
	case *syntax.ExtGlob:
		out.Glob = true
		out.Dynamic = true
	default: // arithmetic, brace expansion
		out.Dynamic = true
	}
}

// param knows $X, ${X} and ${X:-word}; every other form is left to run time.
func (r *reader) param(p *syntax.ParamExp) (string, bool) {
	if p.Param == nil || p.Excl || p.Length || p.Width || p.Index != nil || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return "", false
	}
	value, known := r.lookup(p.Param.Value)
	switch {
	case p.Exp == nil:
		return value, known
	case known && value != "" && (p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.DefaultUnset):
		return value, true
	}
	return "", false
}

// unescape removes the backslashes of an unquoted or double-quoted literal.
func unescape(s string, quoted bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch {
		case s[i] == '\n':
		case quoted && !strings.ContainsRune("$`\"\\", rune(s[i])):
			b.WriteByte('\\')
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
