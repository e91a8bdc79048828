package permissions

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// auditFiles runs one check over files and returns its findings.
func auditFiles(t *testing.T, check *checks.Check, files map[string]string) []checks.Finding {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	jobs := []engine.Job{{Check: check, Values: check.Defaults()}}
	return engine.RunTree(context.Background(), tree, jobs, engine.Options{}).Observations[0].Findings
}

const secretReader = `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets, nodes/proxy], verbs: [list, get]}]
`

func binding(kind, role string) string {
	return "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + kind + "\nmetadata: {name: b, namespace: shop}\n" +
		"subjects: [{kind: ServiceAccount, name: web, namespace: shop}]\nroleRef: {kind: ClusterRole, name: " + role + "}\n"
}

// TestRoleSeverityFollowsItsBinding: the same role is worth more the further it goes, and says who runs with it.
func TestRoleSeverityFollowsItsBinding(t *testing.T) {
	const pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop-web, namespace: shop}\nspec: {template: {spec: {serviceAccountName: web, containers: [{name: c}]}}}\n"
	for _, c := range []struct {
		binding string
		want    map[string]checks.Severity
		says    string
	}{
		{"", map[string]checks.Severity{"secrets-read": checks.Low, "nodes-proxy": checks.Low}, "Nobody in this tree"},
		{binding("RoleBinding", "reader"), map[string]checks.Severity{"secrets-read": checks.Medium, "nodes-proxy": checks.Low}, "in the namespace"},
		{binding("ClusterRoleBinding", "reader"), map[string]checks.Severity{"secrets-read": checks.High, "nodes-proxy": checks.High}, "(of Deployment shop-web)"},
		{binding("ClusterRoleBinding", "other"), map[string]checks.Severity{"secrets-read": checks.Low, "nodes-proxy": checks.Low}, "Nobody in this tree"},
	} {
		files := map[string]string{"a/role.yaml": secretReader, "b/pod.yaml": pod}
		if c.binding != "" {
			files["c/binding.yaml"] = c.binding
		}
		findings := auditFiles(t, rbac(), files)
		if len(findings) != len(c.want) {
			t.Errorf("%s: %d findings", c.binding, len(findings))
		}
		for _, f := range findings {
			if f.Severity != c.want[f.Rule] {
				t.Errorf("%s: %s is %v, expected %v", c.binding, f.Rule, f.Severity, c.want[f.Rule])
			}
			if f.Rule == "secrets-read" && !strings.Contains(f.Message, c.says) {
				t.Errorf("%s: %q does not say %q", c.binding, f.Message, c.says)
			}
		}
	}
}
