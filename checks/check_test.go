package checks

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNeedsLayers(t *testing.T) {
	none, two, any := &Check{NoSettings: true}, &Check{Layers: []string{"nginx", "apache"}}, &Check{}
	for _, c := range []struct {
		list []*Check
		want []string
		all  bool
	}{
		{[]*Check{none}, nil, false},
		{[]*Check{none, two, {Layers: []string{"caddy", "nginx"}}}, []string{"apache", "caddy", "nginx"}, false},
		{[]*Check{two, any}, nil, true},
	} {
		got, all := NeedsLayers(c.list)
		if diff := cmp.Diff(c.want, got); diff != "" || all != c.all {
			t.Error(all, diff)
		}
	}
}
