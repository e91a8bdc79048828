package headers

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// debugHeaders are sent by tools for developers, and what each gives away.
var debugHeaders = []struct{ header, harm string }{
	{"X-Debug-Token", "Symfony's profiler is on: with the token anyone reads queries, settings and sessions of the request"},
	{"X-Debug-Token-Link", "Symfony's profiler is on: behind the link anyone reads queries, settings and sessions of the request"},
	{"X-Chromelogger-Data", "what the application logs goes to every visitor"},
	{"X-Chromephp-Data", "what the application logs goes to every visitor"},
	{"X-Wf-1-1-1-1", "FirePHP is on: what the application logs goes to every visitor"},
	{"X-Clockwork-Id", "Clockwork is on: with the ID anyone reads queries and settings of the request"},
	{"X-Debugbar", "a debug bar is on: what it gathers goes to every visitor"},
}

// notAddresses are headers in which an inner address is meant for the browser.
var notAddresses = map[string]bool{"Content-Security-Policy": true, "Content-Security-Policy-Report-Only": true, "Access-Control-Allow-Origin": true,
	"Set-Cookie": true, "Etag": true, "Link": true, "Reporting-Endpoints": true, "Permissions-Policy": true}

// errorVersion is the line by which servers sign their error pages.
var errorVersion = regexp.MustCompile(`(?:<center>|<address>|<h[1-3]>|<b>|<em>|<hr>|\n)\s*((?:nginx|openresty|tengine|Apache|Apache Tomcat|lighttpd|Jetty|WEBrick|Phusion Passenger|WildFly|GlassFish Server|Microsoft-IIS|PHP|LiteSpeed|Werkzeug)[/ ]v?[0-9]+\.[0-9][0-9A-Za-z.]*)`)

const maxErrorScan = 64 << 10 // bytes of an error page looked at

var innerAddress = regexp.MustCompile(`(?:^|[^0-9A-Za-z.])((?:10|172|192)\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})(?:$|[^0-9A-Za-z.])`)

// judgeDebugHeaders finds headers that debugging tools send, and addresses of the inner network in any other.
func judgeDebugHeaders(r *response, j *judgement) {
	for _, d := range debugHeaders {
		if value, sent := r.combined(d.header); sent {
			j.fail(issue{rule: "debug-header", attribute: d.header, expected: "no " + d.header, actual: value, message: d.harm})
		}
	}
	if !r.live || innerHost(r.answer.URL) {
		return
	}
	for _, f := range r.headers {
		if m := innerAddress.FindStringSubmatch(f.value); m != nil && !notAddresses[f.name] && private(m[1]) {
			j.fail(issue{rule: "internal-address", attribute: f.name, expected: "no inner address", actual: m[1],
				message: "the header tells how the inner network is numbered: an attacker who can make a server ask for a URL starts there"})
		}
	}
}

func private(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsPrivate()
}

// innerHost reports whether the site itself is on the inner network.
func innerHost(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(strings.Trim(u.Hostname(), "[]"))
	return err == nil && (ip.IsPrivate() || ip.IsLoopback()) || u.Hostname() == "localhost"
}
