package settings

import (
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// versionedDefaults are defaults that hold before a version of the product, by the name of its official image.
var versionedDefaults = []struct {
	image, layer, setting string
	before                [3]int
	value                 any
}{
	{"httpd", "apache", "LimitRequestBody", [3]int{2, 4, 54}, int64(0)}, // CVE-2022-29404
}

// applyVersions sets the defaults of the versions that the tree's images name ("FROM httpd:2.4.52"), where each image of the
// product says one that is old enough.
func applyVersions(scopes []*checks.Scope) {
	images := imagesOf(scopes)
	for _, d := range versionedDefaults {
		old := len(images[d.image]) > 0
		for _, tag := range images[d.image] {
			v, ok := imageVersion(tag)
			old = old && ok && slices.Compare(v[:], d.before[:]) < 0
		}
		if !old {
			continue
		}
		for _, s := range scopes {
			for i := range s.Settings {
				if set := &s.Settings[i]; s.Layer == d.layer && set.Name == d.setting && set.Origin == checks.OriginDefault {
					set.Value, set.Raw = d.value, "default before "+versionText(d.before)
				}
			}
		}
	}
}

// imagesOf are the tags of the images that Dockerfiles build on and Compose services run, by the image's last name.
func imagesOf(scopes []*checks.Scope) map[string][]string {
	out := map[string][]string{}
	for _, s := range scopes {
		for _, set := range s.Settings {
			if s.Layer == "dockerfile" && set.Name == "FROM" || s.Layer == "compose" && set.Name == "image" {
				image, _, _ := strings.Cut(set.Text(), "@")
				name, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
				out[name] = append(out[name], tag)
			}
		}
	}
	return out
}

// imageVersion reads "2.4.52-alpine". A tag that leaves the last number to the day of the build is none.
func imageVersion(tag string) (v [3]int, ok bool) {
	text, _, _ := strings.Cut(tag, "-")
	parts := strings.Split(text, ".")
	if len(parts) != len(v) {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

func versionText(v [3]int) string {
	return strconv.Itoa(v[0]) + "." + strconv.Itoa(v[1]) + "." + strconv.Itoa(v[2])
}
