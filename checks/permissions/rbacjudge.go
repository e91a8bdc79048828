package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/kube"
)

// Bounds of what is named: more bindings of one role, and more workloads of one account, than a message can hold.
const (
	maxHolders = 200
	maxUsers   = 10
)

// rbacRun joins the roles of a tree with their bindings and with who runs as the accounts that are bound.
type rbacRun struct {
	pass      *checks.Pass
	roles     []rbacRole
	bindings  []rbacBinding
	workloads map[string][]workload // by account
	grants    map[roleKey]*roleGrant
}

// roleKey is what a binding names a role by. The namespace of a ClusterRole is "".
type roleKey struct{ kind, namespace, name string }

// roleGrant is who has a role, and how far it goes.
type roleGrant struct {
	reach   reach
	holders []string
	bound   bool // by a binding, maybe to nobody
	masters bool // only to those who have every right without it
}

func rbacTree(p *checks.Pass) error {
	r := rbacRun{pass: p, workloads: map[string][]workload{}, grants: map[roleKey]*roleGrant{}}
	for _, kept := range p.Kept() {
		switch k := kept.(type) {
		case rbacRole:
			r.roles = append(r.roles, k)
		case rbacBinding:
			r.bindings = append(r.bindings, k)
		case workload:
			if others := r.workloads[k.account]; len(others) < maxUsers {
				r.workloads[k.account] = append(others, k)
			}
		}
	}
	for i := range r.bindings {
		r.grant(&r.bindings[i])
	}
	for i := range r.roles {
		role := &r.roles[i]
		key := roleKey{role.Object.Kind, role.Object.Namespace, role.Object.Name}
		if role.Cluster {
			key.namespace = ""
		}
		given := r.grants[key]
		if given == nil {
			given = &roleGrant{}
		}
		r.role(role, given)
	}
	for i := range r.bindings {
		r.binding(&r.bindings[i])
	}
	return nil
}

// reach is how far a role goes.
type reach int

const (
	reachNobody    reach = iota // no binding of the tree gives it to anybody
	reachNamespace              // to somebody in a namespace
	reachCluster                // to somebody in every namespace
)

// rbacUnclear is why a templated role without a finding is no pass.
const rbacUnclear = "only templated roles were found: what they become is not known until they are rendered"

func (r *rbacRun) role(role *rbacRole, given *roleGrant) {
	switch {
	case role.Object.BootstrapRBAC():
		r.pass.OK(role.subject)
		return
	case len(role.powers) == 0 && role.unclear:
		r.pass.NotApplicable(rbacUnclear)
		return
	case len(role.powers) == 0, given.bound && given.masters:
		r.pass.OK(role.subject)
		return
	case len(role.Aggregates) > 0 && r.aggregated(role):
		return
	}
	goes, holders := given.reach, given.holders
	for _, power := range role.powers {
		message := "Nobody in this tree is bound to it, but who is "
		if goes > reachNobody {
			message = strings.Join(holders[:min(3, len(holders))], ", ") + " "
			if more := len(holders) - 3; more > 0 {
				message += fmt.Sprintf("and %d more ", more)
			}
		}
		message += power.Message
		if goes == reachNamespace && !power.ClusterScoped {
			message += ", in the namespace of the binding"
		}
		r.pass.Fail(checks.Finding{
			Rule: power.Rule, Subject: role.subject, Place: role.places[power.Node], Attribute: role.Object.Title() + ": " + power.What,
			Expected: power.Expected, Actual: power.What, Message: message,
			Severity: lowered(r.pass.Check.Rule(power.Rule).Severity, goes, power.ClusterScoped),
			Fix:      "Narrow the rule to what its holder uses (kubectl auth can-i --list --as=SUBJECT shows what it has) and run " + applied(role.path),
		})
	}
}

// applied is the command that puts a manifest into effect, and the one that takes it back.
func applied(path string) string {
	path = kube.Argument(path)
	return "kubectl apply -f " + path + ". Roll back: git checkout HEAD~1 -- " + path + " && kubectl apply -f " + path
}

// grant notes whom a binding gives its role to.
func (r *rbacRun) grant(b *rbacBinding) {
	key := roleKey{b.RoleKind, b.Object.Namespace, b.RoleName}
	if b.RoleKind == "ClusterRole" {
		key.namespace = ""
	}
	g := r.grants[key]
	if g == nil {
		g = &roleGrant{masters: true}
		r.grants[key] = g
	}
	g.bound, g.masters = true, g.masters && masters(b)
	if len(b.Subjects) == 0 {
		return
	}
	g.reach = max(g.reach, reachNamespace)
	if b.Cluster {
		g.reach = reachCluster
	}
	for _, holder := range r.holders(b) {
		if len(g.holders) < maxHolders && !slices.Contains(g.holders, holder) {
			g.holders = append(g.holders, holder)
		}
	}
}

// holders names the subjects of a binding, and who runs as them.
func (r *rbacRun) holders(b *rbacBinding) (out []string) {
	for _, s := range b.Subjects[:min(maxHolders, len(b.Subjects))] {
		holder := strings.ToUpper(s.String()[:1]) + s.String()[1:]
		if s.Kind == "ServiceAccount" {
			holder += r.users(s.Name, s.Namespace, b.Object.Namespace)
		}
		out = append(out, holder)
	}
	return out
}

// users names who runs as a service account: an attacker in it has what the account has.
func (r *rbacRun) users(account, namespace, bound string) string {
	if namespace == "" {
		namespace = bound
	}
	var names []string
	for _, w := range r.workloads[account] {
		if !slices.Contains(names, w.title) && (w.namespace == namespace || w.namespace == "" || namespace == "") {
			names = append(names, w.title)
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 3:
		return fmt.Sprintf(" (of %s and %d more)", strings.Join(names[:3], ", "), len(names)-3)
	}
	return " (of " + strings.Join(names, ", ") + ")"
}

// lowered is a rule's severity by how far the role goes: one step less in a namespace, low where nobody has it or where
// a binding in a namespace does not grant it.
func lowered(severity checks.Severity, goes reach, clusterScoped bool) checks.Severity {
	switch {
	case goes == reachNobody || goes == reachNamespace && clusterScoped:
		return min(severity, checks.Low)
	case goes == reachNamespace:
		return max(severity-1, checks.Low)
	}
	return severity
}

// aggregated reports rules that the role's labels add to a built-in role whose holders were not given them. To admin
// Kubernetes itself gives all but what makes rights, to edit all but that and roles, to view no secret.
func (r *rbacRun) aggregated(role *rbacRole) bool {
	lowest := role.Aggregates[0]
	has := map[string][]string{
		"edit":  {"secrets-read", "workload-create", "pod-exec", "wildcard-narrow", "token-create", "impersonate", "network-write"},
		"admin": {"secrets-read", "workload-create", "pod-exec", "wildcard-narrow", "token-create", "impersonate", "network-write", "rights-write"},
		"view":  {"wildcard-narrow"},
	}[lowest]
	told := false
	for _, power := range role.powers {
		if slices.Contains(has, power.Rule) {
			continue
		}
		told = true
		r.pass.Fail(checks.Finding{
			Rule: "aggregated", Subject: role.subject, Place: role.places[power.Node], Attribute: role.Object.Title() + ": " + power.What,
			Expected: "no such rule in a role with the label aggregate-to-" + lowest, Actual: power.What,
			Message: "Everybody bound to the built-in role " + lowest + " gets it, and " + power.Message,
			Fix: "Remove the label: kubectl label clusterrole " + kube.Word(role.Object.Name) + " rbac.authorization.k8s.io/aggregate-to-" + lowest +
				"-. Roll back: kubectl label clusterrole " + kube.Word(role.Object.Name) + " rbac.authorization.k8s.io/aggregate-to-" + lowest + "=true",
		})
	}
	if !told {
		r.pass.OK(role.subject)
	}
	return true
}
