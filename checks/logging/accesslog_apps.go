package logging

import "hardcheck/checks"

// gunicornAccessLog, of hypercorn too: accesslog is unset by default. A web server before it that logs is as good.
func gunicornAccessLog(s *checks.Scope, proxied bool) *verdict {
	log, ok := s.Get("accesslog")
	errors, _ := s.Get("errorlog")
	switch {
	case !errors.Dynamic() && discards(errors.Text()):
		return &verdict{"error-log-discarded", "errorlog", "errorlog \"-\" or a file", "Tracebacks and worker failures leave no trace", errors}
	case !ok || log.Dynamic():
		return nil
	case log.Value != nil && log.Text() != "" && !discards(log.Text()), proxied:
		return &verdict{}
	case log.Origin == checks.OriginDefault:
		return &verdict{"access-log-missing", "accesslog", "accesslog \"-\" or a file", s.Layer + " writes no access log unless it is told to, and no web server here stands before it", log}
	}
	return &verdict{"access-log-off", "accesslog", "accesslog \"-\" or a file", "Requests leave no trace", log}
}

func uvicornAccessLog(s *checks.Scope, proxied bool) *verdict {
	log, ok := s.Get("access_log")
	on, known := log.Bool()
	switch {
	case !ok || !known:
		return nil
	case on || proxied:
		return &verdict{}
	}
	return &verdict{"access-log-off", "access_log", "access_log on", "Requests leave no trace, and no web server here stands before it", log}
}

func composeOutput(s *checks.Scope, _ bool) *verdict {
	driver, ok := s.Get("logging.driver")
	switch {
	case s.Kind != "service" || !ok || driver.Dynamic():
		return nil
	case driver.Text() == "none":
		return &verdict{"output-discarded", "logging.driver", "a driver that keeps the output", "Nothing that this service writes is kept", driver}
	}
	return &verdict{}
}

func systemdOutput(s *checks.Scope, _ bool) *verdict {
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
