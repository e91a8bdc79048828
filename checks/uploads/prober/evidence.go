package prober

import (
	"net/url"
	"strconv"
	"strings"
)

// curl is the one command by which a reviewer repeats the request that decides, shell-quoted. It prints the status; 100
// where the server waits for the body. Credentials stand in it as variables.
func (o *Outcome) curl(p *Prober) string {
	c := command{to: address(p.site.URL(), o.Path), credentials: p.options.Credentials, kind: o.kind}
	limit := o.Limit()
	switch {
	case o.Verdict == NonMonotone:
		return c.declares(o.Wraps, o.expect)
	case o.Verdict == LengthOnly || o.Verdict == FailOpen:
		return c.sends(limit.Over, true)
	case o.Verdict == NoLimit:
		return c.sends(o.Body.AtLeast, false)
	case o.byDeclaration() && o.dripSize == 0:
		return c.declares(o.Declared.Over, o.expect)
	case limit.Over > 0:
		return c.sends(limit.Over, o.Body.Over > 0 && o.Chunked == chunksRefused && o.packed)
	case o.Declared.AtLeast > controlSize:
		return c.declares(o.Declared.AtLeast, o.expect)
	}
	return c.declares(controlSize, o.expect)
}

// curlDeclared is the same for the limit on declared sizes.
func (o *Outcome) curlDeclared(p *Prober) string {
	if o.Declared.Over == 0 || o.byDeclaration() || o.dripSize > 0 {
		return o.Evidence
	}
	c := command{to: address(p.site.URL(), o.Path), credentials: p.options.Credentials, kind: o.kind}
	return c.declares(o.Declared.Over, o.expect)
}

// address is the URL of a path on the site.
func address(base *url.URL, path string) string { return base.Scheme + "://" + base.Host + path }

// command builds curl commands for one path.
type command struct{ to, credentials, kind string }

const curl = `curl -sS --http1.1 -o /dev/null -w '%{http_code}\n' --max-time `

// declares is a request that declares a size and sends nothing.
func (c *command) declares(size int64, expect bool) string {
	s := curl + "5 -X POST -H 'Connection: close' -H " + quote("Content-Type: "+c.kind) + " -H 'Content-Length: " + strconv.FormatInt(size, 10) + "'"
	if expect {
		s += " -H 'Expect: 100-continue'"
	}
	return s + c.end()
}

// sends is a whole body.
func (c *command) sends(size int64, chunked bool) string {
	s := "head -c " + strconv.FormatInt(size, 10) + " /dev/zero | tr '\\0' 0 | "
	if begin := begins(c.kind); begin != "" {
		shown := strings.NewReplacer("\r", `\r`, "\n", `\n`).Replace(begin)
		s = "{ printf '%b' " + quote(shown) + "; tr '\\0' 0 </dev/zero; } | head -c " + strconv.FormatInt(size, 10) + " | "
	}
	s += curl + "60 -X POST -H 'Expect:' -H 'Connection: close' -H " + quote("Content-Type: "+c.kind)
	if chunked {
		s += " -H 'Transfer-Encoding: chunked'"
	}
	return s + " --data-binary @-" + c.end()
}

func (c *command) end() string {
	if c.credentials != "" {
		return " " + c.credentials + " " + quote(c.to)
	}
	return " " + quote(c.to)
}

// quote makes one word of a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// hostPort is where a URL connects to.
func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":" + map[string]string{"http": "80", "https": "443"}[u.Scheme]
}
