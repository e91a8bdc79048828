package logging

import (
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

func discards(target string) bool {
	return target == "off" || target == "/dev/null" || strings.HasPrefix(target, "/dev/null ") || strings.HasPrefix(target, "off ")
}

// nginxAccessLog judges servers and the locations that turn the log off themselves.
func nginxAccessLog(s *checks.Scope, _ around) *verdict {
	if s.Kind == "http" || s.Kind == "if" {
		return nil
	}
	logs := s.All("access_log")
	off := len(logs) > 0 && !slices.ContainsFunc(logs, func(l checks.Setting) bool { return !discards(l.Text()) })
	errors, _ := s.Get("error_log")
	_, unresolved := s.Get("include")
	switch {
	case unresolved && len(logs) > 0 && (logs[0].Inherited || logs[0].Origin == checks.OriginDefault):
		return nil // the log may be set in a file that is not here
	case s.Kind == "location" && (len(logs) == 0 || logs[0].Inherited || !off):
		return nil // judged with its server
	case s.Kind == "location" && quietLocation(s.Name):
		return &verdict{}
	case s.Kind == "location" && !strings.HasSuffix(s.Name, " /"):
		return &verdict{"access-log-off-in-location", "access_log", "access_log PATH", "Requests to this location leave no trace", logs[0]}
	case off && redirects(s):
		return &verdict{}
	case off:
		return &verdict{"access-log-off", "access_log", "access_log PATH", "Requests to this server leave no trace", logs[0]}
	case !errors.Dynamic() && discards(errors.Text()):
		return &verdict{"error-log-discarded", "error_log", "error_log PATH or stderr", "Errors and refused requests leave no trace", errors}
	}
	for _, l := range logs {
		if text := l.Text(); strings.Contains(text, " buffer=") && !strings.Contains(text, " flush=") && !l.Dynamic() {
			return &verdict{"delayed", "access_log", "flush=TIME beside buffer=", "What happened reaches the log only when the buffer is full, and is lost with the process", l}
		}
	}
	return &verdict{}
}

// redirects reports whether the whole server answers by a redirect.
func redirects(s *checks.Scope) bool {
	r, ok := s.Get("return")
	return ok && strings.HasPrefix(r.Raw, "30")
}

var (
	quietWords = wordSet(`static assets asset media css js img images image fonts font favicon ico robots txt health healthz healthcheck heartbeat ping
		ready readyz live livez alive status nginx_status stub_status server-status metrics well-known acme-challenge uploads files public
		dist build icons svg png jpg jpeg gif webp woff woff2 ttf map thumbnails htaccess ht git svn env php-fpm fpm _next nuxt apple-touch-icon`)
	locationSeparators = func(r rune) bool { return strings.ContainsRune("/\\.|()?*+^$~=@:[]{}! ,", r) }
)

// quietLocation reports whether a location serves only static files or health checks, or denies all, so that a log
// of it says little.
func quietLocation(name string) bool {
	_, pattern, _ := strings.Cut(name[strings.LastIndex(name, "location "):], " ")
	for word := range strings.FieldsFuncSeq(strings.ToLower(pattern), locationSeparators) {
		if quietWords[word] {
			return true
		}
	}
	return false
}

// apacheAccessLog judges virtual hosts and main servers whose main file is known: elsewhere the log may be set there.
func apacheAccessLog(s *checks.Scope, _ around) *verdict {
	main := s
	if s.Kind == "virtualhost" {
		main = s.Parent
	} else if s.Kind != "server" {
		return nil
	}
	logs := slices.Concat(s.All("CustomLog"), s.All("TransferLog"))
	errors, _ := s.Get("ErrorLog")
	if len(logs) > 0 && !slices.ContainsFunc(logs, func(l checks.Setting) bool { return l.Dynamic() || !discards(l.Text()) }) {
		return &verdict{"access-log-off", "CustomLog", "CustomLog PATH FORMAT", "Requests to this host leave no trace", logs[0]}
	}
	if !errors.Dynamic() && discards(errors.Text()) {
		return &verdict{"error-log-discarded", "ErrorLog", "ErrorLog PATH", "Errors and refused requests leave no trace", errors}
	}
	if len(logs) > 0 {
		return &verdict{}
	}
	if main == nil || !mainApacheFile(main.Place.Path) {
		return nil
	}
	if s.Kind == "server" && hasNoSite(s) {
		return nil
	}
	return &verdict{"access-log-missing", "CustomLog", "CustomLog PATH FORMAT", "Apache writes no access log unless it is told to",
		checks.Setting{Origin: checks.OriginDefault, Place: s.Place}}
}

func mainApacheFile(p string) bool {
	name := path.Base(p)
	return strings.HasPrefix(name, "httpd.conf") || strings.HasPrefix(name, "apache2.conf")
}

// hasNoSite reports whether the main server only frames virtual hosts.
func hasNoSite(s *checks.Scope) bool {
	_, root := s.Get("DocumentRoot")
	_, proxy := s.Get("ProxyPass")
	return !root && !proxy
}

func caddyAccessLog(s *checks.Scope, _ around) *verdict {
	if s.Kind != "site" {
		return nil
	}
	log, ok := s.Get("log")
	output, hasOutput := s.Get("log.output")
	_, unresolved := s.Get("import")
	_, redir := s.Get("redir")
	_, respond := s.Get("respond")
	switch {
	case hasOutput && output.Text() == "discard":
		return &verdict{"access-log-off", "log.output", "an output that is kept", "Requests to this site leave no trace", output}
	case !ok || log.Dynamic():
		return nil
	case log.Origin != checks.OriginDefault:
		return &verdict{}
	case unresolved:
		return nil // the log may be in what is imported
	case redir || respond:
		return &verdict{}
	}
	return &verdict{"access-log-missing", "log", "log", "Caddy writes no access log of a site without the log directive", log}
}
