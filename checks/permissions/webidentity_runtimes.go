package permissions

import (
	"path"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/systemd"
)

// runtimesOf joins who runs with what is run or served: units, programs of supervisor, gunicorn, and the document roots of
// nginx, Apache and Caddy with the users of the server and of the pools of PHP-FPM. h is nil where the tree is no system.
func runtimesOf(p *checks.Pass, h *host) (list []runtime) {
	kept := map[string][]identity{} // by server and key
	for _, k := range p.Kept() {
		if i, ok := k.(identity); ok {
			server, _, _ := strings.Cut(i.server, " ")
			kept[server+" "+i.key] = append(kept[server+" "+i.key], i)
		}
	}
	nginx, apache := kept["php-fpm user"], append(kept["Apache user"], kept["php-fpm user"]...)
	for _, i := range scopeIdentities(p) {
		if i.server == "nginx" {
			nginx = append(nginx, i)
		}
	}
	if user, ok := envvarsUser(h); ok && len(kept["Apache user"]) == 0 {
		apache = append(apache, user)
	}
	list = append(list, served(p, "nginx", "root", append(nginx, kept["gunicorn user"]...))...)
	list = append(list, served(p, "apache", "DocumentRoot", apache)...)
	for _, root := range kept["Caddy root"] {
		list = append(list, runtime{"Caddy", unitUser(p, "caddy.service", "caddy"), root.value, root.place})
		for _, u := range kept["php-fpm user"] {
			list = append(list, runtime{u.server, u.value, root.value, u.place})
		}
	}
	for _, dir := range kept["gunicorn chdir"] {
		for _, u := range kept["gunicorn user"] {
			if u.place.Path == dir.place.Path {
				list = append(list, runtime{"gunicorn", u.value, dir.value, u.place})
			}
		}
	}
	return append(append(list, unitRuntimes(p)...), supervisorRuntimes(p)...)
}

// served joins the users of a server with the directories that it is told to serve.
func served(p *checks.Pass, layer, name string, users []identity) (list []runtime) {
	for _, s := range p.Scopes(layer) {
		root, ok := s.Get(name)
		for _, u := range users {
			if ok && !root.Dynamic() && root.Origin == checks.OriginSet && s.Kind != "http" {
				list = append(list, runtime{u.server, u.value, root.Text(), u.place})
			}
		}
	}
	return list
}

// apacheRunUser is the variable that Debian's configuration of Apache takes its user from.
var apacheRunUser = regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?APACHE_RUN_USER=["']?([\w-]+)`)

func envvarsUser(h *host) (identity, bool) {
	const file = "etc/apache2/envvars"
	if h == nil {
		return identity{}, false
	}
	text := h.text(file)
	at := apacheRunUser.FindStringSubmatchIndex(text)
	if at == nil {
		return identity{}, false
	}
	return identity{"Apache", "user", text[at[2]:at[3]], checks.Place{Path: file, Line: 1 + strings.Count(text[:at[2]], "\n")}}, true
}

// unitUser is the user of a unit of the tree, or the one that its package gives it.
func unitUser(p *checks.Pass, unit, usual string) string {
	for _, s := range p.Scopes("systemd") {
		if user, ok := s.Get("Service.User"); ok && s.Name == unit && !user.Dynamic() {
			return user.Text()
		}
	}
	return usual
}

// unitRuntimes are the units with a user, each with its working directory and those of the programs that it starts.
func unitRuntimes(p *checks.Pass) (list []runtime) {
	for _, s := range p.Scopes("systemd") {
		user, named := s.Get("Service.User")
		if !named || user.Dynamic() || user.Origin != checks.OriginSet {
			continue
		}
		for _, set := range s.Settings {
			switch {
			case set.Dynamic():
			case set.Name == "Service.WorkingDirectory":
				list = append(list, runtime{s.Name, user.Text(), set.Text(), user.Place})
			case set.Name == "Service.ExecStart":
				for _, dir := range codeDirs(set.Text()) {
					list = append(list, runtime{s.Name, user.Text(), dir, user.Place})
				}
			}
		}
	}
	return list
}

func supervisorRuntimes(p *checks.Pass) (list []runtime) {
	for _, s := range p.Scopes("supervisor") {
		user, ok := s.Get("user")
		if !ok || user.Dynamic() {
			continue
		}
		if dir, ok := s.Get("directory"); ok && !dir.Dynamic() {
			list = append(list, runtime{s.Name, user.Text(), dir.Text(), user.Place})
		}
		if command, ok := s.Get("command"); ok && !command.Dynamic() {
			for _, dir := range codeDirs(command.Text()) {
				list = append(list, runtime{s.Name, user.Text(), dir, user.Place})
			}
		}
	}
	return list
}

// packaged are the directories that packages own, in which no application lives.
var packaged = regexp.MustCompile(`^/(usr/(s?bin|lib|lib32|lib64|libexec|share)|s?bin|lib|lib64|etc|run|proc|sys|dev|tmp|var/(lib|run|log|tmp|cache))(/|$)`)

// binDirs are directories of programs inside an application, which is what is above them.
var binDirs = set("bin sbin .venv venv env scripts")

// codeDirs are the directories of applications that a command names: that of its program, and those of scripts that it is
// given.
func codeDirs(command string) (dirs []string) {
	for n, word := range systemd.Words(command) {
		if n == 0 {
			word = strings.TrimLeft(word, "@-:+!|")
		}
		if !path.IsAbs(word) || packaged.MatchString(path.Clean(word)) || n > 0 && !codeFiles[path.Ext(word)] {
			continue
		}
		dir := path.Dir(path.Clean(word))
		for binDirs[path.Base(dir)] {
			dir = path.Dir(dir)
		}
		if dir != "/" && dir != "/usr/local" && dir != "/opt" && dir != "/srv" && dir != "/home" {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
