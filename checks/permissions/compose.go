package permissions

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

func compose() *checks.Check {
	return &checks.Check{
		ID:    "permissions/compose",
		Title: "Compose services keep the walls of their container",
		Why: "A privileged container, one that holds the engine's socket, the host's namespaces or its directories, is no wall: who takes " +
			"over the service has the host.",
		Fix:        "Remove the line. Give the one device, capability or file that is needed, read-only where possible; put a filtering proxy before the engine's socket.",
		Expected:   "No service is privileged, holds the engine's socket, joins the host's namespaces or mounts its system directories",
		Rollback:   "Restore the line for the one service that needs it, with a waiver that says why",
		Absent:     "No Compose file with services was found",
		References: []string{"CWE-250", "CWE-269", "CIS Docker 5.4", "CIS Docker 5.5", "CIS Docker 5.6", "CIS Docker 5.32"},
		Severity:   checks.Critical,
		Rules: []checks.Rule{
			{ID: "privileged", Title: "The service is privileged: root on the host", Severity: checks.Critical},
			{ID: "engine-socket", Title: "The service holds the container engine's socket: root on the host", Severity: checks.Critical},
			{ID: "host-namespace", Title: "The service joins a namespace of the host", Severity: checks.High},
			{ID: "capability", Title: "The service gets a capability that leads out of the container", Severity: checks.High},
			{ID: "unconfined", Title: "The service runs without seccomp, AppArmor or SELinux", Severity: checks.High},
			{ID: "host-path", Title: "The service mounts a system directory of the host", Severity: checks.High},
			{ID: "device", Title: "The service gets the host's memory or disks", Severity: checks.High},
			{ID: "root-user", Title: "The service is told to run as root", Severity: checks.Low},
		},
		Wants: isCompose,
		File:  composeFile,
	}
}

var composeName = regexp.MustCompile(`(?i)^(([a-z0-9_.-]+[.-])?(docker-)?compose([.-][a-z0-9_.-]+)?|docker-stack|stack)\.ya?ml$`)

func isCompose(e *checks.Entry) bool { return e.Mode.IsRegular() && composeName.MatchString(e.Name()) }

func composeFile(p *checks.Pass, f *checks.File) error {
	stream := yamldoc.Of(f)
	if stream.Err != nil && len(stream.Docs) == 0 {
		if stream.Templated || besideService.MatchString(f.Path) {
			return nil // a template as it stands need not parse, and a fixture is broken on purpose
		}
		return stream.Err.AsBlind()
	}
	for _, doc := range stream.Docs {
		services := yamldoc.Get(doc, "services")
		byName := yamldoc.Index(services)
		yamldoc.Each(services, func(key, value *yaml.Node) {
			if value.Kind == yaml.MappingNode {
				judgeService(p, f, &service{name: key.Value, parts: inheritance(byName, value)})
			}
		})
		yamldoc.Each(yamldoc.Get(doc, "volumes"), func(key, value *yaml.Node) { judgeVolume(p, f, key.Value, yamldoc.Get(value, "driver_opts")) })
	}
	return nil
}

// service is one service: its own mapping, then those that it extends in the same file.
type service struct {
	name  string
	parts []*yaml.Node
}

// inheritance follows extends, which Compose resolves before anything else.
func inheritance(services map[string]*yaml.Node, node *yaml.Node) []*yaml.Node {
	const deepest = 16
	parts := []*yaml.Node{node}
	for len(parts) < deepest {
		extends := yamldoc.Get(node, "extends")
		name, ok := yamldoc.Text(extends)
		if !ok && yamldoc.Get(extends, "file") == nil {
			name, ok = yamldoc.Text(yamldoc.Get(extends, "service"))
		}
		if !ok {
			return parts
		}
		if node = services[name]; node == nil || node.Kind != yaml.MappingNode {
			return parts
		}
		parts = append(parts, node)
	}
	return parts
}

// scalar is the value that wins: the service's own, or the nearest that it extends.
func (s *service) scalar(key string) (string, *yaml.Node) {
	for _, part := range s.parts {
		if n := yamldoc.Get(part, key); n != nil {
			text, _ := yamldoc.Text(n)
			return interpolated(text), n
		}
	}
	return "", nil
}

// list is every item: Compose appends the lists of what a service extends.
func (s *service) list(key string) []*yaml.Node {
	var items []*yaml.Node
	for _, part := range s.parts {
		items = append(items, yamldoc.Items(yamldoc.Get(part, key))...)
	}
	return items
}

var withDefault = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^${}]*)\}`)

// interpolated puts in the defaults of ${NAME:-default}, and ~ for the home directory; a text that still holds a $ is not known.
func interpolated(text string) string {
	text = withDefault.ReplaceAllString(text, "$1")
	for _, home := range []string{"${HOME}/", "$HOME/"} {
		if rest, ok := strings.CutPrefix(text, home); ok {
			text = "~/" + rest
		}
	}
	if strings.Contains(strings.ReplaceAll(text, "$$", ""), "$") || strings.Contains(text, "{{") {
		return ""
	}
	return text
}

func judgeService(p *checks.Pass, f *checks.File, s *service) {
	subject := checks.Subject{Kind: "service", Name: f.Path + ": " + s.name}
	failed := false
	s.each(func(n *yaml.Node, fault fault) {
		failed = true
		p.Fail(checks.Finding{
			Rule: fault.rule, Subject: subject, Place: yamldoc.Place(f, n), Attribute: s.name + "." + fault.what, Severity: fault.severity,
			Expected: "no " + fault.what, Actual: fault.what, Message: "Service " + s.name + " " + fault.message,
		})
	})
	if !failed {
		p.OK(subject)
	}
}

// fault is what is wrong with one line of a service.
type fault struct {
	rule, what, message string
	severity            checks.Severity
}

func (s *service) each(report func(*yaml.Node, fault)) {
	if text, n := s.scalar("privileged"); composeTrue[strings.ToLower(text)] {
		report(n, fault{"privileged", "privileged: true", "is privileged: root in it is root on the host", 0})
	}
	if text, n := s.scalar("use_api_socket"); composeTrue[strings.ToLower(text)] {
		report(n, fault{"engine-socket", "use_api_socket: true", "holds the container engine's socket, with which it can start a privileged container", 0})
	}
	for _, h := range hostNamespaces {
		if text, n := s.scalar(h.key); text == "host" {
			report(n, fault{"host-namespace", h.key + ": host", h.message, h.severity})
		}
	}
	if text, n := s.scalar("user"); text != "" {
		if user, _, _ := strings.Cut(text, ":"); isRoot(user) {
			report(n, fault{"root-user", "user: " + text, "is told to run as root", 0})
		}
	}
	s.eachItem(report)
}

// eachItem judges the lists.
func (s *service) eachItem(report func(*yaml.Node, fault)) {
	for _, n := range s.list("cap_add") {
		text, _ := yamldoc.Text(n)
		name := strings.TrimPrefix(strings.ToUpper(text), "CAP_")
		if severity := composeCapabilities[name]; severity != 0 {
			report(n, fault{"capability", "cap_add: " + text, "gets the capability " + name + ", which leads out of the container", severity})
		}
	}
	for _, n := range s.list("security_opt") {
		text, _ := yamldoc.Text(n)
		switch strings.Replace(text, "=", ":", 1) {
		case "seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined":
			report(n, fault{"unconfined", "security_opt: " + text, "runs without a wall that every container has by default", 0})
		}
	}
	for _, n := range s.list("volumes") {
		if mount, ok := bindOf(n); ok {
			if fault, bad := mount.judge(); bad {
				report(n, fault)
			}
		}
	}
	for _, n := range s.list("devices") {
		text, ok := yamldoc.Text(n)
		if !ok {
			text, _ = yamldoc.Text(yamldoc.Get(n, "source"))
		}
		if source, _, _ := strings.Cut(text, ":"); hostDevice.MatchString(source) {
			report(n, fault{"device", "devices: " + text, "can read and write " + source + " of the host", 0})
		}
	}
}

// composeTrue are the words that Compose takes for true.
var composeTrue = set("true yes on y 1")

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

// composeCapabilities are those that lead out of a container, without CAP_.
var composeCapabilities = map[string]checks.Severity{
	"ALL": checks.High, "SYS_ADMIN": checks.High, "SYS_MODULE": checks.High, "SYS_RAWIO": checks.High, "SYS_PTRACE": checks.High,
	"DAC_READ_SEARCH": checks.High, "BPF": checks.High, "MAC_ADMIN": checks.High, "MAC_OVERRIDE": checks.High, "SYS_BOOT": checks.Medium,
	"NET_ADMIN": checks.Medium, "SYSLOG": checks.Medium, "PERFMON": checks.Medium,
}

var hostDevice = regexp.MustCompile(`^/dev(/(k?mem|port|sd[a-z]+[0-9]*|vd[a-z]+[0-9]*|nvme[0-9].*|xvd[a-z].*|dm-[0-9]+|mapper.*|disk.*))?/?$`)
