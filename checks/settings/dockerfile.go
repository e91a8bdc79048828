package settings

import (
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
)

// dockerfileReader reads what each stage of a Dockerfile leaves in effect: one scope per stage. The base image's
// own settings are not known and are left out. A scope's parent is the stage that it is built from.
func dockerfileReader() reader {
	return reader{layer: "dockerfile", wants: dockerfile.Wants, read: readDockerfile, resolve: standalone}
}

// maxInstructions bounds the instructions applied for one file: stages built on stages repeat those below.
const maxInstructions = 50000

func readDockerfile(f *checks.File) (any, []checks.Problem) {
	file := dockerfile.Of(f)
	var scopes []*checks.Scope
	of := map[*dockerfile.Stage]*checks.Scope{}
	left := maxInstructions
	for _, stage := range file.Stages {
		s := &checks.Scope{Layer: "dockerfile", Kind: "stage", Name: stageName(file, stage), Place: stage.Place}
		of[stage] = s
		chain := stage.Chain()
		if len(chain) > 1 {
			s.Parent = of[chain[1]]
		}
		if base := chain[len(chain)-1].Base; base.Text != "" {
			s.Settings = append(s.Settings, dockerfileBase(chain[len(chain)-1], len(chain) > 1))
		}
		for i := len(chain) - 1; i >= 0; i-- {
			for _, in := range chain[i].Instructions {
				if left--; left < 0 {
					return scopes, []checks.Problem{tooLarge("read Dockerfile stages", f.Path)}
				}
				s.Settings = dockerfileApply(s.Settings, in, i > 0)
			}
		}
		for i := range s.Settings {
			s.Settings[i].Scope = s.Name
		}
		scopes = append(scopes, s)
	}
	if scopes == nil {
		return nil, nil
	}
	return scopes, nil
}

// dockerfileBase is the image that a stage is built on in the end, as written.
func dockerfileBase(stage *dockerfile.Stage, inherited bool) checks.Setting {
	set := checks.Setting{Layer: "dockerfile", Name: "FROM", Raw: stage.Base.Text, Origin: checks.OriginDynamic, Place: stage.Place, Inherited: inherited}
	if !stage.Base.Dynamic {
		set.Value, set.Origin = stage.Base.Text, checks.OriginSet
	}
	return set
}

// tooLarge says that a file built to be large was read in part.
func tooLarge(op, path string) checks.Problem {
	return checks.Problem{Op: op, Expected: "a file of ordinary size", Actual: "too many settings", Retry: checks.RetryUseless, Where: path, Blind: true}
}

func stageName(file *dockerfile.File, stage *dockerfile.Stage) string {
	name := stage.Name
	if name == "" {
		name = strconv.Itoa(stage.Index)
	}
	if stage == file.Final() {
		name += " (final)"
	}
	return "stage " + name
}

// dockerfileApply adds an instruction to what is in effect; all but EXPOSE replace what was set before.
func dockerfileApply(list []checks.Setting, in *dockerfile.Instruction, inherited bool) []checks.Setting {
	base := checks.Setting{Layer: "dockerfile", Name: in.Name, Raw: in.Text, Origin: checks.OriginSet, Place: in.Place, Inherited: inherited}
	switch in.Name {
	case "USER", "WORKDIR", "STOPSIGNAL", "EXPOSE":
		base.Value = in.Text
		if len(in.Args) > 0 {
			base.Value = dockerfileWords(in.Args, &base)
		}
		if in.Name == "EXPOSE" {
			return append(list, base)
		}
		return append(withoutNamed(list, in.Name), base)
	case "CMD", "ENTRYPOINT":
		base.Value = in.Text
		if in.Exec {
			var words []any
			for _, w := range in.Args {
				words = append(words, w.Text)
			}
			base.Value = words
		}
		if in.Name == "ENTRYPOINT" { // resets the CMD of the stages below
			list = withoutInherited(list, "CMD")
		}
		return append(withoutNamed(list, in.Name), base)
	case "ENV":
		const maxPairs = 1000 // in effect at once
		for _, pair := range in.Args {
			if len(list) > maxPairs {
				break
			}
			name, value, _ := strings.Cut(pair.Text, "=")
			s := base
			s.Name, s.Raw = "ENV "+name, redacted(name, value)
			if s.Value = any(s.Raw); pair.Dynamic {
				s.Value, s.Origin = nil, checks.OriginDynamic
			}
			list = append(withoutNamed(list, s.Name), s)
		}
	}
	return list
}

// dockerfileWords joins words; where one is not known before the build the setting is dynamic and has no value.
func dockerfileWords(words []dockerfile.Word, s *checks.Setting) any {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
		if w.Dynamic {
			s.Origin = checks.OriginDynamic
		}
	}
	if s.Dynamic() {
		return nil
	}
	return strings.Join(texts, " ")
}

func withoutNamed(list []checks.Setting, name string) []checks.Setting {
	out := list[:0:0]
	for _, s := range list {
		if s.Name != name {
			out = append(out, s)
		}
	}
	return out
}

func withoutInherited(list []checks.Setting, name string) []checks.Setting {
	out := list[:0:0]
	for _, s := range list {
		if s.Name != name || !s.Inherited {
			out = append(out, s)
		}
	}
	return out
}
