package permissions

import (
	"bytes"
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"hardcheck/checks"
)

// listingTitles are the titles that servers give a listing, before the path of the directory.
var listingTitles = []struct{ prefix, suffix, product string }{
	{"Index of ", "", "nginx, Apache or lighttpd"},
	{"Directory listing for ", "", "Python's http.server"},
	{"Directory Listing For [", "]", "Tomcat"},
	{"Directory: ", "", "Jetty"},
	{"listing directory ", "", "serve-index"},
}

// listingOf names the product whose directory listing the answer is, or is "". The title and the heading both name
// the very path that was asked for, which an article about listings does not do.
func listingOf(x *checks.Exchange) string {
	media, _, err := mime.ParseMediaType(x.Header.Get("Content-Type"))
	u, uerr := url.Parse(x.URL)
	if x.Status != 200 || err != nil || media != "text/html" || uerr != nil {
		return ""
	}
	page := outlineOf(x.Body)
	if page.caddyTable && page.caddyItems >= 2 {
		return "Caddy"
	}
	for _, t := range listingTitles {
		path, ok := strings.CutPrefix(page.title, t.prefix)
		path, ok2 := strings.CutSuffix(path, t.suffix)
		if ok && ok2 && samePath(path, u.Path) && strings.Contains(page.heading, strings.TrimSuffix(u.Path, "/")) && page.links > 0 {
			return t.product
		}
	}
	return ""
}

// maxDirectories bounds the directories that are asked for besides the audited pages.
const maxDirectories = 3

// directories are those of files on the same host that the pages load, without the pages' own.
func directories(pages []*checks.Exchange) (dirs []string) {
	asked := map[string]bool{"/": true}
	for _, x := range pages {
		if u, err := url.Parse(x.URL); err == nil {
			asked[u.EscapedPath()] = true
		}
	}
	for _, x := range pages {
		at, err := url.Parse(x.URL)
		if media, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type")); err != nil || media != "text/html" {
			continue
		}
		for _, ref := range loaded(x.Body) {
			u, err := at.Parse(ref)
			if err != nil || u.Scheme != at.Scheme || u.Host != at.Host {
				continue
			}
			dir := u.EscapedPath()[:strings.LastIndexByte(u.EscapedPath(), '/')+1]
			if dir != "" && !asked[dir] && len(dirs) < maxDirectories {
				asked[dir] = true
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

// loaded are the addresses of scripts, images and stylesheets of a page.
func loaded(body []byte) (refs []string) {
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return refs
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			for _, a := range t.Attr {
				if a.Key == "src" && (t.DataAtom == atom.Script || t.DataAtom == atom.Img) || a.Key == "href" && t.DataAtom == atom.Link {
					refs = append(refs, strings.TrimSpace(a.Val))
				}
			}
		}
	}
}

func samePath(a, b string) bool {
	return strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/") && strings.HasPrefix(a, "/")
}

// outline is what a listing is recognised by.
type outline struct {
	title, heading string // of the first <title> and <h1>
	links          int
	caddyTable     bool // <table aria-describedby="summary">
	caddyItems     int  // elements of class meta-item
}

const maxTitle = 8 << 10 // bytes: longer than any path

func outlineOf(body []byte) outline {
	var o outline
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	var inside *string
	var seen [2]bool
	for {
		switch z.Next() {
		case html.ErrorToken:
			o.title = strings.Join(strings.Fields(o.title), " ")
			o.heading = strings.Join(strings.Fields(o.heading), " ")
			return o
		case html.TextToken:
			if inside != nil && len(*inside) < maxTitle {
				*inside += string(z.Text())
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "title" || string(name) == "h1" {
				inside = nil
			}
		case html.StartTagToken:
			t := z.Token()
			switch {
			case t.DataAtom == atom.Title && !seen[0]:
				inside, seen[0] = &o.title, true
			case t.DataAtom == atom.H1 && !seen[1]:
				inside, seen[1] = &o.heading, true
			}
			o.see(t)
		}
	}
}

func (o *outline) see(t html.Token) {
	for _, a := range t.Attr {
		switch {
		case a.Key == "href" && t.DataAtom == atom.A:
			o.links++
		case a.Key == "class" && a.Val == "meta-item":
			o.caddyItems++
		case a.Key == "aria-describedby" && a.Val == "summary" && t.DataAtom == atom.Table:
			o.caddyTable = true
		}
	}
}
