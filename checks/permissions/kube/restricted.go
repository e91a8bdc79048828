package kube

import (
	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// What the restricted standard asks beyond the baseline.

// volumes are the sources that the restricted standard allows, by the version that first does. A volume without a source
// is an empty directory: the API server's default.
var volumes = map[string]Version{
	"configMap": 0, "csi": 0, "downwardAPI": 0, "emptyDir": 0, "ephemeral": 0, "persistentVolumeClaim": 0, "projected": 0, "secret": 0,
	"image": 33,
}

func volumeTypes(j *judgement) {
	for _, v := range yamldoc.Items(yamldoc.Get(j.pod.Spec, "volumes")) {
		yamldoc.Each(v, func(key, value *yaml.Node) {
			since, known := volumes[key.Value]
			if key.Value == "name" || key.Value == "hostPath" || known && j.version >= since || !present(value) {
				return
			}
			j.field("volume-types", key, nil, []string{"volumes"}, "", "configMap, csi, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret",
				"A volume of this type reaches storage past the cluster's own objects")
			j.instead(v, key.Value)
		})
	}
}

func privilegeEscalation(j *judgement) {
	path := []string{"securityContext", "allowPrivilegeEscalation"}
	const message = "Setuid programs and file capabilities give more privileges to"
	var unset []*Container
	j.containers(func(c *Container) {
		switch n := c.get(path...); {
		case !present(n):
			unset = append(unset, c)
		case !isFalse(n):
			j.field("privilege-escalation", n, c, path, "false", "false", message+" container "+c.Name)
		}
	})
	j.missing("privilege-escalation", unset, path, "false", "false", message)
}

// runAsNonRoot: a container's own value wins over the pod's, and neither may be false.
func runAsNonRoot(j *judgement) {
	if j.relaxed() {
		return
	}
	path := []string{"securityContext", "runAsNonRoot"}
	pod := yamldoc.Get(j.pod.Spec, path...)
	var unset []*Container
	j.contexts(func(c *Container, context *yaml.Node) {
		switch n := yamldoc.Get(context, path[1:]...); {
		case isFalse(n):
			j.field("run-as-non-root", n, c, path, "true", "true", "The container may run as root")
		case c != nil && !present(n) && !present(pod):
			unset = append(unset, c)
		}
	})
	j.missing("run-as-non-root", unset, path, "true", "true", "Nothing forbids root to")
}

func runAsUser(j *judgement) {
	if j.relaxed() {
		return
	}
	path := []string{"securityContext", "runAsUser"}
	j.contexts(func(c *Container, context *yaml.Node) {
		if n := yamldoc.Get(context, path[1:]...); isZero(n) {
			j.field("run-as-user", n, c, path, "10001", "a number above 0", "The container is told to run as root")
		}
	})
}

func seccompSet(j *judgement) {
	if present(yamldoc.Get(j.pod.Spec, "securityContext", "seccompProfile")) {
		return // the baseline's control judges what it is
	}
	var unset []*Container
	j.containers(func(c *Container) {
		if !present(c.get("securityContext", "seccompProfile")) {
			unset = append(unset, c)
		}
	})
	j.missing("seccomp", unset, []string{"securityContext", "seccompProfile", "type"}, "RuntimeDefault", "RuntimeDefault or Localhost",
		"No seccomp profile limits the system calls of")
}

func restrictedCapabilities(j *judgement) {
	var kept []*Container
	j.containers(func(c *Container) {
		for _, n := range yamldoc.Items(c.get(capabilitiesDrop...)) {
			if text(n) == "ALL" {
				return
			}
		}
		if n := c.get("securityContext", "capabilities"); yamldoc.Dynamic(n) || yamldoc.Dynamic(c.get(capabilitiesDrop...)) {
			return
		}
		kept = append(kept, c)
	})
	j.missing("capabilities-kept", kept, capabilitiesDrop, "[ALL]", "ALL", "The default capabilities stay with")
	j.addedCapabilities(map[string]bool{"NET_BIND_SERVICE": true}, defaultCapabilities, "NET_BIND_SERVICE at most",
		"adds a capability that the restricted standard forbids")
}
