package workflows

import (
	"strings"
)

// Exposure says what a stranger, an account without rights in the repository, can start with an event.
type Exposure int

// Exposures, the least first.
const (
	Closed   Exposure = iota // only who may write can start it, or nobody at will
	Limited                  // a fork's pull request starts it, with a read-only token and without secrets
	Indirect                 // strangers' text gets there, through what the maintainers merge
	Open                     // a stranger starts it with the repository's own token and secrets
)

// exposures are the events that are not Closed (https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows).
var exposures = map[string]Exposure{
	"pull_request": Limited, "pull_request_review": Limited, "pull_request_review_comment": Limited,
	"push": Indirect, "merge_group": Indirect,
	"pull_request_target": Open, "workflow_run": Open, "issue_comment": Open, "issues": Open, "discussion": Open, "discussion_comment": Open,
	"fork": Open, "watch": Open, "gollum": Open, "pull_request_comment": Open,
}

// ExposureOf is the exposure of an event.
func ExposureOf(event string) Exposure { return exposures[event] }

// stranger is an identity that no text of a workflow names.
var stranger = StringValue("\x00stranger")

// own is the repository's own name and owner: not known, but never the stranger's.
var own = Value{text: "own"}

// strangerFacts are what the contexts hold when a stranger sets the event off. github.actor is not among them: it is whoever
// touched the pull request last, and can be made to be a bot.
func strangerFacts(event, association string) Facts {
	return func(path string) Value {
		switch path {
		case "github.event_name":
			return StringValue(event)
		case "github.repository", "github.repository_owner", "github.event.repository.full_name", "github.event.repository.owner.login",
			"github.event.pull_request.base.repo.full_name", "github.event.pull_request.base.repo.owner.login", "github.repository_id",
			"github.event.pull_request.base.repo.id", "github.event.repository.id", "github.event.workflow_run.repository.full_name":
			return own
		case "github.event.pull_request.head.repo.fork", "github.event.workflow_run.head_repository.fork":
			return BoolValue(true)
		case "github.event.pull_request.merged": // what a maintainer merged was accepted
			return BoolValue(false)
		case "github.event.pull_request.head.repo.full_name", "github.event.pull_request.head.repo.owner.login", "github.event.pull_request.head.repo.id",
			"github.event.pull_request.head.user.login", "github.event.pull_request.user.login", "github.event.comment.user.login",
			"github.event.issue.user.login", "github.event.sender.login", "github.event.workflow_run.head_repository.full_name",
			"github.event.workflow_run.head_repository.owner.login", "github.event.workflow_run.head_repository.id",
			"github.event.workflow_run.actor.login", "github.event.discussion.user.login", "github.event.review.user.login":
			return stranger
		case "github.event.workflow_run.event":
			return StringValue("pull_request")
		}
		if strings.HasSuffix(path, ".author_association") {
			return StringValue(association)
		}
		if strings.HasPrefix(path, "github.event.pull_request") && !strings.HasPrefix(event, "pull_request") {
			return NullValue()
		}
		return Unknown()
	}
}

// Reach answers which jobs and steps a stranger's events get to run. What it finds out it keeps; it is not safe for concurrent
// use.
type Reach struct {
	w    *Workflow
	jobs map[string]*Job
	runs map[string][]*run // by event, one for each association
}

// NewReach prepares the answers for one workflow.
func NewReach(w *Workflow) *Reach {
	r := &Reach{w: w, jobs: map[string]*Job{}, runs: map[string][]*run{}}
	for _, j := range w.Jobs {
		r.jobs[j.ID] = j
	}
	return r
}

// Reached reports whether a stranger who sets the event off can get the job, and the step where one is given, to run: no
// condition on the way is known to be false for such a one.
func (r *Reach) Reached(j *Job, s *Step, event string) bool {
	if r.runs[event] == nil {
		for _, association := range []string{"NONE", "CONTRIBUTOR"} { // one merged typo makes a contributor
			r.runs[event] = append(r.runs[event], &run{jobs: r.jobs, facts: strangerFacts(event, association), done: map[*Job]bool{}})
		}
	}
	for _, run := range r.runs[event] {
		if run.job(j) && (s == nil || run.open(s.If)) {
			return true
		}
	}
	return false
}

// Exposed is the worst exposure of the triggers that get the job (and step) to run, and the event.
func (r *Reach) Exposed(j *Job, s *Step) (Exposure, string) {
	worst, event := Closed, ""
	for _, t := range r.w.Triggers {
		if e := ExposureOf(t.Event); e > worst && r.Reached(j, s, t.Event) {
			worst, event = e, t.Event
		}
	}
	return worst, event
}

// run is one event set off by one kind of stranger.
type run struct {
	jobs  map[string]*Job
	facts Facts
	done  map[*Job]bool
}

func (r *run) open(condition Scalar) bool {
	if !condition.Set() {
		return true
	}
	e, literal := Condition(condition.Text)
	if literal || e == nil {
		return true
	}
	truth, known := Eval(e, r.facts).Truth()
	return truth || !known
}

func (r *run) job(j *Job) bool {
	if open, seen := r.done[j]; seen {
		return open
	}
	r.done[j] = true // what needs itself is not kept from running by that
	open := r.open(j.If)
	if open && !strings.Contains(j.If.Text, "always()") && !strings.Contains(j.If.Text, "cancelled()") && !strings.Contains(j.If.Text, "failure()") {
		for _, id := range j.Needs {
			if need := r.jobs[id]; need != nil && !r.job(need) {
				open = false
				break
			}
		}
	}
	r.done[j] = open
	return open
}

// Called reports that others decide when and with what token it runs: a composite action, or a workflow that is only called.
func (w *Workflow) Called() bool {
	return w.Kind == KindAction || len(w.Triggers) > 0 && len(w.Triggers) == countCalls(w.Triggers)
}

// Callable reports whether other files may use it.
func (w *Workflow) Callable() bool { return w.Kind == KindAction || countCalls(w.Triggers) > 0 }

func countCalls(triggers []Trigger) int {
	n := 0
	for _, t := range triggers {
		if t.Event == "workflow_call" {
			n++
		}
	}
	return n
}
