package permissions

// systemFile is what a file or directory of a system may be at most. The path's last element may be a pattern.
type systemFile struct {
	path string
	// most is the mode whose bits are all that it may have; more is a way in. benchmark is the stricter mode that the CIS
	// benchmark asks for, 0 for the same.
	most, benchmark uint32
	owners, groups  string // names besides root, separated by blanks
}

// systemFiles follow CIS Debian Linux 12 1.4.2, 1.6, 2.4.1, 5.1, 6.1.4, 6.2.4 and 7.1, CIS Docker 3 and CIS Kubernetes 1.1,
// and, for secrets of services, what their packages install.
var systemFiles = []systemFile{
	{"etc/passwd", 0o644, 0, "", ""}, {"etc/passwd-", 0o644, 0, "", ""}, {"etc/group", 0o644, 0, "", ""}, {"etc/group-", 0o644, 0, "", ""},
	{"etc/shadow", 0o640, 0, "", "shadow"}, {"etc/shadow-", 0o640, 0, "", "shadow"}, {"etc/gshadow", 0o640, 0, "", "shadow"}, {"etc/gshadow-", 0o640, 0, "", "shadow"},
	{"etc/subuid", 0o644, 0, "", ""}, {"etc/subgid", 0o644, 0, "", ""}, {"etc/shells", 0o644, 0, "", ""}, {"etc/security/opasswd*", 0o600, 0, "", ""},
	{"etc/crontab", 0o644, 0o600, "", ""}, {"etc/cron.hourly", 0o755, 0o700, "", ""}, {"etc/cron.daily", 0o755, 0o700, "", ""}, {"etc/cron.weekly", 0o755, 0o700, "", ""},
	{"etc/cron.monthly", 0o755, 0o700, "", ""}, {"etc/cron.d", 0o755, 0o700, "", ""}, {"etc/cron.allow", 0o640, 0, "", "crontab"}, {"etc/at.allow", 0o640, 0, "", "daemon"},
	{"var/spool/cron/crontabs", 0o1730, 0, "", "crontab"}, {"var/spool/cron/crontabs/*", 0o600, 0, "*", "*"},
	{"etc/ssh/sshd_config", 0o644, 0o600, "", ""}, {"etc/ssh/sshd_config.d/*.conf", 0o644, 0o600, "", ""}, {"etc/ssh/ssh_host_*_key.pub", 0o644, 0, "", ""},
	{"etc/ssh/ssh_host_*_key", 0o640, 0, "", "ssh_keys"},
	{"etc/motd", 0o644, 0, "", ""}, {"etc/issue", 0o644, 0, "", ""}, {"etc/issue.net", 0o644, 0, "", ""}, {"etc/hosts", 0o644, 0, "", ""},
	{"etc/hosts.allow", 0o644, 0, "", ""}, {"etc/hosts.deny", 0o644, 0, "", ""}, {"etc/fstab", 0o664, 0, "", "disk"}, {"etc/resolv.conf", 0o644, 0, "systemd-resolve systemd-network", "systemd-resolve systemd-network"},
	{"boot/grub/grub.cfg", 0o644, 0o600, "", ""}, {"boot/grub2/grub.cfg", 0o644, 0o600, "", ""}, {"boot/grub/user.cfg", 0o600, 0, "", ""}, {"boot/grub2/user.cfg", 0o600, 0, "", ""},
	{"etc/sudoers", 0o644, 0o640, "", ""}, {"etc/sudoers.d", 0o755, 0o750, "", ""}, {"etc/sudoers.d/*", 0o644, 0o640, "", ""},
	{"etc/login.defs", 0o644, 0, "", ""}, {"etc/ld.so.conf", 0o644, 0, "", ""}, {"etc/ld.so.preload", 0o644, 0, "", ""}, {"etc/nsswitch.conf", 0o644, 0, "", ""},
	{"etc/pam.d/*", 0o644, 0, "", ""}, {"etc/security/*.conf", 0o644, 0, "", ""}, {"etc/sysctl.conf", 0o644, 0, "", ""}, {"etc/sysctl.d/*", 0o644, 0, "", ""},
	{"etc/audit", 0o755, 0o750, "", ""}, {"etc/audit/*.conf", 0o640, 0, "", ""}, {"etc/audit/rules.d/*", 0o640, 0, "", ""}, {"var/log/audit", 0o750, 0, "", "adm"}, {"var/log/audit/*", 0o640, 0, "", "adm"},
	{"var/log", 0o775, 0, "", "syslog adm"}, {"var/log/auth.log", 0o640, 0, "syslog", "adm"}, {"var/log/syslog", 0o640, 0, "syslog", "adm"}, {"var/log/secure", 0o640, 0, "", "adm"},
	{"var/log/messages", 0o640, 0, "syslog", "adm"}, {"var/log/kern.log", 0o640, 0, "syslog", "adm"}, {"var/log/user.log", 0o640, 0, "syslog", "adm"}, {"var/log/cron.log", 0o640, 0, "syslog", "adm"},
	{"var/log/mail.log", 0o640, 0, "syslog", "adm"}, {"var/log/daemon.log", 0o640, 0, "syslog", "adm"}, {"var/log/btmp*", 0o660, 0, "", "utmp"}, {"var/log/wtmp*", 0o664, 0, "", "utmp"},
	{"var/log/lastlog", 0o664, 0, "", "utmp"}, {"root", 0o755, 0o700, "", ""}, {"tmp", 0o1777, 0, "", ""}, {"var/tmp", 0o1777, 0, "", ""},
	{"etc/ssl/private", 0o750, 0, "", "ssl-cert"}, {"etc/pki/tls/private", 0o755, 0, "", ""}, {"etc/letsencrypt/archive", 0o755, 0o750, "", "ssl-cert"}, {"etc/letsencrypt/live", 0o755, 0o750, "", "ssl-cert"},
	{"etc/docker", 0o755, 0, "", ""}, {"etc/docker/daemon.json", 0o644, 0, "", ""}, {"var/lib/docker", 0o711, 0, "", ""}, {"var/lib/containerd", 0o711, 0, "", ""},
	{"run/docker.sock", 0o660, 0, "", "docker"}, {"run/containerd/containerd.sock", 0o660, 0, "", "docker containerd"}, {"run/podman/podman.sock", 0o660, 0, "", "podman docker"},
	{"etc/kubernetes/*.conf", 0o640, 0o600, "", ""}, {"etc/kubernetes/manifests/*", 0o644, 0o600, "", ""}, {"etc/kubernetes/pki/*.key", 0o600, 0, "", ""}, {"var/lib/etcd", 0o700, 0, "etcd", "etcd"},
	{"var/lib/kubelet/config.yaml", 0o644, 0o600, "", ""}, {"etc/rancher/k3s/k3s.yaml", 0o640, 0o600, "", ""}, {"var/lib/rancher/k3s/server/token", 0o600, 0, "", ""},
	{"var/lib/mysql", 0o755, 0o750, "mysql", "mysql"}, {"var/lib/redis", 0o755, 0o750, "redis", "redis"}, {"etc/redis/*.conf", 0o640, 0, "redis", "redis"},
	{"etc/NetworkManager/system-connections/*", 0o600, 0, "", ""}, {"etc/wireguard", 0o700, 0, "", ""}, {"etc/wireguard/*.conf", 0o600, 0, "", ""},
	{"etc/wpa_supplicant/*.conf", 0o644, 0o600, "", "netdev"}, {"etc/ipsec.secrets", 0o600, 0, "", ""}, {"etc/ppp/*-secrets", 0o640, 0o600, "", "dip"}, {"etc/bind/rndc.key", 0o640, 0, "bind named", "bind named"},
	{"etc/rndc.key", 0o640, 0, "named", "named"}, {"etc/exim4/passwd.client", 0o640, 0, "", "Debian-exim"}, {"etc/postfix/sasl_passwd", 0o640, 0o600, "", "postfix"}, {"etc/postfix/sasl_passwd.db", 0o640, 0o600, "", "postfix"},
	{"etc/chrony/chrony.keys", 0o640, 0, "_chrony chrony", "_chrony chrony"}, {"etc/snmp/snmpd.conf", 0o640, 0o600, "Debian-snmp", "Debian-snmp"}, {"var/lib/samba/private", 0o750, 0o700, "", ""},
	{"etc/samba/smbpasswd", 0o600, 0, "", ""}, {"etc/iscsi/iscsid.conf", 0o600, 0, "", ""}, {"etc/openvpn/server/*", 0o644, 0o640, "", "openvpn nogroup"}, {"etc/machine-id", 0o644, 0, "", ""},
}
