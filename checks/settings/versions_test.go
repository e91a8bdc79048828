package settings

import "testing"

func TestImageVersion(t *testing.T) {
	for tag, want := range map[string]bool{"2.4.52": true, "2.4.52-alpine": true, "2.4": false, "latest": false, "": false, "2.4.x": false, "2.4.52.1": false} {
		if _, ok := imageVersion(tag); ok != want {
			t.Errorf("%q names a version: %v, want %v", tag, ok, want)
		}
	}
}
