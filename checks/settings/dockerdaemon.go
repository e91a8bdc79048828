package settings

import (
	"go.yaml.in/yaml/v4"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// dockerDaemonReader reads how Docker keeps what containers write, where a service does not say: daemon.json
// (https://docs.docker.com/engine/logging/configure/).
func dockerDaemonReader() reader {
	return reader{layer: "docker daemon", resolve: standalone, read: readDockerDaemon, wants: func(e *checks.Entry) bool {
		return e.Mode.IsRegular() && e.Size <= maxConfigSize && withoutTemplateSuffix(e.Name()) == "daemon.json"
	}}
}

// dockerDaemonKeys tell Docker's file from others of its name.
var dockerDaemonKeys = words("log-driver log-opts live-restore userns-remap icc no-new-privileges storage-driver registry-mirrors insecure-registries data-root default-ulimits hosts tls tlsverify exec-opts bip iptables default-address-pools experimental userland-proxy dns runtimes features")

func readDockerDaemon(f *checks.File) (any, []checks.Problem) {
	stream := yamldoc.Of(f)
	if len(stream.Docs) != 1 || stream.Docs[0].Kind != yaml.MappingNode {
		return nil, nil
	}
	known := false
	yamldoc.Each(stream.Docs[0], func(key, _ *yaml.Node) { known = known || dockerDaemonKeys[key.Value] })
	if !known {
		return nil, nil
	}
	s := &checks.Scope{Layer: "docker daemon", Kind: "file", Name: "logs", Place: yamldoc.Place(f, stream.Docs[0])}
	driver := checks.Setting{Layer: s.Layer, Name: "log-driver", Value: "json-file", Origin: checks.OriginDefault, Place: s.Place, Scope: s.Name}
	add := func(name string, n *yaml.Node) checks.Setting {
		text, _ := yamldoc.Text(n)
		set := checks.Setting{Layer: s.Layer, Name: name, Value: text, Raw: redacted(name, text), Origin: checks.OriginSet, Place: yamldoc.Place(f, n), Scope: s.Name}
		if yamldoc.Dynamic(n) {
			set.Value, set.Origin = nil, checks.OriginDynamic
		}
		return set
	}
	if n := yamldoc.Get(stream.Docs[0], "log-driver"); n != nil {
		driver = add("log-driver", n)
	}
	s.Settings = []checks.Setting{driver}
	yamldoc.Each(yamldoc.Get(stream.Docs[0], "log-opts"), func(key, value *yaml.Node) {
		if len(s.Settings) < maxOwn {
			s.Settings = append(s.Settings, add("log-opts."+key.Value, value))
		}
	})
	return []*checks.Scope{s}, nil
}
