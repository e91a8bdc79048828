package shell

import (
	"path"
	"strings"
)

// wrappers run another command given as their arguments. The value lists options that take a value of their own.
var wrappers = map[string]string{
	"sudo": "-u -g -h -p -C -r -t --user --group", "doas": "-u -C", "env": "-u -C -S --unset --chdir", "exec": "-a", "command": "",
	"builtin": "", "nohup": "", "nice": "-n", "ionice": "-c -n", "time": "-f -o", "stdbuf": "-i -o -e", "busybox": "", "eatmydata": "",
	"timeout": "-s -k --signal --kill-after", "xargs": "-I -i -n -P -L -d -E -a -s", "fakeroot": "", "chroot": "", "setarch": "",
	"then": "", "do": "",
}

// positional is how many arguments of its own a wrapper takes before the command.
var positional = map[string]int{"timeout": 1, "chroot": 1}

// Program returns the words of the command that is really run: wrappers such as sudo, env and xargs with their
// options removed, the program's directory removed from the first word. It is empty where that cannot be told.
func (c *Command) Program() []Word {
	words := c.Words
	for range 8 {
		if len(words) == 0 || words[0].Dynamic {
			return nil
		}
		name := path.Base(words[0].Text)
		valued, ok := wrappers[name]
		if !ok {
			out := append([]Word(nil), words...)
			out[0].Text = name
			return out
		}
		words = afterOptions(words[1:], valued, positional[name])
	}
	return nil
}

func afterOptions(words []Word, valued string, skip int) []Word {
	for len(words) > 0 {
		text := words[0].Text
		switch {
		case text == "--":
			return words[1:]
		case strings.HasPrefix(text, "-") && text != "-":
			n := 1
			for _, option := range strings.Fields(valued) {
				if text == option {
					n = 2
				}
			}
			words = words[min(n, len(words)):]
		case strings.Contains(text, "=") && !strings.HasPrefix(text, "="):
			words = words[1:] // NAME=value before the command: env, sudo
		case skip > 0:
			skip--
			words = words[1:]
		default:
			return words
		}
	}
	return nil
}

// Found returns the commands that find runs for each file: the words after -exec, -execdir and -ok.
func Found(program []Word) [][]Word {
	if len(program) == 0 || program[0].Text != "find" {
		return nil
	}
	var out [][]Word
	for i := 1; i < len(program); i++ {
		switch program[i].Text {
		case "-exec", "-execdir", "-ok", "-okdir":
			start := i + 1
			for i++; i < len(program) && program[i].Text != ";" && program[i].Text != "+"; i++ {
			}
			if start < i {
				out = append(out, program[start:i])
			}
		}
	}
	return out
}

// script is the text that a shell is given with -c, where it is known.
func script(program []Word) (Word, bool) {
	switch program[0].Text {
	case "sh", "bash", "dash", "ash", "ksh", "zsh":
	case "eval":
		if len(program) == 2 && !program[1].Dynamic {
			return program[1], true
		}
		return Word{}, false
	default:
		return Word{}, false
	}
	for i := 1; i < len(program); i++ {
		text := program[i].Text
		switch {
		case strings.HasPrefix(text, "-") && !strings.HasPrefix(text, "--") && strings.HasSuffix(text, "c"):
			if i+1 < len(program) && !program[i+1].Dynamic {
				return program[i+1], true
			}
			return Word{}, false
		case strings.HasPrefix(text, "-") && strings.HasSuffix(strings.ToLower(text), "o"):
			i++
		case !strings.HasPrefix(text, "-"):
			return Word{}, false
		}
	}
	return Word{}, false
}
