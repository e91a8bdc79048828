package permissions

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/workflows"
)

// gitlabFile is a GitLab CI configuration as it is written: extends and !reference are not followed, since what they name is
// judged where it stands. https://docs.gitlab.com/ci/yaml/
type gitlabFile struct {
	jobs     []gitlabJob // the defaults of all jobs first, without a name
	includes []*yaml.Node
}

// gitlabJob is a job, a hidden template or the defaults.
type gitlabJob struct {
	name        string
	key, node   *yaml.Node
	image       workflows.Scalar
	services    []workflows.Scalar
	variables   []variable
	scripts     []workflows.Scalar
	rules       []*yaml.Node
	audiences   map[string]*yaml.Node // by the name of the token
	environment *yaml.Node
}

type variable struct {
	name  string
	value workflows.Scalar
}

// gitlabKeywords are the keys at the top that are no jobs.
var gitlabKeywords = set("image services variables include default stages workflow cache before_script after_script spec types")

// readGitlab reads a configuration. whole is false where aliases spread it beyond every bound.
func readGitlab(doc *yaml.Node) (g *gitlabFile, whole bool) {
	g = &gitlabFile{}
	r := &gitlabReader{left: workflows.MaxNodes}
	if include := yamldoc.Get(doc, "include"); include != nil {
		if g.includes = r.items(include); g.includes == nil {
			g.includes = []*yaml.Node{include}
		}
	}
	if doc.Kind == yaml.MappingNode {
		if top := r.job("", doc, doc); top.image.Set() || len(top.services)+len(top.variables)+len(top.scripts) > 0 {
			g.jobs = append(g.jobs, top)
		}
	}
	yamldoc.Each(doc, func(key, value *yaml.Node) {
		if value.Kind == yaml.MappingNode && r.left > 0 && (!gitlabKeywords[key.Value] || key.Value == "default") {
			g.jobs = append(g.jobs, r.job(key.Value, key, value))
		}
	})
	return g, r.left > 0
}

type gitlabReader struct{ left int }

func (r *gitlabReader) items(n *yaml.Node) []*yaml.Node {
	if r.left <= 0 {
		return nil
	}
	items := yamldoc.Items(n)
	r.left -= len(items) + 1
	return items
}

func (r *gitlabReader) job(name string, key, n *yaml.Node) gitlabJob {
	j := gitlabJob{name: name, key: key, node: n, audiences: map[string]*yaml.Node{}}
	r.left--
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if r.left--; r.left <= 0 {
			return
		}
		switch key.Value {
		case "image":
			j.image = imageName(value)
		case "services":
			for _, s := range r.items(value) {
				if image := imageName(s); image.Set() {
					j.services = append(j.services, image)
				}
			}
		case "variables":
			yamldoc.Each(value, func(k, v *yaml.Node) {
				if r.left--; r.left <= 0 {
					return
				}
				if v.Kind == yaml.MappingNode {
					v = yamldoc.Get(v, "value")
				}
				if text, ok := yamldoc.Text(v); ok {
					j.variables = append(j.variables, variable{k.Value, workflows.Scalar{Text: text, Node: v}})
				}
			})
		case "before_script", "script", "after_script":
			r.script(&j, value, 0)
		case "rules":
			j.rules = r.items(value)
		case "id_tokens":
			yamldoc.Each(value, func(k, v *yaml.Node) { j.audiences[k.Value] = v })
		case "environment":
			j.environment = value
		}
	})
	return j
}

// script takes the lines of a script, in lists of lists as GitLab allows them (ten deep).
func (r *gitlabReader) script(j *gitlabJob, n *yaml.Node, depth int) {
	if text, ok := yamldoc.Text(n); ok {
		j.scripts = append(j.scripts, workflows.Scalar{Text: text, Node: yamldoc.Deref(n)})
		return
	}
	if depth > 10 {
		return
	}
	for _, item := range r.items(n) {
		r.script(j, item, depth+1)
	}
}

// imageName reads image: NAME and image: {name: NAME}.
func imageName(n *yaml.Node) workflows.Scalar {
	if n = yamldoc.Deref(n); n != nil && n.Kind == yaml.MappingNode {
		n = yamldoc.Get(n, "name")
	}
	text, ok := yamldoc.Text(n)
	if !ok {
		return workflows.Scalar{}
	}
	return workflows.Scalar{Text: strings.TrimSpace(text), Node: n}
}
