package target

import (
	"bytes"
	"mime"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"hardcheck/checks"
)

// pageFacts is what tells an application's page from a wall, a login form or a parked domain.
type pageFacts struct {
	title    string
	password bool     // it has a password field
	sources  []string // of scripts and frames
}

const (
	maxPageScan = 512 << 10 // bytes of HTML looked at
	parkingScan = 16 << 10  // bytes in which a parking service is looked for: such pages are small
	maxSources  = 200
)

// pageKey tells the facts of answers apart. All copies of an answer, and answers that are alike, share the body.
type pageKey struct {
	body        *byte
	contentType string
}

// facts are those of an answer, read once: every check asks whether it may judge the answer.
func (s *Site) facts(x *checks.Exchange) pageFacts {
	if len(x.Body) == 0 {
		return pageFacts{}
	}
	key := pageKey{&x.Body[0], x.Header.Get("Content-Type")}
	return s.Remember(key, func() any { return readPage(x) }).(pageFacts)
}

// readPage reads the facts of an HTML answer. Other media types have none. Most pages have neither a password field nor
// a parking service's address, and then nothing behind the title is read.
func readPage(x *checks.Exchange) pageFacts {
	var f pageFacts
	media, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type")) // a malformed parameter is no matter
	if media != "text/html" && media != "application/xhtml+xml" {
		return f
	}
	body := x.Body[:min(len(x.Body), maxPageScan)]
	folded := foldASCII(body)
	untitled := bytes.Contains(folded, []byte("<title"))
	begin := folded[:min(len(folded), parkingScan)]
	telling := bytes.Contains(folded, []byte("password")) || slices.ContainsFunc(parkingHosts, func(h string) bool { return bytes.Contains(begin, []byte(h)) })
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(maxPageScan)
	inTitle := false
	for untitled || inTitle || telling {
		switch z.Next() {
		case html.ErrorToken:
			telling, untitled, inTitle = false, false, false
		case html.TextToken:
			if inTitle {
				f.title += string(z.Text())
			}
		case html.EndTagToken:
			inTitle = false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			tag := atom.Lookup(name)
			inTitle = tag == atom.Title && untitled
			untitled = untitled && !inTitle
			f.see(tag, z, more)
		}
	}
	f.title = strings.Join(strings.Fields(f.title), " ")
	return f
}

// foldASCII is text with its ASCII letters in lower case, of the same length.
func foldASCII(text []byte) []byte {
	out := make([]byte, len(text))
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

// see reads the attributes of a tag that tells something.
func (f *pageFacts) see(tag atom.Atom, z *html.Tokenizer, more bool) {
	if tag != atom.Input && tag != atom.Script && tag != atom.Iframe && tag != atom.Frame {
		return
	}
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch {
		case tag == atom.Input:
			f.password = f.password || string(key) == "type" && strings.EqualFold(string(value), "password")
		case string(key) == "src" && len(f.sources) < maxSources:
			f.sources = append(f.sources, string(value))
		}
	}
}
