package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/workflows"
)

// keptPipeline is a file that others of its tree may call, or that calls others. Its text is kept, and read where something
// calls it: of a machine's many files few are called, and what is read of one takes ten times its text.
type keptPipeline struct {
	entry *checks.Entry
	text  string
	calls bool
}

func (k *keptPipeline) file() *checks.File {
	return &checks.File{Entry: k.entry, Data: []byte(k.text), Line: 1, Whole: true}
}

// Bounds of what is kept of one tree. A file over them is judged without what it calls.
const (
	maxCallText  = 64 << 10
	maxCallFiles = 2000
)

// judgeCalling makes the File of a check that looks into what workflows call: it judges the files that call nothing of
// their tree, and leaves the others to judgeKept.
func judgeCalling(judge func(*pipeline)) func(*checks.Pass, *checks.File) error {
	return func(p *checks.Pass, f *checks.File) error {
		c, err := openPipeline(p, f)
		if c == nil {
			return err
		}
		calls := c.callsLocal()
		keep := (calls || c.flow != nil && c.flow.Callable()) && len(f.Data) <= maxCallText && p.KeptCount() < maxCallFiles
		if keep {
			p.Keep(f.Path, keptPipeline{f.Entry, f.Text(), calls})
		}
		if !keep || !calls {
			c.judge(judge)
		}
		return nil
	}
}

// callsLocal reports whether a job or a step uses a file of the same tree.
func (c *pipeline) callsLocal() bool {
	if c.flow == nil {
		return false
	}
	for _, j := range c.flow.Jobs {
		if j.Uses != nil && j.Uses.Local != "" {
			return true
		}
		for _, s := range j.Steps {
			if s.Uses != nil && s.Uses.Local != "" {
				return true
			}
		}
	}
	return false
}

// judgeKept makes the Tree that goes with judgeCalling.
func judgeKept(judge func(*pipeline)) func(*checks.Pass) error {
	return func(p *checks.Pass) error {
		files := &localFiles{kept: map[string]keptPipeline{}, read: map[string]*workflows.Workflow{}}
		for _, kept := range p.Kept() {
			k := kept.(keptPipeline)
			files.kept[k.entry.Path] = k
		}
		for _, kept := range p.Kept() {
			k := kept.(keptPipeline)
			if !k.calls {
				continue
			}
			c, err := openPipeline(p, k.file())
			if err != nil {
				return err
			}
			c.local = files
			c.judge(judge)
		}
		return nil
	}
}

// localFiles are the workflows and actions of a tree that others may call.
type localFiles struct {
	kept map[string]keptPipeline
	read map[string]*workflows.Workflow
}

// called is the workflow or action that a file of the tree names by ./path, or nil.
func (l *localFiles) called(c *pipeline, local string) *workflows.Workflow {
	if l == nil {
		return nil
	}
	root := ""
	if before, _, ok := strings.Cut("/"+c.file.Path, "/.github/"); ok {
		root = strings.TrimPrefix(before, "/")
	}
	target := path.Join(root, local)
	for _, name := range []string{target, target + "/action.yml", target + "/action.yaml"} {
		k, ok := l.kept[name]
		if !ok {
			continue
		}
		if _, known := l.read[name]; !known {
			l.read[name] = nil
			if callee, err := openPipeline(c.pass, k.file()); err == nil && callee != nil {
				l.read[name] = callee.flow
			}
		}
		return l.read[name]
	}
	return nil
}
