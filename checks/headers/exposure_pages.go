package headers

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// exposedPage is an address where a product puts something for operators, and what proves that an answer is that.
type exposedPage struct {
	path, rule string
	what, harm string // a noun and what an attacker does with it
	header     http.Header
	proof      func(body []byte) string // what was seen, "" where the body is something else
}

const (
	docsHarm   = "it lists every entry point, those that no page links to among them"
	statusHarm = "it shows who asks for what at the moment, addresses and query strings among them"
	springHarm = "its endpoints give away settings, and some a copy of the memory"
)

var exposedPages = []exposedPage{
	{"/openapi.json", "api-docs", "the API's description", docsHarm, nil, openAPI},
	{"/v3/api-docs", "api-docs", "the API's description", docsHarm, nil, openAPI},
	{"/swagger.json", "api-docs", "the API's description", docsHarm, nil, openAPI},
	{"/swagger/v1/swagger.json", "api-docs", "the API's description", docsHarm, nil, openAPI},
	{"/docs", "api-docs", "the API's documentation", docsHarm, nil, docsPage},
	{"/redoc", "api-docs", "the API's documentation", docsHarm, nil, docsPage},
	{"/swagger-ui/index.html", "api-docs", "the API's documentation", docsHarm, nil, docsPage},
	{"/graphql?query=%7B__schema%7BqueryType%7Bname%7D%7D%7D", "introspection", "GraphQL's introspection", docsHarm,
		http.Header{"Accept": {"application/json"}}, introspection},
	{"/server-status", "status-page", "Apache's status page", statusHarm, nil, text(`<title>Apache Status</title>`, `Apache Server Status for `)},
	{"/nginx_status", "status-page", "nginx's status page", "it shows how busy the server is", nil, text(`Active connections: `, `server accepts handled requests`)},
	{"/debug/pprof/", "diagnostics", "Go's profiler", "it hands out the memory and lets anyone slow the process down", nil, text(`<title>/debug/pprof/</title>`, `goroutine`)},
	{"/debug/vars", "diagnostics", "Go's expvar page", "it shows the command line, credentials in it, and the memory statistics", nil, jsonWith("cmdline", "memstats")},
	{"/actuator", "diagnostics", "Spring Boot's actuator", springHarm, http.Header{"Accept": {"application/json"}}, actuator},
	{"/metrics", "metrics", "the metrics page", "it shows the load, the versions and the entry points of the service", nil, metrics},
	{"/phpinfo.php", "diagnostics", "phpinfo()", "it shows paths, versions and environment variables, credentials among them", nil, text(`<title>PHP `, `phpinfo()`)},
	{"/console", "diagnostics", "the Werkzeug console", "it runs Python code for whoever knows or guesses its PIN", nil, text(`Interactive Console`, `__debugger__`)},
}

// text proves a page by marks of its product, all of which it holds.
func text(marks ...string) func([]byte) string {
	return func(body []byte) string {
		for _, m := range marks {
			if !bytes.Contains(body, []byte(m)) {
				return ""
			}
		}
		return "a page with " + strconv.Quote(strings.TrimSpace(marks[0]))
	}
}

// object reads the fields of a JSON object, nil where the body is none.
func object(body []byte) map[string]json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	return fields
}

func jsonWith(names ...string) func([]byte) string {
	return func(body []byte) string {
		fields := object(body)
		for _, n := range names {
			if _, ok := fields[n]; !ok {
				return ""
			}
		}
		return "an object with " + strings.Join(names, " and ")
	}
}

// openAPI proves a description of an API: a version of OpenAPI or Swagger, and paths.
func openAPI(body []byte) string {
	fields := object(body)
	var paths map[string]json.RawMessage
	if json.Unmarshal(fields["paths"], &paths) != nil || len(paths) == 0 {
		return ""
	}
	for _, name := range []string{"openapi", "swagger"} {
		var version string
		if json.Unmarshal(fields[name], &version) == nil && version != "" {
			return name + " " + version + " with " + strconv.Itoa(len(paths)) + " paths"
		}
	}
	return ""
}

// docsPage proves a page that draws such a description in the browser.
func docsPage(body []byte) string {
	for _, m := range []string{"SwaggerUIBundle(", "swagger-initializer.js", "<redoc spec-url", "redoc.standalone.js"} {
		if bytes.Contains(body, []byte(m)) {
			return "a page with " + strconv.Quote(m)
		}
	}
	return ""
}

func introspection(body []byte) string {
	var answer struct {
		Data struct {
			Schema struct {
				QueryType struct {
					Name string `json:"name"`
				} `json:"queryType"`
			} `json:"__schema"`
		} `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Data.Schema.QueryType.Name == "" {
		return ""
	}
	return "a schema whose queries are " + answer.Data.Schema.QueryType.Name
}

// actuator proves Spring Boot's list of endpoints. One that lists only health and info tells nothing.
func actuator(body []byte) string {
	var links map[string]struct {
		Href string `json:"href"`
	}
	if json.Unmarshal(object(body)["_links"], &links) != nil || links["self"].Href == "" {
		return ""
	}
	var open []string
	for _, name := range []string{"env", "heapdump", "threaddump", "configprops", "beans", "mappings", "loggers", "httpexchanges", "shutdown", "jolokia", "metrics", "prometheus"} {
		if links[name].Href != "" {
			open = append(open, name)
		}
	}
	if len(open) == 0 {
		return ""
	}
	return "endpoints " + strings.Join(open, ", ")
}

var (
	metricType   = regexp.MustCompile(`(?m)^# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram|summary|untyped|info|stateset|unknown)\r?$`)
	metricSample = regexp.MustCompile(`(?m)^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^\n]*\})? [-+0-9.eEInfNa]+( [0-9.]+)?\r?$`)
)

// metrics proves Prometheus' text format: a type and a sample.
func metrics(body []byte) string {
	kinds := metricType.FindAllIndex(body, -1)
	if len(kinds) == 0 || !metricSample.Match(body) {
		return ""
	}
	return strconv.Itoa(len(kinds)) + " metrics in Prometheus' format"
}
