package target

import (
	"bytes"
	"mime"
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
	maxSources  = 200
)

// facts are those of an answer, read once: every check asks whether it may judge the answer.
func (s *Site) facts(x *checks.Exchange) pageFacts {
	if len(x.Body) == 0 {
		return pageFacts{}
	}
	s.mu.Lock()
	f, ok := s.read[&x.Body[0]]
	s.mu.Unlock()
	if !ok {
		f = readPage(x)
		s.mu.Lock()
		s.read[&x.Body[0]] = f
		s.mu.Unlock()
	}
	return f
}

// readPage reads the facts of an HTML answer. Other media types have none.
func readPage(x *checks.Exchange) pageFacts {
	var f pageFacts
	media, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type")) // a malformed parameter is no matter
	if media != "text/html" && media != "application/xhtml+xml" {
		return f
	}
	z := html.NewTokenizer(bytes.NewReader(x.Body[:min(len(x.Body), maxPageScan)]))
	z.SetMaxBuf(maxPageScan)
	inTitle, haveTitle := false, false
	for {
		switch z.Next() {
		case html.ErrorToken:
			f.title = strings.Join(strings.Fields(f.title), " ")
			return f
		case html.TextToken:
			if inTitle {
				f.title += string(z.Text())
			}
		case html.EndTagToken:
			inTitle = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			inTitle = t.DataAtom == atom.Title && !haveTitle
			haveTitle = haveTitle || inTitle
			f.see(t)
		}
	}
}

func (f *pageFacts) see(t html.Token) {
	for _, a := range t.Attr {
		switch t.DataAtom {
		case atom.Input:
			f.password = f.password || a.Key == "type" && strings.EqualFold(a.Val, "password")
		case atom.Script, atom.Iframe, atom.Frame:
			if a.Key == "src" && len(f.sources) < maxSources {
				f.sources = append(f.sources, a.Val)
			}
		}
	}
}
