package settings

import (
	"fmt"
	"testing"
)

// TestApacheIndex counts the sections that are looked at for one path: those of the path, those above it, and those that
// hold whatever it is.
func TestApacheIndex(t *testing.T) {
	s := &apacheServer{}
	for i := range 1000 {
		s.sections = append(s.sections, apacheSectionOf{kind: "directory", path: fmt.Sprintf("/srv/p%d", i)},
			apacheSectionOf{kind: "location", path: fmt.Sprintf("/p%d", i)}, apacheSectionOf{kind: "location", pattern: true})
	}
	s.sections = append(s.sections, apacheSectionOf{kind: "directory", path: "/srv"}, apacheSectionOf{kind: "location", path: ""}, apacheSectionOf{kind: "if"})
	in := indexed(s)
	for _, tt := range []struct {
		dir, location string
		number        int
		want          string
	}{
		{"/srv/p7", "/p7", -1, "[21 22 3000 3001 3002]"},
		{"/srv/p7/inner", "/p70", 5, "[5 21 211 3000 3001 3002]"}, // /p7 does not hold for /p70
		{"", "", -1, "[3001 3002]"},
	} {
		if got := fmt.Sprint(in.about(tt.dir, tt.location, tt.number)); got != tt.want {
			t.Errorf("about(%q, %q, %d) = %s, want %s", tt.dir, tt.location, tt.number, got, tt.want)
		}
	}
}
