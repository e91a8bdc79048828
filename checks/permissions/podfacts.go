package permissions

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/kube"
)

// clusterFacts are what the objects beside the pods say about them.
type clusterFacts struct {
	admission []outcome // of namespaces, admission policies and what is stored for pods
	tokenless []string  // service accounts, "namespace/name", that mount no token
	policed   []string  // namespaces with a network policy; "" for those of objects that name none
}

func (c *clusterFacts) empty() bool {
	return c.admission == nil && c.tokenless == nil && c.policed == nil
}

func (c *clusterFacts) add(other clusterFacts) {
	c.admission = append(c.admission, other.admission...)
	c.tokenless = append(c.tokenless, other.tokenless...)
	c.policed = append(c.policed, other.policed...)
}

// factKinds are words that every file with such an object holds.
var factKinds = [][]byte{[]byte("Namespace"), []byte("ServiceAccount"), []byte("NetworkPolicy"), []byte("PodSecurityPolicy"), []byte("SecurityContextConstraints"), []byte("PersistentVolume"),
	[]byte("service-account-token")}

func clusterFactsOf(f *checks.File) (facts clusterFacts) {
	if !slices.ContainsFunc(factKinds, func(kind []byte) bool { return bytes.Contains(f.Data, kind) }) || !bytes.Contains(f.Data, []byte("apiVersion")) {
		return facts
	}
	templated := yamldoc.Of(f).Templated
	objects, _ := kube.Objects(f) // the pods' reader tells of a bound
	for _, o := range objects {
		switch {
		case o.Kind == "Namespace" && o.Group == "" && !templated:
			facts.admission = append(facts.admission, namespaceOf(f, &o))
		case o.Kind == "ServiceAccount" && o.Group == "":
			if mount, ok := yamldoc.Bool(yamldoc.Get(o.Node, "automountServiceAccountToken")); ok && !mount {
				facts.tokenless = append(facts.tokenless, o.Namespace+"/"+o.Name)
			}
		case strings.HasSuffix(o.Kind, "NetworkPolicy"):
			facts.policed = append(facts.policed, o.Namespace)
		default:
			if list, ok := o.Admission(); ok {
				facts.admission = append(facts.admission, objectOutcome(f, &o, "admission policy", list))
			} else if list, ok := o.Stored(); ok {
				facts.admission = append(facts.admission, objectOutcome(f, &o, "stored object", list))
			}
		}
	}
	return facts
}

// settle drops the findings of a pod that another object answers: its service account mounts no token.
func (c *clusterFacts) settle(o *outcome) {
	account := o.namespace + "/" + o.account
	if slices.Contains(c.tokenless, account) || slices.Contains(c.tokenless, "/"+o.account) {
		o.findings = slices.DeleteFunc(o.findings, func(f checks.Finding) bool {
			return f.Rule == "token-mounted" || f.Rule == "default-service-account"
		})
	}
}

// networks reports once the namespaces whose pods no network policy of the tree selects.
func (c *clusterFacts) networks(p *checks.Pass, pods []outcome) {
	var open []string
	var first *outcome
	for i, o := range pods {
		name := o.namespace
		if name == "" {
			name = "default"
		}
		if o.unclear != "" || slices.Contains(c.policed, o.namespace) || slices.Contains(c.policed, name) || slices.Contains(open, name) {
			continue
		}
		open = append(open, name)
		if first == nil {
			first = &pods[i]
		}
	}
	if first == nil {
		return
	}
	slices.Sort(open)
	listed := strings.Join(open[:min(3, len(open))], ", ")
	if len(open) > 3 {
		listed += fmt.Sprintf(" and %d more", len(open)-3)
	}
	p.Fail(checks.Finding{
		Rule: "no-network-policy", Subject: first.subject, Place: first.place, Attribute: "NetworkPolicy", Expected: "a policy that denies by default",
		Actual: "none in this tree", Message: "Every pod of the cluster reaches the pods of " + plural(len(open), "namespace") + " " + listed,
		Fix: "kubectl apply -f default-deny.yaml with these lines, and a policy for each connection that is needed. Roll back: kubectl delete networkpolicy default-deny -n " + kube.Word(open[0]),
		Snippet: "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  namespace: " + kube.Word(open[0]) +
			"\nspec:\n  podSelector: {}\n  policyTypes: [Ingress, Egress]\n",
	})
}

func plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// The labels of Pod Security Admission.
const (
	enforceLabel   = "pod-security.kubernetes.io/enforce"
	enforceVersion = "pod-security.kubernetes.io/enforce-version"
)

// objectOutcome is what is wrong with an object that is no pod. A template's value is not known.
func objectOutcome(f *checks.File, o *kube.Object, kind string, list []kube.Violation) outcome {
	subject := checks.Subject{Kind: kind, Name: yamldoc.Place(f, o.Node).String() + " " + o.Title()}
	r := reader{file: func(*yaml.Node) *checks.File { return f }}
	if yamldoc.Of(f).Templated {
		r.conditions = templateConditions(f.Text())
	}
	out := outcome{subject: subject}
	for _, v := range list {
		if r.known(o, &v) {
			out.findings = append(out.findings, r.finding(o, subject, &v))
		}
	}
	return out
}

func namespaceOf(f *checks.File, o *kube.Object) outcome {
	labels := o.Labels()
	subject := checks.Subject{Kind: "namespace", Name: f.Path + " " + o.Name}
	n := outcome{subject: subject}
	report := func(rule string, at *yaml.Node, label, expected, actual, message, value string) {
		fix := fmt.Sprintf("kubectl label namespace %s %s=%s --overwrite, and these lines in the manifest. Roll back: kubectl label namespace %[1]s %[2]s-", kube.Word(o.Name), label, value)
		n.findings = []checks.Finding{{Rule: rule, Fix: fix, Subject: subject, Place: yamldoc.Place(f, at), Attribute: o.Title() + ": " + label, Expected: expected,
			Actual: actual, Message: message, Snippet: kube.Patch([]kube.Set{{Path: []string{"metadata", "labels", label}, Value: value}})}}
	}
	at, name := o.Node, o.Name
	if name == "" {
		name = "of this manifest"
	}
	switch level := labels[enforceLabel]; {
	case o.Name == "kube-system" || o.Name == "kube-public" || o.Name == "kube-node-lease": // the cluster's own, which run what no standard allows
	case level == "":
		report("namespace-open", at, enforceLabel, "baseline or restricted", "not set", "Namespace "+name+" runs any pod, whatever it asks of the host", "baseline")
	case level == "privileged":
		at = yamldoc.Get(o.Node, "metadata", "labels", enforceLabel)
		report("namespace-open", at, enforceLabel, "baseline or restricted", level, "Namespace "+name+" runs any pod, whatever it asks of the host", "baseline")
	case labels[enforceVersion] == "" || labels[enforceVersion] == kube.Latest:
		at = yamldoc.Get(o.Node, "metadata", "labels", enforceLabel)
		report("namespace-unpinned", at, enforceVersion, "a version, such as v"+kube.Newest.String(), "latest",
			"An upgrade of the cluster may refuse pods of namespace "+name+" that ran before", "v"+kube.Newest.String())
	}
	return n
}
