package kube

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// The controls of the baseline standard.

// contexts calls visit with the pod's securityContext and those of its containers; of the pod's c is nil.
func (j *judgement) contexts(visit func(c *Container, context *yaml.Node)) {
	visit(nil, yamldoc.Get(j.pod.Spec, "securityContext"))
	j.containers(func(c *Container) { visit(c, c.get("securityContext")) })
}

func (j *judgement) containers(visit func(c *Container)) {
	for i := range j.pod.Containers {
		visit(&j.pod.Containers[i])
	}
}

func hostNamespaces(j *judgement) {
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if n := yamldoc.Get(j.pod.Spec, key); isTrue(n) {
			j.field("host-namespaces", n, nil, []string{key}, "false", "false or not set", "The pod shares a namespace with the host: "+key)
		}
	}
}

func privileged(j *judgement) {
	j.containers(func(c *Container) {
		path := []string{"securityContext", "privileged"}
		if n := c.get(path...); isTrue(n) {
			j.field("privileged", n, c, path, "false", "false or not set", "Container "+c.Name+" is privileged: root in it is root on the host")
		}
	})
}

// capabilityLists are the paths to a container's capabilities.
var (
	capabilitiesAdd  = []string{"securityContext", "capabilities", "add"}
	capabilitiesDrop = []string{"securityContext", "capabilities", "drop"}
)

func baselineCapabilities(j *judgement) {
	j.addedCapabilities(defaultCapabilities, nil, "only capabilities that a container has by default", "adds a capability beyond the default ones")
}

// addedCapabilities reports the added capabilities that are not allowed; those of passed another control judges.
func (j *judgement) addedCapabilities(allowed, passed map[string]bool, expected, message string) {
	j.containers(func(c *Container) {
		var kept []string
		items := yamldoc.Items(c.get(capabilitiesAdd...))
		for _, n := range items {
			if name := text(n); allowed[name] && !slices.Contains(kept, name) {
				kept = append(kept, name)
			}
		}
		for _, n := range items {
			if name, ok := yamldoc.Text(n); ok && !allowed[name] && (passed == nil || passed[name]) {
				j.field("capabilities", n, c, capabilitiesAdd, "["+strings.Join(kept, ", ")+"]", expected, "Container "+c.Name+" "+message)
			}
		}
	})
}

func hostPaths(j *judgement) {
	for _, v := range yamldoc.Items(yamldoc.Get(j.pod.Spec, "volumes")) {
		n := yamldoc.Get(v, "hostPath")
		if !present(n) {
			continue
		}
		if path := yamldoc.Get(n, "path"); path != nil && !yamldoc.Dynamic(path) {
			n = path
		}
		j.field("host-path", n, nil, []string{"hostPath"}, "", "another type of volume", "The pod mounts a directory of the host")
		j.instead(v, "hostPath")
	}
}

// instead gives the violation reported last the patch that makes a volume an empty directory.
func (j *judgement) instead(volume *yaml.Node, source string) {
	name := text(yamldoc.Get(volume, "name"))
	if name == "" {
		return
	}
	item := append(slices.Clone(j.pod.Path), "volumes[name="+name+"]")
	j.list[len(j.list)-1].Sets = []Set{{append(slices.Clone(item), source), "null"}, {append(item, "emptyDir"), "{}"}}
}

func hostPorts(j *judgement) {
	j.containers(func(c *Container) {
		for _, port := range yamldoc.Items(c.get("ports")) {
			n := yamldoc.Get(port, "hostPort")
			if !present(n) || isZero(n) {
				continue
			}
			path := []string{"ports[containerPort=" + text(yamldoc.Get(port, "containerPort")) + "]", "hostPort"}
			j.field("host-ports", n, c, path, "null", "not set", "Container "+c.Name+" takes a port of the host, past services and network policies")
			j.list[len(j.list)-1].Attribute = who(c) + "hostPort"
		}
	})
}

// appArmorAnnotation sets the profile of the container whose name follows it; since 1.30 there is a field.
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

func appArmor(j *judgement) {
	const message = "No AppArmor profile confines the container"
	yamldoc.Each(j.pod.Annotations, func(key, value *yaml.Node) {
		profile := text(value)
		if strings.HasPrefix(key.Value, appArmorAnnotation) && profile != "" && profile != "runtime/default" && !strings.HasPrefix(profile, "localhost/") {
			j.annotation("apparmor", key.Value, value, "runtime/default", "runtime/default or localhost/PROFILE", message)
		}
	})
	j.contexts(func(c *Container, context *yaml.Node) { j.profile("apparmor", c, context, "appArmorProfile", message) })
}

// annotation reports a pod's annotation.
func (j *judgement) annotation(rule, key string, n *yaml.Node, set, expected, message string) {
	j.field(rule, n, nil, []string{key}, "", expected, message)
	metadata := append(slices.Clone(j.pod.Path[:len(j.pod.Path)-1]), "metadata", "annotations", key)
	j.list[len(j.list)-1].Sets = []Set{{metadata, set}}
}

// profile reports a security profile of a type that confines nothing.
func (j *judgement) profile(rule string, c *Container, context *yaml.Node, key, message string) {
	profile := yamldoc.Get(context, key)
	if !present(profile) {
		return
	}
	n := yamldoc.Get(profile, "type")
	switch text(n) {
	case "RuntimeDefault", "Localhost":
		return
	}
	if n == nil {
		n = profile
	}
	j.field(rule, n, c, []string{"securityContext", key, "type"}, "RuntimeDefault", "RuntimeDefault or Localhost", message)
}

// defaultCapabilities are what the baseline standard lets a container add: those of the default set, NET_RAW aside.
var defaultCapabilities = set(`AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT`)
