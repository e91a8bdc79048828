package settings

import (
	"encoding/xml"
	"strings"

	"hardcheck/checks"
)

// xmlElement is the start of an element with what it is inside of, or text in it.
type xmlElement struct {
	names      []string // in lower case, from the outermost to its own
	location   string   // the path of the <location> around it, "" for all
	attributes []xml.Attr
	text       string // "" for the start; blanks around it are cut
	place      checks.Place
}

// eachElement visits the elements of a file and their texts, malformed ones as far as they go.
func eachElement(f *checks.File, visit func(xmlElement)) {
	decoder := xml.NewDecoder(strings.NewReader(f.Text()))
	decoder.Strict = false
	var names, locations []string
	for {
		start := decoder.InputOffset()
		token, err := decoder.Token()
		if err != nil || len(names) > maxXMLDepth {
			return
		}
		place := func() checks.Place { return f.Place(int(start), int(decoder.InputOffset())) }
		switch e := token.(type) {
		case xml.StartElement:
			names = append(names, strings.ToLower(e.Name.Local))
			location := ""
			if len(locations) > 0 {
				location = locations[len(locations)-1]
			}
			if names[len(names)-1] == "location" {
				for _, a := range e.Attr {
					if strings.EqualFold(a.Name.Local, "path") && a.Value != "." {
						location = "/" + strings.TrimPrefix(a.Value, "/")
					}
				}
			}
			locations = append(locations, location)
			visit(xmlElement{names: names, location: location, attributes: e.Attr, place: place()})
		case xml.CharData:
			if text := strings.TrimSpace(string(e)); text != "" && len(names) > 0 {
				visit(xmlElement{names: names, text: text, place: place()})
			}
		case xml.EndElement:
			if len(names) > 0 {
				names, locations = names[:len(names)-1], locations[:len(locations)-1]
			}
		}
	}
}
