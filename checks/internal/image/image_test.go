package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// member is one entry of a tar file.
type member struct {
	name, body string
	header     tar.Header
}

func tarOf(t testing.TB, members ...member) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := m.header
		h.Name, h.Size = m.name, int64(len(m.body))
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 {
			h.Mode = 0o644
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, m.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipOf(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func all(*Entry, io.Reader) bool { return true }

func file(name string) member { return member{name: name} }

func dir(name string) member {
	return member{name: name, header: tar.Header{Typeflag: tar.TypeDir, Mode: 0o755}}
}

// layersOf is a docker save of layers, the lowest first.
func layersOf(t testing.TB, layers ...string) string {
	members, names := []member{}, []string{}
	for i, layer := range layers {
		name := fmt.Sprintf("layer%d/layer.tar", i)
		names = append(names, `"`+name+`"`)
		members = append(members, member{name: name, body: layer})
	}
	slices.Reverse(members) // not in the order of the manifest
	members = append(members, member{name: "c.json", body: `{"config":{"User":"app"},"history":[{"created_by":"FROM"},{"created_by":"ENV","empty_layer":true},{"created_by":"RUN x"}]}`},
		member{name: "manifest.json", body: `[{"Config":"c.json","RepoTags":["x:1"],"Layers":[` + strings.Join(names, ",") + `]}]`})
	return tarOf(t, members...)
}

func read(text string) ([]Image, []error) {
	return Read(func() io.Reader { return strings.NewReader(text) }, all)
}

// visible lists what a container sees, and what is only in a layer, behind an exclamation mark.
func visible(image Image) (out []string) {
	for _, s := range image.Apply() {
		mark := ""
		if s.Hidden != nil {
			mark = "!"
		}
		out = append(out, mark+s.Layer.Name[5:6]+":"+s.Path)
	}
	slices.Sort(out)
	return out
}

func TestLayers(t *testing.T) {
	for name, c := range map[string]struct {
		lower, upper []member
		want         string
	}{
		"whiteout":                     {[]member{dir("a"), file("a/x"), file("a/y")}, []member{file("a/.wh.x")}, "!0:a/x 0:a 0:a/y"},
		"whiteout of a directory":      {[]member{dir("a"), file("a/x")}, []member{file(".wh.a")}, "!0:a !0:a/x"},
		"opaque":                       {[]member{dir("a"), file("a/x"), file("b")}, []member{file("a/.wh..wh..opq"), file("a/new")}, "!0:a/x 0:a 0:b 1:a/new"},
		"opaque root":                  {[]member{file("x")}, []member{file(".wh..wh..opq")}, "!0:x"},
		"replaced":                     {[]member{file("x")}, []member{file("x")}, "!0:x 1:x"},
		"file in place of a directory": {[]member{dir("a"), file("a/x")}, []member{file("a")}, "!0:a !0:a/x 1:a"},
		"directory again":              {[]member{dir("a"), file("a/x")}, []member{dir("a")}, "!0:a 0:a/x 1:a"},
		"twice in one layer":           {[]member{file("x"), file("./x")}, nil, "0:x"},
		"leading dot":                  {[]member{file("./a/x")}, []member{file("./a/.wh.x")}, "!0:a/x"},
		"dots":                         {[]member{file("../../etc/x"), file("/abs")}, nil, "0:abs 0:etc/x"},
	} {
		text := layersOf(t, tarOf(t, c.lower...), gzipOf(t, tarOf(t, c.upper...)))
		for kind, archive := range map[string]string{"plain": text, "packed": gzipOf(t, text)} {
			images, problems := read(archive)
			if len(images) != 1 || len(problems) > 0 {
				t.Fatalf("%s, %s: %v %v", name, kind, images, problems)
			}
			if diff := cmp.Diff(c.want, strings.Join(visible(images[0]), " ")); diff != "" {
				t.Errorf("%s, %s: %s", name, kind, diff)
			}
			if images[0].User != "app" || images[0].Layers[1].CreatedBy != "RUN x" {
				t.Errorf("%s: user %q, steps %q", name, images[0].User, images[0].Layers[1].CreatedBy)
			}
		}
	}
}

func TestIndex(t *testing.T) {
	a, m, n := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	text := tarOf(t,
		member{name: "oci-layout", body: `{"imageLayoutVersion":"1.0.0"}`},
		member{name: "index.json", body: `{"manifests":[{"digest":"sha256:` + n + `"},{"digest":"sha256:` + m + `","annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}`},
		member{name: "blobs/sha256/" + n, body: `{"manifests":[{"digest":"sha256:` + m + `"},{"digest":"sha256:` + n + `"}]}`},
		member{name: "blobs/sha256/" + m, body: `{"layers":[{"digest":"sha256:` + a + `"}]}`},
		member{name: "blobs/sha256/" + a, body: tarOf(t, file("x"))})
	images, problems := read(text)
	if len(images) != 1 || len(problems) > 0 || len(images[0].Layers) != 1 || images[0].Layers[0].Name != "sha256:"+a {
		t.Fatalf("%v %v", images, problems)
	}
}

func TestHostileArchives(t *testing.T) {
	link := func(name, target string, kind byte) member {
		return member{name: name, header: tar.Header{Typeflag: kind, Linkname: target}}
	}
	images, problems := read(layersOf(t, tarOf(t, link("a", "../../etc/shadow", tar.TypeLink), link("b", "b", tar.TypeSymlink), link("c/../../d", "x", tar.TypeLink))))
	if len(images) != 1 || len(problems) > 0 || !slices.Equal(images[0].Layers[0].Crafted, []string{"a", "c/../../d"}) {
		t.Errorf("%v %v", images[0].Layers[0].Crafted, problems)
	}
	many := make([]string, 10000)
	names := []string{}
	for i := range many {
		names = append(names, fmt.Sprintf(`"l%d"`, i))
	}
	_, problems = read(tarOf(t, member{name: "manifest.json", body: `[{"Layers":[` + strings.Join(names, ",") + `]}]`}))
	if len(problems) == 0 {
		t.Error("ten thousand layers are not told")
	}
	_, problems = read(layersOf(t, "no tar file", gzipOf(t, "no tar file")[:12]))
	if len(problems) != 2 {
		t.Errorf("broken layers: %v", problems)
	}
	if images, problems := read(tarOf(t, file("notes.txt"), member{name: "data.json", body: "{}"})); len(images)+len(problems) > 0 {
		t.Errorf("a tar file that is no image: %v %v", images, problems)
	}
	whole := layersOf(t, tarOf(t, member{name: "x", body: strings.Repeat("y", 5000)}))
	if _, problems := read(whole[:len(whole)-3000]); len(problems) > 1 {
		t.Errorf("cut: %v", problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(layersOf(f, tarOf(f, dir("a"), file("a/x")), gzipOf(f, tarOf(f, file("a/.wh.x"))))))
	f.Add([]byte(gzipOf(f, layersOf(f, tarOf(f, file("../x"))))))
	f.Fuzz(func(t *testing.T, data []byte) {
		images, _ := Read(func() io.Reader { return bytes.NewReader(data) }, all)
		for _, i := range images {
			for _, s := range i.Apply() {
				if strings.HasPrefix(s.Path, "/") || strings.HasPrefix(s.Path, "..") {
					t.Fatalf("%q leaves the root", s.Path)
				}
			}
		}
	})
}
