package permissions

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/composefile"
)

// service is how one container is started, whatever file says so: keys and values are Compose's.
type service struct {
	name    string
	value   *composefile.Value
	project *composefile.Project // nil outside Compose
}

// fault is what is wrong with one line of a service.
type fault struct {
	rule, what, message string
	severity            checks.Severity // 0 for the rule's
	paste               string          // what to write instead; "" where the line only goes
}

func (f fault) finding(subject checks.Subject, name string, place checks.Place, origin string) checks.Finding {
	message := "Service " + name + " " + f.message
	if place.Path != origin {
		message += ", by " + place.Path + ", which " + origin + " takes in"
	}
	fix := "Remove `" + f.what + "` from service " + name
	if f.paste != "" {
		fix = "Replace `" + f.what + "` of service " + name + " by the lines below"
	}
	return checks.Finding{
		Rule: f.rule, Subject: subject, Place: place, Attribute: name + "." + f.what, Severity: f.severity, Expected: "no " + f.what, Actual: f.what,
		Message: message, Fix: fix + ". Rollback: put `" + f.what + "` back and start the service again.", Snippet: f.paste,
	}
}

type reporter func(*composefile.Value, fault)

func (s *service) each(report reporter) {
	s.switches(report)
	s.namespaces(report)
	s.capabilities(report)
	s.confinement(report)
	s.mounts(report)
	s.devices(report)
	s.identity(report)
	s.secrets(report)
	s.build(report)
}

// truthy reads what Compose takes for true.
func truthy(v *composefile.Value) bool { return composeTrue[strings.ToLower(v.String())] }

var composeTrue = set("true yes on y 1")

func (s *service) switches(report reporter) {
	if v := s.value.Get("privileged"); truthy(v) {
		report(v, fault{"privileged", "privileged: true", "is privileged: root in it is root on the host", 0,
			"cap_drop: [ALL]\ncap_add: [NET_BIND_SERVICE]  # only what it needs\ndevices: []          # only what it needs"})
	}
	if v := s.value.Get("use_api_socket"); truthy(v) {
		report(v, fault{rule: "engine-socket", what: "use_api_socket: true", message: socketMessage})
	}
	for _, hook := range []string{"post_start", "pre_stop"} {
		for _, h := range s.value.Get(hook).List() {
			if v := h.Get("privileged"); truthy(v) {
				report(v, fault{rule: "privileged", what: hook + ": privileged: true", message: "runs a hook that is privileged: what it executes is root on the host"})
			}
		}
	}
	env := s.value.Get("environment").Pairs()
	if v := env.Get("DOCKER_HOST"); v.String() != "" {
		s.dockerHost(v, report)
	}
}

const socketMessage = "holds the container engine's socket, with which it can start a privileged container"

// dockerHost judges an engine that is reached over the network without TLS: one behind a filtering proxy of the project,
// or one that is itself a service of it, is not the host's.
func (s *service) dockerHost(v *composefile.Value, report reporter) {
	rest, ok := strings.CutPrefix(v.Text, "tcp://")
	if !ok {
		return
	}
	host, port, _ := strings.Cut(rest, ":")
	if host == "host.docker.internal" || host == "172.17.0.1" || host == "gateway.docker.internal" {
		severity := checks.Critical
		if strings.HasPrefix(port, "2376") {
			severity = checks.High
		}
		report(v, fault{rule: "engine-socket", what: "DOCKER_HOST: " + v.Text, message: "gives orders to the host's container engine, with which it can start a privileged container", severity: severity})
	}
}

var hostNamespaces = []struct {
	key, message string
	severity     checks.Severity
}{
	{"network_mode", "shares the host's network: it reaches what listens on the host's loopback, and listens everywhere", checks.High},
	{"pid", "sees and signals every process of the host", checks.High},
	{"ipc", "shares the host's memory segments and queues", checks.High},
	{"uts", "can change the host's name", checks.Medium},
	{"userns_mode", "is taken out of the user namespace that keeps its root from being the host's", checks.Medium},
	{"cgroup", "shares the host's control groups", checks.Medium},
}

func (s *service) namespaces(report reporter) {
	for _, h := range hostNamespaces {
		if v := s.value.Get(h.key); v.String() == "host" {
			report(v, fault{rule: "host-namespace", what: h.key + ": host", message: h.message, severity: h.severity})
		}
	}
	for _, v := range s.value.Get("networks").List() {
		if s.project == nil {
			return
		}
		network := s.project.Networks.Get(v.Text)
		name := network.Get("name").String()
		if external := network.Get("external"); external != nil && (truthy(external) && name == "host" || external.Get("name").String() == "host") {
			report(v, fault{rule: "host-namespace", what: "networks: " + v.Text, message: hostNamespaces[0].message})
		}
	}
}

// composeCapabilities are those that lead out of a container, without CAP_.
var composeCapabilities = map[string]checks.Severity{
	"ALL": checks.High, "SYS_ADMIN": checks.High, "SYS_MODULE": checks.High, "SYS_RAWIO": checks.High, "SYS_PTRACE": checks.High,
	"DAC_READ_SEARCH": checks.High, "BPF": checks.High, "MAC_ADMIN": checks.High, "MAC_OVERRIDE": checks.High, "SYS_BOOT": checks.Medium,
	"NET_ADMIN": checks.Medium, "SYSLOG": checks.Medium, "PERFMON": checks.Medium, "SYS_TIME": checks.Medium, "SYS_RESOURCE": checks.Low,
	"CHECKPOINT_RESTORE": checks.Medium, "LINUX_IMMUTABLE": checks.Low, "NET_BROADCAST": checks.Low, "AUDIT_CONTROL": checks.Medium,
}

func (s *service) capabilities(report reporter) {
	for _, v := range s.value.Get("cap_add").List() {
		name := strings.TrimPrefix(strings.ToUpper(v.Text), "CAP_")
		if severity := composeCapabilities[name]; severity != 0 {
			report(v, fault{rule: "capability", what: "cap_add: " + v.Text, message: "gets the capability " + name + ", which leads out of the container", severity: severity})
		}
	}
}

func (s *service) confinement(report reporter) {
	for _, v := range s.value.Get("security_opt").List() {
		name, option, _ := strings.Cut(strings.Replace(v.Text, "=", ":", 1), ":")
		switch {
		case option == "unconfined" && (name == "seccomp" || name == "apparmor" || name == "systempaths"),
			name == "label" && option == "disable", name == "label" && strings.Contains(option, "spc_t"), name == "unmask" && strings.EqualFold(option, "all"):
			report(v, fault{rule: "unconfined", what: "security_opt: " + v.Text, message: "runs without a wall that every container has by default"})
		case name == "no-new-privileges" && option == "false":
			report(v, fault{rule: "new-privileges", what: "security_opt: " + v.Text, message: "lets a setuid program in it become root", paste: "security_opt:\n  - no-new-privileges:true"})
		}
	}
}

func (s *service) devices(report reporter) {
	for _, v := range s.value.Get("devices").List() {
		text := v.Text
		if v.Kind == composefile.Map {
			text = v.Get("source").String()
			v = v.Get("source")
		}
		if source, _, _ := strings.Cut(text, ":"); hostDevice.MatchString(source) {
			report(v, fault{rule: "device", what: "devices: " + text, message: "can read and write " + source + " of the host"})
		}
	}
	for _, v := range s.value.Get("device_cgroup_rules").List() {
		kind, rest, _ := strings.Cut(strings.TrimSpace(v.Text), " ")
		numbers, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		major, _, _ := strings.Cut(numbers, ":")
		if (kind == "a" || kind == "b") && (major == "*" || blockMajors[major]) {
			report(v, fault{rule: "device", what: "device_cgroup_rules: " + v.Text, message: "may make a device node for the host's disks and use it"})
		}
	}
}

// blockMajors are the numbers of disks (the kernel's devices.txt): SCSI, device mapper, NVMe, virtio, MMC, Xen.
var blockMajors = set("8 253 254 259 252 179 202")

// identity judges the user and its groups.
func (s *service) identity(report reporter) {
	if v := s.value.Get("user"); v.String() != "" {
		if user, _, _ := strings.Cut(v.Text, ":"); isRoot(user) {
			report(v, fault{"root-user", "user: " + v.Text, "is told to run as root", 0, "user: \"10001:10001\""})
		}
	}
	for _, v := range s.value.Get("group_add").List() {
		if group := strings.ToLower(v.Text); strongGroups[group] {
			report(v, fault{rule: "root-group", what: "group_add: " + v.Text, message: "joins the group " + group + ", whose files lead to root"})
		}
	}
}

// strongGroups own what leads to root: files of group 0, the engine's socket, disks, /etc/shadow.
var strongGroups = set("0 root docker disk shadow lxd kmem")

// secrets judges the mode of a secret or configuration in the container. Written without a leading zero it is decimal.
func (s *service) secrets(report reporter) {
	for _, key := range []string{"secrets", "configs"} {
		for _, item := range s.value.Get(key).List() {
			v := item.Get("mode")
			mode, ok := composeMode(v)
			if !ok {
				continue
			}
			severity := checks.Medium
			if mode&0o002 == 0 {
				severity = checks.Low // as open as without a mode: 0444
			}
			if mode&0o002 != 0 || mode&0o004 != 0 && key == "secrets" {
				message := "opens " + item.Get("source").String() + " to every user in the container (mode 0" + strconv.FormatInt(mode, 8) + ")"
				report(v, fault{"secret-mode", key + ": mode: " + v.Text, message, severity, "mode: 0440"})
			}
		}
	}
}

func composeMode(v *composefile.Value) (int64, bool) {
	text := v.String()
	if text == "" {
		return 0, false
	}
	base := 0
	if v.Quoted {
		base = 8
	}
	mode, err := strconv.ParseInt(text, base, 32)
	return mode, err == nil
}

func (s *service) build(report reporter) {
	b := s.value.Get("build")
	if v := b.Get("privileged"); truthy(v) {
		report(v, fault{rule: "build-privileged", what: "build.privileged: true", message: "is built with root's power over the host"})
	}
	if v := b.Get("network"); v.String() == "host" {
		report(v, fault{rule: "build-privileged", what: "build.network: host", message: "is built on the host's network", severity: checks.Medium})
	}
	for _, v := range b.Get("entitlements").List() {
		switch v.Text {
		case "security.insecure", "device":
			report(v, fault{rule: "build-privileged", what: "build.entitlements: " + v.Text, message: "may be built with root's power over the host"})
		case "network.host":
			report(v, fault{rule: "build-privileged", what: "build.entitlements: " + v.Text, message: "may be built on the host's network", severity: checks.Medium})
		}
	}
}

// isProxy reports a service that stands between others and the engine's socket and lets only chosen requests through.
func (s *service) isProxy() bool {
	image := s.value.Get("image").String()
	name, _, _ := strings.Cut(path.Base(image), ":")
	env := s.value.Get("environment").Pairs()
	return socketProxies[name] && !truthy(env.Get("POST"))
}

// socketProxies are images made for that (tecnativa, linuxserver, wollomatic, 11notes).
var socketProxies = set("docker-socket-proxy socket-proxy docker-proxy")

var hostDevice = regexp.MustCompile(`^/dev(/(k?mem|port|sd[a-z]+[0-9]*|vd[a-z]+[0-9]*|nvme[0-9].*|xvd[a-z].*|dm-[0-9]+|mapper.*|disk.*))?/?$`)
