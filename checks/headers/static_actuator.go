package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// tellingEndpoints of Spring Boot's Actuator show secrets, memory or what users do. Health and info, which are on by
// themselves, show none.
var tellingEndpoints = []string{"*", "env", "heapdump", "threaddump", "configprops", "beans", "mappings", "httpexchanges", "httptrace", "loggers", "logfile", "jolokia", "shutdown", "conditions"}

// judgeActuator judges which endpoints a Spring application shows to the web, where nothing of Spring Security stands
// before them and they share the application's port.
func judgeActuator(p *checks.Pass, s *checks.Scope) {
	include, ok := s.Get("management.endpoints.web.exposure.include")
	if !ok {
		return
	}
	_, port := s.Get("management.server.port")
	_, address := s.Get("management.server.address")
	_, exclude := s.Get("management.endpoints.web.exposure.exclude")
	_, secured := s.Get("headers.contentTypeOptions")
	subject := checks.Subject{Kind: "actuator", Name: include.Place.String() + " " + include.Name}
	open := slices.ContainsFunc(strings.Split(include.Text(), ","), func(e string) bool { return slices.Contains(tellingEndpoints, strings.TrimSpace(e)) })
	switch {
	case include.Dynamic():
		p.NotApplicable("the endpoints of the actuator are not known until run time")
	case !open:
		p.OK(subject)
	case s.Kind == "chain" || secured:
		p.NotApplicable("Spring Security decides who reads the actuator's endpoints")
	case port || address || exclude:
		p.NotApplicable("the actuator has an address of its own, or endpoints that are left out")
	default:
		p.Fail(checks.Finding{Rule: "diagnostics", Subject: subject, Place: include.Place, Attribute: include.Name, Expected: "health,info", Actual: include.Text(), Precision: checks.PrecisionHigh,
			Message: "Anyone who asks for /actuator/heapdump or /actuator/env reads the application's memory and settings, passwords included: nothing of Spring Security is in the build",
			Fix:     "Write `management.endpoints.web.exposure.include=health,info`, or bind `management.server.port` to an address that only operators reach."})
	}
}
