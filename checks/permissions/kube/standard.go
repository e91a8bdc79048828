package kube

// Level is a Pod Security Standard.
type Level string

// The standards that forbid something, each with what the one before it forbids.
const (
	Baseline   Level = "baseline"
	Restricted Level = "restricted"
)

// control is one control of the standards, and the versions of Kubernetes that enforce it.
type control struct {
	since, until Version // until is the first version without it; 0 for none
	restricted   bool
	linuxSince   Version // the first version that exempts pods of Windows from it; 0 for none
	judge        func(*judgement)
}

// controls are those of https://kubernetes.io/docs/concepts/security/pod-security-standards/ with the versions that the
// page and the changelogs of Kubernetes name. What changes inside a control is beside its code.
var controls = []control{
	{judge: hostNamespaces},
	{judge: privileged},
	{judge: baselineCapabilities},
	{judge: hostPaths},
	{judge: hostPorts},
	{judge: appArmor},
	{judge: seLinux},
	{judge: procMount},
	{judge: seccompAnnotations, until: 19},
	{judge: seccompFields, since: 19},
	{judge: sysctls},
	{judge: windowsHostProcess},
	{judge: hostProbes, since: 34},
	{judge: volumeTypes, restricted: true},
	{judge: privilegeEscalation, restricted: true, since: 8, linuxSince: 25},
	{judge: runAsNonRoot, restricted: true},
	{judge: runAsUser, restricted: true, since: 23},
	{judge: seccompSet, restricted: true, since: 19, linuxSince: 25},
	{judge: restrictedCapabilities, restricted: true, since: 22, linuxSince: 25},
}

// judgement is one pod under one standard of one version.
type judgement struct {
	found
	level   Level
	version Version
}

// Judge lists what of the pod breaks the standard as that version of Kubernetes enforces it.
func Judge(pod *Pod, level Level, version Version) []Violation {
	j := &judgement{found: found{pod: pod}, level: level, version: version}
	for _, c := range controls {
		switch {
		case c.restricted && level != Restricted:
		case version < c.since || c.until > 0 && version >= c.until:
		case pod.windows && c.linuxSince > 0 && version >= c.linuxSince:
		default:
			c.judge(j)
		}
	}
	return j.list
}

// relaxed reports whether the pod's user namespace makes harmless what makes root: from 1.35 on the standards say so.
func (j *judgement) relaxed() bool { return j.version >= 35 && !j.pod.hostUsers }
