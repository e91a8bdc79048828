package canary

import (
	"regexp"
	"strings"
)

// Product is what writes lines of one shape, and the directives that decide what stands in them. An empty text means that
// the product has none that is known here.
type Product struct {
	Name   string
	shape  func() *regexp.Regexp
	server string // what the site's Server field begins with; "" for any

	Query   string // keeps the query of the URL out
	Header  string // keeps the headers with credentials out
	Referer string
	Escape  string // has hostile bytes escaped
	Time    string // says time and zone
	Client  string // says the client's address, and believes only proxies that are known
}

// combined is the common and the combined log format of Apache and of those that follow it.
var combined = pattern(`^\S+ \S+ .*\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "`)

// products are tried in order. The directives are those of each product's own documentation.
var products = []Product{
	{Name: "mod_log_forensic", shape: pattern(`^\+[\w.:@-]+\|[A-Z]+ `),
		Query: "Remove `ForensicLog`.", Header: "Remove `ForensicLog`: it writes every header.", Referer: "Remove `ForensicLog`.", Escape: "Remove `ForensicLog`."},
	{Name: "Apache's error log", shape: pattern(`^\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}\] \[[\w-]*:\w+\] \[pid `),
		Referer: "Write an `ErrorLogFormat` without `%{Referer}i`.", Time: "Write an `ErrorLogFormat` with `%{cuz}t`, whose time says its offset."},
	{Name: "nginx's error log", shape: pattern(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[\w+\] \d+#\d+: `),
		Query:   "nginx's error log has no format: keep tokens out of URLs, or raise its level (`error_log FILE crit;`).",
		Referer: "nginx's error log has no format: keep tokens out of URLs, or raise its level (`error_log FILE crit;`).",
		Escape:  "Write `log_not_found off;`: the access log, which escapes, tells of missing files.",
		Time:    "Send the log to syslog (`error_log syslog:server=...;`), whose collector adds the offset."},
	{Name: "Caddy", shape: pattern(`"logger":"http\.log\.(access|error)`),
		Query:   "Write `format filter { request>uri query { replace token REDACTED } }` in the `log` block.",
		Header:  "Remove `log_credentials`; for other headers write `format filter { request>headers>X-Api-Key delete }` in the `log` block.",
		Referer: "Write `format filter { request>headers>Referer delete }` in the `log` block.",
		Client:  "Set `trusted_proxies` to the addresses of the proxies."},
	{Name: "HAProxy", shape: pattern(` \[\d\d/[A-Z][a-z]{2}/\d{4}:[\d:.]+\] \S+ \S+/\S+ -?\d+/-?\d+/-?\d+/-?\d+/`),
		Query:  "Write a `log-format` with `%HM %HP %HV` in place of `%r`.",
		Header: "Remove `capture request header` of headers that hold credentials.", Referer: "Remove `capture request header Referer`.",
		Time: "Write a `log-format` with `%T` in place of `%tr`, or log in RFC 5424 (`log ... format rfc5424`)."},
	{Name: "pino-http", shape: pattern(`"req":\{"id":.*"headers":\{`),
		Query:   "Give pino-http a serializer that cuts the query: `serializers: { req: (r) => ({ ...r, url: r.url.split('?')[0], query: undefined }) }`.",
		Header:  "Give pino-http `redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers[\"x-api-key\"]']`.",
		Referer: "Give pino-http `redact: ['req.headers.referer']`."},
	{Name: "express-winston", shape: pattern(`"req":\{.*"(headers|httpVersion|originalUrl)":`),
		Query:   "Give express-winston a `requestWhitelist` without `url`, `originalUrl` and `query`, and a `msg` without `req.url`.",
		Header:  "Give express-winston `headerBlacklist: ['authorization', 'cookie', 'x-api-key']`.",
		Referer: "Give express-winston `headerBlacklist: ['referer']`.", Time: "Add `format.timestamp()` to winston's format.",
		Client: "Add `dynamicMeta: (req) => ({ ip: req.ip })` to express-winston."},
	{Name: "Fastify", shape: pattern(`"reqId":"`),
		Query:  "Give Fastify's logger a serializer that cuts the query: `serializers: { req: (r) => ({ method: r.method, url: r.url.split('?')[0], remoteAddress: r.ip }) }`.",
		Client: "Set `trustProxy` to the addresses of the proxies."},
	{Name: "uvicorn", shape: pattern(`^(INFO|WARNING): +(\S+ - "|Invalid HTTP)`),
		Query:  "Start uvicorn with `--no-access-log` and log the path alone in a middleware, or have the proxy log.",
		Time:   "Start uvicorn with a `--log-config` whose access format begins with `%(asctime)s`.",
		Client: "Start uvicorn with `--forwarded-allow-ips` set to the addresses of the proxies, or `--no-proxy-headers` where there is none."},
	{Name: "a development server", shape: pattern(`^(?:\S+ - - )?\[\d\d/[A-Z][a-z]{2}/\d{4} \d\d:\d\d:\d\d\] "`),
		Query: "Serve by gunicorn or uWSGI and log the path alone.", Time: "Serve by gunicorn or uWSGI, whose access log says time and offset.", Client: "Serve by gunicorn or uWSGI, whose access log says the client."},
	{Name: "nginx", shape: combined, server: "nginx",
		Query:   "Write a `log_format` with `\"$request_method $uri $server_protocol\"` in place of `\"$request\"`.",
		Header:  "Remove `$http_authorization`, `$http_cookie` and their like from the `log_format`.",
		Referer: "Write a `log_format` without `$http_referer`.", Client: "Set `set_real_ip_from` to the addresses of the proxies."},
	{Name: "Apache", shape: combined, server: "Apache",
		Query:   "Write a `LogFormat` with `\"%m %U %H\"` in place of `\"%r\"`.",
		Header:  "Remove `%{Authorization}i`, `%{Cookie}i` and their like from the `LogFormat`.",
		Referer: "Write a `LogFormat` without `%{Referer}i`.", Client: "Set `RemoteIPInternalProxy` to the addresses of the proxies."},
	{Name: "gunicorn", shape: combined, server: "gunicorn",
		Query:   "Set `logger_class` to a subclass of gunicorn.glogging.Logger whose atoms() cuts `r` at the `?`; not `%(U)s`, which is decoded, so that line breaks get through.",
		Header:  "Remove `%({authorization}i)s`, `%({cookie}i)s` and their like from `--access-logformat`.",
		Referer: "Remove `%(f)s` from `--access-logformat`.", Escape: "Start gunicorn with an `--access-logformat` without `%(u)s`, `%(a)s`, `%(f)s` and `%(U)s`."},
	{Name: "morgan", shape: combined,
		Query:   "Redefine morgan's token: `morgan.token('url', (req) => req.path)`.",
		Referer: "Choose a format of morgan's without `:referrer`.", Escape: "Upgrade morgan to 1.11.0 or later (CVE-2026-5078).",
		Client: "Set Express' `trust proxy` to the addresses of the proxies."},
	{Name: "a logger without time and client", shape: pattern(`(GET|POST) /\S* .*\bms\b`),
		Query: "Log the path alone.", Time: "Choose a format with the time in ISO 8601, such as morgan's `combined` in place of `dev`.", Client: "Choose a format with the client's address, such as morgan's `combined` in place of `dev`."},
}

// Writer is the product that seems to have written the line, or nil.
func (r *Result) Writer(line string) *Product {
	for i := range products {
		p := &products[i]
		if strings.HasPrefix(strings.ToLower(r.Server), strings.ToLower(p.server)) && p.shape().MatchString(line) {
			return p
		}
	}
	return nil
}

// Against is the product's directive that keeps the channel's value out of its lines, or "".
func (p *Product) Against(c Channel) string {
	if p == nil {
		return ""
	}
	switch c {
	case QueryToken, Path:
		return p.Query
	case RefererToken:
		return p.Referer
	case Bearer, Cookie, APIKey, BasicPass:
		return p.Header
	}
	return ""
}
