package permissions

import (
	"hardcheck/checks"
	"hardcheck/checks/permissions/kube"
)

func podSecurity() *checks.Check {
	return &checks.Check{
		ID:    "permissions/pod-security",
		Title: "Kubernetes pods meet the Pod Security Standards",
		Why: "What the baseline standard forbids are the known ways out of a container: the host's namespaces and directories, privileged " +
			"mode, capabilities, kernel settings. A cluster that does not enforce it runs such a pod without a word.",
		Fix:        "Remove the field, or set it to what the standard allows. Enforce the standard: label the namespace pod-security.kubernetes.io/enforce={level}.",
		Expected:   "Every pod meets the {level} Pod Security Standard of Kubernetes {kubernetes_version}",
		Rollback:   "Restore the field for the pod that needs it, in a namespace of its own with a waiver that says why",
		Absent:     "No Kubernetes manifest with a pod was found",
		References: []string{"CWE-250", "CWE-269", "https://kubernetes.io/docs/concepts/security/pod-security-standards/", "CIS Kubernetes 5.2"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "privileged", Title: "A container is privileged", Severity: checks.Critical},
			{ID: "host-namespaces", Title: "The pod joins a namespace of the host", Severity: checks.High},
			{ID: "host-path", Title: "The pod mounts a directory of the host", Severity: checks.High},
			{ID: "windows-host-process", Title: "A Windows container runs as a process of the host", Severity: checks.High},
			{ID: "capabilities", Title: "A container adds a capability beyond the standard's", Severity: checks.High},
			{ID: "proc-mount", Title: "A container sees the kernel's masked files in /proc", Severity: checks.High},
			{ID: "seccomp", Title: "seccomp is turned off, or not set where it must be", Severity: checks.High},
			{ID: "apparmor", Title: "AppArmor is turned off", Severity: checks.High},
			{ID: "selinux", Title: "SELinux options beyond the standard's", Severity: checks.Medium},
			{ID: "sysctls", Title: "A kernel setting that is not safe to change", Severity: checks.Medium},
			{ID: "host-ports", Title: "A container takes a port of the host", Severity: checks.Medium},
			{ID: "host-probes", Title: "A probe or hook makes the kubelet call another host", Severity: checks.Medium},
			{ID: "volume-types", Title: "A volume of a type that the restricted standard forbids", Severity: checks.Medium},
			{ID: "privilege-escalation", Title: "A container may gain privileges", Severity: checks.Medium},
			{ID: "run-as-non-root", Title: "Nothing keeps a container from running as root", Severity: checks.Medium},
			{ID: "run-as-user", Title: "A container is told to run as root", Severity: checks.Medium},
			{ID: "capabilities-kept", Title: "A container keeps the default capabilities", Severity: checks.Medium},
		},
		Params: []checks.Param{
			{Name: "level", Kind: checks.ParamText, Default: string(kube.Baseline), Words: []string{string(kube.Baseline), string(kube.Restricted)},
				Doc: "the Pod Security Standard to meet"},
			{Name: "kubernetes_version", Kind: checks.ParamText, Default: kube.Latest, Words: kube.Versions(),
				Doc: "the version of Kubernetes whose standards count: what is forbidden, and what of it is exempt, changes with it"},
		},
		NoSettings: true,
		Lasting:    true,
		Wants:      manifests,
		File:       podsOf(standards),
		Tree:       podsBuilt(standards),
	}
}

// standards judges a pod by the level and version that the policy asks for.
func standards(p *checks.Pass, pod *kube.Pod) ([]kube.Violation, error) {
	version, err := kube.ParseVersion(p.Text("kubernetes_version"))
	if err != nil {
		return nil, err
	}
	return kube.Judge(pod, kube.Level(p.Text("level")), version), nil
}
