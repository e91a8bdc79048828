package permissions

import (
	"fmt"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/command"
	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/internal/parse/systemd"
	"hardcheck/checks/permissions/systemdunit"
)

// judgeConfinement judges the user and the exposure of a service that the project brings.
func (j *unitJudge) judgeConfinement() {
	kind, _ := j.last("Type")
	if kind.Value == "oneshot" {
		return // runs, ends, and mostly administers the machine
	}
	exposure, _ := j.box.Exposure()
	bound := systemdunit.Exposure(10 * j.pass.Int("max_exposure"))
	start, name := j.program()
	user, said := j.last("User")
	f := checks.Finding{Place: start.Place, Attribute: "User", Actual: fmt.Sprintf("runs as root, exposure %s %s", exposure, exposure.Label()),
		Expected: fmt.Sprintf("a user of its own, exposure at most %s", bound)}
	if said {
		f.Place = user.Place
	}
	known := !user.Dynamic && start.Key != ""
	switch {
	case known && j.box.Root() && !adminPrograms[name] && j.listens(start, name):
		f.Rule, f.Message = "root-listener", fmt.Sprintf("%s answers the network as root: who takes it over has the machine", name)
	case known && j.box.Root() && !adminPrograms[name] && j.box.Bounding == systemdunit.EveryCapability:
		f.Rule, f.Message = "root", fmt.Sprintf("%s runs as root with every capability", name)
	case exposure > bound && !(j.box.Root() && adminPrograms[name]):
		f.Rule, f.Attribute, f.Place = "exposure", "exposure", start.Place
		f.Actual, f.Expected = fmt.Sprintf("exposure %s %s", exposure, exposure.Label()), fmt.Sprintf("exposure at most %s", bound)
		f.Message = "The service is confined by nothing that weighs: it keeps what its user and the kernel allow"
	default:
		return
	}
	lines, after := j.drop()
	f.Fix = fmt.Sprintf("Run `systemctl edit %s`, paste what stands below and restart it: the exposure becomes %s %s. Rollback: `systemctl revert %s && systemctl restart %s`.",
		j.unit.Name, after, after.Label(), j.unit.Name, j.unit.Name)
	f.Snippet = lines
	j.fail(f)
}

// program is the line of the last command that starts the service and the name of the program behind its wrappers.
func (j *unitJudge) program() (line systemd.Entry, name string) {
	for _, e := range j.entries {
		if e.Section != "Service" || e.Key != "ExecStart" || e.Value == "" {
			continue
		}
		line = e
		if process := processOf(e.Value); process != nil {
			name = process.Name
		} else if words := systemd.Command(e.Value); len(words) > 0 {
			name = baseName(shell.Word{Text: words[0]})
		}
	}
	return line, name
}

// processOf is the program that a command line of a unit starts, or nil where it cannot be told.
func processOf(value string) *command.Process {
	var words []shell.Word
	for _, text := range systemd.Command(value) {
		words = append(words, shell.Word{Text: text})
	}
	if list := command.Words(words); len(list) > 0 {
		return &list[len(list)-1]
	}
	return nil
}

// listens reports whether the command takes requests from the network, by what it is or by its arguments.
func (j *unitJudge) listens(start systemd.Entry, name string) bool {
	if listenArgument.MatchString(start.Value) {
		return true
	}
	for _, e := range j.entries {
		if e.Section == "Service" && e.Key == "Environment" && portVariable.MatchString(e.Value) {
			return true
		}
	}
	return networkPrograms[name] || name == "manage.py" && strings.Contains(start.Value, "runserver") || name == "php" && strings.Contains(start.Value, " -S ")
}

var (
	listenArgument = regexp.MustCompile(`0\.0\.0\.0|\[::\]|--(bind|listen|http-socket|socket|listen-addr(ess)?|listen-host)[= ]\S|--(host|port)[= ]\S*\d|[ =]:\d{2,5}\b|\.listen\(`)
	portVariable   = regexp.MustCompile(`(^|[ "'])[A-Z_]*(PORT|LISTEN_ADDR|BIND_ADDR)=:?\d`)
)

// networkPrograms answer requests, whatever their arguments.
var networkPrograms = set(`gunicorn uvicorn hypercorn daphne waitress-serve uwsgi granian puma unicorn thin passenger rackup redis-server
mongod memcached elasticsearch minio prometheus grafana-server node_exporter jupyter jupyter-lab jupyter-notebook streamlit http.server
http-server webhook flower gitea caddy traefik vaultwarden`)

// adminPrograms give up root by themselves or cannot do without it: they administer the machine, its network or its
// containers.
var adminPrograms = set(`buildkitd nginx apache2 httpd apachectl apache2ctl haproxy lighttpd sshd dockerd containerd docker docker-compose podman nerdctl kubelet kube-proxy
k3s rke2 crio dnsmasq named unbound chronyd ntpd openvpn wg wg-quick tailscaled keepalived fail2ban-server crond cron anacron atd rsyslogd
syslog-ng auditd systemd-nspawn postfix master dovecot exim4 smbd nmbd vsftpd proftpd xinetd agetty login gdm lightdm NetworkManager
wpa_supplicant dhclient dhcpcd hostapd iptables nft ufw firewalld mount umount modprobe sysctl udevd libvirtd virtqemud qemu-system-x86_64
lxd incusd snapd cupsd smartd mdadm lvm multipathd iscsid rpcbind nfsd mountd php-fpm varnishd squid monit supervisord cloudflared-update
salt-minion puppet chef-client osqueryd falco amazon-ssm-agent google_guest_agent waagent zabbix_agentd netdata true false sleep`)

// advised are directives that an ordinary network service bears, in the order of what they weigh.
var advised = []struct{ key, value string }{
	{"NoNewPrivileges", "yes"}, {"CapabilityBoundingSet", ""}, {"ProtectSystem", "strict"}, {"ProtectHome", "yes"}, {"PrivateTmp", "yes"},
	{"PrivateDevices", "yes"}, {"ProtectProc", "invisible"}, {"ProtectClock", "yes"}, {"ProtectHostname", "yes"}, {"ProtectKernelLogs", "yes"},
	{"ProtectKernelModules", "yes"}, {"ProtectKernelTunables", "yes"}, {"ProtectControlGroups", "yes"}, {"RestrictNamespaces", "yes"},
	{"RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"}, {"RestrictSUIDSGID", "yes"}, {"RestrictRealtime", "yes"}, {"LockPersonality", "yes"},
	{"SystemCallArchitectures", "native"}, {"SystemCallFilter", "@system-service"}, {"SystemCallFilter", "~@privileged @resources"}, {"UMask", "0027"},
}

// drop is a drop-in that confines the service, and the exposure that it leads to. What the unit sets already stays.
func (j *unitJudge) drop() (text string, after systemdunit.Exposure) {
	lines, entries := []string{"[Service]"}, j.entries
	add := func(key, value string) {
		lines = append(lines, key+"="+value)
		entries = append(entries[:len(entries):len(entries)], systemd.Entry{Section: "Service", Key: key, Value: value})
	}
	name := strings.TrimRight(strings.TrimSuffix(j.unit.Name, ".service"), "@")
	name, _, _ = strings.Cut(name, "@")
	if j.box.Root() {
		lines = append(lines, "# useradd --system --no-create-home --shell /usr/sbin/nologin "+name)
		add("User", name)
	}
	for _, a := range advised {
		if _, set := j.last(a.key); !set {
			add(a.key, a.value)
		}
	}
	if _, set := j.last("StateDirectory"); !set {
		add("StateDirectory", name)
	}
	after, _ = systemdunit.Of(entries).Exposure()
	return strings.Join(lines, "\n"), after
}
