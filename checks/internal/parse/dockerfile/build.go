package dockerfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"

	"hardcheck/checks"
)

// maxSize and maxInstructions bound what is read of one file; real Dockerfiles are far smaller.
const (
	maxSize         = 1 << 20
	maxInstructions = 5000
)

type builder struct {
	file   *File
	source *checks.File
	scan   scanner
	global map[string]Word // ARGs before the first FROM
	stage  *Stage
	known  map[string]*Stage
}

func parse(f *checks.File) *File {
	b := &builder{file: &File{}, source: f, global: map[string]Word{}, known: map[string]*Stage{}}
	text := f.Text()
	switch {
	case f.Binary():
		return b.file
	case len(text) > maxSize:
		b.file.Err = tooMuch(f, "at most "+checks.FormatSize(maxSize), fmt.Sprintf("%d bytes", len(text)))
		return b.file
	}
	b.scan = scanner{src: text}
	b.scan.directives()
	nodes, refused := instructions(text)
	b.file.Refused = refused
	for i := range maxInstructions {
		if refused == nil && !b.scan.seek(nodes, i) {
			return b.file
		}
		l, ok := b.scan.next()
		if !ok {
			return b.file
		}
		b.line(l)
	}
	b.file.Err = tooMuch(f, fmt.Sprintf("at most %d instructions", maxInstructions), "more")
	return b.file
}

func tooMuch(f *checks.File, expected, actual string) *checks.Problem {
	return &checks.Problem{Op: "read Dockerfile", Expected: expected, Actual: actual, Retry: checks.RetryUseless, Where: f.Path, Blind: true}
}

// named are the instructions; every other first word makes a line of no meaning, such as a template's.
var named = map[string]bool{"ADD": true, "ARG": true, "CMD": true, "COPY": true, "ENTRYPOINT": true, "ENV": true, "EXPOSE": true,
	"FROM": true, "HEALTHCHECK": true, "LABEL": true, "MAINTAINER": true, "ONBUILD": true, "RUN": true, "SHELL": true,
	"STOPSIGNAL": true, "USER": true, "VOLUME": true, "WORKDIR": true}

func (b *builder) line(l line) {
	if strings.HasPrefix(l.text, "{{") || strings.HasPrefix(l.text, "{%") || strings.HasPrefix(l.text, "<%") {
		b.file.Templated = true
		return
	}
	end := strings.IndexAny(l.text, " \t")
	if end < 0 {
		end = len(l.text)
	}
	name := strings.ToUpper(l.text[:end])
	if !named[name] {
		return
	}
	if name == "RUN" || name == "COPY" || name == "ADD" || name == "ONBUILD" && b.scan.docs != nil {
		b.scan.heredocs(&l)
	}
	in := &Instruction{Name: name, Heredocs: l.heredocs, line: l, textAt: end, file: b.source, Stage: b.stage}
	in.Place = b.source.Place(l.sourceOffset(0), lineEnd(b.scan.src, l.end))
	in.env = b.environment()
	in.commands = sync.OnceValues(in.read)
	x := expander{env: in.env, escape: b.scan.escape}
	in.takeFlags(x)
	in.takeArgs(x)
	b.add(in)
}

// lineEnd steps back over the line end that precedes offset.
func lineEnd(src string, offset int) int {
	for offset > 0 && (src[offset-1] == '\n' || src[offset-1] == '\r') {
		offset--
	}
	return offset
}

func (b *builder) environment() map[string]Word {
	if b.stage == nil {
		return b.global
	}
	return b.stage.env
}

// takeFlags reads --name and --name=value before the arguments, and leaves the rest in Text.
func (in *Instruction) takeFlags(x expander) {
	text := in.line.text
	at := in.textAt
	for {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t"))
		if !strings.HasPrefix(text[at:], "--") || in.Name == "CMD" || in.Name == "ENTRYPOINT" {
			break
		}
		word := fields(text[at:], x.escape)[0]
		at += len(word)
		if word == "--" {
			continue
		}
		name, value, _ := strings.Cut(word[2:], "=")
		in.Flags = append(in.Flags, Flag{Name: name, Value: x.word(value)})
	}
	in.textAt = at
	in.Text = strings.TrimRight(text[at:], " \t")
}

func (in *Instruction) takeArgs(x expander) {
	switch in.Name {
	case "RUN", "CMD", "ENTRYPOINT", "SHELL", "COPY", "ADD", "VOLUME":
		if in.takeJSON() || in.Name == "RUN" || in.Name == "CMD" || in.Name == "ENTRYPOINT" {
			return
		}
	case "ONBUILD", "HEALTHCHECK", "MAINTAINER":
		return
	case "ENV", "LABEL":
		if name, value, ok := oldPair(in.Text); ok {
			in.Args = []Word{x.pair(name, value)}
			return
		}
	}
	for _, word := range fields(in.Text, x.escape) {
		if name, value, ok := strings.Cut(word, "="); ok && (in.Name == "ENV" || in.Name == "ARG" || in.Name == "LABEL") {
			in.Args = append(in.Args, x.pair(name, value))
			continue
		}
		in.Args = append(in.Args, x.word(word))
	}
}

func (in *Instruction) takeJSON() bool {
	if !strings.HasPrefix(in.Text, "[") {
		return false
	}
	var words []string
	if json.Unmarshal([]byte(in.Text), &words) != nil {
		return false
	}
	in.Exec = true
	for _, w := range words {
		in.Args = append(in.Args, Word{Text: w, Dynamic: templated(w)})
	}
	return true
}

// oldPair reads the form ENV name value, whose value goes to the end of the line.
func oldPair(text string) (name, value string, ok bool) {
	end := strings.IndexAny(text, " \t=")
	if end <= 0 || text[end] == '=' {
		return "", "", false
	}
	return text[:end], strings.TrimSpace(text[end:]), true
}

func (x expander) pair(name, value string) Word {
	w := x.word(value)
	return Word{Text: name + "=" + w.Text, Dynamic: w.Dynamic}
}

// add puts the instruction where it belongs and lets it change the environment of what follows.
func (b *builder) add(in *Instruction) {
	if in.Name == "FROM" {
		b.from(in)
		return
	}
	if b.stage == nil {
		if in.Name == "ARG" {
			b.file.Args = append(b.file.Args, in)
			b.assign(in)
		}
		return
	}
	b.stage.Instructions = append(b.stage.Instructions, in)
	if in.Name == "ENV" || in.Name == "ARG" {
		b.assign(in)
	}
}

// assign makes a new environment, because instructions before this one keep theirs.
func (b *builder) assign(in *Instruction) {
	env := maps.Clone(b.environment())
	if len(env) > 1000 {
		return
	}
	for _, w := range in.Args {
		name, value, given := strings.Cut(w.Text, "=")
		switch {
		case given:
			if in.Name == "ENV" && b.stage != nil {
				b.stage.lasting[name] = true
			} else if b.stage != nil && b.stage.lasting[name] {
				continue // ENV wins over ARG
			}
			env[name] = Word{value, w.Dynamic}
		case in.Name == "ARG":
			if _, set := env[name]; set {
				continue
			}
			env[name] = argUnset
			if v, ok := b.global[name]; ok && b.stage != nil {
				env[name] = v
			}
		}
	}
	if b.stage == nil {
		b.global = env
		return
	}
	b.stage.env = env
}

func (b *builder) from(in *Instruction) {
	if len(in.Args) == 0 {
		return
	}
	s := &Stage{Index: len(b.file.Stages), Place: in.Place, env: map[string]Word{}, lasting: map[string]bool{}}
	s.Platform, _ = in.Flag("platform")
	// FROM sees the global ARGs only.
	raw := fields(in.Text, b.scan.escape)
	s.Base = expander{env: b.global, escape: b.scan.escape}.word(raw[0])
	if len(raw) >= 3 && strings.EqualFold(raw[1], "as") {
		s.Name = strings.ToLower(raw[2])
	}
	if from, ok := b.known[strings.ToLower(s.Base.Text)]; ok && !s.Base.Dynamic {
		s.From = from
		s.inherit(from)
	}
	if s.Name != "" {
		b.known[s.Name] = s
	}
	b.file.Stages = append(b.file.Stages, s)
	b.stage = s
	in.Stage = s
}

// inherit gives the stage what it sees of the one it is built from: its ENV, not its ARG.
func (s *Stage) inherit(from *Stage) {
	for name := range from.lasting {
		s.lasting[name] = true
		s.env[name] = from.env[name]
	}
}
