// Package dockerfile reads Dockerfiles and Containerfiles: stages, instructions with their variables put in, and
// the commands that RUN lines execute. It never fails; what it cannot read it leaves out, and what is not known
// before the build is marked dynamic.
//
// BuildKit's packages decide where instructions begin, which heredocs they have and what variables give. Around them the
// reader keeps the place of every command, also on continuation lines, and reads on where BuildKit refuses a whole file
// for one bad or templated line.
package dockerfile

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/shell"
)

// File is one Dockerfile.
type File struct {
	Stages []*Stage // in order; empty where the file has no FROM
	Args   []*Instruction
	// Templated reports lines that a template engine reads ({% %}, {{ }}): which instructions the real file
	// will hold is not known.
	Templated bool
	// Refused is why BuildKit would not build the file, or nil. What could be read of it is here all the same.
	Refused error
	// Err says why reading ended early, or is nil. It is Blind: what stands after that was not seen.
	Err *checks.Problem
}

// Stage is one FROM and what follows it.
type Stage struct {
	Index        int
	Name         string // after AS, in lower case; "" without
	Platform     Word   // --platform
	Base         Word   // the image as written, its variables put in
	From         *Stage // the earlier stage that Base names, or nil
	Place        checks.Place
	Instructions []*Instruction // without the FROM
	env          map[string]Word
	lasting      map[string]bool // names that ENV set; ARG ends with its stage
}

// Final is the stage that a build makes unless told otherwise, the last one; nil without any.
func (f *File) Final() *Stage {
	if len(f.Stages) == 0 {
		return nil
	}
	return f.Stages[len(f.Stages)-1]
}

// Chain is the stage and the stages that it is built from, the nearest first.
func (s *Stage) Chain() []*Stage {
	var chain []*Stage
	for ; s != nil; s = s.From {
		chain = append(chain, s)
	}
	return chain
}

// Last returns the last instruction of that name in the stage or the stages that it is built from, or nil.
func (s *Stage) Last(name string) *Instruction {
	for _, stage := range s.Chain() {
		for _, in := range slices.Backward(stage.Instructions) {
			if in.Name == name {
				return in
			}
		}
	}
	return nil
}

// Instruction is one instruction.
type Instruction struct {
	Name  string // in upper case
	Flags []Flag
	// Args are the words: of the JSON form, of a list (COPY, EXPOSE), or NAME=value pairs (ENV, ARG, LABEL).
	// The shell form of RUN, CMD, ENTRYPOINT and HEALTHCHECK has none; see Commands.
	Args     []Word
	Exec     bool // the JSON form
	Text     string
	Heredocs []Heredoc
	Place    checks.Place
	Stage    *Stage // nil before the first FROM

	line     line
	textAt   int // of Text in line.text
	env      map[string]Word
	file     *checks.File
	commands func() ([]Command, error)
}

// Flag is --name or --name=value. A flag may occur more than once.
type Flag struct {
	Name  string
	Value Word
}

// Flag returns the last flag of that name.
func (in *Instruction) Flag(name string) (Word, bool) {
	for _, f := range slices.Backward(in.Flags) {
		if f.Name == name {
			return f.Value, true
		}
	}
	return Word{}, false
}

// Word is a text with its variables put in.
type Word struct {
	Text    string
	Dynamic bool // a part is not known before the build
}

// Heredoc is the text between <<NAME and NAME.
type Heredoc struct {
	Name   string
	Text   string
	Offset int // of Text in the file's text
}

// Command is one simple command of an instruction, with its place in the file.
type Command struct {
	shell.Command
	Place checks.Place
}

// Wants reports whether the entry is a Dockerfile by its name.
func Wants(e *checks.Entry) bool {
	if !e.Mode.IsRegular() {
		return false
	}
	name := e.Name()
	lower := strings.ToLower(name)
	if lower == "dockerfile" || lower == "containerfile" {
		return true
	}
	if ext := path.Ext(lower); ext == ".dockerfile" || ext == ".containerfile" {
		return true
	}
	rest, ok := strings.CutPrefix(name, "Dockerfile")
	if !ok {
		rest, ok = strings.CutPrefix(name, "Containerfile")
	}
	return ok && strings.ContainsAny(rest[:1], ".-_") && !slices.Contains(notDockerfiles, path.Ext("."+strings.ToLower(rest[1:])))
}

// notDockerfiles are endings of files that are about Dockerfiles.
var notDockerfiles = []string{".dockerignore", ".md", ".rst", ".html", ".go", ".py", ".rb", ".js", ".ts", ".rs", ".java", ".cs",
	".php", ".pl", ".sh", ".json", ".yml", ".yaml", ".toml", ".lock", ".orig", ".swp", ".png", ".svg", ".tmlanguage", ".snap", ".pdf"}

type memoKey struct{}

// Of returns the file as a Dockerfile, parsed once.
func Of(f *checks.File) *File {
	return checks.Memo(f, memoKey{}, func() *File { return parse(f) })
}
