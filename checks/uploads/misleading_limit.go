package uploads

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks"
)

func misleadingLimit() *checks.Check {
	return &checks.Check{
		ID:    "uploads/misleading-limit",
		Title: "Settings that look like a body limit are one",
		Why: "Someone set what reads like an upload limit, tested nothing, and went on. The product ignores it, applies it to something " +
			"else or does not apply it to proxied requests: bodies of any size get through while the configuration says otherwise.",
		Fix: "Set the limit that the product enforces, and send a body over it to see the 413: nginx client_max_body_size, Django " +
			"DATA_UPLOAD_MAX_MEMORY_SIZE, Flask MAX_CONTENT_LENGTH, a middleware in FastAPI, or a proxy in front.",
		Expected:   "Every setting that is meant to limit bodies is read and enforced by the product.",
		Rollback:   "Put the setting back; it had no effect on the size of bodies.",
		Absent:     "No setting that limits bodies, or looks like it, was found",
		References: []string{"CWE-770", "CWE-1188", "ASVS 5.2.1", "https://docs.djangoproject.com/en/stable/ref/settings/#file-upload-max-memory-size", "https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestbody"},
		Severity:   checks.Medium,
		Rules: append([]checks.Rule{
			{ID: "unknown-argument", Title: "FastAPI ignores an argument that reads like a body limit", Precision: checks.PrecisionVeryHigh,
				Fix: "Remove the argument and add an ASGI middleware that counts the bytes, or limit the body in the proxy."},
			{ID: "not-for-proxied", Title: "Apache does not apply LimitRequestBody to requests that it passes on", Precision: checks.PrecisionVeryHigh,
				Fix: "Limit the body in the application too, or with mod_security's SecRequestBodyLimit."},
			{ID: "memory-threshold", Severity: checks.Low, Precision: checks.PrecisionMedium,
				Title: "FILE_UPLOAD_MAX_MEMORY_SIZE says when an upload goes to disk, not how large it may be",
				Fix:   "Set DATA_UPLOAD_MAX_MEMORY_SIZE for form data, and limit files in the proxy or a form's validator."},
			{ID: "header-limit", Severity: checks.Low, Precision: checks.PrecisionMedium, Title: "A limit on headers or requests has the value of a body limit",
				Fix: "Remove it: the server has no body limit. Limit the body in the proxy or the application."},
			{ID: "wrong-prefix", Title: "ingress-nginx ignores annotations with the old prefix", Precision: checks.PrecisionVeryHigh,
				Fix: "Write nginx.ingress.kubernetes.io/proxy-body-size."},
		}, codeRules...),
		Wants: wantsIngress,
		File:  misleadingInIngress,
		Tree:  misleadingOnTree,
	}
}

func misleadingOnTree(p *checks.Pass) error {
	front := frontsOf(chainsOf(p)).limits()
	parsers := p.Scopes("body-parser")
	for _, s := range p.Scopes() {
		switch s.Layer {
		case "fastapi":
			misleadingArguments(p, s)
		case "body-parser", "multer", "busboy", "express-fileupload", "formidable", "fastify", "koa-bodyparser", "koa-body", "next.js", "spring-boot", "go":
			misleadingCode(p, s, parsers)
		case "apache":
			misleadingForProxied(p, s)
		case "django":
			misleadingThreshold(p, s, front)
		case "gunicorn", "uvicorn":
			misleadingServerLimits(p, s)
		}
	}
	return nil
}

// limitArguments are what people pass to FastAPI(), which takes any argument and ignores those it does not know.
var limitArguments = []string{"max_request_size", "max_request_body_size", "max_upload_size", "upload_limit", "max_body_size", "body_limit",
	"request_size_limit", "max_content_length", "client_max_size", "client_max_body_size", "limit_request_body", "max_file_size"}

func misleadingArguments(p *checks.Pass, s *checks.Scope) {
	if s.Kind != "app" {
		return
	}
	good := misleadingMiddleware(p, s)
	for _, set := range s.Settings {
		name, ok := strings.CutPrefix(set.Name, "unknown.")
		if !ok || !slices.Contains(limitArguments, name) {
			continue
		}
		good = false
		p.Fail(checks.Finding{Rule: "unknown-argument", Subject: s.Subject(), Place: set.Place, Attribute: name,
			Expected: "a limit that FastAPI enforces", Actual: name + "=" + set.Raw,
			Message: "FastAPI has no argument " + name + ": it is swallowed, and bodies of any size are read"})
	}
	if good {
		p.OK(s.Subject())
	}
}

// misleadingForProxied finds LimitRequestBody set where all requests are passed on.
func misleadingForProxied(p *checks.Pass, s *checks.Scope) {
	set, ok := s.Get("LimitRequestBody")
	if !ok || set.Inherited || set.Origin != checks.OriginSet {
		return
	}
	if n, _ := set.Int(); n == 0 || !apacheProxies(s) {
		p.OK(s.Subject())
		return
	}
	p.Fail(checks.Finding{Rule: "not-for-proxied", Subject: s.Subject(), Place: set.Place, Attribute: set.Name,
		Expected: "a limit that holds for proxied requests", Actual: "LimitRequestBody " + set.Raw,
		Message: "LimitRequestBody is set where every request is passed on to another server, and httpd does not apply it to those"})
}

// misleadingThreshold finds projects that set only the threshold and have no proxy with a limit either.
func misleadingThreshold(p *checks.Pass, s *checks.Scope, front *checks.Scope) {
	threshold, ok := s.Get("FILE_UPLOAD_MAX_MEMORY_SIZE")
	if !ok || s.Kind != "module" || threshold.Origin != checks.OriginSet || threshold.Inherited && threshold.Place.Path != s.Place.Path {
		return
	}
	if limit, ok := s.Get("DATA_UPLOAD_MAX_MEMORY_SIZE"); ok && limit.Origin != checks.OriginDefault || front != nil {
		p.OK(s.Subject())
		return
	}
	p.Fail(checks.Finding{Rule: "memory-threshold", Subject: s.Subject(), Place: threshold.Place, Attribute: threshold.Name,
		Expected: "DATA_UPLOAD_MAX_MEMORY_SIZE, or a proxy with a limit", Actual: threshold.Name + " = " + threshold.Raw,
		Message: "FILE_UPLOAD_MAX_MEMORY_SIZE only says when an upload is written to disk; larger files are accepted"})
}

// serverLimits are limits on other things than bodies, with what they limit.
var serverLimits = map[string]string{
	"limit_request_line":            "the request line",
	"limit_request_fields":          "the number of header fields",
	"limit_request_field_size":      "one header field",
	"h11_max_incomplete_event_size": "the request line and headers",
	"limit_max_requests":            "how many requests a process answers before it ends",
	"max_requests":                  "how many requests a worker answers before it is restarted",
}

// misleadingServerLimits finds values that only make sense as the size of a body: a megabyte or more for headers,
// whole megabytes as a number of requests.
func misleadingServerLimits(p *checks.Pass, s *checks.Scope) {
	const mebibyte = 1 << 20
	examined, good := false, true
	for _, set := range s.Settings {
		what, ok := serverLimits[set.Name]
		n, isInt := set.Int()
		if !ok || !isInt || set.Origin != checks.OriginSet {
			continue
		}
		examined = true
		if n < mebibyte || strings.Contains(set.Name, "max_requests") && n%mebibyte != 0 {
			continue
		}
		good = false
		p.Fail(checks.Finding{Rule: "header-limit", Subject: s.Subject(), Place: set.Place, Attribute: set.Name,
			Expected: "a body limit in the proxy or the application", Actual: fmt.Sprintf("%s = %d", set.Name, n),
			Message: fmt.Sprintf("%s limits %s, not the body; %s has no body limit", set.Name, what, s.Layer)})
	}
	if examined && good {
		p.OK(s.Subject())
	}
}
