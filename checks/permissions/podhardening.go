package permissions

import (
	"hardcheck/checks"
	"hardcheck/checks/permissions/kube"
)

func podHardening() *checks.Check {
	return &checks.Check{
		ID:    "permissions/pod-hardening",
		Title: "Pods have no more of the node and API than they need",
		Why: "The Pod Security Standards stop at the known ways out. What they let pass still decides how far an attacker in a pod gets: a " +
			"socket of the container runtime or a writable system directory is the node, a mounted token is the API server, a secret with the wrong mode is everybody's.",
		Fix:        "Give the pod its own service account without a token, a read-only root filesystem, no writable directory of the host; label every namespace with the standard it enforces.",
		Expected:   "Pods without runtime sockets, writable system directories and tokens they do not use, in namespaces that enforce a standard",
		Rollback:   "kubectl rollout undo the workload, or apply the manifest of the commit before",
		Absent:     "No Kubernetes manifest with a pod or a namespace was found",
		References: []string{"CWE-250", "CWE-732", "CIS Kubernetes 5.1.5", "CIS Kubernetes 5.1.6", "CIS Kubernetes 5.3.2", "https://kubernetes.io/docs/concepts/security/pod-security-admission/"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "runtime-socket", Title: "The pod gets a socket of the container runtime", Severity: checks.Critical},
			{ID: "host-path-writable", Title: "A container can write to a system directory of the host", Severity: checks.High},
			{ID: "host-volume", Title: "A persistent volume is a system directory of the node", Severity: checks.Medium,
				Fix: "Make the volume of type local below a directory of its own, or let a storage driver provision it, and move its claims. Roll back: kubectl apply -f the manifest of the commit before"},
			{ID: "stored-token", Title: "A token of a service account is stored and never expires", Severity: checks.Low,
				Fix: "kubectl delete the secret, and use kubectl create token or a projected volume. Roll back: kubectl apply -f the manifest: a new token is put into it"},
			{ID: "volume-mode", Title: "Files of a volume get a mode that was not meant", Severity: checks.Low},
			{ID: "namespace-open", Title: "A namespace enforces no Pod Security Standard", Severity: checks.Low,
				Fix: "kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline --dry-run=server shows what would be refused. Roll back: kubectl label namespace NAME pod-security.kubernetes.io/enforce-"},
			{ID: "namespace-unpinned", Title: "What a namespace enforces changes with the cluster's version", Severity: checks.Info,
				Fix: "Label it pod-security.kubernetes.io/enforce-version with the version that was tested. Roll back: kubectl label namespace NAME pod-security.kubernetes.io/enforce-version-"},
			{ID: "policy-opens-host", Title: "An admission policy lets pods out of their containers", Severity: checks.High},
			{ID: "policy-open", Title: "An admission policy allows what the standards forbid", Severity: checks.Medium},
			{ID: "shared-processes", Title: "The containers of a pod share their processes", Severity: checks.Low},
			{ID: "default-service-account", Title: "The pod carries the token of the default service account", Severity: checks.Info},
			{ID: "token-mounted", Title: "Nobody decided whether the pod needs its token", Severity: checks.Info},
			{ID: "writable-root", Title: "A container can change the files of its image", Severity: checks.Info},
			{ID: "raw-sockets", Title: "A container keeps NET_RAW", Severity: checks.Info},
			{ID: "low-user", Title: "A container's user may be an account of the host", Severity: checks.Info},
			{ID: "no-network-policy", Title: "No network policy limits who reaches the pods", Severity: checks.Info,
				Fix: "Add a NetworkPolicy that denies by default, then one for each path that is needed. Roll back: kubectl delete networkpolicy default-deny"},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      manifests,
		File:       hardeningFile,
		Tree:       hardeningTree,
	}
}

func harden(_ *checks.Pass, pod *kube.Pod) ([]kube.Violation, error) { return kube.Harden(pod), nil }

// quiet are the rules that a usual manifest breaks in every pod: those of one file are one finding.
var quiet = map[string]bool{"default-service-account": true, "token-mounted": true, "writable-root": true, "raw-sockets": true, "low-user": true}

func hardeningFile(p *checks.Pass, f *checks.File) error {
	if err := podsOf(harden)(p, f); err != nil {
		return err
	}
	if facts := clusterFactsOf(f); !facts.empty() {
		p.Keep(f.Path, facts)
	}
	return nil
}

func hardeningTree(p *checks.Pass) error {
	var all clusterFacts
	for _, kept := range p.Kept() {
		if facts, ok := kept.(clusterFacts); ok {
			all.add(facts)
		}
	}
	for i := range all.admission {
		all.admission[i].tell(p)
	}
	pods, err := podOutcomes(p, harden)
	if err != nil {
		return err
	}
	merged := quietly{}
	for i := range pods {
		all.settle(&pods[i])
		merged.take(&pods[i])
	}
	for i := range pods {
		pods[i].tell(p)
	}
	all.networks(p, pods)
	return nil
}
