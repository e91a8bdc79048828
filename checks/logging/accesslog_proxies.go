package logging

import "hardcheck/checks"

// haproxyAccessLog judges frontends that take HTTP: nothing is logged without "log", and without "option httplog" or a
// format only that a client connected.
func haproxyAccessLog(s *checks.Scope, _ around) *verdict {
	mode, _ := s.Get("mode")
	if s.Kind != "frontend" && s.Kind != "listen" || mode.Text() != "http" || mode.Dynamic() || onlyStatistics(s) {
		return nil
	}
	logged, requests, dynamic := false, false, false
	for _, set := range s.Settings {
		dynamic = dynamic || set.Dynamic() && set.Name != "bind"
		switch set.Name {
		case "log":
			logged = true
		case "no log":
			logged = false
		case "option httplog", "option httpslog", "log-format":
			requests = true
		case "no option httplog", "option tcplog":
			requests = false
		}
	}
	unset := checks.Setting{Origin: checks.OriginDefault, Place: s.Place}
	switch {
	case !logged && dynamic:
		return nil
	case !logged:
		return &verdict{"access-log-missing", "log", "log global, or log ADDRESS FACILITY", "HAProxy logs nothing of a frontend without log", unset}
	case !requests && !dynamic:
		return &verdict{"requests-not-logged", "option httplog", "option httplog", "The log says who connected, and not what was asked and answered", unset}
	}
	return &verdict{}
}

// onlyStatistics reports whether a section serves HAProxy's own page alone.
func onlyStatistics(s *checks.Scope) bool {
	_, stats := s.Get("stats")
	_, server := s.Get("server")
	_, backend := s.Get("default_backend")
	_, use := s.Get("use_backend")
	return stats && !server && !backend && !use
}

func traefikAccessLog(s *checks.Scope, _ around) *verdict {
	log, ok := s.Get("accesslog")
	on, known := log.Bool()
	switch {
	case !ok || !known:
		return nil
	case on:
		return &verdict{}
	}
	return &verdict{"access-log-missing", "accessLog", "accessLog: {}", "Traefik writes no access log unless it is told to", log}
}

// supervisorOutput judges programs: a log file of NONE or /dev/null keeps nothing.
func supervisorOutput(s *checks.Scope, _ around) *verdict {
	out, ok := s.Get("stdout_logfile")
	errors, _ := s.Get("stderr_logfile")
	joined, _ := s.Get("redirect_stderr")
	toOut, _ := joined.Bool()
	gone := func(set checks.Setting) bool { return !set.Dynamic() && (set.Text() == "NONE" || discards(set.Text())) }
	switch {
	case !ok || s.Kind != "program":
		return nil
	case gone(out) && (toOut || gone(errors)):
		return &verdict{"output-discarded", "stdout_logfile", "a file, or /dev/stdout", "Nothing that this program writes is kept", out}
	case !toOut && gone(errors):
		return &verdict{"output-discarded", "stderr_logfile", "a file, or /dev/stderr", "Errors of this program leave no trace", errors}
	}
	return &verdict{}
}
