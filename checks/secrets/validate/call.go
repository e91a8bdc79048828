// Package validate knows how to ask a provider whether a token of its is still accepted: for each rule of
// provider-tokens, the provider's own call that says whose a token is, as data. Every call reads and changes nothing.
//
// The host of a call is the table's alone: nothing that an audited file says decides where a secret is sent.
package validate

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// Call is how a provider is asked about its tokens.
type Call struct {
	Rules    []string // of provider-tokens
	Prefixes []string // of the tokens that can be asked about; nil for all
	Not      []string // prefixes of those that cannot
	Method   string   // "" means GET
	// URL is https. {secret} in it is the token, only where the provider knows no header for it; {region} is what Region
	// reads from the token.
	URL    string
	Region func(secret string) string
	// Auth is the header that carries the token: "Authorization: Bearer {secret}". After "Authorization: Basic " stands
	// user and password before their encoding: "{secret}:". "AWS4" is Signature Version 4, with the companion as its key ID.
	Auth   string
	Header [][2]string // besides
	Body   string
	// Active and Revoked are the answers that tell; nil means status 200, and 401. One that looks into the body counts
	// before one of a status alone.
	Active, Revoked []Answer
	// Doubt says why a refusal proves nothing, completing "but": "a GitLab of its owner may". "" where it proves that the
	// token is revoked.
	Doubt     string
	Identity  []string // paths in the answer that say whose the token is
	Scopes    string   // a path, or "header NAME"
	Reference string   // the provider's documentation of the call
}

// Credential is a token to ask about.
type Credential struct {
	Rule, Secret string
	Companion    string // the key ID beside an AWS secret key
	Session      string // the session token beside a temporary one
}

// CallOf is how the provider of the credential is asked, or nil where it cannot be.
func CallOf(c Credential) *Call {
	for _, call := range table()[c.Rule] {
		if call.suits(c) {
			return call
		}
	}
	return nil
}

func (call *Call) suits(c Credential) bool {
	begins := func(p string) bool { return strings.HasPrefix(c.Secret, p) }
	if len(call.Prefixes) > 0 && !slices.ContainsFunc(call.Prefixes, begins) || slices.ContainsFunc(call.Not, begins) {
		return false
	}
	if call.Auth == signed {
		// A temporary key is one with its session token, an enduring one without.
		return len(c.Companion) == 20 && strings.HasPrefix(c.Companion, "ASIA") == (c.Session != "")
	}
	return call.Region == nil || call.Region(c.Secret) != ""
}

// Host is where the credential is sent.
func (call *Call) Host(c Credential) string {
	u, err := url.Parse(call.urlOf(c))
	if err != nil {
		return ""
	}
	return u.Host
}

func (call *Call) urlOf(c Credential) string {
	path, query, ok := strings.Cut(call.URL, "?")
	out := strings.ReplaceAll(path, "{secret}", url.PathEscape(c.Secret))
	if ok {
		out += "?" + strings.ReplaceAll(query, "{secret}", url.QueryEscape(c.Secret))
	}
	if call.Region != nil {
		out = strings.ReplaceAll(out, "{region}", call.Region(c.Secret))
	}
	return out
}

// Request is the call for the credential.
func (call *Call) Request(c Credential, now time.Time) checks.OutboundRequest {
	r := checks.OutboundRequest{Method: call.Method, URL: call.urlOf(c), Header: http.Header{}, Body: call.Body}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	for _, h := range call.Header {
		r.Header.Set(h[0], h[1])
	}
	if call.Auth == signed {
		sign(&r, signature{keyID: c.Companion, secret: c.Secret, session: c.Session, region: "us-east-1", service: "sts", at: now})
		return r
	}
	if name, value, ok := strings.Cut(call.Auth, ": "); ok {
		if plain, basic := strings.CutPrefix(value, "Basic "); basic {
			value = "Basic " + base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(plain, "{secret}", c.Secret)))
		}
		r.Header.Set(name, strings.ReplaceAll(value, "{secret}", c.Secret))
	}
	return r
}
