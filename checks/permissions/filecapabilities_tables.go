package permissions

import (
	"fmt"
	"strings"
)

// capabilityList are the capabilities by number (linux/capability.h).
var capabilityList = strings.Fields(`chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service
net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource
sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read perfmon
bpf checkpoint_restore`)

// capabilityNames are the names of a set, in the order of their numbers.
func capabilityNames(set uint64) (names []string) {
	for i := range 64 {
		switch {
		case set&(1<<i) == 0:
		case i < len(capabilityList):
			names = append(names, "cap_"+capabilityList[i])
		default:
			names = append(names, fmt.Sprint("cap_", i))
		}
	}
	return names
}

// rootlikeCapabilities each lead to root by themselves (capabilities(7)).
var rootlikeCapabilities = set(`cap_setuid cap_setgid cap_setfcap cap_dac_override cap_dac_read_search cap_sys_admin cap_sys_ptrace cap_sys_module cap_sys_rawio
cap_chown cap_fowner cap_mknod cap_mac_admin cap_mac_override cap_bpf cap_linux_immutable cap_net_admin cap_sys_chroot cap_setpcap`)

// packagedCapabilities are what Debian, Ubuntu, Fedora, Arch and Alpine give to programs, by their path without usr/.
var packagedCapabilities = map[string]string{
	"bin/ping": "cap_net_raw cap_net_admin", "bin/ping6": "cap_net_raw", "bin/arping": "cap_net_raw", "sbin/arping": "cap_net_raw", "bin/clockdiff": "cap_net_raw cap_sys_nice", "sbin/clockdiff": "cap_net_raw cap_sys_nice",
	"bin/mtr-packet": "cap_net_raw", "sbin/mtr-packet": "cap_net_raw", "bin/fping": "cap_net_raw", "sbin/fping": "cap_net_raw", "bin/traceroute6": "cap_net_raw", "bin/traceroute6.iputils": "cap_net_raw",
	"bin/newuidmap": "cap_setuid cap_dac_override", "bin/newgidmap": "cap_setgid cap_dac_override", "bin/dumpcap": "cap_net_raw cap_net_admin cap_dac_override", "sbin/dumpcap": "cap_net_raw cap_net_admin",
	"bin/gnome-keyring-daemon": "cap_ipc_lock", "bin/kwin_wayland": "cap_sys_nice", "bin/kwin_x11": "cap_sys_nice", "bin/gnome-shell": "cap_sys_nice", "bin/sway": "cap_sys_nice", "bin/gamescope": "cap_sys_nice",
	"sbin/suexec": "cap_setgid cap_setuid cap_dac_override", "bin/rsh": "cap_net_bind_service", "bin/rlogin": "cap_net_bind_service", "bin/rcp": "cap_net_bind_service",
	"bin/systemd-detect-virt": "cap_dac_override cap_sys_ptrace", "lib/gstreamer1.0/gstreamer-1.0/gst-ptp-helper": "*", "lib/gstreamer-1.0/gst-ptp-helper": "*", "libexec/gstreamer-1.0/gst-ptp-helper": "*", "lib/gst-ptp-helper": "*", "lib/gstreamer1.0/gst-ptp-helper": "*",
	"lib/snapd/snap-confine": "*", "libexec/snapd/snap-confine": "*", "bin/brltty": "*", "bin/i3status": "cap_net_admin", "bin/intel_gpu_top": "cap_perfmon cap_sys_admin",
	"lib/ksysguard/ksgrd_network_helper": "cap_net_raw", "libexec/ksysguard/ksgrd_network_helper": "cap_net_raw", "libexec/sssd/krb5_child": "*", "libexec/sssd/ldap_child": "*", "libexec/sssd/sssd_pam": "*", "libexec/sssd/selinux_child": "*",
	"lib/xorg/Xorg.wrap": "*", "lib/nagios/plugins/check_icmp": "cap_net_raw", "lib/nagios/plugins/check_dhcp": "cap_net_bind_service cap_net_raw", "bin/bwrap": "*", "bin/slirp4netns": "cap_net_bind_service", "bin/iftop": "cap_net_raw",
	"bin/nethogs": "cap_net_admin cap_net_raw", "sbin/nethogs": "cap_net_admin cap_net_raw", "sbin/kea-dhcp4": "cap_net_bind_service cap_net_raw", "sbin/kea-dhcp6": "cap_net_bind_service",
	"lib/hwloc/hwloc-dump-hwdata": "*", "bin/pulseaudio": "cap_sys_nice", "bin/steam-runtime": "cap_sys_nice",
}
