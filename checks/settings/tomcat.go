package settings

import (
	"strconv"
	"strings"

	"hardcheck/checks"
)

// tomcatReader reads the connectors of Tomcat's server.xml (https://tomcat.apache.org/tomcat-10.1-doc/config/http.html) and
// the limits on uploads of web.xml, which are the servlet specification's: one scope per connector and per servlet.
func tomcatReader() reader {
	return reader{layer: "tomcat", read: readTomcat, resolve: standalone, wants: func(e *checks.Entry) bool {
		name := withoutTemplateSuffix(e.Name())
		return e.Mode.IsRegular() && e.Size <= maxConfigSize && (name == "server.xml" || name == "web.xml")
	}}
}

// tomcatDefaults are those of Tomcat 9 to 11. maxPostSize is about form parameters, maxSwallowSize about what is read of a
// body that is refused. A negative number is no limit, which is nil here.
var tomcatDefaults = []serverDefault{
	{"maxPostSize", int64(2 << 20)}, {"maxSwallowSize", int64(2 << 20)}, {"maxHttpHeaderSize", int64(8192)}, {"connectionTimeout", int64(60)},
}

var tomcatAttributes = words("maxPostSize maxSwallowSize maxSavePostSize maxParameterCount maxPartCount maxHttpHeaderSize maxHttpRequestHeaderSize connectionTimeout")

func readTomcat(f *checks.File) (any, []checks.Problem) {
	if !strings.Contains(f.Text(), "<Connector") && !strings.Contains(f.Text(), "multipart-config") {
		return nil, nil
	}
	var scopes []*checks.Scope
	eachElement(f, func(e xmlElement) {
		switch last := len(e.names) - 1; {
		case len(scopes) >= maxPools:
		case e.text == "" && e.names[last] == "connector":
			scopes = append(scopes, tomcatConnector(e))
		case e.text == "" && e.names[last] == "multipart-config":
			scopes = append(scopes, &checks.Scope{Layer: "tomcat", Kind: "servlet", Name: "servlet " + strconv.Itoa(len(scopes)+1), Place: e.place})
		case e.text != "" && last > 0 && e.names[last-1] == "multipart-config" && len(scopes) > 0:
			s := scopes[len(scopes)-1]
			if name := e.names[last]; name == "max-file-size" || name == "max-request-size" {
				s.Settings = append(s.Settings, tomcatSetting("multipart-config."+name, e.text, s.Name, e.place))
			}
		}
	})
	if scopes == nil {
		return nil, nil
	}
	return scopes, nil
}

func tomcatConnector(e xmlElement) *checks.Scope {
	s := &checks.Scope{Layer: "tomcat", Kind: "connector", Name: "connector", Place: e.place}
	for _, a := range e.attributes {
		if a.Name.Local == "port" {
			s.Name = "connector " + a.Value
			s.Settings = append(s.Settings, checks.Setting{Layer: "tomcat", Name: "listen", Value: a.Value, Raw: a.Value, Origin: checks.OriginSet, Place: e.place})
		}
	}
	for _, a := range e.attributes {
		if tomcatAttributes[a.Name.Local] {
			s.Settings = append(s.Settings, tomcatSetting(a.Name.Local, a.Value, s.Name, e.place))
		}
	}
	withDefaults(s, tomcatDefaults, "")
	return s
}

// tomcatSetting reads a whole number: bytes, or milliseconds, which are rounded up to seconds.
func tomcatSetting(name, text, scope string, place checks.Place) checks.Setting {
	set := checks.Setting{Layer: "tomcat", Name: name, Raw: text, Origin: checks.OriginSet, Scope: scope, Place: place}
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil: // ${property}
		set.Origin = checks.OriginDynamic
	case n < 0:
	case name == "connectionTimeout":
		set.Value = n/1000 + min(n%1000, 1)
	default:
		set.Value = n
	}
	return set
}
