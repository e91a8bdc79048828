package settings

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/command"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/internal/parse/systemd"
	"hardcheck/checks/internal/parse/yamldoc"
)

// procfileLaunches reads "name: command" lines.
func procfileLaunches(f *checks.File) []launch {
	var list []launch
	text := f.Text()
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		name, words, ok := strings.Cut(line, ":")
		if ok && name != "" && !strings.ContainsAny(name, " \t#") {
			place := f.Place(at, at+len(strings.TrimRight(line, " \t\r")))
			list = append(list, launch{of: "process " + name, place: place, processes: command.Shell(words)})
		}
		at += len(line) + 1
	}
	return list
}

// systemdLaunches are those of a unit with its drop-ins. An empty ExecStart takes back those before it.
func systemdLaunches(file string, entries []systemd.Entry) []launch {
	name := unitOfDropIn(file)
	if name == "" {
		name = withoutTemplateSuffix(path.Base(file))
	}
	var list []launch
	env := map[string]variable{}
	for _, e := range entries {
		switch {
		case e.Key == "ExecStart" && e.Value == "":
			list = nil
		case e.Key == "Environment":
			for _, word := range systemd.Words(e.Value) {
				variableName, value, _ := strings.Cut(word, "=")
				env[variableName] = variable{value, e.Dynamic, e.Place}
			}
		case e.Key == "ExecStart":
			processes := command.Words(runTime(systemd.Command(e.Value)))
			list = append(list, launch{of: name, place: e.Place, env: env, processes: processes})
		}
	}
	return list
}

// runTime marks the words that hold a variable of the environment. The text of sh -c is left to the shell.
func runTime(texts []string) []shell.Word {
	var words []shell.Word
	inShell := false
	for i, text := range texts {
		script := inShell && strings.HasPrefix(texts[i-1], "-") && strings.HasSuffix(texts[i-1], "c")
		inShell = inShell || shells[path.Base(text)]
		if at := strings.IndexByte(text, '$'); at >= 0 && !script {
			words = append(words, shell.Word{Text: text[:at], Dynamic: true})
			continue
		}
		words = append(words, shell.Word{Text: text})
	}
	return words
}

var shells = map[string]bool{"sh": true, "bash": true, "dash": true, "ash": true, "zsh": true}

// maxLaunches bounds the services of a Compose file, which aliases multiply, and the stages of a Dockerfile.
const maxLaunches = 500

func composeLaunches(f *checks.File) []launch {
	var list []launch
	for _, doc := range yamldoc.Of(f).Docs {
		yamldoc.Each(yamldoc.Get(doc, "services"), func(key, service *yaml.Node) {
			if len(list) >= maxLaunches {
				return
			}
			entry, cmd := yamldoc.Get(service, "entrypoint"), yamldoc.Get(service, "command")
			place := yamldoc.Place(f, key)
			yamldoc.Each(service, func(k, v *yaml.Node) {
				if v == cmd || cmd == nil && v == entry {
					place = yamldoc.Place(f, k)
				}
			})
			l := launch{of: "service " + key.Value, place: place, env: map[string]variable{}, processes: composeProcesses(entry, cmd)}
			composePairs(yamldoc.Get(service, "environment"), func(name string, at, v *yaml.Node) {
				text, known := composeText(v)
				l.env[name] = variable{text, !known || v == nil, yamldoc.Place(f, at)}
			})
			list = append(list, l)
		})
	}
	return list
}

func composeProcesses(entry, cmd *yaml.Node) []command.Process {
	switch {
	case entry == nil:
		return command.Words(composeWords(cmd))
	case cmd == nil:
		return command.Words(composeWords(entry))
	}
	return joinedProcesses(composeWords(entry), composeWords(cmd))
}

// joinedProcesses is what an entry point runs with the command as its arguments; where the entry point is a
// program of the image's own, by convention it ends in running these.
func joinedProcesses(entry, cmd []shell.Word) []command.Process {
	list := command.Words(append(append([]shell.Word(nil), entry...), cmd...))
	for _, p := range list {
		if serverOf(p) != nil {
			return list
		}
	}
	return command.Words(cmd)
}

// composeWords reads both forms of a command; the string form is split into words, and no shell runs it.
func composeWords(n *yaml.Node) []shell.Word {
	var words []string
	if text, ok := yamldoc.Text(n); ok {
		words = systemd.Words(text)
	}
	for _, item := range yamldoc.Items(n) {
		text, _ := yamldoc.Text(item)
		words = append(words, text)
	}
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "$$", "$")
	}
	return runTime(words)
}

// dockerfileLaunches are those of the stages that say what to run.
func dockerfileLaunches(f *checks.File) []launch {
	file := dockerfile.Of(f)
	var list []launch
	left := maxInstructions
	for _, stage := range file.Stages {
		var own *dockerfile.Instruction
		for _, in := range stage.Instructions {
			if in.Name == "CMD" || in.Name == "ENTRYPOINT" {
				own = in
			}
		}
		if own == nil {
			continue
		}
		l := launch{of: stageName(file, stage), place: own.Place, env: map[string]variable{}}
		for _, s := range stage.Chain() {
			for _, in := range s.Instructions {
				if left--; left < 0 {
					return list // told by the reader of stages
				}
				for _, pair := range in.Args {
					name, value, _ := strings.Cut(pair.Text, "=")
					if _, set := l.env[name]; in.Name == "ENV" && !set {
						l.env[name] = variable{value, pair.Dynamic, in.Place}
					}
				}
			}
		}
		l.processes = stageProcesses(stage)
		list = append(list, l)
	}
	return list
}

func stageProcesses(stage *dockerfile.Stage) []command.Process {
	entry, cmd := stage.Last("ENTRYPOINT"), stage.Last("CMD")
	switch {
	case entry == nil || cmd != nil && cmd.Stage != entry.Stage && entry.Stage == stage:
		if entry != nil {
			return instructionProcesses(entry)
		}
		return instructionProcesses(cmd)
	case cmd == nil || !entry.Exec: // a shell form ENTRYPOINT takes no arguments
		return instructionProcesses(entry)
	}
	return joinedProcesses(instructionWords(entry), instructionWords(cmd))
}

func instructionProcesses(in *dockerfile.Instruction) []command.Process {
	if in == nil {
		return nil
	}
	if in.Exec {
		return command.Words(instructionWords(in))
	}
	var list []command.Process
	commands, _ := in.Commands() // what was read before a mistake is still of use
	for _, c := range commands {
		list = append(list, command.Of(c.Command)...)
	}
	return list
}

func instructionWords(in *dockerfile.Instruction) []shell.Word {
	if !in.Exec {
		return []shell.Word{{Text: "/bin/sh"}, {Text: "-c"}, {Text: in.Text}}
	}
	var words []shell.Word
	for _, w := range in.Args {
		words = append(words, shell.Word{Text: w.Text, Dynamic: w.Dynamic})
	}
	return words
}
