package kube

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// rbacGroup is the API group of roles and bindings.
const rbacGroup = "rbac.authorization.k8s.io"

// Role is a Role or a ClusterRole.
type Role struct {
	Object  *Object
	Cluster bool
	Rules   []PolicyRule
	// Aggregates are the built-in roles, admin, edit or view, that the role's labels add its rules to.
	Aggregates []string
}

// PolicyRule is one rule of a role.
type PolicyRule struct {
	Node                                     *yaml.Node
	Groups, Resources, Verbs, Names, NonURLs []string
}

// Binding is a RoleBinding or a ClusterRoleBinding.
type Binding struct {
	Object      *Object
	Cluster     bool
	RoleKind    string
	RoleName    string
	Subjects    []Subject
	RoleRefNode *yaml.Node
}

// Subject is somebody whom a binding gives a role to.
type Subject struct {
	Node                  *yaml.Node
	Kind, Name, Namespace string
}

func (s Subject) String() string {
	switch {
	case s.Kind == "ServiceAccount" && s.Namespace != "":
		return "service account " + s.Namespace + "/" + s.Name
	case s.Kind == "ServiceAccount":
		return "service account " + s.Name
	}
	return strings.ToLower(s.Kind) + " " + s.Name
}

// Role reads a role; nil for another kind of object.
func (o *Object) Role() *Role {
	if o.Group != rbacGroup || o.Kind != "Role" && o.Kind != "ClusterRole" {
		return nil
	}
	r := &Role{Object: o, Cluster: o.Kind == "ClusterRole"}
	for _, n := range yamldoc.Items(yamldoc.Get(o.Node, "rules")) {
		r.Rules = append(r.Rules, PolicyRule{Node: n, Groups: words(n, "apiGroups"), Resources: words(n, "resources"), Verbs: words(n, "verbs"),
			Names: words(n, "resourceNames"), NonURLs: words(n, "nonResourceURLs")})
	}
	labels := o.Labels()
	for _, builtIn := range []string{"view", "edit", "admin"} {
		if labels[rbacGroup+"/aggregate-to-"+builtIn] == "true" {
			r.Aggregates = append(r.Aggregates, builtIn)
		}
	}
	return r
}

func words(n *yaml.Node, key string) (out []string) {
	for _, item := range yamldoc.Items(yamldoc.Get(n, key)) {
		if word, ok := yamldoc.Text(item); ok {
			out = append(out, word)
		}
	}
	return out
}

// Binding reads a binding; nil for another kind of object.
func (o *Object) Binding() *Binding {
	if o.Group != rbacGroup || o.Kind != "RoleBinding" && o.Kind != "ClusterRoleBinding" {
		return nil
	}
	b := &Binding{Object: o, Cluster: o.Kind == "ClusterRoleBinding", RoleRefNode: yamldoc.Get(o.Node, "roleRef")}
	b.RoleKind, b.RoleName = text(yamldoc.Get(b.RoleRefNode, "kind")), text(yamldoc.Get(b.RoleRefNode, "name"))
	for _, n := range yamldoc.Items(yamldoc.Get(o.Node, "subjects")) {
		b.Subjects = append(b.Subjects, Subject{n, text(yamldoc.Get(n, "kind")), text(yamldoc.Get(n, "name")), text(yamldoc.Get(n, "namespace"))})
	}
	return b
}

// BootstrapRBAC reports whether Kubernetes itself brings the object: its components need what it grants.
func (o *Object) BootstrapRBAC() bool {
	return strings.HasPrefix(o.Name, "system:") || o.Labels()["kubernetes.io/bootstrapping"] == "rbac-defaults"
}

// Power is what a rule lets its holder do beyond what the rule says.
type Power struct {
	Rule     string
	Node     *yaml.Node
	What     string // "verbs [get list] on secrets"
	Expected string
	Message  string
	// ClusterScoped says that a binding in a namespace does not grant it.
	ClusterScoped bool
}

// power is a permission that is more than it seems, by what grants it. An empty group is the core group.
type power struct {
	rule      string
	group     string
	resources []string
	verbs     []string
	names     bool // a rule that names its objects grants it too
	expected  string
	message   string
}

var (
	writing  = []string{"create", "update", "patch"}
	changing = []string{"create", "update", "patch", "delete", "deletecollection"}
	powerful = []power{
		{"escalate", rbacGroup, []string{"roles", "clusterroles"}, []string{"escalate", "bind"}, true, "neither escalate nor bind", "grants itself any right there is"},
		{"impersonate", "", []string{"users", "groups", "serviceaccounts"}, []string{"impersonate"}, false, "no impersonate, or with resourceNames", "acts as anybody, system:masters included"},
		{"impersonate", "authentication.k8s.io", []string{"userextras", "uids"}, []string{"impersonate"}, false, "no impersonate", "acts with the attributes of anybody"},
		{"secrets-read", "", []string{"secrets"}, []string{"get", "list", "watch"}, false, "get with resourceNames", "reads every secret, tokens of other accounts included"},
		{"workload-create", "", []string{"pods", "replicationcontrollers", "podtemplates"}, writing[:1], false, "no creating of pods", "runs a pod as any service account of the namespace, with its secrets"},
		{"workload-create", "apps", []string{"deployments", "daemonsets", "statefulsets", "replicasets"}, writing, false, "no creating of workloads", "runs pods as any service account of the namespace, with its secrets"},
		{"workload-create", "batch", []string{"jobs", "cronjobs"}, writing, false, "no creating of workloads", "runs pods as any service account of the namespace, with its secrets"},
		{"pod-exec", "", []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy"}, []string{"create", "get"}, false, "none of exec, attach, portforward and proxy", "gets into every running pod"},
		{"pod-exec", "", []string{"pods/ephemeralcontainers"}, []string{"update", "patch"}, false, "no ephemeral containers", "gets into every running pod"},
		{"nodes-proxy", "", []string{"nodes/proxy"}, []string{"get", "create"}, true, "nodes/metrics, nodes/stats or nodes/log", "runs commands in every pod of the node through the kubelet, past admission and audit"},
		{"token-create", "", []string{"serviceaccounts/token"}, []string{"create"}, false, "resourceNames with the one account", "makes tokens of every service account"},
		{"certificate-approve", "certificates.k8s.io", []string{"certificatesigningrequests/approval"}, []string{"update", "patch"}, false, "left to the controller manager", "approves a certificate for any user or node"},
		{"certificate-approve", "certificates.k8s.io", []string{"signers"}, []string{"approve", "sign"}, false, "resourceNames with the one signer", "approves or signs a certificate for any user or node"},
		{"webhook-write", "admissionregistration.k8s.io", []string{"mutatingwebhookconfigurations", "validatingwebhookconfigurations",
			"mutatingadmissionpolicies", "validatingadmissionpolicies"}, changing, false, "no writing of admission configuration", "reads and changes every object on its way into the cluster"},
		{"volume-create", "", []string{"persistentvolumes"}, writing[:1], false, "left to the storage provisioner", "mounts any directory of a node through a volume of its own"},
		{"namespace-write", "", []string{"namespaces"}, writing[1:], false, "resourceNames with the one namespace", "changes the labels by which namespaces enforce the Pod Security Standards and network policies let in"},
		{"rights-write", rbacGroup, []string{"roles", "clusterroles", "rolebindings", "clusterrolebindings"}, changing, false, "left to who administers the cluster",
			"hands on every right of its own, and takes those of others"},
		{"network-write", "networking.k8s.io", []string{"networkpolicies"}, changing, false, "left to who administers the network", "opens what network policies closed"},
		{"network-write", "", []string{"endpoints"}, changing, false, "left to the endpoint controllers", "sends the traffic of services to pods of other namespaces (CVE-2021-25740)"},
		{"network-write", "discovery.k8s.io", []string{"endpointslices"}, changing, false, "left to the endpoint controllers", "sends the traffic of services to pods of other namespaces (CVE-2021-25740)"},
	}
)

// Powers lists what of the role is more than it seems, each rule's permission once.
func (r *Role) Powers() []Power {
	var out []Power
	for _, rule := range r.Rules {
		if p := rule.wildcard(); p.Rule != "" {
			out = append(out, p)
			continue
		}
		seen := map[string]bool{}
		for _, p := range powerful {
			if verbs, resources := rule.grants(&p); !seen[p.rule] && len(verbs) > 0 {
				seen[p.rule] = true
				out = append(out, Power{Rule: p.rule, Node: rule.Node, What: strings.Join(verbs, ", ") + " on " + strings.Join(resources, ", "),
					Expected: p.expected, Message: p.message, ClusterScoped: p.clusterScoped()})
			}
		}
		if len(seen) == 0 && rule.starred() {
			out = append(out, Power{Rule: "wildcard-narrow", Node: rule.Node, What: rule.what(), Expected: "the verbs and resources that are needed, by name",
				Message: "holds for what will be added, too"})
		}
	}
	return out
}

// starred reports a star among the verbs, resources, groups or URLs. That every group has a resource of that name is no
// power, but a resource that is added tomorrow may be.
func (r *PolicyRule) starred() bool {
	return slices.ContainsFunc([][]string{r.Verbs, r.Resources, r.Groups, r.NonURLs}, func(words []string) bool { return slices.Contains(words, "*") })
}

// wildcard judges a rule by its stars: every verb on every resource is the whole cluster, or the whole namespace.
func (r *PolicyRule) wildcard() Power {
	verbs, resources, groups := slices.Contains(r.Verbs, "*"), slices.Contains(r.Resources, "*"), slices.Contains(r.Groups, "*")
	what := r.what()
	switch reads := readsOnly(r.Verbs); {
	case verbs && resources && (groups || slices.Contains(r.Groups, "")):
		return Power{Rule: "wildcard-all", Node: r.Node, What: what, Expected: "the verbs and resources that are needed, by name", Message: "does everything"}
	case resources && !reads && (groups || slices.Contains(r.Groups, "")):
		return Power{Rule: "wildcard", Node: r.Node, What: what, Expected: "the resources that are needed, by name", Message: "holds for what is dangerous and for what will be added"}
	case resources && (groups || slices.Contains(r.Groups, "")): // every secret is among them
		return Power{Rule: "secrets-read", Node: r.Node, What: what, Expected: "the resources that are needed, by name", Message: "reads every object, secrets included"}
	case verbs && (dangerous(r.Resources, r.Groups) || groups):
		return Power{Rule: "wildcard", Node: r.Node, What: what, Expected: "the verbs that are needed, by name", Message: "holds for verbs such as escalate, bind and impersonate, and for what will be added"}
	}
	return Power{}
}

func (r *PolicyRule) what() string {
	return strings.Join(r.Verbs, ", ") + " on " + strings.Join(append(slices.Clone(r.Resources), r.NonURLs...), ", ")
}

// clusterScoped reports whether the resources are in no namespace.
func (p *power) clusterScoped() bool {
	switch p.rule {
	case "nodes-proxy", "certificate-approve", "webhook-write", "volume-create", "namespace-write":
		return true
	}
	return false
}

func readsOnly(verbs []string) bool {
	return !slices.ContainsFunc(verbs, func(v string) bool { return v != "get" && v != "list" && v != "watch" })
}

// dangerous reports whether one of the resources is among those that are more than they seem.
func dangerous(resources, groups []string) bool {
	for _, p := range powerful {
		if slices.Contains(groups, p.group) && slices.ContainsFunc(resources, func(r string) bool { return slices.Contains(p.resources, r) }) {
			return true
		}
	}
	return false
}

// grants are the verbs and resources of the power that the rule gives; none where it names its objects and that bounds it.
func (r *PolicyRule) grants(p *power) (verbs, resources []string) {
	if !slices.Contains(r.Groups, p.group) && !slices.Contains(r.Groups, "*") || len(r.Names) > 0 && !p.names {
		return nil, nil
	}
	for _, verb := range p.verbs {
		if slices.Contains(r.Verbs, verb) || slices.Contains(r.Verbs, "*") {
			verbs = append(verbs, verb)
		}
	}
	for _, resource := range p.resources {
		_, sub, isSub := strings.Cut(resource, "/")
		if slices.Contains(r.Resources, resource) || slices.Contains(r.Resources, "*") || isSub && slices.Contains(r.Resources, "*/"+sub) {
			resources = append(resources, resource)
		}
	}
	if len(resources) == 0 {
		return nil, nil
	}
	return verbs, resources
}
