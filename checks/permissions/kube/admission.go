package kube

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// shippedConstraints are the SecurityContextConstraints that OpenShift itself brings.
var shippedConstraints = set(`privileged anyuid hostaccess hostmount-anyuid hostmount-anyuid-v2 hostnetwork hostnetwork-v2 node-exporter nonroot nonroot-v2
restricted restricted-v2 restricted-v3 nested-container machine-api-termination-handler`)

// allowance is a field of an admission policy that lets pods have what the standards forbid.
type allowance struct {
	path     []string
	open     func(*yaml.Node) bool
	value    string // that closes it, as flow YAML
	critical bool   // it is a way out of the container by itself
	message  string
}

// allowances are those of a PodSecurityPolicy (policy/v1beta1, up to Kubernetes 1.24) and of SecurityContextConstraints
// (security.openshift.io/v1), by kind.
var allowances = map[string][]allowance{
	"PodSecurityPolicy": {
		{[]string{"spec", "privileged"}, isTrue, "false", true, "privileged containers"},
		{[]string{"spec", "hostPID"}, isTrue, "false", true, "the host's processes"},
		{[]string{"spec", "hostIPC"}, isTrue, "false", true, "the host's shared memory"},
		{[]string{"spec", "hostNetwork"}, isTrue, "false", true, "the host's network"},
		{[]string{"spec", "allowPrivilegeEscalation"}, isTrue, "false", false, "setuid programs that give privileges"},
		{[]string{"spec", "allowedCapabilities"}, moreCapabilities, "[]", true, "capabilities beyond the default ones"},
		{[]string{"spec", "defaultAddCapabilities"}, moreCapabilities, "[]", true, "capabilities beyond the default ones, unasked"},
		{[]string{"spec", "volumes"}, anyVolume, "[configMap, secret, emptyDir, projected, downwardAPI, persistentVolumeClaim]", true, "volumes of every type, the host's directories included"},
		{[]string{"spec", "allowedUnsafeSysctls"}, nonEmpty, "[]", false, "unsafe settings of the kernel"},
		{[]string{"spec", "allowedProcMountTypes"}, unmasked, "[Default]", true, "an unmasked /proc"},
		{[]string{"spec", "runAsUser", "rule"}, runAsAny, "MustRunAsNonRoot", false, "root as their user"},
	},
	"SecurityContextConstraints": {
		{[]string{"allowPrivilegedContainer"}, isTrue, "false", true, "privileged containers"},
		{[]string{"allowHostPID"}, isTrue, "false", true, "the host's processes"},
		{[]string{"allowHostIPC"}, isTrue, "false", true, "the host's shared memory"},
		{[]string{"allowHostNetwork"}, isTrue, "false", true, "the host's network"},
		{[]string{"allowHostDirVolumePlugin"}, isTrue, "false", true, "the host's directories"},
		{[]string{"allowHostPorts"}, isTrue, "false", false, "the host's ports"},
		{[]string{"allowPrivilegeEscalation"}, isTrue, "false", false, "setuid programs that give privileges"},
		{[]string{"allowedCapabilities"}, moreCapabilities, "[]", true, "capabilities beyond the default ones"},
		{[]string{"defaultAddCapabilities"}, moreCapabilities, "[]", true, "capabilities beyond the default ones, unasked"},
		{[]string{"allowedUnsafeSysctls"}, nonEmpty, "[]", false, "unsafe settings of the kernel"},
		{[]string{"runAsUser", "type"}, runAsAny, "MustRunAsNonRoot", false, "root as their user"},
	},
}

// Admission lists what an admission policy allows beyond the standards; ok is false for another kind of object, and what
// OpenShift ships is no finding.
func (o *Object) Admission() (list []Violation, ok bool) {
	group := map[string]string{"PodSecurityPolicy": "policy extensions", "SecurityContextConstraints": "security.openshift.io"}[o.Kind]
	if !slices.Contains(strings.Fields(group), o.Group) && (o.Kind != "SecurityContextConstraints" || o.Group != "") {
		return nil, false
	}
	if shippedConstraints[o.Name] && o.Kind == "SecurityContextConstraints" {
		return nil, true
	}
	for _, a := range allowances[o.Kind] {
		n := yamldoc.Get(o.Node, a.path...)
		if !present(n) || !a.open(n) {
			continue
		}
		rule := "policy-open"
		if a.critical {
			rule = "policy-opens-host"
		}
		actual := text(n)
		if n.Kind == yaml.SequenceNode {
			actual = strings.Join(words(o.parent(a.path), a.path[len(a.path)-1]), ", ")
		}
		list = append(list, Violation{Rule: rule, Node: n, Attribute: strings.Join(a.path, "."), Expected: a.value, Actual: actual,
			Message: "Every pod that this policy admits may have " + a.message, Sets: []Set{{a.path, a.value}}})
	}
	return list, true
}

func (o *Object) parent(path []string) *yaml.Node {
	return yamldoc.Get(o.Node, path[:len(path)-1]...)
}

func moreCapabilities(n *yaml.Node) bool {
	return slices.ContainsFunc(yamldoc.Items(n), func(item *yaml.Node) bool { return !defaultCapabilities[text(item)] })
}

func anyVolume(n *yaml.Node) bool {
	return slices.ContainsFunc(yamldoc.Items(n), func(item *yaml.Node) bool { return text(item) == "*" })
}

func unmasked(n *yaml.Node) bool {
	return slices.ContainsFunc(yamldoc.Items(n), func(item *yaml.Node) bool { return text(item) != "Default" })
}

func nonEmpty(n *yaml.Node) bool { return len(yamldoc.Items(n)) > 0 }

func runAsAny(n *yaml.Node) bool { return text(n) == "RunAsAny" }
