package permissions

import (
	"hardcheck/checks"
)

func rbac() *checks.Check {
	return &checks.Check{
		ID:    "permissions/rbac",
		Title: "Cluster roles grant no more than their holders need",
		Why: "A few permissions are all of them: who may escalate, bind or impersonate, read secrets, run pods or get into running ones has the rights of " +
			"everybody who is in reach. An attacker in one pod takes its token and goes on from there.",
		Fix:        "Name the verbs, resources and objects that the holder uses; bind in the namespace, to an account of its own.",
		Expected:   "Roles without wildcards and escalation, bound to accounts of their own and no wider than needed",
		Rollback:   "kubectl apply -f the manifest of the commit before: roles and bindings take effect at once",
		Absent:     "No Role, ClusterRole or binding of Kubernetes was found",
		References: []string{"CWE-250", "CWE-269", "CWE-284", "CIS Kubernetes 5.1", "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "wildcard-all", Title: "A role does everything", Severity: checks.Critical},
			{ID: "wildcard", Title: "A role holds for resources or verbs that nobody named", Severity: checks.High},
			{ID: "wildcard-narrow", Title: "A role has a star where it could name", Severity: checks.Low},
			{ID: "escalate", Title: "A role grants itself any right", Severity: checks.Critical},
			{ID: "impersonate", Title: "A role acts as others", Severity: checks.Critical},
			{ID: "secrets-read", Title: "A role reads secrets", Severity: checks.High},
			{ID: "workload-create", Title: "A role runs pods as any account of the namespace", Severity: checks.High},
			{ID: "pod-exec", Title: "A role gets into running pods", Severity: checks.High},
			{ID: "nodes-proxy", Title: "A role commands the kubelets", Severity: checks.High},
			{ID: "token-create", Title: "A role makes tokens of other accounts", Severity: checks.High},
			{ID: "certificate-approve", Title: "A role approves certificates", Severity: checks.High},
			{ID: "webhook-write", Title: "A role changes admission control", Severity: checks.High},
			{ID: "volume-create", Title: "A role makes volumes of any directory of a node", Severity: checks.Medium},
			{ID: "namespace-write", Title: "A role changes what namespaces enforce", Severity: checks.Medium},
			{ID: "rights-write", Title: "A role changes roles and bindings", Severity: checks.Low},
			{ID: "network-write", Title: "A role changes who reaches the pods", Severity: checks.Low},
			{ID: "aggregated", Title: "A dangerous rule is added to a built-in role", Severity: checks.High},
			{ID: "cluster-admin", Title: "Somebody is bound to cluster-admin", Severity: checks.High},
			{ID: "bound-cluster-wide", Title: "A role for one namespace is bound to all", Severity: checks.Medium},
			{ID: "subject-anonymous", Title: "A role is bound to whoever reaches the API server", Severity: checks.Critical},
			{ID: "subject-everybody", Title: "A role is bound to every user or account", Severity: checks.High},
			{ID: "subject-default", Title: "A role is bound to a default service account", Severity: checks.Medium},
			{ID: "subject-elsewhere", Title: "A role is bound to an account of another namespace", Severity: checks.Info},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      manifests,
		File:       rbacFile,
		Tree:       rbacTree,
	}
}
