package permissions

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/composefile"
)

// volumes looks behind named volumes that their options bind to a directory of the host.
func (j *composeJudge) volumes(project composefile.Project) {
	if project.Volumes == nil || project.Volumes.Kind != composefile.Map {
		return
	}
	for _, name := range project.Volumes.Keys {
		options := project.Volumes.Fields[name].Get("driver_opts")
		device := options.Get("device")
		mount := strings.Split(options.Get("o").String(), ",")
		if device.String() == "" || !slices.Contains(mount, "bind") && !slices.Contains(mount, "rbind") && options.Get("type").String() != "bind" {
			continue
		}
		subject := checks.Subject{Kind: "volume", Name: project.Path + ": " + name}
		fault, bad := bind{source: device.Text, readOnly: slices.Contains(mount, "ro"), text: device.Text}.judge()
		if !bad {
			j.pass.OK(subject)
			continue
		}
		key := "volume " + name + " " + device.Place.String()
		if j.seen[key] {
			continue
		}
		j.seen[key] = true
		j.pass.Fail(checks.Finding{
			Rule: fault.rule, Subject: subject, Place: device.Place, Attribute: "volumes." + name + ".device", Severity: fault.severity,
			Expected: "a directory that holds the service's own data", Actual: "device: " + device.Text, Message: "Volume " + name + " " + fault.message,
			Fix: "Bind a directory of the service's own, such as /srv/" + name + ". Rollback: put `device: " + device.Text + "` back.",
		})
	}
}

// mounts judges what of the host the service sees.
func (s *service) mounts(report reporter) {
	for _, v := range s.value.Get("volumes").List() {
		b, at, ok := bindOf(v)
		if !ok {
			continue
		}
		fault, bad := b.judge()
		switch {
		case bad && fault.rule == "engine-socket" && s.isProxy():
		case bad:
			report(at, fault)
		case b.shared:
			report(at, propagation(b))
		}
	}
}

// propagation is the fault of a mount that is shared with the host.
func propagation(b bind) fault {
	return fault{rule: "propagation", what: "volumes: " + b.text, message: "mounts " + b.source + " so that what it mounts below appears on the host (propagation shared)"}
}

// bind is a directory or file of the host in a container.
type bind struct {
	source   string
	readOnly bool
	shared   bool
	text     string
}

// bindOf reads the short form SOURCE:TARGET[:MODE] and the long one. A named volume is none.
func bindOf(v *composefile.Value) (b bind, at *composefile.Value, ok bool) {
	if v.Kind != composefile.Map {
		parts := strings.Split(v.Text, ":")
		if len(parts) < 2 || parts[0] == "" || !strings.ContainsAny(parts[0][:1], "/~.") {
			return bind{}, nil, false
		}
		var options []string
		if len(parts) > 2 {
			options = strings.Split(parts[2], ",")
		}
		shared := slices.Contains(options, "shared") || slices.Contains(options, "rshared")
		return bind{parts[0], slices.Contains(options, "ro"), shared, v.Text}, v, true
	}
	kind, source := v.Get("type").String(), v.Get("source")
	if source == nil {
		source = v.Get("src")
	}
	propagation := v.Get("bind", "propagation").String()
	b = bind{source.String(), truthy(v.Get("read_only")), propagation == "shared" || propagation == "rshared", source.String()}
	return b, source, (kind == "bind" || kind == "npipe") && b.source != ""
}

func (b bind) judge() (fault, bool) {
	source := path.Clean(b.source)
	if engineSockets[path.Base(source)] || strings.HasSuffix(source, `\pipe\docker_engine`) {
		return fault{rule: "engine-socket", what: "volumes: " + b.text, message: socketMessage}, true
	}
	severity, ok := hostPaths[source]
	if !ok {
		for dir, s := range hostTrees {
			if source == dir || strings.HasPrefix(source, dir+"/") {
				severity, ok = s, true
			}
		}
	}
	for dir, s := range writableTrees {
		if !ok && !b.readOnly && (source == dir || strings.HasPrefix(source, dir+"/")) {
			severity, ok = s, true
		}
	}
	if ok && b.readOnly {
		severity = min(severity, checks.Medium)
	}
	return fault{rule: "host-path", what: "volumes: " + b.text, message: "mounts " + source + " of the host", severity: severity}, ok
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

// writableTrees may be read by a container; who writes there becomes root, or another user, of the host, or forges its logs.
var writableTrees = map[string]checks.Severity{
	"/etc/passwd": checks.High, "/etc/group": checks.High, "/etc/pam.d": checks.High, "/etc/profile.d": checks.High, "/etc/ld.so.conf.d": checks.High,
	"/etc/ld.so.preload": checks.High, "/etc/cron.hourly": checks.High, "/etc/cron.daily": checks.High, "/etc/cron.weekly": checks.High,
	"/usr/bin": checks.High, "/usr/sbin": checks.High, "/usr/lib": checks.High, "/usr/local/bin": checks.High, "/var/log": checks.Medium,
}
