package workflows

import (
	"go.yaml.in/yaml/v4"
)

// Kind is what a file is to GitHub.
type Kind int

// Kinds of files.
const (
	KindWorkflow   Kind = iota // .github/workflows/*.yml
	KindAction                 // action.yml of a composite action
	KindDependabot             // .github/dependabot.yml
)

// Scalar is a text and the node it is written at. The zero value is absent.
type Scalar struct {
	Text string
	Node *yaml.Node
}

// Set reports whether the scalar is written.
func (s Scalar) Set() bool { return s.Node != nil }

// Pair is one entry of env: or with:.
type Pair struct {
	Key   string
	Value Scalar
}

// Pairs are the entries of a mapping in their order.
type Pairs []Pair

// Get is the entry of that key; the keys of with: are compared without regard to case, as the runner does.
func (p Pairs) Get(key string) Scalar {
	for _, e := range p {
		if equalFold(e.Key, key) {
			return e.Value
		}
	}
	return Scalar{}
}

// Trigger is one event of on:, with what filters it.
type Trigger struct {
	Event string
	Node  *yaml.Node
	Body  *yaml.Node // its filters and inputs, or nil
}

// Workflow is one workflow file. A composite action is a workflow of one job without triggers.
type Workflow struct {
	Kind        Kind
	Node        *yaml.Node
	Triggers    []Trigger
	Permissions *Grant // nil where the key is absent
	Env         Pairs
	Jobs        []*Job
	Inputs      map[string]Input // of workflow_dispatch, workflow_call or the action
	Shell       Scalar           // defaults.run.shell
}

// Input is one declared input.
type Input struct {
	Type    string // "string" where none is written
	Default Scalar
}

// Job is one job, or the steps of a composite action.
type Job struct {
	ID          string
	Key         *yaml.Node
	Node        *yaml.Node
	Permissions *Grant
	If          Scalar
	Needs       []string
	RunsOn      *yaml.Node
	Environment *yaml.Node
	Env         Pairs
	Matrix      *Matrix
	Container   *Container
	Services    []*Container
	Steps       []*Step
	Uses        *Uses // of a job that calls a workflow
	Secrets     Scalar
	With        Pairs
	Shell       Scalar
}

// Container is the container of a job or one of its services.
type Container struct {
	Name     string // of a service; "" for the job's own
	Image    Scalar
	Options  Scalar
	Password Scalar
	Volumes  []Scalar
}

// Step is one step.
type Step struct {
	ID, Name string
	Node     *yaml.Node
	If       Scalar
	Uses     *Uses
	Run      Scalar
	Shell    Scalar
	With     Pairs
	Env      Pairs
}

// Has reports whether the event is one of the triggers.
func (w *Workflow) Has(event string) bool { return w.Trigger(event) != nil }

// Trigger is the trigger of that event, or nil.
func (w *Workflow) Trigger(event string) *Trigger {
	for i := range w.Triggers {
		if w.Triggers[i].Event == event {
			return &w.Triggers[i]
		}
	}
	return nil
}

// Effective is the grant that the job's token has: the job's own, else the workflow's; nil where neither is written.
func (w *Workflow) Effective(j *Job) *Grant {
	if j.Permissions != nil {
		return j.Permissions
	}
	return w.Permissions
}

// Variable is what env holds for a step: its own, the job's, the workflow's.
func (w *Workflow) Variable(j *Job, s *Step, name string) Scalar {
	lists := []Pairs{j.Env, w.Env}
	if s != nil {
		lists = []Pairs{s.Env, j.Env, w.Env}
	}
	for _, list := range lists {
		if v := list.Get(name); v.Set() {
			return v
		}
	}
	return Scalar{}
}

// ShellOf is the shell a run step uses, as far as it is written; "bash" where nothing says otherwise and the runner is not Windows.
func (w *Workflow) ShellOf(j *Job, s *Step) string {
	for _, candidate := range []Scalar{s.Shell, j.Shell, w.Shell} {
		if candidate.Set() {
			return candidate.Text
		}
	}
	if label, _ := firstText(j.RunsOn); hasPrefixFold(label, "windows") {
		return "pwsh"
	}
	return "bash"
}
