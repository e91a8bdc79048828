package kube

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// podText writes a manifest around the lines of a specification.
func podText(spec string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  " + strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  ") + "\n"
}

// hard is what the restricted standard of the newest version asks of a container.
const hard = `
securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
containers:
- name: app
  securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`

// TestControlsByVersion has, for each control that changed, a pod and the first version that judges it otherwise.
func TestControlsByVersion(t *testing.T) {
	for _, c := range []struct {
		name          string
		level         Level
		spec          string
		since         Version // the first version that gives "after"
		before, after string  // rules, joined
	}{
		{"privilege escalation came in 1.8", Restricted, "securityContext: {runAsNonRoot: true}\ncontainers: [{name: a}]", 8, "", "privilege-escalation"},
		{"seccomp became a field in 1.19", Baseline, "securityContext: {seccompProfile: {type: Unconfined}}\ncontainers: [{name: a}]", 19, "", "seccomp"},
		{"dropping all came in 1.22", Restricted, strings.Replace(hard, "drop: [ALL]", "drop: [KILL]", 1), 22, "", "capabilities-kept"},
		{"only one may be added from 1.22", Restricted, strings.Replace(hard, "drop: [ALL]", "drop: [ALL], add: [CHOWN]", 1), 22, "", "capabilities"},
		{"user 0 is forbidden from 1.23", Restricted, strings.Replace(hard, "true,", "true, runAsUser: 0,", 1), 23, "", "run-as-user"},
		{"Windows is exempt from 1.25", Restricted, "os: {name: windows}\nsecurityContext: {runAsNonRoot: true}\ncontainers: [{name: a}]", 25,
			"privilege-escalation seccomp capabilities-kept", ""},
		{"reserved ports are safe from 1.27", Baseline, sysctl("net.ipv4.ip_local_reserved_ports"), 27, "sysctls", ""},
		{"keepalive is safe from 1.29", Baseline, sysctl("net.ipv4.tcp_keepalive_time"), 29, "sysctls", ""},
		{"buffers are safe from 1.32", Baseline, sysctl("net.ipv4.tcp_wmem"), 32, "sysctls", ""},
		{"idle slow start is safe from 1.37", Baseline, sysctl("net.ipv4.tcp_slow_start_after_idle"), 37, "sysctls", ""},
		{"container engines have their type from 1.31", Baseline, "securityContext: {seLinuxOptions: {type: container_engine_t}}\ncontainers: [{name: a}]", 31, "selinux", ""},
		{"image volumes are allowed from 1.33", Restricted, hard + "volumes: [{name: v, image: {reference: r}}]", 33, "volume-types", ""},
		{"hosts of probes are forbidden from 1.34", Baseline, "containers: [{name: a, livenessProbe: {httpGet: {host: 127.0.0.1, port: 80}}}]", 34, "", "host-probes"},
		{"a user namespace allows an unmasked /proc from 1.35", Baseline, "hostUsers: false\ncontainers: [{name: a, securityContext: {procMount: Unmasked}}]", 35, "proc-mount", ""},
		{"a user namespace allows root from 1.35", Restricted, "hostUsers: false\n" + strings.Replace(hard, "true,", "false, runAsUser: 0,", 1), 35, "run-as-non-root run-as-user", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for version, want := range map[Version]string{c.since - 1: c.before, c.since: c.after} {
				var rules []string
				for _, v := range judged(t, podText(c.spec), c.level, version) {
					rule, _, _ := strings.Cut(v, " ")
					rules = append(rules, rule)
				}
				if got := strings.Join(rules, " "); got != want {
					t.Errorf("%v: %q, expected %q", version, got, want)
				}
			}
		})
	}
}

func sysctl(name string) string {
	return "securityContext: {sysctls: [{name: " + name + ", value: \"1\"}]}\ncontainers: [{name: a}]"
}

// TestControls holds what no version changes, and its look-alikes.
func TestControls(t *testing.T) {
	for _, c := range []struct {
		spec string
		want []string
	}{
		{hard, nil},
		{"hostPID: true\nhostIPC: false\n" + hard, []string{"host-namespaces hostPID"}},
		{"hostNetwork: null\n" + hard, nil},
		{hard + "volumes: [{name: v}, {name: n, nfs: null}, {name: h, hostPath: null}]", nil},
		{hard + "volumes: [{name: v, hostPath: {}}]", []string{"host-path hostPath"}},
		{hard + "volumes: [{name: v, nfs: {server: s}}]", []string{"volume-types volumes"}},
		{strings.Replace(hard, "drop: [ALL]", "drop: [all]", 1), []string{"capabilities-kept app securityContext.capabilities.drop"}},
		{strings.Replace(hard, "drop: [ALL]", "drop: [ALL], add: [CAP_NET_BIND_SERVICE]", 1), []string{"capabilities app securityContext.capabilities.add"}},
		{strings.Replace(hard, "drop: [ALL]", "drop: [ALL], add: [NET_BIND_SERVICE]", 1), nil},
		{strings.Replace(hard, "RuntimeDefault", "runtime/default", 1), []string{"seccomp securityContext.seccompProfile.type"}},
		{hard + "- name: two\n  securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: false, capabilities: {drop: [ALL]}}",
			[]string{"run-as-non-root two securityContext.runAsNonRoot"}},
		{hard + "ephemeralContainers: [{name: debug, securityContext: {privileged: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]",
			[]string{"privileged debug securityContext.privileged"}},
		{hard + "initContainers: [{name: i, ports: [{containerPort: 1, hostPort: 0}, {containerPort: 2, hostPort: 2}], securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]",
			[]string{"host-ports i hostPort"}},
		{strings.Replace(hard, "runAsNonRoot: true", "runAsNonRoot: true, seLinuxOptions: {type: \"\", user: root, level: s0}", 1), []string{"selinux securityContext.seLinuxOptions.user"}},
		{strings.Replace(hard, "runAsNonRoot: true", "runAsNonRoot: true, appArmorProfile: {type: Unconfined}", 1), []string{"apparmor securityContext.appArmorProfile.type"}},
		{strings.Replace(hard, "runAsNonRoot: true", "runAsNonRoot: true, windowsOptions: {hostProcess: true}", 1), []string{"windows-host-process securityContext.windowsOptions.hostProcess"}},
	} {
		if diff := cmp.Diff(c.want, judged(t, podText(c.spec), Restricted, Newest)); diff != "" {
			t.Errorf("%s\n%s", c.spec, diff)
		}
	}
}

func TestAnnotations(t *testing.T) {
	pod := func(annotation string) string {
		return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {" + annotation + "}}\nspec: {containers: [{name: a}]}\n"
	}
	for _, c := range []struct {
		annotation string
		version    Version
		want       []string
	}{
		{"seccomp.security.alpha.kubernetes.io/pod: unconfined", 18, []string{"seccomp seccomp.security.alpha.kubernetes.io/pod"}},
		{"seccomp.security.alpha.kubernetes.io/pod: unconfined", 19, nil},
		{"seccomp.security.alpha.kubernetes.io/pod: docker/default", 0, nil},
		{"container.seccomp.security.alpha.kubernetes.io/a: unconfined", 0, []string{"seccomp container.seccomp.security.alpha.kubernetes.io/a"}},
		{"container.seccomp.security.alpha.kubernetes.io/none: unconfined", 0, nil},
		{"container.apparmor.security.beta.kubernetes.io/a: unconfined", Newest, []string{"apparmor container.apparmor.security.beta.kubernetes.io/a"}},
		{"container.apparmor.security.beta.kubernetes.io/a: localhost/p", 0, nil},
		{"container.apparmor.security.beta.kubernetes.io/a: \"\"", 0, nil},
	} {
		if diff := cmp.Diff(c.want, judged(t, pod(c.annotation), Baseline, c.version)); diff != "" {
			t.Errorf("%s under %v\n%s", c.annotation, c.version, diff)
		}
	}
}

func TestVersions(t *testing.T) {
	for word, want := range map[string]Version{"latest": Newest, "1.0": 0, "1.30": 30, "1.3": 3, "1.37": 37} {
		if got, err := ParseVersion(word); err != nil || got != want {
			t.Errorf("%s: %v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "1", "1.38", "2.0", "v1.20", "1.-1", "1.x"} {
		if got, err := ParseVersion(word); err == nil {
			t.Errorf("%q is %v", word, got)
		}
	}
}
