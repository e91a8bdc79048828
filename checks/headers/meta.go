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

// metaTags reads the meta elements of a page. One that stands for a header has an effect in the head only (HTML,
// "Content security policy state"); a referrer policy has one wherever it stands (HTML, "referrer").
func metaTags(body []byte) []metaTag {
	var tags []metaTag
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	head := true
	late := namesReferrer(body) // else nothing behind the head is of interest
	inside := ""                // the element whose content is no part of the document around it
	for len(tags) < maxMeta && (head || late) {
		kind := z.Next()
		if kind == html.ErrorToken {
			return tags
		}
		if kind == html.TextToken {
			if inside == "" && len(bytes.TrimSpace(z.Text())) > 0 {
				head = false // text opens the body
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
			head = head && tag != "head"
		case tag == "meta":
			if t, ok := metaOf(z, more); ok && (head || t.name == referrerHeader) {
				tags = append(tags, t)
			}
		case headContent[tag]:
			inside = tag
		case !headElements[tag]:
			head = false // the first other element opens the body
		}
	}
	return tags
}

// namesReferrer reports whether a page may hold a meta element for the referrer: it has the word, and not only in the
// names noreferrer and referrerpolicy, which many links carry.
func namesReferrer(body []byte) bool {
	const word = "referrer"
	body = bytes.ToLower(body)
	for {
		i := bytes.Index(body, []byte(word))
		if i < 0 {
			return false
		}
		after := body[i+len(word):]
		if !bytes.HasSuffix(body[:i], []byte("no")) && !bytes.HasPrefix(after, []byte("policy")) {
			return true
		}
		body = after
	}
}

var (
	headContent  = map[string]bool{"title": true, "style": true, "script": true, "noscript": true, "template": true}
	headElements = map[string]bool{"html": true, "head": true, "link": true, "base": true}
)

func metaOf(z *html.Tokenizer, more bool) (metaTag, bool) {
	attrs := attributesOf(z, more)
	content := strings.TrimSpace(attrs["content"])
	if content == "" {
		return metaTag{}, false
	}
	if equiv := attrs["http-equiv"]; equiv != "" {
		return metaTag{name: canonical(equiv), content: content}, true
	}
	if equalASCII(attrs["name"], "referrer") {
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
