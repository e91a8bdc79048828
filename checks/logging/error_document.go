package logging

import (
	"bytes"
	"encoding/json"
	"mime"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"hardcheck/checks"
)

// document is an answer's body as detectors see it.
type document struct {
	title, heading string // of HTML, on one line
	text           string // what a reader sees, with line ends; the strings of JSON
	script         string
	source         string // HTML as it was sent
	ids, classes   map[string]bool
}

const (
	maxMarks = 5000    // ids and classes kept
	maxLabel = 4 << 10 // bytes of a title or heading
)

func readDocument(x *checks.Exchange) *document {
	d := &document{ids: map[string]bool{}, classes: map[string]bool{}}
	media, _, _ := mime.ParseMediaType(x.Header.Get("Content-Type"))
	switch {
	case media == "text/html" || media == "application/xhtml+xml":
		d.source = string(x.Body)
		d.readHTML(x.Body)
	case media == "application/json" || strings.HasSuffix(media, "+json"):
		d.text = jsonStrings(x.Body)
	case media == "" || strings.HasPrefix(media, "text/"):
		d.text = string(x.Body)
	}
	return d
}

// breaks are the elements that begin a line.
var breaks = map[atom.Atom]bool{atom.Br: true, atom.P: true, atom.Div: true, atom.Li: true, atom.Tr: true, atom.Pre: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.Ul: true, atom.Table: true, atom.Td: true}

func (d *document) readHTML(body []byte) {
	var text, script, title, heading strings.Builder
	z := html.NewTokenizer(bytes.NewReader(body))
	z.SetMaxBuf(len(body) + 1)
	open := map[atom.Atom]bool{}
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			d.title, d.heading = oneLine(title.String()), oneLine(heading.String())
			d.text, d.script = strings.ReplaceAll(text.String(), "\u00a0", " "), script.String()
			return
		case html.TextToken:
			switch content := z.Text(); {
			case open[atom.Script]:
				script.Write(content)
			case open[atom.Style]:
			case open[atom.Title]:
				title.Write(content[:min(len(content), maxLabel)])
			default:
				if open[atom.H1] && heading.Len() < maxLabel {
					heading.Write(content)
				}
				text.Write(content)
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			t := z.Token()
			if breaks[t.DataAtom] {
				text.WriteByte('\n')
			}
			switch t.DataAtom {
			case atom.Script, atom.Style, atom.Title, atom.H1:
				open[t.DataAtom] = kind == html.StartTagToken
			}
			d.mark(t)
		}
	}
}

func (d *document) mark(t html.Token) {
	for _, a := range t.Attr {
		switch {
		case len(d.ids)+len(d.classes) > maxMarks:
			return
		case a.Key == "id":
			d.ids[a.Val] = true
		case a.Key == "class":
			for _, c := range strings.Fields(a.Val) {
				d.classes[c] = true
			}
		}
	}
}

// jsonStrings are the strings of a JSON value, a line each. Bytes that are not JSON stay as they are.
func jsonStrings(body []byte) string {
	var out strings.Builder
	dec := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := dec.Token()
		if err != nil {
			if out.Len() == 0 {
				return string(body)
			}
			return out.String()
		}
		if s, ok := token.(string); ok {
			out.WriteString(s)
			out.WriteByte('\n')
		}
	}
}

// oneLine is text without control characters, its white space joined, at most 160 bytes long.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(text) > 160 {
		text = strings.ToValidUTF8(text[:160], "") + "..."
	}
	return text
}
