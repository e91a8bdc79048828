package unpack

import (
	"archive/tar"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestImageArchives walks images whose layers lie in the archive in another order than in the manifest. The last one
// removes the file of the first.
func TestImageArchives(t *testing.T) {
	first := string(tarOf(t, tar.FormatGNU, file{"app/.env", planted}))
	second := string(gzipOf(t, "", tarOf(t, tar.FormatGNU, file{"app/.wh..env", "x"}, file{"app/second", "2"})))
	a, b, c := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	config := `{"config":{"Env":["TOKEN=x"]},"history":[{"created_by":"RUN x"}]}`
	oci := []file{
		{"blobs/sha256/" + c, config}, {"blobs/sha256/" + b, second}, {"blobs/sha256/" + a, first},
		{"blobs/sha256/dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", fmt.Sprintf(`{"config":{"digest":"sha256:%s"},"layers":[{"digest":"sha256:%s"},{"digest":"sha256:%s"}]}`, c, a, b)},
		{"index.json", `{"manifests":[{"digest":"sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"}]}`},
		{"oci-layout", `{"imageLayoutVersion":"1.0.0"}`},
	}
	docker := []file{
		{b + "/layer.tar", second}, {a + "/layer.tar", first}, {c + ".json", config},
		{"manifest.json", fmt.Sprintf(`[{"Config":"%s.json","RepoTags":["x:1"],"Layers":["%s/layer.tar","%s/layer.tar"]}]`, c, a, b)},
	}
	for name, test := range map[string]struct {
		files          []file
		config, layers string
	}{
		"OCI":    {oci, "blobs/sha256/" + c, "sha256:" + a + " sha256:" + b},
		"docker": {docker, c + ".json", a + "/layer.tar " + b + "/layer.tar"},
	} {
		t.Run(name, func(t *testing.T) {
			data := tarOf(t, tar.FormatGNU, test.files...)
			s := walk(data, Limits{})
			if s.texts[test.config] != config {
				t.Errorf("the configuration is not shown: %q", s.paths())
			}
			if got := strings.Join(s.layers(), " "); got != test.layers || len(s.problems) > 0 {
				t.Errorf("layers %s, want %s; %v", got, test.layers, s.problems)
			}
			found := 0
			for _, m := range s.members {
				if strings.HasSuffix(m.Path, "/app/.env") && m.Layer == strings.Fields(test.layers)[0] {
					found++
				}
			}
			if found != 1 {
				t.Errorf("the removed file was seen %d times: %q", found, s.paths())
			}
			packed := walk(gzipOf(t, "", data), Limits{}).layers()
			slices.Sort(packed)
			if got := strings.Join(packed, " "); got != test.layers {
				t.Errorf("packed: layers %s", got)
			}
		})
	}
}

// layers are the layers of the members, each once, in their order.
func (s seen) layers() []string {
	var out []string
	for _, m := range s.members {
		if m.Layer != "" && !slices.Contains(out, m.Layer) {
			out = append(out, m.Layer)
		}
	}
	return out
}
