package kube

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// lowestUID is the first user that no distribution gives to an account of the host.
const lowestUID = 10000

// Harden lists what of a pod the standards let pass and an attacker in it uses.
func Harden(pod *Pod) []Violation {
	h := &hardening{found{pod: pod}}
	h.hostVolumes()
	h.modes()
	h.identity()
	h.sharedProcesses()
	if !pod.windows {
		h.rootFilesystem()
		h.rawSockets()
		h.users()
	}
	return h.list
}

type hardening struct{ found }

// runtimeSockets are what commands the container runtime of the host: who may write to one is root there.
var runtimeSockets = set(`docker.sock containerd.sock crio.sock cri-dockerd.sock dockershim.sock podman.sock buildkitd.sock containerd.sock.ttrpc`)

// runtimeDirectories hold those sockets.
var runtimeDirectories = set(`/run /var/run /run/containerd /var/run/containerd /run/crio /var/run/crio /run/podman /var/run/podman /run/docker /var/run/docker`)

// hostDirectories are where a file that is written becomes code or rights on the host.
var hostDirectories = []string{"/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/opt", "/proc", "/root", "/run", "/sbin", "/sys",
	"/usr", "/var", "/var/lib", "/var/run", "/var/lib/docker", "/var/lib/containerd", "/var/lib/etcd", "/var/lib/kubelet", "/var/spool/cron"}

func (h *hardening) hostVolumes() {
	writable := h.writable()
	for _, v := range yamldoc.Items(yamldoc.Get(h.pod.Spec, "volumes")) {
		n := yamldoc.Get(v, "hostPath", "path")
		host := text(n)
		if host == "" || yamldoc.Dynamic(n) {
			continue
		}
		clean := path.Clean(host)
		name := text(yamldoc.Get(v, "name"))
		if runtimeSockets[path.Base(clean)] || runtimeDirectories[clean] {
			h.field("runtime-socket", n, nil, []string{"hostPath"}, "", "no socket of the container runtime, nor its directory: read-only or not, who is in the pod may talk to it",
				"The pod gets "+host+": it starts containers on the host as it likes, outside of Kubernetes")
			h.without(name)
			continue
		}
		if m, ok := writable[name]; ok && hostDirectory(clean) {
			h.field("host-path-writable", n, nil, []string{"hostPath"}, "", "mounted with readOnly: true, or not at all",
				"Container "+m.container.Name+" can write to "+host+" of the host")
			h.readOnly(m.container, m.mount)
		}
	}
}

// pluginDirectories are where storage drivers and device plugins leave their sockets for the kubelet: the one place of the
// host that they must write.
var pluginDirectories = []string{"/var/lib/kubelet/plugins", "/var/lib/kubelet/plugins_registry", "/var/lib/kubelet/device-plugins"}

// hostDirectory reports whether a cleaned path is one of the host's own, or one of configuration or programs below.
func hostDirectory(dir string) bool {
	for _, own := range pluginDirectories {
		if dir == own || strings.HasPrefix(dir, own+"/") {
			return false
		}
	}
	for _, below := range []string{"/etc", "/root", "/boot", "/usr", "/bin", "/sbin", "/lib", "/proc", "/sys", "/var/lib/kubelet", "/var/lib/docker", "/var/lib/containerd", "/var/lib/etcd"} {
		if strings.HasPrefix(dir, below+"/") {
			return true
		}
	}
	return slices.Contains(hostDirectories, dir)
}

// mounted is a mount of a volume in a container.
type mounted struct {
	mount     *yaml.Node
	container *Container
}

// writable are, by volume, the first mounts that are not read-only.
func (h *hardening) writable() map[string]mounted {
	out := map[string]mounted{}
	for i := range h.pod.Containers {
		c := &h.pod.Containers[i]
		for _, mount := range yamldoc.Items(c.get("volumeMounts")) {
			readOnly := yamldoc.Get(mount, "readOnly")
			volume := text(yamldoc.Get(mount, "name"))
			if _, known := out[volume]; !known && !isTrue(readOnly) && !yamldoc.Dynamic(readOnly) {
				out[volume] = mounted{mount, c}
			}
		}
	}
	return out
}

// without gives the violation reported last the patch that removes the volume.
func (h *hardening) without(volume string) {
	if volume != "" {
		item := append(slices.Clone(h.pod.Path), "volumes[name="+volume+"]")
		h.list[len(h.list)-1].Sets = []Set{{append(item, "$patch"), "delete"}}
	}
}

func (h *hardening) readOnly(c *Container, mount *yaml.Node) {
	if at := text(yamldoc.Get(mount, "mountPath")); at != "" {
		h.list[len(h.list)-1].Sets = h.sets(c, []string{"volumeMounts[mountPath=" + at + "]", "readOnly"}, "true")
	}
}

// identity judges what the pod may ask of the API server.
func (h *hardening) identity() {
	mounted := yamldoc.Get(h.pod.Spec, "automountServiceAccountToken")
	if isFalse(mounted) || yamldoc.Dynamic(mounted) {
		return
	}
	account := h.pod.ServiceAccount()
	const unused = "false, unless the pod calls the API server"
	if account == "default" {
		h.list = append(h.list, Violation{Rule: "default-service-account", Node: h.pod.Spec, Missing: true, Attribute: "serviceAccountName",
			Expected: "an account of its own, or automountServiceAccountToken: false", Actual: "default",
			Message: "The pod carries the token of the default service account: what anybody grants that account, every such pod has",
			Sets:    h.sets(nil, []string{"automountServiceAccountToken"}, "false")})
		return
	}
	if isTrue(mounted) {
		return // somebody decided it
	}
	h.list = append(h.list, Violation{Rule: "token-mounted", Node: h.pod.Spec, Missing: true, Attribute: "automountServiceAccountToken",
		Expected: unused, Actual: "not set: mounted", Message: "The pod carries the token of " + account + " whether it needs it or not",
		Sets: h.sets(nil, []string{"automountServiceAccountToken"}, "false")})
}

// ServiceAccount is the account that the pod runs as; "default" where it names none.
func (p *Pod) ServiceAccount() string {
	for _, key := range []string{"serviceAccountName", "serviceAccount"} {
		if name := text(yamldoc.Get(p.Spec, key)); name != "" {
			return name
		}
	}
	return "default"
}

func (h *hardening) sharedProcesses() {
	if n := yamldoc.Get(h.pod.Spec, "shareProcessNamespace"); isTrue(n) {
		h.field("shared-processes", n, nil, []string{"shareProcessNamespace"}, "false", "false or not set",
			"Each container sees the processes of the others: their environment and, through /proc, their files")
	}
}

func (h *hardening) rootFilesystem() {
	field := []string{"securityContext", "readOnlyRootFilesystem"}
	var open []*Container
	for i := range h.pod.Containers {
		c := &h.pod.Containers[i]
		if n := c.get(field...); !isTrue(n) && !yamldoc.Dynamic(n) && !yamldoc.Dynamic(c.get("securityContext")) && c.List != "ephemeralContainers" {
			open = append(open, c)
		}
	}
	h.missing("writable-root", open, field, "true", "true", "The image's own files can be changed in")
	if len(open) > 0 && present(open[0].get(field...)) {
		h.list[len(h.list)-1].Actual = "false"
	}
}

// rawSockets: the baseline's default set holds NET_RAW, which forges packets to the pods beside it.
func (h *hardening) rawSockets() {
	var keep []*Container
	for i := range h.pod.Containers {
		c := &h.pod.Containers[i]
		if isTrue(c.get("securityContext", "privileged")) || yamldoc.Dynamic(c.get("securityContext")) || yamldoc.Dynamic(c.get("securityContext", "capabilities")) {
			continue
		}
		drops := false
		for _, n := range yamldoc.Items(c.get(capabilitiesDrop...)) {
			name := strings.ToUpper(text(n))
			drops = drops || name == "ALL" || name == "NET_RAW" || yamldoc.Dynamic(n)
		}
		if !drops {
			keep = append(keep, c)
		}
	}
	h.missing("raw-sockets", keep, capabilitiesDrop, "[ALL]", "ALL or NET_RAW", "Raw sockets stay open to")
}

func (h *hardening) users() {
	if !h.pod.hostUsers {
		return
	}
	judge := func(c *Container, context *yaml.Node) {
		n := yamldoc.Get(context, "runAsUser")
		if uid, ok := yamldoc.Int(n); ok && uid > 0 && uid < lowestUID {
			h.field("low-user", n, c, []string{"securityContext", "runAsUser"}, "10001", "10000 or more",
				"The user's number may be an account's of the host, whose files it gets with the first way out")
		}
	}
	judge(nil, yamldoc.Get(h.pod.Spec, "securityContext"))
	for i := range h.pod.Containers {
		judge(&h.pod.Containers[i], h.pod.Containers[i].get("securityContext"))
	}
}
