package dockerfile

import (
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// Commands returns the simple commands of a RUN, CMD, ENTRYPOINT or HEALTHCHECK instruction: the words of the JSON
// form, the shell form's commands, or those of a RUN's heredoc. Read once.
func (in *Instruction) Commands() []Command { return in.commands() }

func (in *Instruction) read() []Command {
	switch in.Name {
	case "RUN", "CMD", "ENTRYPOINT":
	default:
		return nil
	}
	if in.Exec {
		return in.execForm()
	}
	if in.Name != "RUN" || len(in.Heredocs) == 0 {
		return in.shellForm(in.Text)
	}
	text := []byte(in.Text)
	for _, mark := range heredocMarks(in.Text) {
		for i := mark.start; i < mark.end; i++ {
			text[i] = ' '
		}
	}
	return append(in.shellForm(string(text)), in.heredocForm()...)
}

// shellForm reads text, which stands where Text does.
func (in *Instruction) shellForm(text string) []Command {
	found, _ := shell.Parse(text, in.variable)
	out := make([]Command, 0, len(found))
	for _, c := range found {
		start := in.line.sourceOffset(in.textAt + c.Start)
		end := in.line.sourceOffset(in.textAt+max(c.End-1, c.Start)) + 1
		out = append(out, Command{c, in.file.Place(start, end)})
	}
	return out
}

// variable answers what the shell sees of ENV and ARG.
func (in *Instruction) variable(name string) (string, bool) {
	w, ok := in.env[name]
	return w.Text, ok && !w.Dynamic
}

// execForm makes one command of the JSON words. A shell with -c among them is read on.
func (in *Instruction) execForm() []Command {
	var quoted strings.Builder
	dynamic := false
	for _, w := range in.Args {
		quoted.WriteString("'" + strings.ReplaceAll(w.Text, "'", `'\''`) + "' ")
		dynamic = dynamic || w.Dynamic
	}
	if dynamic {
		return nil
	}
	found, _ := shell.Parse(quoted.String(), in.variable)
	out := make([]Command, 0, len(found))
	for _, c := range found {
		out = append(out, Command{c, in.Place})
	}
	return out
}

// heredocForm reads the scripts of RUN <<EOF and RUN bash <<EOF. A heredoc given to another program is its data.
func (in *Instruction) heredocForm() []Command {
	head, _, _ := strings.Cut(in.Text, "<<")
	var out []Command
	program := strings.Fields(head)
	for _, doc := range in.Heredocs {
		if len(program) > 0 && !isShell(program[len(program)-1]) && !isShell(program[0]) || foreign(doc.Text) {
			continue
		}
		found, _ := shell.Parse(doc.Text, in.variable)
		for _, c := range found {
			out = append(out, Command{c, in.file.Place(doc.Offset+c.Start, doc.Offset+c.End)})
		}
	}
	return out
}

func isShell(word string) bool {
	switch word[strings.LastIndexByte(word, '/')+1:] {
	case "sh", "bash", "dash", "ash", "zsh", "ksh", "-e", "-ex", "-eux":
		return true
	}
	return false
}

// foreign reports a script whose first line names an interpreter that is not a shell.
func foreign(text string) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), "\n")
	if !strings.HasPrefix(first, "#!") {
		return false
	}
	words := strings.Fields(first[2:])
	return len(words) > 0 && !isShell(words[len(words)-1]) && !isShell(words[0])
}
