package permissions

import (
	"bytes"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/kube"
)

// rbacRole is a role, and where in its file its rules stand.
type rbacRole struct {
	*kube.Role
	powers  []kube.Power // those that hold whatever a template is given
	places  map[*yaml.Node]checks.Place
	subject checks.Subject
	path    string
	unclear bool // a template's values may add to it
}

// rbacBinding is a binding, and where in its file its subjects stand.
type rbacBinding struct {
	*kube.Binding
	places  map[*yaml.Node]checks.Place
	subject checks.Subject
	path    string
}

// workload is who runs as a service account.
type workload struct {
	title, namespace, account string
}

// rbacFile keeps roles, bindings and who runs as whom: what a role is worth shows when all are known.
func rbacFile(p *checks.Pass, f *checks.File) error {
	if !bytes.Contains(f.Data, []byte("apiVersion")) {
		return nil
	}
	rules := bytes.Contains(f.Data, []byte("rbac.authorization.k8s.io"))
	if !rules && !bytes.Contains(f.Data, []byte("serviceAccount")) {
		return nil
	}
	stream := yamldoc.Of(f)
	var r reader
	if stream.Templated {
		r.conditions = templateConditions(f.Text())
	}
	objects, problem := kube.Objects(f)
	if problem != nil {
		p.Problem(*problem)
	}
	for _, o := range objects {
		if role := o.Role(); role != nil {
			p.Keep(f.Path, rbacRoleOf(f, role, &r))
			continue
		}
		if binding := o.Binding(); binding != nil {
			p.Keep(f.Path, rbacBindingOf(f, binding))
			continue
		}
		for _, pod := range o.Pods() {
			if account := pod.ServiceAccount(); account != "default" {
				p.Keep(f.Path, workload{o.Title(), o.Namespace, account})
			}
		}
	}
	switch {
	case stream.Err == nil || !rules:
	case stream.Templated:
		p.NotApplicable(rbacUnclear)
	default:
		p.Problem(unread(f, stream.Err))
	}
	return nil
}

func rbacRoleOf(f *checks.File, role *kube.Role, r *reader) rbacRole {
	out := rbacRole{Role: role, places: map[*yaml.Node]checks.Place{}, path: f.Path, unclear: r.conditions != nil}
	out.subject = checks.Subject{Kind: "role", Name: yamldoc.Place(f, role.Object.Node).String() + " " + role.Object.Title()}
	for _, power := range role.Powers() {
		if r.conditions == nil || r.condition(power.Node) == r.condition(role.Object.Document) {
			out.powers = append(out.powers, power)
			out.places[power.Node] = yamldoc.Place(f, power.Node)
		}
	}
	return out
}

func rbacBindingOf(f *checks.File, binding *kube.Binding) rbacBinding {
	out := rbacBinding{Binding: binding, places: map[*yaml.Node]checks.Place{}, path: f.Path}
	out.places[binding.RoleRefNode] = yamldoc.Place(f, binding.RoleRefNode)
	if binding.RoleRefNode == nil {
		out.places[nil] = yamldoc.Place(f, binding.Object.Node)
	}
	out.subject = checks.Subject{Kind: "binding", Name: yamldoc.Place(f, binding.Object.Node).String() + " " + binding.Object.Title()}
	for _, s := range binding.Subjects {
		out.places[s.Node] = yamldoc.Place(f, s.Node)
	}
	return out
}
