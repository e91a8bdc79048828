package settings

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"

	"hardcheck/checks"
)

// iisReader reads the response headers of IIS: <customHeaders> in web.config, for the site and for each <location>.
func iisReader() reader {
	return reader{layer: "iis", resolve: standalone, read: readIIS,
		wants: func(e *checks.Entry) bool {
			return e.Mode.IsRegular() && e.Size <= maxConfigSize && (strings.EqualFold(e.Name(), "web.config") || strings.EqualFold(e.Name(), "applicationHost.config"))
		}}
}

const maxXMLDepth = 64

func readIIS(f *checks.File) (any, []checks.Problem) {
	r := iisFile{file: f, decoder: xml.NewDecoder(bytes.NewReader([]byte(f.Text())))}
	r.decoder.Strict = false
	r.read()
	if len(r.rules) == 0 {
		return nil, nil
	}
	return hostingScopes("iis", r.rules), nil
}

type iisFile struct {
	file    *checks.File
	decoder *xml.Decoder
	open    []string // names of the elements that are open, in lower case
	path    []string // of the locations that are open
	rules   []hostingRule
}

func (r *iisFile) read() {
	for {
		start := r.decoder.InputOffset()
		token, err := r.decoder.Token()
		if err != nil || len(r.open) > maxXMLDepth || len(r.rules) > maxHeaderRules {
			return
		}
		switch e := token.(type) {
		case xml.StartElement:
			r.element(e, r.file.Place(int(start), int(r.decoder.InputOffset())))
			r.open = append(r.open, strings.ToLower(e.Name.Local))
		case xml.EndElement:
			if n := len(r.open); n > 0 {
				if r.open[n-1] == "location" && len(r.path) > 0 {
					r.path = r.path[:len(r.path)-1]
				}
				r.open = r.open[:n-1]
			}
		}
	}
}

func (r *iisFile) element(e xml.StartElement, place checks.Place) {
	attribute := func(name string) string {
		for _, a := range e.Attr {
			if strings.EqualFold(a.Name.Local, name) {
				return a.Value
			}
		}
		return ""
	}
	path := "/*"
	if n := len(r.path); n > 0 && r.path[n-1] != "" && r.path[n-1] != "." {
		path = "/" + r.path[n-1]
	}
	name := strings.ToLower(e.Name.Local)
	within := len(r.open) > 1 && r.open[len(r.open)-1] == "customheaders" && r.open[len(r.open)-2] == "httpprotocol"
	switch {
	case name == "location":
		r.path = append(r.path, attribute("path"))
	case name == "customheaders":
		r.rules = append(r.rules, hostingRule{path: path, place: place})
	case within && name == "add" && attribute("name") != "":
		r.add(path, place, attribute("name"), attribute("value"), false)
	case within && name == "remove" && attribute("name") != "":
		r.add(path, place, attribute("name"), "", true)
	case name == "requestfiltering" && strings.EqualFold(attribute("removeServerHeader"), "true"):
		r.add(path, place, "Server", "", true)
	}
}

func (r *iisFile) add(path string, place checks.Place, header, value string, remove bool) {
	h := http.CanonicalHeaderKey(header)
	s := checks.Setting{Name: "customHeaders " + h, Header: h, Value: value, Raw: value, Origin: checks.OriginSet, Place: place}
	if strings.Contains(value, "#{") || strings.Contains(value, "$(") { // filled in by a deployment
		s.Value, s.Origin = nil, checks.OriginDynamic
	}
	if remove {
		s.Value, s.Raw, s.Flags = nil, "", []string{"remove"}
	}
	r.rules = append(r.rules, hostingRule{path: path, place: place, settings: []checks.Setting{s}})
}
