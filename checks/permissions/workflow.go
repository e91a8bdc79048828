package permissions

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/workflows"
)

// thirdParty are directories of downloaded packages, whose workflows run nowhere.
var thirdParty = regexp.MustCompile(`/(node_modules|vendor|third_party|site-packages|dist-packages|pkg/mod)/|@v[0-9]`)

// pipeline is one file of a CI service, and what judges it reports to.
type pipeline struct {
	pass    *checks.Pass
	file    *checks.File
	doc     *yaml.Node
	gitlab  *gitlabFile // nil for GitHub
	flow    *workflows.Workflow
	subject checks.Subject
	failed  bool
	lines   []int // where lines begin, once a place was looked for
	placed  int   // places looked for
	reach   *workflows.Reach
	secret  map[*workflows.Job]bool
	visits  int // jobs looked into for what they need
	pasted  int // expressions in scripts looked at
	needs   map[*workflows.Job]*jobNeeds
	local   *localFiles    // the tree's other files, where the check judges after the walk
	ignored map[int]string // names in comments that set findings aside, by line
}

// pipelineKind tells a file of a CI service by its path. ok is false for every other file.
func pipelineKind(name string) (kind workflows.Kind, gitlab, ok bool) {
	base, dir := path.Base(name), "/"+path.Dir(name)
	switch {
	case strings.HasSuffix(base, ".gitlab-ci.yml"), strings.HasSuffix(dir, "/.gitlab/ci"):
		return 0, true, true
	case strings.HasSuffix(dir, "/.github/workflows"), strings.HasSuffix(dir, "/.gitea/workflows"), strings.HasSuffix(dir, "/.forgejo/workflows"):
		return workflows.KindWorkflow, false, true
	case base == "action.yml", base == "action.yaml":
		return workflows.KindAction, false, true
	case strings.HasSuffix(dir, "/.github") && (base == "dependabot.yml" || base == "dependabot.yaml"):
		return workflows.KindDependabot, false, true
	}
	return 0, false, false
}

func wantsPipeline(e *checks.Entry) bool {
	if !e.Mode.IsRegular() || e.Ext() != ".yml" && e.Ext() != ".yaml" {
		return false
	}
	_, _, ok := pipelineKind(e.Path)
	return ok && !thirdParty.MatchString("/"+e.Path)
}

type pipelineMemo struct{}

// pipelineRead is what the checks of pipelines share of one file.
type pipelineRead struct {
	flow   *workflows.Workflow
	gitlab *gitlabFile
	whole  bool
}

// openPipeline reads a file; nil for one that runs nothing. The error is a Problem.
func openPipeline(p *checks.Pass, f *checks.File) (*pipeline, error) {
	kind, gitlab, _ := pipelineKind(f.Path)
	if p.Repository() != nil && kind != workflows.KindAction && !gitlab && !strings.HasPrefix(p.Repository().Prefix()+f.Path, ".") {
		return nil, nil // only those at the top of the repository run
	}
	stream := yamldoc.Of(f)
	if stream.Err != nil {
		if kind == workflows.KindAction {
			p.Problem(*stream.Err) // anything may be called action.yml
			return nil, nil
		}
		return nil, stream.Err.AsBlind()
	}
	if len(stream.Docs) == 0 {
		return nil, nil
	}
	doc := stream.Docs[len(stream.Docs)-1] // GitLab lets a header document go before
	read := checks.Memo(f, pipelineMemo{}, func() pipelineRead {
		if gitlab {
			g, whole := readGitlab(doc)
			return pipelineRead{gitlab: g, whole: whole}
		}
		w, whole := workflows.Read(kind, doc)
		return pipelineRead{flow: w, whole: whole}
	})
	if !read.whole {
		return nil, checks.Problem{Op: "read pipeline", Expected: fmt.Sprintf("at most %d nodes with aliases followed", workflows.MaxNodes),
			Actual: "more", Retry: checks.RetryUseless, Where: f.Path}.AsBlind()
	}
	c := &pipeline{pass: p, file: f, doc: doc, gitlab: read.gitlab, flow: read.flow, subject: checks.Subject{Kind: "workflow", Name: f.Path}, ignored: ignoreComments(f)}
	if c.empty() {
		return nil, nil
	}
	if c.flow != nil {
		c.reach, c.secret, c.needs = workflows.NewReach(c.flow), map[*workflows.Job]bool{}, map[*workflows.Job]*jobNeeds{}
	}
	return c, nil
}

// pipelineFile makes the File of a check: it reads the file, lets judge report, and counts it where judge found nothing.
func pipelineFile(judge func(*pipeline)) func(*checks.Pass, *checks.File) error {
	return func(p *checks.Pass, f *checks.File) error {
		c, err := openPipeline(p, f)
		if c != nil {
			c.judge(judge)
		}
		return err
	}
}

func (c *pipeline) judge(judge func(*pipeline)) {
	judge(c)
	if !c.failed {
		c.pass.OK(c.subject)
	}
}

// empty reports a file that runs nothing.
func (c *pipeline) empty() bool {
	if c.gitlab != nil {
		return len(c.gitlab.jobs) == 0 && len(c.gitlab.includes) == 0
	}
	return c.flow.Kind != workflows.KindDependabot && len(c.flow.Jobs) == 0
}

// fail reports a finding at a node. The place is that of the node unless the finding has one.
func (c *pipeline) fail(at *yaml.Node, f checks.Finding) {
	c.failed = true
	f.Subject, f.Message = c.subject, oneLine(f.Message)
	if f.Place.Path == "" {
		f.Place = c.place(at)
	}
	f.Aside = c.aside(&f)
	c.pass.Fail(f)
}

// maxPlaces bounds the places of one file that are looked for to the column, which costs the length of a line.
const maxPlaces = 500

func (c *pipeline) place(n *yaml.Node) checks.Place {
	if c.placed++; n != nil && c.placed > maxPlaces {
		return checks.Place{Path: c.file.Path, Line: n.Line}
	}
	return yamldoc.Place(c.file, n)
}

// within is the place of a text as it stands in the scalar, or the scalar's own where an escape hides it.
func (c *pipeline) within(n *yaml.Node, raw string) checks.Place {
	place := c.place(n)
	if place.Line == 0 || c.placed > maxPlaces {
		return place
	}
	text := c.file.Text()
	if c.lines == nil {
		c.lines = []int{0}
		for i := range len(text) {
			if text[i] == '\n' {
				c.lines = append(c.lines, i+1)
			}
		}
	}
	if place.Line > len(c.lines) {
		return place
	}
	from := c.lines[place.Line-1]
	i := strings.Index(text[from:min(len(text), from+len(n.Value)*3+4096)], raw)
	if i < 0 {
		return place
	}
	return c.file.Place(from+i, from+i+len(raw))
}

// usesSecret reports whether a step of the job is given a secret other than the job's token.
func (c *pipeline) usesSecret(j *workflows.Job) bool {
	uses, known := c.secret[j]
	if !known {
		uses = jobUsesSecret(j)
		c.secret[j] = uses
	}
	return uses
}

// oneLine writes a text of the file on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// plainWord is a name that may stand in a command or a block to paste, or the placeholder where the file's would be more than
// a name there.
func plainWord(s, placeholder string) string {
	if pasteable.MatchString(s) {
		return s
	}
	return placeholder
}

var pasteable = regexp.MustCompile(`^[A-Za-z0-9_.][A-Za-z0-9_./:+@=-]*$`)

// repair is a finding's Fix: what to change, and the way back.
func repair(fix, rollback string) string { return fix + ". Rollback: " + rollback + "." }

// listed joins the first few names, and says how many more there are.
func listed(names []string) string {
	const most = 6
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// expressions calls visit for each expression in the document's values; a condition without braces is none of them.
func (c *pipeline) expressions(visit func(n *yaml.Node, e workflows.Embedded)) {
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) { // aliases are not followed: what they stand for is met where it is written
		if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${{") {
			for _, e := range workflows.Find(n.Value) {
				visit(n, e)
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(c.doc)
}
