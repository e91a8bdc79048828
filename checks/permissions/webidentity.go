package permissions

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/ini"
)

func serviceIdentity() *checks.Check {
	return &checks.Check{
		ID:    "permissions/service-identity",
		Title: "Servers run as users that cannot change their code",
		Why: "Whoever finds a hole in an application acts as the user that it runs as. As root he has the machine; as the owner of the code he " +
			"changes it, and stays after the hole is closed.",
		Fix:        "Give each service a user of its own, let root own its code, and give the user only the directories that it writes.",
		Expected:   "No server or pool runs as root, no socket is open to every user, and no service can write its own code",
		Rollback:   "Restore the old user in the configuration, or chown the directory back, and restart the service",
		Absent:     "No configuration that names the user of a server was found",
		References: []string{"CWE-250", "CWE-732", "CIS NGINX 2.2.1", "CIS Apache 2.4 3.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "root", Title: "A server answers as root", Severity: checks.High},
			{ID: "no-user", Title: "A program of supervisor names no user, so it runs as root", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "open-socket", Title: "Every user can speak to the application's socket", Severity: checks.High},
			{ID: "served-root", Title: "A server hands out a directory of the system", Severity: checks.High},
			{ID: "writable-code", Title: "A service can change the code that it runs", Severity: checks.High},
		},
		Lasting: true,
		Layers:  []string{"nginx", "apache", "uwsgi", "supervisor", "systemd"},
		Wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Size < 1<<20 && (poolFile.MatchString("/"+e.Path) || apacheFile.MatchString("/"+e.Path) || gunicornFile.MatchString("/"+e.Path) ||
				caddyFile.MatchString("/"+e.Path) || supervisordFile.MatchString("/"+e.Path))
		},
		File: keepIdentity,
		Tree: judgeIdentities,
	}
}

var (
	poolFile     = regexp.MustCompile(`/(pool\.d|php-fpm\.d)/[^/]+\.conf$|/[^/]*fpm[^/]*\.conf$`)
	apacheFile   = regexp.MustCompile(`/(httpd|apache2)\.conf$|/(apache2|httpd)/(.*/)?[^/]+\.conf$`)
	gunicornFile = regexp.MustCompile(`/gunicorn[^/]*\.py$`)
	caddyFile    = regexp.MustCompile(`/Caddyfile$|/caddy/[^/]+\.(caddy|caddyfile)$`)
	// supervisordFile is the configuration of the daemon itself.
	supervisordFile = regexp.MustCompile(`/supervisord?\.conf$`)
	// gunicornUser are settings of gunicorn that stand at the left edge, with a literal.
	gunicornUser = regexp.MustCompile(`(?m)^(user|umask|chdir)[ \t]*=[ \t]*["']?([\w./-]+)["']?[ \t]*(?:#.*)?$`)
	// apacheUser is the directive of mod_unixd; #0 is a number.
	apacheUser = regexp.MustCompile(`(?mi)^[ \t]*(User|Group)[ \t]+"?([^\s"]+)"?[ \t]*$`)
	// caddyRoot is the directory of a site, for every request.
	caddyRoot = regexp.MustCompile(`(?m)^[ \t]*(root)[ \t]+(?:\*[ \t]+)?"?(/[^\s"{}]*)"?[ \t]*$`)
)

// identity is a line that says as whom a server runs, or who may speak to it.
type identity struct {
	server, key, value string
	place              checks.Place
}

// keepIdentity reads the pools of PHP-FPM, Apache's User and Group, and the settings of gunicorn.
func keepIdentity(p *checks.Pass, f *checks.File) error {
	if f.Binary() {
		return nil
	}
	if supervisordFile.MatchString("/" + f.Path) {
		for _, e := range ini.Of(f, ini.Supervisor).Entries {
			if e.Section == "unix_http_server" && e.Key == "chmod" && !e.Dynamic {
				p.Keep(f.Path, identity{"supervisord", e.Key, e.Value, e.Place})
			}
		}
		return nil
	}
	if poolFile.MatchString("/" + f.Path) {
		for _, e := range ini.Of(f, ini.PHP).Entries {
			if (e.Key == "user" || e.Key == "listen.mode") && !e.Dynamic {
				p.Keep(f.Path, identity{"php-fpm pool " + e.Section, e.Key, e.Value, e.Place})
			}
		}
		return nil
	}
	text, server, pattern := f.Text(), "Apache", apacheUser
	switch {
	case gunicornFile.MatchString("/" + f.Path):
		server, pattern = "gunicorn", gunicornUser
	case caddyFile.MatchString("/" + f.Path):
		server, pattern = "Caddy", caddyRoot
	}
	for _, at := range pattern.FindAllStringSubmatchIndex(text, 1000) {
		if strings.Contains(text[at[4]:at[5]], "$") { // the machine's envvars name the user
			continue
		}
		p.Keep(f.Path, identity{server, strings.ToLower(text[at[2]:at[3]]), text[at[4]:at[5]], f.Place(at[2], at[5])})
	}
	return nil
}

func judgeIdentities(p *checks.Pass) error {
	list := scopeIdentities(p)
	for _, k := range p.Kept() {
		if i, ok := k.(identity); ok {
			list = append(list, i)
		}
	}
	for _, i := range list {
		if i.key != "chdir" && i.key != "root" { // directories, which the joins ask for
			judgeIdentity(p, i)
		}
	}
	judgeServedRoots(p)
	judgeWritableCode(p)
	return nil
}

// identitySettings are the settings of each layer that are judged.
var identitySettings = map[string][]string{"nginx": {"user"}, "uwsgi": {"uid", "chmod-socket"}, "supervisor": {"user"}}

// scopeIdentities are those among the settings of the tree. A program of supervisor without a user has an empty one.
func scopeIdentities(p *checks.Pass) (list []identity) {
	seen := map[checks.Place]bool{}
	for _, s := range p.Scopes("nginx", "uwsgi", "supervisor") {
		for _, name := range identitySettings[s.Layer] {
			set, ok := s.Get(name)
			switch {
			case ok && !set.Dynamic() && set.Origin == checks.OriginSet && !seen[set.Place]:
				seen[set.Place] = true
				value := set.Text()
				if s.Layer == "nginx" {
					value, _, _ = strings.Cut(value, " ") // the second word is the group
				}
				list = append(list, identity{s.Layer, name, value, set.Place})
			case !ok && s.Layer == "supervisor":
				list = append(list, identity{s.Layer + " " + s.Name, name, "", s.Place})
			}
		}
	}
	return list
}

func judgeIdentity(p *checks.Pass, i identity) {
	f := checks.Finding{Subject: checks.Subject{Kind: "identity", Name: i.place.String() + " " + i.key}, Place: i.place, Attribute: i.server + " " + i.key,
		Actual: strings.TrimSpace(i.key + " " + i.value)}
	number, err := strconv.ParseUint(strings.TrimPrefix(i.value, "0o"), 8, 16)
	switch {
	case i.key == "listen.mode" || i.key == "chmod-socket":
		if i.value == "" {
			number, err = 0o666, nil // uWSGI's, without a value
		}
		if err == nil && number&0o002 != 0 {
			f.Rule, f.Expected = "open-socket", i.key+" 0660 and the web server's group"
			f.Message = "Every user of the machine sends the application requests that no web server has checked; to PHP and uWSGI they name the code to run"
			f.Fix = "Write " + i.key + " = 0660, and listen.group or chown-socket with the group of the web server. Rollback: " + i.key + " = " + i.value + "."
		}
	case i.key == "chmod":
		if err == nil && number&0o002 != 0 {
			f.Rule, f.Expected = "open-socket", "chmod=0700"
			f.Message = "Every user of the machine starts and stops what supervisord runs, through its socket"
			f.Fix = "Write chmod=0700 below [unix_http_server]. Rollback: chmod=" + i.value + "."
		}
	case i.key == "umask":
		if err == nil && number&0o002 == 0 {
			f.Rule, f.Expected = "open-socket", "umask 0o027"
			f.Message = "What the server makes, its socket too, can be written by every user"
			f.Fix = "Write umask = 0o027. Rollback: umask = " + i.value + "."
		}
	case i.key == "user" && i.value == "" && strings.HasPrefix(i.server, "supervisor"):
		f.Rule, f.Expected, f.Actual = "no-user", "user=NAME", "no user"
		f.Message = "supervisord is mostly started as root, and gives the program no other user"
		f.Fix = "Write user=NAME into the program's section. Rollback: take it out."
	case i.key != "group" && isRoot(strings.TrimPrefix(i.value, "#")):
		f.Rule, f.Expected = "root", "a user of its own, such as www-data"
		f.Message = i.server + " answers as root: who takes it over has the machine"
		f.Fix = "Name a user of its own. Rollback: " + f.Actual + "."
	}
	switch {
	case f.Rule == "":
		p.OK(f.Subject)
		return
	case testPath(i.place.Path):
		f.Severity = checks.Low
	}
	p.Fail(f)
}

// systemDirectories hold what no server should hand out whole.
var systemDirectories = set("/ /etc /home /root /var /usr /proc /sys /boot")

// judgeServedRoots looks for a root or alias of nginx that is a directory of the system.
func judgeServedRoots(p *checks.Pass) {
	seen := map[checks.Place]bool{}
	for _, s := range p.Scopes("nginx") {
		for _, set := range s.Settings {
			if (set.Name != "root" && set.Name != "alias") || set.Dynamic() || set.Origin != checks.OriginSet || seen[set.Place] {
				continue
			}
			seen[set.Place] = true
			subject := checks.Subject{Kind: "served directory", Name: set.Place.String()}
			dir := "/" + strings.Trim(set.Text(), "/")
			if !strings.HasPrefix(set.Text(), "/") || !systemDirectories[dir] {
				p.OK(subject)
				continue
			}
			p.Fail(checks.Finding{Rule: "served-root", Subject: subject, Place: set.Place, Attribute: set.Name, Expected: "a directory of public files",
				Actual: set.Name + " " + set.Text(), Message: "Everything below " + dir + " that the server's user can read is handed out",
				Fix: "Name the directory of the public files. Rollback: " + set.Name + " " + set.Text() + ";."})
		}
	}
}
