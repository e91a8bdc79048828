package logging

import "hardcheck/checks"

// gunicornAccessLog: accesslog is unset by default. A web server before it that logs is as good. What a
// configuration file leaves unset may be set where gunicorn is started.
func gunicornAccessLog(s *checks.Scope, near around) *verdict {
	log, ok := s.Get("accesslog")
	errors, _ := s.Get("errorlog")
	kept := log.Dynamic() || log.Value != nil && log.Text() != "" && !discards(log.Text())
	unset := log.Origin == checks.OriginDefault
	switch {
	case ok && !kept && unset && !near.proxied && (s.Kind == "command" || near.launched && !near.logged):
		return &verdict{"access-log-missing", "accesslog", "accesslog \"-\" or a file",
			"gunicorn writes no access log unless it is told to, and no web server here stands before it", log}
	case ok && !kept && !unset && !near.proxied:
		return &verdict{"access-log-off", "accesslog", "accesslog \"-\" or a file", "Requests leave no trace", log}
	case !errors.Dynamic() && discards(errors.Text()):
		return &verdict{"error-log-discarded", "errorlog", "errorlog \"-\" or a file", "Tracebacks and worker failures leave no trace", errors}
	case ok && !log.Dynamic() && (kept || near.proxied):
		return &verdict{}
	}
	return nil
}

func uvicornAccessLog(s *checks.Scope, near around) *verdict {
	log, ok := s.Get("access_log")
	on, known := log.Bool()
	switch {
	case !ok || !known:
		return nil
	case on || near.proxied:
		return &verdict{}
	}
	return &verdict{"access-log-off", "access_log", "access_log on", "Requests leave no trace, and no web server here stands before it", log}
}

func composeOutput(s *checks.Scope, _ around) *verdict {
	driver, ok := s.Get("logging.driver")
	switch {
	case s.Kind != "service" || !ok || driver.Dynamic():
		return nil
	case driver.Text() == "none":
		return &verdict{"output-discarded", "logging.driver", "a driver that keeps the output", "Nothing that this service writes is kept", driver}
	}
	return &verdict{}
}

func systemdOutput(s *checks.Scope, _ around) *verdict {
	errors, ok := s.Get("Service.StandardError")
	output, has := s.Get("Service.StandardOutput")
	switch {
	case ok && errors.Text() == "null":
		return &verdict{"output-discarded", "StandardError", "StandardError=journal", "Errors of this service leave no trace", errors}
	case has && output.Text() == "null" && (!ok || errors.Text() == "inherit"):
		return &verdict{"output-discarded", "StandardOutput", "StandardOutput=journal", "Nothing that this service writes is kept", output}
	}
	return nil
}
