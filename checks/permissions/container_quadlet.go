package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
	"hardcheck/checks/permissions/composefile"
)

// isQuadlet reports a unit that Podman turns into a service (podman-systemd.unit(5)).
func isQuadlet(e *checks.Entry) bool {
	return e.Mode.IsRegular() && (e.Ext() == ".container" || e.Ext() == ".pod")
}

// quadletKeys are the keys of [Container] and [Pod] that matter here, by the key that Compose gives them.
var quadletKeys = map[string]string{
	"AddCapability": "cap_add", "DropCapability": "cap_drop", "AddDevice": "devices", "GroupAdd": "group_add", "Network": "network_mode",
	"ReadOnly": "read_only", "User": "user", "UserNS": "userns_mode", "Volume": "volumes", "PidsLimit": "pids_limit",
}

// quadletWords are keys that hold several values in one line.
var quadletWords = set("AddCapability DropCapability")

func quadletFile(p *checks.Pass, f *checks.File) error {
	start := &composefile.Value{Kind: composefile.Map, Fields: map[string]*composefile.Value{}}
	found := false
	for _, entry := range systemd.Of(f).Entries {
		if entry.Section != "Container" && entry.Section != "Pod" {
			continue
		}
		found = true
		setQuadlet(start, entry)
	}
	if !found {
		return nil // a file of another program
	}
	judgeStart(p, f, "Quadlet unit", strings.TrimSuffix(f.Name(), path.Ext(f.Name())), start, checks.Critical)
	return nil
}

func setQuadlet(start *composefile.Value, entry systemd.Entry) {
	// %h is the home directory of the user whose container it is, %t /run or below: both as systemd says.
	value := strings.NewReplacer("%h", "~", "%t", "/run", "%%", "%").Replace(entry.Value)
	value = strings.Trim(value, `"`)
	on := composeTrue[strings.ToLower(value)]
	switch entry.Key {
	case "PodmanArgs", "GlobalArgs":
		var args []argument
		for _, word := range systemd.Words(value) {
			args = append(args, argument{word, entry.Place})
		}
		setArguments(start, args)
	case "SecurityLabelDisable":
		if on {
			setStart(start, "security_opt", "label=disable", entry.Place)
		}
	case "SecurityLabelType":
		setStart(start, "security_opt", "label=type:"+value, entry.Place)
	case "SeccompProfile":
		setStart(start, "security_opt", "seccomp="+value, entry.Place)
	case "AppArmor":
		setStart(start, "security_opt", "apparmor="+value, entry.Place)
	case "Unmask":
		setStart(start, "security_opt", "unmask="+value, entry.Place)
	case "NoNewPrivileges":
		if on {
			setStart(start, "security_opt", "no-new-privileges:true", entry.Place)
		}
	case "Secret":
		setQuadletSecret(start, value, entry.Place)
	default:
		key := quadletKeys[entry.Key]
		switch {
		case key == "":
		case quadletWords[entry.Key]:
			for word := range strings.FieldsSeq(value) {
				setStart(start, key, word, entry.Place)
			}
		default:
			setStart(start, key, strings.TrimPrefix(value, "-"), entry.Place)
		}
	}
}

// setQuadletSecret reads Secret=name,mode=0444. Podman reads the mode as octal.
func setQuadletSecret(start *composefile.Value, value string, place checks.Place) {
	name, options, _ := strings.Cut(value, ",")
	for option := range strings.SplitSeq(options, ",") {
		mode, ok := strings.CutPrefix(option, "mode=")
		if !ok {
			continue
		}
		scalar := func(text string) *composefile.Value {
			return &composefile.Value{Kind: composefile.Scalar, Text: text, Raw: text, Place: place, Quoted: true}
		}
		item := &composefile.Value{Place: place}
		item.Set("source", scalar(name))
		item.Set("mode", scalar(mode))
		list := start.Get("secrets")
		if list == nil {
			list = &composefile.Value{Kind: composefile.List, Place: place}
			start.Set("secrets", list)
		}
		list.Items = append(list.Items, item)
	}
}

// judgeStart judges one container that no Compose file starts. No finding of it is more severe than most.
func judgeStart(p *checks.Pass, f *checks.File, kind, name string, start *composefile.Value, most checks.Severity) {
	subject := checks.Subject{Kind: kind, Name: f.Path}
	failed := false
	(&service{name: name, value: start}).each(func(at *composefile.Value, fault fault) {
		failed = true
		finding := fault.finding(subject, name, at.Place, f.Path)
		if finding.Severity = min(finding.Severity, most); finding.Severity == 0 && most < checks.Critical {
			finding.Severity = min(p.Check.Rule(finding.Rule).Severity, most)
		}
		p.Fail(finding)
	})
	if !failed {
		p.OK(subject)
	}
}
