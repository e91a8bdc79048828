package headers

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// metaTag is a meta element of a page's head that stands for a response header.
type metaTag struct {
	name    string // canonical header name, such as Content-Security-Policy
	content string
}

// maxMeta bounds the meta elements kept of one page.
const maxMeta = 100

// metaTags reads the meta elements of a page's head. A policy outside the head has no effect (HTML, "Content
// security policy state"), so reading stops where the head ends.
func metaTags(body []byte) []metaTag {
	var tags []metaTag
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(1 << 20)
	for len(tags) < maxMeta {
		switch z.Next() {
		case html.ErrorToken:
			return tags
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			switch string(name) {
			case "meta":
				if t, ok := metaOf(z, more); ok {
					tags = append(tags, t)
				}
			case "html", "head", "title", "link", "style", "script", "base", "noscript", "template":
			default:
				return tags // the first other element opens the body
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "head" {
				return tags
			}
		}
	}
	return tags
}

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
		return metaTag{canonical(strings.TrimSpace(equiv)), content}, true
	}
	if strings.EqualFold(strings.TrimSpace(attrs["name"]), "referrer") {
		return metaTag{"Referrer-Policy", content}, true
	}
	return metaTag{}, false
}
