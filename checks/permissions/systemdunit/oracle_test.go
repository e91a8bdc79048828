package systemdunit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
)

// analyze asks systemd-analyze for the levels of units of a root.
func analyze(t *testing.T, root string, units []string) map[string]string {
	t.Helper()
	program, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed (package systemd): NOT COMPARED WITH THE REAL PROGRAM")
	}
	version, _ := exec.Command(program, "--version").Output()
	if !strings.HasPrefix(string(version), "systemd 252 ") {
		t.Skipf("the weights are those of systemd 252, and this is %s", strings.SplitN(string(version), "\n", 2)[0])
	}
	levels := map[string]string{}
	for len(units) > 0 {
		n := min(len(units), 50)
		out, err := exec.Command(program, append([]string{"security", "--offline=true", "--no-pager", "--root=" + root}, units[:n]...)...).Output()
		if err != nil && len(out) == 0 {
			t.Fatalf("systemd-analyze: %v: %s", err, err.(*exec.ExitError).Stderr)
		}
		for _, m := range overall.FindAllStringSubmatch(string(out), -1) {
			levels[m[1]] = m[2] + " " + m[3]
		}
		units = units[n:]
	}
	return levels
}

var overall = regexp.MustCompile(`Overall exposure level for (\S+): ([0-9.]+) (\w+)`)

func entriesOf(text string) []systemd.Entry {
	return systemd.Of(&checks.File{Entry: &checks.Entry{Path: "x.service"}, Data: []byte(text), Whole: true}).Entries
}

// TestGenerated compares the level of units made of random directives with the one systemd-analyze gives them.
func TestGenerated(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "etc/systemd/system")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	texts, names := map[string]string{}, []string{}
	add := func(text string) {
		name := fmt.Sprintf("u%04d.service", len(names))
		names, texts[name] = append(names, name), text
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range vocabulary {
		for _, value := range d.values {
			add("[Service]\nExecStart=/bin/true\n" + d.key + "=" + value + "\n")
		}
	}
	for range 3000 {
		add(randomUnit(random))
	}
	compareLevels(t, analyze(t, root, names), names, texts)
}

func compareLevels(t *testing.T, levels map[string]string, names []string, texts map[string]string) {
	t.Helper()
	if len(levels) < len(names)*99/100 {
		t.Fatalf("systemd-analyze gave %d levels for %d units", len(levels), len(names))
	}
	wrong := 0
	for _, name := range names {
		theirs, known := levels[name]
		e, _ := Of(entriesOf(texts[name])).Exposure()
		if ours := e.String() + " " + e.Label(); known && ours != theirs {
			if wrong++; wrong <= 20 {
				t.Errorf("%s: %s, systemd-analyze says %s\n%s", name, ours, theirs, texts[name])
			}
		}
	}
	t.Logf("%d of %d levels agree", len(levels)-wrong, len(levels))
}

func randomUnit(random *rand.Rand) string {
	var b strings.Builder
	if random.IntN(6) == 0 {
		b.WriteString("[Unit]\nDefaultDependencies=no\n")
	}
	b.WriteString("[Service]\nExecStart=/bin/true\n")
	for range random.IntN(60) {
		d := vocabulary[random.IntN(len(vocabulary))]
		b.WriteString(d.key + "=" + d.values[random.IntN(len(d.values))] + "\n")
	}
	return b.String()
}

var truth = []string{"yes", "no", "true", "0", "on", "", "nonsense"}

// vocabulary are directives with values to try: good, bad, empty, wrong.
var vocabulary = func() []struct {
	key    string
	values []string
} {
	type directive = struct {
		key    string
		values []string
	}
	var list []directive
	for _, name := range strings.Fields(`PrivateDevices PrivateMounts PrivateNetwork PrivateTmp PrivateUsers ProtectControlGroups ProtectKernelModules
ProtectKernelTunables ProtectKernelLogs ProtectClock ProtectHostname LockPersonality MemoryDenyWriteExecute NoNewPrivileges
RestrictRealtime RestrictSUIDSGID RemoveIPC Delegate`) {
		list = append(list, directive{name, truth})
	}
	list = append(list, []directive{
		{"DynamicUser", []string{"yes", "no", "true", "0"}}, // a value that is none makes systemd refuse the unit
		{"User", []string{"root", "0", "daemon", "nobody", "", "www-data"}},
		{"SupplementaryGroups", []string{"adm", "adm daemon", ""}},
		{"UMask", []string{"0022", "0077", "0000", "0002", "0027", "077", "0037", "nonsense", "0070"}},
		{"ProtectSystem", []string{"yes", "no", "full", "strict", "", "nonsense", "true"}},
		{"ProtectHome", []string{"yes", "no", "read-only", "tmpfs", "", "nonsense"}},
		{"ProtectProc", []string{"default", "noaccess", "invisible", "ptraceable", "", "no"}},
		{"ProcSubset", []string{"all", "pid", ""}},
		{"KeyringMode", []string{"private", "inherit", "shared", ""}},
		{"NotifyAccess", []string{"none", "main", "exec", "all", ""}},
		{"RootDirectory", []string{"/", "/srv/jail", ""}},
		{"Delegate", []string{"cpu memory", "memory"}},
		{"CapabilityBoundingSet", []string{"", "~", "CAP_NET_BIND_SERVICE", "CAP_SYS_ADMIN CAP_SETUID", "~CAP_SYS_ADMIN", "~CAP_SYS_PTRACE CAP_SYS_TIME CAP_MKNOD", "cap_kill", "KILL", "CAP_NONE", "12", "~CAP_BPF CAP_SYS_PACCT CAP_LEASE CAP_WAKE_ALARM CAP_SYS_TTY_CONFIG"}},
		{"AmbientCapabilities", []string{"", "CAP_NET_BIND_SERVICE", "~CAP_SYS_ADMIN", "CAP_KILL"}},
		{"RestrictNamespaces", []string{"yes", "no", "", "~user", "user mnt", "~cgroup ipc net", "pid", "nonsense", "uts net", "~mnt pid user uts"}},
		{"RestrictAddressFamilies", []string{"", "none", "AF_INET AF_INET6", "AF_UNIX", "~AF_PACKET", "AF_NETLINK AF_UNIX", "~AF_INET", "AF_BLUETOOTH", "~AF_BLUETOOTH AF_NETLINK"}},
		{"SystemCallArchitectures", []string{"", "native", "x86-64", "native x86", "x86"}},
		{"SystemCallFilter", []string{"", "@system-service", "~@privileged @resources", "~@mount", "@clock", "~@swap @obsolete", "read write", "~ptrace", "@system-service:EPERM", "~@clock @cpu-emulation @debug @module @mount @obsolete @raw-io @reboot @swap", "~reboot", "@default", "swapon", "~@system-service"}},
		{"SystemCallErrorNumber", []string{"EPERM"}},
		{"DevicePolicy", []string{"auto", "closed", "strict", ""}},
		{"DeviceAllow", []string{"", "/dev/null rw", "char-rtc r"}},
		{"IPAddressDeny", []string{"", "any", "0.0.0.0/0", "::/0", "10.0.0.0/8"}},
		{"IPAddressAllow", []string{"", "localhost", "10.0.0.1", "127.0.0.5", "any", "link-local"}},
	}...)
	return list
}()

// TestInstalled compares the units that packages of this machine installed.
func TestInstalled(t *testing.T) {
	const dir = "/usr/lib/systemd/system"
	files, _ := filepath.Glob(dir + "/*.service")
	texts, names := map[string]string{}, []string{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		info, lerr := os.Lstat(file)
		name := filepath.Base(file)
		drop, _ := filepath.Glob(file + ".d/*.conf")
		if err != nil || lerr != nil || !info.Mode().IsRegular() || strings.Contains(name, "@.") || len(drop) > 0 {
			continue
		}
		names, texts[name] = append(names, name), string(data)
	}
	if len(names) == 0 {
		t.Skip("no unit is installed here")
	}
	root := t.TempDir()
	for name, text := range texts {
		at := filepath.Join(root, "etc/systemd/system", name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	compareLevels(t, analyze(t, root, names), names, texts)
}
