package permissions

import (
	"bytes"
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/kube"
)

// manifests wants what may hold Kubernetes objects.
func manifests(e *checks.Entry) bool {
	ext := e.Ext()
	return e.Mode.IsRegular() && (ext == ".yaml" || ext == ".yml" || ext == ".json" || e.Name() == "Kustomization")
}

// podJudge lists what of a pod fails a check.
type podJudge func(p *checks.Pass, pod *kube.Pod) ([]kube.Violation, error)

// Bounds of what is kept of a tree for its overlays: more than any person's repository of manifests holds.
const (
	maxManifests    = 5000
	maxManifestSize = 64 << 10
	maxLarge        = 200 // files up to eight times as large are kept while there are fewer manifests
)

// manifest is what one file holds: the outcome of its pods as they stand, and its text, for the overlays that build on it.
type manifest struct {
	path string
	text string // "" for a file that no overlay can be made of
	pods []outcome
}

// podKind is a line of a manifest that holds a pod, for text that is no valid YAML.
var podKind = regexp.MustCompile(`(?m)^\s*"?kind"?: *"?(Pod|Deployment|DaemonSet|StatefulSet|ReplicaSet|Job|CronJob)"?,?\s*$`)

// templatedPods is why a templated manifest without a finding is no pass.
const templatedPods = "only templated manifests were found: what they become is not known until they are rendered"

// podsOf judges the pods of each file by themselves.
func podsOf(judge podJudge) func(*checks.Pass, *checks.File) error {
	return func(p *checks.Pass, f *checks.File) error {
		m := manifest{path: f.Path}
		object, podlike := bytes.Contains(f.Data, []byte("apiVersion")), bytes.Contains(f.Data, []byte("ontainers"))
		if object || isKustomization(f.Name()) || bytes.Contains(f.Data, []byte("op")) && bytes.Contains(f.Data, []byte("path")) {
			kept := p.KeptCount()
			if kept < maxManifests && len(f.Data) <= maxManifestSize || kept < maxLarge && len(f.Data) <= 8*maxManifestSize {
				m.text = f.Text()
			}
		}
		if object && podlike {
			stream := yamldoc.Of(f)
			r := reader{pass: p, judge: judge, file: func(*yaml.Node) *checks.File { return f }}
			if stream.Templated {
				r.conditions = templateConditions(f.Text())
			}
			objects, problem := kube.Objects(f)
			if problem != nil {
				p.Problem(*problem)
			}
			for _, o := range objects {
				outcomes, err := r.object(o)
				if err != nil {
					return err
				}
				m.pods = append(m.pods, outcomes...)
			}
			switch {
			case stream.Err == nil || !podKind.MatchString(f.Text()):
			case stream.Templated: // what breaks it may be what a template makes
				p.NotApplicable(templatedPods)
			default:
				p.Problem(unread(f, stream.Err))
			}
		}
		if m.text != "" || m.pods != nil {
			p.Keep(f.Path, m)
		}
		return nil
	}
}

// unread is the problem of a manifest that is no YAML. One of tests or examples may be broken on purpose: it blinds nothing.
func unread(f *checks.File, problem *checks.Problem) checks.Problem {
	out := *problem
	out.Blind = !besideService.MatchString(f.Path)
	return out
}

// outcome is what became of one pod.
type outcome struct {
	subject            checks.Subject
	place              checks.Place
	namespace, account string
	unclear            string // why no finding is no pass; "" where it is one
	told               bool   // the finding of another pod counts it
	findings           []checks.Finding
}

// reader judges the pods of one file, or of what an overlay builds from several.
type reader struct {
	pass       *checks.Pass
	judge      podJudge
	file       func(*yaml.Node) *checks.File // where a node stands
	conditions []int                         // of a template, by line; nil for none
}

func (r *reader) object(o kube.Object) ([]outcome, error) {
	var out []outcome
	for _, pod := range o.Pods() {
		violations, err := r.judge(r.pass, &pod)
		if err != nil {
			return nil, err
		}
		f := r.file(pod.Spec)
		outcome := outcome{namespace: o.Namespace, account: pod.ServiceAccount(), place: yamldoc.Place(f, pod.Spec)}
		outcome.subject = checks.Subject{Kind: "pod", Name: f.Path + ":" + strconv.Itoa(pod.Spec.Line) + " " + o.Title()}
		if r.conditions != nil {
			outcome.unclear = templatedPods
		}
		for _, v := range violations {
			if r.known(&o, &v) {
				outcome.findings = append(outcome.findings, r.finding(&o, outcome.subject, &v))
			}
		}
		out = append(out, outcome)
	}
	return out, nil
}

// known reports whether a violation holds whatever a template is given: not for a value that a template makes, nor for
// what stands under a condition, nor for what is missing and may come from a value.
func (r *reader) known(o *kube.Object, v *kube.Violation) bool {
	if v.Missing {
		return r.conditions == nil
	}
	return !yamldoc.Dynamic(v.Node) && (r.conditions == nil || r.condition(v.Node) == r.condition(o.Document))
}

func (r *reader) condition(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(r.conditions) {
		return 0
	}
	return r.conditions[n.Line-1]
}

func (r *reader) finding(o *kube.Object, subject checks.Subject, v *kube.Violation) checks.Finding {
	f := r.file(v.Node)
	finding := checks.Finding{
		Rule: v.Rule, Subject: subject, Place: yamldoc.Place(f, v.Node), Attribute: o.Title() + ": " + v.Attribute,
		Expected: v.Expected, Actual: v.Attribute + ": " + v.Actual, Message: v.Message,
	}
	if v.Missing && v.Rule == "seccomp" {
		finding.Severity = checks.Medium // not turned off: what applies is the node's default
	}
	finding.Fix = "Set " + v.Attribute + " to " + v.Expected
	if finding.Snippet = kube.Patch(v.Sets); finding.Snippet != "" {
		finding.Fix = "Merge these lines into the manifest"
	}
	finding.Fix += " and run kubectl apply -f " + kube.Argument(f.Path) + ". Roll back: " + rollback(o, f.Path)
	return finding
}

// rollback is the command that brings the object back as it was.
func rollback(o *kube.Object, path string) string {
	switch o.Kind {
	case "Deployment", "DaemonSet", "StatefulSet":
		return "kubectl rollout undo " + o.Resource()
	}
	return "git checkout HEAD~1 -- " + kube.Argument(path) + " && kubectl replace --force -f " + kube.Argument(path)
}

// tell reports the outcome of a pod. A templated manifest without a finding is no pass: what its values add is unknown.
func (o *outcome) tell(p *checks.Pass) {
	switch {
	case len(o.findings) > 0:
		for _, f := range o.findings {
			p.Fail(f)
		}
	case o.told:
		p.Examined(o.subject)
	case o.unclear != "":
		p.NotApplicable(o.unclear)
	default:
		p.OK(o.subject)
	}
}
