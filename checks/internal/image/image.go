// Package image reads container images as archives (docker save, OCI layout) without unpacking them: what each layer
// brings, and what of it a container sees. Nothing is written, no link is followed, and every bound that bites is told.
package image

import (
	"io/fs"
	"path"
	"strings"
)

// Bounds of one image. An engine stacks at most 127 layers.
const (
	MaxLayers   = 1000
	maxEntries  = 1 << 20 // of all layers together
	maxKept     = 50000
	maxUnpacked = 8 << 30 // bytes of all layers together
	maxJSON     = 4 << 20 // bytes of a manifest or configuration
	maxJSONs    = 64 << 20
	maxIndexes  = 8 // of indexes that point to indexes
	maxCrafted  = 100
)

// Entry is one entry of a layer.
type Entry struct {
	Path       string // relative to the root of the image, clean
	Mode       fs.FileMode
	UID, GID   int
	Size       int64
	Link       string // the target of a symbolic or hard link
	Capability []byte // the extended attribute security.capability
	Note       string // what the caller saw in its bytes
}

// Layer is what one layer brings.
type Layer struct {
	Name      string // its digest, or its path in the archive
	CreatedBy string // the build step, where the configuration tells
	Entries   []Entry
	// Crafted are entries whose name or hard link leaves the root: no build makes such.
	Crafted []string

	// held is every path that it brings or takes away; true where that hides what lower layers hold below the path.
	held    map[uint64]bool
	opaques map[uint64]bool // directories whose lower contents it hides
	last    map[uint64]int  // the entry that counts of a path
}

// Image is one image of an archive.
type Image struct {
	Tags   []string
	User   string
	Layers []*Layer // from the lowest
}

// Seen is an entry and what became of it.
type Seen struct {
	Entry
	Layer *Layer
	// Hidden is the layer that replaces or removes it, or nil: a container sees it.
	Hidden *Layer
}

// above says which of the layers above holds a path, and which one hides what is below it.
type above struct{ held, covers *Layer }

// Apply puts the layers on each other, as a container sees them. The entries of the highest layer come first.
func (i *Image) Apply() []Seen {
	all := map[uint64]above{}
	var out []Seen
	for at := len(i.Layers) - 1; at >= 0; at-- {
		layer := i.Layers[at]
		for _, e := range layer.Entries {
			s := Seen{Entry: e, Layer: layer, Hidden: all[hash(e.Path)].held}
			for dir := path.Dir(e.Path); s.Hidden == nil; dir = path.Dir(dir) {
				s.Hidden = all[hash(dir)].covers
				if dir == "." {
					break
				}
			}
			out = append(out, s)
		}
		for key, covers := range layer.held {
			over := all[key]
			over.held = layer
			if covers {
				over.covers = layer
			}
			all[key] = over
		}
		for key := range layer.opaques {
			over := all[key]
			over.covers = layer
			all[key] = over
		}
	}
	return out
}

// Marks of removed entries (OCI image specification, "Whiteouts").
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// clean is the name below the root, and whether it stays there. Some builders write absolute names, and mean the same.
func clean(name string) (string, bool) {
	rel := strings.TrimPrefix(path.Clean("/"+name), "/")
	if rel == "" {
		rel = "."
	}
	honest := name != ".." && !strings.HasPrefix(name, "../") && !strings.HasSuffix(name, "/..") && !strings.Contains(name, "/../")
	return rel, honest
}
