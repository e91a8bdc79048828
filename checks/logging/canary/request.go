package canary

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Channels. Those of credentials must never be logged; the others tell lines apart, or show how a log takes what is hostile.
const (
	QueryToken   Channel = "query token"
	Bearer       Channel = "Authorization bearer"
	Cookie       Channel = "Cookie"
	APIKey       Channel = "X-Api-Key"
	BasicPass    Channel = "basic password"
	FormPass     Channel = "form password"
	JSONPass     Channel = "JSON password"
	RefererToken Channel = "Referer token"

	Path      Channel = "path"
	UserAgent Channel = "User-Agent"
	RequestID Channel = "X-Request-Id"
	UserName  Channel = "user name"

	// Each of these is followed by the bytes that the next of its request is preceded by.
	AgentEscape   Channel = "escape sequence in User-Agent"
	RefererEscape Channel = "escape sequence in Referer"
	AgentUnicode  Channel = "Unicode controls in User-Agent"
	AgentQuote    Channel = "quotation mark in User-Agent"
	PathBreak     Channel = "encoded line break in the path"
	QueryBreak    Channel = "encoded line break in the query"
	UserBreak     Channel = "line break in the basic user name"
	JSONBreak     Channel = "line break in a JSON user name"
)

// Request is one marked request.
type Request struct {
	Name   string // "request", "failed login", ...
	Method string
	Path   string // what its line in a log shows, without the query
	Data   string // the bytes that are sent, as checks.RawRequest has them
	Probes []Probe

	Sent, Done time.Time
	Status     int // 0 where there was no answer
	Echoed     map[Channel]bool
}

// Probe is something hostile between two markers.
type Probe struct {
	Channel       Channel
	Before, After *Marker
	Hostile       []string // bytes that a log must not hold between the two
	Breaks        bool     // a line break stands there: what follows it must not begin a line
	Quoted        bool     // it matters only where the field that the first marker begins is quoted
}

// Names of requests.
const (
	NamePage      = "request"
	NameMissing   = "missing page"
	NameLogin     = "failed login"
	NameJSONLogin = "failed JSON login"
	NameMalformed = "malformed request"
	NameError     = "server error"
	NameHostile   = "hostile request"
)

// builder makes the requests of a run.
type builder struct {
	*markers
	spoofed string
	base    *url.URL
	page    string // the first audited page
	login   string
	failing string // a path that answers 500, or ""
	out     []*Request
}

// build makes at most 12 requests. What could have the whole request refused stands in a request of its own.
func (b *builder) build() []*Request {
	b.visit()
	b.missing()
	b.formLogin()
	b.jsonLogin()
	b.malformed()
	b.escapes()
	b.controls()
	b.breakInPath()
	b.breakInQuery()
	b.breakInUser()
	if b.failing != "" {
		r := b.begin(NameError, "GET", b.failing)
		b.send(r, withQuery(b.failing, "audit", b.add(Path, r).Text), "", "")
	}
	return b.out
}

func (b *builder) begin(name, method, path string) *Request {
	path, _, _ = strings.Cut(path, "?")
	r := &Request{Name: name, Method: method, Path: path, Echoed: map[Channel]bool{}}
	b.out = append(b.out, r)
	return r
}

// missingPath is a path with a marker, which the site does not have.
func (b *builder) missingPath(r *Request) string {
	r.Path = "/" + b.add(Path, r).Text
	return r.Path
}

func withQuery(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path + "?" + name + "=" + value
	}
	query := u.RawQuery
	if query != "" {
		query += "&"
	}
	return u.EscapedPath() + "?" + query + name + "=" + value
}

// send finishes a request: header are its own header lines.
func (b *builder) send(r *Request, target, header, body string) {
	if body != "" {
		header += "Content-Length: " + strconv.Itoa(len(body)) + "\r\n"
	}
	r.Data = r.Method + " " + target + " HTTP/1.1\r\nHost: {host}\r\n" + header + "{headers}Connection: close\r\n\r\n" + body
}

// forwarded claims to come from an address that no client has.
func (b *builder) forwarded() string { return "X-Forwarded-For: " + b.spoofed + "\r\n" }

func (b *builder) visit() {
	r := b.begin(NamePage, "GET", b.page)
	b.send(r, withQuery(b.page, "token", b.add(QueryToken, r).Text),
		"Authorization: Bearer "+b.add(Bearer, r).Text+"\r\n"+
			"Cookie: session="+b.add(Cookie, r).Text+"\r\n"+
			"X-Api-Key: "+b.add(APIKey, r).Text+"\r\n"+
			"X-Request-Id: "+b.add(RequestID, r).Text+"\r\n"+
			"Referer: "+b.base.Scheme+"://"+b.base.Host+"/reset?token="+b.add(RefererToken, r).Text+"\r\n"+
			"User-Agent: hardcheck-"+b.add(UserAgent, r).Text+"\r\n"+b.forwarded(), "")
}

func (b *builder) missing() {
	r := b.begin(NameMissing, "GET", "")
	b.send(r, b.missingPath(r), "Authorization: "+basic(b.add(UserName, r).Text, b.add(BasicPass, r).Text)+"\r\n"+b.forwarded(), "")
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func (b *builder) formLogin() {
	r := b.begin(NameLogin, "POST", b.login)
	b.send(r, withQuery(b.login, "audit", b.add(Path, r).Text), "Content-Type: application/x-www-form-urlencoded\r\n",
		"username="+b.add(UserName, r).Text+"&password="+b.add(FormPass, r).Text)
}

func (b *builder) jsonLogin() {
	r := b.begin(NameJSONLogin, "POST", b.login)
	target := withQuery(b.login, "audit", b.add(Path, r).Text)
	first, second := b.breaks(r, JSONBreak)
	b.send(r, target, "Content-Type: application/json\r\n",
		`{"username":"`+first+`\r\n`+second+`","password":"`+b.add(JSONPass, r).Text+`"}`)
}

// breaks adds a probe with a line break between its markers.
func (b *builder) breaks(r *Request, c Channel) (before, after string) {
	p := Probe{Channel: c, Before: b.add(c, r), After: b.add(c, r), Hostile: []string{"\r", "\n"}, Breaks: true}
	r.Probes = append(r.Probes, p)
	return p.Before.Text, p.After.Text
}

// between adds a probe with hostile bytes between its markers, and returns the whole.
func (b *builder) between(r *Request, c Channel, sent string, hostile ...string) string {
	p := Probe{Channel: c, Before: b.add(c, r), After: b.add(c, r), Hostile: hostile}
	r.Probes = append(r.Probes, p)
	return p.Before.Text + sent + p.After.Text
}

const escape = "\x1b[31m" // red text, of which a terminal that shows the log takes the word

func (b *builder) escapes() {
	r := b.begin(NameHostile, "GET", "")
	b.send(r, b.missingPath(r), "User-Agent: "+b.between(r, AgentEscape, escape, "\x1b")+"\r\n"+
		"Referer: "+b.between(r, RefererEscape, escape, "\x1b")+"\r\n", "")
}

// unicodeControls are next line, line separator and right-to-left override: some programs break lines at the first two,
// and the third shows text backwards.
var unicodeControls = []string{"\u0085", "\u2028", "\u202e"}

func (b *builder) controls() {
	r := b.begin(NameHostile, "GET", "")
	path, quote := b.missingPath(r), b.between(r, AgentQuote, `" "`, `" "`)
	r.Probes[0].Quoted = true
	b.send(r, path, "User-Agent: "+quote+b.between(r, AgentUnicode, strings.Join(unicodeControls, ""), unicodeControls...)+"\r\n", "")
}

func (b *builder) breakInPath() {
	r := b.begin(NameHostile, "GET", "")
	before, after := b.breaks(r, PathBreak)
	r.Path = "/" + before
	b.send(r, r.Path+"%0d%0a"+after, "", "")
}

func (b *builder) breakInQuery() {
	r := b.begin(NameHostile, "GET", b.page)
	before, after := b.breaks(r, QueryBreak)
	b.send(r, withQuery(b.page, "audit", before+"%0d%0a"+after), "", "")
}

func (b *builder) breakInUser() {
	r := b.begin(NameHostile, "GET", "")
	path := b.missingPath(r)
	before, after := b.breaks(r, UserBreak)
	b.send(r, path, "Authorization: "+basic(before+"\r\n"+after, "x")+"\r\n", "")
}

// malformed has a header line without a colon.
func (b *builder) malformed() {
	r := b.begin(NameMalformed, "GET", "")
	b.send(r, b.missingPath(r), "hardcheck malformed\r\n", "")
}
