package permissions

import (
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/kube"
)

// publicRoles are what Kubernetes itself gives to everybody: they tell versions and what can be asked for.
var publicRoles = []string{"system:public-info-viewer", "system:discovery", "system:basic-user", "system:service-account-issuer-discovery",
	"system:certificates.k8s.io:certificatesigningrequests:nodeclient", "system:node-bootstrapper"}

// binding judges whom a binding gives its role to.
func (r *rbacRun) binding(b *rbacBinding) {
	if b.Object.BootstrapRBAC() || slices.Contains(publicRoles, b.RoleName) {
		r.pass.OK(b.subject)
		return
	}
	told := r.boundRole(b)
	for _, s := range b.Subjects {
		told = r.boundSubject(b, s) || told
	}
	if !told {
		r.pass.OK(b.subject)
	}
}

// boundRole judges the built-in role that is given out.
func (r *rbacRun) boundRole(b *rbacBinding) bool {
	if b.RoleKind != "ClusterRole" || masters(b) || len(b.Subjects) == 0 {
		return false
	}
	holders := r.holders(b)
	who := strings.Join(holders[:min(3, len(holders))], ", ")
	switch {
	case b.RoleName == "cluster-admin" && b.Cluster:
		r.report(b, "cluster-admin", b.places[b.RoleRefNode], "a role with the rights that are used", who+" does everything in the whole cluster", checks.High)
	case b.RoleName == "cluster-admin":
		r.report(b, "cluster-admin", b.places[b.RoleRefNode], "a role with the rights that are used", who+" does everything in the namespace, its roles and bindings included", checks.Medium)
	case (b.RoleName == "admin" || b.RoleName == "edit") && b.Cluster:
		r.report(b, "bound-cluster-wide", b.places[b.RoleRefNode], "a RoleBinding in each namespace that is meant",
			who+" gets the secrets and pods of every namespace, those of the cluster itself included", checks.Medium)
	default:
		return false
	}
	return true
}

// masters reports whether a binding gives its role to nobody but those who have every right without it.
func masters(b *rbacBinding) bool {
	return len(b.Subjects) > 0 && !slices.ContainsFunc(b.Subjects, func(s kube.Subject) bool { return s.Name != "system:masters" })
}

// boundSubject judges one holder.
func (r *rbacRun) boundSubject(b *rbacBinding, s kube.Subject) bool {
	place := b.places[s.Node]
	full := b.RoleName + ", to " + s.String()
	switch {
	case s.Kind == "ServiceAccount" && s.Name == "default":
		r.report(b, "subject-default", place, "an account of its own", "Every pod that names no account of its own gets "+full, checks.Medium)
	case s.Kind == "ServiceAccount" && !b.Cluster && elsewhere(s.Namespace, b.Object.Namespace):
		r.report(b, "subject-elsewhere", place, "an account of namespace "+b.Object.Namespace, "Who makes pods in namespace "+s.Namespace+" gets "+full, checks.Info)
	case s.Kind == "ServiceAccount":
		return false
	case s.Name == "system:anonymous" || s.Name == "system:unauthenticated":
		r.report(b, "subject-anonymous", place, "somebody who signs in", "Whoever reaches the API server gets "+full, checks.Critical)
	case s.Name == "system:authenticated":
		r.report(b, "subject-everybody", place, "the users who need it", "Every user and service account gets "+full, checks.High)
	case s.Name == "system:serviceaccounts":
		r.report(b, "subject-everybody", place, "the accounts that need it", "Every pod of the cluster gets "+full, checks.High)
	case strings.HasPrefix(s.Name, "system:serviceaccounts:"):
		r.report(b, "subject-everybody", place, "the accounts that need it", "Every pod of the namespace gets "+full, checks.Medium)
	default:
		return false
	}
	return true
}

// elsewhere reports whether two namespaces are known and differ.
func elsewhere(a, b string) bool {
	return a != "" && b != "" && a != b && !strings.Contains(a+b, "{{")
}

func (r *rbacRun) report(b *rbacBinding, rule string, place checks.Place, expected, message string, severity checks.Severity) {
	var subjects []string
	for _, s := range b.Subjects {
		subjects = append(subjects, s.String())
	}
	r.pass.Fail(checks.Finding{
		Rule: rule, Subject: b.subject, Place: place, Attribute: b.Object.Title() + ": " + rule, Expected: expected,
		Actual: b.RoleKind + " " + b.RoleName + " to " + strings.Join(subjects, ", "), Message: message, Severity: severity,
		Fix: "Bind a narrower role to the accounts that need it, then kubectl delete " + b.Object.Resource() + ". Roll back: kubectl apply -f " + kube.Argument(b.path),
	})
}
