package permissions

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// The controls of the Pod Security Standards as Kubernetes 1.37 enforces them
// (k8s.io/pod-security-admission/policy).

func (p *pod) baseline() {
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if n := yamldoc.Get(p.spec, key); isTrue(n) {
			p.fail("host-namespaces", n, key, "false or not set", "The pod shares a namespace with the host: "+key)
		}
	}
	for _, v := range yamldoc.Items(yamldoc.Get(p.spec, "volumes")) {
		if n := yamldoc.Get(v, "hostPath"); n != nil {
			path := yamldoc.Get(n, "path")
			if path == nil || yamldoc.Dynamic(path) {
				path = n
			}
			p.fail("host-path", path, "hostPath", "another type of volume", "The pod mounts a directory of the host")
		}
	}
	context := yamldoc.Get(p.spec, "securityContext")
	for _, item := range yamldoc.Items(yamldoc.Get(context, "sysctls")) {
		n := yamldoc.Get(item, "name")
		if name, ok := yamldoc.Text(n); ok && !safeSysctls[name] {
			p.fail("sysctls", n, "sysctls", "a namespaced, safe setting", "The pod changes a kernel setting that is not safe")
		}
	}
	p.annotated()
	p.context("", context)
	for i := range p.containers {
		c := &p.containers[i]
		p.context(c.name+" ", c.get("securityContext"))
		p.container(c)
	}
}

// context judges what a pod's and a container's securityContext have in common.
func (p *pod) context(who string, context *yaml.Node) {
	if n := yamldoc.Get(context, "windowsOptions", "hostProcess"); isTrue(n) {
		p.fail("windows-host-process", n, who+"hostProcess", "false or not set", "The container is a process of the Windows host")
	}
	if n := yamldoc.Get(context, "seccompProfile", "type"); isText(n, "Unconfined") {
		p.fail("seccomp", n, who+"seccompProfile.type", "RuntimeDefault or Localhost", "Every system call is open to the container")
	}
	if n := yamldoc.Get(context, "appArmorProfile", "type"); isText(n, "Unconfined") {
		p.fail("apparmor", n, who+"appArmorProfile.type", "RuntimeDefault or Localhost", "No AppArmor profile confines the container")
	}
	options := yamldoc.Get(context, "seLinuxOptions")
	if n := yamldoc.Get(options, "type"); n != nil {
		if text, _ := yamldoc.Text(n); text != "" && !selinuxTypes[text] {
			p.fail("selinux", n, who+"seLinuxOptions.type", "container_t, container_init_t, container_kvm_t or container_engine_t", "The SELinux type may be wider than a container's")
		}
	}
	for _, key := range []string{"user", "role"} {
		if n := yamldoc.Get(options, key); n != nil {
			if text, _ := yamldoc.Text(n); text != "" {
				p.fail("selinux", n, who+"seLinuxOptions."+key, "not set", "The SELinux "+key+" may be wider than a container's")
			}
		}
	}
}

func (p *pod) container(c *container) {
	if n := c.get("securityContext", "privileged"); isTrue(n) {
		p.fail("privileged", n, c.name+" privileged", "false or not set", "Container "+c.name+" is privileged: root in it is root on the host")
	}
	for _, n := range yamldoc.Items(c.get("securityContext", "capabilities", "add")) {
		if text, ok := yamldoc.Text(n); ok && !baselineCapabilities[text] {
			p.fail("capabilities", n, c.name+" capabilities.add", "only capabilities that a container has by default", "Container "+c.name+" adds a capability beyond the default ones")
		}
	}
	if n := c.get("securityContext", "procMount"); n != nil && !p.userNamespace && !isText(n, "Default") && !isText(n, "") {
		p.fail("proc-mount", n, c.name+" procMount", "Default", "Container "+c.name+" sees what the runtime hides in /proc")
	}
	for _, port := range yamldoc.Items(c.get("ports")) {
		if n := yamldoc.Get(port, "hostPort"); n != nil && !isText(n, "0") && !isText(n, "") {
			p.fail("host-ports", n, c.name+" hostPort", "not set", "Container "+c.name+" takes a port of the host, past services and network policies")
		}
	}
	for _, probe := range probes {
		for _, handler := range []string{"httpGet", "tcpSocket"} {
			n := c.get(append(slices.Clone(probe), handler, "host")...)
			if text, _ := yamldoc.Text(n); text != "" {
				p.fail("host-probes", n, c.name+" "+strings.Join(probe, ".")+"."+handler+".host", "not set", "The kubelet is made to call "+text)
			}
		}
	}
}

var probes = [][]string{{"livenessProbe"}, {"readinessProbe"}, {"startupProbe"}, {"lifecycle", "postStart"}, {"lifecycle", "preStop"}}

// annotated reads the annotations that set AppArmor before it had a field.
func (p *pod) annotated() {
	yamldoc.Each(p.annotations, func(key, value *yaml.Node) {
		text, _ := yamldoc.Text(value)
		if strings.HasPrefix(key.Value, "container.apparmor.security.beta.kubernetes.io/") && text != "" && text != "runtime/default" && !strings.HasPrefix(text, "localhost/") {
			p.fail("apparmor", value, key.Value, "runtime/default or localhost/PROFILE", "No AppArmor profile confines the container")
		}
	})
}

// restricted is what the restricted standard asks beyond the baseline.
func (p *pod) restricted() {
	for _, v := range yamldoc.Items(yamldoc.Get(p.spec, "volumes")) {
		yamldoc.Each(v, func(key, value *yaml.Node) {
			if key.Value != "name" && !restrictedVolumes[key.Value] && key.Value != "hostPath" {
				p.fail("volume-types", key, "volumes", "configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret", "A volume of this type reaches storage past the cluster's own objects")
			}
		})
	}
	context := yamldoc.Get(p.spec, "securityContext")
	p.runAs("", context)
	for i := range p.containers {
		c := &p.containers[i]
		own := c.get("securityContext")
		p.runAs(c.name+" ", own)
		if n := yamldoc.Get(own, "procMount"); p.userNamespace && n != nil && !isText(n, "Default") && !isText(n, "") {
			p.fail("proc-mount", n, c.name+" procMount", "Default", "Container "+c.name+" sees what the runtime hides in /proc")
		}
		if !p.userNamespace && !isTrue(yamldoc.Get(own, "runAsNonRoot")) && !isFalse(yamldoc.Get(own, "runAsNonRoot")) && !isTrue(yamldoc.Get(context, "runAsNonRoot")) {
			p.missing("run-as-non-root", c.node, c.name+" runAsNonRoot", "true", "Nothing keeps container "+c.name+" from running as root")
		}
		if !p.windows {
			p.restrictedLinux(c, context)
		}
	}
}

func (p *pod) runAs(who string, context *yaml.Node) {
	if p.userNamespace {
		return
	}
	if n := yamldoc.Get(context, "runAsNonRoot"); isFalse(n) {
		p.fail("run-as-non-root", n, who+"runAsNonRoot", "true", "The container may run as root")
	}
	if n := yamldoc.Get(context, "runAsUser"); isText(n, "0") {
		p.fail("run-as-user", n, who+"runAsUser", "a number above 0", "The container is told to run as root")
	}
}

func (p *pod) restrictedLinux(c *container, pod *yaml.Node) {
	own := c.get("securityContext")
	switch n := yamldoc.Get(own, "allowPrivilegeEscalation"); {
	case n == nil:
		p.missing("privilege-escalation", c.node, c.name+" allowPrivilegeEscalation", "false", "Container "+c.name+" may gain privileges through setuid programs")
	case !isFalse(n):
		p.fail("privilege-escalation", n, c.name+" allowPrivilegeEscalation", "false", "Container "+c.name+" may gain privileges through setuid programs")
	}
	if seccompUnset(own) && seccompUnset(pod) {
		p.missing("seccomp", c.node, c.name+" seccompProfile.type", "RuntimeDefault or Localhost", "No seccomp profile limits the system calls of container "+c.name)
	}
	dropsAll := false
	for _, n := range yamldoc.Items(yamldoc.Get(own, "capabilities", "drop")) {
		dropsAll = dropsAll || isText(n, "ALL")
	}
	if !dropsAll {
		p.missing("capabilities-kept", c.node, c.name+" capabilities.drop", "ALL", "Container "+c.name+" keeps the default capabilities")
	}
	for _, n := range yamldoc.Items(yamldoc.Get(own, "capabilities", "add")) {
		if text, ok := yamldoc.Text(n); ok && text != "NET_BIND_SERVICE" && baselineCapabilities[text] {
			p.fail("capabilities", n, c.name+" capabilities.add", "NET_BIND_SERVICE at most", "Container "+c.name+" adds a capability that the restricted standard forbids")
		}
	}
}

func seccompUnset(context *yaml.Node) bool {
	text, _ := yamldoc.Text(yamldoc.Get(context, "seccompProfile", "type"))
	return text == ""
}

func isTrue(n *yaml.Node) bool {
	v, ok := yamldoc.Bool(n)
	return ok && v
}

func isFalse(n *yaml.Node) bool {
	v, ok := yamldoc.Bool(n)
	return ok && !v
}

// isText compares a scalar; null is "".
func isText(n *yaml.Node, text string) bool {
	got, _ := yamldoc.Text(n)
	return n != nil && got == text
}

var (
	baselineCapabilities = set(`AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT`)
	selinuxTypes         = set(`container_t container_init_t container_kvm_t container_engine_t`)
	safeSysctls          = set(`kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies
net.ipv4.ping_group_range net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl
net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem net.ipv4.tcp_wmem net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat`)
	restrictedVolumes = set(`configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret`)
)
