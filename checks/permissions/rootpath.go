package permissions

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// pathSetting is one PATH that root's programs are looked for in.
type pathSetting struct {
	value string
	by    checks.Place
}

// rootPath judges the entries of root's PATH that are no whole path, and returns the others with the programs in them:
// a program that others can change is as good as the directory.
func rootPath(p *checks.Pass, h *host) (runs []rootRun) {
	seen := map[string]bool{}
	for _, setting := range rootPaths(h) {
		for dir := range strings.SplitSeq(setting.value, ":") {
			if strings.ContainsAny(dir, "$~`") || seen[dir] {
				continue
			}
			seen[dir] = true
			if !path.IsAbs(dir) {
				p.Fail(checks.Finding{Rule: "path-relative", Subject: checks.Subject{Kind: "PATH", Name: setting.by.String()}, Place: setting.by, Attribute: "PATH",
					Expected: "whole paths only", Actual: "PATH=" + setting.value, Fix: "PATH=" + wholePaths(setting.value) + " Undo: PATH=" + setting.value,
					Message: "Root's PATH holds " + quoteEmpty(dir) + ": a program that somebody leaves in the directory where root stands runs as root"})
				continue
			}
			runs = append(runs, rootRun{path: strings.Trim(dir, "/"), how: "a directory of root's PATH", by: setting.by, optional: true})
			for _, name := range h.names(dir) {
				runs = append(runs, rootRun{path: strings.Trim(dir, "/") + "/" + name, how: "a program in root's PATH", by: setting.by, optional: true})
			}
		}
	}
	return runs
}

// wholePaths is a PATH without its entries that are none.
func wholePaths(value string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(value, ":"), func(dir string) bool {
		return !path.IsAbs(dir) && !strings.HasPrefix(dir, "$") && !strings.HasPrefix(dir, "~")
	}), ":")
}

func quoteEmpty(dir string) string {
	if dir == "" {
		return "an empty entry"
	}
	return dir
}

// rootPaths are the PATHs of root's logins, jobs and sudo.
func rootPaths(h *host) (list []pathSetting) {
	for _, name := range []string{"etc/login.defs", "etc/environment", "etc/crontab", "etc/sudoers", "etc/profile", "root/.profile", "root/.bashrc", "root/.bash_profile", "root/.zshrc"} {
		n := 0
		for line := range strings.Lines(h.text(name)) {
			n++
			if value, ok := pathValue(name, strings.TrimSpace(line)); ok {
				list = append(list, pathSetting{value, checks.Place{Path: name, Line: n}})
			}
		}
	}
	if len(list) == 0 {
		list = append(list, pathSetting{"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", checks.Place{Path: "etc/login.defs"}})
	}
	return list
}

// pathValue reads the PATH of one line, in the language of the file.
func pathValue(file, line string) (value string, ok bool) {
	switch {
	case strings.HasPrefix(line, "#"):
		return "", false
	case file == "etc/login.defs":
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "ENV_SUPATH" {
			return "", false
		}
		return strings.TrimPrefix(fields[1], "PATH="), true
	case file == "etc/sudoers":
		at := strings.Index(line, "secure_path")
		if at < 0 || !strings.HasPrefix(line, "Defaults") {
			return "", false
		}
		value = strings.TrimLeft(line[at+len("secure_path"):], " \t+=")
	default:
		line = strings.TrimPrefix(line, "export ")
		name, rest, found := strings.Cut(line, "=")
		if !found || strings.TrimSpace(name) != "PATH" {
			return "", false
		}
		value = rest
	}
	value, _, _ = strings.Cut(strings.TrimSpace(value), ";")
	return strings.Trim(value, `"' `), value != ""
}
