package permissions

import (
	"path"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
	"hardcheck/checks/permissions/composefile"
)

// isDevcontainer reports the description of a development container (containers.dev, devcontainer.json reference).
func isDevcontainer(e *checks.Entry) bool {
	name := e.Name()
	return e.Mode.IsRegular() && (name == "devcontainer.json" || name == ".devcontainer.json")
}

// devcontainerFile judges a container that runs on its author's machine. There it is root by habit, and that passes.
func devcontainerFile(p *checks.Pass, f *checks.File) error {
	if f.Size > yamldoc.MaxSize || f.Binary() {
		return nil
	}
	plain := &checks.File{Entry: f.Entry, Data: []byte(withoutComments(f.Text())), Whole: true, Line: 1}
	stream := yamldoc.Of(plain)
	if len(stream.Docs) == 0 {
		if stream.Err != nil {
			return stream.Err.AsBlind()
		}
		return nil
	}
	docs, _ := composefile.Read(plain)
	doc, start := docs[0], &composefile.Value{Kind: composefile.Map, Fields: map[string]*composefile.Value{}}
	if doc.Kind != composefile.Map {
		return nil
	}
	var args []argument
	for _, v := range doc.Get("runArgs").List() {
		args = append(args, argument{v.Raw, v.Place})
	}
	setArguments(start, args)
	if v := doc.Get("privileged"); truthy(v) {
		start.Set("privileged", v)
	}
	for _, v := range doc.Get("capAdd").List() {
		setStart(start, "cap_add", v.Raw, v.Place)
	}
	for _, v := range doc.Get("securityOpt").List() {
		setStart(start, "security_opt", v.Raw, v.Place)
	}
	for _, v := range doc.Get("mounts").List() {
		setDevMount(start, v)
	}
	setFeatures(start, doc.Get("features"))
	judgeStart(p, f, "development container", path.Base(path.Dir("/"+f.Path)), start, checks.Medium)
	return nil
}

// setDevMount reads a mount as docker run writes it, or as a mapping.
func setDevMount(start, v *composefile.Value) {
	text := v.Raw
	if v.Kind == composefile.Map {
		text = "type=" + v.Get("type").String() + ",source=" + v.Get("source").String() + ",target=" + v.Get("target").String()
	}
	text = strings.NewReplacer("${localEnv:HOME}", "~", "${localEnv:USERPROFILE}", "~", "${localEnv:HOME}${localEnv:USERPROFILE}", "~").Replace(text)
	setMount(start, text, v.Place)
}

// setFeatures knows the features that open a container: Docker in Docker runs privileged, Docker outside of Docker mounts
// the engine's socket.
func setFeatures(start, features *composefile.Value) {
	if features == nil || features.Kind != composefile.Map {
		return
	}
	for _, name := range features.Keys {
		id, _, _ := strings.Cut(path.Base(name), ":")
		switch place := features.Fields[name].Place; id {
		case "docker-in-docker":
			setStart(start, "privileged", "true", place)
		case "docker-outside-of-docker", "docker-from-docker":
			setStart(start, "volumes", "/var/run/docker.sock:/var/run/docker-host.sock", place)
		}
	}
}

// withoutComments blanks the comments of JSON with comments, and tabs, so that every offset stays.
func withoutComments(text string) string {
	out := []byte(text)
	quoted := false
	for i := 0; i < len(out); i++ {
		switch {
		case quoted && out[i] == '\\':
			i++
		case out[i] == '"':
			quoted = !quoted
		case quoted:
		case out[i] == '\t':
			out[i] = ' '
		case out[i] == '/' && i+1 < len(out) && (out[i+1] == '/' || out[i+1] == '*'):
			i = blankComment(out, i)
		}
	}
	return string(out)
}

// blankComment blanks the comment at start, and returns the offset of its last byte.
func blankComment(out []byte, start int) int {
	end, line := len(out), out[start+1] == '/'
	for i := start + 2; i < len(out); i++ {
		if line && out[i] == '\n' {
			end = i
			break
		}
		if !line && out[i] == '/' && out[i-1] == '*' && i > start+2 {
			end = i + 1
			break
		}
	}
	for i := start; i < end; i++ {
		if out[i] != '\n' && out[i] != '\r' {
			out[i] = ' '
		}
	}
	return end - 1
}
