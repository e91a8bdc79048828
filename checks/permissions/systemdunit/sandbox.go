package systemdunit

import (
	"net/netip"
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/systemd"
)

// Sandbox is what the sandboxing directives of a service add up to (systemd.exec(5), systemd.resource-control(5)).
type Sandbox struct {
	User        string // "" is root
	DynamicUser bool
	// Bounding and Ambient have a bit for each capability.
	Bounding, Ambient uint64
	UMask             uint64

	switches     map[string]bool   // directives that are on or off
	words        map[string]string // directives with one word of a few
	groups       int               // of SupplementaryGroups=
	boot         bool              // DefaultDependencies=no
	namespaces   uint64            // types that may be made
	spaces       bool              // RestrictNamespaces= was given
	families     families
	archs        map[string]bool
	calls        callFilter
	devices      int
	devicePolicy string
	allow, deny  []netip.Prefix
	filters      bool // IPIngressFilterPath= or IPEgressFilterPath=
	rootDir      string
	rootImage    string
}

// switchNames are the directives of [Service] that are on or off.
var switchNames = set(`PrivateDevices PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProtectControlGroups ProtectKernelModules
ProtectKernelTunables ProtectKernelLogs ProtectClock ProtectHostname LockPersonality MemoryDenyWriteExecute NoNewPrivileges
RestrictRealtime RestrictSUIDSGID DynamicUser RemoveIPC`)

// wordsOf are the words that a directive takes besides a truth value, which is allowed where the first one is "yes".
var wordsOf = map[string][]string{
	"ProtectSystem": {"yes", "full", "strict"}, "ProtectHome": {"yes", "read-only", "tmpfs"},
	"ProtectProc": {"default", "noaccess", "invisible", "ptraceable"}, "ProcSubset": {"all", "pid"},
	"KeyringMode": {"private", "inherit", "shared"}, "NotifyAccess": {"none", "main", "exec", "all"},
}

// Of adds up the assignments of a unit and its drop-ins, in the order in which they apply.
func Of(entries []systemd.Entry) *Sandbox {
	s := &Sandbox{Bounding: EveryCapability, UMask: 0o022, switches: map[string]bool{}, words: map[string]string{}, archs: map[string]bool{}}
	for _, e := range entries {
		switch {
		case e.Section == "Unit" && e.Key == "DefaultDependencies":
			if on, ok := boolean(e.Value); ok {
				s.boot = !on
			}
		case e.Section == "Service":
			s.apply(e.Key, e.Value)
		}
	}
	s.imply()
	return s
}

func (s *Sandbox) apply(key, value string) {
	switch {
	case switchNames[key]:
		if on, ok := boolean(value); ok {
			s.switches[key] = on
		}
	case wordsOf[key] != nil:
		s.word(key, value)
	case key == "CapabilityBoundingSet":
		s.Bounding = merged(s.Bounding, EveryCapability, value)
	case key == "AmbientCapabilities":
		s.Ambient = merged(s.Ambient, 0, value)
	case key == "RestrictNamespaces":
		s.restrictNamespaces(value)
	case key == "RestrictAddressFamilies":
		s.families.add(value)
	case key == "SystemCallFilter":
		s.calls.add(value)
	default:
		s.applyRest(key, value)
	}
}

func (s *Sandbox) applyRest(key, value string) {
	switch key {
	case "User":
		s.User = value
	case "UMask":
		if m, ok := mode(value); ok {
			s.UMask = m
		}
	case "SupplementaryGroups":
		s.groups = counted(s.groups, value)
	case "SystemCallArchitectures":
		if value == "" {
			clear(s.archs)
		}
		for _, arch := range strings.Fields(value) {
			s.archs[arch] = true
		}
	case "Delegate":
		on, ok := boolean(value)
		s.switches[key] = on || !ok
	case "DevicePolicy":
		if slices.Contains([]string{"auto", "closed", "strict"}, value) {
			s.devicePolicy = value
		}
	case "DeviceAllow":
		if value == "" || strings.HasPrefix(value, "/") || strings.HasPrefix(value, "char-") || strings.HasPrefix(value, "block-") {
			s.devices = counted(s.devices, value)
		}
	case "IPAddressAllow":
		s.allow = prefixes(s.allow, value)
	case "IPAddressDeny":
		s.deny = prefixes(s.deny, value)
	case "IPIngressFilterPath", "IPEgressFilterPath":
		s.filters = value != ""
	case "RootDirectory":
		s.rootDir = value
	case "RootImage":
		s.rootImage = value
	}
}

// word sets a directive that takes one word of a few; another value is ignored, as systemd does.
func (s *Sandbox) word(key, value string) {
	list := wordsOf[key]
	on, ok := boolean(value)
	switch {
	case slices.Contains(list, value):
		s.words[key] = value
	case list[0] == "yes" && ok:
		s.words[key] = "no"
		if on {
			s.words[key] = "yes"
		}
	}
}

func (s *Sandbox) restrictNamespaces(value string) {
	if value == "" {
		s.spaces = false
		return
	}
	if on, ok := boolean(value); ok {
		s.spaces, s.namespaces = true, everyNamespace
		if on {
			s.namespaces = 0
		}
		return
	}
	value, deny := strings.CutPrefix(value, "~")
	types, ok := namespaces(value)
	switch {
	case !ok:
		return
	case !s.spaces && deny:
		s.namespaces = everyNamespace &^ types
	case !s.spaces:
		s.namespaces = types
	case deny:
		s.namespaces &^= types
	default:
		s.namespaces |= types
	}
	s.spaces = true
}

// imply adds what one directive means for others.
func (s *Sandbox) imply() {
	s.DynamicUser = s.switches["DynamicUser"]
	if s.DynamicUser {
		for _, name := range []string{"PrivateTmp", "RemoveIPC", "NoNewPrivileges", "RestrictSUIDSGID"} {
			s.switches[name] = true
		}
		s.words["ProtectSystem"] = "strict"
		if home := s.words["ProtectHome"]; home == "" || home == "no" {
			s.words["ProtectHome"] = "read-only"
		}
	}
	for _, i := range []struct{ directive, lost string }{
		{"PrivateDevices", "cap_mknod cap_sys_rawio"}, {"ProtectKernelModules", "cap_sys_module"},
		{"ProtectKernelLogs", "cap_syslog"}, {"ProtectClock", "cap_sys_time cap_wake_alarm"},
	} {
		if s.switches[i.directive] {
			s.Bounding &^= capabilities(i.lost)
		}
	}
	auto := s.devicePolicy == "" || s.devicePolicy == "auto"
	if auto && s.switches["PrivateDevices"] {
		s.devicePolicy = "closed"
	}
	if s.switches["ProtectClock"] { // reading the clock device stays allowed
		s.devices++
	}
	if s.rootImage != "" {
		s.devices++
	}
}

// Root reports whether the service runs as root.
func (s *Sandbox) Root() bool {
	return s.User == "root" || s.User == "0" || s.User == "" && !s.DynamicUser
}

// Switch reports whether a directive that is on or off is on.
func (s *Sandbox) Switch(name string) bool { return s.switches[name] }

// Word is the value of a directive with one word of a few, "" where it was not given.
func (s *Sandbox) Word(name string) string { return s.words[name] }

// merged applies an assignment of capabilities to what stood before.
func merged(before, initial uint64, value string) uint64 {
	value, deny := strings.CutPrefix(value, "~")
	named := capabilities(value)
	switch {
	case named == 0 || before == initial:
		if deny {
			return EveryCapability &^ named
		}
		return named
	case deny:
		return before &^ named
	}
	return before | named
}

func counted(before int, value string) int {
	if value == "" {
		return 0
	}
	return before + len(strings.Fields(value))
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
