// Package command finds the programs that a service's command line starts, behind the shells, launchers and
// interpreters that real ones are wrapped in: `sh -c "exec gunicorn ..."`, `tini -- python -m uvicorn ...`.
package command

import (
	"path"
	"strings"

	"hardcheck/checks/internal/parse/shell"
)

// Process is a program with its arguments.
type Process struct {
	Name string // without directory: "gunicorn"
	Args []shell.Word
	Env  []shell.Assign // NAME=value written before the command
}

// Shell reads a command line that a shell runs, or that is written as for one.
func Shell(line string) []Process {
	commands, _ := shell.Parse(line, nil) // what stands before a mistake is still read
	var out []Process
	for _, c := range commands {
		out = append(out, Of(c)...)
	}
	return out
}

// Words reads the exec form: the words of a JSON list or of a systemd unit.
func Words(words []shell.Word) []Process {
	var line strings.Builder
	for _, w := range words {
		line.WriteString("'" + strings.ReplaceAll(w.Text, "'", `'\''`) + "'")
		if w.Dynamic {
			line.WriteString(`"$_"`)
		}
		line.WriteByte(' ')
	}
	return Shell(line.String())
}

// Of returns the process that one simple command starts, if it can be told.
func Of(c shell.Command) []Process {
	words := c.Program()
	for range 8 {
		if len(words) == 0 || words[0].Dynamic {
			return nil
		}
		inner := unwrap(path.Base(words[0].Text), words[1:])
		if inner == nil {
			return []Process{{Name: path.Base(words[0].Text), Args: words[1:], Env: c.Assigns}}
		}
		words = inner
	}
	return nil
}

// launchers run the command in their arguments: the words of a subcommand that must come first, and the options
// that take a value.
var launchers = map[string]struct{ sub, valued string }{
	"tini":                     {"", "-p -e"},
	"dumb-init":                {"", "-r --rewrite"},
	"catatonit":                {"", ""},
	"ddtrace-run":              {"", ""},
	"opentelemetry-instrument": {"", "--traces_exporter --metrics_exporter --service_name"},
	"newrelic-admin":           {"run-program", ""},
	"poetry":                   {"run", ""},
	"pipenv":                   {"run", ""},
	"pdm":                      {"run", ""},
	"uv":                       {"run", "--with --extra --group --python -p --directory --project --env-file"},
	"hatch":                    {"run", ""},
	"rye":                      {"run", ""},
	"conda":                    {"run", "-n --name -p --prefix"},
	"micromamba":               {"run", "-n --name -p --prefix"},
	"dotenv":                   {"run", "-f --file"},
	"doppler":                  {"run", "-p --project -c --config"},
	"gosu":                     {"*", ""},
	"su-exec":                  {"*", ""},
	"chpst":                    {"", "-u -U -b -/ -n -l -L -m -d -o -p -f -c -r -t"},
	"with-contenv":             {"", ""},
	"s6-setuidgid":             {"*", ""},
}

// unwrap returns the words of the command that a launcher or interpreter runs, or nil where name is neither.
func unwrap(name string, args []shell.Word) []shell.Word {
	if name == "python" || strings.HasPrefix(name, "python3") || name == "python2" || name == "pypy3" {
		return python(args)
	}
	l, ok := launchers[name]
	switch {
	case !ok && (strings.HasSuffix(name, ".sh") || strings.Contains(name, "entrypoint")):
		return program(args)
	case !ok:
		return nil
	}
	args = options(args, l.valued)
	if l.sub != "" {
		if len(args) == 0 || l.sub != "*" && args[0].Text != l.sub {
			return nil
		}
		args = options(args[1:], l.valued)
	}
	return args
}

// program is what an image's entry script is given to run: by convention it ends in exec "$@".
func program(args []shell.Word) []shell.Word {
	if len(args) == 0 || strings.HasPrefix(args[0].Text, "-") || strings.Contains(args[0].Text, ":") {
		return nil // options of the script itself, or a host to wait for
	}
	return args
}

// python returns what `python -m module` or `python /usr/bin/script` runs. A module's name serves as program.
func python(args []shell.Word) []shell.Word {
	for i, w := range args {
		switch {
		case w.Dynamic:
			return nil
		case w.Text == "-m":
			return args[i+1:]
		case w.Text == "-c":
			return nil
		case w.Text == "-W" || w.Text == "-X" || i > 0 && (args[i-1].Text == "-W" || args[i-1].Text == "-X"):
		case !strings.HasPrefix(w.Text, "-"):
			return args[i:]
		}
	}
	return nil
}

func options(args []shell.Word, valued string) []shell.Word {
	for len(args) > 0 {
		text := args[0].Text
		switch {
		case text == "--":
			return args[1:]
		case !strings.HasPrefix(text, "-"):
			return args
		}
		args = args[1:]
		for _, option := range strings.Fields(valued) {
			if text == option && len(args) > 0 {
				args = args[1:]
				break
			}
		}
	}
	return args
}

// Flag is one option of a command line.
type Flag struct {
	Name    string // with its dashes, as written: "--log-level", "-b"
	Value   string
	Valued  bool // a value follows, in the same word after = or as the next word
	Dynamic bool // the value is not known until run time
}

// Flags reads the options. valued reports whether an option takes a value; switches do not. ok is false where a
// word that is not known until run time may hold any option.
func Flags(args []shell.Word, valued func(name string) bool) (flags []Flag, ok bool) {
	ok = true
	for i := 0; i < len(args); i++ {
		w := args[i]
		if w.Text == "--" && !w.Dynamic {
			break
		}
		if !strings.HasPrefix(w.Text, "-") {
			ok = ok && !(w.Dynamic && w.Text == "")
			continue
		}
		name, value, joined := strings.Cut(w.Text, "=")
		if !strings.HasPrefix(name, "--") && len(w.Text) > 2 && valued(w.Text[:2]) { // -b0.0.0.0:80
			name, value, joined = w.Text[:2], strings.TrimPrefix(w.Text[2:], "="), true
		}
		f := Flag{Name: name, Value: value, Valued: joined, Dynamic: w.Dynamic}
		if !joined && valued(name) && i+1 < len(args) {
			i++
			f.Value, f.Valued, f.Dynamic = args[i].Text, true, args[i].Dynamic
		}
		flags = append(flags, f)
	}
	return flags, ok
}
