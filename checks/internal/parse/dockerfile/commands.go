package dockerfile

import (
	"errors"
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// Commands returns the simple commands of a RUN, CMD or ENTRYPOINT instruction: the words of the JSON form, the
// shell form's commands, or those of a RUN's heredoc. Where a script is not valid shell, the error says so and the
// commands before the mistake are returned. Windows shells are not read. Read once.
func (in *Instruction) Commands() ([]Command, error) { return in.commands() }

func (in *Instruction) read() ([]Command, error) {
	switch {
	case in.Name != "RUN" && in.Name != "CMD" && in.Name != "ENTRYPOINT":
		return nil, nil
	case in.Exec:
		return in.execForm()
	case in.Windows():
		return nil, nil
	case in.Name != "RUN" || len(in.Heredocs) == 0:
		return in.shellForm(in.Text)
	}
	text := []byte(in.Text)
	for _, mark := range heredocMarks(in.Text) {
		for i := mark.start; i < mark.end; i++ {
			text[i] = ' '
		}
	}
	out, err := in.shellForm(string(text))
	inner, innerErr := in.heredocForm()
	return append(out, inner...), errors.Join(err, innerErr)
}

// Windows reports a stage whose commands PowerShell or cmd reads, so that Commands has none.
func (in *Instruction) Windows() bool {
	if in.Stage == nil {
		return false
	}
	sh := in.Stage.Last("SHELL")
	if sh == nil || len(sh.Args) == 0 {
		return false
	}
	name := strings.ToLower(sh.Args[0].Text)
	return strings.Contains(name, "powershell") || strings.Contains(name, "pwsh") || strings.HasPrefix(name, "cmd")
}

// shellForm reads text, which stands where Text does.
func (in *Instruction) shellForm(text string) ([]Command, error) {
	found, err := shell.Parse(text, in.variable)
	out := make([]Command, 0, len(found))
	for _, c := range found {
		start := in.line.sourceOffset(in.textAt + c.Start)
		end := in.line.sourceOffset(in.textAt+max(c.End-1, c.Start)) + 1
		out = append(out, Command{c, in.file.Place(start, end)})
	}
	return out, err
}

// variable answers what the shell sees of ENV and ARG.
func (in *Instruction) variable(name string) (string, bool) {
	w, ok := in.env[name]
	return w.Text, ok && !w.Dynamic
}

// execForm makes one command of the JSON words. A shell with -c among them is read on.
func (in *Instruction) execForm() ([]Command, error) {
	var quoted strings.Builder
	dynamic := false
	for _, w := range in.Args {
		quoted.WriteString("'" + strings.ReplaceAll(w.Text, "'", `'\''`) + "' ")
		dynamic = dynamic || w.Dynamic
	}
	if dynamic {
		return nil, nil
	}
	found, err := shell.Parse(quoted.String(), in.variable)
	out := make([]Command, 0, len(found))
	for _, c := range found {
		out = append(out, Command{c, in.Place})
	}
	return out, err
}

// heredocForm reads the scripts of RUN <<EOF and RUN bash <<EOF. A heredoc given to another program is its data.
func (in *Instruction) heredocForm() (out []Command, err error) {
	head, _, _ := strings.Cut(in.Text, "<<")
	program := strings.Fields(head)
	for _, doc := range in.Heredocs {
		if len(program) > 0 && !isShell(program[len(program)-1]) && !isShell(program[0]) || foreign(doc.Text) {
			continue
		}
		found, failure := shell.Parse(doc.Text, in.variable)
		err = errors.Join(err, failure)
		for _, c := range found {
			out = append(out, Command{c, in.file.Place(doc.Offset+c.Start, doc.Offset+c.End)})
		}
	}
	return out, err
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
