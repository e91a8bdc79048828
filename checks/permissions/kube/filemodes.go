package kube

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// modeSources are the volumes whose files have a mode, and the field that sets it for all of them.
var modeSources = []string{"secret", "configMap", "downwardAPI", "projected"}

// modes judges the modes of the files in volumes.
func (h *hardening) modes() {
	for _, v := range yamldoc.Items(yamldoc.Get(h.pod.Spec, "volumes")) {
		name := text(yamldoc.Get(v, "name"))
		item := append(slices.Clone(h.pod.Path), "volumes[name="+name+"]")
		for _, source := range modeSources {
			volume := yamldoc.Get(v, source)
			h.mode(name, yamldoc.Get(volume, "defaultMode"), append(slices.Clone(item), source, "defaultMode"))
			for _, file := range yamldoc.Items(yamldoc.Get(volume, "items")) {
				h.mode(name, yamldoc.Get(file, "mode"), nil)
			}
			for _, part := range yamldoc.Items(yamldoc.Get(volume, "sources")) {
				for _, inner := range modeSources {
					for _, file := range yamldoc.Items(yamldoc.Get(part, inner, "items")) {
						h.mode(name, yamldoc.Get(file, "mode"), nil)
					}
				}
			}
		}
	}
}

// mode judges one mode. The API takes a number of 0 to 0777; YAML reads 600 as decimal, which is 01130, and JSON knows no
// other. Numbers that mean what they say in decimal, such as 420 for 0644, are left alone, and so is a right to write: these
// volumes are mounted read-only.
func (h *hardening) mode(volume string, n *yaml.Node, path []string) {
	written := text(n)
	value, ok := yamldoc.Int(n)
	if !ok || yamldoc.Dynamic(n) {
		return
	}
	var fix []Set
	octal, err := strconv.ParseInt(written, 8, 32)
	meant := err == nil && len(written) == 3 && usualModes[octal] && !usualModes[value]
	if path != nil && meant {
		fix = []Set{{path, "0" + written}}
	}
	switch {
	case meant && value > 0o777:
		h.reportMode(volume, n, fix, "0"+written, fmt.Sprintf("%s is decimal, which is %04o: the API server refuses the pod", written, value))
	case meant:
		h.reportMode(volume, n, fix, "0"+written, fmt.Sprintf("%s is decimal: the files get mode %04o", written, value))
	}
}

func (h *hardening) reportMode(volume string, n *yaml.Node, fix []Set, expected, message string) {
	h.field("volume-mode", n, nil, []string{strings.TrimSpace(volume + " mode")}, "", expected, message)
	h.list[len(h.list)-1].Sets = fix
}

// usualModes are modes that people give files.
var usualModes = map[int64]bool{0o400: true, 0o440: true, 0o444: true, 0o500: true, 0o550: true, 0o555: true, 0o600: true, 0o640: true, 0o644: true,
	0o660: true, 0o664: true, 0o666: true, 0o700: true, 0o740: true, 0o750: true, 0o755: true, 0o770: true, 0o775: true, 0o777: true}
