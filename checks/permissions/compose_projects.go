package permissions

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/composefile"
)

// composeTree is what the walk found of Compose files.
type composeTree struct {
	files composefile.Files
	named []string // by path, those that are Compose files by name
	env   map[string]composefile.Variables
}

func judgeCompose(p *checks.Pass) error {
	t := composeTree{files: composefile.Files{}, env: map[string]composefile.Variables{}}
	for _, kept := range p.Kept() {
		switch k := kept.(type) {
		case composeDoc:
			t.files[k.path] = k.docs
			if k.named {
				t.named = append(t.named, k.path)
			}
		case composeEnv:
			t.env[path.Dir(k.path)] = k.vars
		}
	}
	j := composeJudge{pass: p, seen: map[string]bool{}}
	for _, dir := range t.dirs() {
		t.project(&j, dir)
	}
	return nil
}

func (t *composeTree) dirs() []string {
	var out []string
	for _, name := range t.named {
		if dir := path.Dir(name); !slices.Contains(out[max(0, len(out)-1):], dir) {
			out = append(out, dir)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// defaultFiles are what Compose reads without being told, the first that is there; each with its override.
var defaultFiles = [...]string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}

// project judges the files of one directory: first what Compose takes by itself (COMPOSE_FILE in .env, or the default
// file and its override), then every other Compose file, which is laid over that where its services are fragments.
func (t *composeTree) project(j *composeJudge, dir string) {
	main := t.mainFiles(dir)
	if len(main) > 0 {
		j.judge(t.files.Load(main, t.variables), nil)
	}
	for _, name := range t.named {
		if path.Dir(name) != dir || slices.Contains(main, name) {
			continue
		}
		alone := t.files.Load([]string{name}, t.variables)
		var own []string
		fragment := false
		for _, s := range alone.Services {
			own = append(own, s.Name)
			fragment = fragment || s.Value.Get("image") == nil && s.Value.Get("build") == nil
		}
		if len(main) > 0 && fragment {
			alone = t.files.Load(append(slices.Clone(main), name), t.variables)
			alone.Path = name
		}
		j.judge(alone, own)
	}
}

func (t *composeTree) variables(dir string) composefile.Variables { return t.env[dir] }

func (t *composeTree) mainFiles(dir string) []string {
	env := t.env[dir]
	if list := env["COMPOSE_FILE"]; list != "" {
		separator := env["COMPOSE_PATH_SEPARATOR"]
		if separator == "" {
			separator = ":"
		}
		var out []string
		for name := range strings.SplitSeq(list, separator) {
			if name = path.Join(dir, name); t.files[name] != nil {
				out = append(out, name)
			}
		}
		return out
	}
	for _, name := range defaultFiles {
		if name = path.Join(dir, name); t.files[name] == nil {
			continue
		}
		out := []string{name}
		stem := strings.TrimSuffix(strings.TrimSuffix(name, ".yaml"), ".yml")
		for _, ext := range []string{".yml", ".yaml"} {
			if over := stem + ".override" + ext; t.files[over] != nil {
				return append(out, over)
			}
		}
		return out
	}
	return nil
}

// composeJudge reports what is wrong with services, each line once however many projects it is part of.
type composeJudge struct {
	pass *checks.Pass
	seen map[string]bool
}

// judge reports the services of a project, or of it those that are named.
func (j *composeJudge) judge(project composefile.Project, only []string) {
	for _, problem := range project.Problems {
		problem.Blind = problem.Blind && !besideService.MatchString(project.Path)
		j.pass.Problem(problem)
	}
	soft := absences{}
	for _, s := range project.Services {
		if only != nil && !slices.Contains(only, s.Name) {
			continue
		}
		started := &service{name: s.Name, value: s.Value, project: &project}
		subject := checks.Subject{Kind: "service", Name: project.Path + ": " + s.Name}
		failed := false
		started.each(func(at *composefile.Value, fault fault) {
			failed = true
			key := fault.rule + "\x00" + fault.what + "\x00" + s.Name + "\x00" + at.Place.String()
			if !j.seen[key] {
				j.seen[key] = true
				j.pass.Fail(fault.finding(subject, s.Name, at.Place, project.Path))
			}
		})
		failed = soft.of(started) || failed
		if !failed {
			j.pass.OK(subject)
		}
	}
	soft.report(j.pass, project.Path)
	j.volumes(project)
}
