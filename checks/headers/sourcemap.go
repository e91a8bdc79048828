package headers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// maxScripts bounds the scripts of a site that are looked at for source maps.
const maxScripts = 3

// sourceMaps looks for maps of the site's own scripts that hold the source before it was minified.
func sourceMaps(p *checks.Pass) error {
	x, err := p.Site().Page(p.Context(), p.Site().Paths()[0])
	if err != nil || x.Doubt != nil {
		return nil // said before
	}
	for _, script := range ownScripts(fetched(x)) {
		js, err := p.Site().Do(p.Context(), checks.Request{Path: script.RequestURI()})
		if err != nil {
			return probe.Blind(p, err)
		}
		at := mapOf(script, js)
		if js.Status != 200 || at == nil {
			continue
		}
		subject := checks.Subject{Kind: "path", Name: at.EscapedPath()}
		m, served, err := probe.Served(p, at.RequestURI(), nil)
		if err != nil {
			return probe.Blind(p, err)
		}
		shown := ""
		if served {
			shown = sourcesIn(m.Body)
		}
		if shown == "" {
			p.OK(subject)
			continue
		}
		p.Fail(checks.Finding{Rule: "source-map", Subject: subject, Place: checks.Place{URL: m.URL}, Attribute: at.EscapedPath(), Expected: "404, or a map without sourcesContent",
			Actual: oneLine(shown), Message: "The map gives everyone the script's source as it was written, comments and names of unlinked entry points among it"})
	}
	return nil
}

// ownScripts are the addresses of scripts of a page's own origin.
func ownScripts(r *response) (scripts []*url.URL) {
	d := r.document()
	at, err := url.Parse(r.answer.URL)
	if d == nil || err != nil {
		return nil
	}
	for _, e := range d.elements {
		s, ok := d.subresourceOf(e)
		if !ok || s.style || s.url.Scheme != at.Scheme || s.url.Host != at.Host || len(scripts) == maxScripts {
			continue
		}
		if !slices.ContainsFunc(scripts, func(u *url.URL) bool { return u.RequestURI() == s.url.RequestURI() }) {
			scripts = append(scripts, s.url)
		}
	}
	return scripts
}

// mapOf is the address of a script's map on the same origin, nil where it names none: the header SourceMap, or the
// comment on the last line (ECMA-426).
func mapOf(script *url.URL, js *checks.Exchange) *url.URL {
	tail := bytes.TrimRight(js.Body, " \t\r\n")
	line := string(tail[bytes.LastIndexByte(tail, '\n')+1:])
	comment := ""
	if i := strings.LastIndex(line, "//# sourceMappingURL="); i >= 0 && !js.Cut {
		comment = strings.TrimSpace(line[i+len("//# sourceMappingURL="):])
	}
	address := cmp.Or(js.Header.Get("SourceMap"), js.Header.Get("X-SourceMap"), comment)
	if address == "" || len(address) > 2000 {
		return nil
	}
	u, err := script.Parse(address)
	if err != nil || u.Scheme != script.Scheme || u.Host != script.Host {
		return nil
	}
	return u
}

// sourcesIn proves a source map that holds the sources themselves.
func sourcesIn(body []byte) string {
	var m struct {
		Version        int       `json:"version"`
		Sources        []string  `json:"sources"`
		SourcesContent []*string `json:"sourcesContent"`
		Mappings       string    `json:"mappings"`
	}
	if json.Unmarshal(body, &m) != nil || m.Version != 3 || m.Mappings == "" {
		return ""
	}
	held := 0
	for _, text := range m.SourcesContent {
		if text != nil && *text != "" {
			held++
		}
	}
	if held == 0 || len(m.Sources) == 0 {
		return ""
	}
	return "a map with " + strconv.Itoa(held) + " sources, " + m.Sources[0] + " among them"
}
