package settings

import (
	"path"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// jettyReader reads the limits on bodies of Jetty's XML: maxFormContentSize and maxFormKeys of contexts and servers
// (jetty.xml, jetty-web.xml, or the context parameters of web.xml), and the SizeLimitHandler, whose first argument bounds
// every body (https://jetty.org/docs/jetty/12/). One scope per file.
func jettyReader() reader {
	return reader{layer: "jetty", read: readJetty, resolve: standalone, wants: func(e *checks.Entry) bool {
		name := withoutTemplateSuffix(e.Name())
		return e.Mode.IsRegular() && e.Size <= maxConfigSize && path.Ext(name) == ".xml" && (strings.Contains(name, "jetty") || strings.HasPrefix(name, "web"))
	}}
}

// jettyDefaults are those of org.eclipse.jetty.server.handler.ContextHandler. They are about forms of fields alone.
var jettyDefaults = []serverDefault{{"maxFormContentSize", int64(200000)}, {"maxFormKeys", int64(1000)}}

const jettyParameter = "org.eclipse.jetty.server.Request."

func readJetty(f *checks.File) (any, []checks.Problem) {
	if !strings.Contains(f.Text(), "org.eclipse.jetty") {
		return nil, nil
	}
	r := jettyFile{scope: &checks.Scope{Layer: "jetty", Kind: "file", Name: path.Base(f.Path), Place: checks.Place{Path: f.Path, Line: 1}}}
	eachElement(f, r.element)
	if len(r.scope.Settings) == 0 {
		return nil, nil
	}
	withDefaults(r.scope, jettyDefaults, "")
	return []*checks.Scope{r.scope}, nil
}

type jettyFile struct {
	scope *checks.Scope
	name  string // that the next text is the value of
	limit bool   // inside the SizeLimitHandler, before its first argument
}

func (r *jettyFile) element(e xmlElement) {
	last := e.names[len(e.names)-1]
	attribute := func(name string) string {
		for _, a := range e.attributes {
			if strings.EqualFold(a.Name.Local, name) {
				return a.Value
			}
		}
		return ""
	}
	switch {
	case e.text == "" && last == "set":
		r.name = strings.TrimPrefix(attribute("name"), jettyParameter)
	case e.text == "" && last == "new":
		r.limit = strings.HasSuffix(attribute("class"), ".SizeLimitHandler")
	case e.text == "" && last == "arg" && r.limit:
		r.name, r.limit = "SizeLimitHandler", false
	case e.text == "" && last != "property" && last != "default" && last != "arg" && last != "param-value":
		r.name = ""
	case e.text != "" && strings.HasPrefix(e.text, jettyParameter): // a server's attribute, a context's parameter
		r.name = strings.TrimPrefix(e.text, jettyParameter)
	case e.text != "" && (r.name == "maxFormContentSize" || r.name == "maxFormKeys" || r.name == "SizeLimitHandler"):
		r.set(&e)
	}
}

// set keeps a number. A negative one is no limit.
func (r *jettyFile) set(e *xmlElement) {
	set := checks.Setting{Layer: "jetty", Name: r.name, Raw: e.text, Origin: checks.OriginDynamic, Scope: r.scope.Name, Place: e.place}
	if n, err := strconv.ParseInt(e.text, 10, 64); err == nil {
		if set.Origin = checks.OriginSet; n >= 0 {
			set.Value = n
		}
	}
	r.scope.Settings, r.name = append(r.scope.Settings, set), ""
}
