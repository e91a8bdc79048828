package workflows

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// MaxNodes bounds what one file may spread its aliases to: far more than any workflow that a person or GitHub accepts
// (a workflow file may have 512 kB).
const MaxNodes = 200_000

// Read reads a document as that kind of file. ok is false where the bound was reached and the rest left out.
func Read(kind Kind, doc *yaml.Node) (w *Workflow, ok bool) {
	r := &reader{left: MaxNodes}
	w = &Workflow{Kind: kind, Node: doc, Inputs: map[string]Input{}}
	switch kind {
	case KindAction:
		r.action(w)
	case KindWorkflow:
		r.workflow(w)
	}
	return w, r.left > 0
}

// reader counts every node that it takes, so that aliases of aliases end.
type reader struct{ left int }

func (r *reader) each(n *yaml.Node, visit func(key, value *yaml.Node)) {
	if r.left <= 0 {
		return
	}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if r.left--; r.left > 0 {
			visit(key, value)
		}
	})
}

func (r *reader) items(n *yaml.Node) []*yaml.Node {
	if r.left <= 0 {
		return nil
	}
	items := yamldoc.Items(n)
	if r.left -= len(items); r.left <= 0 {
		return nil
	}
	return items
}

func scalar(n *yaml.Node) Scalar {
	text, ok := yamldoc.Text(n)
	if !ok {
		return Scalar{}
	}
	return Scalar{text, yamldoc.Deref(n)}
}

// maxPairs bounds one env: or with:, which are searched one by one.
const maxPairs = 1000

func (r *reader) pairs(n *yaml.Node) Pairs {
	var out Pairs
	r.each(n, func(key, value *yaml.Node) {
		if s := scalar(value); s.Set() && len(out) < maxPairs {
			out = append(out, Pair{key.Value, s})
		}
	})
	return out
}

func (r *reader) workflow(w *Workflow) {
	r.each(w.Node, func(key, value *yaml.Node) {
		switch key.Value {
		case "on", "true": // YAML 1.1 reads the key on as true, and some tools write it back so
			r.triggers(w, value)
		case "permissions":
			w.Permissions = r.grant(key, value)
		case "env":
			w.Env = r.pairs(value)
		case "defaults":
			w.Shell = scalar(yamldoc.Get(value, "run", "shell"))
		case "jobs":
			r.each(value, func(id, body *yaml.Node) {
				if body.Kind == yaml.MappingNode {
					w.Jobs = append(w.Jobs, r.job(id, body))
				}
			})
		}
	})
}

// maxTriggers is more than there are events.
const maxTriggers = 100

func (r *reader) triggers(w *Workflow, on *yaml.Node) {
	seen := map[string]bool{}
	add := func(t Trigger) {
		if !seen[t.Event] && len(w.Triggers) < maxTriggers {
			seen[t.Event] = true
			w.Triggers = append(w.Triggers, t)
		}
	}
	if s := scalar(on); s.Set() {
		add(Trigger{Event: s.Text, Node: s.Node})
	}
	for _, item := range r.items(on) {
		if s := scalar(item); s.Set() {
			add(Trigger{Event: s.Text, Node: s.Node})
		}
	}
	r.each(on, func(key, value *yaml.Node) {
		add(Trigger{Event: key.Value, Node: key, Body: value})
		if key.Value == "workflow_dispatch" || key.Value == "workflow_call" {
			r.inputs(w, yamldoc.Get(value, "inputs"))
		}
	})
}

func (r *reader) inputs(w *Workflow, n *yaml.Node) {
	r.each(n, func(key, value *yaml.Node) {
		kind, ok := yamldoc.Text(yamldoc.Get(value, "type"))
		if old, twice := w.Inputs[strings.ToLower(key.Value)]; !ok || twice && old.Type == "string" {
			kind = "string"
		}
		w.Inputs[strings.ToLower(key.Value)] = Input{kind, scalar(yamldoc.Get(value, "default"))}
	})
}

func (r *reader) job(id, body *yaml.Node) *Job {
	j := &Job{ID: id.Value, Key: id, Node: body}
	r.each(body, func(key, value *yaml.Node) {
		switch key.Value {
		case "permissions":
			j.Permissions = r.grant(key, value)
		case "if":
			j.If = scalar(value)
		case "needs":
			j.Needs = r.texts(value)
		case "runs-on":
			j.RunsOn = value
		case "environment":
			j.Environment = value
		case "env":
			j.Env = r.pairs(value)
		case "strategy":
			j.Matrix = r.matrix(yamldoc.Get(value, "matrix"))
		case "container":
			j.Container = r.container("", value)
		case "services":
			r.each(value, func(name, service *yaml.Node) { j.Services = append(j.Services, r.container(name.Value, service)) })
		case "defaults":
			j.Shell = scalar(yamldoc.Get(value, "run", "shell"))
		case "steps":
			j.Steps = r.steps(value)
		case "uses":
			j.Uses = uses(scalar(value))
		case "secrets":
			j.Secrets = scalar(value)
		case "with":
			j.With = r.pairs(value)
		}
	})
	return j
}

func (r *reader) texts(n *yaml.Node) []string {
	if s := scalar(n); s.Set() {
		return []string{s.Text}
	}
	var out []string
	for _, item := range r.items(n) {
		if s := scalar(item); s.Set() {
			out = append(out, s.Text)
		}
	}
	return out
}

func (r *reader) container(name string, n *yaml.Node) *Container {
	c := &Container{Name: name}
	if s := scalar(n); s.Set() {
		c.Image = s
		return c
	}
	r.each(n, func(key, value *yaml.Node) {
		switch key.Value {
		case "image":
			c.Image = scalar(value)
		case "options":
			c.Options = scalar(value)
		case "credentials":
			c.Password = scalar(yamldoc.Get(value, "password"))
		case "volumes":
			for _, item := range r.items(value) {
				if s := scalar(item); s.Set() {
					c.Volumes = append(c.Volumes, s)
				}
			}
		}
	})
	return c
}

func (r *reader) steps(n *yaml.Node) []*Step {
	var out []*Step
	for _, item := range r.items(n) {
		if item.Kind == yaml.MappingNode {
			out = append(out, r.step(item))
		}
	}
	return out
}

func (r *reader) step(n *yaml.Node) *Step {
	s := &Step{Node: n}
	r.each(n, func(key, value *yaml.Node) {
		switch key.Value {
		case "id":
			s.ID = scalar(value).Text
		case "name":
			s.Name = scalar(value).Text
		case "if":
			s.If = scalar(value)
		case "uses":
			s.Uses = uses(scalar(value))
		case "run":
			s.Run = scalar(value)
		case "shell":
			s.Shell = scalar(value)
		case "with":
			s.With = r.pairs(value)
		case "env":
			s.Env = r.pairs(value)
		}
	})
	return s
}

func (r *reader) action(w *Workflow) {
	runs := yamldoc.Get(w.Node, "runs")
	using, _ := yamldoc.Text(yamldoc.Get(runs, "using"))
	r.inputs(w, yamldoc.Get(w.Node, "inputs"))
	switch strings.ToLower(using) {
	case "composite":
		w.Jobs = []*Job{{ID: "runs", Key: runs, Node: runs, Steps: r.steps(yamldoc.Get(runs, "steps"))}}
	case "docker":
		if image := scalar(yamldoc.Get(runs, "image")); strings.HasPrefix(image.Text, "docker://") {
			w.Jobs = []*Job{{ID: "runs", Key: runs, Node: runs, Steps: []*Step{{Node: runs, Uses: uses(image)}}}}
		}
	}
}
