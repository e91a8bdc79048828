package settings

import (
	"regexp"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// pumaReader reads Puma's own configuration, config/puma.rb (https://github.com/puma/puma, lib/puma/dsl.rb): the limit on
// bodies, which Puma 6 and later hold for declared sizes and for what arrives, and how long it waits. One scope per file.
func pumaReader() reader {
	return reader{layer: "puma file", read: readPuma, resolve: standalone, wants: func(e *checks.Entry) bool {
		return e.Mode.IsRegular() && e.Size <= maxConfigSize && (e.Name() == "puma.rb" || strings.HasSuffix(e.Path, "config/puma/production.rb"))
	}}
}

// pumaLine is a setting of the DSL at the beginning of a line: "http_content_length_limit 10 * 1024 * 1024 # bytes".
var pumaLine = regexp.MustCompile(`(?m)^[ \t]*(http_content_length_limit|first_data_timeout|persistent_timeout|port|bind|workers|threads)(?:[ \t]+|[ \t]*\([ \t]*)([^#\n]{1,200})`)

// maxPumaLines bounds the settings of one file.
const maxPumaLines = 200

func readPuma(f *checks.File) (any, []checks.Problem) {
	if !f.Whole || f.Binary() {
		return nil, nil
	}
	text := f.Text()
	found := pumaLine.FindAllStringSubmatchIndex(text, maxPumaLines)
	if found == nil {
		return nil, nil
	}
	s := &checks.Scope{Layer: "puma file", Kind: "file", Name: "puma", Place: checks.Place{Path: f.Path, Line: 1}}
	for _, m := range found {
		raw := strings.TrimSpace(strings.TrimRight(text[m[4]:m[5]], ") \t\r"))
		set := checks.Setting{Layer: s.Layer, Name: text[m[2]:m[3]], Raw: raw, Scope: s.Name, Origin: checks.OriginDynamic, Place: f.Place(m[2], m[5])}
		if raw == "nil" {
			set.Origin = checks.OriginSet
		} else if n, ok := rubyProduct(raw); ok {
			set.Value, set.Origin = n, checks.OriginSet
		}
		s.Settings = append(s.Settings, set)
	}
	return []*checks.Scope{s}, nil
}

// rubyProduct reads whole numbers and their products, with underscores and ActiveSupport's units: "10 * 1024", "20.megabytes".
func rubyProduct(text string) (int64, bool) {
	out := int64(1)
	for factor := range strings.SplitSeq(text, "*") {
		number, unit, _ := strings.Cut(strings.TrimSpace(factor), ".")
		shift, known := map[string]uint{"": 0, "kilobytes": 10, "kilobyte": 10, "megabytes": 20, "megabyte": 20, "gigabytes": 30, "gigabyte": 30}[unit]
		n, err := strconv.ParseInt(strings.ReplaceAll(number, "_", ""), 10, 64)
		if err != nil || !known || n < 0 || n > (1<<62)>>shift || out > 0 && n<<shift > (1<<62)/out {
			return 0, false
		}
		out *= n << shift
	}
	return out, true
}
