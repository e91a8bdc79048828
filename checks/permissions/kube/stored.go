package kube

import (
	"path"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Stored judges what an object keeps for pods: a volume that is a directory of the node, which pods mount past the Pod
// Security Standards, and a token that never expires. ok is false for another kind of object.
func (o *Object) Stored() (list []Violation, ok bool) {
	switch {
	case o.Group != "":
		return nil, false
	case o.Kind == "PersistentVolume":
		n := yamldoc.Get(o.Node, "spec", "hostPath", "path")
		if host := text(n); host != "" && !yamldoc.Dynamic(n) && (hostDirectory(path.Clean(host)) || runtimeDirectories[path.Clean(host)] || runtimeSockets[path.Base(path.Clean(host))]) {
			list = append(list, Violation{Rule: "host-volume", Node: n, Attribute: "spec.hostPath.path", Expected: "local, or the volume of a storage driver", Actual: host,
				Message: "Whoever may claim this volume mounts " + host + " of the node, in a namespace that forbids hostPath too"})
		}
		return list, true
	case o.Kind == "Secret" && text(yamldoc.Get(o.Node, "type")) == "kubernetes.io/service-account-token":
		account := text(yamldoc.Get(o.Node, "metadata", "annotations", "kubernetes.io/service-account.name"))
		list = append(list, Violation{Rule: "stored-token", Node: yamldoc.Get(o.Node, "type"), Attribute: "type", Expected: "kubectl create token, or a projected token",
			Actual: "kubernetes.io/service-account-token", Message: "The token of service account " + account + " never expires, and whoever reads secrets has it"})
		return list, true
	}
	return nil, false
}
