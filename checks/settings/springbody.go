package settings

import (
	"strconv"
	"strings"

	"hardcheck/checks"
)

// springBodyReader reads the body limits of Spring Boot from application.properties and .yml: one scope per file, with the
// defaults of Spring Boot 2 and 3.
func springBodyReader() reader {
	return reader{layer: "spring-boot", hints: []string{"application"}, resolve: standalone, read: readSpringBody,
		wants: func(e *checks.Entry) bool {
			return e.Size <= maxSpringSize && springProperties(e.Name()) && !strings.Contains(e.Path, "src/test/")
		}}
}

// springBodyDefaults are those of spring-boot-autoconfigure: MultipartProperties, ServerProperties.Tomcat, and the codecs of WebFlux.
var springBodyDefaults = []serverDefault{
	{"spring.servlet.multipart.max-file-size", megabyte}, {"spring.servlet.multipart.max-request-size", 10 * megabyte},
	{"server.tomcat.max-http-form-post-size", 2 * megabyte}, {"server.tomcat.max-swallow-size", 2 * megabyte},
	{"spring.codec.max-in-memory-size", 256 * kilobyte},
}

// springOld are the names of multipart limits that Spring Boot 2 and later ignore without a word.
var springOld = []string{"spring.http.multipart.max-file-size", "spring.http.multipart.max-request-size", "multipart.max-file-size", "multipart.max-request-size"}

func readSpringBody(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	s := &checks.Scope{Layer: "spring-boot", Kind: "app", Name: "properties", Place: checks.Place{Path: f.Path, Line: 1}}
	properties := springPropertiesOf(f)
	for _, p := range properties {
		if !springBodyName(p.key) {
			continue
		}
		set := checks.Setting{Name: p.key, Raw: p.value, Origin: checks.OriginDynamic, Place: p.place}
		if n, ok := dataSize(p.value); ok {
			set.Origin = checks.OriginSet
			if n >= 0 {
				set.Value = n
			}
		}
		s.Settings = append(s.Settings, set)
	}
	if len(properties) == 0 {
		return nil, nil
	}
	withDefaults(s, springBodyDefaults, "")
	for i := range s.Settings {
		s.Settings[i].Layer = s.Layer
	}
	return []*checks.Scope{s}, nil
}

func springBodyName(key string) bool {
	for _, d := range springBodyDefaults {
		if d.setting == key {
			return true
		}
	}
	for _, old := range springOld {
		if old == key {
			return true
		}
	}
	return false
}

// dataSize reads Spring's DataSize: a whole number with B, KB, MB, GB or TB, powers of 1024; -1 is no limit.
func dataSize(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	for i, unit := range []string{"KB", "MB", "GB", "TB"} {
		if digits, ok := strings.CutSuffix(text, unit); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 40)
			return n << (10 * (i + 1)), err == nil && n < 1<<22
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(text, "B")), 10, 64)
	return n, err == nil
}
