package logging

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func platformAudit() *checks.Check {
	return &checks.Check{
		ID:    "logging/platform-audit",
		Title: "Clusters record who did what, and no secrets with it",
		Why: "Without an audit log nobody can tell who read a secret or started a pod; one that records whole requests for secrets " +
			"holds every secret of the cluster, for all who may read logs.",
		Fix: "Start kube-apiserver with --audit-policy-file, --audit-log-path, --audit-log-maxage=30, --audit-log-maxbackup=10 and --audit-log-maxsize=100; in the policy put " +
			"`- level: Metadata` with resources secrets and configmaps before any rule of level Request.",
		Expected:   "The API server writes an audit log by a policy, keeps it for a month, and records secrets as metadata only.",
		Rollback:   "Remove the flags, or put the old policy back, and restart the API server.",
		Absent:     "No API server's manifest, kubeadm configuration or audit policy was found",
		References: []string{"CWE-778", "CWE-532", "ASVS 16.3", "CIS Kubernetes 1.2.16-1.2.19, 3.2.1, 3.2.2", "https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "no-audit-log", Title: "The API server writes no audit log", Severity: checks.High, Precision: checks.PrecisionMedium},
			{ID: "kept-too-short", Title: "Audit logs are not kept for a month", Severity: checks.Low},
			{ID: "secrets-recorded", Title: "The audit log holds the values of secrets", Severity: checks.High},
			{ID: "nothing-recorded", Title: "The audit policy records nothing", Severity: checks.High},
		},
		Wants: wantsPlatformAudit,
		File:  judgePlatformAudit,
	}
}

func wantsPlatformAudit(e *checks.Entry) bool {
	name := strings.ToLower(e.Name())
	return e.Mode.IsRegular() && e.Size <= yamldoc.MaxSize && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".json"))
}

func judgePlatformAudit(p *checks.Pass, f *checks.File) error {
	text := f.Text()
	if f.Binary() || forDevelopment(f.Path) || !strings.Contains(text, "kube-apiserver") && !strings.Contains(text, "audit.k8s.io") && !strings.Contains(text, "kubeadm.k8s.io") {
		return nil
	}
	for _, doc := range yamldoc.Of(f).Docs {
		version, _ := yamldoc.Text(yamldoc.Get(doc, "apiVersion"))
		kind, _ := yamldoc.Text(yamldoc.Get(doc, "kind"))
		a := clusterAudit{pass: p, file: f}
		switch {
		case strings.HasPrefix(version, "audit.k8s.io/") && kind == "Policy":
			a.policy(doc)
		case strings.HasPrefix(version, "kubeadm.k8s.io/") && kind == "ClusterConfiguration":
			a.kubeadm(doc)
		case kind == "Pod":
			a.pod(doc)
		}
	}
	return nil
}

// clusterAudit judges one file.
type clusterAudit struct {
	pass *checks.Pass
	file *checks.File
}

func (a *clusterAudit) fail(rule string, at *yaml.Node, attribute, expected, actual, message string) {
	a.pass.Fail(checks.Finding{Rule: rule, Subject: a.subject(at), Place: yamldoc.Place(a.file, at), Attribute: attribute, Expected: expected, Actual: actual, Message: message})
}

func (a *clusterAudit) subject(at *yaml.Node) checks.Subject {
	return checks.Subject{Kind: "audit log", Name: yamldoc.Place(a.file, at).String()}
}

// pod judges a static pod's manifest of the API server.
func (a *clusterAudit) pod(doc *yaml.Node) {
	for _, c := range yamldoc.Items(yamldoc.Get(doc, "spec", "containers")) {
		flags, server, known := map[string]string{}, false, true
		for _, n := range append(yamldoc.Items(yamldoc.Get(c, "command")), yamldoc.Items(yamldoc.Get(c, "args"))...) {
			word, _ := yamldoc.Text(n)
			server = server || word == "kube-apiserver" || strings.HasSuffix(word, "/kube-apiserver")
			known = known && !yamldoc.Dynamic(n)
			if name, value, given := strings.Cut(word, "="); given {
				flags[strings.TrimLeft(name, "-")] = value
			}
		}
		if server && known {
			a.flags(flags, c)
		}
	}
}

// kubeadm judges apiServer.extraArgs: a mapping up to v1beta3, a list of name and value from v1beta4 on.
func (a *clusterAudit) kubeadm(doc *yaml.Node) {
	extra := yamldoc.Get(doc, "apiServer", "extraArgs")
	if extra == nil || yamldoc.Dynamic(extra) {
		return
	}
	flags := map[string]string{}
	yamldoc.Each(extra, func(key, value *yaml.Node) { flags[key.Value], _ = yamldoc.Text(value) })
	for _, n := range yamldoc.Items(extra) {
		name, _ := yamldoc.Text(yamldoc.Get(n, "name"))
		flags[name], _ = yamldoc.Text(yamldoc.Get(n, "value"))
	}
	a.flags(flags, extra)
}

// auditKeeps are the least values of CIS Kubernetes 1.2.17 to 1.2.19.
var auditKeeps = []struct {
	flag  string
	least int64
}{{"audit-log-maxage", 30}, {"audit-log-maxbackup", 10}, {"audit-log-maxsize", 100}}

func (a *clusterAudit) flags(flags map[string]string, at *yaml.Node) {
	path, webhook := flags["audit-log-path"], flags["audit-webhook-config-file"]
	switch {
	case path == "" && webhook == "":
		a.fail("no-audit-log", at, "--audit-log-path", "a path, or --audit-webhook-config-file", "not set", "Nobody can tell who did what in the cluster")
		return
	case flags["audit-policy-file"] == "":
		a.fail("no-audit-log", at, "--audit-policy-file", "a policy", "not set", "Without a policy no event is recorded")
		return
	}
	clean := true
	for _, k := range auditKeeps {
		value, set := flags[k.flag]
		n, err := strconv.ParseInt(value, 10, 64)
		if set && err == nil && n > 0 && n < k.least && path != "-" && path != "" { // 0 keeps all
			clean = false
			a.fail("kept-too-short", at, "--"+k.flag, "at least "+strconv.FormatInt(k.least, 10), value, "What happened is gone before anybody asks")
		}
	}
	if clean {
		a.pass.OK(a.subject(at))
	}
}
