package settings

import (
	"fmt"
	"strings"
	"testing"
)

// TestWebReadersAreBounded feeds configurations that multiply: the work ends at a bound, and the report says so.
func TestWebReadersAreBounded(t *testing.T) {
	headers := func(format string) string {
		var b strings.Builder
		for i := range 900 {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	nested := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	includes := "-- nginx.conf --\nhttp { include 0.inc.conf; }\n"
	for i := range 12 {
		includes += fmt.Sprintf("-- %d.inc.conf --\n%s", i, strings.Repeat(fmt.Sprintf("include %d.inc.conf;\n", i+1), 10))
	}
	for name, tt := range map[string]struct {
		r       reader
		archive string
	}{
		"nginx includes":  {nginxReader(), includes},
		"nginx locations": {nginxReader(), "-- nginx.conf --\nhttp {\n" + headers("add_header X-%d a;\n") + "server {\n" + nested(2000, "location /%d { }\n") + "} }"},
		"nginx headers":   {nginxReader(), "-- nginx.conf --\nhttp {\n" + headers("add_header X-%d a;\n") + headers("add_header Y-%d a;\n") + "}"},
		"apache locations": {apacheReader(), "-- httpd.conf --\n" + headers("Header set X-%d a\n") +
			nested(2000, "<Location />\nHeader set Y-%d a\n</Location>\n")},
		"caddy routes": {caddyReader(), "-- Caddyfile --\na.example {\n" + headers("header X-%d a\n") + nested(2000, "handle /%d {\nlog\n}\n") + "}\n"},
		"caddy blocks": {caddyReader(), "-- Caddyfile --\n" + nested(14, "(s%d) {\n"+strings.Repeat("handle {\n{block}\n}\n", 10)+"}\n") +
			"a.example {\n" + nested(14, "import s%d {\n") + "log\n" + strings.Repeat("}\n", 14) + "}\n"},
		"caddy imports": {caddyReader(), "-- Caddyfile --\n" + nested(12, "(s%[1]d) {\n"+strings.Repeat("import n%[1]d\n", 10)+"}\n") + "a.example {\nimport s0\n}\n" +
			nested(12, "(n%d) {\nimport s1\nimport s2\nimport s3\nimport s4\n}\n")},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := tt.r.resolve(docsOf(tt.r, tt.archive))
			if len(problems) != 1 || !problems[0].Blind {
				t.Errorf("problems = %v, want one that says that a bound was met", problems)
			}
		})
	}
}
