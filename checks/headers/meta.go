package headers

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"

	"hardcheck/checks"
)

// metaTag is a meta element of a page's head that stands for a response header.
type metaTag struct {
	name    string // canonical header name, such as Content-Security-Policy
	content string
	place   checks.Place // of the page's file; zero for an answer of a site
}

// maxMeta bounds the meta elements kept of one page.
const maxMeta = 100

// metaTags reads the meta elements of a page's head. A policy outside the head has no effect (HTML, "Content
// security policy state"), so reading stops where the head ends.
func metaTags(body []byte) []metaTag {
	var tags []metaTag
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	inside := "" // the element of the head whose content is no part of the head
	for len(tags) < maxMeta {
		kind := z.Next()
		if kind == html.ErrorToken {
			return tags
		}
		if kind == html.TextToken {
			if inside == "" && len(bytes.TrimSpace(z.Text())) > 0 {
				return tags // text opens the body
			}
			continue
		}
		name, more := z.TagName()
		switch tag := string(name); {
		case kind == html.CommentToken, kind == html.DoctypeToken:
		case inside != "":
			if kind == html.EndTagToken && tag == inside {
				inside = ""
			}
		case kind == html.EndTagToken:
			if tag == "head" {
				return tags
			}
		case tag == "meta":
			if t, ok := metaOf(z, more); ok {
				tags = append(tags, t)
			}
		case headContent[tag]:
			inside = tag
		case !headElements[tag]:
			return tags // the first other element opens the body
		}
	}
	return tags
}

var (
	headContent  = map[string]bool{"title": true, "style": true, "script": true, "noscript": true, "template": true}
	headElements = map[string]bool{"html": true, "head": true, "link": true, "base": true}
)

func metaOf(z *html.Tokenizer, more bool) (metaTag, bool) {
	attrs := map[string]string{}
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if _, seen := attrs[string(k)]; !seen && len(attrs) < 20 {
			attrs[string(k)] = string(v)
		}
	}
	content := strings.TrimSpace(attrs["content"])
	if content == "" {
		return metaTag{}, false
	}
	if equiv := attrs["http-equiv"]; equiv != "" {
		return metaTag{name: canonical(strings.TrimSpace(equiv)), content: content}, true
	}
	if strings.EqualFold(strings.TrimSpace(attrs["name"]), "referrer") {
		return metaTag{name: referrerHeader, content: content}, true
	}
	return metaTag{}, false
}

// maxPage bounds the pages of a tree that are read for policies of their own.
const maxPage = 1 << 20

// startPage chooses the pages that a static site begins with.
func startPage(e *checks.Entry) bool {
	return e.Name() == "index.html" && e.Size <= maxPage && !thirdParty(e.Path)
}

// keepPolicy keeps the meta elements of a page that carries a policy, for the servers of the same tree.
func keepPolicy(p *checks.Pass, f *checks.File) error {
	tags := metaTags([]byte(f.Text()))
	for i := range tags {
		tags[i].place = checks.Place{Path: f.Path}
		if tags[i].name == cspHeader {
			p.Keep(f.Path, tags)
		}
	}
	return nil
}

// keptPolicy is what the first page with a policy of its own carries.
func keptPolicy(p *checks.Pass) []metaTag {
	for _, kept := range p.Kept() {
		if tags, ok := kept.([]metaTag); ok {
			return tags
		}
	}
	return nil
}
