package permissions

import (
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/composefile"
)

// runOptions are the options of docker run and podman run that matter here, by the key that Compose gives them. Those of
// the second table take no value, or may stand without one.
var (
	runOptions = map[string]string{
		"--cap-add": "cap_add", "--cap-drop": "cap_drop", "--security-opt": "security_opt", "--device": "devices",
		"--device-cgroup-rule": "device_cgroup_rules", "--group-add": "group_add", "-v": "volumes", "--volume": "volumes",
		"--pid": "pid", "--ipc": "ipc", "--uts": "uts", "--userns": "userns_mode", "--cgroupns": "cgroup", "--network": "network_mode",
		"--net": "network_mode", "-u": "user", "--user": "user", "-e": "environment", "--env": "environment", "--mount": "mount",
		"--pids-limit": "pids_limit",
	}
	runSwitches = map[string]string{"--privileged": "privileged", "--read-only": "read_only"}
	listKeys    = set("cap_add cap_drop security_opt devices device_cgroup_rules group_add volumes environment")
)

// argument is one word of a command line, with its place.
type argument struct {
	text  string
	place checks.Place
}

// setArguments gives the service what the options of docker run say.
func setArguments(service *composefile.Value, args []argument) {
	for i := 0; i < len(args); i++ {
		name, value, given := strings.Cut(args[i].text, "=")
		place := args[i].place
		if key := runSwitches[name]; key != "" {
			if !given {
				value = "true"
			}
			setStart(service, key, value, place)
			continue
		}
		key := runOptions[name]
		if key == "" {
			continue
		}
		if !given && i+1 < len(args) {
			i++
			value = args[i].text
		}
		if key == "mount" {
			setMount(service, value, place)
			continue
		}
		setStart(service, key, value, place)
	}
}

// setStart sets one key of a service, or adds to its list.
func setStart(service *composefile.Value, key, text string, place checks.Place) {
	v := &composefile.Value{Kind: composefile.Scalar, Text: text, Raw: text, Place: place}
	if strings.Contains(text, "${") {
		v.Text, v.Unknown = "", true
	}
	if !listKeys[key] {
		service.Set(key, v)
		return
	}
	list := service.Get(key)
	if list == nil {
		list = &composefile.Value{Kind: composefile.List, Place: place}
		service.Set(key, list)
	}
	list.Items = append(list.Items, v)
}

// setMount reads --mount type=bind,source=/x,target=/y,readonly.
func setMount(service *composefile.Value, text string, place checks.Place) {
	fields := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(part, "=")
		fields[strings.ToLower(strings.TrimSpace(name))] = value
	}
	source := fields["source"] + fields["src"]
	if fields["type"] != "bind" || source == "" {
		return
	}
	short := source + ":" + fields["target"] + fields["dst"] + fields["destination"]
	_, readOnly := fields["readonly"]
	if _, ro := fields["ro"]; readOnly || ro {
		short += ":ro"
	}
	setStart(service, "volumes", short, place)
}
