package systemdunit

import "strings"

// row is one thing that systemd-analyze weighs. Its badness goes from 0 to scale.
type row struct {
	name          string
	weight, scale uint64
	booted        bool // does not apply to a service of the early boot
	judge         func(*Sandbox) (bad uint64, applies bool)
}

// rows are those of systemd 252 (systemd-analyze(1), `security`), in the order of its man page's families.
var rows = func() []row {
	list := []row{
		{"UserOrDynamicUser", 2000, 10, false, judgeUser},
		{"SupplementaryGroups", 200, 1, false, func(s *Sandbox) (uint64, bool) { return one(s.groups > 0), !s.Root() }},
		{"RemoveIPC", 100, 1, false, func(s *Sandbox) (uint64, bool) { return one(!s.switches["RemoveIPC"]), !s.Root() }},
		{"UMask", 100, 10, false, judgeUMask},
		{"RootDirectoryOrRootImage", 200, 1, true, always(func(s *Sandbox) uint64 { return one(emptyOrRoot(s.rootDir) && emptyOrRoot(s.rootImage)) })},
		{"ProtectSystem", 1000, 10, true, word("ProtectSystem", 10, "yes", 5, "full", 3, "strict", 0)},
		{"ProtectHome", 1000, 10, true, word("ProtectHome", 10, "read-only", 5, "tmpfs", 1, "yes", 0)},
		{"ProtectProc", 1000, 3, false, word("ProtectProc", 3, "noaccess", 1, "invisible", 0, "ptraceable", 0)},
		{"ProcSubset", 10, 1, false, word("ProcSubset", 1, "pid", 0)},
		{"KeyringMode", 1000, 1, false, word("KeyringMode", 0, "inherit", 1, "shared", 1)},
		{"NotifyAccess", 1000, 1, false, word("NotifyAccess", 0, "all", 1)},
		{"Delegate", 100, 1, false, always(func(s *Sandbox) uint64 { return one(s.switches["Delegate"]) })},
		{"AmbientCapabilities", 500, 1, false, always(func(s *Sandbox) uint64 { return one(s.Ambient != 0) })},
		{"SystemCallArchitectures", 1000, 10, false, always(judgeArchitectures)},
		{"IPAddressDeny", 1000, 10, false, always((*Sandbox).addressBadness)},
		{"DeviceAllow", 1000, 10, false, always(judgeDevices)},
	}
	for _, r := range switchRows {
		list = append(list, row{r.name, r.weight, 1, r.name == "PrivateTmp", off(r.name)})
	}
	for _, r := range capabilityRows {
		mask := capabilities(r.members)
		list = append(list, row{"CapabilityBoundingSet_" + r.name, r.weight, 1, false,
			always(func(s *Sandbox) uint64 { return one(s.Bounding&mask != 0) })})
	}
	for _, r := range namespaceRows {
		bit, _ := namespaces(r.name)
		list = append(list, row{"RestrictNamespaces_" + r.name, r.weight, 1, false,
			always(func(s *Sandbox) uint64 { return one(!s.spaces || s.namespaces&bit != 0) })})
	}
	for _, r := range familyRows {
		members := strings.Fields(r.members)
		list = append(list, row{"RestrictAddressFamilies_" + r.name, r.weight, 1, false,
			always(func(s *Sandbox) uint64 { return one(s.families.open(members...)) })})
	}
	for _, r := range callRows {
		list = append(list, row{"SystemCallFilter_" + strings.ReplaceAll(r.name, "-", "_"), r.weight, 10, false,
			always(func(s *Sandbox) uint64 { return s.calls.badness("@" + r.name) })})
	}
	return list
}()

type weighed struct {
	name    string
	weight  uint64
	members string
}

var switchRows = []weighed{
	{"PrivateDevices", 1000, ""}, {"PrivateMounts", 1000, ""}, {"PrivateNetwork", 2500, ""}, {"PrivateTmp", 1000, ""},
	{"PrivateUsers", 1000, ""}, {"ProtectControlGroups", 1000, ""}, {"ProtectKernelModules", 1000, ""},
	{"ProtectKernelTunables", 1000, ""}, {"ProtectKernelLogs", 1000, ""}, {"ProtectClock", 1000, ""}, {"ProtectHostname", 50, ""},
	{"LockPersonality", 100, ""}, {"MemoryDenyWriteExecute", 100, ""}, {"NoNewPrivileges", 1000, ""},
	{"RestrictRealtime", 500, ""}, {"RestrictSUIDSGID", 1000, ""},
}

var capabilityRows = []weighed{
	{"CAP_SYS_ADMIN", 1500, "cap_sys_admin"}, {"CAP_SET_UID_GID_PCAP", 1500, "cap_setuid cap_setgid cap_setpcap"},
	{"CAP_SYS_PTRACE", 1500, "cap_sys_ptrace"}, {"CAP_SYS_TIME", 1000, "cap_sys_time"}, {"CAP_NET_ADMIN", 1000, "cap_net_admin"},
	{"CAP_SYS_RAWIO", 1000, "cap_sys_rawio"}, {"CAP_SYS_MODULE", 1000, "cap_sys_module"},
	{"CAP_AUDIT", 500, "cap_audit_control cap_audit_read cap_audit_write"}, {"CAP_SYSLOG", 500, "cap_syslog"},
	{"CAP_SYS_NICE_RESOURCE", 500, "cap_sys_nice cap_sys_resource"}, {"CAP_MKNOD", 500, "cap_mknod"},
	{"CAP_CHOWN_FSETID_SETFCAP", 1000, "cap_chown cap_fsetid cap_setfcap"},
	{"CAP_DAC_FOWNER_IPC_OWNER", 1000, "cap_dac_override cap_dac_read_search cap_fowner cap_ipc_owner"}, {"CAP_KILL", 500, "cap_kill"},
	{"CAP_NET_BIND_SERVICE_BROADCAST_RAW", 500, "cap_net_bind_service cap_net_broadcast cap_net_raw"},
	{"CAP_SYS_BOOT", 100, "cap_sys_boot"}, {"CAP_MAC", 100, "cap_mac_admin cap_mac_override"},
	{"CAP_LINUX_IMMUTABLE", 75, "cap_linux_immutable"}, {"CAP_IPC_LOCK", 50, "cap_ipc_lock"}, {"CAP_SYS_CHROOT", 50, "cap_sys_chroot"},
	{"CAP_BLOCK_SUSPEND", 25, "cap_block_suspend"}, {"CAP_WAKE_ALARM", 25, "cap_wake_alarm"}, {"CAP_LEASE", 25, "cap_lease"},
	{"CAP_SYS_TTY_CONFIG", 25, "cap_sys_tty_config"}, {"CAP_SYS_PACCT", 25, "cap_sys_pacct"}, {"CAP_BPF", 25, "cap_bpf"},
}

var namespaceRows = []weighed{
	{"user", 1500, ""}, {"mnt", 500, ""}, {"ipc", 500, ""}, {"pid", 500, ""}, {"cgroup", 500, ""}, {"net", 500, ""}, {"uts", 100, ""},
}

var familyRows = []weighed{
	{"AF_INET_INET6", 1500, "AF_INET AF_INET6"}, {"AF_UNIX", 25, "AF_UNIX"}, {"AF_NETLINK", 200, "AF_NETLINK"},
	{"AF_PACKET", 1000, "AF_PACKET"}, {"OTHER", 1250, ""},
}

var callRows = []weighed{
	{"swap", 1000, ""}, {"obsolete", 250, ""}, {"clock", 1000, ""}, {"cpu-emulation", 250, ""}, {"debug", 1000, ""}, {"mount", 1000, ""},
	{"module", 1000, ""}, {"raw-io", 1000, ""}, {"reboot", 1000, ""}, {"privileged", 700, ""}, {"resources", 700, ""},
}

func one(bad bool) uint64 {
	if bad {
		return 1
	}
	return 0
}

func always(judge func(*Sandbox) uint64) func(*Sandbox) (uint64, bool) {
	return func(s *Sandbox) (uint64, bool) { return judge(s), true }
}

func off(name string) func(*Sandbox) (uint64, bool) {
	return always(func(s *Sandbox) uint64 { return one(!s.switches[name]) })
}

// word gives the badness of a directive's word: pairs of a word and its badness, otherwise what holds without it.
func word(name string, otherwise uint64, pairs ...any) func(*Sandbox) (uint64, bool) {
	return always(func(s *Sandbox) uint64 {
		for i := 0; i+1 < len(pairs); i += 2 {
			if s.words[name] == pairs[i].(string) {
				return uint64(pairs[i+1].(int))
			}
		}
		return otherwise
	})
}

func judgeUser(s *Sandbox) (uint64, bool) {
	switch {
	case s.User == "nobody":
		return 9, true
	case s.Root():
		return 10, true
	}
	return 0, true
}

func judgeUMask(s *Sandbox) (uint64, bool) {
	for _, m := range []struct{ bit, bad uint64 }{{0o002, 10}, {0o004, 5}, {0o020, 2}, {0o040, 1}} {
		if s.UMask&m.bit == 0 {
			return m.bad, true
		}
	}
	return 0, true
}

func judgeArchitectures(s *Sandbox) uint64 {
	switch {
	case len(s.archs) == 0:
		return 10
	case len(s.archs) == 1 && s.archs["native"]:
		return 0
	}
	return 8
}

func judgeDevices(s *Sandbox) uint64 {
	switch {
	case s.devicePolicy != "closed" && s.devicePolicy != "strict":
		return 10
	case s.devices > 0:
		return 5
	}
	return 0
}

func emptyOrRoot(path string) bool { return strings.Trim(path, "/") == "" }
