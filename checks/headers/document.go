package headers

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// document is what the checks of a page's content read of it, in one pass over its markup.
type document struct {
	base     *url.URL // what relative addresses are resolved against
	elements []element
	password bool // it has a password field
}

// element is a start tag with an address: the tag in lower case, and the attributes of which the first counts.
type element struct {
	tag   string
	attrs map[string]string
}

// Bounds on what is kept of one page.
const (
	maxElements  = 10000
	maxAttribute = 8 << 10 // bytes of an attribute's value
	maxAttrs     = 30
)

// addressed are the tags whose attributes are kept.
var addressed = map[string]bool{"script": true, "link": true, "img": true, "iframe": true, "frame": true, "object": true,
	"embed": true, "audio": true, "video": true, "source": true, "track": true, "form": true, "button": true, "input": true}

// document is the page that was fetched, or nil where the response is none.
func (r *response) document() *document {
	if r.markup == nil && r.class == htmlPage && r.answer != nil {
		if at, err := url.Parse(r.answer.URL); err == nil {
			r.markup = readDocument(r.answer.Body, at)
		}
	}
	return r.markup
}

// readDocument reads a page at that address. What a template or a noscript element holds is not loaded, so it is left
// out; the tokenizer hands the inside of noscript, style, script and textarea on as text.
func readDocument(body []byte, at *url.URL) *document {
	d := &document{base: at}
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	templates, based := 0, false
	for len(d.elements) < maxElements {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken && kind != html.EndTagToken {
			continue
		}
		raw, more := z.TagName()
		tag := string(raw)
		switch {
		case tag == "template" && kind == html.EndTagToken:
			templates = max(0, templates-1)
		case tag == "template":
			templates++
		case kind == html.EndTagToken || templates > 0:
		case tag == "base" && !based:
			if href, ok := attributesOf(z, more)["href"]; ok {
				based = true
				if u, err := at.Parse(strings.TrimSpace(href)); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
					d.base = u
				}
			}
		case addressed[tag]:
			e := element{tag, attributesOf(z, more)}
			d.password = d.password || tag == "input" && equalASCII(e.attrs["type"], "password")
			d.elements = append(d.elements, e)
		}
	}
	return d
}

// attributesOf reads the attributes of the tag that the tokenizer stands at; of a repeated one the first counts.
func attributesOf(z *html.Tokenizer, more bool) map[string]string {
	attrs := map[string]string{}
	for more && len(attrs) < maxAttrs {
		var k, v []byte
		k, v, more = z.TagAttr()
		if _, seen := attrs[string(k)]; !seen && len(v) <= maxAttribute {
			attrs[string(k)] = string(v)
		}
	}
	return attrs
}

// resolve returns the address that an attribute names, or nil where it names none that is fetched over the network.
// Browsers mend more than Go's parser does: backslashes, line breaks, and percent signs that escape nothing (URL, 4.4).
func (d *document) resolve(address string) *url.URL {
	address = strings.TrimFunc(address, func(c rune) bool { return c <= ' ' })
	if address == "" || d.base == nil {
		return nil
	}
	address = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(address)
	u, err := d.base.Parse(address)
	if err != nil {
		address, _, _ = strings.Cut(address, "#")
		address, _, _ = strings.Cut(address, "?")
		u, err = d.base.Parse(strings.ReplaceAll(address, "%", "%25"))
	}
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	return u
}

// sameSite reports whether both hosts belong to one registrable domain, such as shop.example and cdn.shop.example
// (HTML, "same site", without the scheme). Below a public suffix such as github.io everyone is a site of his own.
func sameSite(a, b *url.URL) bool {
	x, y := siteHost(a), siteHost(b)
	if x == y {
		return true
	}
	dx, err1 := publicsuffix.EffectiveTLDPlusOne(x)
	dy, err2 := publicsuffix.EffectiveTLDPlusOne(y)
	return err1 == nil && err2 == nil && dx == dy && !numeric(x) && !numeric(y)
}

// siteHost is the host as it is looked up: in lower case, letters beyond ASCII encoded, without the dot at the end.
func siteHost(u *url.URL) string {
	host := asciiLower(strings.TrimSuffix(u.Hostname(), "."))
	if name, err := idna.Lookup.ToASCII(host); err == nil {
		return name
	}
	return host
}

// numeric reports whether a host is an IP address: its last label is a number, or it is in brackets.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Contains(host, ":") || last != "" && strings.Trim(last, "0123456789") == ""
}
