package image

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
)

var seed = maphash.MakeSeed()

func hash(name string) uint64 { return maphash.String(seed, name) }

// Look is asked for every entry of a layer whether it is kept. content is a regular file's, valid during the call.
type Look func(e *Entry, content io.Reader) bool

// Budget is what is left of the bounds of one archive.
type Budget struct {
	entries, kept int
	bytes         int64
}

// NewBudget starts with everything.
func NewBudget() *Budget { return &Budget{maxEntries, maxKept, maxUnpacked} }

// errBound says that an image is larger than is looked at.
var errBound = errors.New("more than is looked at of one image")

// ReadLayer reads a layer, plain or packed with gzip or zstd. Of a broken one it returns what came before, and the error.
func ReadLayer(name string, r io.Reader, look Look, budget *Budget) (*Layer, error) {
	layer := &Layer{Name: name, held: map[uint64]bool{}, opaques: map[uint64]bool{}, last: map[uint64]int{}}
	defer layer.compact()
	content, err := unpacked(r)
	if err != nil {
		return layer, err
	}
	defer content.Close()
	archive := tar.NewReader(&bounded{content, budget})
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return layer, nil
		}
		if err != nil {
			return layer, err
		}
		if budget.entries--; budget.entries < 0 {
			return layer, fmt.Errorf("%w: %d entries", errBound, maxEntries)
		}
		if err := layer.take(header, archive, look, budget); err != nil {
			return layer, err
		}
	}
}

// bounded counts what is read.
type bounded struct {
	io.Reader
	budget *Budget
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.budget.bytes -= int64(n); b.budget.bytes < 0 {
		return n, fmt.Errorf("%w: %d GiB", errBound, maxUnpacked>>30)
	}
	return n, err
}

// unpacked is the tar stream itself.
func unpacked(r io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReader(r)
	magic, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return gzip.NewReader(b)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return &nopCloser{b}, nil
}

// nopCloser marks a stream that was not packed.
type nopCloser struct{ io.Reader }

func (*nopCloser) Close() error { return nil }

// take notes what an entry brings or takes away.
func (l *Layer) take(header *tar.Header, content io.Reader, look Look, budget *Budget) error {
	name, honest := clean(header.Name)
	e := Entry{Path: name, Mode: entryMode(header), UID: header.Uid, GID: header.Gid, Size: header.Size, Link: header.Linkname,
		Capability: []byte(header.PAXRecords["SCHILY.xattr.security.capability"])}
	if header.Typeflag == tar.TypeLink {
		_, linked := clean(header.Linkname)
		honest = honest && (linked || strings.HasPrefix(header.Linkname, "/"))
	}
	if !honest && len(l.Crafted) < maxCrafted {
		l.Crafted = append(l.Crafted, header.Name)
	}
	dir, base := path.Dir(name), path.Base(name)
	switch {
	case base == opaque:
		l.opaques[hash(dir)] = true
		return nil
	case strings.HasPrefix(base, whiteout+whiteout):
		return nil // the engine's own
	case strings.HasPrefix(base, whiteout):
		l.held[hash(path.Join(dir, base[len(whiteout):]))] = true
		return nil
	}
	key := hash(name)
	l.held[key] = !e.Mode.IsDir()
	delete(l.last, key) // an earlier entry of that path is replaced
	if !look(&e, content) {
		return nil
	}
	if budget.kept--; budget.kept < 0 {
		return fmt.Errorf("%w: %d entries with something to tell", errBound, maxKept)
	}
	l.last[key] = len(l.Entries)
	l.Entries = append(l.Entries, e)
	return nil
}

// compact leaves out the entries that the same layer brings again.
func (l *Layer) compact() {
	kept := l.Entries[:0]
	for i, e := range l.Entries {
		if at, ok := l.last[hash(e.Path)]; ok && at == i {
			kept = append(kept, e)
		}
	}
	l.Entries, l.last = kept, nil
}

// entryMode is the mode of an entry. A hard link to a regular file is one itself.
func entryMode(h *tar.Header) fs.FileMode {
	if h.Typeflag == tar.TypeLink {
		h2 := *h
		h2.Typeflag = tar.TypeReg
		return h2.FileInfo().Mode()
	}
	return h.FileInfo().Mode()
}
