package permissions

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// judgeVolume looks behind a named volume that its options bind to a directory of the host.
func judgeVolume(p *checks.Pass, f *checks.File, name string, options *yaml.Node) {
	mount, _ := yamldoc.Text(yamldoc.Get(options, "o"))
	device := yamldoc.Get(options, "device")
	source, _ := yamldoc.Text(device)
	if source = interpolated(source); source == "" || !strings.Contains(","+mount+",", "bind,") {
		return
	}
	subject := checks.Subject{Kind: "volume", Name: f.Path + ": " + name}
	fault, bad := bind{source, strings.Contains(","+mount+",", ",ro,"), source}.judge()
	if !bad {
		p.OK(subject)
		return
	}
	p.Fail(checks.Finding{
		Rule: fault.rule, Subject: subject, Place: yamldoc.Place(f, device), Attribute: "volumes." + name + ".device", Severity: fault.severity,
		Expected: "a directory that holds the service's own data", Actual: "device: " + source, Message: "Volume " + name + " " + fault.message,
	})
}

// bind is a directory or file of the host in a container.
type bind struct {
	source   string
	readOnly bool
	text     string
}

// bindOf reads the short form SOURCE:TARGET[:MODE] and the long one. A named volume is none.
func bindOf(n *yaml.Node) (bind, bool) {
	if text, ok := yamldoc.Text(n); ok {
		known := interpolated(text)
		parts := strings.Split(known, ":")
		if len(parts) < 2 || parts[0] == "" || !strings.ContainsAny(parts[0][:1], "/~.") {
			return bind{}, false
		}
		readOnly := len(parts) > 2 && strings.Contains(","+parts[2]+",", ",ro,")
		return bind{parts[0], readOnly, known}, true
	}
	kind, _ := yamldoc.Text(yamldoc.Get(n, "type"))
	source, _ := yamldoc.Text(yamldoc.Get(n, "source"))
	if source == "" {
		source, _ = yamldoc.Text(yamldoc.Get(n, "src"))
	}
	readOnly, _ := yamldoc.Bool(yamldoc.Get(n, "read_only"))
	source = interpolated(source)
	return bind{source, readOnly, source}, (kind == "bind" || kind == "npipe") && source != ""
}

func (b bind) judge() (fault, bool) {
	source := path.Clean(b.source)
	if engineSockets[path.Base(source)] || strings.HasSuffix(source, `\pipe\docker_engine`) {
		return fault{"engine-socket", "volumes: " + b.text, "holds the container engine's socket, with which it can start a privileged container", 0}, true
	}
	severity, ok := hostPaths[source]
	if !ok {
		for dir, s := range hostTrees {
			if source == dir || strings.HasPrefix(source, dir+"/") {
				severity, ok = s, true
			}
		}
	}
	if ok && b.readOnly {
		severity = min(severity, checks.Medium)
	}
	return fault{"host-path", "volumes: " + b.text, "mounts " + source + " of the host", severity}, ok
}

// hostPaths are directories and files of the host that hold it together, just as they are.
var hostPaths = map[string]checks.Severity{
	"/": checks.High, "/etc": checks.High, "/var": checks.High, "/usr": checks.High, "/home": checks.High, "/run": checks.High,
	"/var/run": checks.High, "/proc": checks.High, "/sys": checks.High, "/dev": checks.High, "/lib": checks.High, "/bin": checks.High,
	"/sbin": checks.High, "/var/lib": checks.High, "/etc/shadow": checks.High, "/etc/sudoers": checks.High, "/etc/cron.d": checks.High,
	"/etc/crontab": checks.High, "~": checks.High, "/sys/fs/cgroup": checks.Medium, "/lib/modules": checks.Medium,
}

// hostTrees are sensitive with all that is below them.
var hostTrees = map[string]checks.Severity{
	"/root": checks.High, "/boot": checks.High, "/etc/ssh": checks.High, "/etc/kubernetes": checks.High, "/etc/sudoers.d": checks.High,
	"/etc/systemd": checks.High, "/var/lib/docker": checks.High, "/var/lib/kubelet": checks.High, "/var/lib/containerd": checks.High,
	"/var/spool/cron": checks.High, "/run/containerd": checks.High, "~/.ssh": checks.High, "~/.aws": checks.High, "~/.kube": checks.High,
	"~/.docker": checks.High, "~/.gnupg": checks.High, "~/.config/gcloud": checks.High,
}
