package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPathIndexMatches(t *testing.T) {
	tests := []struct {
		name    string
		paths   []string
		bases   []string
		pattern string
		want    []string
	}{
		{"relative to the root's directory", []string{"a/conf.d/x.conf", "b/conf.d/y.conf"}, []string{"b"}, "conf.d/*.conf", []string{"b/conf.d/y.conf"}},
		{"second base", []string{"a/snippets/x.conf"}, []string{"b", "a/snippets"}, "x.conf", []string{"a/snippets/x.conf"}},
		{"absolute, tree mounted at /", []string{"etc/nginx/conf.d/x.conf"}, []string{"etc/nginx"}, "/etc/nginx/conf.d/*.conf", []string{"etc/nginx/conf.d/x.conf"}},
		{"absolute, by suffix", []string{"deploy/nginx/conf.d/x.conf"}, []string{"deploy/nginx"}, "/etc/nginx/conf.d/*.conf", []string{"deploy/nginx/conf.d/x.conf"}},
		{"the nearest of several", []string{"dev/nginx/conf.d/x.conf", "prod/nginx/conf.d/x.conf"}, []string{"prod/nginx"}, "/etc/nginx/conf.d/*.conf", []string{"prod/nginx/conf.d/x.conf"}},
		{"not of another configuration beside", []string{"other/conf.d/x.conf"}, []string{"nginx"}, "/etc/nginx/conf.d/*.conf", nil},
		{"above", []string{"deploy/sites/x.conf"}, []string{"deploy/nginx"}, "/etc/nginx/sites/*.conf", []string{"deploy/sites/x.conf"}},
		{"absolute, one file", []string{"nginx/headers.conf"}, []string{"nginx"}, "/etc/nginx/snippets/headers.conf", []string{"nginx/headers.conf"}},
		{"a bare wildcard finds nothing elsewhere", []string{"app/x.conf"}, []string{"nginx"}, "/opt/*.conf", nil},
		{"hidden files", []string{"nginx/conf.d/.x.conf"}, []string{"nginx"}, "conf.d/*.conf", nil},
		{"tree root", []string{"conf.d/x.conf"}, []string{"."}, "conf.d/*.conf", []string{"conf.d/x.conf"}},
		{"malformed", []string{"x"}, []string{"."}, "[", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var docs []document
			for _, p := range tt.paths {
				docs = append(docs, document{path: p})
			}
			if diff := cmp.Diff(tt.want, newPathIndex(docs).matches(tt.bases, tt.pattern)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestIncludeIsSearchedOnce: files that include each other ask for the same pattern again and again.
func TestIncludeIsSearchedOnce(t *testing.T) {
	ix := newPathIndex([]document{{path: "conf.d/a.conf"}, {path: "conf.d/b.conf"}})
	first := ix.matches([]string{"."}, "conf.d/*.conf")
	compared := ix.compared
	again := ix.matches([]string{"."}, "conf.d/*.conf")
	if len(first) != 2 || len(again) != 2 || ix.compared != compared {
		t.Errorf("found %v and %v with %d and %d comparisons", first, again, compared, ix.compared)
	}
}
