package permissions

import (
	"path"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
)

// copy follows COPY and ADD.
func (b *build) copy(s *stageState, in *dockerfile.Instruction) {
	if len(in.Args) == 0 || in.Args[len(in.Args)-1].Dynamic {
		return
	}
	last := in.Args[len(in.Args)-1].Text
	to := resolve(s.workdir, last)
	sources := in.Args[:len(in.Args)-1]
	from, staged := in.Flag("from")
	for _, source := range sources {
		dest := to
		if strings.HasSuffix(last, "/") || len(sources) > 1 || last == "." || last == "./" {
			dest = path.Join(to, path.Base(source.Text)) // a file; of a directory the contents, which have no name here
			if dir := s.files.get(to); !staged {
				dir.copied, dir.copiedAt = true, in.Place
			}
		}
		if staged {
			if other := b.named(from.Text, in.Stage); other != nil && !from.Dynamic {
				b.take(s, b.stage(other).files, source.Text, dest, to, in.Place)
			}
			continue
		}
		f := s.files.get(dest)
		f.copied, f.copiedAt, f.source, f.known, f.owner = true, in.Place, source.Text, 0, ""
	}
	b.copyFlags(s, in, to)
}

// take brings in what another stage left. The contents of a directory arrive at the target itself, a file below it: both
// are looked for.
func (b *build) take(s *stageState, files imageFiles, source, dest, to string, at checks.Place) {
	if !b.affords(files) {
		return
	}
	s.files.take(files, resolve("/", source), dest, at)
	if dest != to {
		s.files.take(files, resolve("/", source), to, at)
	}
}

func (b *build) copyFlags(s *stageState, in *dockerfile.Instruction, to string) {
	if flag, ok := in.Flag("chmod"); ok && !flag.Dynamic {
		if m, ok := parseMode(flag.Text); ok {
			s.files.chmod([]string{to}, m, true, in.Place, in.Name+" --chmod="+flag.Text+" "+in.Args[len(in.Args)-1].Text)
		}
	}
	if flag, ok := in.Flag("chown"); ok && !flag.Dynamic {
		owner, _, _ := strings.Cut(flag.Text, ":")
		s.files.chown([]string{to}, owner, true)
	}
}

// named is the earlier stage of that name or number, or nil for another image.
func (b *build) named(name string, before *dockerfile.Stage) *dockerfile.Stage {
	for _, stage := range b.file.Stages[:before.Index] {
		if strings.EqualFold(stage.Name, name) && name != "" || strconv.Itoa(stage.Index) == name {
			return stage
		}
	}
	return nil
}
