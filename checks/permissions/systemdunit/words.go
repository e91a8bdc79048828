package systemdunit

import (
	"math/bits"
	"strconv"
	"strings"
)

// boolean reads a truth value as systemd.syntax(7) spells it.
func boolean(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "1", "yes", "y", "true", "t", "on":
		return true, true
	case "0", "no", "n", "false", "f", "off":
		return false, true
	}
	return false, false
}

// capabilityNames are in the order of their numbers (capabilities(7), linux/capability.h).
var capabilityNames = strings.Fields(`chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable
net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct
sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override
mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore`)

// EveryCapability has a bit for each that the kernel knows.
var EveryCapability = uint64(1)<<len(capabilityNames) - 1

// capabilities is the set of the names in text, with or without cap_, in any case, or by number.
func capabilities(text string) (set uint64) {
	for _, word := range strings.Fields(text) {
		if n, err := strconv.ParseUint(word, 10, 8); err == nil && int(n) < len(capabilityNames) {
			set |= 1 << n
			continue
		}
		name, ok := strings.CutPrefix(strings.ToLower(word), "cap_")
		for i, known := range capabilityNames {
			if ok && name == known {
				set |= 1 << i
			}
		}
	}
	return set
}

// CapabilityNames are the names of a set, as a unit spells them.
func CapabilityNames(set uint64) (names []string) {
	for ; set != 0; set &= set - 1 {
		if i := bits.TrailingZeros64(set); i < len(capabilityNames) {
			names = append(names, "CAP_"+strings.ToUpper(capabilityNames[i]))
		}
	}
	return names
}

// namespaceNames are the types of RestrictNamespaces=.
var namespaceNames = []string{"cgroup", "ipc", "net", "mnt", "pid", "user", "uts"}

const everyNamespace = uint64(1)<<7 - 1

func namespaces(text string) (set uint64, ok bool) {
	for _, word := range strings.Fields(text) {
		known := false
		for i, name := range namespaceNames {
			if word == name {
				set, known = set|1<<i, true
			}
		}
		if !known {
			return 0, false
		}
	}
	return set, true
}

// mode reads an octal mode, as UMask= and the directory modes take it.
func mode(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 8, 16)
	return n, err == nil && n <= 0o7777
}
