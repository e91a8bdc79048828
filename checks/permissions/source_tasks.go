package permissions

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// tasks judges YAML that sets modes: Ansible's tasks, cloud-init's files and nfpm's contents.
func (j *sourceJudge) tasks() {
	text := j.file.Text()
	if strings.HasPrefix(text, "#cloud-config") {
		for _, doc := range yamldoc.Of(j.file).Docs {
			j.cloudInit(doc)
		}
		return
	}
	packages := strings.HasPrefix(j.file.Name(), "nfpm") || strings.HasPrefix(j.file.Name(), ".goreleaser") || strings.HasPrefix(j.file.Name(), "goreleaser")
	switch {
	case packages:
		for _, doc := range yamldoc.Of(j.file).Docs {
			j.packaged(doc, 0)
		}
	case ansible(j.file.Path, text):
		for _, doc := range yamldoc.Of(j.file).Docs {
			j.play(doc, 0)
		}
	}
}

// ansible reports a file that may hold tasks, by where it is or by what it says.
func ansible(path, text string) bool {
	for _, dir := range []string{"/tasks/", "/handlers/", "/playbooks/", "/roles/"} {
		if strings.Contains("/"+path, dir) {
			return true
		}
	}
	return strings.Contains(text, "ansible.") || strings.Contains(text, "hosts:") && strings.Contains(text, "- ")
}

// maxTaskDepth bounds plays, blocks and roles inside each other.
const maxTaskDepth = 12

// play judges a list of plays or tasks, and the lists inside them.
func (j *sourceJudge) play(n *yaml.Node, depth int) {
	if depth > maxTaskDepth {
		return
	}
	for _, task := range yamldoc.Items(n) {
		yamldoc.Each(task, func(key, value *yaml.Node) {
			switch key.Value {
			case "tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always":
				j.play(value, depth+1)
			default:
				j.task(key.Value[strings.LastIndexByte(key.Value, '.')+1:], value)
			}
		})
	}
}

// fileModules are Ansible's modules that take a mode.
var fileModules = set("file copy template get_url unarchive lineinfile blockinfile replace assemble archive git_config ini_file xml uri synchronize tempfile authorized_key cron openssl_privatekey x509_certificate")

func (j *sourceJudge) task(module string, value *yaml.Node) {
	switch {
	case fileModules[module] && value.Kind == yaml.MappingNode:
		j.node("mode", yamldoc.Get(value, "mode"))
		j.node("directory_mode", yamldoc.Get(value, "directory_mode"))
	case fileModules[module]: // the old form: file: path=/srv mode=0777
		if text, ok := yamldoc.Text(value); ok {
			for word := range strings.FieldsSeq(text) {
				if mode, found := strings.CutPrefix(word, "mode="); found {
					j.node("mode", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Trim(mode, `'"`), Line: value.Line, Column: value.Column})
				}
			}
		}
	case module == "shell" || module == "command" || module == "raw":
		if cmd := yamldoc.Get(value, "cmd"); cmd != nil {
			value = cmd
		}
		j.script(value)
	}
}

// script judges shell in a value of YAML: what a template puts in is not known.
func (j *sourceJudge) script(n *yaml.Node) {
	text, ok := yamldoc.Text(n)
	if !ok || strings.Contains(text, "{{") && !strings.Contains(text, "chmod") {
		return
	}
	place := yamldoc.Place(j.file, n)
	j.commands(strings.NewReplacer("{{", "$(", "}}", ")").Replace(text), &place)
}

// cloudInit judges write_files and what is run at the first boot.
func (j *sourceJudge) cloudInit(doc *yaml.Node) {
	for _, f := range yamldoc.Items(yamldoc.Get(doc, "write_files")) {
		j.node("permissions", yamldoc.Get(f, "permissions"))
	}
	for _, list := range []string{"runcmd", "bootcmd"} {
		for _, c := range yamldoc.Items(yamldoc.Get(doc, list)) {
			if c = yamldoc.Deref(c); c.Kind != yaml.SequenceNode {
				j.script(c)
				continue
			}
			var words []string
			for _, w := range c.Content {
				if text, ok := yamldoc.Text(w); ok {
					words = append(words, "'"+strings.ReplaceAll(text, "'", `'\''`)+"'")
				}
			}
			place := yamldoc.Place(j.file, c)
			j.commands(strings.Join(words, " "), &place)
		}
	}
}

// packaged judges the modes of what nfpm puts into packages, by itself or for GoReleaser.
func (j *sourceJudge) packaged(n *yaml.Node, depth int) {
	if depth > maxTaskDepth {
		return
	}
	for _, item := range yamldoc.Items(n) {
		j.packaged(item, depth+1)
	}
	yamldoc.Each(n, func(key, value *yaml.Node) {
		if key.Value == "file_info" {
			j.node("mode", yamldoc.Get(value, "mode"))
		} else if value.Kind != yaml.ScalarNode {
			j.packaged(value, depth+1)
		}
	})
}
