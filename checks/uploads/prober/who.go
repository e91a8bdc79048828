package prober

import "strings"

// mark is how a product words a refusal. Measured on the products themselves.
type mark struct {
	product, part string
	header        string // "Name: value" that begins so, or ""
	body          string // is in the body, or ""
}

var marks = []mark{
	{"nginx", "the proxy or server", "", "<hr><center>nginx"},
	{"OpenResty", "the proxy or server", "", "<hr><center>openresty"},
	{"Apache", "the proxy or server", "", `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML`},
	{"HAProxy", "the proxy", "", "<html><body><h1>413 Payload Too Large</h1>\nThe request entity exceeds the maximum allowed."},
	{"lighttpd", "the proxy or server", "Server: lighttpd", "<h1>413"},
	{"Werkzeug (Flask)", "the application", "", "<!doctype html>\n<html lang=en>\n<title>413"},
	{"Fastify", "the application", "", `"FST_ERR_CTP_BODY_TOO_LARGE"`},
	{"@fastify/multipart", "the application", "", `"FST_REQ_FILE_TOO_LARGE"`},
	{"hapi", "the application", "", `{"statusCode":413,"error":"Request Entity Too Large"`},
	{"Express (body-parser)", "the application", "", "PayloadTooLargeError: request entity too large"},
	{"Express", "the application", "X-Powered-By: Express", ""},
	{"aiohttp", "the application", "Server: Python/", "Maximum request body size"},
	{"Django", "the application", "", "<h1>Bad Request (400)</h1>"},
	{"Django (DEBUG)", "the application", "", "RequestDataTooBig"},
	{"Tornado", "the application", "Server: TornadoServer", ""},
	{"Go (MaxBytesReader)", "the application", "", "http: request body too large"},
	{"ASP.NET Core (Kestrel)", "the application", "Server: Kestrel", ""},
	{"Tomcat", "the application", "", "Apache Tomcat"},
	{"Envoy", "the proxy", "Server: envoy", ""},
	{"Cloudflare", "the proxy", "Server: cloudflare", ""},
	{"Caddy", "the proxy or server", "Server: Caddy", ""},
}

// everyPath stands for a layer that answers whatever the path is.
const everyPath = "a layer for every path"

// whoAnswered names the product whose wording an answer has. Where none fits, a path that no handler has says that it was
// not the code of a route.
func whoAnswered(r *reply, missing bool) string {
	for _, m := range marks {
		name, value, _ := strings.Cut(m.header, ": ")
		if (name == "" || strings.HasPrefix(r.Header.Get(name), value)) && (m.body == "" || strings.Contains(string(r.Body), m.body)) {
			return m.product + ", " + m.part
		}
	}
	switch {
	case r.Status == 0:
		return ""
	case missing && (r.Status == 413 || r.Status == 400):
		return everyPath
	}
	return ""
}
