package logging

import (
	"strings"

	"hardcheck/checks"
)

func logFormat() *checks.Check {
	return &checks.Check{
		ID:    "logging/log-format",
		Title: "Access log formats hold no credentials",
		Why: "Logs are read by more people and machines than the service itself: an Authorization header, a session cookie or a " +
			"request body in them lets every reader act as the user. Unescaped values let a client forge lines.",
		Fix:        "Take the variable out of the format; where requests must be told apart, log a request identifier or a hash.",
		Expected:   "No access log format holds a credential, a cookie or a body, and every value is escaped.",
		Rollback:   "Restore the format from version control.",
		Absent:     "No access log format of nginx, Apache, Caddy, HAProxy, Traefik or gunicorn was found",
		References: []string{"CWE-532", "CWE-117", "ASVS 16.2.5", "ASVS 16.4.1"},
		Severity:   checks.High,
		Rules: []checks.Rule{
			{ID: "credential", Title: "A header, cookie or parameter with credentials is logged", Severity: checks.High},
			{ID: "cookie", Title: "A cookie's value is logged", Severity: checks.Medium, Precision: checks.PrecisionMedium},
			{ID: "body", Title: "Request bodies are logged", Severity: checks.High},
			{ID: "all-headers", Title: "Every request header is logged", Severity: checks.High,
				Fix: "Remove ForensicLog, and let Traefik drop headers (accessLog.fields.headers.defaultMode: drop); turn either on for the time of an investigation only."},
			{ID: "route-secret", Title: "Whole paths are logged, and the application takes credentials in them", Severity: checks.Medium, Precision: checks.PrecisionMedium,
				Fix: "Take the credential out of the path (a header, a form, a fragment), or log a path that is mapped: nginx `map $uri $logged { ~^/reset/ /reset/-; default $uri; }`."},
			{ID: "unescaped", Title: "Values from the client are logged unescaped", Severity: checks.Medium,
				Fix: "Use escape=json, or leave escape out."},
		},
		Wants: wantsRoutes,
		File:  keepRoutes,
		Tree:  judgeFormats,
	}
}

func judgeFormats(p *checks.Pass) error {
	for _, scope := range p.Scopes("nginx", "apache", "caddy", "gunicorn", "haproxy", "traefik logs") {
		for i := range scope.Settings {
			s := &scope.Settings[i]
			if s.Inherited || s.Dynamic() && s.Name != "ForensicLog" {
				continue
			}
			leaks, known := leaksOf(scope, s)
			if !known {
				continue
			}
			subject := checks.Subject{Kind: "log format", Name: s.Place.String() + " " + s.Name}
			for _, l := range leaks {
				p.Fail(checks.Finding{
					Rule: l.rule, Subject: subject, Place: s.Place, Attribute: l.what,
					Expected: "a format without " + l.what, Actual: l.what, Message: l.message,
				})
			}
			if len(leaks) == 0 {
				p.OK(subject)
			}
		}
	}
	judgeRoutes(p)
	return nil
}

// formatLeak is one part of a format that does not belong in a log.
type formatLeak struct{ rule, what, message string }

// leaksOf judges one setting. known reports whether it is a log format at all.
func leaksOf(scope *checks.Scope, s *checks.Setting) (leaks []formatLeak, known bool) {
	directive, _, _ := strings.Cut(s.Name, " ")
	switch scope.Layer + " " + directive {
	case "nginx log_format":
		leaks = nginxLeaks(s.Text())
		if s.Has("escape=none") {
			leaks = append(leaks, formatLeak{"unescaped", "escape=none", "A client can write quotes and newlines into the log, and so forge lines"})
		}
		return leaks, true
	case "apache LogFormat":
		return apacheLeaks(s.Text()), true
	case "apache CustomLog":
		_, format, _ := strings.Cut(s.Text(), " ")
		return apacheLeaks(format), strings.Contains(format, "%")
	case "apache ForensicLog":
		return []formatLeak{{"all-headers", "ForensicLog", "The module mod_log_forensic writes every request header, Authorization and Cookie among them"}}, true
	case "apache DumpIOInput":
		if on, _ := s.Bool(); on {
			leaks = []formatLeak{{"body", "DumpIOInput", "The module mod_dumpio writes all that clients send, passwords among it"}}
		}
		return leaks, true
	case "haproxy capture", "haproxy log-format":
		return haproxyLeaks(directive, s.Text()), true
	case "caddy log_credentials":
		if on, _ := s.Bool(); on {
			leaks = []formatLeak{{"credential", "log_credentials", "Caddy leaves Cookie, Authorization and their like out of its logs; this puts them back"}}
		}
		return leaks, scope.Kind == "global" || s.Origin != checks.OriginDefault
	case "gunicorn access_log_format":
		return gunicornLeaks(s.Text()), true
	}
	if scope.Layer == "traefik logs" {
		return traefikLeaks(directive, s.Text())
	}
	return nil, false
}

// nginxLeaks finds variables, written $name or ${name}.
func nginxLeaks(format string) []formatLeak {
	var out []formatLeak
	for rest := format; ; {
		_, after, found := strings.Cut(rest, "$")
		if !found {
			return out
		}
		after = strings.TrimPrefix(after, "{")
		n := len(after) - len(strings.TrimLeft(after, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"))
		name := strings.ToLower(after[:n])
		rest = after[n:]
		if l := nginxLeak(name); l != nil {
			out = append(out, *l)
		}
	}
}

func nginxLeak(name string) *formatLeak {
	if name == "request_body" || name == "request_body_file" {
		return &formatLeak{"body", "$" + name, "Bodies hold passwords and personal data"}
	}
	for _, prefix := range []string{"http_", "sent_http_", "upstream_http_", "arg_", "sent_trailer_"} {
		if field, ok := strings.CutPrefix(name, prefix); ok && credential(field) {
			return &formatLeak{"credential", "$" + name, "Who reads the log can act as the user whose credential this is"}
		}
	}
	for _, prefix := range []string{"cookie_", "upstream_cookie_"} {
		if field, ok := strings.CutPrefix(name, prefix); ok {
			return cookieLeak("$"+name, field)
		}
	}
	return nil
}

var harmlessCookies = wordSet(`lang language locale theme tz timezone country currency consent _ga _gid _fbp ab variant`)

// cookieLeak judges a cookie by its name; nil where it is known to be harmless.
func cookieLeak(what, name string) *formatLeak {
	switch {
	case harmlessCookies[strings.ToLower(name)]:
		return nil
	case credential(name) || strings.Contains(strings.ToLower(name), "sess") || strings.Contains(strings.ToLower(name), "auth"):
		return &formatLeak{"credential", what, "Who reads the log can take over the session"}
	}
	return &formatLeak{"cookie", what, "Cookies often identify or authenticate a user"}
}

// apacheLeaks finds %{Name}i and its kin, with modifiers such as %!200{Name}i or %>{Name}i.
func apacheLeaks(format string) []formatLeak {
	var out []formatLeak
	for rest := format; ; {
		_, after, found := strings.Cut(rest, "%")
		if !found {
			return out
		}
		after = strings.TrimLeft(after, "!<>^,0123456789")
		name, tail, closed := strings.Cut(strings.TrimPrefix(after, "{"), "}")
		if !strings.HasPrefix(after, "{") || !closed || tail == "" {
			rest = after
			continue
		}
		rest = tail
		what := "%{" + name + "}" + tail[:1]
		switch tail[0] {
		case 'i', 'o', 'e', 'n':
			if credential(strings.TrimPrefix(strings.ToLower(name), "http_")) {
				out = append(out, formatLeak{"credential", what, "Who reads the log can act as the user whose credential this is"})
			}
		case 'C':
			if l := cookieLeak(what, name); l != nil {
				out = append(out, *l)
			}
		}
	}
}

// gunicornLeaks finds %({name}i)s: request headers (i), response headers (o) and environment variables (e).
func gunicornLeaks(format string) []formatLeak {
	var out []formatLeak
	for rest := format; ; {
		_, after, found := strings.Cut(rest, "%({")
		if !found {
			return out
		}
		name, tail, _ := strings.Cut(after, "}")
		rest = tail
		if tail != "" && strings.Contains("ioe", tail[:1]) && credential(strings.TrimPrefix(strings.ToLower(name), "http_")) {
			out = append(out, formatLeak{"credential", "%({" + name + "}" + tail[:1] + ")s", "Who reads the log can act as the user whose credential this is"})
		}
	}
}
