package headers

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"hardcheck/checks"
)

func contentType() *checks.Check {
	h := headerCheck{judge: judgeContentType}
	return &checks.Check{
		ID:    "headers/content-type",
		Title: "Every answer declares its type and encoding",
		Why: "What is not declared is guessed from the bytes, and an attacker who wrote some of them decides the guess: JSON " +
			"that is taken for a page runs script, and a page without a charset is read in an encoding that hides quotes from filters.",
		Fix: "Send `Content-Type: text/html; charset=utf-8` for pages (nginx `charset utf-8;`, Apache `AddDefaultCharset utf-8`) " +
			"and the type of the format for everything else, such as `application/json` and `text/javascript`.",
		Expected:   "Every answer with a body has a Content-Type that fits it, and every page an encoding.",
		Rollback:   "Restore the previous type for the one path that broke.",
		Absent:     "No live site was audited",
		References: []string{"MIME Sniffing (WHATWG)", "HTML (determining the character encoding)", "RFC 9110, 8.3", "CWE-436", "CWE-838", "ASVS 4.1.1"},
		Severity:   checks.Medium,
		Rules: []checks.Rule{
			{ID: "json-as-html", Title: "JSON is declared to be a page"},
			{ID: "missing", Title: "An answer has no Content-Type", Severity: checks.Low},
			{ID: "wrong-type", Title: "A script or stylesheet has another type", Severity: checks.Low},
			{ID: "no-charset", Title: "A page does not declare its encoding", Severity: checks.Low},
		},
		Site: h.site,
	}
}

const typeHeader = "Content-Type"

func judgeContentType(_ *checks.Pass, r *response) (j judgement) {
	x := r.answer
	if r.is(redirect, errorDoc) || len(x.Body) == 0 {
		j.skip = "the type of a redirect, an error page or an answer without a body does not matter"
		return j
	}
	value := ""
	for _, f := range r.all(typeHeader) {
		value = f.value // of several the last one counts (Fetch, "extract a MIME type")
	}
	kind, charset := mimeType(value)
	i := issue{attribute: typeHeader, actual: value}
	switch {
	case kind == "":
		i.rule, i.expected, i.actual = "missing", "a Content-Type", "no type in "+typeHeader
		i.message = "the browser guesses the type from the body: whoever wrote the first bytes decides whether it runs as a page"
	case kind == "text/html" && !x.Cut && jsonObject(x.Body):
		i.rule, i.expected = "json-as-html", "application/json"
		i.message = "the answer is JSON but shown as a page: an attacker puts markup into one of its values and has the victim open the address"
	case kind == "text/html" && unknownCharsets[asciiLower(charset)]:
		i.rule, i.expected = "no-charset", "text/html; charset=utf-8"
		i.message = "no browser knows the encoding " + charset + ", so it guesses one, and who wrote some of the bytes decides the guess"
	case kind == "text/html" && charset == "" && !declaresCharset(x.Body):
		i.rule, i.expected = "no-charset", "text/html; charset=utf-8"
		i.message = "the browser guesses the encoding: an attacker switches it with bytes such as those of ISO-2022-JP, and escaped quotes turn into others"
	default:
		want := scriptTypes(x.URL)
		if want == nil || slices.Contains(want, kind) {
			return j
		}
		i.rule, i.expected = "wrong-type", want[0]
		i.message = "with nosniff browsers refuse the file, and without it they run whatever it holds as " + want[0]
	}
	j.fail(i)
	return j
}

// mimeType reads the essence and the charset of a Content-Type; both are "" where the value is no type.
func mimeType(value string) (kind, charset string) {
	parts := strings.Split(value, ";")
	kind = asciiLower(strings.Trim(parts[0], " \t"))
	if major, minor, ok := strings.Cut(kind, "/"); !ok || major == "" || minor == "" || strings.ContainsAny(kind, " \t,") {
		return "", ""
	}
	for _, p := range parts[1:] {
		name, v, _ := strings.Cut(strings.Trim(p, " \t"), "=")
		if asciiLower(name) == "charset" && charset == "" {
			charset = strings.Trim(v, `" `)
		}
	}
	return kind, charset
}

func jsonObject(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) > 0 && (body[0] == '{' || body[0] == '[') && json.Valid(body)
}

// unknownCharsets are names of encodings that are written now and then and that browsers do not know (Encoding, 4.2).
var unknownCharsets = map[string]bool{"utf-7": true, "utf7": true, "utf-32": true, "utf32": true, "utf8mb4": true, "utf-8mb4": true,
	"none": true, "auto": true, "binary": true, "default": true, "cp437": true, "cp850": true, "ebcdic": true}

// prescan is how far browsers look for a meta element that names the encoding (HTML, "prescan a byte stream").
const prescan = 1024

// declaresCharset reports whether a page names its encoding itself: a byte order mark, or a meta element early on.
func declaresCharset(body []byte) bool {
	for _, mark := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(body, []byte(mark)) {
			return true
		}
	}
	z := html.NewTokenizer(bytes.NewReader(body[:min(len(body), prescan)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return false
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) != "meta" {
				continue
			}
			attrs := attributesOf(z, more)
			if _, charset := mimeType(attrs["content"]); attrs["charset"] != "" || equalASCII(attrs["http-equiv"], typeHeader) && charset != "" {
				return true
			}
		}
	}
}

// javascriptTypes are the JavaScript MIME types (MIME Sniffing, 4.6), the one to use first.
var javascriptTypes = []string{"text/javascript", "application/javascript", "application/x-javascript", "application/ecmascript",
	"application/x-ecmascript", "text/ecmascript", "text/javascript1.0", "text/javascript1.1", "text/javascript1.2", "text/javascript1.3",
	"text/javascript1.4", "text/javascript1.5", "text/jscript", "text/livescript", "text/x-ecmascript", "text/x-javascript"}

// scriptTypes are the types that the file at the address may have, nil where any will do.
func scriptTypes(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	switch asciiLower(path.Ext(u.Path)) {
	case ".js", ".mjs":
		return javascriptTypes
	case ".css":
		return []string{"text/css"}
	}
	return nil
}
