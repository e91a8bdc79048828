package kube

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// What of the baseline standard keeps a pod from the kernel's settings and filters, and from the node's network.

func seLinux(j *judgement) {
	j.contexts(func(c *Container, context *yaml.Node) {
		options := yamldoc.Get(context, "seLinuxOptions")
		if n := yamldoc.Get(options, "type"); text(n) != "" && !j.allowedSELinux(text(n)) {
			j.field("selinux", n, c, []string{"securityContext", "seLinuxOptions", "type"}, "container_t",
				strings.Join(j.selinuxTypes(), ", "), "The SELinux type may be wider than a container's")
		}
		for _, key := range []string{"user", "role"} {
			if n := yamldoc.Get(options, key); text(n) != "" {
				j.field("selinux", n, c, []string{"securityContext", "seLinuxOptions", key}, "null", "not set",
					"The SELinux "+key+" may be wider than a container's")
			}
		}
	})
}

func (j *judgement) allowedSELinux(label string) bool {
	return slices.Contains(j.selinuxTypes(), label)
}

func (j *judgement) selinuxTypes() []string {
	types := []string{"container_t", "container_init_t", "container_kvm_t"}
	if j.version >= 31 {
		types = append(types, "container_engine_t")
	}
	return types
}

// procMount: in a user namespace the baseline standard lets /proc be unmasked from 1.35 on, the restricted never.
func procMount(j *judgement) {
	if j.relaxed() && j.level != Restricted {
		return
	}
	path := []string{"securityContext", "procMount"}
	j.containers(func(c *Container) {
		if n := c.get(path...); present(n) && text(n) != "Default" && text(n) != "" {
			j.field("proc-mount", n, c, path, "Default", "Default", "Container "+c.Name+" sees what the runtime hides in /proc")
		}
	})
}

// The annotations that set seccomp before 1.19 gave it a field.
const (
	seccompPod       = "seccomp.security.alpha.kubernetes.io/pod"
	seccompContainer = "container.seccomp.security.alpha.kubernetes.io/"
)

const seccompOff = "Every system call is open to the container"

func seccompAnnotations(j *judgement) {
	wanted := map[string]bool{seccompPod: true}
	j.containers(func(c *Container) { wanted[seccompContainer+c.Name] = true })
	yamldoc.Each(j.pod.Annotations, func(key, value *yaml.Node) {
		profile := text(value)
		if wanted[key.Value] && profile != "runtime/default" && profile != "docker/default" && !strings.HasPrefix(profile, "localhost/") {
			j.annotation("seccomp", key.Value, value, "runtime/default", "runtime/default or localhost/PROFILE", seccompOff)
		}
	})
}

func seccompFields(j *judgement) {
	j.contexts(func(c *Container, context *yaml.Node) { j.profile("seccomp", c, context, "seccompProfile", seccompOff) })
}

// safeSysctls are the settings that a pod may change, by the version that first lets it.
var safeSysctls = map[string]Version{
	"kernel.shm_rmid_forced":              0,
	"net.ipv4.ip_local_port_range":        0,
	"net.ipv4.ip_unprivileged_port_start": 0,
	"net.ipv4.tcp_syncookies":             0,
	"net.ipv4.ping_group_range":           0,
	"net.ipv4.ip_local_reserved_ports":    27,
	"net.ipv4.tcp_keepalive_time":         29,
	"net.ipv4.tcp_fin_timeout":            29,
	"net.ipv4.tcp_keepalive_intvl":        29,
	"net.ipv4.tcp_keepalive_probes":       29,
	"net.ipv4.tcp_rmem":                   32,
	"net.ipv4.tcp_wmem":                   32,
	"net.ipv4.tcp_slow_start_after_idle":  37,
	"net.ipv4.tcp_notsent_lowat":          37,
}

func sysctls(j *judgement) {
	items := yamldoc.Items(yamldoc.Get(j.pod.Spec, "securityContext", "sysctls"))
	var kept []string
	seen := map[string]bool{}
	for _, item := range items {
		if name := text(yamldoc.Get(item, "name")); j.safeSysctl(name) && !seen[name] {
			seen[name] = true
			kept = append(kept, "{name: "+name+", value: "+strconv.Quote(text(yamldoc.Get(item, "value")))+"}")
		}
	}
	for _, item := range items {
		n := yamldoc.Get(item, "name")
		if name, ok := yamldoc.Text(n); ok && !j.safeSysctl(name) {
			j.field("sysctls", n, nil, []string{"securityContext", "sysctls"}, "["+strings.Join(kept, ", ")+"]",
				"a namespaced, safe setting", "The pod changes a kernel setting that is not safe")
		}
	}
}

func (j *judgement) safeSysctl(name string) bool {
	since, known := safeSysctls[name]
	return known && j.version >= since
}

func windowsHostProcess(j *judgement) {
	path := []string{"securityContext", "windowsOptions", "hostProcess"}
	j.contexts(func(c *Container, context *yaml.Node) {
		if n := yamldoc.Get(context, path[1:]...); isTrue(n) {
			j.field("windows-host-process", n, c, path, "false", "false or not set", "The container is a process of the Windows host")
		}
	})
}

// handlers are what the kubelet calls by itself.
var handlers = [][]string{{"livenessProbe"}, {"readinessProbe"}, {"startupProbe"}, {"lifecycle", "postStart"}, {"lifecycle", "preStop"}}

func hostProbes(j *judgement) {
	j.containers(func(c *Container) {
		for _, handler := range handlers {
			for _, kind := range []string{"httpGet", "tcpSocket"} {
				path := append(slices.Clone(handler), kind, "host")
				if n := c.get(path...); text(n) != "" {
					j.field("host-probes", n, c, path, "null", "not set", "The kubelet is made to call "+text(n))
				}
			}
		}
	})
}
