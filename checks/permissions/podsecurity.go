package permissions

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func podSecurity() *checks.Check {
	return &checks.Check{
		ID:    "permissions/pod-security",
		Title: "Kubernetes pods meet the Pod Security Standards",
		Why: "What the baseline standard forbids are the known ways out of a container: the host's namespaces and directories, privileged " +
			"mode, capabilities, kernel settings. A cluster that does not enforce it runs such a pod without a word.",
		Fix:        "Remove the field, or set it to what the standard allows. Enforce the standard: label the namespace pod-security.kubernetes.io/enforce={level}.",
		Expected:   "Every pod meets the {level} Pod Security Standard",
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
		Params: []checks.Param{{Name: "level", Kind: checks.ParamText, Default: "baseline", Words: []string{"baseline", "restricted"},
			Doc: "the Pod Security Standard to meet"}},
		Wants: func(e *checks.Entry) bool {
			ext := e.Ext()
			return e.Mode.IsRegular() && (ext == ".yaml" || ext == ".yml" || ext == ".json")
		},
		File: podFile,
	}
}

func podFile(p *checks.Pass, f *checks.File) error {
	if !bytes.Contains(f.Data, []byte("apiVersion")) || !bytes.Contains(f.Data, []byte("ontainers")) {
		return nil
	}
	stream := yamldoc.Of(f)
	var conditions []int
	if stream.Templated {
		conditions = templateConditions(f.Text())
	}
	for _, doc := range stream.Docs {
		eachPod(doc, "", "", 0, func(pod pod) {
			pod.file, pod.pass, pod.conditions, pod.root = f, p, conditions, doc
			pod.judge(p.Text("level") == "restricted")
		})
	}
	if stream.Err != nil && podKind.MatchString(f.Text()) {
		return stream.Err.AsBlind()
	}
	return nil
}

// podKind is a line of a manifest that holds a pod, for text that is no valid YAML.
var podKind = regexp.MustCompile(`(?m)^\s*"?kind"?: *"?(Pod|Deployment|DaemonSet|StatefulSet|ReplicaSet|Job|CronJob)"?,?\s*$`)

// podKinds are the objects that hold a pod: the API groups that define that kind ("" is the core group), and the path
// to the pod template.
var podKinds = map[string]struct {
	groups []string
	path   []string
}{
	"Pod":                   {[]string{""}, nil},
	"PodTemplate":           {[]string{""}, []string{"template"}},
	"ReplicationController": {[]string{""}, []string{"spec", "template"}},
	"Deployment":            {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"DaemonSet":             {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"ReplicaSet":            {[]string{"apps", "extensions"}, []string{"spec", "template"}},
	"StatefulSet":           {[]string{"apps"}, []string{"spec", "template"}},
	"Job":                   {[]string{"batch"}, []string{"spec", "template"}},
	"CronJob":               {[]string{"batch"}, []string{"spec", "jobTemplate", "spec", "template"}},
	"DeploymentConfig":      {[]string{"", "apps.openshift.io"}, []string{"spec", "template"}},
	"Rollout":               {[]string{"argoproj.io"}, []string{"spec", "template"}},
	"Service":               {[]string{"serving.knative.dev"}, []string{"spec", "template"}},
}

// podTemplate is the pod, or the template of pods, in an object of that kind and API version; nil for others. A
// version that a template makes may be of any group.
func podTemplate(n *yaml.Node, kind, version string) *yaml.Node {
	known, ok := podKinds[kind]
	group, _, named := strings.Cut(version, "/")
	if !named {
		group = ""
	}
	if !ok || !slices.Contains(known.groups, group) && !yamldoc.Dynamic(yamldoc.Get(n, "apiVersion")) {
		return nil
	}
	return yamldoc.Get(n, known.path...)
}

// eachPod finds the pods of a document, also those of a List. The items of a typed list, such as a PodList, need not
// say what they are.
func eachPod(n *yaml.Node, kind, version string, depth int, visit func(pod)) {
	const deepest = 4
	if own, _ := yamldoc.Text(yamldoc.Get(n, "kind")); own != "" {
		kind = own
	}
	if own, _ := yamldoc.Text(yamldoc.Get(n, "apiVersion")); own != "" {
		version = own
	}
	if kind == "" || version == "" || depth > deepest {
		return
	}
	for _, item := range yamldoc.Items(yamldoc.Get(n, "items")) {
		eachPod(item, strings.TrimSuffix(kind, "List"), version, depth+1, visit)
	}
	template := podTemplate(n, kind, version)
	spec := yamldoc.Get(template, "spec")
	if spec == nil || spec.Kind != yaml.MappingNode {
		return
	}
	name, _ := yamldoc.Text(yamldoc.Get(n, "metadata", "name"))
	if name == "" {
		name, _ = yamldoc.Text(yamldoc.Get(n, "metadata", "generateName"))
	}
	pod := pod{title: kind + " " + name, spec: spec, annotations: yamldoc.Get(template, "metadata", "annotations")}
	os, _ := yamldoc.Text(yamldoc.Get(spec, "os", "name"))
	hostUsers, set := yamldoc.Bool(yamldoc.Get(spec, "hostUsers"))
	pod.windows, pod.userNamespace = os == "windows", set && !hostUsers
	for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for _, c := range yamldoc.Items(yamldoc.Get(spec, list)) {
			name, _ := yamldoc.Text(yamldoc.Get(c, "name"))
			pod.containers = append(pod.containers, container{name, c})
		}
	}
	visit(pod)
}

// pod is one pod specification and what is known of it as a whole.
type pod struct {
	pass        *checks.Pass
	file        *checks.File
	root        *yaml.Node // its document
	title       string
	spec        *yaml.Node
	annotations *yaml.Node
	containers  []container

	windows       bool // os.name: Linux controls do not apply
	userNamespace bool // hostUsers: false: root in the pod is nobody on the host
	conditions    []int
	failed        bool
}

type container struct {
	name string
	node *yaml.Node
}

func (c *container) get(path ...string) *yaml.Node { return yamldoc.Get(c.node, path...) }

func (p *pod) subject() checks.Subject {
	return checks.Subject{Kind: "pod", Name: p.file.Path + ":" + strconv.Itoa(p.spec.Line) + " " + p.title}
}

// judge runs the controls. A templated manifest without a finding is no pass: what its values add is unknown.
func (p *pod) judge(restricted bool) {
	p.baseline()
	if restricted {
		p.restricted()
	}
	switch {
	case p.failed:
	case p.conditions != nil:
		p.pass.NotApplicable("only templated manifests were found: what they become is not known until they are rendered")
	default:
		p.pass.OK(p.subject())
	}
}

// fail reports a field. A value that a template makes, or that stands under a condition of the template, is not known.
func (p *pod) fail(rule string, n *yaml.Node, attribute, expected, message string) {
	n = yamldoc.Deref(n)
	if n == nil || yamldoc.Dynamic(n) || p.conditional(n) {
		return
	}
	actual, scalar := yamldoc.Text(n)
	if !scalar {
		actual = "set"
		if n.Kind == yaml.ScalarNode {
			actual = "null"
		}
	}
	p.report(rule, n, attribute, expected, actual, message)
}

// missing reports a field that must be set and is not. In a template it may come from a value.
func (p *pod) missing(rule string, at *yaml.Node, attribute, expected, message string) {
	if p.conditions == nil {
		p.report(rule, at, attribute, expected, "not set", message)
	}
}

func (p *pod) report(rule string, at *yaml.Node, attribute, expected, actual, message string) {
	p.failed = true
	p.pass.Fail(checks.Finding{
		Rule: rule, Subject: p.subject(), Place: yamldoc.Place(p.file, at), Attribute: p.title + ": " + attribute,
		Expected: expected, Actual: attribute + ": " + actual, Message: message,
	})
}

func (p *pod) conditional(n *yaml.Node) bool {
	at := func(n *yaml.Node) int {
		if n.Line < 1 || n.Line > len(p.conditions) {
			return 0
		}
		return p.conditions[n.Line-1]
	}
	return p.conditions != nil && at(n) != at(p.root)
}
