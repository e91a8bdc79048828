package objects

import "strings"

// config is what a repository's configuration file says: "section.key" or "section.subsection.key", with section
// and key in lower case, to its last value.
type config map[string]string

// parseConfig reads a configuration file (git-config, "Syntax"). Lines that are no configuration are passed over:
// all that is wanted here is how the objects are stored. Included files are not followed, as git does not take the
// extensions from them either.
func parseConfig(text string) config {
	c := config{}
	section := ""
	lines := strings.Split(strings.ReplaceAll(text, "\\\n", ""), "\n")
	for _, line := range lines {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			end := sectionEnd(line)
			if end < 0 {
				section = ""
				continue
			}
			section = sectionName(line[1:end])
			line = strings.TrimSpace(line[end+1:])
		}
		if line == "" || line[0] == '#' || line[0] == ';' || section == "" {
			continue
		}
		key, value, given := strings.Cut(line, "=")
		if !given { // "key" alone means true
			value = "true"
		}
		c[section+"."+strings.ToLower(strings.TrimSpace(key))] = configValue(value)
	}
	return c
}

// sectionEnd finds the bracket that ends a section's header, which may stand in a quoted subsection too.
func sectionEnd(line string) int {
	quoted := false
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case line[i] == ']' && !quoted:
			return i
		}
	}
	return -1
}

func sectionName(header string) string {
	name, sub, found := strings.Cut(header, "\"")
	name = strings.ToLower(strings.TrimSpace(name))
	if !found {
		return name
	}
	sub = strings.TrimSuffix(strings.TrimSpace(sub), "\"")
	return name + "." + strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(sub)
}

// configValue takes quotes, escapes and a comment off a value.
func configValue(raw string) string {
	var b strings.Builder
	quoted := false
	raw = strings.TrimSpace(raw)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw):
			i++
			b.WriteByte(raw[i])
		case c == '"':
			quoted = !quoted
		case (c == '#' || c == ';') && !quoted:
			return strings.TrimSpace(b.String())
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// on reports whether a boolean setting is on.
func (c config) on(key string) bool {
	switch strings.ToLower(c[key]) {
	case "true", "yes", "on", "1":
		return true
	}
	return false
}
