package unpack

import (
	"encoding/json"
	"io"
	"path"
	"strings"
)

const (
	maxManifest = 4 << 20 // bytes of a manifest that are read
	imageDepth  = 8       // of indexes that point to indexes
)

// imageLayer is how the layer is named that an entry of an image archive is if it is a tar file: its digest in an OCI
// layout, its path in the older `docker save`.
func imageLayer(name string) string {
	name = strings.TrimPrefix(name, "./")
	if digest, ok := strings.CutPrefix(name, "blobs/"); ok {
		algorithm, hex, ok := strings.Cut(digest, "/")
		if ok && len(hex) >= 32 && !strings.Contains(hex, "/") {
			return algorithm + ":" + hex
		}
	}
	if path.Base(name) == "layer.tar" || isHexName(strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".tar")) {
		return name
	}
	return ""
}

// isHexName reports a SHA-256 in hex.
func isHexName(name string) bool {
	return len(name) == 64 && strings.Trim(name, "0123456789abcdef") == ""
}

// image looks into an image archive in the order of its manifests: their configurations, the layers from the lowest,
// then everything else. It reports whether the tar file is one. A file that a later layer removes can be read in the
// image all the same, and is shown.
func (w *walker) image(n node, s source) (bool, error) {
	var first [tarBlock]byte
	if _, err := s.at.ReadAt(first[:], 0); err != nil || !imageStart(cString(first[:100])) {
		return false, nil
	}
	x := imageIndex{entries: map[string]tarEntry{}, seen: map[string]bool{}}
	t, _ := w.tarReader(s)
	for len(x.entries) <= w.limits.Members {
		e, err := t.next()
		if err != nil {
			break // told by the second pass
		}
		if e.file() && e.size > 0 {
			x.entries[path.Clean(e.name)] = e
		}
	}
	x.t = t
	x.order()
	if len(x.sorted) == 0 {
		return false, nil
	}
	for _, name := range x.sorted {
		if err := w.tarMember(n, t, x.entries[name]); err != nil {
			return true, err
		}
	}
	return true, w.imageRest(n, s, x.seen)
}

// imageStart reports whether a name is one that image archives begin with.
func imageStart(name string) bool {
	name = strings.TrimPrefix(name, "./")
	top, _, _ := strings.Cut(name, "/")
	switch top {
	case "", "blobs", "oci-layout", "index.json", "manifest.json", "repositories":
		return true
	}
	return isHexName(strings.TrimSuffix(top, ".json")) || strings.HasPrefix(top, "sha256:")
}

// imageRest looks into the entries that no manifest names.
func (w *walker) imageRest(n node, s source, seen map[string]bool) error {
	t, _ := w.tarReader(s)
	for {
		e, err := t.next()
		if err != nil {
			return t.end(err)
		}
		if seen[path.Clean(e.name)] {
			continue
		}
		if err := w.tarMember(n, t, e); err != nil {
			return err
		}
	}
}

// imageIndex is what an image archive holds.
type imageIndex struct {
	t       *tarReader
	entries map[string]tarEntry
	seen    map[string]bool
	sorted  []string // names in the order of the manifests
}

// take puts an entry next in the order, once.
func (x *imageIndex) take(name string) bool {
	name = path.Clean(name)
	if _, ok := x.entries[name]; !ok || x.seen[name] {
		return false
	}
	x.seen[name] = true
	x.sorted = append(x.sorted, name)
	return true
}

// read decodes an entry's JSON.
func (x *imageIndex) read(name string, into any) bool {
	e, ok := x.entries[path.Clean(name)]
	if !ok || e.size > maxManifest {
		return false
	}
	data, err := io.ReadAll(x.t.source(e).reader())
	return err == nil && json.Unmarshal(data, into) == nil
}

// descriptor points to a blob (OCI image specification, "Content Descriptors").
type descriptor struct {
	Digest string `json:"digest"`
}

func (d descriptor) path() string { return "blobs/" + strings.Replace(d.Digest, ":", "/", 1) }

// order puts the entries in the order of `docker save`'s manifest, then in that of the OCI index.
func (x *imageIndex) order() {
	var saved []struct {
		Config string
		Layers []string
	}
	if x.read("manifest.json", &saved) {
		x.take("manifest.json")
		for _, image := range saved {
			x.take(image.Config)
			for _, layer := range image.Layers {
				x.take(layer)
			}
		}
	}
	x.orderIndex("index.json", 0)
}

// orderIndex follows an OCI index to its manifests, which may be indexes again. An entry is followed once.
func (x *imageIndex) orderIndex(name string, depth int) {
	var m struct {
		Manifests []descriptor `json:"manifests"`
		Config    descriptor   `json:"config"`
		Layers    []descriptor `json:"layers"`
	}
	if depth > imageDepth || x.seen[path.Clean(name)] || !x.read(name, &m) || !x.take(name) {
		return
	}
	x.take(m.Config.path())
	for _, layer := range m.Layers {
		x.take(layer.path())
	}
	for _, manifest := range m.Manifests {
		x.orderIndex(manifest.path(), depth+1)
	}
}
